"""Which sheets and columns there are, by which names they are known, and which column a heading means. Read from `columns.yaml`."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).with_name("columns.yaml")
LIKE = 0.4  # how alike a heading must be to a known one to be suggested, of 1


@dataclass(frozen=True, slots=True)
class Column:
    """A column. kind: how its cells are written. need: a new item wants it. keep: an empty cell leaves what there is.

    values: of kind `value`: what may be written -> what it means. titles_of: of the same kind: what it means -> how it is written first.
    empty: what an empty cell means where the kind does not say it.
    """

    field: str
    title: str
    kind: str
    also: tuple[str, ...]
    need: bool
    keep: bool
    note: str
    example: str
    empty: Any
    values: Mapping[str, str]
    titles_of: Mapping[str, str]

    @property
    def mend(self) -> str:
        """How to mend a cell of it."""
        return f"write: {self.note}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of sheet, with its columns in order."""

    id: str
    title: str
    also: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, field: str) -> Column | None:
        """The column of that field."""
        return next((column for column in self.columns if column.field == field), None)

    def meant(self, heading: str) -> Column | None:
        """The column that a heading means."""
        wanted = plain(heading)
        return next((column for column in self.columns if wanted in map(plain, (column.title, *column.also))), None)

    def nearest(self, heading: str) -> Column | None:
        """The column that a heading perhaps means."""
        names = {plain(name): column for column in self.columns for name in (column.title, *column.also)}
        found = difflib.get_close_matches(plain(heading), names, n=1, cutoff=LIKE)
        return names[found[0]] if found else None


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything in `columns.yaml`. said: fixed ways of writing: yes, no, none, at_once, working_days, other_days."""

    sheets: Mapping[str, Sheet]
    ignored: frozenset[str]
    example_mark: str
    separators: str
    said: Mapping[str, tuple[str, ...]]

    def sheet_named(self, title: str) -> Sheet | None:
        """The kind of sheet that a tab's name means."""
        wanted = plain(title)
        return next((sheet for sheet in self.sheets.values() if wanted in map(plain, (sheet.title, *sheet.also))), None)

    def is_ignored(self, name: str) -> bool:
        """Whether a column or sheet of that name is passed over."""
        return plain(name).startswith("x-") or plain(name) in self.ignored


@lru_cache(maxsize=1)
def layout() -> Layout:
    """The layout that comes with the program."""
    raw = yaml.safe_load(DATA.read_text("utf-8"))
    sheets = {
        key: Sheet(key, each["title"], tuple(each["also"]), tuple(_columns(key, raw.get(key, {}), raw["values"])))
        for key, each in raw["sheets"].items()
    }
    said = {key: tuple(plain(word) for word in words) for key, words in raw["said"].items()}
    return Layout(sheets, frozenset(map(plain, raw["ignored"])), raw["example_mark"], raw["separators"], said)


def plain(text: str) -> str:
    """A heading or fixed word as it is compared: full width as half width, without blanks, brackets' contents, stars and colons."""
    folded = unicodedata.normalize("NFKC", text)
    return re.sub(r"\(.*?\)|[\s*:]", "", folded).lower()


def _columns(sheet: str, raw: Mapping[str, Any], values: Mapping[str, Any]) -> Iterable[Column]:
    for field, each in raw.items():
        meant: dict[str, list[str]] = values.get(f"{sheet}.{field}", {})
        chinese = {key: key if key[0] > "z" else also[0] for key, also in meant.items()}
        yield Column(
            field=field,
            title=each["title"],
            kind=each["kind"],
            also=tuple(each.get("also", ())),
            need=each.get("need", False),
            keep=each.get("keep", False),
            note=each.get("note", ""),
            example=str(each.get("example", "")),
            empty=each.get("empty"),
            values={plain(word): key for key, also in meant.items() for word in (key, *also)},
            titles_of=chinese,
        )
