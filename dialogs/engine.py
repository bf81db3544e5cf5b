"""The step: book, session and what was heard in; the next session and what is said out. Pure: no I/O, no clock, no chance.

A turn says prompts and ends in exactly one of `Wait`, `Do` (the shell asks the records and comes back with `Done`), `HandOver`, `End`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dialogs import repair
from dialogs.book import MAIN, MENU, Book
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
from dialogs.question import MORE, pending_field, prompt, question
from dialogs.session import Aside, Failures, Frame, Session
from dialogs.slots import wish
from dialogs.templates import evaluate
from nlu.values import as_spoken_digits

#: A flow that runs this many steps without waiting goes round in a circle; the longest honest run is a dozen.
MOST_STEPS = 60


class CircleError(RuntimeError):
    """A flow went round without waiting. Names the step; the check finds it before a resident does."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The session stands at a question."""


@dataclass(frozen=True, slots=True)
class Do:
    """The records are asked. `key` names this very asking: however often it is repeated, it must count once."""

    action: str
    arguments: Mapping[str, Any]
    key: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """A person is wanted. `reason` is for staff; `again` when one already has the conversation."""

    reason: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """The conversation is over."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The outcome of one step."""

    session: Session
    prompts: tuple[Prompt, ...]
    then: Wait | Do | HandOver | End


def begin(session_id: str) -> Session:
    """A new conversation, not yet begun."""
    return Session(id=session_id)


def advance(book: Book, session: Session, heard: Heard) -> Turn:
    """One step. The session must be new or stand at a waiting step (or at the `do` step that `Done` answers)."""
    if not session.frames:
        return _start(book, session)
    if session.outcome == "hand_over" and not isinstance(heard, Done):
        return _with_person(book, session, heard)
    match heard:
        case Began():
            return _ask_again(book, session, book.line("common.welcome_back"))
        case Stale():
            return _ask_again(book, session)
        case Gone():
            return Turn(session, (), Wait())
        case Command(id):
            return _command(book, session, id)
        case StartFlow(flow):
            return _start_flow(book, session, flow)
        case Done(outcome, value):
            return _done(book, session, outcome, value)
        case Value(value):
            return _answer(book, session, value)
        case Part(digits):
            return _part(book, session, digits)
        case Near(candidates):
            aside = Aside("near", {"candidates": [[value, label] for value, label in candidates]})
            return _ask(book, replace(session.progress(), aside=aside))
        case Invalid() | NotUnderstood() | NoInput():
            return _fail(book, session, heard)


def _start(book: Book, session: Session) -> Turn:
    frame = Frame(MAIN, book.flows[MAIN].start, {}, 0)
    return _run(book, replace(session, frames=(frame,), history=(), outcome="wait", serial=session.serial + 1), ())


def _ask(book: Book, session: Session, *before: Prompt) -> Turn:
    """Waits at the session's question, with something said before it."""
    return Turn(session, (*before, question(book, session).prompt), Wait())


def _ask_again(book: Book, session: Session, *before: Prompt) -> Turn:
    """The question, never the error text, after an interruption; its counters begin anew."""
    return _ask(book, replace(session, failures=Failures()), *before)


# --- running on to the next wait ----------------------------------------------------------------------------------------------------


def _run(book: Book, session: Session, prompts: tuple[Prompt, ...]) -> Turn:
    for _ in range(MOST_STEPS):
        frame = session.top
        name, step, slots = f"{frame.flow}.{frame.step}", book.step(frame.flow, frame.step), frame.slots
        goal: str | None = None
        match step:
            case AskStep() | ChooseStep():
                return Turn(session, (*prompts, question(book, session).prompt), Wait())
            case FormStep():
                if pending_field(step, frame) is not None:
                    session = _offer_known(book, session)
                    return Turn(session, (*prompts, question(book, session).prompt), Wait())
            case DoStep():
                arguments = {key: evaluate(source, slots) for key, source in step.with_.items()}
                return Turn(session, prompts, Do(step.do, arguments, f"{session.id}:{frame.serial}:{frame.step}"))
            case HandOverStep():
                said = (prompt(step.say, slots, name),) if step.say else ()
                return _hand_over(book, session, step.hand_over, (*prompts, *said))
            case EndStep():
                if step.say:
                    prompts = (*prompts, prompt(step.say, slots, name))
                if step.end == "conversation" or len(session.frames) == 1:
                    return Turn(_over(session), prompts, End())
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


def _over(session: Session) -> Session:
    return replace(session.progress(), frames=(), history=(), outcome="end", card=None)


def _offer_known(book: Book, session: Session) -> Session:
    """A form that asks for a mobile offers the one the terminal vouches for, once."""
    asked = question(book, session)
    known = session.known.get(asked.slot.name)
    declined = session.top.slots.get("declined_known", False)
    if known and not declined and session.aside is None:
        return replace(session, aside=Aside("known", {"value": known}))
    return session


# --- answers ------------------------------------------------------------------------------------------------------------------------


def _answer(book: Book, session: Session, value: Any) -> Turn:
    aside = session.aside
    if aside is not None and aside.kind == "offer_person":
        if value == "person":
            return _hand_over(book, session, "asked_after_failures", ())
        return _ask(book, session.progress())
    if aside is not None and aside.kind == "near" and value == "near:none":
        return _ask(book, session.progress(), book.line("common.say_it_otherwise"))
    if aside is not None and aside.kind == "known":
        if not value:
            return _ask(book, session.progress().at(session.top.step, declined_known=True))
        value = aside.data["value"]
    return _fill(book, session.remember().progress(), value)


