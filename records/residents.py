"""Residents: one row for each ID number (or, where an item asks for none, each mobile), readable with the vault only."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from records.tables import ResidentRow
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
