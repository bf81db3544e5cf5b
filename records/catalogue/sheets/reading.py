"""Reads items from sheets: every row checked, every finding with file, sheet, row, column and mend; nothing is taken when anything is wrong.

One row an item. What a sheet has no column for stays as it is in the records, and so do the questions and ways where their cells are empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from records.catalogue.directory import Approval, Office
from records.catalogue.items import Domain, FormField, Item
from records.catalogue.reading import CatalogueError
from records.catalogue.sheets.approvals import read_approvals
from records.catalogue.sheets.columns import Sheet, layout, plain
from records.catalogue.sheets.grid import Grid, open_grids
from records.catalogue.sheets.rows import Findings, Row, headings, meant

WAYS = ("colloquial", "indirect", "typed", "misheard")
SHARED = "for a question of its own fill 类型 too"


@dataclass(frozen=True, slots=True)
class Known:
    """What sheets may refer to. domains, offices: those of the records and of the other files. fields: the questions that forms share.

    bodies, approvals: code -> item, approval as the records keep it.
    """

    domains: tuple[Domain, ...]
    bodies: Mapping[str, Mapping[str, Any]]
    fields: tuple[FormField, ...]
    offices: tuple[Office, ...] = ()
    approvals: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheets:
    """What was read. places: for "item YL-001", "name 老年优待证" and "approval GA-001" where it stands."""

    items: tuple[Item, ...]
    places: Mapping[str, str]
    approvals: tuple[Approval, ...] = ()


@dataclass(slots=True)
class _Entry:
    """What the sheets say of one item. row: of the sheet of items; None when only its ways or questions are there."""

    row: Row | None = None
    ways: list[Row] = field(default_factory=list)
    form: list[Row] = field(default_factory=list)

    @property
    def place(self) -> str:
        return next(row for row in (self.row, *self.ways, *self.form) if row is not None).place


def read_sheets(paths: Iterable[Path], known: Known) -> Sheets:
    """The items of all files or CatalogueError with every finding: "file: sheet 事项, row 5, column 承诺时限: what is wrong; how to mend it"."""
    reader = _Reader(known)
    for path in paths:
        reader.open(path)
    read = reader.read()
    if reader.told.findings:
        raise CatalogueError(reader.told.findings)
    return read


class _Reader:
    def __init__(self, known: Known) -> None:
        self.told = Findings()
        self._known = known
        self._domains = {plain(name): domain for domain in known.domains for name in (domain.id, domain.label)}
        self._fields = {each.name: each.model_dump(mode="json", exclude_defaults=True) for each in known.fields}
        self._entries: dict[str, _Entry] = {}
        self._approvals: list[tuple[str, Row]] = []

    def open(self, path: Path) -> None:
        try:
            grids = open_grids(path)
        except CatalogueError as wrong:
            self.told.findings += wrong.findings
            return
        before = len(self._entries), len(self._approvals), len(self.told.findings)
        for grid in grids:
            place = f"{path}: sheet {grid.title}, " if grid.title else f"{path}: "
            if not grid.rows or layout().is_ignored(grid.title):
                continue
            sheet = layout().sheet_named(grid.title) or (_by_headings(grid) if len(grids) == 1 else None)
            if sheet is None:
                names = "、".join(each.title for each in layout().sheets.values())
                self.told.findings.append(f"{place}is none of {names}: rename it, delete it, or begin its name with x-")
            elif sheet.columns:
                for row in self.told.rows(grid, sheet, place):
                    self._sort_in(row, sheet)
        if (len(self._entries), len(self._approvals), len(self.told.findings)) == before:
            self.told.findings.append(f"{path}: has no items: write a row for each below the headings")

    def read(self) -> Sheets:
        items = tuple(item for code, entry in self._entries.items() if (item := self._read(code, entry)) is not None)
        approvals = read_approvals(self._approvals, self._known.offices, self._known.approvals, self.told)
        return Sheets(items, self.told.places, approvals)

    def _sort_in(self, row: Row, sheet: Sheet) -> None:
        if (code := self.told.code(row, sheet)) is None:
            return
        if sheet.id == "approvals":
            self._approvals.append((code, row))
            return
        entry = self._entries.setdefault(code, _Entry())
        if sheet.id != "items":
            (entry.ways if sheet.id == "ways" else entry.form).append(row)
        elif entry.row is None:
            entry.row = row
        else:
            self.told.findings.append(f"{row.place}: item {code} is there already, at {entry.row.place}: keep one of them")

    def _read(self, code: str, entry: _Entry) -> Item | None:
        base, before = self._known.bodies.get(code, {}), len(self.told.findings)
        if not base and entry.row is None:
            title = layout().sheets["items"].title
            self.told.findings.append(f"{entry.place}: there is no item {code}: write its row into sheet {title} too")
            return None
        values = self.told.values(entry.row, layout().sheets["items"]) if entry.row else {}
        filled = {**base, **values, "code": code}
        said = {kind: filled.pop(kind) for kind in WAYS if kind in filled}
        if said or entry.ways:
            filled["ways"] = {**({} if entry.ways else filled.get("ways", {})), **said, **self._ways(entry.ways)}
        if entry.form:
            filled["form"] = [self._question(row) for row in entry.form]
        elif "form" in values and entry.row is not None:
            filled["form"] = [self._shared(name, entry.row.place, "items", "form") for name in values["form"]]
        if (name := filled.get("domain")) is not None:
            domain = self._domains.get(plain(str(name)))
            if domain is None:
                known = "、".join(each.label for each in self._known.domains) or "none: import their YAML files first"
                self.told.tell(entry.place, "items", "domain", f"there is no domain {name!r}; known: {known}")
            else:
                filled |= {"domain": domain.id, "domain_label": domain.label, "source": domain.source}
        return self._checked(code, filled, entry) if len(self.told.findings) == before else None

    def _ways(self, rows: list[Row]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for row in rows:
            values = self.told.values(row, layout().sheets["ways"])
            if "kind" in values and "text" in values:
                found[values["kind"]] = (*found.get(values["kind"], ()), values["text"])
        return found

    def _question(self, row: Row) -> dict[str, Any]:
        values = self.told.values(row, layout().sheets["form"])
        del values["code"]
        if "type" in values or "name" not in values:
            return values
        return {**self._shared(values["name"], row.place, "form", "name"), **values}

    def _shared(self, name: str, place: str, sheet: str, column: str) -> dict[str, Any]:
        if name not in self._fields:
            self.told.tell(place, sheet, column, f"there is no shared question {name!r}; shared: {'、'.join(self._fields)}; {SHARED}")
        return self._fields.get(name, {"name": name})

    def _checked(self, code: str, filled: Mapping[str, Any], entry: _Entry) -> Item | None:
        item = self.told.check(Item, filled)
        if isinstance(item, list):
            for loc, what in item:
                self._tell_mistake(loc, what, entry)
            return None
        self.told.once(f"item {code}", entry.place)
        self.told.once(f"name {item.name}", entry.place)
        return item

    def _tell_mistake(self, loc: tuple[str | int, ...], what: str, entry: _Entry) -> None:
        """A mistake that the model found, at the cell that it is about."""
        match loc:
            case ("form", int(number), *rest) if entry.form:
                self.told.tell(entry.form[number].place, "form", str(rest[0]) if rest else None, what)
            case ("ways", *_):
                place = (entry.ways[0] if entry.ways else entry.row or entry.form[0]).place
                self.told.tell(place, "items", "colloquial", what, mend=True)
            case ("domain_label" | "source", *_):
                return  # they come with the domain, which is told already
            case (str(name), *rest):
                inside = "".join(f", no. {part + 1}" if isinstance(part, int) else f" {part}" for part in rest)
                self.told.tell(entry.place, "items", name, f"{inside.removeprefix(', ')}: {what}" if inside else what, mend=True)
            case _:
                self.told.findings.append(f"{entry.place}: {what}")


def _by_headings(grid: Grid) -> Sheet:
    """Which sheet the only one of a file is: items, unless more of its headings are those of the directory."""
    items, approvals = layout().sheets["items"], layout().sheets["approvals"]

    def known(sheet: Sheet) -> int:
        return sum(meant(sheet, cell) is not None for cell in headings(grid, sheet)[1])

    return approvals if known(approvals) > known(items) else items
