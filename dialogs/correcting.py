"""Takes an earlier answer back: puts the new one in its place, or asks again; then goes on from there with everything else kept."""

from __future__ import annotations

from dataclasses import replace

from dialogs import repair
from dialogs.asked import Question
from dialogs.book import Book
from dialogs.contract import Prompt
from dialogs.flow import AskStep, FormStep
from dialogs.heard import Correct, Invalid
from dialogs.outcome import Turn
from dialogs.question import field_question, step_question
from dialogs.running import ask, ask_again, fill, run_on, without_idle_answers
from dialogs.session import Session
from dialogs.slots.table import slot_type


def correct(book: Book, session: Session, heard: Correct) -> Turn:
    """One correction. What has been recorded already can only be changed by a person, and that is said."""
    if heard.frame < 0:
        return ask_again(book, session, book.line("common.already_recorded"))
    session = session.remember().progress()
    frames = session.frames[: heard.frame + 1]
    back = replace(session, frames=(*frames[:-1], replace(frames[-1], step=heard.step)))
    step = book.step(back.top.flow, heard.step)
    if isinstance(step, FormStep):
        return _field(book, back, step, heard)
    if not isinstance(step, AskStep):
        raise ValueError(f"{back.top.flow}.{heard.step} keeps no answer")
    asked = step_question(book, step, back.top)
    if heard.value is not None:
        told = slot_type(step.type, step.length, step.mask).tell(heard.value, book.words)
        return fill(book, back, heard.value, before=(_changed(book, asked, told.text, told.speech),))
    emptied = back.at(heard.step, **{step.ask: None})
    return _again(book, emptied, asked, heard.reason)


def _field(book: Book, session: Session, step: FormStep, heard: Correct) -> Turn:
    asked = field_question(book, step, session.top, heard.field)
    answers = dict(session.top.slots[step.form])
    if heard.value is None:
        del answers[heard.field]
        return _again(book, session.at(heard.step, **{step.form: answers}), asked, heard.reason)
    answers[heard.field] = heard.value
    label = next((c.label for c in asked.options if asked.value(c.id) == heard.value), "")
    text, speech = (label, label) if label else asked.slot.tell(heard.value, book.words)
    kept = without_idle_answers(session.at(heard.step, **{step.form: answers}), step)
    return run_on(book, kept, (_changed(book, asked, text, speech),))


def _changed(book: Book, asked: Question, text: str, speech: str) -> Prompt:
    return book.line("common.changed", label=asked.label, told=text, told_spoken=speech)


def _again(book: Book, session: Session, asked: Question, reason: str) -> Turn:
    if reason:
        return repair.failed(book, session, Invalid(reason))
    return ask(book, session, book.line("common.once_more", label=asked.label))
