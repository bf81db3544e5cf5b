"""Which services of the catalogue a sentence means.

With a model that was learnt of the catalogue (`nlu.training`), services are ranked by it; whether the best is meant, must be asked about, or
nothing of ours is meant, is judged by several kinds of evidence together (`nlu.judging`). Without one, the strongest of three kinds counts: a name
that stands there as it is; a name that is covered by what was said, by characters or by sound, letter by letter where the recogniser heard
another syllable; likeness to a whole sentence somebody said before. Near ties are always asked.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from nlu.cover import SHORT, Cover, Name, Said, Sounds, cover
from nlu.features import Form, form_of, without_noise
from nlu.found import Candidate, Found, Item, Reading, Reason, Verdict
from nlu.judging import Evidence, for_each, ours, shares, wavers, with_second
from nlu.likeness import Likeness, Phrases
from nlu.named import Named, Names
from nlu.ranking import Model
from nlu.semantic import SecondOpinion

__all__ = ["Candidate", "Found", "Item", "ItemIndex", "Reading", "Reason", "Verdict"]


@dataclass(frozen=True, slots=True)
class Limits:
    """When a score is enough; set by the sample sentences of the tests and `benchmarks/bench_nlu.py`."""

    sure: float
    near: float
    """What is less likely to be ours at all is none."""
    least: float
    """What has less is not offered."""
    tie: float
    """A second one closer than this makes the first one not sure."""
    beside: float
    """Candidates further behind the first are not offered."""
    ranked: int
    """Services looked at closely."""


_WITHOUT: Final = Limits(sure=0.84, near=0.60, least=0.60, tie=0.08, beside=0.22, ranked=10)
_WITH: Final = Limits(sure=0.80, near=0.30, least=0.02, tie=0.08, beside=1.0, ranked=6)
_WAY_SURE, _WAY_NEAR = 0.74, 0.40
"""Without a model, the cosines to whole sentences that count as sure and near; they are lower than covers."""
_LATER: Final = 0.01
"""What each further alternative of a recogniser loses."""
_ALTERNATIVES: Final = 5
_OFFERED: Final = 3
_UNDER: Final = 0.01
"""What is not sure stays so far below sure at least."""
_NONE: Final = Found("none", ())


@dataclass(frozen=True, slots=True)
class _Score:
    value: float
    ours: float
    """How likely it is that the sentence means a service at all."""
    named: bool = False
    firm: bool = False
    """May be sure: the name is longer than two syllables, or stands there as text."""
    way: bool = False
    """It is like a whole sentence that somebody said before, not like a name."""
    evidence: Evidence | None = None


class ItemIndex:
    """All services, ready to be found in sentences. Immutable; building 400 takes well under a second, a query well under a millisecond."""

    __slots__ = ("_covers", "_items", "_limits", "_model", "_names", "_phrases", "_second", "_sounds")

    def __init__(self, items: Iterable[Item], model: Model | None = None, second: SecondOpinion | None = None) -> None:
        """model: learnt of these very items; without one, services are found by their likeness alone, which understands less. second: asked where
        the model wavers; nothing without a model."""
        self._items: Final = tuple(items)
        if len({item.code for item in self._items}) < len(self._items):
            raise ValueError("two items have the same code; give each its own")
        if nameless := [item.code for item in self._items if not form_of(item.name).core]:
            raise ValueError(f"items without a name that can be said: {nameless}; give each one")
        if model is not None and model.codes != tuple(item.code for item in self._items):
            raise ValueError("the model was learnt of other items, or in another order; train it again")
        if second is not None and second.codes != tuple(item.code for item in self._items):
            raise ValueError("the second opinion was learnt of other items, or in another order; learn it again")
        self._model: Final = model
        self._second: Final = second
        self._limits: Final = _WITHOUT if model is None else _WITH
        names = [
            (number, form) for number, item in enumerate(self._items) for form in map(form_of, (item.name, *item.aliases)) if form.core
        ]
        ways = [(number, form) for number, item in enumerate(self._items) for form in map(form_of, item.ways) if form.core]
        self._sounds: Final = Sounds(form for _, form in names)
        covers: list[list[Name]] = [[] for _ in self._items]
        for number, form in names:
            covers[number].append(Name(form, self._sounds))
        self._covers: Final = tuple(map(tuple, covers))
        self._names: Final = Names((form.words, number) for number, form in names)
        self._phrases: Final = Phrases(
            len(self._items), [(number, form.weighed()) for number, form in names], [(number, form.weighed()) for number, form in ways]
        )

    @property
    def learnt(self) -> bool:
        """Whether there is a model; without one, less is understood."""
        return self._model is not None

    @property
    def items(self) -> tuple[Item, ...]:
        """The services, in the order given."""
        return self._items

    def find(self, alternatives: Sequence[str], heard: bool = False) -> Found:
        """The services that a sentence means.

        alternatives: what was typed (one), or a recogniser's alternatives, best first; all are scored. heard: it was speech, so a name of two
        syllables is sure only when nothing else was said beside it.
        """
        return self._decide(self._all_scores(alternatives, heard))

    def why(self, alternatives: Sequence[str], heard: bool = False) -> Reading:
        """How a sentence was read, for people who look after the words: the same finding, with what spoke for each service."""
        scores = self._all_scores(alternatives, heard, told=True)
        ranked = sorted(scores, key=lambda number: (-scores[number].value, number))
        reasons = tuple(
            Reason(self._candidate(number, scores[number].value), scores[number].named, scores[number].evidence) for number in ranked
        )
        form = form_of(alternatives[0] if alternatives else "")
        told = tuple(dict.fromkeys(feature[1:] for feature in form.told()))
        return Reading(self._decide(scores), max((score.ours for score in scores.values()), default=0.0), form.core, told, reasons)

    def _all_scores(self, alternatives: Sequence[str], heard: bool, told: bool = False) -> dict[int, _Score]:
        scores: dict[int, _Score] = {}
        for rank, alternative in enumerate(alternatives[:_ALTERNATIVES]):
            form = form_of(alternative)
            if not form.core:
                continue
            for number, score in self._scores(form, heard, told).items():
                lowered = replace(score, value=score.value - _LATER * rank, ours=score.ours - _LATER * rank)
                if number not in scores or lowered.value > scores[number].value:
                    scores[number] = lowered
        return scores

    def _decide(self, scores: dict[int, _Score]) -> Found:
        limits = self._limits
        ranked = sorted(((score.value, -number) for number, score in scores.items() if score.value >= limits.least), reverse=True)
        if not ranked or scores[-ranked[0][1]].ours < limits.near:
            return _NONE
        top, first = ranked[0][0], scores[-ranked[0][1]]
        tied = any(
            top - value < limits.tie and (not first.named or scores[-number].named or scores[-number].way) for value, number in ranked[1:3]
        )
        if top >= limits.sure and first.firm and not tied:
            return Found("sure", (self._candidate(-ranked[0][1], top),))
        return Found("near", tuple(self._candidate(-number, value) for value, number in ranked[:_OFFERED] if top - value <= limits.beside))

    def _candidate(self, number: int, value: float) -> Candidate:
        return Candidate(self._items[number].code, self._items[number].name, round(min(value, 1.0), 4))

    def _scores(self, form: Form, heard: bool, told: bool) -> dict[int, _Score]:
        if not self._items:
            return {}
        named = self._names.find(form.words, heard)
        if form.hollow:
            return {number: self._by_name(alone) for number, alone in named.alone.items()}
        said = self._sounds.said(form, heard)
        bag = form.weighed()
        likeness = self._phrases.like(bag)
        if self._model is None:
            return self._by_likeness(named, likeness, said)
        return self._by_evidence(self._model.scores(bag | form.told()), named, likeness, said, told)

    def _by_name(self, alone: bool) -> _Score:
        value = 1.0 if alone else self._limits.sure - _UNDER
        return _Score(value, value, named=True, firm=True)

    def _by_likeness(self, named: Named, likeness: Likeness, said: Said) -> dict[int, _Score]:
        """Without a model: the strongest evidence counts."""
        scores = {number: self._by_name(alone) for number, alone in named.alone.items()}
        best = np.maximum(likeness.name, likeness.way)
        for number in map(int, np.argsort(-best, kind="stable")[: self._limits.ranked]):
            if best[number] <= 0.0:
                break
            if number in scores or number in named.not_meant:  # what stands there as text is judged by what stands beside it
                continue
            covered = self._covered(number, said)
            likely = (_by_cosine(float(likeness.name[number])), _by_cosine(float(likeness.way[number]), way=True))
            score = max(_Score(covered.value, covered.value, firm=covered.firm), *likely, key=lambda one: one.value)
            scores[number] = self._capped(score) if number in named.other_words else score
        return scores

    def _by_evidence(self, ranks: npt.NDArray[np.float32], named: Named, likeness: Likeness, said: Said, told: bool) -> dict[int, _Score]:
        """With a model: the chance that each of the best is meant. A name that stands there alone is meant if nothing else is likelier.

        told: with the evidence for each, not only for the best.
        """
        rank = ranks[:-1].astype(np.float64)
        sums = for_each(rank, likeness.held)
        part = self._shares(sums, named)
        if self._second is not None and wavers(part.values()):
            part = self._shares(with_second(sums, self._second.likeness(said.form.words)), named)
        if not part:
            return {}
        first = max(part, key=lambda number: part[number])
        evidence = {number: self._evidence(number, ranks, likeness, said) for number in (part if told else (first,))}
        whether = ours(evidence[first])
        if self._is_part_of_a_name(said.form, part):
            whether = max(whether, self._limits.near)
        heard = bool(said.rounded)
        scores: dict[int, _Score] = {}
        for number in part:
            alone = named.alone.get(number)
            is_ours = whether if alone is None else max(whether, 1.0 if alone else self._limits.near)
            value = 1.0 if alone and (number == first or named.alone.get(first)) else is_ours * part[number]
            firm = alone is not None or not heard or len(said.form.sound) > SHORT
            score = _Score(value, is_ours, alone is not None, firm, evidence=evidence.get(number))
            scores[number] = self._capped(score) if number in named.other_words or (heard and alone is False) else score
        return scores

    def _is_part_of_a_name(self, form: Form, numbers: Iterable[int]) -> bool:
        """Whether all that was said stands in a name of one of these: 驾驶证, of which several things are done, is asked about."""
        if len(without_noise(form.words)) < SHORT:
            return False
        return any(form.core in name.form.core for number in numbers for name in self._covers[number])

    def _shares(self, sums: npt.NDArray[np.float64], named: Named) -> dict[int, float]:
        best = np.argsort(-sums, kind="stable")[: self._limits.ranked]
        numbers = [number for number in dict.fromkeys([*map(int, best), *named.alone]) if number not in named.not_meant]
        return dict(zip(numbers, map(float, shares(sums[numbers])), strict=True)) if numbers else {}

    def _evidence(self, number: int, ranks: npt.NDArray[np.float32], likeness: Likeness, said: Said) -> Evidence:
        likely = np.maximum(likeness.name, likeness.way)
        return Evidence(
            rank=float(ranks[number]),
            lead=_ahead(ranks[:-1], number),
            elsewhere=float(ranks[number] - ranks[-1]),
            name=float(likeness.name[number]),
            way=float(likeness.way[number]),
            ahead=_ahead(likely, number),
            cover=self._covered(number, said).value,
            held=float(likeness.held[number]),
            known=likeness.known,
            size=math.log(1 + len(said.form.core)),
        )

    def _covered(self, number: int, said: Said) -> Cover:
        return max((cover(name, said) for name in self._covers[number]), key=lambda one: one.value)

    def _capped(self, score: _Score) -> _Score:
        return replace(score, value=min(score.value, self._limits.sure - _UNDER))


def _ahead(values: npt.NDArray[np.floating], number: int) -> float:
    """How far one is ahead of the best other, below 0 behind it; 0 where there is no other."""
    others = np.delete(values, number)
    return float(values[number] - others.max()) if others.size else 0.0


def _by_cosine(cosine: float, way: bool = False) -> _Score:
    """A cosine on the scale of covers: _WAY_NEAR becomes near, _WAY_SURE becomes sure. Likeness to a name alone is never firm: word order, and
    what is missing, count little in it."""
    slope = (_WITHOUT.sure - _WITHOUT.near) / (_WAY_SURE - _WAY_NEAR)
    value = min(1.0, _WITHOUT.near + (cosine - _WAY_NEAR) * slope)
    return _Score(value, value, firm=way and cosine >= _WAY_SURE, way=way)
