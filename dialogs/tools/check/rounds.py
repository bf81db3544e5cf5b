"""What only the whole walk shows: rounds through the records, rounds of refused answers, and conversations that never come to an end."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from dialogs.outcome import Do, End, HandOver, Wait
from dialogs.tools.check.findings import Code
from dialogs.tools.check.proof import Proof
from dialogs.tools.explore import Edge, Walk
from dialogs.tools.inputs import Kind

Graph = Mapping[str, list[Edge]]


def rounds(proof: Proof, walk: Walk) -> None:
    """Findings about the walk as a graph."""
    _round(
        proof,
        walk,
        {Kind.DONE},
        Code.CIRCLE,
        "the records are asked over and over without a question in between; end the circle at a person",
    )
    message = "an answer that is turned down leads back to the same question, over and over; let the resident choose what to do instead"
    _round(proof, walk, {Kind.ANSWER, Kind.DONE}, Code.TRAP, message)
    _endless(proof, walk)


def _graph(edges: Iterable[Edge], kinds: set[Kind]) -> dict[str, list[Edge]]:
    graph: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        if edge.kind in kinds:
            graph[edge.begin].append(edge)
    return graph


def _round(proof: Proof, walk: Walk, kinds: set[Kind], code: Code, message: str) -> None:
    """The nearest situation from which such inputs alone lead back to it; of typed answers at least one must be among them."""
    graph = _graph(walk.edges, kinds)
    starts = Do if code is Code.CIRCLE else Wait
    reported: set[str] = set()
    for key, visit in walk.visits.items():
        if not isinstance(visit.turn.then, starts) or key in reported:
            continue
        way = _way(graph, key, lambda k, key=key: k == key)  # type: ignore[misc]  # mypy knows no default of a lambda
        if way is not None:
            reported |= {edge.end for edge in way}
            proof.on_the_way(replace(visit, path=(*visit.path, *(edge.label for edge in way))), code, message)


def _endless(proof: Proof, walk: Walk) -> None:
    """A question from which no answers lead to an end or to a person."""
    graph = _graph(walk.edges, {Kind.CHOICE, Kind.ANSWER, Kind.DONE, Kind.OTHER})
    answers = {k: [e for e in edges if e.kind is not Kind.OTHER or not e.label.startswith(("!", "<"))] for k, edges in graph.items()}
    ends = {key for key, visit in walk.visits.items() if isinstance(visit.turn.then, End | HandOver)}
    leads = _leading_to(answers, ends)
    for key, visit in walk.visits.items():
        if isinstance(visit.turn.then, Wait) and key not in leads:
            proof.on_the_way(visit, Code.ENDLESS, "no answers lead from here to an end of the conversation; lead one to an 'end'")
            return  # one is enough: the others of the round are the same mistake


def _leading_to(graph: Graph, goals: set[str]) -> set[str]:
    before: dict[str, set[str]] = defaultdict(set)
    for edges in graph.values():
        for edge in edges:
            before[edge.end].add(edge.begin)
    found, queue = set(goals), deque(goals)
    while queue:
        for key in before[queue.popleft()] - found:
            found.add(key)
            queue.append(key)
    return found


def _way(graph: Graph, begin: str, there: Callable[[str], bool]) -> tuple[Edge, ...] | None:
    """The shortest way of at least one edge from a situation; None when there is none."""
    queue: deque[tuple[Edge, ...]] = deque((edge,) for edge in graph.get(begin, ()))
    seen: set[str] = set()
    while queue:
        way = queue.popleft()
        end = way[-1].end
        if there(end):
            return way
        if end not in seen:
            seen.add(end)
            queue.extend((*way, edge) for edge in graph.get(end, ()))
    return None
