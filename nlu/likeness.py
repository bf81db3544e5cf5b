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
            weights = self._weights(bag)
            lengths = _lengths(weights)
            for feature, weight in weights.items():
                at, values = postings.setdefault(feature, ([], []))
                at.append(row)
                values.append(weight / lengths[feature[0]])
        self._postings: Final = {feature: (np.array(at, dtype=np.intp), np.array(values)) for feature, (at, values) in postings.items()}

    def like(self, bag: dict[str, float]) -> Likeness:
        """How like a sentence with these features is to everything."""
        name, way = np.zeros(self._count), np.zeros(self._count)
        weights = self._weights(bag)
        found = [
            (self._postings[feature], self._holders[feature], feature[0], weight)
            for feature, weight in weights.items()
            if feature in self._postings
        ]
        if not found:
            return Likeness(name, way, np.zeros(self._count), 0.0)
        lengths = _lengths(weights)
        rows = np.concatenate([rows for (rows, _), _, _, _ in found])
        values = np.concatenate([values for (_, values), _, _, _ in found])
        values *= np.repeat([weight / lengths[kind] for _, _, kind, weight in found], [len(rows) for (rows, _), _, _, _ in found])
        cosines = _summed(rows, values, self._size)
        self._names.best(cosines, name)
        self._ways.best(cosines, way)
        total = sum(weights.values())
        shares = np.repeat([weight / total for _, _, _, weight in found], [len(holders) for _, holders, _, _ in found])
        held = _summed(np.concatenate([holders for _, holders, _, _ in found]), shares, self._count)
        return Likeness(name, way, held, sum(weight for _, _, _, weight in found) / total)

    def _weights(self, bag: dict[str, float]) -> dict[str, float]:
        """Unknown features count in full."""
        rarity, unknown = self._rarity, self._unknown
        return {feature: count * rarity.get(feature, unknown) for feature, count in bag.items()}


def _lengths(weights: dict[str, float]) -> dict[str, float]:
    """By which to divide the weights of characters and of sounds, so that a product of two phrases is the mean of both cosines."""
    squares = {"c": 0.0, "p": 0.0}
    for feature, weight in weights.items():
        squares[feature[0]] += weight * weight
    return {kind: math.sqrt(2 * total) for kind, total in squares.items()}


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
