"""Services in what was heard: as it was written first, then as it may have been said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nlu.items import Candidate, Found, ItemIndex
from nlu.misheard import alternatives_of

_OFFERED: Final = 3


def find_heard(index: ItemIndex, alternatives: Sequence[str]) -> Found:
    """`ItemIndex.find` for speech, with what the recogniser is known to mishear (`nlu.misheard`).

    A reading that nobody wrote is never sure and never outranks what was sure: it is offered, so that the resident says whether it was meant.
    """
    found = index.find(alternatives, heard=True)
    others = tuple(dict.fromkeys(other for said in alternatives for other in alternatives_of(said)))
    if found.verdict == "sure" or not others:
        return found
    best: dict[str, Candidate] = {}
    for one in (*found.candidates, *index.find(others, heard=True).candidates):
        if one.code not in best or one.score > best[one.code].score:
            best[one.code] = one
    ranked = sorted(best.values(), key=lambda one: -one.score)[:_OFFERED]
    return Found("near", tuple(ranked)) if ranked else found
