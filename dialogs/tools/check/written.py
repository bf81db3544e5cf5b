"""The flows as written: names that lead nowhere, actions that do not exist, templates that cannot be read, slots used before they are filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from dialogs.actions import SPECS
from dialogs.book import MAIN, MENU
from dialogs.engine import ABOUT, CALL_BACK
from dialogs.flow import AskStep, CallStep, ChooseStep, DoStep, EndStep, Flow, GoStep, HandOverStep, WhenStep
from dialogs.load import Place
from dialogs.slots.table import SLOT_TYPES
from dialogs.templates import TemplateError, readable
from dialogs.tools.check.findings import Code
from dialogs.tools.check.proof import Proof
from dialogs.tools.dataflow import expressions, filled, lines, offers, uses, way_without


def as_written(proof: Proof) -> None:
    """Every finding that needs no walk."""
    for flow in proof.book.flows.values():
        _targets(proof, flow)
        _sources(proof, flow)
        for name, step in flow.steps.items():
            match step:
                case DoStep():
                    _do(proof, flow, name, step)
                case CallStep():
                    _call(proof, flow, name, step)
                case AskStep(type=kind) if kind not in SLOT_TYPES:
                    there = ", ".join(SLOT_TYPES)
                    proof.at(flow.flow, ("steps", name, "type"), Code.SLOT_TYPE, f"no slot type {kind!r}; there are {there}")
    _main(proof)
    _recursion(proof)
    if not proof.found:
        for flow in proof.book.flows.values():
            _unfilled(proof, flow)


def _main(proof: Proof) -> None:
    flows = proof.book.flows
    if not flows:
        raise ValueError("there are no flows to check: is the folder right?")
    where = MAIN if MAIN in flows else next(iter(flows))
    for needed in (MAIN, ABOUT, CALL_BACK):
        if needed not in flows:
            proof.at(where, ("flow",), Code.NO_MAIN, f"there is no flow {needed!r}, which the engine itself runs; add it")
    if MAIN in flows and not isinstance(flows[MAIN].steps.get(MENU), AskStep | ChooseStep):
        proof.at(MAIN, ("steps",), Code.NO_MAIN, f"{MAIN!r} has no question {MENU!r}; 主菜单 leads there")


def _targets(proof: Proof, flow: Flow) -> None:
    steps = ", ".join(sorted(flow.steps))
    for name, step in flow.steps.items():
        for goal, part in _goals(step):
            if goal not in flow.steps:
                proof.at(flow.flow, ("steps", name, *part), Code.NO_STEP, f"no step {goal!r} in this flow; steps are {steps}")
        if not isinstance(step, GoStep | EndStep | HandOverStep | DoStep) and flow.after(name) is None:
            message = "the last step goes nowhere; give it a 'next', or an 'end' step below it"
            proof.at(flow.flow, ("steps", name), Code.DEAD_END, message)


def _goals(step: object) -> Iterator[tuple[str, Place]]:
    """The steps that a step names, and where."""
    if isinstance(goal := getattr(step, "next", None), str):
        yield goal, ("next",)
    match step:
        case GoStep(go=goal):
            yield goal, ("go",)
        case ChooseStep(choices=choices):
            yield from ((offer.go, ("choices", n, "go")) for n, offer in enumerate(choices) if offer.go)
        case DoStep(then=then):
            yield from ((goal, ("then", outcome)) for outcome, goal in then.items())
        case WhenStep(when=when):
            yield from ((branch.go, ("when", n, "go")) for n, branch in enumerate(when))


def _sources(proof: Proof, flow: Flow) -> None:
    """Templates and expressions can be read."""
    for name, step in flow.steps.items():
        said: list[tuple[Place, str]] = [((part,), source) for part, line in lines(step) for source in (line.text, line.speech) if source]
        said += [(("choices", n), source) for n, o in enumerate(offers(step)) for source in (o.label, o.hint, o.speech or "")]
        for code, sources in ((Code.TEMPLATE, said), (Code.EXPRESSION, list(expressions(step)))):
            for part, source in sources:
                try:
                    readable(source, expression=code is Code.EXPRESSION)
                except TemplateError as wrong:
                    proof.at(flow.flow, ("steps", name, *part), code, str(wrong))


def _do(proof: Proof, flow: Flow, name: str, step: DoStep) -> None:
    place: Place = ("steps", name)
    spec = SPECS.get(step.do)
    if spec is None:
        proof.at(flow.flow, (*place, "do"), Code.NO_ACTION, f"no action {step.do!r}; there are {', '.join(SPECS)}")
        return
    for outcome in sorted(set(spec.samples) - set(step.then)):
        message = f"{step.do!r} may end as {outcome!r}; say under 'then' where that leads"
        proof.at(flow.flow, (*place, "then"), Code.OUTCOME, message)
    for outcome in sorted(set(step.then) - set(spec.samples)):
        proof.at(flow.flow, (*place, "then", outcome), Code.OUTCOME, f"{step.do!r} never ends as {outcome!r}; take the line away")
    if set(step.with_) != set(spec.arguments):
        wants = ", ".join(sorted(spec.arguments)) or "nothing"
        message = f"{step.do!r} takes {wants}, not {', '.join(step.with_) or 'nothing'}"
        proof.at(flow.flow, (*place, "with"), Code.ARGUMENTS, message)


def _call(proof: Proof, flow: Flow, name: str, step: CallStep) -> None:
    called = proof.book.flows.get(step.call)
    if called is None:
        there = ", ".join(sorted(proof.book.flows))
        proof.at(flow.flow, ("steps", name, "call"), Code.NO_FLOW, f"no flow {step.call!r}; there are {there}")
        return
    for slot in sorted(set(step.with_) - set(called.slots)):
        takes = ", ".join(called.slots) or "nothing"
        proof.at(flow.flow, ("steps", name, "with", slot), Code.NO_SLOT, f"{step.call!r} takes no {slot!r}, but {takes}")


def _recursion(proof: Proof) -> None:
    calls = {f.flow: [(n, s.call) for n, s in f.steps.items() if isinstance(s, CallStep)] for f in proof.book.flows.values()}
    for flow, named in calls.items():
        for step, called in named:
            way = _way(calls, called, flow)
            if way:
                circle = (flow, *way)
                message = f"{flow!r} calls itself: {' → '.join(circle)}; use 'next' within one flow, or end the called one first"
                proof.at(flow, ("steps", step, "call"), Code.RECURSION, message, path=circle)


def _way(calls: Mapping[str, list[tuple[str, str]]], begin: str, goal: str) -> tuple[str, ...]:
    """The shortest way by calls from one flow to another; empty when there is none."""
    ways: list[tuple[str, ...]] = [(begin,)]
    seen = {begin}
    for way in ways:  # grows while it is walked
        if way[-1] == goal:
            return way
        fresh = [called for _, called in calls.get(way[-1], ()) if called not in seen]
        seen |= set(fresh)
        ways += [(*way, called) for called in fresh]
    return ()


def _entries(proof: Proof, flow: Flow) -> dict[str, Set[str]]:
    """Where a flow can be entered, and which slots are filled there: its arguments as far as every call gives them."""
    if flow.flow == MAIN:
        return {flow.start: frozenset(), MENU: frozenset()}
    given = [set(s.with_) for f in proof.book.flows.values() for s in f.steps.values() if isinstance(s, CallStep) and s.call == flow.flow]
    return {flow.start: frozenset.intersection(*map(frozenset, given)) if given else frozenset(flow.slots)}


def _unfilled(proof: Proof, flow: Flow) -> None:
    entries = _entries(proof, flow)
    known = filled(flow, entries)
    for name, step in flow.steps.items():
        if name not in known:
            continue  # nobody comes here: that is another finding
        for use in uses(step):
            for slot in sorted(use.names - known[name]):
                way = way_without(flow, entries, name, slot)
                message = (
                    f"{slot!r} is used here, but nothing fills it on this way; ask, set or give it before, or test `{slot} is defined`"
                )
                proof.at(flow.flow, ("steps", name, *use.place), Code.UNFILLED, message, path=tuple(f"{flow.flow}.{s}" for s in way))
