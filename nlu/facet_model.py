"""A linear model of which part of a guide a question asks about, for wording that no pattern knows.

Characters alone and in pairs, with the sentence's edges; one weight for each feature and kind, "none" being a kind. The weights are learnt of
`data/facet_examples.tsv` by `python -m nlu.facet_training` and lie beside it (`facet_features.txt`, `facet_weights.npy`). Sounds were tried
beside characters: they cost as much as all the rest and brought nothing on held-out sentences.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from nlu.tables import FOLDER

Weights = npt.NDArray[np.float32]

NONE: Final = "none"
KINDS: Final = ("materials", "days", "fee", "place", "contact", "who", "steps", "result", "hours", "basis", "benefit", NONE)
"""The columns of the weights."""

BIAS: Final = "bias"
"""The name of the first row."""

_AGE = re.compile(r"[0-9零一二三四五六七八九十百]+(?=[岁了多])")
_EDGE: Final = "|"


@dataclass(frozen=True, slots=True)
class Leaning:
    """What a sentence leans to. lead: how far the kind is ahead of "none", about -2..2. evidence: the words that speak most for it."""

    kind: str
    lead: float
    evidence: str


def features(core: str) -> list[tuple[str, int]]:
    """Features of a sentence without padding, each with where it begins. Ages are one age."""
    words = f"{_EDGE}{_AGE.sub('8', core)}{_EDGE}"
    return [(words[at : at + size], at) for size in (1, 2) for at in range(len(words) - size + 1)]


class FacetModel:
    """Weights ready to be summed. Immutable."""

    __slots__ = ("_bias", "_rows", "_weights")

    def __init__(self, names: tuple[str, ...], weights: Weights) -> None:
        if weights.shape != (len(names), len(KINDS)) or names[:1] != (BIAS,):
            raise ValueError(f"weights of shape {weights.shape} for {len(names)} features; learn them again: python -m nlu.facet_training")
        self._rows: Final = {name: row for row, name in enumerate(names)}
        self._weights: Final = weights
        self._bias: Final = weights[0]

    def scores(self, core: str) -> Weights:
        """A score for each of KINDS, about -1 to 1."""
        found = {name for name, _ in features(core)}
        rows = [self._rows[name] for name in found if name in self._rows]
        total: Weights = self._bias + self._weights[rows].sum(axis=0) / math.sqrt(len(found))
        return total

    def leaning(self, core: str) -> Leaning:
        """The best kind beside "none"."""
        scores = self.scores(core)
        best = int(np.argmax(scores[:-1]))
        return Leaning(KINDS[best], float(scores[best] - scores[-1]), self._evidence(core, best))

    def lead(self, core: str, kind: str) -> float:
        """How far a kind is ahead of "none"."""
        scores = self.scores(core)
        return float(scores[KINDS.index(kind)] - scores[-1])

    def _evidence(self, core: str, kind: int) -> str:
        """The stretch of words whose features speak most for a kind and against none."""
        words = _AGE.sub("8", core)
        for_it = [0.0] * (len(words) + 2)
        for name, at in features(core):
            if name in self._rows:
                weight = self._weights[self._rows[name]]
                for place in range(at, at + len(name)):
                    for_it[place] += float(weight[kind] - weight[-1]) / len(name)
        best, begin, end, total, start = 0.0, 0, 0, 0.0, 0
        for place, value in enumerate(for_it[1:-1]):
            if total <= 0.0:
                total, start = 0.0, place
            total += value
            if total > best:
                best, begin, end = total, start, place + 1
        return words[begin:end]


@cache
def facet_model() -> FacetModel:
    """The shipped model."""
    names = tuple((FOLDER / "facet_features.txt").read_text("utf-8").splitlines())
    return FacetModel(names, np.load(FOLDER / "facet_weights.npy").astype(np.float32))
