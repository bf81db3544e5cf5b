"""The catalogue in the records: every import is all or nothing, every changed item gains a version, nothing is lost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from records.catalogue.changes import Change, change_of
from records.catalogue.directory import Approval, Directory, Office, tuples
from records.catalogue.incoming import Incoming, read_incoming
from records.catalogue.items import Domain, Item, Theme
from records.catalogue.reading import Contents
from records.clock import utc_now
from records.database import Database
from records.tables import ApprovalRow, DomainRow, ImportRow, ItemRow, OfficeRow, ThemeRow

IMPORT_LOCK = 0x636174616C6F67  # "catalog": imports wait for each other

R = TypeVar("R", ItemRow, ApprovalRow)


@dataclass(frozen=True, slots=True)
class Tally:
    """Codes of items, or of approvals, by what happened to them."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    taken_off: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did (or, with dry_run, would do). headings: themes, domains and offices that are new or changed, by their labels."""

    items: Tally
    approvals: Tally
    changes: tuple[Change, ...]
    headings: tuple[str, ...]
    dry_run: bool

    @property
    def added(self) -> tuple[str, ...]:
        """Codes of the new items."""
        return self.items.added

    @property
    def changed(self) -> tuple[str, ...]:
        """Codes of the changed items, those that are offered again included."""
        return self.items.changed

    @property
    def unchanged(self) -> tuple[str, ...]:
        """Codes of the items that are as they were."""
        return self.items.unchanged


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
            await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": IMPORT_LOCK})
            return await _import(session, read_incoming(files), dry_run=dry_run, take_off_missing=take_off_missing)

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


async def _import(session: AsyncSession, incoming: Incoming, *, dry_run: bool, take_off_missing: bool) -> ImportReport:
    contents, directory = incoming.contents, incoming.directory
    items = {item.code: _body(item) for item in contents.items}
    approvals = {approval.code: _body(approval) for approval in directory.approvals}
    known_items, known_approvals = await _newest(session, ItemRow), await _newest(session, ApprovalRow)
    if take_off_missing:
        items |= _missing(known_items, items, "domain")
        approvals |= _missing(known_approvals, approvals, "office")
    item_rows, item_changes = _plan(ItemRow, known_items, items)
    approval_rows, approval_changes = _plan(ApprovalRow, known_approvals, approvals)
    headings = await _headings(session, contents, directory)
    tallies = _tally(item_changes, items), _tally(approval_changes, approvals)
    if not dry_run and (item_rows or approval_rows or headings):
        session.add_all([*item_rows, *approval_rows])
        for statement, _ in headings:
            await session.execute(statement)
        told = {"added": [*tallies[0].added, *tallies[1].added], "changed": [*tallies[0].changed, *tallies[1].changed]}
        taken_off = [*tallies[0].taken_off, *tallies[1].taken_off]
        session.add(ImportRow(at=utc_now(), files={"names": list(incoming.names), **told, "taken_off": taken_off}))
    return ImportReport(*tallies, (*item_changes, *approval_changes), tuple(label for _, label in headings), dry_run)


def _plan(kind: type[R], known: Mapping[str, R], bodies: Mapping[str, dict[str, Any]]) -> tuple[list[R], tuple[Change, ...]]:
    """The new rows, and what they change."""
    rows: list[R] = []
    changes: list[Change] = []
    now = utc_now()
    for code, body in bodies.items():
        digest = hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        before = known.get(code)
        if before is not None and before.digest == digest:
            continue
        version = 1 if before is None else before.version + 1
        change = change_of(code, version, None if before is None else before.body, body)
        if change is not None:
            changes.append(change)
            rows.append(kind(code=code, version=version, name=body["name"], offered=body["offered"], digest=digest, body=body, at=now))
    return rows, tuple(changes)


def _missing(known: Mapping[str, R], given: Mapping[str, dict[str, Any]], part: str) -> dict[str, dict[str, Any]]:
    """Bodies that take off what is offered in the given parts (domains, offices) but is not given."""
    parts = {body[part] for body in given.values()}
    gone = (row for row in known.values() if row.offered and row.body[part] in parts and row.code not in given)
    return {row.code: {**row.body, "offered": False} for row in gone}


