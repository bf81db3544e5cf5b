"""Working days (工作日): Monday to Friday, but for the public holidays and make-up working days that the State Council orders for each year.

`holidays.yaml` beside this file has the years that are known (`holidays.README.md` says from where). A promise that reaches into a year that
is missing there is counted by weekends only and says that it is not certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from records.errors import RecordsError

DATA = Path(__file__).parent / "holidays.yaml"

LONGEST = 30
"""Working days: what a permission may take at most, the lawful extension included (行政许可法 §42: 20 and 10)."""

NEW_YEAR = timedelta(days=7)
"""The order for a year may change the last days of the year before: that of 2019 made 29 December 2018 a working day. None reached further."""


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a promise. certain: False when a year is missing in the table, so that it can only be told as "about"."""

    day: date
    certain: bool


@dataclass(frozen=True, slots=True)
class Table:
    """What is known. rest: days off. work: Saturdays and Sundays that people work on."""

    years: frozenset[int]
    rest: frozenset[date]
    work: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        """By this table; in a year that it lacks, Monday to Friday."""
        return day in self.work or (day.weekday() < 5 and day not in self.rest)

    def is_certain(self, begin: date, end: date) -> bool:
        """Whether all days from begin to end are as ordered."""
        return set(range(begin.year, (end + NEW_YEAR).year + 1)) <= self.years

    def after(self, begin: date, days: int) -> Due:
        """The last day of a promise of `days` working days, the first being the one after `begin`."""
        day = begin
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_working_day(day)
        return Due(day, self.is_certain(begin, day))

    def missing_years(self, today: date, longest: int = LONGEST) -> tuple[int, ...]:
        """The years that are not known and make promises of up to `longest` working days, made today, uncertain."""
        end = self.after(today, longest).day + NEW_YEAR
        return tuple(year for year in range(today.year, end.year + 1) if year not in self.years)


@lru_cache(maxsize=1)
def table() -> Table:
    """The table that comes with the program. Raises RecordsError for a mistake in its file, with year and day."""
    return read(DATA.read_text("utf-8"))


def read(text: str) -> Table:
    """A table from YAML: year -> {rest, work} -> festival -> days as month-day. Raises RecordsError."""
    try:
        years = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        raise RecordsError(f"{DATA.name}: is not YAML: {wrong}") from wrong
    found: dict[str, set[date]] = {"rest": set(), "work": set()}
    for year, kinds in years.items():
        if not isinstance(year, int) or not isinstance(kinds, dict) or not kinds.keys() <= found.keys():
            raise RecordsError(f"{DATA.name}: {year}: wants a year as number, and in it 'rest' and 'work'")
        for kind, festivals in kinds.items():
            for day in _days(year, festivals):
                if kind == "work" and day.weekday() < 5:
                    raise RecordsError(f"{DATA.name}: {day}: 'work' is for Saturdays and Sundays; this day is one to work on anyway")
                if day in found["rest"] | found["work"]:
                    raise RecordsError(f"{DATA.name}: {day}: is there twice")
                found[kind].add(day)
    return Table(frozenset(years), frozenset(found["rest"]), frozenset(found["work"]))


def _days(year: int, festivals: Any) -> list[date]:
    try:
        return [date.fromisoformat(f"{year}-{day}") for days in festivals.values() for day in days]
    except (AttributeError, TypeError, ValueError) as wrong:
        raise RecordsError(f"{DATA.name}: {year}: wants festivals with lists of days like 05-01: {wrong}") from wrong


def after_working_days(begin: date, days: int) -> Due:
    """When a promise of `days` working days (工作日) ends, the first being the day after `begin` (行政许可法 §82: without public holidays)."""
    return table().after(begin, days)


def missing_years(today: date) -> tuple[int, ...]:
    """The years that make promises made today uncertain because their holidays are not known; empty when all is well."""
    return table().missing_years(today)
