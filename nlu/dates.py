"""Dates as people say and type them: 一九五八年三月初五, 19580305, 上个月五号, 去年重阳节.

Lunar dates are converted by `borax` (tables for the years 1900 to 2100, in agreement with the astronomical computation of another library on
every day until 2088). The grammar is in `nlu.date_words`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from borax.calendars.lunardate import LunarDate, TermUtils  # type: ignore[import-untyped]

from nlu import date_words as words
from nlu.text import clean

DayReason = Literal["no_such_day", "not_past", "not_future", "day_unclear", "too_short"]
Order = Literal["past", "future", "any"]

FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)
"""The days that exist here: the oldest residents' births, and what the lunar tables reach."""

PHRASES: tuple[str, ...] = words.LISTEN
"""Words to listen for while a date is asked."""

_LONGEST = 48
"""Characters of an answer that is only a date, padding included; who says more tells something else beside it, which `find_date` reads."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date as it was read.

    value: the day of the solar calendar; None exactly when there is a reason.
    reason: "no_such_day" (2月30日), "not_past" or "not_future" (against the order that was asked), "day_unclear" (a year is missing where one
        is needed, or the words name no single day), "too_short" (only a year, only a month, too few figures).
    lunar: said in the lunar calendar.
    """

    value: date | None
    reason: DayReason | None = None
    lunar: bool = False

    @property
    def ok(self) -> bool:
        """Whether it can be used."""
        return self.reason is None


def read_date(text: str, today: date, order: Order = "any", *, needs_year: bool = False) -> Day | None:
    """A whole answer that is a date, typed, spoken or keyed; None when it is none.

    order: the side of today it must lie on (today itself is on both); what leaves the year open is taken as the nearest day on that side.
    needs_year: a date without a year is "day_unclear"; always so when the words tell of a birth (生日是三月五号).
    """
    cleaned = clean(text)
    if len(cleaned) > _LONGEST:
        return None
    said = words.plain(cleaned)
    needs_year = needs_year or bool(words.BIRTH.search(said))
    *before, said = words.CORRECTION.split(said)
    reading = _Reading(today, order, needs_year or any("年" in part for part in before))
    for form in words.peeled(said):
        if found := reading.of_words(words.BLANKS.sub("", form)) if not cleaned.isascii() else None:
            return found
        if found := reading.of_figures(form):
            return found
    return None


def find_date(sentence: str, today: date, order: Order = "any") -> Day | None:
    """The one date that a longer sentence gives in full: year, month and day, or month and day with 日 or 号. None when there is none, or several."""
    said = words.INNER_BLANKS.sub("", words.plain(clean(sentence)))
    reading = _Reading(today, order, needs_year=False)
    found = {day for match in words.IN_SENTENCE.finditer(said) if (day := reading.of_sentence(match))}
    return found.pop() if len(found) == 1 else None


def say_date(value: date) -> tuple[str, str]:
    """How a date is shown and how it is said: ("1958年3月5日", "一九五八年三月五日")."""
    year = "".join(words.FIGURES[int(figure)] for figure in str(value.year))
    return f"{value.year}年{value.month}月{value.day}日", f"{year}年{words.in_words(value.month)}月{words.in_words(value.day)}日"


def lunar_to_solar(year: int, month: int, day: int, leap: bool = False) -> date | None:
    """The solar day of a lunar date; None when there is no such day (a 30th in a short month, a leap month the year has not)."""
    try:
        return LunarDate(year, month, day, int(leap)).to_solar_date()  # type: ignore[no-any-return]
    except ValueError:
        return None


# --- reading -----------------------------------------------------------------------------------------------------------------------

