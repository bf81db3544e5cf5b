"""What is wanted of a service: to know where a case stands, to request it, or to know what it takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from nlu.tables import TableError, phrases
from nlu.text import clean

Kind = Literal["check_status", "request", "guide"]

_ORDER: tuple[tuple[str, Kind], ...] = (
    ("check_status", "check_status"),
    ("guide", "guide"),
    ("request", "request"),
    ("check_status_at_last", "check_status"),
)
_NOT_WORDS = re.compile(r"[^\w]+|_+")


def _patterns() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    rows: list[tuple[Kind, re.Pattern[str]]] = []
    table = phrases("intents")
    for key, kind in _ORDER:
        for pattern in table[key]:
            try:
                rows.append((kind, re.compile(pattern)))
            except re.error as wrong:
                raise TableError(f"intents.yaml: {key}: {pattern!r} is no regular expression: {wrong}") from wrong
    return tuple(rows)


_PATTERNS = _patterns()
_OTHERWISE = re.compile("|".join(map(re.escape, sorted(phrases("not_intents")["words"], key=len, reverse=True))))


@dataclass(frozen=True, slots=True)
class Intent:
    """What is wanted, and the words that said so (for the trace)."""

    kind: Kind
    evidence: str


def intent_of(text: str) -> Intent | None:
    """The intent with its evidence; None when the sentence names no wish (a bare 老年优待证)."""
    words = _OTHERWISE.sub(" ", _NOT_WORDS.sub("", clean(text)))
    for kind, pattern in _PATTERNS:
        if match := pattern.search(words):
            return Intent(kind, match.group())
    return None


def read_intent(text: str) -> Kind | None:
    """`intent_of` without its evidence: 办得怎么样了 check_status, 要带什么材料 guide, 我想办… request.

    Which item is meant is read from the same sentence by `nlu.items`.
    """
    intent = intent_of(text)
    return intent.kind if intent else None
