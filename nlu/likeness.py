"""How like a sentence is to the phrases that are indexed: cosines of characters and sounds, and how much of it a service's phrases hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """For each service, 0..1. name, way: the best cosine of its names, of its sentences. held: how much of what was said stands in some phrase of
    it. known: how much stands in any phrase of any."""

    name: Floats
    way: Floats
    held: Floats
    known: float


class Phrases:
    """The names and sentences of all services, as postings: features to the phrases that hold them. Immutable."""

    __slots__ = ("_count", "_holders", "_names", "_postings", "_rarity", "_services", "_size", "_unknown", "_ways")

    def __init__(self, count: int, names: Sequence[tuple[int, dict[str, float]]], ways: Sequence[tuple[int, dict[str, float]]]) -> None:
        """names, ways: number of the service and features (`Form.weighed`), each in the order of numbers. count: of services."""
        rows = [*names, *ways]
        self._count: Final = count
        self._size: Final = len(rows)
        self._names: Final = _Groups(0, [number for number, _ in names])
        self._ways: Final = _Groups(len(names), [number for number, _ in ways])
        seen: dict[str, dict[int, None]] = {}
        for number, bag in rows:
            for feature in bag:
                seen.setdefault(feature, {})[number] = None
        self._unknown: Final = math.log(1 + count) + 1
        self._rarity: Final = {feature: math.log((1 + count) / (1 + len(numbers))) + 1 for feature, numbers in seen.items()}
        self._holders: Final = {feature: np.array(list(numbers), dtype=np.intp) for feature, numbers in seen.items()}
        postings: dict[str, tuple[list[int], list[float]]] = {}
        for row, (_, bag) in enumerate(rows):
            for feature, weight in self._unit(bag).items():
                at, weights = postings.setdefault(feature, ([], []))
                at.append(row)
                weights.append(weight)
        self._postings: Final = {feature: (np.array(at, dtype=np.intp), np.array(weights)) for feature, (at, weights) in postings.items()}

    def like(self, bag: dict[str, float]) -> Likeness:
        """How like a sentence with these features is to everything."""
        name, way, held = np.zeros(self._count), np.zeros(self._count), np.zeros(self._count)
        known = [(*self._postings[feature], weight) for feature, weight in self._unit(bag).items() if feature in self._postings]
        if not known:
            return Likeness(name, way, held, 0.0)
        lengths = [len(rows) for rows, _, _ in known]
        weights = np.concatenate([weights for _, weights, _ in known]) * np.repeat([weight for _, _, weight in known], lengths)
        cosines = _summed(np.concatenate([rows for rows, _, _ in known]), weights, self._size)
        self._names.best(cosines, name)
        self._ways.best(cosines, way)
        told = {feature: count * self._rarity.get(feature, self._unknown) for feature, count in bag.items()}
        total = sum(told.values())
        found = [(self._holders[feature], weight) for feature, weight in told.items() if feature in self._holders]
        shares = np.repeat([weight / total for _, weight in found], [len(numbers) for numbers, _ in found])
        held = _summed(np.concatenate([numbers for numbers, _ in found]), shares, self._count)
        return Likeness(name, way, held, sum(weight for _, weight in found) / total)

    def _unit(self, bag: dict[str, float]) -> dict[str, float]:
        """Weights such that a product of two is the mean of the cosine of characters and that of sounds. Unknown features count in full."""
        weights = {feature: count * self._rarity.get(feature, self._unknown) for feature, count in bag.items()}
        norms = {"c": 0.0, "p": 0.0}
        for feature, weight in weights.items():
            norms[feature[0]] += weight * weight
        lengths = {kind: math.sqrt(2 * total) for kind, total in norms.items()}
        return {feature: weight / lengths[feature[0]] for feature, weight in weights.items()}


def _summed(at: npt.NDArray[np.intp], weights: Floats, size: int) -> Floats:
    return np.bincount(at, weights, minlength=size).astype(np.float64, copy=False)


class _Groups:
    """Rows that lie together, each group a service's."""

    __slots__ = ("_numbers", "_starts", "_stretch")

    def __init__(self, begin: int, numbers: list[int]) -> None:
        self._stretch = slice(begin, begin + len(numbers))
        starts = [at for at, number in enumerate(numbers) if not at or numbers[at - 1] != number]
        self._starts = np.array(starts, dtype=np.intp)
        self._numbers = np.array([numbers[at] for at in starts], dtype=np.intp)

    def best(self, of_rows: Floats, of_services: Floats) -> None:
        """The largest of each group's rows, written to its service."""
        if self._numbers.size:
            of_services[self._numbers] = np.maximum.reduceat(of_rows[self._stretch], self._starts)
