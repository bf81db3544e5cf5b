"""Reads this room's own data tables (`nlu/data/`), once, at import. Nothing here is read while a sentence is being understood."""

from __future__ import annotations

from pathlib import Path

import yaml

FOLDER = Path(__file__).parent / "data"


class TableError(ValueError):
    """A data table cannot be used; the text names the file, the key and the mend."""


def phrases(name: str) -> dict[str, tuple[str, ...]]:
    """A YAML table of lists: `key: [phrase, …]`. Raises TableError for anything else, so that a bad table is seen at start."""
    path = FOLDER / f"{name}.yaml"
    loaded = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(loaded, dict):
        raise TableError(f"{path.name}: wants a mapping of name to list of phrases")
    table: dict[str, tuple[str, ...]] = {}
    for key, entries in loaded.items():
        if not isinstance(entries, list) or not all(isinstance(entry, str) and entry for entry in entries):
            raise TableError(f"{path.name}: {key}: wants a list of phrases; put quotes around words that YAML reads as numbers or booleans")
        if doubled := sorted({entry for entry in entries if entries.count(entry) > 1}):
            raise TableError(f"{path.name}: {key}: {doubled} is there twice; keep one")
        table[str(key)] = tuple(entries)
    return table


def pairs(name: str) -> tuple[tuple[str, str], ...]:
    """A TSV table of two columns; lines that begin with # are comments."""
    path = FOLDER / f"{name}.tsv"
    rows = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 2:
            raise TableError(f"{path.name}:{number}: wants two columns with a tab between, has {len(columns)}")
        rows.append((columns[0], columns[1]))
    return tuple(rows)
