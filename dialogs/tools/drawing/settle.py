"""Whole numbers that keep their distances while springs between them are stretched least: layers, and places within them.

Solved exactly as the minimum-cost flow that is its dual (Gansner, Koutsofios, North, Vo: A technique for drawing directed graphs, 1993).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import networkx as nx


def settle(
    names: Iterable[Hashable], apart: Iterable[tuple[Hashable, Hashable, int]], springs: Iterable[tuple[Hashable, Hashable, int, int]]
) -> dict[Hashable, int]:
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
    for a, b, key, arc in graph.edges(keys=True, data=True):
        used = flow[a][b][key]
        if used < arc.get("capacity", used + 1):
            left.add_edge(a, b, weight=arc["weight"])
        if used:
            left.add_edge(b, a, weight=-arc["weight"])
    far = nx.single_source_bellman_ford_path_length(left, root)
    return {name: -int(at) for name, at in far.items() if name is not root}
