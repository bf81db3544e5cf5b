"""Which services of the catalogue a sentence means.

Three kinds of evidence, the strongest counts: a name that stands in the sentence as it is; a name that is covered by what was said, by
characters or by sound, letter by letter where the recogniser heard another syllable; likeness to a whole sentence somebody said before.
Ranking is by the cosine of characters and fuzzy sounds; accepting or refusing is by how much of the *name* is covered, not by the distance
to the next one; near-ties are asked.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from nlu.cover import SHORT, Name, Said, Sounds, cover
from nlu.features import Form, begins_generic, form_of, is_broken, is_negated, without_noise

Verdict = Literal["sure", "near", "none"]


@dataclass(frozen=True, slots=True)
class Item:
    """A service. aliases: its other names; ways: whole sentences in which people ask for it (坐车不要钱的那个证)."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that may be meant. score: 0..1."""

    code: str
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """sure: the first candidate is meant. near: ask which (or whether) of at most three, best first. none: not in the catalogue."""

    verdict: Verdict
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """When a score is enough; set by the sample sentences of the tests and `benchmarks/bench_nlu.py`."""

    sure: float = 0.84
    near: float = 0.60
    tie: float = 0.08
    """A second one closer than this makes the first one not sure."""
    beside: float = 0.22
    """Candidates further behind the first are not offered."""
    way_sure: float = 0.74
    way_near: float = 0.40
    """The same for likeness to whole sentences, whose cosines are lower."""
    later: float = 0.01
    """What each further alternative of a recogniser loses."""
    alternatives: int = 5
    ranked: int = 10
    """Items whose names are compared closely."""
    whole: int = 4
    """Names of so many characters are sure wherever they stand; shorter ones only when little else was said."""
    spare: int = 1
    """Characters beside a short name that are neither noise nor generic and still leave it sure."""
    offered: int = 3


_LIMITS: Final = Limits()
_BELOW_SURE: Final = _LIMITS.sure - 0.01
_NONE: Final = Found("none", ())


@dataclass(frozen=True, slots=True)
class _Score:
    value: float
    exact: bool = False
    firm: bool = False
    """May be sure: the name is longer than two syllables, or stands there as text."""
    way: bool = False
    """It is like a whole sentence that somebody said before, not like a name."""


@dataclass(frozen=True, slots=True)
class _Texts:
    """Names found as text. other_words: items whose name is there only as the beginning of another word (居住证明). not_meant: items that were
    taken back (不是低保) or whose name is part of a longer one of another item."""

    scores: dict[int, _Score]
    other_words: frozenset[int]
    not_meant: frozenset[int]


