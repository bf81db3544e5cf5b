"""`onestop check`: what can be known about the flows before a resident meets them, each finding with file, line and the shortest way there.

Two passes: the flows as written (names that lead nowhere, actions that do not exist, templates that cannot be read), then, if they hold
together, the flows as they run (`explore`): every step reached, nothing breaks, a person one input away from every question, every kind of
failure repeated ends at a person, every prompt within every terminal's budget, every choice hearable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from dialogs.actions import SPECS
from dialogs.book import MAIN, MENU, Book
from dialogs.contract import Budget, Prompt
from dialogs.engine import advance
from dialogs.flow import (
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
    SayStep,
    SetStep,
    WhenStep,
)
from dialogs.heard import Command
from dialogs.load import Finding, Place
from dialogs.outcome import HandOver, Wait
from dialogs.question import expectation, question, shown
from dialogs.slots import SLOT_TYPES
from dialogs.templates import TemplateError, readable
from dialogs.tools.explore import FAILURES, Broken, Visit, ends_at_a_person, explore

#: How sure: is this phrase in the loaded recogniser's vocabulary?
Hearable = Callable[[str], bool]


class Checker:
    """Collects findings, each once."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.findings: dict[tuple[str, str, str], Finding] = {}

    def add(self, flow: str, place: Place, code: str, message: str) -> None:
        """One finding at a place of a flow; the first of its kind at that place stays."""
        source = self.book.sources[flow]
        finding = Finding(source.file, source.line(*place), code, message)
        self.findings.setdefault((flow, str(place), code), finding)


def check(book: Book, budgets: Iterable[Budget], hearable: Hearable | None = None) -> list[Finding]:
    """All findings, by file and line; none is a pass."""
    checker = Checker(book)
    for flow in book.flows.values():
        _as_written(checker, flow)
    if MAIN not in book.flows or MENU not in book.flows[MAIN].steps:
        raise ValueError(f"there must be a flow {MAIN!r} with a step {MENU!r}: every conversation begins there")
    if not checker.findings:
        for budget in budgets:
            _as_run(checker, budget, hearable)
    return sorted(checker.findings.values(), key=lambda f: (f.file, f.line, f.code))


def _lines(step: object) -> Iterator[tuple[str, Line]]:
    for part in ("say", "prompt", "retry", "rescue", "help"):
        if isinstance(line := getattr(step, part, None), Line):
            yield part, line


def _as_written(checker: Checker, flow: Flow) -> None:
    names = set(flow.steps)
    for name, step in flow.steps.items():
        place: Place = ("steps", name)

        def target(goal: str | None, *where: str | int, place: Place = place) -> None:
            if goal is not None and goal not in names:
                checker.add(flow.flow, (*place, *where), "no-step", f"no step {goal!r} in this flow; steps are {', '.join(sorted(names))}")

        def expression(source: str, *where: str | int, place: Place = place) -> None:
            try:
                readable(source, expression=True)
            except TemplateError as wrong:
                checker.add(flow.flow, (*place, *where), "expression", str(wrong))

        for part, line in _lines(step):
            for source in (line.text, line.speech or ""):
                try:
                    readable(source)
                except TemplateError as wrong:
                    checker.add(flow.flow, (*place, part), "template", str(wrong))
        target(getattr(step, "next", None), "next")
        if not isinstance(step, GoStep | EndStep | HandOverStep) and flow.after(name) is None:
            checker.add(flow.flow, place, "dead-end", "the last step goes nowhere; give it a 'next', or an 'end' step below it")
        match step:
            case AskStep(type=kind) if kind not in SLOT_TYPES:
                checker.add(flow.flow, (*place, "type"), "slot-type", f"no slot type {kind!r}; there are {', '.join(SLOT_TYPES)}")
            case ChooseStep(choices=choices):
                for n, offer in enumerate(choices):
                    target(offer.go, "choices", n, "go")
            case FormStep(fields=fields):
                expression(fields, "fields")
            case DoStep():
                _as_written_do(checker, flow, name, step)
                for outcome, goal in step.then.items():
                    target(goal, "then", outcome)
            case WhenStep(when=when):
                for n, branch in enumerate(when):
                    target(branch.go, "when", n, "go")
                    expression(branch.if_, "when", n, "if")
            case SetStep(set=values):
                for slot, source in values.items():
                    expression(source, "set", slot)
            case CallStep(call=called, with_=given):
                if called not in checker.book.flows:
                    checker.add(flow.flow, (*place, "call"), "no-flow", f"no flow {called!r}")
                for slot in set(given) - set(checker.book.flows[called].slots if called in checker.book.flows else given):
                    checker.add(flow.flow, (*place, "with", slot), "no-slot", f"{called!r} takes no {slot!r}")
            case GoStep(go=goal):
                target(goal, "go")
            case SayStep() | EndStep() | HandOverStep() | AskStep():
                pass


