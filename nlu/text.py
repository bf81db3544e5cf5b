"""The one way text is made comparable before anything is read from it."""

from __future__ import annotations

import re
import unicodedata

from nlu.tables import pairs, phrases

MAX_CHARS = 200
"""A resident's sentence. Longer text is cut, so that every reader's time is bounded."""

_READ_AT_MOST = MAX_CHARS * 8  # raw characters looked at: marks and emoji are dropped, and NFKC may lengthen
_SIMPLIFIED = str.maketrans({form: simple for simple, forms in pairs("traditional") for form in forms})
_DROPPED = ("C", "So", "Sk", "Mn", "Me")  # control and format, emoji, modifiers, combining marks and variation selectors
_UNHEARD = re.compile(r"[\[<]unk[\]>]")  # what recognisers write for a word they do not know
_PLAIN = re.compile(r"[0-9a-z\u4e00-\u9fff，。？！]*")
_BLANKS = re.compile(r"\s+")
_NOT_WORDS = re.compile(r"[^\w]+|_+")
_FILLERS = phrases("fillers")
_FRONT = tuple(sorted(_FILLERS["front"], key=len, reverse=True))
_END = tuple(sorted(_FILLERS["end"], key=len, reverse=True))


def clean(text: str) -> str:
    """The text as everything else in this room reads it, at most MAX_CHARS long.

    Unicode NFKC (full width to half, ① to 1), traditional to simplified characters, lower case, no emoji or control characters, blanks
    folded to one space, a recogniser's [unk] dropped. Punctuation stays.
    """
    return _whole(text)[:MAX_CHARS].strip()


def is_cut(text: str) -> bool:
    """Whether `clean` had to cut this text, so that a terminal can say that only its beginning was read."""
    return len(_whole(text)) > MAX_CHARS or len(text) > _READ_AT_MOST


def bare(text: str) -> str:
    """`clean` without punctuation and blanks, and without polite padding or hesitation at either edge (麻烦你 … 一下谢谢).

    What is left is never empty unless the text had no words at all: a lone 嗯 stays 嗯.
    """
    words = _NOT_WORDS.sub("", clean(text))
    while True:
        shorter = _strip_end(_strip_front(words))
        if shorter == words:
            return words
        words = shorter


def _whole(text: str) -> str:
    normal = unicodedata.normalize("NFKC", text[:_READ_AT_MOST]).translate(_SIMPLIFIED).lower()
    if _PLAIN.fullmatch(normal):  # nothing to drop in most sentences, and looking at each character is dear
        return normal
    kept = (" " if char.isspace() else char for char in normal if char.isspace() or not unicodedata.category(char).startswith(_DROPPED))
    return _BLANKS.sub(" ", _UNHEARD.sub(" ", "".join(kept))).strip()


def _strip_front(words: str) -> str:
    if not words.startswith(_FRONT):
        return words
    for filler in _FRONT:
        if len(filler) < len(words) and words.startswith(filler):
            return words[len(filler) :]
    return words


def _strip_end(words: str) -> str:
    if not words.endswith(_END):
        return words
    for filler in _END:
        if len(filler) < len(words) and words.endswith(filler):
            return words[: -len(filler)]
    return words
