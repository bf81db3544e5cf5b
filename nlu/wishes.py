"""How wishes hang together: two in one sentence (低保和残疾证都想问), and one that points back to what was just talked about (那我现在就办)."""

from __future__ import annotations

import re
from typing import Final

from nlu.tables import TableError, phrases
from nlu.text import bare, clean

MOST_PARTS: Final = 4
"""Who names more tells a story, and is asked what comes first."""


def _patterns(key: str) -> re.Pattern[str]:
    try:
        return re.compile("|".join(f"(?:{pattern})" for pattern in phrases("wishes")[key]))
    except re.error as wrong:
        raise TableError(f"wishes.yaml: {key}: is no regular expression: {wrong}") from wrong


_BETWEEN: Final = _patterns("between")
_NOT_WORDS: Final = re.compile(r"[^\w]+|_+")
_THAT_ONE: Final = _patterns("that_one")


def parts(text: str) -> tuple[str, ...]:
    """The pieces of a sentence between words like 和 and 还有, at most MOST_PARTS; the whole sentence alone when nothing stands between."""
    found = tuple(piece for piece in (_NOT_WORDS.sub("", each) for each in _BETWEEN.split(clean(text))) if len(bare(piece)) > 1)
    return found if 1 < len(found) <= MOST_PARTS else (text,)


def points_back(text: str) -> bool:
    """Whether a wish names nothing itself, but means what was talked about just now."""
    return _THAT_ONE.search(bare(text)) is not None
