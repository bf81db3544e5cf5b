"""Yes or no, or neither: a wrong yes submits a request, so what is unclear stays unclear."""

from __future__ import annotations

import re

from nlu.tables import phrases
from nlu.text import bare, clean

_TABLE = phrases("yes_no")
_NOT_WORDS = re.compile(r"[^\w]+|_+")


def _longest_first(*keys: str) -> re.Pattern[str]:
    words = sorted({word for key in keys for word in _TABLE[key]}, key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in words))


_WHOLE = {word: True for key in ("heard_yes", "key_yes") for word in _TABLE[key]} | {
    word: False for key in ("heard_no", "key_no") for word in _TABLE[key]
}
_ASKING = _longest_first("asking")
_ANY = _longest_first("yes", "no", "neither", "around")
_YES, _NO, _NEITHER = (frozenset(_TABLE[key]) for key in ("yes", "no", "neither"))
_LONGEST_ANSWER = 24  # characters; who says more has begun to tell something else


def read_yes_no(text: str) -> bool | None:
    """True for yes (是的, 好, 嗯, 1), False for no (不是, 不用了, 部队 for 不对, 2), None when it is neither or unclear.

    Negation goes before affirmation (是不对 is a no), questions (要多少钱) and words that only begin like an answer (好难, 不好意思) are neither.
    """
    words = _NOT_WORDS.sub("", clean(text))
    for form in (words, bare(words)):
        if form in _WHOLE:
            return _WHOLE[form]
    if not words or len(words) > _LONGEST_ANSWER or _ASKING.search(words):
        return None
    found: set[str] = set()
    covered = True
    at = 0
    while at < len(words):
        match = _ANY.match(words, at)
        if not match:
            covered = False
            break
        found.add(match.group())
        at = match.end()
    if found & _NEITHER:
        return None
    if found & _NO:
        return False
    return True if covered and found & _YES else None
