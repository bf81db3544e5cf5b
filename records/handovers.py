"""Hand-overs: a conversation that wants a person waits here until somebody takes it, on whatever terminal it began."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from records.clock import local, utc_now
from records.database import Database
from records.errors import RecordsError
from records.forms import check_mobile, hide
from records.tables import HandOverRow
from records.vault import Vault

REFERENCE_TRIES = 20

FORGOTTEN = timedelta(hours=2)
"""A hand-over that nobody closed by then no longer keeps the resident from the service."""


class UnknownHandOverError(RecordsError):
    """There is no hand-over of that reference."""


class HandOverTakenError(RecordsError):
    """Somebody else has taken it, or it is closed."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """One hand-over. lines: masked (label, value) pairs. call_back: a mobile, its middle hidden in lists, whole for who took it.

    state: "waiting", "taken" or "closed"; by: who took it.
    """

    reference: str
    reason: str
    channel: str
    lines: tuple[tuple[str, str], ...]
    call_back: str | None = field(repr=False)
    opened: datetime
    state: str
    by: str


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
        """Records the wish for a person, once for each key, and gives its reference: six digits that can be said on the telephone."""
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
                    state="waiting",
                    opened_at=self._now(),
                    note="",
                )
                reference = await session.scalar(made.on_conflict_do_nothing().returning(HandOverRow.reference))
                if reference is None:  # this key is there already, or the reference drawn is
                    reference = await session.scalar(select(HandOverRow.reference).where(HandOverRow.key_index == key_index))
                if reference is not None:
                    return reference
        raise RecordsError("no free reference for a hand-over was found: close old ones, or lengthen the reference")

    async def add_call_back(self, reference: str, mobile: str) -> bool:
        """Adds where to call back, when it is learned later in the talk. False when the hand-over is closed or unknown."""
        check_mobile(mobile)
        async with self._database.session() as session:
            row = await session.scalar(select(HandOverRow).where(HandOverRow.reference == reference).with_for_update())
            if row is None or row.state == "closed":
                return False
            row.sealed = self._seal(row.id.hex, {**self._read(row), "call_back": mobile})
            return True

    async def waiting(self) -> tuple[HandOver, ...]:
        """Those that nobody has closed, waiting ones first, the oldest first."""
        open_ones = select(HandOverRow).where(HandOverRow.state != "closed").order_by(HandOverRow.state.desc(), HandOverRow.opened_at)
        async with self._database.session() as session:
            rows = list(await session.scalars(open_ones))
        return tuple(self._hand_over(row, whole=False) for row in rows)

    async def count_waiting(self) -> int:
        """How many nobody has taken yet."""
        async with self._database.session() as session:
            return await session.scalar(select(func.count()).select_from(HandOverRow).where(HandOverRow.state == "waiting")) or 0

    async def take(self, reference: str, by: str) -> HandOver:
        """`by` takes it and sees the whole number to call back; again for the same person. HandOverTakenError when another has it."""
        async with self._database.session() as session:
            row = await session.scalar(select(HandOverRow).where(HandOverRow.reference == reference).with_for_update())
            if row is None:
                raise UnknownHandOverError(f"there is no hand-over {reference}")
            if row.state == "closed" or (row.state == "taken" and row.by != by):
                raise HandOverTakenError(f"hand-over {reference} is {row.state} by {row.by}")
            if row.state == "waiting":
                row.state, row.by, row.taken_at = "taken", by, self._now()
            return self._hand_over(row, whole=True)

    async def get(self, reference: str, by: str) -> HandOver | None:
        """One of them; the number to call back is whole only for the person who took it."""
        async with self._database.session() as session:
            row = await session.scalar(select(HandOverRow).where(HandOverRow.reference == reference))
        return None if row is None else self._hand_over(row, whole=row.state == "taken" and row.by == by)

    async def lasts(self, reference: str) -> bool:
        """Whether a person still has, or will have, this conversation: not closed, and not older than `FORGOTTEN`."""
        async with self._database.session() as session:
            row = await session.scalar(select(HandOverRow).where(HandOverRow.reference == reference))
        return row is not None and row.state != "closed" and row.opened_at > self._now() - FORGOTTEN

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
        return HandOver(row.reference, row.reason, row.channel, lines, shown, local(row.opened_at), row.state, row.by or "")

    def _seal(self, key: str, body: dict[str, Any]) -> bytes:
        return self._vault.seal(json.dumps(body, ensure_ascii=False).encode(), f"hand_over:{key}")

    def _read(self, row: HandOverRow) -> dict[str, Any]:
        return dict(json.loads(self._vault.open(row.sealed, f"hand_over:{row.id.hex}")))
