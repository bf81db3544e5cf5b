"""What is to be imported: files of all kinds, read together, so that one mistake anywhere keeps everything out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from records.catalogue.directory import Directory, Office, is_directory, read_directory
from records.catalogue.items import Domain, FormField
from records.catalogue.reading import SAMPLES, CatalogueError, Contents, read_files
from records.catalogue.sheets import Known, Sheets, read_sheets

T = TypeVar("T")

YAML, SHEETS = (".yaml", ".yml"), (".xlsx", ".csv")
FIELDS = "fields.yaml"


@dataclass(frozen=True, slots=True)
class Incoming:
    """Themes, domains and items; offices and approvals; and the names of the files they are from."""

    contents: Contents
    directory: Directory
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Records:
    """What the records have: domains and offices, and the newest items and approvals by their codes, as they are kept."""

    domains: tuple[Domain, ...] = ()
    offices: tuple[Office, ...] = ()
    items: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    approvals: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_incoming(paths: Iterable[Path], records: Records | None = None) -> Incoming:
    """Reads files of items and of the directory (YAML), and sheets of them (XLSX, CSV), mixed.

    records: what there is already; None for nothing. Raises CatalogueError with the findings of all files.
    """
    given = tuple(dict.fromkeys(paths))
    findings = [
        f"{path}: is neither YAML nor a sheet: its name should end with {', '.join((*YAML, *SHEETS))}; an .xls or .et is saved as .xlsx"
        for path in given
        if path.suffix.lower() not in (*YAML, *SHEETS)
    ]
    yaml = [path for path in given if path.suffix.lower() in YAML]
    of_directory = [path for path in yaml if is_directory(path)]
    of_items = [path for path in yaml if path not in of_directory]
    of_sheets = [path for path in given if path.suffix.lower() in SHEETS]
    contents = _read(read_files, of_items, findings) or Contents((), (), ())
    directory = _read(read_directory, of_directory, findings) or Directory()
    if of_sheets:
        known = _known(records or Records(), contents, directory, contents.fields or shared_fields(of_sheets[0].parent))
        sheets = _read(lambda paths: read_sheets(paths, known), of_sheets, findings) or Sheets((), {})
        findings += _twice(contents, directory, sheets)
        contents = replace(contents, items=(*contents.items, *sheets.items))
        directory = replace(directory, approvals=(*directory.approvals, *sheets.approvals))
    if findings:
        raise CatalogueError(findings)
    return Incoming(contents, directory, tuple(path.name for path in given))


def _known(records: Records, contents: Contents, directory: Directory, fields: tuple[FormField, ...]) -> Known:
    domains = {domain.id: domain for domain in (*records.domains, *contents.domains)}
    offices = {office.id: office for office in (*records.offices, *directory.offices)}
    return Known(tuple(domains.values()), records.items, fields, tuple(offices.values()), records.approvals)


def shared_fields(folder: Path) -> tuple[FormField, ...]:
    """The questions that forms share: of the folder's `fields.yaml`, else those that come with the program. Raises CatalogueError."""
    path = folder / FIELDS
    return read_files([path if path.exists() else SAMPLES / FIELDS]).fields


def _read(read: Callable[[Iterable[Path]], T], paths: list[Path], findings: list[str]) -> T | None:
    if not paths:
        return None
    try:
        return read(paths)
    except CatalogueError as wrong:
        findings += wrong.findings
        return None


def _twice(contents: Contents, directory: Directory, sheets: Sheets) -> list[str]:
    """What stands both in a YAML file and in a sheet."""
    things = [what for item in contents.items for what in (f"item {item.code}", f"name {item.name}")]
    things += [f"approval {approval.code}" for approval in directory.approvals]
    return [f"{sheets.places[what]}: {what} is in a YAML file too: keep one of them" for what in things if what in sheets.places]
