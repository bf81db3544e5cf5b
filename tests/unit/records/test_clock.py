"""Working days, and the clock on the wall in China."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from records.clock import after_working_days, local


@pytest.mark.parametrize(
    ("begin", "days", "end"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 1, date(2026, 11, 24)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 5, date(2026, 12, 4)),
        (date(2026, 11, 23), 15, date(2026, 12, 14)),
    ],
)
def test_a_promise_counts_working_days_from_the_day_after(begin: date, days: int, end: date) -> None:
    assert after_working_days(begin, days) == end


def test_a_day_begins_at_midnight_in_china() -> None:
    assert local(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)).date() == date(2027, 1, 1)
