"""The order of things within layers, so that few of the lines between layers cross. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)
#: Sweeps, down and up in turn; more have not bettered any picture of ours.
ROUNDS = 12


def uncrossed(layers: Sequence[Sequence[Thing]], joins: Sequence[tuple[Thing, Thing]]) -> list[list[Thing]]:
    """The layers reordered: barycentres down and up, then neighbours swapped while that helps; the best order met is taken.

    joins: neighbours in adjacent layers, the upper one first.
    """
    above: dict[Thing, list[Thing]] = {}
    below: dict[Thing, list[Thing]] = {}
    for a, b in joins:
        above.setdefault(b, []).append(a)
        below.setdefault(a, []).append(b)
    best = now = [list(layer) for layer in layers]
    least = _crossings(best, joins)
    for turn in range(ROUNDS):
        down = turn % 2 == 0
        now = [list(layer) for layer in now]
        for at in range(1, len(now)) if down else range(len(now) - 2, -1, -1):
            now[at] = _by_centre(now[at], now[at - 1 if down else at + 1], above if down else below)
        _swap(now, joins)
        if (count := _crossings(now, joins)) < least:
            best, least = now, count
    return best


def _by_centre(layer: Sequence[Thing], fixed: Sequence[Thing], near: dict[Thing, list[Thing]]) -> list[Thing]:
    """A layer in the order of the middles of what its things join in the fixed one; what joins nothing keeps its place."""
    place = {thing: n for n, thing in enumerate(fixed)}
    centre: dict[Thing, float] = {}
    for n, thing in enumerate(layer):
        beside = [place[other] for other in near.get(thing, ()) if other in place]
        centre[thing] = sum(beside) / len(beside) if beside else n
    return sorted(layer, key=lambda thing: centre[thing])


def _crossings(layers: Sequence[Sequence[Thing]], joins: Sequence[tuple[Thing, Thing]]) -> int:
    place = {thing: (n, at) for at, layer in enumerate(layers) for n, thing in enumerate(layer)}
    count = 0
    by_layer: dict[int, list[tuple[int, int]]] = {}
    for a, b in joins:
        by_layer.setdefault(place[a][1], []).append((place[a][0], place[b][0]))
    for ends in by_layer.values():
        for n, (left, right) in enumerate(ends):
            count += sum((left - c) * (right - d) < 0 for c, d in ends[n + 1 :])
    return count


def _swap(layers: list[list[Thing]], joins: Sequence[tuple[Thing, Thing]]) -> None:
    """Swaps neighbours as long as that saves a crossing."""
    count = _crossings(layers, joins)
    for layer in layers:
        for n in range(len(layer) - 1):
            layer[n], layer[n + 1] = layer[n + 1], layer[n]
            if (now := _crossings(layers, joins)) < count:
                count = now
            else:
                layer[n], layer[n + 1] = layer[n + 1], layer[n]
