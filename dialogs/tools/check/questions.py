"""What holds at every question: a person at once, failures that end at a person, an answer that can be given and is taken for what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dialogs.book import Book
from dialogs.contract import Alternative, Budget, Choice, Event, Keys, Pick, Speech, Text, Wants
from dialogs.heard import Heard, NoInput, NotUnderstood
from dialogs.outcome import HandOver, Wait
from dialogs.picking import chosen
from dialogs.question import question, shown
from dialogs.reading import read
from dialogs.session import Failures, Session
from dialogs.tools.check.findings import Code
from dialogs.tools.check.proof import Proof
from dialogs.tools.check.settling import ends
from dialogs.tools.explore import Samples, Visit
from dialogs.tools.failures import failures_at
from nlu.commands import COMMAND_PHRASES

#: In so many failures in a row, of whatever kinds in whatever order, a person must have come: twice silence, noise and a wrong answer
#: each, the one that makes a person be offered, and the one at the offer.
PATIENCE = 8


def a_person_at_once(proof: Proof, visit: Visit, budget: Budget, samples: Samples) -> None:
    """Each way of asking for a person on this terminal brings one."""
    for label, event in _asking_for_a_person(proof.book, visit.session, budget):
        heard = read(proof.book, visit.session, event, budget)
        for turn in ends(proof.step, proof.book, visit.session, heard, samples):
            if not isinstance(turn.then, HandOver):
                told = replace(visit, path=(*visit.path, label))
                proof.on_the_way(told, Code.NO_PERSON, f"asking for a person by {label} does not bring one here", budget)
                break


def _asking_for_a_person(book: Book, session: Session, budget: Budget) -> Iterator[tuple[str, Event]]:
    asked = question(book, session)
    universal = next((u for u in book.universals if u.id == "!person"), None)
    yield "the button", Pick("!person", asked.name)
    if universal is None:
        return
    phrases = COMMAND_PHRASES["!person"]
    # Any other word for a person can only be taken for something else when a choice claims it.
    claimed = {word for option in asked.options for word in (option.label, *option.words) if word in phrases}
    for word in (universal.label, *sorted(claimed - {universal.label})):
        yield from _worded(f"“{word}”", word, budget)
    if universal.key and budget.speech_seconds is not None:
        yield f"key {universal.key}", Keys(universal.key)


def _worded(label: str, word: str, budget: Budget) -> Iterator[tuple[str, Event]]:
    """A word as this terminal gives it."""
    if budget.speech_seconds is not None:
        yield f"{label} said", Speech((Alternative(word),))
    elif Wants.TEXT in budget.takes:
        yield f"{label} typed", Text(word)


def failures_end_at_a_person(proof: Proof, visit: Visit) -> None:
    """Failing in any mixture of ways comes to a person within `PATIENCE` inputs."""
    asked = question(proof.book, visit.session)
    kinds: tuple[tuple[str, Heard], ...] = (("<silence>", NoInput()), ("<noise>", NotUnderstood()))
    kinds += tuple(way for way in failures_at(asked) if way[0].startswith("<invalid"))[:1]
    rows: dict[tuple[Failures, str, bool], tuple[Session, tuple[str, ...]]]
    rows = {(Failures(), "", False): (replace(visit.session, failures=Failures()), ())}
    for _ in range(PATIENCE):
        longer: dict[tuple[Failures, str, bool], tuple[Session, tuple[str, ...]]] = {}
        for session, row in rows.values():
            for label, heard in kinds:
                turn = proof.step(proof.book, session, heard)
                if isinstance(turn.then, HandOver):
                    continue
                now = turn.session
                if not isinstance(turn.then, Wait):
                    _trap(proof, visit, (*row, label), f"failing leads to {type(turn.then).__name__} and not to a person")
                    return
                key = (now.failures, now.aside.kind if now.aside else "", bool(now.partial))
                longer.setdefault(key, (now, (*row, label)))
        rows = longer
        if not rows:
            return
    _trap(proof, visit, next(iter(rows.values()))[1], f"{PATIENCE} failures in a row have brought no person")


def _trap(proof: Proof, visit: Visit, row: tuple[str, ...], message: str) -> None:
    proof.on_the_way(replace(visit, path=(*visit.path, *row)), Code.TRAP, message)


def can_be_answered(proof: Proof, visit: Visit, budget: Budget) -> None:
    """There is something to answer with: the terminal takes such answers, or choices are shown, or it can be skipped."""
    asked = question(proof.book, visit.session)
    if asked.options or asked.optional:
        return
    if asked.slot.wants is Wants.CHOICE:
        proof.on_the_way(
            visit, Code.NO_ANSWER, "there are no choices here to choose from; lead past the question when the list is empty", budget
        )
    elif asked.slot.wants not in budget.takes:
        message = f"{budget.channel} takes no answers of type {asked.slot.name!r}; give choices, or make the question optional"
        proof.on_the_way(visit, Code.NO_ANSWER, message, budget)


def means_what_it_says(proof: Proof, visit: Visit, budget: Budget) -> None:
    """Each choice that is shown is taken for itself, by its button, its key, its label and its words."""
    book, session = proof.book, visit.session
    asked = question(book, session)
    for choice in shown(asked, session, budget, book):
        meant = chosen(book, session, asked, choice.id)
        for label, event in _answering(choice, asked.name, budget, digits=asked.slot.wants is Wants.DIGITS):
            heard = read(book, session, event, budget)
            if heard != meant:
                message = f"{label} of {choice.label!r} is not taken for it but for {_told(heard)}; choose another word"
                proof.on_the_way(visit, Code.MISREAD, message, budget)


def _answering(choice: Choice, asked: str, budget: Budget, *, digits: bool) -> Iterator[tuple[str, Event]]:
    yield "the button", Pick(choice.id, asked)
    if choice.key and budget.speech_seconds is not None and not digits:
        yield f"key {choice.key}", Keys(choice.key)
    for word in dict.fromkeys((choice.label, *choice.words)):
        yield from _worded(f"“{word}”", word, budget)


def _told(heard: Heard) -> str:
    return str(getattr(heard, "value", None) or getattr(heard, "id", None) or type(heard).__name__)
