"""Walks every conversation that flows and engine can have, up to what was said in detail: the ground of the check and of the prompt store.

It drives the real step (`engine.advance`) with every kind of thing that can be heard at each question and every outcome that each action can
have, and visits each situation once, nearest first. A situation is where the flows stand, what the slots hold that can still decide anything
(`situation`), and what aside or page is open. Failures are walked question by question (`failing`), so that they add to the walk instead of
multiplying it.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dialogs.actions import SPECS
from dialogs.asked import Question
from dialogs.book import Book
from dialogs.contract import Budget, Prompt
from dialogs.engine import advance, begin, committed
from dialogs.flow import AnyStep
from dialogs.heard import Began, Done, Heard
from dialogs.outcome import Do, HandOver, Turn, Wait
from dialogs.question import question
from dialogs.session import Session
from dialogs.tools.failures import failures_at
from dialogs.tools.inputs import HANDED_OVER, KNOWN, Input, Inputs, Kind, digressions, inputs
from dialogs.tools.situation import situation
from dialogs.words import Words

#: No honest set of flows comes near; a runaway one is stopped and reported.
MOST_SITUATIONS = 20_000

Samples = Mapping[str, Mapping[str, Sequence[Any]]]
#: Book, session, heard -> turn: the engine's step, or a broken one in tests.
Advance = Callable[[Book, Session, Heard], Turn]


@dataclass(frozen=True, slots=True)
class Visit:
    """One situation: the turn that led to it, all that was said on the way from the last question, and the shortest path of inputs.

    retold: the situation was come to before, but other things were said on the way.
    """

    turn: Turn
    prompts: tuple[Prompt, ...]
    path: tuple[str, ...]
    key: str = ""
    retold: bool = False

    @property
    def where(self) -> tuple[str, str]:
        """(flow, step); the main flow's beginning after an end."""
        return (self.turn.session.top.flow, self.turn.session.top.step) if self.turn.session.frames else ("main", "")

    @property
    def session(self) -> Session:
        """As the shell would save it: with what was said."""
        return replace(self.turn.session, said=self.prompts)


@dataclass(frozen=True, slots=True)
class Broken:
    """An input that the engine could not take: a mistake in a flow."""

    flow: str
    step: str
    path: tuple[str, ...]
    error: Exception


@dataclass(frozen=True, slots=True)
class Edge:
    """One input led from one situation to another."""

    begin: str
    kind: Kind
    label: str
    end: str


@dataclass(slots=True)
class Walk:
    """All that a walk saw. complete: it was not stopped at the most situations that it may visit."""

    visits: dict[str, Visit] = field(default_factory=dict)
    broken: list[Broken] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    complete: bool = True


@dataclass(frozen=True, slots=True)
class WatchedBook(Book):
    """A book that notes every step the engine looks up: those that it passes or stands at, and no others."""

    passed: set[tuple[str, str]] = field(default_factory=set)

    def step(self, flow: str, step: str) -> AnyStep:
        self.passed.add((flow, step))
        return Book.step(self, flow, step)


