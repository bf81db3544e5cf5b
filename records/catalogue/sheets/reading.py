"""Reads items from sheets: every row checked, every finding with file, sheet, row, column and mend; nothing is taken when anything is wrong.

One row an item. What a sheet has no column for stays as it is in the records, and so do the questions and ways where their cells are empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from records.catalogue.directory import tuples
from records.catalogue.items import Domain, FormField, Item
from records.catalogue.reading import CatalogueError
from records.catalogue.sheets.cells import CellError, Trouble, empty_cell, read_cell
from records.catalogue.sheets.columns import Column, Sheet, layout, plain
from records.catalogue.sheets.grid import Cell, Grid, open_grids

HEADING_WITHIN = 10  # rows above the headings: a title, a date, who made it
WAYS = ("colloquial", "indirect", "typed", "misheard")
SHARED = "for a question of its own fill 类型 too"


@dataclass(frozen=True, slots=True)
class Known:
    """What sheets may refer to. domains: those of the records and of the other files. bodies: code -> item as the records keep it.

    fields: the questions that forms share.
    """

    domains: tuple[Domain, ...]
    bodies: Mapping[str, Mapping[str, Any]]
    fields: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class Sheets:
    """What was read. places: for "item YL-001" and "name 老年优待证" where it stands."""

    items: tuple[Item, ...]
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet. cells: by field, for the columns that are there."""

    place: str
    cells: Mapping[str, Cell]


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
    reader.read()
    if reader.findings:
        raise CatalogueError(reader.findings)
    return Sheets(tuple(reader.items), reader.places)


