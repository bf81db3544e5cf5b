"""The catalogue in the records: every import is all or nothing, every changed item gains a version, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.catalogue.changes import Change, change_of
from records.catalogue.directory import Approval, Directory, Office
from records.catalogue.importing import ImportReport, bring_in, newest, take_turn
from records.catalogue.incoming import Records, read_incoming
from records.catalogue.items import Domain, Item, Theme
from records.catalogue.marks import tuples
from records.catalogue.reading import Contents
from records.database import Database
from records.tables import ApprovalRow, DomainRow, ImportRow, ItemRow, OfficeRow, ThemeRow


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an item in its history. change: against the version before it; None where only the way of writing changed."""

    item: Item
    at: datetime
    change: Change | None


class Catalogue:
    """The service items and approvals now offered, and every version that ever was.

    What is read is kept in memory until the catalogue's version grows, so that asking on every turn costs one small query.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: tuple[int, Contents, Directory] | None = None

    async def items(self) -> tuple[Item, ...]:
        """The items offered now, in menu order."""
        return (await self._now())[0].items

    async def themes(self) -> tuple[Theme, ...]:
        """The themes that have an item offered now, in menu order."""
        used = {domain.theme for domain in await self.domains()}
        return tuple(theme for theme in (await self._now())[0].themes if theme.id in used)

    async def domains(self) -> tuple[Domain, ...]:
        """The domains that have an item offered now, in menu order."""
        contents = (await self._now())[0]
        used = {item.domain for item in contents.items}
        return tuple(domain for domain in contents.domains if domain.id in used)

    async def item(self, code: str, version: int | None = None) -> Item | None:
        """The item of that code as offered now, or one version of it (then also one that is no longer offered)."""
        if version is None:
            return next((item for item in await self.items() if item.code == code), None)
        async with self._database.session() as session:
            return await read_version(session, code, version)

    async def history(self, code: str) -> tuple[Version, ...]:
        """Every version of an item, oldest first, with what changed; empty for an unknown code."""
        async with self._database.session() as session:
            rows = list(await session.scalars(select(ItemRow).where(ItemRow.code == code).order_by(ItemRow.version)))
        before: dict[str, Any] | None = None
        found: list[Version] = []
        for row in rows:
            found.append(Version(_item(row), row.at, change_of(row.code, row.version, before, row.body)))
            before = row.body
        return tuple(found)

    async def approvals(self) -> tuple[Approval, ...]:
        """The approvals of the city directory offered now, office by office."""
        return (await self._now())[1].approvals

    async def approval(self, code: str) -> Approval | None:
        """The approval of that code as offered now."""
        return next((approval for approval in await self.approvals() if approval.code == code), None)

    async def offices(self) -> tuple[Office, ...]:
        """The offices of the city directory that have an approval offered now."""
        directory = (await self._now())[1]
        used = {approval.office for approval in directory.approvals}
        return tuple(office for office in directory.offices if office.id in used)

    async def count(self) -> int:
        """How many items are offered now."""
        return len(await self.items())

    async def version(self) -> int:
        """A number that grows whenever an import changed anything; 0 before the first."""
        async with self._database.session() as session:
            return await _version(session)

    async def import_files(self, paths: Iterable[Path], dry_run: bool = False, take_off_missing: bool = False) -> ImportReport:
        """Imports the files' themes, domains and items, offices and approvals. Raises CatalogueError, and then nothing was changed.

        What is in the records but not in the files stays as it is (`offered: false` takes one off), so one file can be imported alone.
        take_off_missing: items of the files' domains, and approvals of their offices, that the files do not have are taken off.
        """
        files = tuple(paths)
        async with self._database.session() as session:
            await take_turn(session)
            known = await newest(session, ItemRow), await newest(session, ApprovalRow)
            items, approvals = ({code: row.body for code, row in rows.items()} for rows in known)
            records = Records((await _contents(session)).domains, (await _directory(session)).offices, items, approvals)
            incoming = read_incoming(files, records)
            return await bring_in(session, incoming, *known, dry_run=dry_run, take_off_missing=take_off_missing)

    async def _now(self) -> tuple[Contents, Directory]:
        async with self._database.session() as session:
            version = await _version(session)
            if self._kept is None or self._kept[0] != version:
                self._kept = (version, await _contents(session), await _directory(session))
            return self._kept[1:]


async def read_version(session: AsyncSession, code: str, version: int) -> Item | None:
    """One version of an item, inside the caller's transaction."""
    row = await session.get(ItemRow, (code, version))
    return None if row is None else _item(row)


async def _contents(session: AsyncSession) -> Contents:
    themes = [Theme.model_validate(tuples(row.body)) for row in await session.scalars(select(ThemeRow).order_by(ThemeRow.position))]
    place = {theme.id: theme.order for theme in themes}
    domains = [Domain.model_validate(tuples(row.body)) for row in await session.scalars(select(DomainRow))]
    domains.sort(key=lambda domain: (place.get(domain.theme, len(place) + 1), domain.order, domain.id))
    order = {domain.id: number for number, domain in enumerate(domains)}
    items = [_item(row) for row in (await newest(session, ItemRow)).values() if row.offered]
    items.sort(key=lambda item: (order.get(item.domain, len(order)), item.code))
    return Contents(tuple(themes), tuple(domains), tuple(items))


async def _directory(session: AsyncSession) -> Directory:
    rows = await session.scalars(select(OfficeRow).order_by(OfficeRow.position, OfficeRow.id))
    offices = tuple(Office.model_validate(tuples(row.body)) for row in rows)
    place = {office.id: number for number, office in enumerate(offices)}
    approvals = [
        Approval.model_validate({**tuples(row.body), "version": row.version})
        for row in (await newest(session, ApprovalRow)).values()
        if row.offered
    ]
    approvals.sort(key=lambda approval: (place.get(approval.office, len(place)), approval.code))
    return Directory(offices, tuple(approvals))


async def _version(session: AsyncSession) -> int:
    return await session.scalar(select(func.coalesce(func.max(ImportRow.id), 0))) or 0


def _item(row: ItemRow) -> Item:
    return Item.model_validate({**tuples(row.body), "version": row.version})
