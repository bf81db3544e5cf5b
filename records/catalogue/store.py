"""The catalogue in the records: every import is all or nothing, every changed item gains a version, nothing is lost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from records.catalogue.items import Item, Theme
from records.catalogue.reading import Contents, read_files
from records.clock import utc_now
from records.database import Database
from records.tables import ImportRow, ItemRow, ThemeRow

IMPORT_LOCK = 0x636174616C6F67  # "catalog": imports wait for each other


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did (or, with dry_run, would do): codes of the items."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    dry_run: bool


class Catalogue:
    """The service items now offered, and every version that ever was.

    What is read is kept in memory until the catalogue's version grows, so that asking on every turn costs one small query.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: tuple[int, Contents] | None = None

    async def items(self) -> tuple[Item, ...]:
        """The items offered now, in menu order."""
        return (await self._contents()).items

    async def themes(self) -> tuple[Theme, ...]:
        """The themes that have an item offered now, in menu order."""
        contents = await self._contents()
        used = {item.theme for item in contents.items}
        return tuple(theme for theme in contents.themes if theme.id in used)

    async def item(self, code: str, version: int | None = None) -> Item | None:
        """The item of that code as offered now, or one version of it (then also one that is no longer offered)."""
        if version is None:
            return next((item for item in await self.items() if item.code == code), None)
        async with self._database.session() as session:
            return await read_version(session, code, version)

    async def count(self) -> int:
        """How many items are offered now."""
        return len(await self.items())

    async def version(self) -> int:
        """A number that grows whenever an import changed anything; 0 before the first."""
        async with self._database.session() as session:
            return await _version(session)

    async def import_files(self, paths: Iterable[Path], dry_run: bool = False) -> ImportReport:
        """Imports the files' themes and items. Raises CatalogueError, and then nothing was changed.

        Items that are in the records but not in the files stay as they are (`offered: false` takes one off), so one file can be imported
        alone.
        """
        files = tuple(paths)
        contents = read_files(files)
        async with self._database.session() as session:
            await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": IMPORT_LOCK})
            newest = {row.code: row for row in await _newest(session)}
            added: list[str] = []
            changed: list[str] = []
            unchanged: list[str] = []
            now = utc_now()
            for item in contents.items:
                body = item.model_dump(mode="json", exclude={"version"})
                digest = hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
                before = newest.get(item.code)
                if before is not None and before.digest == digest:
                    unchanged.append(item.code)
                    continue
                (added if before is None else changed).append(item.code)
                version = 1 if before is None else before.version + 1
                session.add(
                    ItemRow(code=item.code, version=version, name=item.name, offered=item.offered, digest=digest, body=body, at=now)
                )
            themes_changed = await _store_themes(session, contents.themes)
            if added or changed or themes_changed:
                session.add(ImportRow(at=now, files={"names": [path.name for path in files], "added": added, "changed": changed}))
            if dry_run:
                await session.flush()
                await session.rollback()
        return ImportReport(tuple(added), tuple(changed), tuple(unchanged), dry_run)

    async def _contents(self) -> Contents:
        async with self._database.session() as session:
            version = await _version(session)
            if self._kept is not None and self._kept[0] == version:
                return self._kept[1]
            themes = [
                Theme.model_validate(_tuples(row.body)) for row in (await session.scalars(select(ThemeRow).order_by(ThemeRow.position)))
            ]
            order = {theme.id: theme.order for theme in themes}
            items = [_item(row) for row in await _newest(session) if row.offered]
        items.sort(key=lambda item: (order.get(item.theme, len(order) + 1), item.code))
        contents = Contents(tuple(themes), tuple(items))
        self._kept = (version, contents)
        return contents


async def read_version(session: AsyncSession, code: str, version: int) -> Item | None:
    """One version of an item, inside the caller's transaction."""
    row = await session.get(ItemRow, (code, version))
    return None if row is None else _item(row)


async def _version(session: AsyncSession) -> int:
    return await session.scalar(select(func.coalesce(func.max(ImportRow.id), 0))) or 0


async def _newest(session: AsyncSession) -> list[ItemRow]:
    other = aliased(ItemRow)
    newest = select(func.max(other.version)).where(other.code == ItemRow.code).correlate(ItemRow).scalar_subquery()
    statement = select(ItemRow).where(ItemRow.version == newest).order_by(ItemRow.code)
    return list(await session.scalars(statement))


async def _store_themes(session: AsyncSession, themes: tuple[Theme, ...]) -> bool:
    known = {row.id: row.body for row in await session.scalars(select(ThemeRow))}
    changed = False
    for theme in themes:
        body = theme.model_dump(mode="json")
        if known.get(theme.id) == body:
            continue
        changed = True
        statement = insert(ThemeRow).values(id=theme.id, position=theme.order, body=body)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=[ThemeRow.id], set_={"position": statement.excluded.position, "body": statement.excluded.body}
            )
        )
    return changed


def _item(row: ItemRow) -> Item:
    return Item.model_validate({**_tuples(row.body), "version": row.version})


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_tuples(part) for part in value)
    if isinstance(value, dict):
        return {key: _tuples(part) for key, part in value.items()}
    return value
