"""Time: kept in UTC, shown as in China, promises counted in working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991; needs no time-zone files on a bare machine


def utc_now() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment by the clock on the wall in China."""
    return moment.astimezone(SHANGHAI)


def after_working_days(begin: date, days: int) -> date:
    """The last day of a promise of `days` working days (工作日), the first being the day after `begin` (行政许可法 §82 counts so).

    Knows Saturdays and Sundays. Public holidays are ordered anew each year by the State Council and not known here: around one the
    real date is later, which is why a promised date is told as "about".
    """
    day = begin
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            days -= 1
    return day
