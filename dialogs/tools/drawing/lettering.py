"""How wide text is and where it breaks, without a font: a full-width character is 1 em, any other at most 0.62 em."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: Widest of digits, lower-case letters and marks of the usual sans fonts is about 0.6 em; capitals are rare here.
NARROW = 0.62
#: These may not begin a line.
_CLOSING = frozenset("，。、！？；：”’）》〉］」』…,.!?;:)")
#: A placeholder; a run of blanks; else one Chinese character or one word of anything else, with what opens it.
_PIECES = re.compile(r"〈[^〉]*〉|\s+|[“‘（《［「『(\"]*(?:[A-Za-z0-9_.'\-]+|.)", re.DOTALL)


def width(text: str) -> float:
    """In em."""
    return sum(1.0 if unicodedata.east_asian_width(each) in "WFA" else NARROW for each in text)


def wrap(text: str, room: float, most: int = 99) -> tuple[str, ...]:
    """The text in lines of at most `room` em; when more than `most` are needed the last ends in an ellipsis."""
    lines = [line for paragraph in text.splitlines() for line in _lines(paragraph, room) if line] or [""]
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while width(last) > room - 1:
        last = last[:-1]
    return (*lines[: most - 1], f"{last.rstrip('，。、；：')}…")


def _lines(paragraph: str, room: float) -> Iterator[str]:
    line: list[str] = []
    for piece in _PIECES.findall(paragraph):
        for part in [piece] if width(piece) <= room else list(piece):
            if width("".join(line) + part) <= room:
                line.append(part)
                continue
            kept: list[str] = []
            while line[1:] and (kept or [part])[0][0] in _CLOSING:  # what may not begin a line takes what is before it along
                kept.insert(0, line.pop())
            yield "".join(line).rstrip()
            line = [*kept, part] if kept else [part.lstrip()]
    yield "".join(line).rstrip()
