"""What plays do behind the scenes: time that passes when they say so, records that stop answering, and a look at what is recorded."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.contract import Address, Incoming, Reply, Talk
from dialogs.tools.play import Asked
from onestop.stores import Stores
from onestop.talk import address_index
from records.cases import Cases
from records.catalogue import Catalogue
from records.clock import SHANGHAI
from records.database import Database
from records.handovers import HandOvers
from records.notices import Notices
from records.residents import Profiles
from records.tables import CaseRow, HandOverRow

MORNING = datetime(2026, 5, 20, 9, 0, tzinfo=SHANGHAI).timestamp()
"""When every play begins, a Wednesday: what is said of days then means the same whenever plays are performed."""

TURN = 5.0
"""Seconds that a turn takes."""

PREPARED = "play"
"""The channel of cases that are given; they are not counted."""


class Clock:
    """Seconds since 1970 that pass when a play says so."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> float:
        return self.now

    def moment(self) -> datetime:
        """The same, as the records count."""
        return datetime.fromtimestamp(self.now, UTC)


class FickleDatabase(Database):
    """The same records, but they answer only while they are `up`."""

    def __init__(self, real: Database) -> None:
        self._real, self.url, self.engine, self.up = real, real.url, real.engine, True

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        if not self.up:
            raise ConnectionError("the records do not answer: the play says so")
        async with self._real.session() as session:
            yield session


def on_stage(stores: Stores, database: Database, clock: Clock) -> Stores:
    """The stores as the instance of a play has them."""
    notices = Notices(database, stores.vault, clock.moment)
    return replace(
        stores,
        database=database,
        catalogue=Catalogue(database),
        cases=Cases(database, stores.vault, notices, clock.moment),
        hand_overs=HandOvers(database, stores.vault, clock.moment),
        notices=notices,
    )


class Overheard:
    """The engine with somebody listening (`Talk`): who spoke last. A turn takes its time."""

    def __init__(self, talk: Talk, clock: Clock) -> None:
        self._talk, self._clock = talk, clock
        self.address: Address | None = None

    async def take(self, incoming: Incoming) -> Reply:
        self.address = incoming.address
        self._clock.now += TURN
        return await self._talk.take(incoming)

    async def current(self, address: Address) -> Reply | None:
        return await self._talk.current(address)

    async def asked(self) -> Asked:
        """What whoever spoke last is being asked."""
        now = await self._talk.current(self.address) if self.address is not None else None
        if now is None or now.expect is None:
            return Asked()
        return Asked(now.expect.question, tuple(choice.label for choice in now.expect.choices))


class Witness:
    """Knows what has come into the records since `begin`, opened for the play alone."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._cases: frozenset[UUID] = frozenset()
        self._hand_overs: frozenset[UUID] = frozenset()

    async def begin(self) -> None:
        """Counts from here."""
        async with self._stores.database.session() as session:
            self._cases = frozenset(await session.scalars(select(CaseRow.id)))
            self._hand_overs = frozenset(await session.scalars(select(HandOverRow.id)))

    async def records(self, address: Address | None) -> Mapping[str, Any]:
        """What is new, and what is remembered of the resident at this address (`dialogs.tools.play.World.records`)."""
        async with self._stores.database.session() as session:
            cases = await session.scalars(select(CaseRow).where(CaseRow.channel != PREPARED).order_by(CaseRow.submitted_at))
            new = [row for row in cases if row.id not in self._cases]
            persons = [row for row in await session.scalars(select(HandOverRow)) if row.id not in self._hand_overs]
        found: dict[str, Any] = {
            "cases": len(new),
            "hand_overs": len(persons),
            "call_backs": sum(row.call_back_at is not None for row in persons),
            "profile": await self._profile(address),
        }
        return found | (self._last(new[-1]) if new else {})

    async def reference(self) -> str | None:
        """The last hand-over of this play."""
        async with self._stores.database.session() as session:
            persons = await session.scalars(select(HandOverRow).order_by(HandOverRow.opened_at.desc()))
            return next((row.reference for row in persons if row.id not in self._hand_overs), None)

    def _last(self, row: CaseRow) -> dict[str, Any]:
        body = json.loads(self._stores.vault.open(row.sealed_answers, f"case.answers:{row.id}"))
        answers = body["answers"]
        return {"item": row.item_code, "state": row.state, "channel": row.channel, "answers": answers, "last": row.number}

    async def _profile(self, address: Address | None) -> Mapping[str, str]:
        if address is None:
            return {}
        return await Profiles(self._stores.database, self._stores.vault).known(address_index(self._stores.vault, address))
