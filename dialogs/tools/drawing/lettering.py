"""How wide text is and where it breaks, without a font: a full-width character is 1 em, any other at most 0.62 em."""

from __future__ import annotations

import re
import unicodedata

#: Widest of digits, lower-case letters and marks of the usual sans fonts is about 0.6 em; capitals are rare here.
NARROW = 0.62
#: These may not begin a line; one is let hang over the edge of the count, for which boxes have room.
_CLOSING = frozenset("，。、！？；：”’）》〉］」』…,.!?;:)")
#: A placeholder; a run of blanks; else one Chinese character or one word of anything else, with what opens it.
_PIECES = re.compile(r"〈[^〉]*〉|\s+|[“‘（《［「『(\"]*(?:[A-Za-z0-9_.'\-]+|.)", re.DOTALL)


def width(text: str) -> float:
    """In em."""
    return sum(1.0 if unicodedata.east_asian_width(each) in "WFA" else NARROW for each in text)


def wrap(text: str, room: float, most: int = 99) -> tuple[str, ...]:
    """The text in lines of at most `room` em; when more than `most` are needed the last ends in an ellipsis."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for piece in _PIECES.findall(paragraph):
            for part in [piece] if width(piece) <= room else list(piece):
                if width(line + part) <= room:
                    line += part
                elif part in _CLOSING and len(line) > 1:
                    lines.append(line[:-1])
                    line = line[-1] + part
                else:
                    lines.append(line.rstrip())
                    line = part.lstrip()
        lines.append(line.rstrip())
    lines = [line for line in lines if line] or [""]
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while width(last) > room - 1:
        last = last[:-1]
    return (*lines[: most - 1], f"{last.rstrip('，。、；：')}…")
