"""Whole numbers that keep their distances while springs between them are stretched least: layers, and places within them.

Solved exactly as the minimum-cost flow that is its dual (Gansner, Koutsofios, North, Vo: A technique for drawing directed graphs, 1993).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar, cast

import networkx as nx

Name = TypeVar("Name", bound=Hashable)


def settle(
    names: Iterable[Name], apart: Iterable[tuple[Name, Name, int]], springs: Iterable[tuple[Name, Name, int, int]]
) -> dict[Name, int]:
    """Whole numbers x >= 0 with x[b] - x[a] >= d for all (a, b, d) of `apart`, and sum of w·|x[b] - x[a] - d| over `springs` (a, b, d, w) least."""
    graph: nx.MultiDiGraph[Hashable] = nx.MultiDiGraph()
    root = object()
    for name in names:
        graph.add_edge(root, name, weight=0)
    for a, b, d in apart:
        graph.add_edge(a, b, weight=-d)
    for a, b, d, w in springs:
        graph.add_edge(a, b, weight=-d, capacity=w)
        graph.add_edge(b, a, weight=d, capacity=w)
    _, flow = nx.network_simplex(graph)
    left: nx.MultiDiGraph[Hashable] = nx.MultiDiGraph()
    for tail, head, key, arc in graph.edges(keys=True, data=True):
        used = flow[tail][head][key]
        if used < arc.get("capacity", used + 1):
            left.add_edge(tail, head, weight=arc["weight"])
        if used:
            left.add_edge(head, tail, weight=-arc["weight"])
    far = nx.single_source_bellman_ford_path_length(left, root)
    return {cast(Name, name): -int(at) for name, at in far.items() if name is not root}
