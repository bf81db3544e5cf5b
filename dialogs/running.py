"""Runs a flow on from where the session stands to the next question, action, hand-over or end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dialogs.book import Book
from dialogs.contract import Prompt
from dialogs.flow import (
    AskStep,
    CallStep,
    ChooseStep,
    DoStep,
    EndStep,
    FormStep,
    GoStep,
    HandOverStep,
    SayStep,
    SetStep,
    WhenStep,
)
from dialogs.outcome import CircleError, Do, End, HandOver, Turn, Wait
from dialogs.question import pending_field, prompt, question
from dialogs.session import Aside, Failures, Frame, Session
from dialogs.templates import evaluate

#: A flow that runs this many steps without waiting goes round in a circle; the longest honest run is a dozen.
MOST_STEPS = 60


def ask(book: Book, session: Session, *before: Prompt) -> Turn:
    """Waits at the session's question, with something said before it."""
    return Turn(session, (*before, question(book, session).prompt), Wait())


def ask_again(book: Book, session: Session, *before: Prompt) -> Turn:
    """The question, never the error text, after an interruption; its counters begin anew."""
    return ask(book, replace(session, failures=Failures()), *before)


def run_on(book: Book, session: Session, prompts: tuple[Prompt, ...]) -> Turn:
    for _ in range(MOST_STEPS):
        frame = session.top
        name, step, slots = f"{frame.flow}.{frame.step}", book.step(frame.flow, frame.step), frame.slots
        goal: str | None = None
        match step:
            case AskStep() | ChooseStep():
                return Turn(session, (*prompts, question(book, session).prompt), Wait())
            case FormStep():
                if pending_field(step, frame) is not None:
                    session = offer_known(book, session)
                    return Turn(session, (*prompts, question(book, session).prompt), Wait())
            case DoStep():
                arguments = {key: evaluate(source, slots) for key, source in step.with_.items()}
                return Turn(session, prompts, Do(step.do, arguments, f"{session.id}:{frame.serial}:{frame.step}"))
            case HandOverStep():
                said = (prompt(step.say, slots, name),) if step.say else ()
                return hand_over(book, session, step.hand_over, (*prompts, *said))
            case EndStep():
                if step.say:
                    prompts = (*prompts, prompt(step.say, slots, name))
                if step.end == "conversation" or len(session.frames) == 1:
                    return Turn(over(session), prompts, End())
                session = replace(session, frames=session.frames[:-1])
                frame = session.top
                step = book.step(frame.flow, frame.step)
            case SayStep():
                prompts = (*prompts, prompt(step.say, slots, name))
            case WhenStep():
                goal = next((branch.go for branch in step.when if evaluate(branch.if_, slots)), None)
            case GoStep(go=go):
                goal = go
            case SetStep():
                session = session.at(frame.step, **{key: evaluate(source, slots) for key, source in step.set.items()})
            case CallStep():
                given = {key: evaluate(source, slots) for key, source in step.with_.items()}
                called = Frame(step.call, book.flows[step.call].start, given, session.serial)
                session = replace(session, frames=(*session.frames, called), serial=session.serial + 1)
                continue
        goal = goal or book.flows[frame.flow].after(frame.step)
        if goal is None:
            raise CircleError(f"{frame.flow}.{frame.step} is the last step of its flow and goes nowhere; give it a 'next' or an 'end'")
        session = session.at(goal)
    raise CircleError(f"{session.top.flow}.{session.top.step}: {MOST_STEPS} steps without a question")


def over(session: Session) -> Session:
    return replace(session.progress(), frames=(), history=(), outcome="end", card=None)


def offer_known(book: Book, session: Session) -> Session:
    """A form that asks for a mobile offers the one the terminal vouches for, once."""
    asked = question(book, session)
    known = session.known.get(asked.slot.name)
    declined = session.top.slots.get("declined_known", False)
    if known and not declined and session.aside is None:
        return replace(session, aside=Aside("known", {"value": known}))
    return session


def hand_over(book: Book, session: Session, reason: str, prompts: tuple[Prompt, ...]) -> Turn:
    said = prompts or (book.line("common.handing_over"),)
    return Turn(replace(session, outcome="hand_over"), said, HandOver(reason))


def fill(book: Book, session: Session, value: Any) -> Turn:
    """Puts an answer into the slot of the waiting step and runs on."""
    frame = session.top
    step = book.step(frame.flow, frame.step)
    match step:
        case FormStep(form=form):
            field = pending_field(step, frame)
            answers = {**(frame.slots.get(form) or {}), **({field["name"]: value} if field else {})}
            return run_on(book, session.at(frame.step, **{form: answers}), ())
        case AskStep(ask=slot):
            filled = session.at(frame.step, **{slot: value})
        case ChooseStep(choose=slot, choices=choices):
            filled = session.at(frame.step, **{slot: value})
            if go := next((offer.go for offer in choices if offer.id == value and offer.go), None):
                return run_on(book, filled.at(go), ())
        case _:
            raise ValueError(f"{frame.flow}.{frame.step} takes no answer")
    goal = book.flows[frame.flow].after(frame.step)
    if goal is None:
        raise CircleError(f"{frame.flow}.{frame.step} goes nowhere; give it a 'next' or an 'end' after it")
    return run_on(book, filled.at(goal), ())
