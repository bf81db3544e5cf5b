"""Brings files into the records, inside one transaction: all or nothing, a version for every item and approval that changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from records.catalogue.changes import Change, change_of
from records.catalogue.directory import Approval, Directory
from records.catalogue.incoming import Incoming
from records.catalogue.items import Item
from records.catalogue.reading import CatalogueError, Contents
from records.clock import utc_now
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


async def take_turn(session: AsyncSession) -> None:
    """Waits until no other import is under way, and keeps others out until the transaction ends."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": IMPORT_LOCK})


async def newest(session: AsyncSession, kind: type[R]) -> dict[str, R]:
    """The current row of each code."""
    other = aliased(kind)
    highest = select(func.max(other.version)).where(other.code == kind.code).correlate(kind).scalar_subquery()
    return {row.code: row for row in await session.scalars(select(kind).where(kind.version == highest).order_by(kind.code))}


async def bring_in(
    session: AsyncSession,
    incoming: Incoming,
    known_items: Mapping[str, ItemRow],
    known_approvals: Mapping[str, ApprovalRow],
    *,
    dry_run: bool,
    take_off_missing: bool,
) -> ImportReport:
    """Stores what came in, under the lock. known_items, known_approvals: the current rows. Raises CatalogueError before anything is stored."""
    contents, directory = incoming.contents, incoming.directory
    items = {item.code: _body(item) for item in contents.items}
    approvals = {approval.code: _body(approval) for approval in directory.approvals}
    if take_off_missing:
        items |= _missing(known_items, items, "domain")
        approvals |= _missing(known_approvals, approvals, "office")
    _check_together(_offered(known_items, items), _offered(known_approvals, approvals))
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


def _offered(known: Mapping[str, R], given: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """Code -> name of what will be offered after the import."""
    bodies = {**{code: row.body for code, row in known.items()}, **given}
    return {code: str(body["name"]) for code, body in bodies.items() if body["offered"]}


def _check_together(items: Mapping[str, str], approvals: Mapping[str, str]) -> None:
    """What no file can know alone. Raises CatalogueError."""
    findings = [
        f"item {code} has the code of an approval, {approvals[code]}: change one of them" for code in items.keys() & approvals.keys()
    ]
    first: dict[str, str] = {}
    for code, name in items.items():
        if (other := first.setdefault(name, code)) != code:
            findings.append(f"item {code} has the name of {other}, {name}: change one of them, or take one off (offered: false)")
    if findings:
        raise CatalogueError(sorted(findings))


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


def _body(given: Item | Approval) -> dict[str, Any]:
    return given.model_dump(mode="json", exclude={"version"})
