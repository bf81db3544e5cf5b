"""Writes items as XLSX or CSV, so that `read_sheets` gives the same items again, and the empty sheet that a clerk fills in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from records.catalogue.directory import Approval, Office
from records.catalogue.items import Domain, FormField, Item
from records.catalogue.reading import CatalogueError
from records.catalogue.sheets.cells import write_cell
from records.catalogue.sheets.columns import Column, Sheet, layout
from records.catalogue.sheets.grid import FORMULA
from records.catalogue.sheets.reading import WAYS, Known, read_sheets
from records.errors import RecordsError

CELL_MOST = 32_767  # characters that Excel keeps in a cell
CHOICES_MOST = 255  # characters of a drop-down list
ROWS_READY = 300  # rows of the empty sheet that have drop-down lists
WIDE, NARROW = 40, 16
HEAD = PatternFill("solid", fgColor="FFE8EEF7")

FROM_HEADING = ("domain_label", "office_label", "source", "version")
"""Not written: they come with the domain or office, and from the records."""

Cells = list[str | int]


class SheetError(RecordsError):
    """An item that a sheet cannot hold as it is; the text says which, and what to do."""


def write_xlsx(
    path: Path,
    items: Sequence[Item],
    domains: Iterable[Domain],
    fields: Sequence[FormField],
    approvals: Sequence[Approval] = (),
    offices: Iterable[Office] = (),
) -> None:
    """A workbook with the items, their ways and their questions, and the city directory where there are approvals.

    fields: the shared questions, which are written by their names. Raises SheetError, and then there is no file, when reading it again would not give
    the same items.
    """
    sheets = layout().sheets
    book = _book()
    items_sheet = tuple(column for column in sheets["items"].columns if column.field not in ("form", *WAYS))
    _fill(book, sheets["items"], items_sheet, [_item_row(item, items_sheet) for item in items])
    ways = [
        [item.code, write_cell(_column("ways", "kind"), kind), text] for item in items for kind in WAYS for text in getattr(item.ways, kind)
    ]
    _fill(book, sheets["ways"], sheets["ways"].columns, ways)
    _fill(book, sheets["form"], sheets["form"].columns, [_question_row(item, each, fields) for item in items for each in item.form])
    if approvals:
        columns = sheets["approvals"].columns
        _fill(book, sheets["approvals"], columns, [_approval_row(approval, columns) for approval in approvals])
    made = io.BytesIO()
    book.save(made)
    _checked(path, made.getvalue(), items, Known(tuple(domains), {}, tuple(fields), tuple(offices)), approvals)


def write_csv(path: Path, items: Sequence[Item], domains: Iterable[Domain], fields: Sequence[FormField]) -> None:
    """One sheet: UTF-8 with its mark, as Excel wants it. Questions that are all shared ones are written by their names; else the cell is
    empty, and an import keeps those of the records. Raises SheetError as `write_xlsx` does."""
    columns = layout().sheets["items"].columns
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.title for column in columns])
    for item in items:
        shared = tuple(each.name for each in item.form) if all(each in fields for each in item.form) else ()
        row = _item_row(item, columns, {"form": shared, **{kind: getattr(item.ways, kind) for kind in WAYS}})
        writer.writerow([_guarded(cell) for cell in row])
    known = {item.code: {"form": item.model_dump(mode="json")["form"]} for item in items}
    _checked(path, b"\xef\xbb\xbf" + text.getvalue().encode(), items, Known(tuple(domains), known, tuple(fields)))


def write_template(path: Path) -> None:
    """An empty workbook with the column names, their notes, drop-down lists and one example row a sheet, which an import passes over."""
    book = _book()
    for sheet in layout().sheets.values():
        if sheet.columns:
            example: Cells = [column.example for column in sheet.columns]
            example[0] = layout().example_mark + column_example(sheet)
            _fill(book, sheet, sheet.columns, [example], ready=ROWS_READY)
    notes = book.create_sheet(layout().sheets["notes"].title)
    notes.append(["工作表", "列名", "必填", "怎么写", "也认得的列名"])
    for sheet in layout().sheets.values():
        for column in sheet.columns:
            several = f"；{layout().separators}" if column.kind in ("list", "materials", "choices") else ""
            notes.append([sheet.title, column.title, "必填" if column.need else "", column.note + several, "、".join(column.also)])
    for letter, width in zip("ABCDE", (NARROW, NARROW, NARROW, 2 * WIDE, 2 * WIDE), strict=True):
        notes.column_dimensions[letter].width = width
    made = io.BytesIO()
    book.save(made)
    path.write_bytes(made.getvalue())


def column_example(sheet: Sheet) -> str:
    """The example in a sheet's first column."""
    return sheet.columns[0].example


