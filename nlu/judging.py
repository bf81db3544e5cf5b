"""Which of the services looked at is meant, and whether any is: two logistic sums over several kinds of evidence.

Their weights were learnt by `benchmarks/meaning/learn_judge.py` on sentences that the model had not seen, with a fifth of the services left out each
time, so that the second also learnt what a sentence looks like whose service is not there. They do not depend on the catalogue at hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one service.

    rank: what the linear model says of it, about -1.5 to 1.5. lead: how far that is ahead of the best other service, below 0 behind it.
    elsewhere: how far it is ahead of "none of them". name, way: likeness to its names and sentences, 0..1. ahead: how far the better of the two
    is ahead of the best other service's. cover: how much of a name of it was said, 0..1. held: how much of what was said stands in some phrase of
    it, 0..1. known: how much stands in any phrase of any. size: the logarithm of one more than the characters said; of a long story less is
    known word by word.
    """

    rank: float
    lead: float
    elsewhere: float
    name: float
    way: float
    ahead: float
    cover: float
    held: float
    known: float
    size: float


_RANK, _HELD = 4.60, 3.24
_SECOND, _WAVERS = 8.0, 0.3
"""What a second opinion counts, and how little the first is ahead where it is asked; of 2 to 8 and 0.1 to 0.5 the best on half of the test."""
_OURS: Final = (
    ("rank", -0.22),
    ("lead", 0.38),
    ("elsewhere", 0.66),
    ("name", -0.50),
    ("way", 1.12),
    ("ahead", 1.14),
    ("cover", 1.47),
    ("held", 1.69),
    ("known", -0.09),
    ("size", 2.08),
)
_OURS_BIAS: Final = -7.49


def for_each(rank: Floats, held: Floats) -> Floats:
    """What speaks for each service (see `Evidence`), on the scale of `shares`."""
    return _RANK * rank + _HELD * held


def shares(sums: Floats) -> Floats:
    """How likely it is that each is the one that is meant if one of them is, together 1. sums: from `for_each`."""
    parts = np.exp(sums - sums.max(initial=-np.inf))
    return np.asarray(parts / parts.sum())


def wavers(parts: Iterable[float]) -> bool:
    """Whether the first is so little ahead of the next (see `shares`) that a second opinion is worth its time: for about a quarter of sentences."""
    first_two = sorted(parts, reverse=True)[:2]
    return len(first_two) == 2 and first_two[0] - first_two[1] < _WAVERS


def with_second(sums: Floats, likeness: Floats) -> Floats:
    """`for_each` with a second opinion (`nlu.semantic`)."""
    return sums + _SECOND * likeness


def ours(best: Evidence) -> float:
    """How likely it is that the sentence means a service of ours at all, 0..1, by the evidence for the best of them."""
    total = _OURS_BIAS + sum(weight * getattr(best, name) for name, weight in _OURS)
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))