class _Reader:
    def __init__(self, known: Known) -> None:
        self.findings: list[str] = []
        self.items: list[Item] = []
        self.places: dict[str, str] = {}
        self._known = known
        self._domains = {plain(name): domain for domain in known.domains for name in (domain.id, domain.label)}
        self._fields = {each.name: each.model_dump(mode="json", exclude_defaults=True) for each in known.fields}
        self._entries: dict[str, _Entry] = {}

    def open(self, path: Path) -> None:
        try:
            grids = open_grids(path)
        except CatalogueError as wrong:
            self.findings += wrong.findings
            return
        before = len(self._entries), len(self.findings)
        for grid in grids:
            place = f"{path}: sheet {grid.title}, " if grid.title else f"{path}: "
            sheet = layout().sheet_named(grid.title) if len(grids) > 1 else layout().sheets["items"]
            if not grid.rows or layout().is_ignored(grid.title):
                continue
            if sheet is None:
                names = "、".join(each.title for each in layout().sheets.values())
                self.findings.append(f"{place}is none of {names}: rename it, delete it, or begin its name with x-")
            elif sheet.columns:
                for row in self._rows(grid, sheet, place):
                    self._sort_in(row, sheet)
        if (len(self._entries), len(self.findings)) == before:
            self.findings.append(f"{path}: has no items: write a row for each below the headings")

    def read(self) -> None:
        for code, entry in self._entries.items():
            self._read(code, entry)

    def _rows(self, grid: Grid, sheet: Sheet, place: str) -> Iterator[Row]:
        """The rows below the headings, with the columns that are known. What the headings lack or have too much is told."""
        top = max(grid.rows[:HEADING_WITHIN], key=lambda row: sum(_meant(sheet, cell) is not None for cell in row[1]))
        columns: dict[int, Column] = {}
        for number, cell in enumerate(top[1]):
            column = _meant(sheet, cell)
            if column is None:
                if cell != "" and not layout().is_ignored(str(cell)):
                    near = sheet.nearest(str(cell))
                    mend = f"is it {near.title}? Rename it" if near else "rename it"
                    self.findings.append(f"{place}row {top[0]}: unknown column {str(cell)!r}: {mend}, delete it, or begin its name with x-")
            elif column in columns.values():
                self.findings.append(f"{place}row {top[0]}: column {column.title} is there twice: keep one")
            else:
                columns[number] = column
        if (code := sheet.column("code")) not in columns.values() and code is not None:
            self.findings.append(f"{place}row {top[0]}: there is no column {code.title}: every row wants one")
            return
        for number, area in grid.sideways:
            if number > top[0]:  # above may be a title over all columns
                mend = "unmerge them (取消合并单元格) and write each column's own value"
                self.findings.append(f"{place}row {number}: the cells {area} are merged across columns: {mend}")
        for number, cells in grid.rows:
            if number > top[0]:
                padded = (*cells, *[""] * len(top[1]))
                yield Row(f"{place}row {number}", {column.field: padded[at] for at, column in columns.items()})

    def _sort_in(self, row: Row, sheet: Sheet) -> None:
        code = row.cells["code"]
        if not any(cell != "" for cell in row.cells.values()) or str(code).startswith(layout().example_mark):
            return
        if isinstance(code, Trouble) or not code:
            told = f"{code.what}; {code.mend}" if isinstance(code, Trouble) else f"is empty; {_column(sheet, 'code').mend}"
            self.findings.append(f"{row.place}, column {_column(sheet, 'code').title}: {told}")
            return
        entry = self._entries.setdefault(code.upper(), _Entry())
        if sheet.id != "items":
            (entry.ways if sheet.id == "ways" else entry.form).append(row)
        elif entry.row is None:
            entry.row = row
        else:
            self.findings.append(f"{row.place}: item {code.upper()} is there already, at {entry.row.place}: keep one of them")

    def _read(self, code: str, entry: _Entry) -> None:
        base, before = self._known.bodies.get(code, {}), len(self.findings)
        if not base and entry.row is None:
            self.findings.append(f"{entry.place}: there is no item {code}: write its row into sheet {layout().sheets['items'].title} too")
            return
        values = self._values(entry.row, layout().sheets["items"]) if entry.row else {}
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
                self._tell(entry.place, "items", "domain", f"there is no domain {name!r}; known: {known}")
            else:
                filled |= {"domain": domain.id, "domain_label": domain.label, "source": domain.source}
        if len(self.findings) == before:
            self._check(code, filled, entry)

    def _values(self, row: Row, sheet: Sheet) -> dict[str, Any]:
        """The row's values by field; cells that leave what there is are left out."""
        found: dict[str, Any] = {}
        for name, cell in row.cells.items():
            column = _column(sheet, name)
            if isinstance(cell, Trouble):
                self._tell(row.place, sheet.id, name, f"{cell.what}; {cell.mend}")
            elif cell != "":
                try:
                    found[name] = read_cell(column, cell)
                except CellError as wrong:
                    self._tell(row.place, sheet.id, name, f"{wrong.trouble.what}; {wrong.trouble.mend}")
            elif column.need:
                self._tell(row.place, sheet.id, name, f"is empty; {column.mend}")
            elif not column.keep and sheet.id == "items":
                found[name] = empty_cell(column)
        return found

    def _ways(self, rows: list[Row]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for row in rows:
            values = self._values(row, layout().sheets["ways"])
            if "kind" in values and "text" in values:
                found[values["kind"]] = (*found.get(values["kind"], ()), values["text"])
        return found

    def _question(self, row: Row) -> dict[str, Any]:
        values = self._values(row, layout().sheets["form"])
        del values["code"]
        if "type" in values or "name" not in values:
            return values
        return {**self._shared(values["name"], row.place, "form", "name"), **values}

    def _shared(self, name: str, place: str, sheet: str, column: str) -> dict[str, Any]:
        if name not in self._fields:
            self._tell(place, sheet, column, f"there is no shared question {name!r}; shared: {'、'.join(self._fields)}; {SHARED}")
        return self._fields.get(name, {"name": name})

    def _check(self, code: str, filled: Mapping[str, Any], entry: _Entry) -> None:
        try:
            item = Item.model_validate(tuples(filled))
        except ValidationError as wrong:
            errors = wrong.errors(include_url=False, include_input=False)
            for error in errors:
                loc = (*error["loc"], *getattr(error.get("ctx", {}).get("error"), "at", ()))
                if any(other["loc"][: len(loc)] == loc and len(other["loc"]) > len(loc) for other in errors):
                    continue  # a list is also told to be too short when one of its parts is wrong
                self._tell_model(loc, error["msg"].removeprefix("Value error, "), entry)
            return
        for what in (f"item {code}", f"name {item.name}"):
            if (first := self.places.setdefault(what, entry.place)) != entry.place:
                self.findings.append(f"{entry.place}: {what} is there already, at {first}")
        self.items.append(item)

    def _tell_model(self, loc: tuple[str | int, ...], what: str, entry: _Entry) -> None:
        """A finding of the model, at the cell that it is about."""
        match loc:
            case ("form", int(number), *rest) if entry.form:
                self._tell(entry.form[number].place, "form", str(rest[0]) if rest else None, what)
            case ("ways", *_):
                self._tell((entry.ways[0] if entry.ways else entry.row or entry.form[0]).place, "items", "colloquial", what, mend=True)
            case (str(name), *rest) if name in ("domain_label", "source"):
                return  # they come with the domain, which is told already
            case (str(name), *rest):
                inside = "".join(f", no. {part + 1}" if isinstance(part, int) else f" {part}" for part in rest)
                self._tell(entry.place, "items", name, f"{inside.removeprefix(', ')}: {what}" if inside else what, mend=True)
            case _:
                self.findings.append(f"{entry.place}: {what}")

    def _tell(self, place: str, sheet: str, name: str | None, what: str, *, mend: bool = False) -> None:
        column = layout().sheets[sheet].column(name) if name else None
        if column is None:
            self.findings.append(f"{place}: {what}")
        else:
            self.findings.append(f"{place}, column {column.title}: {what}" + (f"; {column.mend}" if mend and column.note else ""))


def _meant(sheet: Sheet, cell: Cell) -> Column | None:
    return sheet.meant(cell) if isinstance(cell, str) and cell else None


def _column(sheet: Sheet, name: str) -> Column:
    column = sheet.column(name)
    assert column is not None  # rows are made of known columns
    return column
