"""How likely it is that a sentence means a service, from several kinds of evidence together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one service.

    rank: what the linear model says of it, about -1.5 to 1.5. lead: how far that is ahead of the best other service, below 0 behind it.
    elsewhere: how far it is ahead of "none of them". name, way: likeness to its names and sentences, 0..1. ahead: how far the better of the two
    is ahead of the best other service's. cover: how much of a name of it was said, 0..1. held: how much of what was said stands in some phrase of
    it, 0..1. known: how much stands in any phrase of any. size: the logarithm of one more than the characters said.
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


#: Learnt by benchmarks/nlu/learn_judge.py.
_WEIGHTS: Final = (
    ("rank", 1.238),
    ("lead", 1.237),
    ("elsewhere", 0.174),
    ("name", 0.673),
    ("way", -0.451),
    ("ahead", 0.604),
    ("cover", 1.391),
    ("held", 2.620),
    ("known", -0.952),
    ("size", 1.603),
)
_BIAS: Final = -6.678


def chance(evidence: Evidence) -> float:
    """How likely it is that this service is meant, 0..1: a logistic sum, whose weights were learnt on sentences that the model had not seen, with
    a fifth of the services left out each time, so that it also learnt what a service looks like that is not there."""
    total = _BIAS + sum(weight * getattr(evidence, name) for name, weight in _WEIGHTS)
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))
