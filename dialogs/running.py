"""Runs a flow on from where the session stands to the next question, action, hand-over or end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dialogs.asked import prompt
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
from dialogs.gleaning import glean
from dialogs.outcome import CircleError, Do, End, HandOver, Turn, Wait
from dialogs.question import fields_of, pending_field, question
from dialogs.session import Aside, Failures, Frame, Session, Slots, day_of
from dialogs.telling import may_be_known, tell
from dialogs.templates import evaluate

#: A flow that runs this many steps without waiting goes round in a circle; the longest honest run is a dozen.
MOST_STEPS = 60
#: Slots the engine keeps for itself: known values that were declined, and beginnings of answers, by field.
DECLINED, BEGUN = "declined_known", "begun"
WAITING = (AskStep, ChooseStep, FormStep)


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
                return ask(book, offer_known(book, session), *prompts)
            case FormStep():
                session, noted = taken_from_told(book, session, step)
                prompts = (*prompts, *noted)
                if pending_field(step, session.top) is not None:
                    return ask(book, offer_known(book, begun_before(book, session)), *prompts)
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
                if frame.digression:
                    return come_back(book, session, *prompts)
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
    return replace(session.progress(), frames=(), history=(), outcome="end", card=None, slow=False)


def come_back(book: Book, session: Session, *before: Prompt) -> Turn:
    """To the question where the talk was left; when it was left between two questions, to the one before, or to the menu."""
    if not isinstance(book.step(session.top.flow, session.top.step), WAITING):
        if not session.history:
            return menu(book, session, *before)
        session = replace(session, frames=session.history[-1], history=session.history[:-1])
    session = replace(session, failures=Failures())
    asked = question(book, session)
    return Turn(session, (*before, asked.again or asked.prompt), Wait())


def digress(book: Book, session: Session, flow: str, slots: Slots) -> Turn:
    """Runs a flow in between; when it ends, the very question is asked again."""
    frame = Frame(flow, book.flows[flow].start, slots, session.serial, digression=True)
    return run_on(book, replace(session, frames=(*session.frames, frame), serial=session.serial + 1), ())


def menu(book: Book, session: Session, *before: Prompt) -> Turn:
    """The main menu, with everything else put away."""
    frame = Frame(MAIN, MENU, {}, session.serial)
    fresh = replace(session.progress(), frames=(frame,), outcome="wait", card=None, serial=session.serial + 1)
    return run_on(book, fresh, before)


def offer_known(book: Book, session: Session) -> Session:
    """What the terminal vouches for, or the resident let us keep, is offered instead of asking, once a question."""
    if session.aside is not None or not session.known:
        return session
    frame = session.top
    step = book.step(frame.flow, frame.step)
    if isinstance(step, FormStep):
        field = pending_field(step, frame)
        if field is None or not may_be_known(field, frame.slots.get(step.form) or {}):
            return session
        name, kind = field["name"], field["type"]
    elif isinstance(step, AskStep) and step.offer_known:
        name, kind = step.ask, step.type
    else:
        return session
    known = session.known.get(kind)
    if not known or name in frame.slots.get(DECLINED, ()):
        return session
    return replace(session, aside=Aside("known", {"type": kind, "value": known, "name": name}))


def taken_from_told(book: Book, session: Session, step: FormStep) -> tuple[Session, tuple[Prompt, ...]]:
    """A form that has just been opened takes what was already told."""
    frame = session.top
    if step.told is None or step.form in frame.slots:
        return session, ()
    sentence = evaluate(step.told, frame.slots)
    session = session.at(frame.step, **{step.form: {}})
    return glean_into(book, session, step, str(sentence)) if sentence else (session, ())


def glean_into(book: Book, session: Session, step: FormStep, sentence: str) -> tuple[Session, tuple[Prompt, ...]]:
    """The form with what the sentence answers, and the sentence that tells it back."""
    frame = session.top
    answers = frame.slots.get(step.form) or {}
    fields = evaluate(step.fields, frame.slots) or ()
    found = glean(fields, answers, sentence, day_of(session))
    if not found.answers and not found.begun:
        return session, ()
    begun = {**frame.slots.get(BEGUN, {}), **found.begun}
    session = session.at(frame.step, **{step.form: {**answers, **found.answers}, BEGUN: begun})
    told = [(f["label"], tell(f, found.answers[f["name"]], book.words)) for f in fields if f["name"] in found.answers]
    if not told:
        return session, ()
    text = "，".join(f"{label}：{value.text}" for label, value in told)
    speech = "，".join(f"{label}，{value.speech}" for label, value in told)
    return session, (book.line("common.noted_down", told=text, told_spoken=speech),)


def begun_before(book: Book, session: Session) -> Session:
    """The question with the beginning of its answer that was told earlier."""
    step = book.step(session.top.flow, session.top.step)
    field = pending_field(step, session.top) if isinstance(step, FormStep) else None
    begun = session.top.slots.get(BEGUN) or {}
    if field is None or session.partial or field["name"] not in begun:
        return session
    left = {name: value for name, value in begun.items() if name != field["name"]}
    return replace(session.at(session.top.step, **{BEGUN: left}), partial=begun[field["name"]])


def hand_over(book: Book, session: Session, reason: str, prompts: tuple[Prompt, ...]) -> Turn:
    said = prompts or (book.line("common.handing_over"),)
    return Turn(replace(session, outcome="hand_over"), said, HandOver(reason))


def fill(book: Book, session: Session, value: Any, said: str = "", before: tuple[Prompt, ...] = ()) -> Turn:
    """Puts an answer into the slot of the waiting step and runs on. said: the sentence it came in, which may answer more of a form."""
    frame = session.top
    step = book.step(frame.flow, frame.step)
    match step:
        case FormStep(form=form):
            field = pending_field(step, frame)
            answers = {**(frame.slots.get(form) or {}), **({field["name"]: value} if field else {})}
            session = session.at(frame.step, **{form: answers})
            if said:
                session, noted = glean_into(book, session, step, said)
                before = (*before, *noted)
            return run_on(book, without_idle_answers(session, step), before)
        case AskStep(ask=slot):
            filled = session.at(frame.step, **{slot: value})
        case ChooseStep(choose=slot, choices=choices):
            filled = session.at(frame.step, **{slot: value})
            if go := next((offer.go for offer in choices if offer.id == value and offer.go), None):
                return run_on(book, filled.at(go), before)
        case _:
            raise ValueError(f"{frame.flow}.{frame.step} takes no answer")
    goal = book.flows[frame.flow].after(frame.step)
    if goal is None:
        raise CircleError(f"{frame.flow}.{frame.step} goes nowhere; give it a 'next' or an 'end' after it")
    return run_on(book, filled.at(goal), before)


def without_idle_answers(session: Session, step: FormStep) -> Session:
    """The form without answers to fields that are no longer asked, since an earlier answer has changed."""
    frame = session.top
    asked = {field["name"] for field in fields_of(step, frame)}
    answers = {name: value for name, value in (frame.slots.get(step.form) or {}).items() if name in asked}
    return session.at(frame.step, **{step.form: answers})
