"""A walk through the flows along one path, on the real step: what is said at each turn, for terminals to render.

The records are not asked: each action ends as `records` says, by default as its first sample.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from dialogs.actions import SPECS
from dialogs.book import MAIN, Book
from dialogs.card import card_lines
from dialogs.contract import Budget, Card, Outcome, Prompt, Reply, Text
from dialogs.engine import advance, begin
from dialogs.heard import Began, Command, Done, Heard, Invalid, NotUnderstood, Stale, StartFlow, Value
from dialogs.outcome import Do, HandOver, Turn, Wait
from dialogs.question import expectation, question
from dialogs.reading import read
from dialogs.session import Session
from dialogs.tools.explore import Walker, after, watched
from dialogs.tools.inputs import Kind, answers, called_by_main

#: What the records answer in a sample.
Records = Callable[[Do], Done]

#: A sample that has not ended after so many turns goes round in a circle.
MOST_TURNS = 60
#: One answer at one question is given so often at most.
OFTEN = 3


class SampleError(ValueError):
    """A path that cannot be walked; the text says where, and what could be said there."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One turn: what the resident did ("" at the beginning), and the reply."""

    given: str
    reply: Reply


def first_samples(do: Do) -> Done:
    """The first outcome of an action's specification, with its sample data."""
    return Done(*next(iter(SPECS[do.action].samples.items())))


def walk(
    book: Book, budget: Budget, flow: str = "", path: Sequence[str] = (), records: Records = first_samples, now: float = 0.0
) -> Iterator[Scene]:
    """The turns of a conversation on one terminal, from the beginning or from that of a flow.

    path: what the resident says, a choice's label, a universal or an answer each; the walk ends behind the last. Without one it takes the first
    choice or the sample value at each question, and ends where the flow does. now: seconds since 1970, the day from which 明天 counts.
    Raises SampleError when the flow is not there or an answer of the path is none.
    """
    return _Walk(book, budget, records).scenes(flow, tuple(path), now)


class _Walk:
    def __init__(self, book: Book, budget: Budget, records: Records) -> None:
        self.book, self.budget, self.records = book, budget, records
        self.given: Counter[tuple[str, str]] = Counter()

    def scenes(self, flow: str, path: tuple[str, ...], now: float) -> Iterator[Scene]:
        given, turn = self._begin(flow, now)
        yield Scene(given, self._reply(turn))
        rest = list(path)
        for _ in range(MOST_TURNS):
            if not isinstance(turn.then, Wait) or (path and not rest):
                return
            if flow and not path and flow not in {frame.flow for frame in turn.session.frames}:
                return  # the flow is over; its caller asks now
            chosen = self._said(turn.session, rest.pop(0)) if path else self._next(turn.session)
            if chosen is None:
                return
            given, heard = chosen
            turn = self._take(turn.session, heard)
            yield Scene(given, self._reply(turn))

    def _begin(self, flow: str, now: float) -> tuple[str, Turn]:
        session = replace(begin("sample"), touched=now)
        if not flow or flow == MAIN:
            return "", self._take(session, Began())
        if flow not in self.book.flows:
            raise SampleError(f"no flow {flow!r}; there are {', '.join(self.book.flows)}")
        if flow in called_by_main(self.book):
            return "", self._take(self._take(session, Began()).session, StartFlow(flow))
        walker = Walker(watched(self.book), self.budget, digressing=True)
        walker.begin()
        for visit in walker.run():
            if visit.where[0] == flow or any(said.name.startswith(f"{flow}.") for said in visit.prompts):
                turn = replace(visit.turn, session=replace(visit.session, touched=now))
                return " → ".join(visit.path[1:]), self._settled(turn, visit.prompts, first_samples)  # its data are samples too
        raise SampleError(f"no conversation on {self.budget.channel} comes to the flow {flow!r}")

    # --- what the resident does -----------------------------------------------------------------------------------------------------

    def _said(self, session: Session, words: str) -> tuple[str, Heard]:
        heard = read(self.book, session, Text(words), self.budget)
        if isinstance(heard, NotUnderstood | Invalid | Stale):
            asked = question(self.book, session)
            possible = "、".join(each.label for each in answers(self.book, session, self.budget))
            raise SampleError(f"{words!r} does not answer {asked.name} ({asked.prompt.text.splitlines()[-1]}); try {possible}")
        return words, heard

    def _next(self, session: Session) -> tuple[str, Heard] | None:
        """The first of the answers given least often at this question, so that no sample turns in a circle; None when all were often."""
        asked = question(self.book, session)
        possible = [each for each in answers(self.book, session, self.budget) if each.kind is not Kind.OTHER]
        if asked.slot.wants not in self.budget.takes:
            possible = [each for each in possible if each.kind is Kind.CHOICE]
            if asked.optional:
                return "!skip", Command("!skip")
        chosen = min(possible, key=lambda each: self.given[asked.name, each.label], default=None)
        if chosen is None or self.given[asked.name, chosen.label] >= OFTEN:
            return None
        self.given[asked.name, chosen.label] += 1
        value = chosen.heard.value if chosen.kind is Kind.ANSWER and isinstance(chosen.heard, Value) else None
        return (str(value) if isinstance(value, str | int) else chosen.label), chosen.heard

    # --- what the engine does -------------------------------------------------------------------------------------------------------

    def _take(self, session: Session, heard: Heard) -> Turn:
        turn = advance(self.book, session, heard)
        return self._settled(turn, turn.prompts)

    def _settled(self, turn: Turn, prompts: tuple[Prompt, ...], records: Records | None = None) -> Turn:
        """The turn when the records have answered all that it asks of them."""
        while isinstance(turn.then, Do):
            done = (records or self.records)(turn.then)
            turn = advance(self.book, after(turn.session, turn.then, done), done)
            prompts = (*prompts, *turn.prompts)
        return replace(turn, session=replace(turn.session, said=prompts), prompts=prompts)

    def _reply(self, turn: Turn) -> Reply:
        session, then = turn.session, turn.then
        waits = isinstance(then, Wait)
        return Reply(
            turn.prompts,
            Outcome.WAIT if waits else Outcome.HAND_OVER if isinstance(then, HandOver) else Outcome.END,
            expect=expectation(self.book, session, self.budget) if waits else None,
            title=self.book.flows[session.top.flow].title if session.frames else "",
            card=Card("", then.reason, card_lines(self.book, session)) if isinstance(then, HandOver) else None,
            slow=session.slow,
        )
