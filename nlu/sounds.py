"""The table of confusable sounds (`data/sounds.tsv`), and how it folds a syllable.

A row merges two beginnings (zh=z), two ends (ing=in) or two whole syllables (hui=fei). Beginnings are folded first, then ends, then what is a
whole syllable by then; so a whole row may be written in plain pinyin and its author need not know what the other rows have made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

from nlu.tables import FOLDER, TableError

Part = Literal["begins", "ends", "whole"]
Sure = Literal["measured", "documented", "reported", "unsure"]

COLUMNS: Final = ("part", "said", "as", "use", "where", "sure", "example")
_INITIAL = "zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]"
_FINAL = "[aoiuv]|er?|[aeu]i|[ao]u|ao|[aeiuv]n|[aei]ng|i?ong|ueng|i(?:a|e|ao|u|an|ang)|u(?:a|o|ai|an|ang|e)|v(?:e|an)|io"
_SOUND: Final = {
    part: re.compile(shape) for part, shape in (("begins", _INITIAL), ("ends", _FINAL), ("whole", f"(?:{_INITIAL})?(?:{_FINAL})"))
}
_WHAT: Final = {"begins": "beginning", "ends": "end", "whole": "syllable"}


@dataclass(frozen=True, slots=True)
class Sound:
    """A row: `said` counts as `counts_as`. line: in its file. example: two words that are one then."""

    line: int
    part: Part
    said: str
    counts_as: str
    use: bool
    where: str
    sure: Sure
    example: tuple[str, str]


class Folding:
    """Some rows, ready to fold syllables. Immutable."""

    __slots__ = ("_begins", "_ends", "_whole")

    def __init__(self, rows: Iterable[Sound]) -> None:
        rows = tuple(rows)
        self._begins: Final = _longest_first(rows, "begins")
        self._ends: Final = _longest_first(rows, "ends")
        self._whole: Final = {self._edges(row.said): self._edges(row.counts_as) for row in rows if row.part == "whole"}

    def fold(self, syllable: str) -> str:
        """One syllable with confusable sounds made one: zheng and zen give zen, huang and fan give fan. What is no syllable stays."""
        if not syllable.isascii() or not syllable.isalpha():
            return syllable
        edges = self._edges(syllable)
        return self._whole.get(edges, edges)

    def _edges(self, syllable: str) -> str:
        for said, counts_as in self._begins:
            if syllable.startswith(said):
                syllable = counts_as + syllable[len(said) :]
                break
        for said, counts_as in self._ends:
            if syllable.endswith(said):
                return syllable[: -len(said)] + counts_as
        return syllable


def _longest_first(rows: Iterable[Sound], part: Part) -> tuple[tuple[str, str], ...]:
    pairs = [(row.said, row.counts_as) for row in rows if row.part == part]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@cache
def sounds() -> tuple[Sound, ...]:
    """The rows of the shipped table, those that are not used included."""
    return read_sounds(FOLDER / "sounds.tsv")


def read_sounds(path: Path) -> tuple[Sound, ...]:
    """The rows of a table. Raises TableError with file, line and mend."""
    rows: list[Sound] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        columns = tuple(column.strip() for column in line.split("\t"))
        if not line.strip() or line.startswith("#") or columns == COLUMNS:
            continue
        try:
            rows.append(_row(number, columns))
            fits(rows[-1], rows[:-1])
        except TableError as wrong:
            raise TableError(f"{path.name}:{number}: {wrong}") from None
    return tuple(rows)


def parse_sound(text: str) -> Sound:
    """A row from few words, for trying it out: "ends ian=iang". Raises TableError."""
    part, _, pair = text.strip().partition(" ")
    said, _, counts_as = pair.partition("=")
    return _row(0, (part, said.strip(), counts_as.strip(), "yes", "", "unsure", "一/一"))


def _row(number: int, columns: tuple[str, ...]) -> Sound:
    if len(columns) != len(COLUMNS):
        raise TableError(f"wants {len(COLUMNS)} columns with a tab between ({', '.join(COLUMNS)}), has {len(columns)}")
    part, said, counts_as, use, where, sure, example = columns
    if part not in get_args(Part):
        raise TableError(f"part {part!r}: wants {', '.join(get_args(Part))}")
    for name, sound in (("said", said), ("as", counts_as)):
        if not _SOUND[part].fullmatch(sound):
            raise TableError(f"{name} {sound!r}: is no {_WHAT[part]} of toneless pinyin (ü is v)")
    if said == counts_as:
        raise TableError(f"{said!r} is the same on both sides")
    if use not in ("yes", "no"):
        raise TableError(f"use {use!r}: wants yes or no")
    if sure not in get_args(Sure):
        raise TableError(f"sure {sure!r}: wants {', '.join(get_args(Sure))}")
    one, slash, other = example.partition("/")
    if not (one and slash and other):
        raise TableError(f"example {example!r}: wants two words with a / between, such as 年/连")
    return Sound(number, part, said, counts_as, use == "yes", where, sure, (one, other))  # type: ignore[arg-type]  # checked above


def fits(row: Sound, others: Iterable[Sound]) -> None:
    """Whether a row fits others: folding is done once, so no two may disagree, nor one lead on to another. Raises TableError."""
    for other in others:
        if other.part != row.part:
            continue
        if other.said == row.said:
            raise TableError(f"{row.said!r} stands in line {other.line} too; keep one")
        if row.use and other.use and _leads(row, other):
            raise TableError(
                f"{row.counts_as!r} itself is folded by line {other.line} ({other.said}={other.counts_as}); write what it becomes there"
            )
        if row.use and other.use and _leads(other, row):
            raise TableError(f"line {other.line} gives {other.counts_as!r}, which this line folds on; write there what it becomes here")


def _leads(row: Sound, other: Sound) -> bool:
    if row.part == "whole":
        return row.counts_as == other.said
    return row.counts_as.startswith(other.said) if row.part == "begins" else row.counts_as.endswith(other.said)
