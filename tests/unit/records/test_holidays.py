"""Working days, against the package that the table is made from, and where the table ends."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.errors import RecordsError
from records.holidays import DATA, NEW_YEAR, Due, after_working_days, missing_years, read, table

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
KNOWN = st.dates(FIRST, LAST)
SMALL = "2026:\n  rest:\n    国庆节: [10-01, 10-02]\n  work:\n    国庆节: [09-20]\n"


@pytest.mark.parametrize(
    ("begin", "days", "end"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 1, date(2026, 11, 24)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 5, date(2026, 12, 4)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a Saturday, worked for the Spring Festival
        (date(2026, 2, 14), 1, date(2026, 2, 24)),  # and then nine days off
        (date(2026, 9, 30), 2, date(2026, 10, 9)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
    ],
)
def test_a_promise_counts_working_days_from_the_day_after(begin: date, days: int, end: date) -> None:
    assert after_working_days(begin, days) == Due(end, certain=True)


def test_every_day_of_every_known_year_is_as_the_source_says() -> None:
    day = FIRST
    while day <= LAST:
        assert table().is_working_day(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)
    assert table().years == frozenset(range(FIRST.year, LAST.year + 1))


@given(KNOWN, st.integers(1, 90))
def test_a_promise_ends_on_a_working_day_with_just_so_many_before_it(begin: date, days: int) -> None:
    due = after_working_days(begin, days)
    if due.day <= LAST:
        assert chinese_calendar.is_workday(due.day)
        assert len(chinese_calendar.get_workdays(begin + timedelta(days=1), due.day)) == days


@given(KNOWN, st.integers(0, 60), st.integers(0, 60))
def test_a_longer_promise_ends_later_and_counting_on_gives_the_same(begin: date, first: int, more: int) -> None:
    between = after_working_days(begin, first).day
    assert after_working_days(between, more).day == after_working_days(begin, first + more).day
    assert between <= after_working_days(between, more).day


def test_a_promise_into_a_year_that_is_not_known_says_so_and_counts_weekends_only() -> None:
    assert after_working_days(date(2026, 12, 17), 6) == Due(date(2026, 12, 25), certain=False)  # the order for 2027 may change it
    assert after_working_days(date(2026, 12, 17), 5) == Due(date(2026, 12, 24), certain=True)
    assert after_working_days(date(2026, 12, 31), 1) == Due(date(2027, 1, 1), certain=False)
    assert not after_working_days(date(1999, 5, 3), 1).certain


def test_no_order_for_a_year_ever_changed_a_day_before_the_last_week_of_the_year_before() -> None:
    december = [day for day in table().rest | table().work if day.month == 12]
    assert december
    assert all(day + NEW_YEAR > date(day.year, 12, 31) for day in december)


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 3, 1), ()),
        (date(2026, 11, 12), ()),
        (date(2026, 11, 13), (2027,)),
        (date(2027, 2, 1), (2027,)),
        (date(2003, 12, 1), (2003,)),
    ],
)
def test_a_missing_year_is_named_as_soon_as_a_promise_may_reach_it(today: date, missing: tuple[int, ...]) -> None:
    assert missing_years(today) == missing


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("10-02", "10-01", "2026-10-01: is there twice"),
        ("09-20", "09-21", "2026-09-21: 'work' is for Saturdays"),
        ("10-02", "10-32", "2026: wants festivals"),
        ("国庆节: [10-01", "- [10-01", "2026: wants festivals"),
        ("rest:", "off:", "wants a year as number"),
        ("2026:", "in 2026:", "wants a year as number"),
        ("rest:", "rest: [", "is not YAML"),
    ],
)
def test_a_mistake_in_the_table_is_told_with_the_year(old: str, new: str, told: str) -> None:
    assert read(SMALL).years == {2026}
    with pytest.raises(RecordsError, match=told):
        read(SMALL.replace(old, new, 1))


def test_the_table_says_which_version_of_the_source_it_is_from() -> None:
    assert "# chinese-calendar 1." in DATA.read_text("utf-8")
