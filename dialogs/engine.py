"""The step: book, session and what was heard in; the next session and what is said out. Pure: no I/O, no clock, no chance.

A turn says prompts and ends in exactly one of `Wait`, `Do` (the shell asks the records and comes back with `Done`), `HandOver`, `End`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dialogs import repair
from dialogs.asides import NONE_OF_THESE, half_done, near
from dialogs.book import MAIN, Book
from dialogs.correcting import correct
from dialogs.flow import DoStep
from dialogs.heard import (
    Asks,
    Began,
    Beneath,
    Command,
    Correct,
    Done,
    Gone,
    Heard,
    Invalid,
    Near,
    NoInput,
    NoPerson,
    NotUnderstood,
    Part,
    Stale,
    StartFlow,
    Switch,
    Value,
)
from dialogs.outcome import Turn, Wait
from dialogs.question import question
from dialogs.reminding import welcome_back
from dialogs.running import DECLINED, ask, ask_again, digress, fill, hand_over, run_on
from dialogs.session import Aside, Failures, Frame, Session
from dialogs.slots.places import whole
from dialogs.universals import command, drop, start, start_flow, with_person
from nlu.values import as_spoken_digits

#: The flows that the engine itself runs in between: a question about a service, and the offer to be called back.
ABOUT, CALL_BACK = "about", "call_back"


def begin(session_id: str) -> Session:
    """A new conversation, not yet begun."""
    return Session(id=session_id)


def advance(book: Book, session: Session, heard: Heard) -> Turn:
    """One step. The session must be new or stand at a waiting step (or at the `do` step that `Done` answers)."""
    if not session.frames:
        return _start(book, session)
    if isinstance(heard, NoPerson):
        return _no_person(book, replace(session, outcome="wait"))
    if session.outcome == "hand_over" and not isinstance(heard, Done):
        return with_person(book, session, heard)
    match heard:
        case Began():
            return ask_again(book, session, welcome_back(book, session))
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
        case Beneath(meant):
            return advance(book, replace(session, aside=None), meant)
        case Value(value, said):
            return _answer(book, session, value, said)
        case Part(begun):
            return _part(book, session, begun)
        case Correct():
            return correct(book, session, heard)
        case Asks(facet, item):
            return _asks(book, session, facet, item)
        case Switch(wanted, label):
            return _switch(book, session, wanted, label)
        case Near() if session.aside is not None and session.aside.kind != "near":
            return _fail(book, session, NotUnderstood())
        case Near(candidates):
            return ask(book, replace(session.progress(), aside=near(candidates), partial=session.partial))
        case Invalid() | NotUnderstood() | NoInput():
            return _fail(book, session, heard)


def _start(book: Book, session: Session) -> Turn:
    frame = Frame(MAIN, book.flows[MAIN].start, {}, 0)
    return run_on(book, replace(session, frames=(frame,), history=(), outcome="wait", serial=session.serial + 1), ())


# --- answers ------------------------------------------------------------------------------------------------------------------------


def _answer(book: Book, session: Session, value: Any, said: str) -> Turn:
    aside = session.aside
    match aside.kind if aside is not None else "":
        case "offer_person":
            return hand_over(book, session, "asked_after_failures", ()) if value == "person" else ask(book, session.progress())
        case "cancel":
            return drop(book, session) if value == "drop" else ask(book, session.progress(), book.line("common.going_on"))
        case "switch" if aside is not None:
            going_on = value != "switch"
            return ask(book, session.progress(), book.line("common.going_on")) if going_on else start(book, session, aside.data["wish"])
        case "near" if value == NONE_OF_THESE:
            return ask(book, session.progress(), book.line("common.say_it_otherwise"))
        case "near":
            own = question(book, replace(session, aside=None)).slot
            if own.children is not None and not whole(own, value):
                return _part(book, replace(session, aside=None), value)
        case "known" if aside is not None:
            if value is False:
                declined = (*session.top.slots.get(DECLINED, ()), aside.data["name"])
                return ask(book, session.progress().at(session.top.step, **{DECLINED: declined}))
            value = aside.data["value"] if value is True else value
    return fill(book, session.remember().progress(), value, said)


def _part(book: Book, session: Session, begun: str) -> Turn:
    session = replace(session, partial=begun, failures=Failures(), page=0)
    asked = question(book, session)
    if asked.slot.children is not None:
        return ask(book, session)
    left = asked.slot.least - len(begun)
    if asked.slot.mask:
        return Turn(session, (book.line("common.go_on_masked", count=len(begun), left=left),), Wait())
    return Turn(session, (book.line("common.go_on", digits=begun, spoken=as_spoken_digits(begun), left=left),), Wait())


def _asks(book: Book, session: Session, facet: str, item: str) -> Turn:
    """Answered from the guide, then back to the very question."""
    service = next((f.slots["service"] for f in reversed(session.frames) if f.slots.get("service")), None)
    about = {"service": None, "item": item} if item else {"service": service, "item": ""}
    topic = item or (service or {}).get("code", "")
    return digress(book, replace(session, topic=topic), ABOUT, {**about, "facet": facet})


def _switch(book: Book, session: Session, wanted: Mapping[str, str], label: str) -> Turn:
    """To something else, with a second thought where something would be lost."""
    if half_done(book, session):
        return ask(book, replace(session.progress(), aside=Aside("switch", {"wish": dict(wanted), "label": label})))
    return start(book, session, wanted)


def _no_person(book: Book, session: Session) -> Turn:
    """Nobody is to be had: a call-back is offered, and the talk goes on where it was."""
    while session.top.flow == CALL_BACK and len(session.frames) > 1:
        session = replace(session, frames=session.frames[:-1])
    reference = (session.card or {}).get("reference", "")
    return digress(book, replace(session.progress(), card=None), CALL_BACK, {"reference": reference})


def _done(book: Book, session: Session, outcome: str, value: Any) -> Turn:
    frame = session.top
    step = book.step(frame.flow, frame.step)
    if not isinstance(step, DoStep):
        raise ValueError(f"{frame.flow}.{frame.step} asked for nothing")
    if step.into is not None:
        session = session.at(frame.step, **{step.into: value})
    return run_on(book, session.at(step.then[outcome]), ())


def committed(session: Session) -> Session:
    """What was done cannot be gone back behind, nor corrected in talk."""
    return replace(session, history=(), frames=tuple(replace(frame, sealed=True) for frame in session.frames))


# --- failures -----------------------------------------------------------------------------------------------------------------------


def _fail(book: Book, session: Session, heard: Invalid | NotUnderstood | NoInput) -> Turn:
    if session.aside is not None and session.aside.kind == "offer_person":
        return hand_over(book, session, "did_not_come_through", ())
    return repair.failed(book, session, heard)
