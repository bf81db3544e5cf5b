"""Services in what was heard: as it was written first, then as it may have been said."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from nlu.items import Candidate, Found, Item, ItemIndex
from nlu.misheard import alternatives_of
from nlu.pinyin import fuzzy
from nlu.text import bare

_OFFERED: Final = 3
_SHORT: Final = 2
"""Names of so many syllables are one syllable apart (低保, 医保, 社保)."""


def find_heard(index: ItemIndex, alternatives: Sequence[str]) -> Found:
    """`ItemIndex.find` for speech, more careful in two ways.

    A name of two syllables is sure only as the whole answer, padding aside: 我要办低保 is asked back. What the recogniser is known to mishear
    (`nlu.misheard`) is tried beside what it wrote; a service that comes up only so is never sure, so that the resident says whether it was meant.
    """
    found = index.find(alternatives, heard=True)
    if found.verdict == "sure":
        return Found("near", found.candidates) if _only_short(index, found.candidates[0], alternatives) else found
    others = tuple(dict.fromkeys(other for said in alternatives for other in alternatives_of(said)))
    if not others:
        return found
    best: dict[str, Candidate] = {}
    for one in (*found.candidates, *index.find(others, heard=True).candidates):
        if one.code not in best or one.score > best[one.code].score:
            best[one.code] = one
    ranked = sorted(best.values(), key=lambda one: -one.score)[:_OFFERED]
    return Found("near", tuple(ranked)) if ranked else found


def _only_short(index: ItemIndex, found: Candidate, alternatives: Sequence[str]) -> bool:
    """Whether all that was heard of a service's names are names of two syllables, with other words beside them."""
    item = next(item for item in index.items if item.code == found.code)
    short_beside = False
    for text in alternatives:
        said = fuzzy(bare(text))
        heard = [sound for sound in _sounds(item) if _within(sound, said)]
        if any(len(sound) > _SHORT or len(sound) == len(said) for sound in heard):
            return False
        short_beside |= bool(heard)
    return short_beside


@lru_cache(maxsize=1024)
def _sounds(item: Item) -> tuple[tuple[str, ...], ...]:
    """The sounds of a service's names, without those that are a short one of them and one syllable more (办低保)."""
    names = {fuzzy(name) for name in (item.name, *item.aliases)}
    short = [name for name in names if len(name) == _SHORT]
    return tuple(name for name in names if len(name) != _SHORT + 1 or not any(_within(one, name) for one in short))


def _within(sound: tuple[str, ...], said: tuple[str, ...]) -> bool:
    return any(said[at : at + len(sound)] == sound for at in range(len(said) - len(sound) + 1))


def find_said(index: ItemIndex, alternatives: Sequence[str], *, heard: bool) -> Found:
    """Services in what was typed, or heard."""
    return find_heard(index, alternatives) if heard else index.find(alternatives)
