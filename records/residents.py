"""Residents: one row for each ID number (or, where an item asks for none, each mobile), readable with the vault only.

What a resident lets us remember for the next time (`Profiles`) is another thing: it belongs to an address, such as one WeChat account, not to an
ID number; it is offered to who writes from there and to nobody else; and it is gone when the resident wants it forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from records.catalogue.items import KNOWN
from records.clock import utc_now
from records.database import Database
from records.forms import SubmissionError, fits_known
from records.tables import ProfileRow, ResidentRow
from records.vault import Vault


async def remember(session: AsyncSession, vault: Vault, mobile: str, id_number: str | None, now: datetime) -> UUID:
    """The resident's row, made when missing. Concurrent calls agree on one row.

    What is known stays as first given: whoever knows somebody's ID number must not be able to change that person's mobile. Each case keeps
    the mobile that was given with it.
    """
    key = vault.index(id_number.upper(), "resident.id_number") if id_number else vault.index(mobile, "resident.mobile")
    fresh = uuid4()
    made = insert(ResidentRow).values(
        id=fresh,
        key_index=key,
        mobile_index=vault.index(mobile, "resident.mobile"),
        sealed=_seal(vault, fresh, mobile, id_number),
        since=now,
    )
    found = await session.scalar(made.on_conflict_do_nothing(index_elements=[ResidentRow.key_index]).returning(ResidentRow.id))
    if found is not None:
        return found
    return (await session.execute(select(ResidentRow.id).where(ResidentRow.key_index == key))).scalar_one()


def _seal(vault: Vault, key: UUID, mobile: str, id_number: str | None) -> bytes:
    return vault.seal(json.dumps({"mobile": mobile, "id_number": id_number}).encode(), f"resident:{key}")


class Profiles:
    """What residents let us remember, by their address.

    address_index: the blind index of a terminal's address, as in `Submission`. Only for terminals whose address is one person's: a
    television and a telephone line belong to a household.
    """

    def __init__(self, database: Database, vault: Vault, now: Callable[[], datetime] = utc_now) -> None:
        self._database, self._vault, self._now = database, vault, now

    async def remember(self, address_index: str, values: Mapping[str, str]) -> None:
        """Keeps values (type of field -> answer, of `KNOWN` types) to which the resident said yes just now; those of other types stay.

        Doing it twice is doing it once. Raises SubmissionError, naming the type, for one that is not kept or a value that does not fit it.
        """
        for name, value in values.items():
            if not fits_known(name, value):
                raise SubmissionError(f"profile: {name} is not kept, or the value does not fit it; kept are {', '.join(sorted(KNOWN))}")
        if not values:
            return
        now = self._now()
        first = insert(ProfileRow).values(address_index=address_index, sealed=self._sealed(address_index, {}), since=now, consented_at=now)
        async with self._database.session() as session:
            await session.execute(first.on_conflict_do_nothing())
            row = (await session.scalars(select(ProfileRow).where(ProfileRow.address_index == address_index).with_for_update())).one()
            row.sealed = self._sealed(address_index, {**self._opened(row), **values})
            row.consented_at = max(now, row.consented_at)

    async def known(self, address_index: str) -> dict[str, str]:
        """Type of field -> answer; empty for who let us remember nothing."""
        async with self._database.session() as session:
            row = await session.get(ProfileRow, address_index)
        return {} if row is None else self._opened(row)

    async def forget(self, address_index: str) -> bool:
        """Deletes everything; whether there was anything. Cases that were requested stay: they are the office's."""
        async with self._database.session() as session:
            gone = await session.scalar(
                delete(ProfileRow).where(ProfileRow.address_index == address_index).returning(ProfileRow.address_index)
            )
        return gone is not None

    def _sealed(self, address_index: str, values: Mapping[str, str]) -> bytes:
        return self._vault.seal(json.dumps(dict(values), ensure_ascii=False).encode(), f"profile:{address_index}")

    def _opened(self, row: ProfileRow) -> dict[str, str]:
        return dict(json.loads(self._vault.open(row.sealed, f"profile:{row.address_index}")))
