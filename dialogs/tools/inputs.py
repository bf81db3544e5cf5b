"""Everything that can be heard at a question, each kind once; failures are in `failures`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from dialogs.answered import answered
from dialogs.book import Book
from dialogs.contract import Budget, Wants
from dialogs.engine import ABOUT
from dialogs.flow import CallStep, ChooseStep
from dialogs.heard import Asks, Began, Command, Heard, Near, NoPerson, NotUnderstood, Part, StartFlow, Switch, Value
from dialogs.picking import chosen
from dialogs.question import MORE, question, shown
from dialogs.session import Session
from dialogs.slots.table import SLOT_TYPES
from dialogs.slots.wish import wish
from dialogs.tools.dataflow import compared

UNIVERSALS = ("!back", "!repeat", "!slower", "!help", "!cancel", "!menu", "!person", "!end")
#: What a terminal may vouch for or a resident's profile hold, so that what is known is offered too.
KNOWN = {name: str(SLOT_TYPES[name].sample) for name in ("mobile", "id_number", "name", "place")}


class Kind(StrEnum):
    """What an input is to the question it meets."""

    CHOICE = "choice"  # one of the choices shown
    ANSWER = "answer"  # typed or said: a value of the slot's type
    DONE = "done"  # the records' answer
    FAILURE = "failure"  # silence, noise, an answer that is not possible
    OTHER = "other"  # universals, interruptions


@dataclass(frozen=True, slots=True)
class Input:
    """Something that can come at a question. `label` is for people who read a way."""

    label: str
    heard: Heard
    kind: Kind

    @property
    def turns_the_page(self) -> bool:
        """Whether it only shows more choices."""
        return self.heard == Command(MORE)


Inputs = Callable[[Book, Session, Budget], Iterable[Input]]
"""What a walk tries at each question."""


def inputs(book: Book, session: Session, budget: Budget) -> Iterator[Input]:
    """Everything but failures that can be heard at the session's question, each kind once."""
    yield from answers(book, session, budget)
    asked = question(book, session)
    slot = asked.slot
    if slot.wants is Wants.DIGITS and slot.least > 1 and not session.partial:
        yield Input("<first digits>", Part(str(slot.sample)[:1]), Kind.OTHER)
    if slot.name in ("wish", "service_item"):
        yield Input("<near>", Near(((slot.sample, "甲"), (slot.sample, "乙"))), Kind.OTHER)
    if asked.optional:
        yield Input("!skip", Command("!skip"), Kind.OTHER)
    for named in UNIVERSALS:
        yield command(named)
    yield Input("<return>", Began(), Kind.OTHER)
    for flow in called_by_main(book):
        yield Input(f"<menu: {flow}>", StartFlow(flow), Kind.OTHER)
    yield Input("<another service>", Switch(wish("request"), ""), Kind.OTHER)
    for given in answered(book, session):
        yield Input(f"<correct: {given.question.name}>", given.correct(), Kind.OTHER)
        yield Input(f"<correct badly: {given.question.name}>", given.correct(reason="too_short"), Kind.OTHER)


def answers(book: Book, session: Session, budget: Budget) -> Iterator[Input]:
    """Only what answers the session's question: each choice of this page, a value of its type."""
    asked = question(book, session)
    whole = False
    for choice in shown(asked, session, budget, book):
        meant = chosen(book, session, asked, choice.id)
        if asked.slot.children is not None and isinstance(meant, Value):
            if whole:
                continue  # one village leads on as well as another
            whole = True
        yield Input(choice.label, meant, Kind.OTHER if choice.id == MORE else Kind.CHOICE)
    typed = asked.accepts or asked.slot
    if typed.sample is not None and (asked.accepts or not asked.values):
        yield Input(f"<{typed.name}>", Value(typed.sample), Kind.ANSWER)


class AboutTheItem:
    """What answers, but only while a service is in hand, and once every question about its guide: for a walk through one item after another.

    It ends where another service can be asked for, and behind a list that the item fills (哪一项不对), where the form begins again with one
    answer less: there the walk through all flows goes on. A menu of places is walked in the first form that has it; it is the same in every
    other.
    """

    def __init__(self) -> None:
        self._menus: dict[tuple[str, int], str] = {}
        self._asked_about: set[tuple[str, int]] = set()

    def __call__(self, book: Book, session: Session, budget: Budget) -> Iterator[Input]:
        """At the session's question."""
        asked, step, service = question(book, session), book.step(session.top.flow, session.top.step), session.top.slots.get("service")
        if not service or asked.slot.name in ("wish", "service_item") or (isinstance(step, ChooseStep) and step.choices_from):
            return
        if (service["code"], budget.choices) not in self._asked_about and session.aside is None:
            self._asked_about.add((service["code"], budget.choices))
            yield from digressions(book, session)
        by_menu = True
        if asked.slot.children is not None:
            here = f"{service['code']}.{asked.name}"
            by_menu = self._menus.setdefault((asked.slot.level, budget.choices), here) == here
        for each in answers(book, session, budget):
            if by_menu or each.kind is Kind.ANSWER:
                yield each


def nothing(book: Book, session: Session, budget: Budget) -> Iterator[Input]:
    """For a walk that only looks at what is said at once."""
    yield from ()


def digressions(book: Book, session: Session) -> Iterator[Input]:
    """Questions about the service in hand, or about one that they name; one for each facet of its guide."""
    if session.top.digression:
        return
    in_hand = any(frame.slots.get("service") for frame in session.frames)
    for facet in (*compared(book.flows[ABOUT], "facet"), ""):
        yield Input(
            f"<asks: {facet or 'anything else'}>", Asks(facet, "" if in_hand else str(SLOT_TYPES["service_item"].sample)), Kind.OTHER
        )


def command(named: str) -> Input:
    """A universal, by its id."""
    return Input(named, Command(named), Kind.OTHER)


def called_by_main(book: Book) -> tuple[str, ...]:
    """The flows that a terminal's own menu can begin."""
    return tuple(
        dict.fromkeys(step.call for step in book.flows["main"].steps.values() if isinstance(step, CallStep) and step.call in book.flows)
    )


#: What can come while a person has the conversation, or is awaited.
HANDED_OVER = (
    *map(command, ("!back", "!menu", "!cancel", "!end")),
    Input("<return>", Began(), Kind.OTHER),
    Input("<nobody comes>", NoPerson(), Kind.OTHER),
    Input("<more words>", NotUnderstood(), Kind.OTHER),
)
