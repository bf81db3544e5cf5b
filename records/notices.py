"""Notices owed to residents: a transactional outbox (C. Richardson's pattern) on procrastinate.

A notice's row and its job are written on the very connection that moves the case: both are there or neither. A worker delivers it at
least once, with a key by which the terminal can drop a second delivery; a worker that died in between is found by its missing
heartbeat and its job taken over. What cannot be delivered ends as `dead`, where staff see it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol
from uuid import UUID, uuid4

import procrastinate
import structlog
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from records import case_number
from records.clock import local, utc_now
from records.database import Database
from records.states import State, label, standing
from records.tables import CaseRow, EventRow, ItemRow, NoticeAttemptRow, NoticeRow
from records.vault import Vault

log = structlog.get_logger()

TASK = "onestop.notice"
QUEUE = "notices"
WORKER_SILENT = timedelta(seconds=30)  # three of procrastinate's heartbeats (10 s)

# Only ever defers, on connections of others: never opened.
_deferring = procrastinate.App(connector=procrastinate.PsycopgConnector())


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice is about, for the template that words it. `date` is the day in China."""

    number: str = field(repr=False)
    number_masked: str
    item_code: str
    item_name: str
    state: State
    standing: str
    state_label: str
    date: date
    note: str


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """How one try went. later: try again, after `retry_after` seconds if given. never: trying again is useless (unsubscribed, refused).

    detail: for staff and logs, without personal data.
    """

    outcome: Literal["delivered", "later", "never"]
    detail: str = ""
    retry_after: float | None = None


class Deliver(Protocol):
    """How a terminal's messages go out. `key` names the notice for ever: the same key again is the same message."""

    async def __call__(self, channel: str, user: str, text: str, key: str) -> DeliveryResult: ...


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """first_wait: seconds before the second try, doubled for each further one up to `longest_wait`. tries: then it is dead.

    With these, tries go on for about five hours, over an outage of an evening. workers: notices under way at once in one process.
    """

    first_wait: float = 30.0
    longest_wait: float = 3600.0
    tries: int = 12
    workers: int = 4

    def wait(self, attempts: int) -> float:
        """Seconds to wait after the `attempts`-th try failed."""
        return min(self.first_wait * 2.0 ** (attempts - 1), self.longest_wait)


@dataclass(frozen=True, slots=True)
class NoticesHealth:
    """worker_seen: the newest heartbeat of any worker. waiting, dead: notices. oldest_waiting: when the oldest of them was written."""

    worker_alive: bool
    worker_seen: datetime | None
    waiting: int
    dead: int
    oldest_waiting: datetime | None


@dataclass(frozen=True, slots=True)
class NoticeState:
    """A notice for staff: no address, no text."""

    key: str
    channel: str
    state: str
    attempts: int
    detail: str
    created: datetime


class Notices:
    """What is owed and what became of it."""

    def __init__(self, database: Database, vault: Vault, now: Callable[[], datetime] = utc_now) -> None:
        self._database, self._vault, self._now = database, vault, now

    async def owe(self, session: AsyncSession, case: CaseRow, event: EventRow) -> str:
        """Writes the notice of an event and defers its job, both in the caller's transaction. Gives the notice's key."""
        row = NoticeRow(
            id=uuid4(), key=f"notice-{event.id}-{case.id.hex[:8]}", event_id=event.id, case_id=case.id, channel=case.channel, state="waiting",
            attempts=0, detail="", created_at=self._now(), done_at=None,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        await _defer(session, row)
        return row.key

    async def health(self) -> NoticesHealth:
        """Whether a worker lives and how much is waiting."""
        async with self._database.session() as session:
            seen: datetime | None = await session.scalar(text("SELECT max(last_heartbeat) FROM procrastinate_workers"))
            counts = (await session.execute(select(NoticeRow.state, func.count()).group_by(NoticeRow.state))).all()
            oldest = await session.scalar(select(func.min(NoticeRow.created_at)).where(NoticeRow.state == "waiting"))
        by_state = {str(state): int(count) for state, count in counts}
        alive = seen is not None and self._now() - seen < WORKER_SILENT
        return NoticesHealth(alive, seen, by_state.get("waiting", 0), by_state.get("dead", 0), oldest)

    async def dead(self, limit: int = 50) -> tuple[NoticeState, ...]:
        """The newest notices that were given up."""
        async with self._database.session() as session:
            newest = select(NoticeRow).where(NoticeRow.state == "dead").order_by(NoticeRow.created_at.desc()).limit(limit)
            rows = await session.scalars(newest)
            return tuple(NoticeState(r.key, r.channel, r.state, r.attempts, r.detail, local(r.created_at)) for r in rows)

    async def revive(self, key: str) -> bool:
        """Tries a dead notice again, from the first attempt. False when it is not dead."""
        async with self._database.session() as session:
            again = update(NoticeRow).where(NoticeRow.key == key, NoticeRow.state == "dead")
            row = await session.scalar(again.values(state="waiting", attempts=0, detail="", done_at=None).returning(NoticeRow))
            if row is None:
                return False
            await _defer(session, row)
            return True

    async def begin(self, key: UUID) -> tuple[NoticeRow, str, Notice] | None:
        """Counts an attempt, and gives the row, the address and what to tell. None when the notice is done already."""
        async with self._database.session() as session:
            row = await session.get(NoticeRow, key, with_for_update=True)
            if row is None or row.state != "waiting":
                return None
            row.attempts += 1
            case = (await session.scalars(select(CaseRow).where(CaseRow.id == row.case_id))).one()
            event = (await session.scalars(select(EventRow).where(EventRow.id == row.event_id))).one()
            name = (
                await session.scalars(select(ItemRow.name).where(ItemRow.code == case.item_code, ItemRow.version == case.item_version))
            ).one()
            user = self._vault.open(case.sealed_address or b"", f"case.address:{case.id}").decode()
            state = State(event.state)
            decision = State(case.decision) if case.decision else None
            stands, told = standing(state, decision), label(state, decision)
            masked = case_number.mask(case.number)
            notice = Notice(case.number, masked, case.item_code, name, state, stands, told, local(event.at).date(), event.note)
            return row, user, notice

    async def settle(self, key: UUID, state: str, outcome: str, detail: str) -> None:
        """Logs an attempt and sets what became of the notice ("waiting", "sent", "dead")."""
        now = self._now()
        async with self._database.session() as session:
            session.add(NoticeAttemptRow(notice_id=key, at=now, outcome=outcome, detail=detail[:500]))
            done = None if state == "waiting" else now
            await session.execute(update(NoticeRow).where(NoticeRow.id == key).values(state=state, detail=detail[:500], done_at=done))


async def _defer(session: AsyncSession, row: NoticeRow) -> None:
    connection: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    job = _deferring.configure_task(TASK, connection=connection, queue=QUEUE, lock=f"case-{row.case_id}", queueing_lock=row.key)
    await job.defer_async(notice=str(row.id))