class ItemIndex:
    """All services, ready to be found in sentences. Immutable; building 400 takes well under a second, a query well under a millisecond."""

    __slots__ = ("_covers", "_feature_rows", "_idf", "_items", "_name_rows", "_names", "_row_items", "_sounds", "_texts", "_unknown_idf")

    def __init__(self, items: Iterable[Item]) -> None:
        self._items: Final = tuple(items)
        if len({item.code for item in self._items}) < len(self._items):
            raise ValueError("two items have the same code; give each its own")
        if nameless := [item.code for item in self._items if not form_of(item.name).core]:
            raise ValueError(f"items without a name that can be said: {nameless}; give each one")
        self._names: Final = tuple(
            tuple(form for form in (form_of(name) for name in (item.name, *item.aliases)) if form.core) for item in self._items
        )
        self._sounds: Final = Sounds(form for names in self._names for form in names)
        self._covers: Final = tuple(tuple(Name(form, self._sounds) for form in names) for names in self._names)
        self._texts: Final = tuple(
            (form.words, number) for number, names in enumerate(self._names) for form in names if len(form.words) >= 2
        )
        rows = [(number, form) for number, forms in enumerate(self._names) for form in forms]
        rows += [(number, form) for number, item in enumerate(self._items) for way in item.ways if (form := form_of(way)).core]
        self._row_items: Final = np.array([number for number, _ in rows], dtype=np.intp)
        self._name_rows: Final = sum(map(len, self._names))
        bags = [form.weighed() for _, form in rows]
        seen: dict[str, set[int]] = {}
        for (number, _), bag in zip(rows, bags, strict=True):
            for feature in bag:
                seen.setdefault(feature, set()).add(number)
        count = len(self._items)
        self._unknown_idf: Final = math.log(1 + count) + 1
        self._idf: Final = {feature: math.log((1 + count) / (1 + len(numbers))) + 1 for feature, numbers in seen.items()}
        postings: dict[str, tuple[list[int], list[float]]] = {}
        for row, bag in enumerate(bags):
            for feature, weight in self._unit(bag).items():
                at, weights = postings.setdefault(feature, ([], []))
                at.append(row)
                weights.append(weight)
        self._feature_rows: Final = {
            feature: (np.array(at, dtype=np.intp), np.array(weights)) for feature, (at, weights) in postings.items()
        }

    @property
    def items(self) -> tuple[Item, ...]:
        """The services, in the order given."""
        return self._items

    def find(self, alternatives: Sequence[str], heard: bool = False) -> Found:
        """The services that a sentence means.

        alternatives: what was typed (one), or a recogniser's alternatives, best first; all are scored. heard: it was speech, so a name of two
        syllables is sure only when nothing else was said beside it.
        """
        scores: dict[int, _Score] = {}
        for rank, alternative in enumerate(alternatives[: _LIMITS.alternatives]):
            form = form_of(alternative)
            if not form.core:
                continue
            for number, score in self._score(form, heard).items():
                lowered = replace(score, value=score.value - _LIMITS.later * rank)
                if number not in scores or lowered.value > scores[number].value:
                    scores[number] = lowered
        return self._judge(scores)

    def _judge(self, scores: dict[int, _Score]) -> Found:
        ranked = sorted(((score.value, -number) for number, score in scores.items() if score.value >= _LIMITS.near), reverse=True)
        if not ranked:
            return _NONE
        top, first = ranked[0][0], scores[-ranked[0][1]]
        tied = any(
            top - value < _LIMITS.tie and (not first.exact or scores[-number].exact or scores[-number].way) for value, number in ranked[1:3]
        )
        candidates = tuple(
            Candidate(self._items[-number].code, self._items[-number].name, round(min(value, 1.0), 4))
            for value, number in ranked[: _LIMITS.offered]
            if top - value <= _LIMITS.beside
        )
        if top >= _LIMITS.sure and first.firm and not tied:
            return Found("sure", candidates[:1])
        return Found("near", candidates)

    def _score(self, form: Form, heard: bool) -> dict[int, _Score]:
        texts = self._texts_in(form.words, heard)
        scores = dict(texts.scores)
        if form.hollow or not self._items:
            return scores
        by_name, by_way = self._cosines(form)
        by_item = np.maximum(by_name, by_way)
        said = self._sounds.said(form, heard)
        for number in map(int, np.argsort(-by_item, kind="stable")[: _LIMITS.ranked]):
            if by_item[number] <= 0.0:
                break
            if number in scores or number in texts.not_meant:  # what stands there as text is judged by what stands beside it
                continue
            likeness = (_by_cosine(float(by_name[number])), _by_cosine(float(by_way[number]), way=True))
            score = max(self._covered(number, said), *likeness, key=lambda one: one.value)
            scores[number] = replace(score, value=min(score.value, _BELOW_SURE)) if number in texts.other_words else score
        return scores

    def _texts_in(self, words: str, heard: bool) -> _Texts:
        """Names that stand in the sentence as text."""
        spans: list[tuple[int, int, int]] = []
        other_words: set[int] = set()
        not_meant: set[int] = set()
        for name, number in [pair for pair in self._texts if pair[0] in words]:
            at = words.find(name)
            end = at + len(name)
            if is_broken(name, words[end:]):
                other_words.add(number)
            elif is_negated(words[:at]):
                not_meant.add(number)
            else:
                spans.append((at, end, number))
        scores: dict[int, _Score] = {}
        for at, end, number in spans:
            if any(a <= at and end <= b and b - a > end - at for a, b, other in spans if other != number):
                not_meant.add(number)
                continue
            value = 1.0 if _stands_alone(words, at, end, heard) else _BELOW_SURE
            if number not in scores or value > scores[number].value:
                scores[number] = _Score(value, exact=True, firm=True)
        return _Texts(scores, frozenset(other_words), frozenset(not_meant))

    def _covered(self, number: int, said: Said) -> _Score:
        best = max((cover(name, said) for name in self._covers[number]), key=lambda one: one.value)
        return _Score(best.value, firm=best.firm)

    def _cosines(self, form: Form) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Each item's likeness to a sentence: the best cosine of its names, and of its ways."""
        by_name, by_way = np.zeros(len(self._items)), np.zeros(len(self._items))
        known = [
            (self._feature_rows[feature], weight) for feature, weight in self._unit(form.weighed()).items() if feature in self._feature_rows
        ]
        if known:
            at = np.concatenate([rows for (rows, _), _ in known])
            weights = np.concatenate([weights * weight for (_, weights), weight in known])
            cosines = np.bincount(at, weights, minlength=len(self._row_items))
            np.maximum.at(by_name, self._row_items[: self._name_rows], cosines[: self._name_rows])
            np.maximum.at(by_way, self._row_items[self._name_rows :], cosines[self._name_rows :])
        return by_name, by_way

    def _unit(self, bag: dict[str, float]) -> dict[str, float]:
        """Weights such that a product of two is the mean of the cosine of characters and that of sounds. Unknown features count in full."""
        weights = {feature: count * self._idf.get(feature, self._unknown_idf) for feature, count in bag.items()}
        norms = {"c": 0.0, "p": 0.0}
        for feature, weight in weights.items():
            norms[feature[0]] += weight * weight
        lengths = {kind: math.sqrt(2 * total) for kind, total in norms.items()}
        return {feature: weight / lengths[feature[0]] for feature, weight in weights.items()}


def _stands_alone(words: str, at: int, end: int, heard: bool) -> bool:
    """Whether a name found as text is meant for certain: a long one always, a short one when little else was said (nothing, when heard)."""
    size = end - at
    if size >= _LIMITS.whole:
        return True
    spare = 0 if heard and size <= SHORT else _LIMITS.spare
    return len(without_noise(words[:at] + words[end:])) <= spare and not begins_generic(words[end:])


def _by_cosine(cosine: float, way: bool = False) -> _Score:
    """A cosine on the scale of covers: way_near becomes near, way_sure becomes sure. Likeness to a name alone is never firm: word order, and
    what is missing, count little in it."""
    slope = (_LIMITS.sure - _LIMITS.near) / (_LIMITS.way_sure - _LIMITS.way_near)
    return _Score(min(1.0, _LIMITS.near + (cosine - _LIMITS.way_near) * slope), firm=way and cosine >= _LIMITS.way_sure, way=way)
