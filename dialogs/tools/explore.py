"""Walks every conversation that flows and engine can have, up to what was said in detail: the ground of the check and of the prompt store.

It drives the real step (`engine.advance`) with every kind of thing that can be heard at each question and every outcome that each action can
have, and visits each situation once. A situation is where the flows stand, what has failed, and which sample values fill the slots.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dialogs.actions import SPECS, ActionSpec
from dialogs.book import Book
from dialogs.contract import Budget, Prompt
from dialogs.engine import advance, begin, committed
from dialogs.heard import Began, Command, Done, Heard, Invalid, Near, NoInput, NotUnderstood, StartFlow, Value
from dialogs.outcome import Do, End, HandOver, Turn, Wait
from dialogs.question import MORE, question, shown
from dialogs.session import Failures, Session

UNIVERSALS = ("!back", "!repeat", "!help", "!cancel", "!menu", "!person", "!end")
FAILURES: tuple[Heard, ...] = (NoInput(), NotUnderstood(), NotUnderstood(unknown_service=True), Invalid("too_short"))
#: No honest set of flows comes near; a runaway one is stopped and reported.
MOST_SITUATIONS = 60_000
#: 更多 turns pages round and round; after so many it shows what it has shown.
MOST_PAGES = 4


@dataclass(frozen=True, slots=True)
class Visit:
    """One situation: the turn that led to it, all that was said on the way from the last question, and the shortest path of inputs."""

    turn: Turn
    prompts: tuple[Prompt, ...]
    path: tuple[str, ...]

    @property
    def where(self) -> tuple[str, str]:
        """(flow, step); the main flow's beginning after an end."""
        return (self.turn.session.top.flow, self.turn.session.top.step) if self.turn.session.frames else ("main", "")


@dataclass(frozen=True, slots=True)
class Broken:
    """An input that the engine could not take: a mistake in a flow."""

    flow: str
    step: str
    path: tuple[str, ...]
    error: Exception


def _shape(slots: Mapping[str, Any]) -> dict[str, list[str]]:
    """Slots as far as situations differ by them: the records among them by their fields (a form by what is filled). Plain values do not
    count: a branch on one follows its question at once, and the nearest visit of a step is the one with the fewest of them filled."""
    return {name: sorted(map(str, value)) for name, value in slots.items() if isinstance(value, dict)}


def _key(turn: Turn) -> str:
    s = turn.session
    below = [[f.flow, f.step] for f in s.frames[:-1]]
    top = [[f.flow, f.step, _shape(f.slots)] for f in s.frames[-1:]]
    f = s.failures
    return json.dumps(
        [
            type(turn.then).__name__,
            below,
            top,
            [f.silence, f.no_match, f.invalid],
            s.aside and s.aside.kind,
            min(s.page, MOST_PAGES),
            s.outcome,
        ],
        ensure_ascii=False,
        default=str,
    )


def _in_a_row(session: Session, failure: Heard) -> bool:
    """Whether this is the first failure, or one more of the same kind: mixed rows only repeat what the pure ones show."""
    f = session.failures
    others = {NoInput: f.no_match + f.invalid, NotUnderstood: f.silence + f.invalid, Invalid: f.silence + f.no_match}
    return others[type(failure)] == 0


def inputs(book: Book, session: Session, budget: Budget) -> Iterator[tuple[str, Heard]]:
    """Everything that can be heard at the session's question, each kind once."""
    asked = question(book, session)
    for choice in shown(asked, session, budget, book):
        yield choice.label, Command(MORE) if choice.id == MORE else Value(asked.value(choice.id))
    if asked.slot.sample is not None and not asked.values:
        yield f"<{asked.slot.name}>", Value(asked.slot.sample)
    if asked.slot.name in ("wish", "service_item"):
        yield "<近似>", Near(((asked.slot.sample, "甲"), (asked.slot.sample, "乙")))
    for failure in FAILURES:
        yield f"<{type(failure).__name__}>", failure
    for command in UNIVERSALS:
        yield command, Command(command)
    yield "<回来>", Began()
    yield "<菜单>", StartFlow("check_status")


def _outcomes(do: Do, samples: Mapping[str, Mapping[str, Sequence[Any]]]) -> Iterator[Done]:
    spec: ActionSpec = SPECS[do.action]
    for outcome, sample in spec.samples.items():
        for value in samples.get(do.action, {}).get(outcome, (sample,)):
            yield Done(outcome, value)


def explore(
    book: Book, budget: Budget, samples: Mapping[str, Mapping[str, Sequence[Any]]] | None = None, failures: bool = True
) -> Iterator[Visit | Broken]:
    """Every situation once, nearest first. `samples`: action -> outcome -> values to use instead of the spec's own; `failures`: also fail."""
    known = {"mobile": "13800138000"}
    seen: set[str] = set()
    queue: deque[Visit] = deque()

    def step(session: Session, heard: Heard, label: str, path: tuple[str, ...], prompts: tuple[Prompt, ...]) -> Broken | None:
        here = session.top if session.frames else None
        try:
            turn = advance(book, session, heard)
        except Exception as wrong:
            return Broken(here.flow if here else "main", here.step if here else "", (*path, label), wrong)
        key = _key(turn)
        if key not in seen:
            seen.add(key)
            queue.append(Visit(turn, (*prompts, *turn.prompts), (*path, label)))
        return None

    for start in (begin("s"), replace(begin("s"), known=known)):
        if broken := step(start, Began(), "<到来>", (), ()):
            yield broken
    while queue and len(seen) < MOST_SITUATIONS:
        visit = queue.popleft()
        yield visit
        session = replace(visit.turn.session, said=visit.prompts)
        match visit.turn.then:
            case Do() as do:
                for done in _outcomes(do, samples or {}):
                    after = committed(session) if done.outcome in SPECS[do.action].commits else session
                    if broken := step(after, done, f"<{do.action}: {done.outcome}>", visit.path, visit.prompts):
                        yield broken
            case Wait():
                for label, heard in inputs(book, session, budget):
                    if heard in FAILURES and not (failures and _in_a_row(session, heard)):
                        continue
                    if broken := step(session, heard, label, visit.path, ()):
                        yield broken
            case HandOver() if not visit.turn.then.again:
                for label, heard in (("!back", Command("!back")), ("!menu", Command("!menu")), ("…", NotUnderstood())):
                    if broken := step(session, heard, label, visit.path, ()):
                        yield broken
            case End():
                pass


def ends_at_a_person(book: Book, session: Session, failure: Heard, most: int = 8) -> bool:
    """Whether failing in one way over and over comes to a person."""
    session = replace(session, failures=Failures())
    for _ in range(most):
        turn = advance(book, session, failure)
        if isinstance(turn.then, HandOver):
            return True
        if not isinstance(turn.then, Wait):
            return False
        session = turn.session
    return False
