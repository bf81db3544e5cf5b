"""Counting what somebody does too often, in PostgreSQL, so that every process counts together.

A window opens with the first hit and closes after its length; it does not slide. That is plain to explain ("for an hour") and one row.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from records.tables import ThrottleRow


async def claim(session: AsyncSession, key: str, window: timedelta, now: datetime) -> int:
    """How often `key` was hit in its open window; holds the row until the transaction ends, so that guesses at one thing queue up.

    key: an index (HMAC), never a number in the clear. The row is made when missing, so that what exists and what does not cost the same.
    """
    expired = ThrottleRow.since < now - window
    statement = (
        insert(ThrottleRow)
        .values(key=key, count=0, since=now)
        .on_conflict_do_update(
            index_elements=[ThrottleRow.key],
            set_={"count": case((expired, 0), else_=ThrottleRow.count), "since": case((expired, now), else_=ThrottleRow.since)},
        )
        .returning(ThrottleRow.count)
    )
    return (await session.execute(statement)).scalar_one()


async def hit(session: AsyncSession, key: str, window: timedelta, now: datetime) -> int:
    """Counts one and gives the count of the open window."""
    count = await claim(session, key, window, now) + 1
    await session.execute(update(ThrottleRow).where(ThrottleRow.key == key).values(count=count))
    return count


async def forget_old(session: AsyncSession, before: datetime) -> None:
    """Drops the counts whose windows opened before `before`."""
    await session.execute(delete(ThrottleRow).where(ThrottleRow.since < before))
