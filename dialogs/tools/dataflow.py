"""How slots move through a flow as written: which step reads which names, where each step leads, and what is filled on the way.

The ground of two things: the check's "used before it is filled", and the walk's notion of what still matters at a step (`situation`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from dialogs.flow import (
    AnyStep,
    AskStep,
    CallStep,
    ChooseStep,
    DoStep,
    EndStep,
    Flow,
    FormStep,
    GoStep,
    HandOverStep,
    Line,
    Offer,
    SetStep,
    WhenStep,
)
from dialogs.load import Place


class _AnyFilter(dict[str, Any]):
    """Every name is a filter here: whether it is one, `dialogs.templates` knows."""

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name, default) or str


_JINJA = Environment(autoescape=False)  # noqa: S701  # only parses; nothing is rendered with it
_JINJA.filters = _AnyFilter(_JINJA.filters)

#: A slot, and the fields of it that are read: ("wish", "intent").
Chain = tuple[str, ...]

#: The parts of a step that are said, in the order they come up.
SAID = ("say", "prompt", "retry", "rescue", "help", "again")


@dataclass(frozen=True, slots=True)
class Use:
    """A place of a step that reads slots. names: what must be filled there. chains: all that is read. control: it decides where things go."""

    place: Place
    names: frozenset[str]
    chains: frozenset[Chain]
    control: bool


@dataclass(frozen=True, slots=True)
class Way:
    """One way on from a step: to `goal`, with these slots filled behind it."""

    goal: str
    fills: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def _parsed(source: str, expression: bool) -> nodes.Template | None:
    try:
        return _JINJA.parse(f"{{{{ ({source}) }}}}" if expression else source)
    except TemplateSyntaxError:
        return None  # the check reports it as such


@lru_cache(maxsize=4096)
def needed(source: str, *, expression: bool = False) -> frozenset[str]:
    """The names that must be filled for this to be evaluated: not those under `is defined` or `default`, nor a name that stands alone.

    A lone name in an expression that is not filled is None there (`dialogs.templates.evaluate`).
    """
    tree = _parsed(source, expression)
    if tree is None or (expression and _lone(tree) is not None):
        return frozenset()
    tolerated = {
        name.name
        for kind, tests in ((nodes.Test, ("defined", "undefined", "none")), (nodes.Filter, ("default", "d")))
        for node in tree.find_all(kind)
        if node.name in tests
        for name in node.find_all(nodes.Name)
    }
    return frozenset(meta.find_undeclared_variables(tree) - tolerated)


@lru_cache(maxsize=4096)
def sure_after(source: str) -> frozenset[str]:
    """Names that are certainly filled where this expression holds: `item`, `item and …`, `item is defined`."""
    tree = _parsed(source, expression=True)
    if tree is None:
        return frozenset()
    output = tree.body[0]
    return _sure(output.nodes[0]) if isinstance(output, nodes.Output) else frozenset()


def _sure(node: nodes.Node) -> frozenset[str]:
    match node:
        case nodes.Name():
            return frozenset({node.name})
        case nodes.And():
            return _sure(node.left) | _sure(node.right)
        case nodes.Test() if node.name == "defined" and isinstance(node.node, nodes.Name):
            return frozenset({node.node.name})
    return frozenset()


def _lone(tree: nodes.Template) -> str | None:
    output = tree.body[0] if len(tree.body) == 1 else None
    only = output.nodes[0] if isinstance(output, nodes.Output) and len(output.nodes) == 1 else None
    return only.name if isinstance(only, nodes.Name) else None


@lru_cache(maxsize=4096)
def chains(source: str, *, expression: bool = False) -> frozenset[Chain]:
    """What is read of which slot: `wish.intent == 'x'` reads ("wish", "intent")."""
    tree = _parsed(source, expression)
    if tree is None:
        return frozenset()
    free = meta.find_undeclared_variables(tree)
    return frozenset(chain for chain in _read_in(tree) if chain[0] in free)


def _read_in(node: nodes.Node) -> Iterator[Chain]:
    if chain := _chain(node):
        yield chain
    else:
        for child in node.iter_child_nodes():
            yield from _read_in(child)


def _chain(node: nodes.Node) -> Chain:
    match node:
        case nodes.Name():
            return (node.name,)
        case nodes.Getattr(node=of, attr=field) | nodes.Getitem(node=of, arg=nodes.Const(value=field)):
            before = _chain(of)
            return (*before, str(field)) if before else ()
    return ()


def compared(flow: Flow, slot: str) -> tuple[str, ...]:
    """The values that a flow's conditions hold a slot against: `facet == 'fee'` or `facet in ['fee', 'time']`."""
    found: dict[str, None] = {}
    for step in flow.steps.values():
        for _, source in expressions(step):
            tree = _parsed(source, expression=True)
            for test in tree.find_all(nodes.Compare) if tree else ():
                if isinstance(test.expr, nodes.Name) and test.expr.name == slot:
                    found |= dict.fromkeys(str(c.value) for c in test.find_all(nodes.Const))
    return tuple(found)