_UNCLEAR, _SHORT, _NO_SUCH = Day(None, "day_unclear"), Day(None, "too_short"), Day(None, "no_such_day")
_Make = Callable[[int], date | None]
"""The day a date is in a given year, None when that year has no such day."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads against a day and a side of it."""

    today: date
    order: Order
    needs_year: bool

    def of_figures(self, said: str) -> Day | None:
        """1958-3-5, 58.3.5, 3/5, 19580305, 580305."""
        if typed := words.TYPED.fullmatch(said):
            return self._in_year(typed["year"], None, _solar(int(typed["month"]), int(typed["day"])))
        if typed := words.TYPED_SHORT.fullmatch(said):
            return self._in_year(None, None, _solar(int(typed["month"]), int(typed["day"])))
        if words.TYPED_UNCLEAR.fullmatch(said):  # the day or the month first: 5/3/1958
            return _UNCLEAR
        if words.TYPED_MONTH.fullmatch(said):
            return _SHORT
        figures = words.BLANKS.sub("", said)
        if not re.fullmatch(r"[0-9]{1,8}", figures):
            return None
        if len(figures) == 8:
            return self._in_year(figures[:4], None, _solar(int(figures[4:6]), int(figures[6:])))
        if len(figures) == 6 and figures[:2] not in ("19", "20"):
            return self._in_year(figures[:2], None, _solar(int(figures[2:4]), int(figures[4:])))
        return _SHORT

    def of_words(self, said: str) -> Day | None:
        """Everything that is said in words, with figures as figures."""
        if match := words.FEAST.fullmatch(said):
            return self._of_feast(match)
        if match := words.WHOLE_DATE.fullmatch(said):
            return self._of_date(match)
        if match := words.DAY_ONLY.fullmatch(said):
            return self._of_day(match)
        if said in words.DAYS:
            return self._settled(self.today + timedelta(days=words.DAYS[said]))
        if match := words.WEEKDAY.fullmatch(said):
            return self._of_weekday(match)
        if match := words.AGO.fullmatch(said):
            days = words.small(match["count"]) * (1 if match["unit"] == "天" else 7)
            return self._settled(self.today + timedelta(days=days if match["side"] == "后" else -days))
        if words.TOO_SHORT.fullmatch(said):
            return _SHORT
        if words.VAGUE.fullmatch(said) or ((near := words.NEAR.search(said)) and self.of_words(said[: near.start()])):
            return _UNCLEAR
        return None

    def of_sentence(self, match: re.Match[str]) -> Day | None:
        """A match inside a sentence, if it is surely a date."""
        if match["typed_year"]:
            return self._in_year(match["typed_year"], None, _solar(int(match["typed_month"]), int(match["typed_day"])))
        if keyed := match["keyed"]:
            day = self._in_year(keyed[:4], None, _solar(int(keyed[4:6]), int(keyed[6:])))
            return day if day.reason != "no_such_day" else None  # some other number of eight figures
        in_full = match["year"] or match["near_year"] or match["suffix"] or match["calendar"] or match["first"]
        return self._of_date(match) if in_full and not match["last"] and match["month"] else None

    def _of_feast(self, match: re.Match[str]) -> Day:
        feast = match["feast"]
        if feast in words.SOLAR_FEASTS:
            make, lunar = _solar(*words.SOLAR_FEASTS[feast]), False
        elif feast in words.LUNAR_FEASTS:
            make, lunar = _lunar(*words.LUNAR_FEASTS[feast]), True
        elif feast in words.EVE:  # calendars call the eve of the spring festival of 2024 the 除夕 of 2024
            make, lunar = (lambda year: (first := lunar_to_solar(year, 1, 1)) and first - timedelta(days=1)), True
        else:
            make, lunar = _term(feast.removesuffix("节")), False
        return self._in_year(match["year"], match["near_year"], make, lunar)

    def _of_date(self, match: re.Match[str]) -> Day:
        if not (match["day"] or match["last"]):
            return _SHORT
        day = words.small(match["day"]) if match["day"] else None
        named_calendar = match["calendar"] or match["calendar_after"]
        if match["near_month"]:
            if match["first"] or named_calendar in words.LUNAR:
                return _UNCLEAR
            return self._settled(_in_month(self.today, words.MONTHS[match["near_month"]], day))
        lunar_month = words.LUNAR_MONTHS.get(match["month"])
        lunar = named_calendar in words.LUNAR or (not named_calendar and bool(lunar_month or match["first"] or match["leap"]))
        month = lunar_month or words.SOLAR_MONTHS.get(match["month"]) or words.small(match["month"])
        if match["leap"] and not (match["year"] or match["near_year"]):
            return _UNCLEAR
        make = _lunar(month, day, bool(match["leap"])) if lunar else _solar(month, day)
        return self._in_year(match["year"], match["near_year"], make, lunar)

    def _of_day(self, match: re.Match[str]) -> Day:
        """5号, 月底: the nearest month that has it."""
        if self.needs_year:
            return _UNCLEAR
        day = words.small(match["day"]) if match["day"] else None
        return self._nearest([_in_month(self.today, months, day) for months in range(-2, 3)])

    def _of_weekday(self, match: re.Match[str]) -> Day:
        monday = self.today - timedelta(days=self.today.weekday())
        days = 6 if match["weekday"] in "7日天" else int(match["weekday"]) - 1
        if match["week"]:
            return self._settled(monday + timedelta(days=7 * words.WEEKS[match["week"]] + days))
        weeks = (0,) if self.order == "any" else (-1, 0, 1)
        return self._nearest([monday + timedelta(days=7 * week + days) for week in weeks])

    def _in_year(self, year: str | None, near_year: str | None, make: _Make, lunar: bool = False) -> Day:
        if near_year:
            return self._settled(make(self.today.year + words.YEARS[near_year]), lunar)
        if year is None:
            if self.needs_year:
                return _UNCLEAR
            near = [make(self.today.year + years) for years in range(-2, 3)]
            if all(day is None or self._misplaced(day) for day in near):  # the 29th of February, and lunar days that most years have not
                near = [make(self.today.year + years) for years in range(-9, 10)]
            return self._nearest(near, lunar)
        number = words.year_number(year)
        if number >= 100:
            return self._settled(make(number), lunar)
        if self.order == "any":  # the century that lies behind, but for the next ten years
            return self._settled(make(number + (2000 if 2000 + number <= self.today.year + 10 else 1900)), lunar)
        return self._nearest([make(1900 + number), make(2000 + number)], lunar)

    def _nearest(self, days: Iterable[date | None], lunar: bool = False) -> Day:
        """The day nearest to today on the side that is asked; when there is none there, the nearest at all is refused for its side."""
        real = [day for day in days if day]
        on_side = [day for day in real if self._misplaced(day) is None]
        nearest = min(on_side or real, key=lambda day: (abs(day - self.today), day), default=None)
        return self._settled(nearest, lunar)

    def _settled(self, day: date | None, lunar: bool = False) -> Day:
        if day is None or not FIRST <= day <= LAST:
            return _NO_SUCH
        reason = self._misplaced(day)
        return Day(None, reason, lunar) if reason else Day(day, None, lunar)

    def _misplaced(self, day: date) -> DayReason | None:
        if self.order == "past" and day > self.today:
            return "not_past"
        return "not_future" if self.order == "future" and day < self.today else None


def _solar(month: int, day: int | None) -> _Make:
    """day: None for the last of the month."""

    def make(year: int) -> date | None:
        try:
            return date(year, month, day or calendar.monthrange(year, month)[1])
        except ValueError:
            return None

    return make


def _lunar(month: int, day: int | None, leap: bool = False) -> _Make:
    def make(year: int) -> date | None:
        return (
            lunar_to_solar(year, month, day, leap)
            if day
            else lunar_to_solar(year, month, 30, leap) or lunar_to_solar(year, month, 29, leap)
        )

    return make


def _term(name: str) -> _Make:
    def make(year: int) -> date | None:
        return TermUtils.nth_term_day(year, term_name=name) if FIRST.year <= year <= LAST.year else None

    return make


def _in_month(today: date, months: int, day: int | None) -> date | None:
    years, month = divmod(today.month - 1 + months, 12)
    return _solar(month + 1, day)(today.year + years)