class QuickWords(Words):
    """The same small words; a sentence without values is rendered once, since a walk says it some ten thousand times."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.sentences)
        self._plain: dict[str, str] = {}

    def __call__(self, name: str, /, **values: object) -> str:
        if values:
            return super().__call__(name, **values)
        if name not in self._plain:
            self._plain[name] = super().__call__(name)
        return self._plain[name]


def watched(book: Book) -> WatchedBook:
    """The same book, watched."""
    same = {name: getattr(book, name) for name in Book.__dataclass_fields__}
    return WatchedBook(**{**same, "words": QuickWords(book.words)})


def outcomes(do: Do, samples: Samples) -> Iterator[Done]:
    """Every outcome that an action can have."""
    for outcome, sample in SPECS[do.action].samples.items():
        for value in samples.get(do.action, {}).get(outcome, (sample,)):
            yield Done(outcome, value)


def after(session: Session, do: Do, done: Done) -> Session:
    """The session to which the records answer: what is recorded cannot be gone back behind."""
    return committed(session) if done.outcome in SPECS[do.action].commits else session


# --- the walk ---------------------------------------------------------------------------------------------------------------------------


class Walker:
    """Walks from given situations on. most: situations at which it stops. digressing: also asks about services, once at each step."""

    def __init__(
        self,
        book: Book,
        budget: Budget,
        samples: Samples | None = None,
        inputs: Inputs = inputs,
        step: Advance = advance,
        most: int = MOST_SITUATIONS,
        digressing: bool = False,
    ) -> None:
        self.book, self.budget, self.samples, self.inputs, self.step, self.most = book, budget, samples or {}, inputs, step, most
        self.walk = Walk()
        self._queue: deque[Visit] = deque()
        self._digressing = digressing
        self._digressed: set[tuple[str, str]] = set()
        self._said: set[tuple[str, str]] = set()

    def _digressions(self, visit: Visit) -> Iterator[Input]:
        """At each step once: that a digression comes back is shown question by question (`check.interruptions`)."""
        if self._digressing and visit.where not in self._digressed and visit.session.aside is None:
            self._digressed.add(visit.where)
            yield from digressions(self.book, visit.session)

    def begin(self) -> None:
        """From the very beginning. What is known is offered where it can be; who declines it stands where somebody unknown does."""
        self.take(None, replace(begin("s"), known=KNOWN), Input("<arrive>", Began(), Kind.OTHER), (), ())

    def take(self, of: Visit | None, session: Session, came: Input, path: tuple[str, ...], before: tuple[Prompt, ...]) -> None:
        """One input at a situation."""
        here = session.top if session.frames else None
        path = (*path, came.label)
        try:
            turn = self.step(self.book, session, came.heard)
            key = situation(self.book, turn)
        except Exception as wrong:  # whatever a flow breaks with is a finding
            self.walk.broken.append(Broken(here.flow if here else "main", here.step if here else "", path, wrong))
            return
        prompts = (*before, *turn.prompts)
        said = json.dumps([p.name or p.text for p in prompts], ensure_ascii=False)
        if isinstance(turn.then, Do):
            key += said  # what was said so far goes on into what follows
        if of is not None:
            self.walk.edges.append(Edge(of.key, came.kind, came.label, key))
        visit = Visit(turn, prompts, path, key, retold=key in self.walk.visits)
        if (key, said) in self._said:
            return
        self._said.add((key, said))
        if not visit.retold:
            if len(self.walk.visits) >= self.most:
                self.walk.complete = False
                return
            self.walk.visits[key] = visit
        self._queue.append(visit)

    def go_on(self, visit: Visit, done: Done, label: str) -> None:
        """From where an action was asked, with this answer of the records."""
        if not isinstance(visit.turn.then, Do):
            raise TypeError(f"no action is asked at {visit.where}")
        came = Input(f"<{visit.turn.then.action}: {label}>", done, Kind.DONE)
        self.take(None, after(visit.session, visit.turn.then, done), came, visit.path, visit.prompts)

    def run(self) -> Iterator[Visit]:
        """Every situation, nearest first, as it is come to; and once more for each other thing that was said on the way to it."""
        while self._queue:
            visit = self._queue.popleft()
            yield visit
            if visit.retold:
                continue
            session = visit.session
            match visit.turn.then:
                case Do() as do:
                    for done in outcomes(do, self.samples):
                        came = Input(f"<{do.action}: {done.outcome}>", done, Kind.DONE)
                        self.take(visit, after(session, do, done), came, visit.path, visit.prompts)
                case Wait():
                    try:
                        possible = list(self.inputs(self.book, session, self.budget))
                        possible += self._digressions(visit)
                    except Exception as wrong:  # the question itself cannot be put
                        self.walk.broken.append(Broken(*visit.where, visit.path, wrong))
                        continue
                    for came in possible:
                        self.take(visit, session, came, visit.path, ())
                case HandOver() if not visit.turn.then.again:
                    for came in HANDED_OVER:
                        self.take(visit, session, came, visit.path, ())
                case _:
                    pass


def walk(book: Book, budget: Budget, samples: Samples | None = None, step: Advance = advance, most: int = MOST_SITUATIONS) -> Walk:
    """Every situation that can be come to without failing."""
    walker = Walker(book, budget, samples, step=step, most=most, digressing=True)
    walker.begin()
    for _ in walker.run():
        pass
    return walker.walk


def explore(book: Book, budget: Budget, samples: Samples | None = None) -> Iterator[Visit | Broken]:
    """Every situation, nearest first, with every row of failures at each question, and what broke on the way.

    A situation comes again (`retold`) for each other thing that was said on the way to it. samples: action -> outcome -> values to use
    instead of the spec's own.
    """
    walker = Walker(watched(book), budget, samples, digressing=True)
    walker.begin()
    yield from failing_too(walker)


def failing_too(walker: Walker, where: Callable[[Question], bool] = lambda asked: True) -> Iterator[Visit | Broken]:
    """Runs a walk, with every row of failures at each question for which `where` holds, and tells at last what broke."""
    book = walker.book
    seen: set[object] = set()
    for visit in walker.run():
        yield visit
        if not isinstance(visit.turn.then, Wait):
            continue
        asked = question(book, visit.session)
        if where(asked) and (visit.where, asked.name) not in seen:
            seen.add((visit.where, asked.name))
            for failed in failing(book, visit):
                if failed.key not in seen:
                    seen.add(failed.key)
                    yield failed
    yield from walker.walk.broken


# --- failures ---------------------------------------------------------------------------------------------------------------------------


def failing(book: Book, visit: Visit, step: Advance = advance) -> Iterator[Visit]:
    """Every row of one failure over and over at a question, up to a person. Raises what the engine raises."""
    for label, heard in failures_at(question(book, visit.session)):
        here, seen = visit, {visit.key}
        while isinstance(here.turn.then, Wait):
            turn = step(book, here.session, heard)
            here = Visit(turn, turn.prompts, (*here.path, label), situation(book, turn))
            if here.key in seen:
                break  # goes round: the check looks for that
            seen.add(here.key)
            yield replace(here, key=here.key + label)  # what is said differs by the kind of failure