def lines(step: AnyStep) -> Iterator[tuple[str, Line]]:
    """All that a step may say, by part."""
    for part in SAID:
        if isinstance(line := getattr(step, part, None), Line):
            yield part, line


def offers(step: AnyStep) -> tuple[Offer, ...]:
    """The choices written in a step."""
    return step.choices if isinstance(step, AskStep | ChooseStep) else ()


def _use(place: Place, source: str | None, *, expression: bool = True, control: bool = True) -> Iterator[Use]:
    if source:
        yield Use(place, needed(source, expression=expression), chains(source, expression=expression), control)


def uses(step: AnyStep) -> Iterator[Use]:
    """Every place of a step that reads slots, below ("steps", name)."""
    for part, line in lines(step):
        yield from _use((part,), line.text, expression=False, control=False)
        yield from _use((part, "speech"), line.speech, expression=False, control=False)
    for n, offer in enumerate(offers(step)):
        for part in ("label", "speech", "hint"):
            yield from _use(("choices", n, part), getattr(offer, part), expression=False, control=False)
    for place, source in expressions(step):
        yield from _use(place, source, control=not isinstance(step, DoStep))


def expressions(step: AnyStep) -> Iterator[tuple[Place, str]]:
    """Every expression of a step with its place."""
    match step:
        case AskStep(choices_from=str(source)) | ChooseStep(choices_from=str(source)):
            yield ("choices_from",), source
        case FormStep():
            yield ("fields",), step.fields
            if step.told:
                yield ("told",), step.told
        case WhenStep():
            yield from ((("when", n, "if"), branch.if_) for n, branch in enumerate(step.when))
        case SetStep():
            yield from ((("set", slot), source) for slot, source in step.set.items())
        case DoStep() | CallStep():
            yield from ((("with", slot), source) for slot, source in step.with_.items())


def ways(flow: Flow, name: str) -> Iterator[Way]:
    """Everywhere a step can lead within its flow."""
    step, after = flow.steps[name], flow.after(name)
    match step:
        case GoStep():
            yield Way(step.go)
            return
        case EndStep() | HandOverStep():
            return
        case DoStep():
            for goal in step.then.values():
                yield Way(goal, frozenset({step.into} if step.into else ()))
            return
        case WhenStep():
            for branch in step.when:
                yield Way(branch.go, sure_after(branch.if_))
        case ChooseStep():
            for offer in step.choices:
                if offer.go:
                    yield Way(offer.go, frozenset({step.choose}))
    fills: frozenset[str] = frozenset()
    match step:
        case AskStep():
            fills = frozenset({step.ask})
        case ChooseStep():
            fills = frozenset({step.choose})
        case FormStep():
            fills = frozenset({step.form})
        case SetStep():
            fills = frozenset(step.set)
    if after is not None:
        yield Way(after, fills)


def filled(flow: Flow, entries: Mapping[str, Set[str]]) -> dict[str, frozenset[str]]:
    """For each step that can be come to, the slots that are filled whichever way one came. entries: step -> slots filled when entered there."""
    known: dict[str, frozenset[str]] = {}
    queue: deque[tuple[str, frozenset[str]]] = deque((step, frozenset(slots)) for step, slots in entries.items())
    while queue:
        name, having = queue.popleft()
        before = known.get(name)
        now = having if before is None else before & having
        if now == before or name not in flow.steps:
            continue
        known[name] = now
        queue.extend((way.goal, now | way.fills) for way in ways(flow, name))
    return known


def way_without(flow: Flow, entries: Mapping[str, Set[str]], goal: str, slot: str) -> tuple[str, ...]:
    """The shortest way to a step on which a slot is never filled, as step names."""
    queue: deque[tuple[str, ...]] = deque((step,) for step, slots in entries.items() if slot not in slots)
    seen = {path[-1] for path in queue}
    while queue:
        path = queue.popleft()
        if path[-1] == goal:
            return path
        if path[-1] not in flow.steps:
            continue
        for way in ways(flow, path[-1]):
            if slot not in way.fills and way.goal not in seen:
                seen.add(way.goal)
                queue.append((*path, way.goal))
    return (goal,)
