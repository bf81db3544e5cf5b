"""Time: kept in UTC, shown as in China. Promises are counted in working days, see `records.holidays`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991; needs no time-zone files on a bare machine


def utc_now() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment by the clock on the wall in China."""
    return moment.astimezone(SHANGHAI)