def _tally(changes: tuple[Change, ...], bodies: Mapping[str, Any]) -> Tally:
    def of(*kinds: str) -> tuple[str, ...]:
        return tuple(change.code for change in changes if change.kind in kinds)

    touched = {change.code for change in changes}
    return Tally(of("new"), of("changed", "back"), of("taken off"), tuple(code for code in bodies if code not in touched))


async def _headings(session: AsyncSession, contents: Contents, directory: Directory) -> list[tuple[Insert, str]]:
    """How to store each theme, domain and office that is new or changed, and its label."""
    themes = {row.id: row.body for row in await session.scalars(select(ThemeRow))}
    domains = {row.id: row.body for row in await session.scalars(select(DomainRow))}
    offices = {row.id: row for row in await session.scalars(select(OfficeRow))}
    last = max((row.position for row in offices.values()), default=0)
    found: list[tuple[Insert, str]] = []
    for theme in contents.themes:
        if (body := theme.model_dump(mode="json")) != themes.get(theme.id):
            found.append((_upsert(ThemeRow, theme.id, position=theme.order, body=body), theme.label))
    for domain in contents.domains:
        if (body := domain.model_dump(mode="json")) != domains.get(domain.id):
            found.append((_upsert(DomainRow, domain.id, theme=domain.theme, position=domain.order, body=body), domain.label))
    for office in directory.offices:
        known, body = offices.get(office.id), office.model_dump(mode="json")
        last += known is None
        if known is None or known.body != body:
            position = last if known is None else known.position
            found.append((_upsert(OfficeRow, office.id, position=position, body=body), office.label))
    return found


def _upsert(kind: type[ThemeRow | DomainRow | OfficeRow], key: str, **values: Any) -> Insert:
    return insert(kind).values(id=key, **values).on_conflict_do_update(index_elements=["id"], set_=values)


async def _contents(session: AsyncSession) -> Contents:
    themes = [Theme.model_validate(tuples(row.body)) for row in await session.scalars(select(ThemeRow).order_by(ThemeRow.position))]
    place = {theme.id: theme.order for theme in themes}
    domains = [Domain.model_validate(tuples(row.body)) for row in await session.scalars(select(DomainRow))]
    domains.sort(key=lambda domain: (place.get(domain.theme, len(place) + 1), domain.order, domain.id))
    order = {domain.id: number for number, domain in enumerate(domains)}
    items = [_item(row) for row in (await _newest(session, ItemRow)).values() if row.offered]
    items.sort(key=lambda item: (order.get(item.domain, len(order)), item.code))
    return Contents(tuple(themes), tuple(domains), tuple(items))


async def _directory(session: AsyncSession) -> Directory:
    rows = await session.scalars(select(OfficeRow).order_by(OfficeRow.position, OfficeRow.id))
    offices = tuple(Office.model_validate(tuples(row.body)) for row in rows)
    place = {office.id: number for number, office in enumerate(offices)}
    approvals = [
        Approval.model_validate({**tuples(row.body), "version": row.version})
        for row in (await _newest(session, ApprovalRow)).values()
        if row.offered
    ]
    approvals.sort(key=lambda approval: (place.get(approval.office, len(place)), approval.code))
    return Directory(offices, tuple(approvals))


async def _version(session: AsyncSession) -> int:
    return await session.scalar(select(func.coalesce(func.max(ImportRow.id), 0))) or 0


async def _newest(session: AsyncSession, kind: type[R]) -> dict[str, R]:
    """The current row of each code."""
    other = aliased(kind)
    newest = select(func.max(other.version)).where(other.code == kind.code).correlate(kind).scalar_subquery()
    return {row.code: row for row in await session.scalars(select(kind).where(kind.version == newest).order_by(kind.code))}


def _body(given: Item | Approval) -> dict[str, Any]:
    return given.model_dump(mode="json", exclude={"version"})


def _item(row: ItemRow) -> Item:
    return Item.model_validate({**tuples(row.body), "version": row.version})
