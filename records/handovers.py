"""Hand-overs: a conversation that wants a person waits here until somebody takes it, on whatever terminal it began."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import case, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from records.clock import local, utc_now
from records.database import Database
from records.errors import RecordsError
from records.forms import check_mobile, hide
from records.tables import HandOverRow
from records.vault import Vault

REFERENCE_TRIES = 20

CALL_BACK = "call_back"
"""The reason of a hand-over that nobody was called for: the resident only wants to be called back. Also the state of all who wait for that."""

TURN = {"waiting": 0, CALL_BACK: 1, "taken": 2}
"""Who is served first: somebody who is waiting at this moment, then who waits for a call."""

FORGOTTEN = timedelta(hours=2)
"""A hand-over that nobody closed by then no longer keeps the resident from the service."""


class UnknownHandOverError(RecordsError):
    """There is no hand-over of that reference."""


class HandOverTakenError(RecordsError):
    """Somebody else has taken it, or it is closed."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """One hand-over. lines: masked (label, value) pairs. call_back: a mobile, its middle hidden in lists, whole for who took it.

    state: "waiting" (now, at the terminal), "call_back" (for a call), "taken" or "closed"; by: who took it.
    call_back_since: when the call back was asked for; None when it was not, even where a number is known. unanswered: when the terminal last
    called for a person and nobody came.
    """

    reference: str
    reason: str
    channel: str
    lines: tuple[tuple[str, str], ...]
    call_back: str | None = field(repr=False)
    opened: datetime
    state: str
    by: str
    call_back_since: datetime | None = None
    unanswered: datetime | None = None


class HandOvers:
    """All hand-overs."""

    def __init__(self, database: Database, vault: Vault, now: Callable[[], datetime] = utc_now) -> None:
        self._database, self._vault, self._now = database, vault, now

    async def open(
        self,
        key: str,
        reason: str,
        channel: str,
        address_index: str,
        lines: tuple[tuple[str, str], ...],
        call_back_mobile: str | None = None,
    ) -> str:
        """Records the wish for a person, once for each key, and gives its reference: six digits that can be said on the telephone.

        With the reason CALL_BACK and a number it waits for a call back from the start; else `add_call_back` makes it so. A number alone is only
        kept for when the line breaks. Raises SubmissionError for a number to call back that is no mobile.
        """
        asked = reason == CALL_BACK and call_back_mobile is not None
        if asked:
            check_mobile(call_back_mobile or "")
        now = self._now()
        key_index, fresh = self._vault.index(key, "hand_over.key"), uuid4()
        body = {"lines": [list(line) for line in lines], "call_back": call_back_mobile}
        async with self._database.session() as session:
            for _ in range(REFERENCE_TRIES):
                made = insert(HandOverRow).values(
                    id=fresh,
                    reference=f"{secrets.randbelow(1_000_000):06d}",
                    key_index=key_index,
                    reason=reason,
                    channel=channel,
                    address_index=address_index,
                    sealed=self._seal(fresh.hex, body),
                    state=CALL_BACK if asked else "waiting",
                    opened_at=now,
                    call_back_at=now if asked else None,
                    note="",
                )
                reference = await session.scalar(made.on_conflict_do_nothing().returning(HandOverRow.reference))
                if reference is None:  # this key is there already, or the reference drawn is
                    reference = await session.scalar(select(HandOverRow.reference).where(HandOverRow.key_index == key_index))
                if reference is not None:
                    return reference
        raise RecordsError("no free reference for a hand-over was found: close old ones, or lengthen the reference")

    async def add_call_back(self, reference: str, mobile: str) -> bool:
        """The resident wants to be called back at `mobile` instead of waiting. False when the hand-over is closed or unknown.

        Again it changes the number, not since when. Raises SubmissionError for what is no mobile.
        """
        check_mobile(mobile)
        async with self._database.session() as session:
            row = await self._open_one(session, reference)
            if row is None:
                return False
            row.sealed = self._seal(row.id.hex, {**self._read(row), "call_back": mobile})
            row.call_back_at = row.call_back_at or self._now()
            if row.state == "waiting":
                row.state = CALL_BACK
            return True

    async def no_answer(self, reference: str) -> bool:
        """The terminal called for a person, and nobody came; the desk sees since when. False when the hand-over is closed or unknown."""
        async with self._database.session() as session:
            row = await self._open_one(session, reference)
            if row is None:
                return False
            row.unanswered_at = self._now()
            return True

    async def waiting(self) -> tuple[HandOver, ...]:
        """Those that nobody has closed: who waits at this moment, then who waits for a call, then those taken; the oldest first."""
        order = case(TURN, value=HandOverRow.state)
        open_ones = select(HandOverRow).where(HandOverRow.state != "closed").order_by(order, HandOverRow.opened_at)
        async with self._database.session() as session:
            rows = list(await session.scalars(open_ones))
        return tuple(self._hand_over(row, whole=False) for row in rows)

    async def count_waiting(self) -> int:
        """How many nobody has taken yet, those who wait for a call among them."""
        async with self._database.session() as session:
            untaken = HandOverRow.state.in_(("waiting", CALL_BACK))
            return await session.scalar(select(func.count()).select_from(HandOverRow).where(untaken)) or 0

    async def take(self, reference: str, by: str) -> HandOver:
        """`by` takes it and sees the whole number to call back; again for the same person. HandOverTakenError when another has it."""
        async with self._database.session() as session:
            row = await session.scalar(select(HandOverRow).where(HandOverRow.reference == reference).with_for_update())
            if row is None:
                raise UnknownHandOverError(f"there is no hand-over {reference}")
            if row.state == "closed" or (row.state == "taken" and row.by != by):
                raise HandOverTakenError(f"hand-over {reference} is {row.state} by {row.by}")
            if row.state in ("waiting", CALL_BACK):
                row.state, row.by, row.taken_at = "taken", by, self._now()
            return self._hand_over(row, whole=True)

    async def get(self, reference: str, by: str) -> HandOver | None:
        """One of them; the number to call back is whole only for the person who took it."""
        async with self._database.session() as session:
            row = await session.scalar(select(HandOverRow).where(HandOverRow.reference == reference))
        return None if row is None else self._hand_over(row, whole=row.state == "taken" and row.by == by)

    async def lasts(self, reference: str) -> bool:
        """Whether a person still has, or will have, this conversation: not closed, not older than `FORGOTTEN`, and no call back was asked for.

        Who waits for a call can go on with the service meanwhile.
        """
        async with self._database.session() as session:
            row = await session.scalar(select(HandOverRow).where(HandOverRow.reference == reference))
        if row is None or row.state == "closed" or row.call_back_at is not None:
            return False
        return row.opened_at > self._now() - FORGOTTEN

    async def close(self, reference: str, by: str, note: str = "") -> None:
        """Done with it. Raises UnknownHandOverError; closing twice changes nothing."""
        async with self._database.session() as session:
            row = await session.scalar(select(HandOverRow).where(HandOverRow.reference == reference).with_for_update())
            if row is None:
                raise UnknownHandOverError(f"there is no hand-over {reference}")
            if row.state != "closed":
                row.state, row.by, row.note, row.closed_at = "closed", by, note.strip(), self._now()

    def _hand_over(self, row: HandOverRow, *, whole: bool) -> HandOver:
        body = self._read(row)
        mobile = body["call_back"]
        shown = mobile if mobile is None or whole else hide(mobile)
        lines = tuple((label, value) for label, value in body["lines"])
        asked, unanswered = (None if moment is None else local(moment) for moment in (row.call_back_at, row.unanswered_at))
        when = local(row.opened_at)
        return HandOver(row.reference, row.reason, row.channel, lines, shown, when, row.state, row.by or "", asked, unanswered)

    async def _open_one(self, session: AsyncSession, reference: str) -> HandOverRow | None:
        """The hand-over, locked, unless it is closed."""
        open_one = (HandOverRow.reference == reference) & (HandOverRow.state != "closed")
        return await session.scalar(select(HandOverRow).where(open_one).with_for_update())

    def _seal(self, key: str, body: dict[str, Any]) -> bytes:
        return self._vault.seal(json.dumps(body, ensure_ascii=False).encode(), f"hand_over:{key}")

    def _read(self, row: HandOverRow) -> dict[str, Any]:
        return dict(json.loads(self._vault.open(row.sealed, f"hand_over:{row.id.hex}")))