def _fill(book: Book, session: Session, value: Any) -> Turn:
    frame = session.top
    step = book.step(frame.flow, frame.step)
    match step:
        case FormStep(form=form):
            field = pending_field(step, frame)
            answers = {**(frame.slots.get(form) or {}), **({field["name"]: value} if field else {})}
            return _run(book, session.at(frame.step, **{form: answers}), ())
        case AskStep(ask=slot):
            filled = session.at(frame.step, **{slot: value})
        case ChooseStep(choose=slot, choices=choices):
            filled = session.at(frame.step, **{slot: value})
            if go := next((offer.go for offer in choices if offer.id == value and offer.go), None):
                return _run(book, filled.at(go), ())
        case _:
            raise ValueError(f"{frame.flow}.{frame.step} takes no answer")
    goal = book.flows[frame.flow].after(frame.step)
    if goal is None:
        raise CircleError(f"{frame.flow}.{frame.step} goes nowhere; give it a 'next' or an 'end' after it")
    return _run(book, filled.at(goal), ())


def _part(book: Book, session: Session, digits: str) -> Turn:
    slot = question(book, session).slot
    said = as_spoken_digits("X" * len(digits)) if slot.mask else digits
    heard = book.line("common.go_on", digits=said, spoken=as_spoken_digits(digits), left=slot.least - len(digits))
    return Turn(replace(session, partial=digits, failures=Failures()), (heard,), Wait())


def _done(book: Book, session: Session, outcome: str, value: Any) -> Turn:
    frame = session.top
    step = book.step(frame.flow, frame.step)
    if not isinstance(step, DoStep):
        raise ValueError(f"{frame.flow}.{frame.step} asked for nothing")
    if step.into is not None:
        session = session.at(frame.step, **{step.into: value})
    return _run(book, session.at(step.then[outcome]), ())


def committed(session: Session) -> Session:
    """What was done cannot be gone back behind."""
    return replace(session, history=())


# --- failures -----------------------------------------------------------------------------------------------------------------------


def _fail(book: Book, session: Session, heard: Invalid | NotUnderstood | NoInput) -> Turn:
    session = repair.counted(session, heard)
    if session.aside is not None and session.aside.kind == "offer_person":
        return _hand_over(book, session, "did_not_come_through", ())
    if repair.level(session, heard) >= repair.LEVELS:
        session = replace(session.progress(), aside=Aside("offer_person"))
        return Turn(session, (*repair.why(book, heard), question(book, session).prompt), Wait())
    return Turn(session, repair.prompts(book, session, heard, question(book, session)), Wait())


# --- universals ---------------------------------------------------------------------------------------------------------------------


def _command(book: Book, session: Session, command: str) -> Turn:
    match command:
        case "!person":
            return _hand_over(book, session, "asked", ())
        case "!menu":
            return _menu(book, session)
        case "!cancel":
            return _menu(book, session, book.line("common.cancelled"))
        case "!end":
            return Turn(_over(session), (book.line("common.goodbye"),), End())
        case "!help":
            asked = question(book, session)
            return _ask_again(book, session, asked.help or book.line("common.help"))
        case "!back":
            return _back(book, session)
        case "!skip" if question(book, session).optional:
            return _fill(book, session.remember().progress(), None)
        case _ if command == MORE:
            return _ask_again(book, replace(session, page=session.page + 1))
        case _:  # !repeat
            said = tuple(p for p in session.said if not p.name.startswith("common.")) or (question(book, session).prompt,)
            return Turn(replace(session, failures=Failures()), said, Wait())


def _menu(book: Book, session: Session, *before: Prompt) -> Turn:
    frame = Frame(MAIN, MENU, {}, session.serial)
    fresh = replace(session.progress(), frames=(frame,), history=(), outcome="wait", card=None, serial=session.serial + 1)
    return _run(book, fresh, before)


def _start_flow(book: Book, session: Session, flow: str) -> Turn:
    """Begins a flow at the step of the main flow that calls it, as if the menu had led there."""
    main = book.flows[MAIN]
    call = next((name for name, step in main.steps.items() if isinstance(step, CallStep) and step.call == flow), None)
    if call is None:
        return _menu(book, session)
    frame = Frame(MAIN, call, {"wish": wish(flow)}, session.serial)
    fresh = replace(session.remember().progress(), frames=(frame,), outcome="wait", card=None, serial=session.serial + 1)
    return _run(book, fresh, ())


def _back(book: Book, session: Session) -> Turn:
    if session.page or session.partial or session.aside is not None:
        return _ask(book, session.progress())
    if not session.history:
        return _ask_again(book, session, book.line("common.at_the_beginning"))
    back = replace(session.progress(), frames=session.history[-1], history=session.history[:-1])
    return _ask(book, back)


# --- a person -----------------------------------------------------------------------------------------------------------------------


def _hand_over(book: Book, session: Session, reason: str, prompts: tuple[Prompt, ...]) -> Turn:
    said = prompts or (book.line("common.handing_over"),)
    return Turn(replace(session, outcome="hand_over"), said, HandOver(reason))


def _with_person(book: Book, session: Session, heard: Heard) -> Turn:
    """While a person has the conversation, only the way back is ours."""
    back = replace(session, outcome="wait", card=None)
    match heard:
        case Command("!menu" | "!cancel"):
            return _menu(book, back)
        case Command("!back") | Began():
            return _resume(book, back)
        case StartFlow(flow):
            return _start_flow(book, back, flow)
        case Command("!end"):
            return _command(book, back, "!end")
        case Gone():
            return Turn(session, (), HandOver("again", again=True))
        case _:
            return Turn(session, (book.line("common.with_person"),), HandOver("again", again=True))


def _resume(book: Book, session: Session) -> Turn:
    waiting = isinstance(book.step(session.top.flow, session.top.step), AskStep | ChooseStep | FormStep)
    return _ask(book, session.progress()) if waiting else _menu(book, session)
