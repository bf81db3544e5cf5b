"""What else may have been said, from what a recogniser is known to have written for it (`data/misheard.tsv`).

The table holds words, found by their toneless sound. What was meant is only ever tried beside what was written: a name that was heard as it is
stays the better one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from nlu.pinyin import fuzzy, pieces, syllables
from nlu.tables import FOLDER, TableError

COLUMNS: Final = ("heard", "meant", "times", "source")
LEAST: Final = 2
MOST: Final = 8
"""Syllables of a misheard word: a single one stands in too many words, and a long one never comes again."""
_TRIED: Final = 3
"""So many other readings of one text are tried, those seen most often first."""

Sound = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Misheard:
    """A row: `heard` was written `times` times where `meant` had been said."""

    heard: str
    meant: str
    times: int = 1
    source: str = ""

    def __post_init__(self) -> None:
        size = len(syllables(self.heard))
        if not LEAST <= size <= MOST:
            raise TableError(f"{self.heard!r} has {size} syllables; wants {LEAST} to {MOST}")
        if not self.meant or not syllables(self.meant):
            raise TableError(f"{self.heard!r} wants what was meant by it")
        if self.times < 1:
            raise TableError(f"{self.heard!r}: times {self.times}; wants 1 or more")
        if fuzzy(self.heard) == fuzzy(self.meant):
            raise TableError(f"{self.heard!r} and {self.meant!r} sound alike already (sounds.tsv); leave it out")


class Ear:
    """Some rows, ready to be looked up. Immutable."""

    __slots__ = ("_by_sound", "_longest")

    def __init__(self, rows: Iterable[Misheard]) -> None:
        found: dict[Sound, dict[str, int]] = {}
        for row in rows:
            meant = found.setdefault(syllables(row.heard), {})
            meant[row.meant] = meant.get(row.meant, 0) + row.times
        self._by_sound: Final = found
        self._longest: Final = max(map(len, found), default=0)

    def alternatives_of(self, text: str) -> tuple[str, ...]:
        """What else may have been said than this text, what was seen most often first; at most three, none of them the text itself."""
        if not self._by_sound:
            return ()
        said = pieces(text)
        sound = tuple(syllable for _, syllable in said)
        words = "".join(piece for piece, _ in said)
        tried: dict[str, int] = {}
        for at in range(len(sound) - LEAST + 1):
            for size in range(min(self._longest, len(sound) - at), LEAST - 1, -1):
                for meant, times in self._by_sound.get(sound[at : at + size], {}).items():
                    before, after = ("".join(piece for piece, _ in part) for part in (said[:at], said[at + size :]))
                    other = f"{before}{meant}{after}"
                    if other != words:
                        tried[other] = max(times, tried.get(other, 0))
        return tuple(sorted(tried, key=lambda other: -tried[other])[:_TRIED])

    def widened(self, alternatives: Sequence[str]) -> tuple[str, ...]:
        """A recogniser's alternatives (best first) with what else each may have been right behind it; each text once."""
        return tuple(dict.fromkeys(text for said in alternatives for text in (said, *self.alternatives_of(said))))


def alternatives_of(text: str) -> tuple[str, ...]:
    """What else may have been said than this text that was heard, by the shipped table."""
    return _ear().alternatives_of(text)


def widened(alternatives: Sequence[str]) -> tuple[str, ...]:
    """A recogniser's alternatives with what else may have been said, by the shipped table. For what was heard only: who types means it."""
    return _ear().widened(alternatives)


@cache
def _ear() -> Ear:
    return Ear(read_misheard(FOLDER / "misheard.tsv"))


def read_misheard(path: Path) -> tuple[Misheard, ...]:
    """The rows of a table; the columns times and source may be left out. Raises TableError with file, line and mend."""
    rows: list[Misheard] = []
    seen: dict[tuple[Sound, str], int] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        columns = tuple(column.strip() for column in line.split("\t"))
        if not line.strip() or line.startswith("#") or columns[:2] == COLUMNS[:2]:
            continue
        try:
            row = _row(columns)
            key = (syllables(row.heard), row.meant)
            if key in seen:
                raise TableError(f"{row.heard!r} for {row.meant!r} stands in line {seen[key]} too; keep one and add the times")
        except TableError as wrong:
            raise TableError(f"{path.name}:{number}: {wrong}") from None
        seen[key] = number
        rows.append(row)
    return tuple(rows)


def _row(columns: tuple[str, ...]) -> Misheard:
    if not 2 <= len(columns) <= len(COLUMNS):
        raise TableError(f"wants {', '.join(COLUMNS)} with a tab between, has {len(columns)} columns")
    heard, meant, times, source = (*columns, *("1", "")[len(columns) - 2 :])
    if not times.isdecimal():
        raise TableError(f"times {times!r}: wants a number")
    return Misheard(heard, meant, int(times), source)
