"""Chinese text broken into lines of a known width, since the pages place everything by absolute pixels and never scroll."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

#: May not begin a line (GB/T 15834: closing marks stay with what they close).
_NOT_FIRST = "，。、：；？！）》」』”’…%％,.;:?!)"
#: May not end a line.
_NOT_LAST = "（《「『“‘(￥¥"
#: A Latin letter or digit of the sans-serif fonts is at most about this part of a full-width character ("0" 0.56; only W and M are wider).
NARROW = 0.6
#: A last line narrower than this looks forgotten.
_LONELY = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line on the screen. `starts`: it begins a paragraph (whoever reads the page joins the others to the line before)."""

    text: str
    starts: bool = True


def width(text: str) -> float:
    """Width in full-width characters."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else NARROW for c in text)


def _pieces(text: str) -> list[str]:
    """What must stay together: a word or number, or one character with the marks that cling to it."""
    pieces: list[str] = []
    for c in text:
        last = pieces[-1] if pieces else ""
        clings = last and (
            c in _NOT_FIRST or last[-1] in _NOT_LAST or (c.isascii() and c.isalnum() and last[-1].isascii() and last[-1].isalnum())
        )
        if clings:
            pieces[-1] += c
        else:
            pieces.append(c)
    return pieces


def _split(piece: str, columns: int) -> list[str]:
    """A piece wider than a line, cut anyway: nothing may run off the screen."""
    parts, part = [], ""
    for c in piece:
        if part and width(part + c) > columns:
            parts.append(part)
            part = ""
        part += c
    return [*parts, part]


def _lines(paragraph: str, columns: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for piece in _pieces(paragraph.strip()):
        for part in [piece] if width(piece) <= columns else _split(piece, columns):
            if line and width(line + part) > columns:
                lines.append(line.rstrip())
                line = "" if part == " " else part
            else:
                line += part
    return [*lines, line.rstrip()] if line.strip() else lines


def wrap(paragraph: str, columns: int) -> tuple[Line, ...]:
    """The lines of one paragraph, each at most `columns` full-width characters wide. An empty paragraph is no line.

    One or two characters alone in the last line are avoided where a little less width makes no further line.
    """
    lines = _lines(paragraph, columns)
    if len(lines) > 1 and width(lines[-1]) < _LONELY:
        narrower = (_lines(paragraph, fewer) for fewer in range(columns - 1, max(columns - 5, 4), -1))
        lines = next((better for better in narrower if len(better) == len(lines) and width(better[-1]) >= _LONELY), lines)
    return tuple(Line(text, n == 0) for n, text in enumerate(lines))


def wrap_all(paragraphs: Sequence[str], columns: int) -> tuple[Line, ...]:
    """The lines of several paragraphs."""
    return tuple(line for paragraph in paragraphs for line in wrap(paragraph, columns))


def shorten(text: str, columns: float) -> str:
    """The text cut to `columns`, with … when something was cut."""
    if width(text) <= columns:
        return text
    kept = text
    while kept and width(kept) + 1 > columns:
        kept = kept[:-1]
    return kept + "…"
