"""Pictures that residents send with a request: sealed, kept for the address they came from until the request takes them up, gone when none does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from records.clock import local, utc_now
from records.database import Database
from records.forms import SubmissionError
from records.pictures import clean
from records.tables import AttachmentRow
from records.vault import Vault

KEPT_WAITING = timedelta(days=7)
"""How long a picture waits for its request; longer than any conversation can be taken up again."""

MOST_WAITING = 10
"""Pictures of one address that wait for a request; the oldest give way, so that nobody fills the records."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One picture of a case. key: 32 hex digits; names it in answers and links. size: bytes."""

    key: str
    size: int
    at: datetime


class Attachments:
    """All pictures."""

    def __init__(self, database: Database, vault: Vault, now: Callable[[], datetime] = utc_now) -> None:
        self._database, self._vault, self._now = database, vault, now

    async def keep(self, address_index: str, content: bytes) -> str:
        """Cleans (`records.pictures`), seals and keeps a picture that came from this address; its key. Raises PictureError."""
        picture = await asyncio.to_thread(clean, content)
        key = uuid4()
        row = AttachmentRow(
            id=key,
            address_index=address_index,
            case_id=None,
            size=len(picture),
            sealed=self._vault.seal(picture, f"attachment:{key.hex}"),
            at=self._now(),
        )
        mine = (AttachmentRow.address_index == address_index) & AttachmentRow.case_id.is_(None)
        newest = select(AttachmentRow.id).where(mine).order_by(AttachmentRow.at.desc()).limit(MOST_WAITING - 1)
        async with self._database.session() as session:
            await session.execute(delete(AttachmentRow).where(mine, AttachmentRow.id.not_in(newest)))
            session.add(row)
        return key.hex

    async def of_case(self, case_id: UUID) -> tuple[Attachment, ...]:
        """A case's pictures, oldest first, without their contents."""
        columns = select(AttachmentRow.id, AttachmentRow.size, AttachmentRow.at).where(AttachmentRow.case_id == case_id)
        async with self._database.session() as session:
            rows = (await session.execute(columns.order_by(AttachmentRow.at, AttachmentRow.id))).all()
        return tuple(Attachment(row.id.hex, row.size, local(row.at)) for row in rows)

    async def read(self, key: str, case_id: UUID) -> bytes | None:
        """A picture of this case, as `records.pictures.MEDIA_TYPE`; None when the case has none of that key."""
        try:
            wanted = UUID(hex=key)
        except ValueError:
            return None
        async with self._database.session() as session:
            row = await session.scalar(select(AttachmentRow).where(AttachmentRow.id == wanted, AttachmentRow.case_id == case_id))
        return None if row is None else self._vault.open(row.sealed, f"attachment:{row.id.hex}")


async def adopt(session: AsyncSession, keys: Collection[str], address_index: str, case_id: UUID) -> None:
    """The case takes up pictures that wait at its address, inside the caller's transaction.

    Raises SubmissionError when one is not there, came from another address, or belongs to a case already.
    """
    wanted = {UUID(hex=key) for key in keys}
    mine = (AttachmentRow.address_index == address_index) & AttachmentRow.case_id.is_(None)
    taken = await session.scalars(
        update(AttachmentRow).where(AttachmentRow.id.in_(wanted), mine).values(case_id=case_id).returning(AttachmentRow.id)
    )
    if set(taken) != wanted:
        raise SubmissionError("a photo of this request is not kept any more, or is not this resident's: ask for it again")


async def forget_waiting(session: AsyncSession, before: datetime) -> int:
    """Deletes pictures that no request took up since `before`; how many."""
    late = AttachmentRow.case_id.is_(None) & (AttachmentRow.at < before)
    return len(list(await session.scalars(delete(AttachmentRow).where(late).returning(AttachmentRow.id))))
