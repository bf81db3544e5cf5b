"""The step: book, session and what was heard in; the next session and what is said out. Pure: no I/O, no clock, no chance.

A turn says prompts and ends in exactly one of `Wait`, `Do` (the shell asks the records and comes back with `Done`), `HandOver`, `End`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dialogs import repair
from dialogs.book import MAIN, Book
from dialogs.flow import DoStep
from dialogs.heard import (
    Began,
    Command,
    Done,
    Gone,
    Heard,
    Invalid,
    Near,
    NoInput,
    NotUnderstood,
    Part,
    Stale,
    StartFlow,
    Value,
)
from dialogs.outcome import Turn, Wait
from dialogs.question import question
from dialogs.running import ask, ask_again, fill, hand_over, run_on
from dialogs.session import Aside, Failures, Frame, Session
from dialogs.universals import command, start_flow, with_person
from nlu.values import as_spoken_digits


def begin(session_id: str) -> Session:
    """A new conversation, not yet begun."""
    return Session(id=session_id)


def advance(book: Book, session: Session, heard: Heard) -> Turn:
    """One step. The session must be new or stand at a waiting step (or at the `do` step that `Done` answers)."""
    if not session.frames:
        return _start(book, session)
    if session.outcome == "hand_over" and not isinstance(heard, Done):
        return with_person(book, session, heard)
    match heard:
        case Began():
            return ask_again(book, session, book.line("common.welcome_back"))
        case Stale():
            return ask_again(book, session)
        case Gone():
            return Turn(session, (), Wait())
        case Command(id):
            return command(book, session, id)
        case StartFlow(flow):
            return start_flow(book, session, flow)
        case Done(outcome, value):
            return _done(book, session, outcome, value)
        case Value(value):
            return _answer(book, session, value)
        case Part(digits):
            return _part(book, session, digits)
        case Near() if session.aside is not None and session.aside.kind != "near":
            return _fail(book, session, NotUnderstood())
        case Near(candidates):
            aside = Aside("near", {"candidates": [[value, label] for value, label in candidates]})
            return ask(book, replace(session.progress(), aside=aside))
        case Invalid() | NotUnderstood() | NoInput():
            return _fail(book, session, heard)


def _start(book: Book, session: Session) -> Turn:
    frame = Frame(MAIN, book.flows[MAIN].start, {}, 0)
    return run_on(book, replace(session, frames=(frame,), history=(), outcome="wait", serial=session.serial + 1), ())


# --- answers ------------------------------------------------------------------------------------------------------------------------


def _answer(book: Book, session: Session, value: Any) -> Turn:
    aside = session.aside
    if aside is not None and aside.kind == "offer_person":
        if value == "person":
            return hand_over(book, session, "asked_after_failures", ())
        return ask(book, session.progress())
    if aside is not None and aside.kind == "near" and value == "near:none":
        return ask(book, session.progress(), book.line("common.say_it_otherwise"))
    if aside is not None and aside.kind == "known":
        if not value:
            return ask(book, session.progress().at(session.top.step, declined_known=True))
        if value is True:
            value = aside.data["value"]
    return fill(book, session.remember().progress(), value)


def _part(book: Book, session: Session, digits: str) -> Turn:
    slot = question(book, session).slot
    left = slot.least - len(digits)
    if slot.mask:
        heard = book.line("common.go_on_masked", count=len(digits), left=left)
    else:
        heard = book.line("common.go_on", digits=digits, spoken=as_spoken_digits(digits), left=left)
    return Turn(replace(session, partial=digits, failures=Failures()), (heard,), Wait())


def _done(book: Book, session: Session, outcome: str, value: Any) -> Turn:
    frame = session.top
    step = book.step(frame.flow, frame.step)
    if not isinstance(step, DoStep):
        raise ValueError(f"{frame.flow}.{frame.step} asked for nothing")
    if step.into is not None:
        session = session.at(frame.step, **{step.into: value})
    return run_on(book, session.at(step.then[outcome]), ())


def committed(session: Session) -> Session:
    """What was done cannot be gone back behind."""
    return replace(session, history=())


# --- failures -----------------------------------------------------------------------------------------------------------------------


def _fail(book: Book, session: Session, heard: Invalid | NotUnderstood | NoInput) -> Turn:
    session = repair.counted(session, heard)
    if session.aside is not None and session.aside.kind == "offer_person":
        return hand_over(book, session, "did_not_come_through", ())
    if repair.level(session, heard) >= repair.LEVELS:
        session = replace(session.progress(), aside=Aside("offer_person"))
        return Turn(session, (*repair.why(book, heard), question(book, session).prompt), Wait())
    return Turn(session, repair.prompts(book, session, heard, question(book, session)), Wait())