def _as_written_do(checker: Checker, flow: Flow, name: str, step: DoStep) -> None:
    place: Place = ("steps", name)
    spec = SPECS.get(step.do)
    if spec is None:
        checker.add(flow.flow, (*place, "do"), "no-action", f"no action {step.do!r}; there are {', '.join(SPECS)}")
        return
    for outcome in set(spec.samples) - set(step.then):
        checker.add(flow.flow, (*place, "then"), "outcome", f"{step.do!r} may end as {outcome!r}; say under 'then' where that leads")
    for outcome in set(step.then) - set(spec.samples):
        checker.add(flow.flow, (*place, "then", outcome), "outcome", f"{step.do!r} never ends as {outcome!r}")
    if set(step.with_) != set(spec.arguments):
        wants = ", ".join(sorted(spec.arguments)) or "nothing"
        checker.add(flow.flow, (*place, "with"), "arguments", f"{step.do!r} takes {wants}, not {', '.join(step.with_) or 'nothing'}")


def _as_run(checker: Checker, budget: Budget, hearable: Hearable | None) -> None:
    reached: set[tuple[str, str]] = set()
    for visit in explore(checker.book, budget):
        if isinstance(visit, Broken):
            way = " → ".join(visit.path)
            checker.add(visit.flow, ("steps", visit.step), "breaks", f"{visit.error} (on {budget.channel}: {way})")
            continue
        reached.add(visit.where)
        if isinstance(visit.turn.then, Wait):
            _at_a_question(checker, visit, budget, hearable)
        _within(checker, visit, budget)
    passing = _passed(checker.book)
    for flow in checker.book.flows.values():
        for name in flow.steps:
            if (flow.flow, name) not in reached and name not in passing[flow.flow]:
                checker.add(flow.flow, ("steps", name), "unreachable", "no conversation comes here; lead to it or delete it")


def _passed(book: Book) -> dict[str, set[str]]:
    """Steps that are gone through without waiting: reached if some step that is not a dead end leads to them."""
    passed: dict[str, set[str]] = {}
    for flow in book.flows.values():
        led = {flow.start}
        for name, step in flow.steps.items():
            after = None if isinstance(step, GoStep | EndStep | HandOverStep | DoStep) else flow.after(name)
            goals = [after, getattr(step, "go", None)]
            goals += [b.go for b in getattr(step, "when", ())] + list(getattr(step, "then", {}).values())
            goals += [o.go for o in getattr(step, "choices", ())]
            led |= {g for g in goals if g}
        waiting = {n for n, s in flow.steps.items() if isinstance(s, AskStep | ChooseStep | FormStep | DoStep)}
        passed[flow.flow] = led - waiting
    return passed


def _at_a_question(checker: Checker, visit: Visit, budget: Budget, hearable: Hearable | None) -> None:
    book, session = checker.book, visit.turn.session
    flow, step = visit.where
    place: Place = ("steps", step)
    way = f"on {budget.channel}: {' → '.join(visit.path)}"
    waits = expectation(book, session, budget)
    if "!person" not in {u.id for u in waits.universals} or not isinstance(advance(book, session, Command("!person")).then, HandOver):
        checker.add(flow, place, "no-person", f"no person can be reached from here ({way})")
    for failure in FAILURES:
        if not ends_at_a_person(book, session, failure):
            checker.add(flow, place, "trap", f"{type(failure).__name__} over and over never comes to a person ({way})")
    if len(waits.choices) > budget.choices:
        checker.add(flow, place, "choices", f"{len(waits.choices)} choices, at most {budget.choices} ({way})")
    keys = [c.key for c in shown(question(book, session), session, budget, book)]
    if len(set(keys)) != len(keys):
        checker.add(flow, place, "keys", f"two choices with one key ({way})")
    if hearable is not None and budget.speech_seconds is not None:
        for choice in waits.choices:
            if not choice.id.startswith("near:") and not any(hearable(w) for w in (choice.label, *choice.words)):
                checker.add(flow, place, "unheard", f"the recogniser knows no word for {choice.label!r}; add one under 'words' ({way})")
    if isinstance(advance(book, session, Command("!back")).then, Wait) is False and book.flows[flow].steps:
        checker.add(flow, place, "back", f"返回 does not lead to a question ({way})")


def syllables(prompt: Prompt) -> int:
    """How many syllables a prompt takes to say: one a Chinese character or digit, about two a Latin letter."""
    said = prompt.spoken
    return len(re.findall(r"[\u4e00-\u9fff\d]", said)) + 2 * len(re.findall(r"[A-Za-z]", said))


def _within(checker: Checker, visit: Visit, budget: Budget) -> None:
    flow, step = visit.where
    if not step or not visit.turn.prompts:
        return
    prompts = visit.turn.prompts
    way = f"on {budget.channel}: {' → '.join(visit.path)}"
    seconds = sum(map(syllables, prompts)) / budget.syllables_per_second
    if budget.speech_seconds is not None and seconds > budget.speech_seconds:
        checker.add(
            flow,
            ("steps", step),
            "too-long",
            f"{seconds:.0f} s to say, at most {budget.speech_seconds:.0f}; give it a shorter speech ({way})",
        )
    size = len("\n".join(p.text for p in prompts).encode())
    if budget.text_bytes is not None and size > budget.text_bytes:
        checker.add(flow, ("steps", step), "too-long", f"{size} bytes of text, at most {budget.text_bytes} ({way})")
    if budget.lines is not None and budget.line_width is not None:
        lines = sum(max(1, -(-len(line) // budget.line_width)) for p in prompts for line in p.text.splitlines())
        if lines > budget.lines:
            checker.add(flow, ("steps", step), "too-long", f"{lines} lines of text, at most {budget.lines} ({way})")
