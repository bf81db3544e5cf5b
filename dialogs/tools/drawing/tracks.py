"""The lines between two layers of a picture: each gets a level for its horizontal part, so that none lies on another and few cross."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

#: Lines nearer than this (px) look like one.
NEAR = 9
#: Up to so many lines all orders are tried; more are sorted in one by one.
MOST_TRIED = 6


@dataclass(slots=True)
class Net:
    """A line between two layers: where (x) it touches the upper one, and the lower one."""

    upper: set[int] = field(default_factory=set)
    lower: set[int] = field(default_factory=set)

    def add(self, upper: Iterable[int], lower: Iterable[int]) -> None:
        """More ends."""
        self.upper.update(upper)
        self.lower.update(lower)

    @property
    def span(self) -> tuple[int, int]:
        """From its leftmost to its rightmost end."""
        ends = self.upper | self.lower
        return min(ends), max(ends)


def _cost(first: Net, second: Net) -> int:
    """What it costs to have the first above the second: 1 for a crossing, much for lying on one another."""
    (a, b), (c, d) = first.span, second.span
    cost = sum(c <= x <= d for x in first.lower) + sum(a <= x <= b for x in second.upper)
    return cost + 100 * sum(abs(x - y) < NEAR for x in first.lower for y in second.upper)


def _total(order: Sequence[Net]) -> int:
    return sum(_cost(first, second) for n, first in enumerate(order) for second in order[n + 1 :])


def tracks(nets: Mapping[Key, Net]) -> dict[Key, int]:
    """The level of each net, 0 for the uppermost; nets that do not meet share one."""
    bent = {key: net for key, net in nets.items() if net.span[0] != net.span[1]}
    order: list[Key] = []
    if len(bent) <= MOST_TRIED:
        order = list(min(permutations(bent), key=lambda keys: _total([bent[k] for k in keys]), default=()))
    else:
        for key in bent:
            ways = [[*order[:n], key, *order[n:]] for n in range(len(order) + 1)]
            order = min(ways, key=lambda keys: _total([bent[k] for k in keys]))
    levels: dict[Key, int] = {key: 0 for key in nets if key not in bent}
    done: list[Key] = []
    for key in order:
        a, b = bent[key].span
        met = [levels[k] for k in done if not (bent[k].span[1] + NEAR < a or b + NEAR < bent[k].span[0])]
        levels[key] = max(met, default=-1) + 1
        done.append(key)
    return {key: levels[key] for key in nets}
