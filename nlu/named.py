"""Names of services that stand in a sentence as they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from nlu.cover import SHORT
from nlu.features import begins_generic, is_broken, is_negated, without_noise

_WHOLE: Final = 4
"""Names of so many characters are meant wherever they stand; shorter ones only when little else was said."""
_SPARE: Final = 1
"""Characters beside a short name that are neither noise nor generic and still leave it meant."""


@dataclass(frozen=True, slots=True)
class Named:
    """By number of the service. alone: named, and nothing beside it that could change what is meant; False for the others that are named.

    other_words: those whose name is there only as the beginning of another word (居住证明). not_meant: those that were taken back (不是低保) or
    whose name is part of a longer one of another service.
    """

    alone: dict[int, bool]
    other_words: frozenset[int]
    not_meant: frozenset[int]


class Names:
    """All names, ready to be looked for. Immutable."""

    __slots__ = ("_by_start",)

    def __init__(self, names: Iterable[tuple[str, int]]) -> None:
        """names: words without punctuation, and the number of their service; names of one character are not looked for."""
        by_start: dict[str, list[tuple[str, int]]] = {}
        for name, number in names:
            if len(name) >= SHORT:
                by_start.setdefault(name[:SHORT], []).append((name, number))
        self._by_start: Final = by_start

    def find(self, words: str, heard: bool) -> Named:
        """Which names stand in a sentence without punctuation. heard: it was speech."""
        spans: list[tuple[int, int, int]] = []
        other_words: set[int] = set()
        not_meant: set[int] = set()
        for name, number in self._standing(words):
            at = words.find(name)
            end = at + len(name)
            if is_broken(name, words[end:]):
                other_words.add(number)
            elif is_negated(words[:at]):
                not_meant.add(number)
            else:
                spans.append((at, end, number))
        alone: dict[int, bool] = {}
        for at, end, number in spans:
            if any(a <= at and end <= b and b - a > end - at for a, b, other in spans if other != number):
                not_meant.add(number)
            elif not alone.get(number):
                alone[number] = _alone(words, at, end, heard)
        return Named(alone, frozenset(other_words - alone.keys()), frozenset(not_meant - alone.keys()))

    def _standing(self, words: str) -> Iterable[tuple[str, int]]:
        starts = dict.fromkeys(words[at : at + SHORT] for at in range(len(words) - SHORT + 1))
        return [pair for start in starts for pair in self._by_start.get(start, ()) if pair[0] in words]


def _alone(words: str, at: int, end: int, heard: bool) -> bool:
    size = end - at
    if size >= _WHOLE:
        return True
    spare = 0 if heard and size <= SHORT else _SPARE
    return len(without_noise(words[:at] + words[end:])) <= spare and not begins_generic(words[end:])