def _item_row(item: Item, columns: Iterable[Column], more: dict[str, Any] | None = None) -> Cells:
    body = {**item.model_dump(mode="json"), "domain": item.domain_label or item.domain, **(more or {})}
    return [write_cell(column, body[column.field]) for column in columns]


def _approval_row(approval: Approval, columns: Iterable[Column]) -> Cells:
    body = {**approval.model_dump(mode="json"), "office": approval.office_label}
    return [write_cell(column, body[column.field]) for column in columns]


def _question_row(item: Item, question: FormField, fields: Sequence[FormField]) -> Cells:
    columns = layout().sheets["form"].columns
    body = question.model_dump(mode="json", exclude_defaults=True)
    if question in fields:
        body = {"name": question.name}
    body["code"] = item.code
    return [write_cell(column, body[column.field]) if column.field in body else "" for column in columns]


def _fitting(cell: str | int, code: str | int, column: Column) -> str | int:
    if isinstance(cell, str) and (len(cell) > CELL_MOST or ILLEGAL_CHARACTERS_RE.search(cell)):
        raise SheetError(f"{code}, {column.title}: is too long or has signs that a cell cannot hold; export it as YAML")
    return cell


def _guarded(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell and cell[0] in FORMULA else cell


def _checked(path: Path, data: bytes, items: Sequence[Item], known: Known, approvals: Sequence[Approval] = ()) -> None:
    """Writes the file when it says the same as the items and approvals."""
    beside = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        beside.write_bytes(data)
        sheets = read_sheets([beside], known)
        found: list[Item | Approval] = [*sheets.items, *sheets.approvals]
        given: list[Item | Approval] = [*items, *approvals]
        read = {each.code: each for each in found}
        for each in given:
            for name in type(each).model_fields:
                if name not in FROM_HEADING and getattr(read[each.code], name) != getattr(each, name):
                    raise SheetError(f"{each.code}: {name} cannot be written into a sheet as it is; export it as YAML")
        beside.replace(path)
    except CatalogueError as wrong:
        raise SheetError(f"cannot be written into a sheet as it is; export it as YAML: {wrong.findings[0]}") from wrong
    finally:
        beside.unlink(missing_ok=True)


def _book() -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def _fill(book: Workbook, sheet: Sheet, columns: Sequence[Column], rows: Iterable[Cells], ready: int = 0) -> None:
    tab = book.create_sheet(sheet.title)
    for number, column in enumerate(columns, 1):
        head = tab.cell(1, number, column.title)
        head.font, head.fill = Font(bold=True), HEAD
        head.comment = Comment(f"{'必填。' if column.need else ''}{column.note}", "一站通") if column.note else None
        letter = get_column_letter(number)
        tab.column_dimensions[letter].width = (
            WIDE if column.kind in ("list", "materials", "choices") or len(column.example) > NARROW else NARROW
        )
    last = 1
    for last, row in enumerate(rows, 2):
        for number, value in enumerate(row, 1):
            cell = tab.cell(last, number, _fitting(value, row[0], columns[number - 1]))
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(value, str):
                cell.data_type, cell.number_format = "s", "@"  # never a formula, never a date
    tab.freeze_panes = "C2"
    for number, column in enumerate(columns, 1):
        _drop_down(tab, column, get_column_letter(number), last + ready)


def _drop_down(tab: Worksheet, column: Column, letter: str, last: int) -> None:
    names = list(_allowed(column))
    formula = f'"{",".join(names)}"'
    if names and len(formula) <= CHOICES_MOST and last > 1:
        rule = DataValidation("list", formula1=formula, allow_blank=not column.need)
        tab.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{last}")


def _allowed(column: Column) -> Iterator[str]:
    if column.kind == "yes_no":
        yield layout().said["yes"][0]
        yield layout().said["no"][0]
    yield from column.titles_of.values()


def _column(sheet: str, field: str) -> Column:
    return next(column for column in layout().sheets[sheet].columns if column.field == field)
