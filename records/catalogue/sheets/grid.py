"""Opens XLSX and CSV files as plain rows of text, and refuses what is not one, is too big, or would blow up when unpacked."""

from __future__ import annotations

import csv
import datetime
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from records.catalogue.reading import CatalogueError
from records.catalogue.sheets.cells import Trouble

FILE_MOST = 5_000_000  # bytes; the whole catalogue of a city is a twentieth of it
UNPACKED_MOST = 10_000_000  # bytes: six catalogues of a city; openpyxl wants thirty times as much memory
ROWS_MOST = 5_000  # of a sheet, the empty ones below included
COLUMNS_MOST = 200
DELIMITERS = ",\t;"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how an old .xls begins, and an .xlsx with a password
FORMULA = "=+-@"  # a text that begins so would be reckoned by Excel when it opens a CSV; it is written with an apostrophe before it

Cell = str | Trouble
DATE = Trouble("is a date or time", "Excel has made it one: set the cells' format to text (文本) and write it again")


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet: its tab's name ("" of a CSV), and its rows that are not empty with their numbers, from 1.

    sideways: row and range of cells merged across columns.
    """

    title: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    sideways: tuple[tuple[int, str], ...] = ()


def open_grids(path: Path) -> tuple[Grid, ...]:
    """The sheets of a file. Raises CatalogueError, one finding a reason."""
    try:
        size = path.stat().st_size
        if size > FILE_MOST:
            raise CatalogueError([f"{path}: has {size:,} bytes; at most {FILE_MOST:,}: take out pictures and what does not belong to it"])
        data = path.read_bytes()
    except OSError as wrong:
        raise CatalogueError([f"{path}: cannot be read: {wrong}"]) from wrong
    return _workbook(path, data) if path.suffix.lower() == ".xlsx" else (_csv(path, data),)


def _workbook(path: Path, data: bytes) -> tuple[Grid, ...]:
    if data.startswith(OLE):
        raise CatalogueError([f"{path}: is an old .xls, or locked with a password: save it as .xlsx without a password"])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > UNPACKED_MOST:
            raise CatalogueError([f"{path}: unpacks to {unpacked:,} bytes; at most {UNPACKED_MOST:,}: copy the rows into a new workbook"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about drop-down lists and the like, which are not read
            shown = load_workbook(io.BytesIO(data), data_only=True)  # as last reckoned
            written = load_workbook(io.BytesIO(data))
    except CatalogueError:
        raise
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, AttributeError, EOFError, SyntaxError) as wrong:
        raise CatalogueError(
            [f"{path}: is not a workbook that Excel or WPS wrote ({wrong}): open it there and save it as .xlsx"]
        ) from wrong
    return tuple(_sheet(path, sheet, written[sheet.title]) for sheet in shown.worksheets)


def _sheet(path: Path, sheet: Worksheet, written: Worksheet) -> Grid:
    rows, columns = sheet.max_row or 0, sheet.max_column or 0
    if rows > ROWS_MOST or columns > COLUMNS_MOST:
        raise CatalogueError(
            [
                f"{path}: sheet {sheet.title} has {rows} rows and {columns} columns; at most {ROWS_MOST} and {COLUMNS_MOST}: "
                "delete the empty rows and columns behind the last entry (Ctrl+End shows where Excel thinks that is)"
            ]
        )
    values = [
        [_cell(cell.value, of.value if of.data_type == "f" else None) for cell, of in zip(row, formulas, strict=True)]
        for row, formulas in zip(sheet.iter_rows(), written.iter_rows(), strict=False)  # an empty sheet has no rows at all
    ]
    sideways = tuple(_unmerge(sheet, values))
    return Grid(sheet.title, tuple(_not_empty(values)), sideways)


def _unmerge(sheet: Worksheet, values: list[list[Cell]]) -> Iterator[tuple[int, str]]:
    """A cell merged downwards counts for all its rows; one merged sideways does not say which column it belongs to."""
    for area in sheet.merged_cells.ranges:
        first = values[area.min_row - 1][area.min_col - 1]
        if area.max_col > area.min_col:
            if first != "":
                yield area.min_row, area.coord
            continue
        for row in range(area.min_row, area.max_row + 1):
            values[row - 1][area.min_col - 1] = first


def _cell(value: Any, formula: Any) -> Cell:
    match value:
        case None:
            if formula is not None:
                return Trouble("is a formula without a result", "open and save the file in Excel, or paste the values only (粘贴为数值)")
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case datetime.date() | datetime.time() | datetime.timedelta():
            return DATE
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if text in ERROR_CODES:
        return Trouble(f"shows {text}", "mend the formula, or paste the values only (粘贴为数值)")
    return text


def _csv(path: Path, data: bytes) -> Grid:
    text = _decoded(path, data)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    values: list[list[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            values.append([_cell(_without_guard(cell), None) for cell in row])
            if len(values) > ROWS_MOST:
                raise CatalogueError([f"{path}: has more than {ROWS_MOST} rows: import it in parts"])
    except csv.Error as wrong:
        raise CatalogueError([f"{path}: row {len(values) + 1}: is not CSV ({wrong}): open it in Excel and save it as CSV UTF-8"]) from wrong
    return Grid("", tuple(_not_empty(values)))


def _decoded(path: Path, data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it (Excel's "Unicode text"), else GB18030 (what Excel writes in China)."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise CatalogueError([f"{path}: is neither UTF-8 nor GB18030 text: open it in Excel and save it as CSV UTF-8, or as .xlsx"])


def _without_guard(text: str) -> str:
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in FORMULA else text


def _not_empty(values: list[list[Cell]]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    return ((number, tuple(row)) for number, row in enumerate(values, 1) if any(cell != "" for cell in row))
