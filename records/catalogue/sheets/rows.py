"""The rows of a sheet by column, the values in their cells, and what is told of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from records.catalogue.marks import tuples
from records.catalogue.sheets.cells import CellError, Trouble, empty_cell, read_cell
from records.catalogue.sheets.columns import Column, Sheet, layout
from records.catalogue.sheets.grid import Cell, Grid

HEADING_WITHIN = 10  # rows above the headings: a title, a date, who made it
WHOLE = ("items", "approvals")
"""Sheets with one row a thing: an empty cell empties what may be empty."""

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet. cells: by field, for the columns that are there."""

    place: str
    cells: Mapping[str, Cell]


class Findings:
    """Collects what is wrong. places: for "item YL-001", "name 老年优待证" and the like, where it stands."""

    def __init__(self) -> None:
        self.findings: list[str] = []
        self.places: dict[str, str] = {}

    def rows(self, grid: Grid, sheet: Sheet, place: str) -> Iterator[Row]:
        """The rows below the headings, with the columns that are known. What the headings lack or have too much is told."""
        top = headings(grid, sheet)
        columns: dict[int, Column] = {}
        for number, cell in enumerate(top[1]):
            column = meant(sheet, cell)
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

    def code(self, row: Row, sheet: Sheet) -> str | None:
        """What the row is about; None for an empty row, an example, or a code that cannot be used, which is told."""
        code = row.cells["code"]
        if not any(cell != "" for cell in row.cells.values()) or str(code).startswith(layout().example_mark):
            return None
        if isinstance(code, Trouble) or not code:
            told = f"{code.what}; {code.mend}" if isinstance(code, Trouble) else f"is empty; {column_of(sheet, 'code').mend}"
            self.tell(row.place, sheet.id, "code", told)
            return None
        return code.upper()

    def check(self, model: type[M], filled: Mapping[str, Any]) -> M | list[tuple[tuple[str | int, ...], str]]:
        """The model, or its mistakes: where and what."""
        try:
            return model.model_validate(tuples(filled))
        except ValidationError as wrong:
            errors = wrong.errors(include_url=False, include_input=False)
        found = []
        for error in errors:
            loc = (*error["loc"], *getattr(error.get("ctx", {}).get("error"), "at", ()))
            if not any(other["loc"][: len(loc)] == loc and len(other["loc"]) > len(loc) for other in errors):
                found.append((loc, error["msg"].removeprefix("Value error, ")))  # a list is also too short when one of its parts is wrong
        return found

    def once(self, what: str, place: str) -> None:
        """Tells when the same stands at another place too."""
        if (first := self.places.setdefault(what, place)) != place:
            self.findings.append(f"{place}: {what} is there already, at {first}")

    def values(self, row: Row, sheet: Sheet) -> dict[str, Any]:
        """The row's values by field; cells that leave what there is are left out."""
        found: dict[str, Any] = {}
        for name, cell in row.cells.items():
            column = column_of(sheet, name)
            if isinstance(cell, Trouble):
                self.tell(row.place, sheet.id, name, f"{cell.what}; {cell.mend}")
            elif cell != "":
                try:
                    found[name] = read_cell(column, cell)
                except CellError as wrong:
                    self.tell(row.place, sheet.id, name, f"{wrong.trouble.what}; {wrong.trouble.mend}")
            elif column.need:
                self.tell(row.place, sheet.id, name, f"is empty; {column.mend}")
            elif not column.keep and sheet.id in WHOLE:
                found[name] = empty_cell(column)
        return found

    def tell(self, place: str, sheet: str, name: str | None, what: str, *, mend: bool = False) -> None:
        """A finding at a cell, or at a row where there is no such column. mend: add how the column is written."""
        column = layout().sheets[sheet].column(name) if name else None
        if column is None:
            self.findings.append(f"{place}: {what}")
        else:
            self.findings.append(f"{place}, column {column.title}: {what}" + (f"; {column.mend}" if mend and column.note else ""))


def headings(grid: Grid, sheet: Sheet) -> tuple[int, tuple[Cell, ...]]:
    """The row with the headings: the first of those that name most columns."""
    return max(grid.rows[:HEADING_WITHIN], key=lambda row: sum(meant(sheet, cell) is not None for cell in row[1]))


def meant(sheet: Sheet, cell: Cell) -> Column | None:
    """The column that a heading means."""
    return sheet.meant(cell) if isinstance(cell, str) and cell else None


def column_of(sheet: Sheet, name: str) -> Column:
    """The column of that field, which there is: rows are made of known columns."""
    column = sheet.column(name)
    assert column is not None
    return column
