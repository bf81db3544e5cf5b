"""What is to be imported: files of all kinds, read together, so that one mistake anywhere keeps everything out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from records.catalogue.directory import Directory, is_directory, read_directory
from records.catalogue.reading import CatalogueError, Contents, read_files

T = TypeVar("T")

NOTHING = Contents((), (), ())


@dataclass(frozen=True, slots=True)
class Incoming:
    """Themes, domains and items; offices and approvals; and the names of the files they are from."""

    contents: Contents
    directory: Directory
    names: tuple[str, ...]


def read_incoming(paths: Iterable[Path]) -> Incoming:
    """Reads YAML files of items and of the directory, mixed. Raises CatalogueError with the findings of all of them."""
    given = tuple(dict.fromkeys(paths))
    of_directory = [path for path in given if is_directory(path)]
    of_items = [path for path in given if path not in of_directory]
    findings: list[str] = []
    contents = _read(read_files, of_items, findings) or NOTHING
    directory = _read(read_directory, of_directory, findings) or Directory()
    if findings:
        raise CatalogueError(findings)
    return Incoming(contents, directory, tuple(path.name for path in given))


def _read(read: Callable[[Iterable[Path]], T], paths: list[Path], findings: list[str]) -> T | None:
    if not paths:
        return None
    try:
        return read(paths)
    except CatalogueError as wrong:
        findings += wrong.findings
        return None
