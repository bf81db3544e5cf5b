"""The clock on the wall in China."""

from __future__ import annotations

from datetime import UTC, date, datetime

from records.clock import local


def test_a_day_begins_at_midnight_in_china() -> None:
    assert local(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)).date() == date(2027, 1, 1)
