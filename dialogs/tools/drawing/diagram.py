"""A flow as things to draw: each step with its few words, each way from step to step with its label. No places and no colours yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dialogs.flow import (
    KINDS,
    AnyStep,
    AskStep,
    CallStep,
    ChooseStep,
    DoStep,
    EndStep,
    Flow,
    FormStep,
    HandOverStep,
    SetStep,
    Step,
    WhenStep,
)
from dialogs.tools.clerk import clerk, plain

OTHERWISE = "otherwise"
#: Expressions that empty a slot.
EMPTY = frozenset({"''", '""', "none", "None", "{}", "[]"})


@dataclass(frozen=True, slots=True)
class Figure:
    """One step. head: its kind and name. said: what it says or does. note: a smaller line below. whole: everything, for a tooltip."""

    name: str
    kind: str
    head: str
    said: str
    note: str = ""
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """From one step to another. `marks` are what leads there: choices' ids, outcomes, the numbers of branches, "otherwise"."""

    source: str
    target: str
    label: str = ""
    marks: tuple[str, ...] = ()


def kind_of(step: AnyStep) -> str:
    """The key by which the step's kind is known."""
    return next(kind for kind, model in KINDS.items() if isinstance(step, model))


def ways(flow: Flow) -> tuple[Way, ...]:
    """Every way from step to step, in reading order; those that join the same two steps are one, with all their labels."""
    found: list[Way] = []
    for name, step in flow.steps.items():
        together: dict[str, list[tuple[str, str]]] = {}
        for target, label, mark in _ways(flow, name, step):
            together.setdefault(target, []).append((label, mark))
        for target, labels in together.items():
            label = "、".join(dict.fromkeys(label for label, _ in labels if label))
            found.append(Way(name, target, label, tuple(mark for _, mark in labels)))
    return tuple(found)


def _ways(flow: Flow, name: str, step: AnyStep) -> Iterator[tuple[str, str, str]]:
    """(target, label, mark) of each way out of a step. What a step has not, it does not lead by: new kinds need nothing here."""
    words = clerk()
    onward = flow.after(name) if isinstance(step, Step) and not isinstance(step, DoStep) else None
    unled = ""
    for offer in getattr(step, "choices", ()):
        if offer.go is not None:
            yield offer.go, plain(offer.label), offer.id
        elif onward is not None and isinstance(step, ChooseStep):
            yield onward, plain(offer.label), offer.id
            unled = onward
    for outcome, target in getattr(step, "then", {}).items():
        yield target, words.word("outcomes", outcome), outcome
    branches = getattr(step, "when", ())
    for n, branch in enumerate(branches):
        said = getattr(branch, "label", None) or words.condition(flow, branch.if_).rstrip("？")
        yield branch.go, words("yes") if len(branches) == 1 else said, str(n)
    if isinstance(goal := getattr(step, "go", None), str):
        yield goal, "", "go"
    if onward is None or unled:
        return
    if branches:
        yield onward, words("no" if len(branches) == 1 else "otherwise"), OTHERWISE
    elif not (isinstance(step, ChooseStep) and not step.choices_from):
        yield onward, "", "next"


def figures(flow: Flow) -> tuple[Figure, ...]:
    """Every step, in reading order."""
    return tuple(_figure(flow, name, step) for name, step in flow.steps.items())


def _figure(flow: Flow, name: str, step: AnyStep) -> Figure:
    words = clerk()
    kind = kind_of(step)
    head = f"{words.word('kinds', kind)} · {name}"
    said = note = ""
    whole: list[str] = []
    line = getattr(step, "prompt", None) or getattr(step, "say", None)
    if line is not None:
        said = plain(line.text)
        whole = [line.text, *([line.speech] if line.speech else [])]
    match step:
        case AskStep():
            offered = "、".join(plain(offer.label) for offer in step.choices)
            note = f"［{words.slot(flow, step.ask)}］{offered}" + (words("listed") if step.choices_from else "")
        case ChooseStep() if step.choices_from:
            note = words("listed")
        case FormStep():
            said = words("form_of")
        case DoStep():
            said = words.word("actions", step.do)
            named = [words.slot(flow, source) for source in step.with_.values() if words.slot(flow, source) != source]
            note = words("given", what="、".join(dict.fromkeys(named))) if named else ""
            whole = [step.do]
        case WhenStep():
            first = step.when[0]
            single = len(step.when) == 1
            said = (getattr(first, "label", None) or words.condition(flow, first.if_)) if single else words("several")
            whole = [branch.if_ for branch in step.when]
        case SetStep():
            said = "、".join(
                words("cleared" if source in EMPTY else "noted", what=words.slot(flow, slot)) for slot, source in step.set.items()
            )
            whole = [f"{slot} = {source}" for slot, source in step.set.items()]
        case CallStep():
            said = f"→ {step.call}"
        case HandOverStep():
            note = words.word("reasons", step.hand_over)
        case EndStep():
            said = said or words.word("ends", step.end)
    return Figure(name, kind, head, said, note, "\n".join([head, *whole]))
