"""What the resident has answered and may still take back, and which of it a correction means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dialogs.asked import Question
from dialogs.book import Book
from dialogs.flow import AskStep, FormStep
from dialogs.heard import Command, Correct, Heard, Invalid, Switch, Value
from dialogs.question import field_question, fields_of, step_question
from dialogs.session import Session, day_of
from dialogs.slots.kinds import Answer
from dialogs.slots.wish import wish
from nlu.choices import Chosen, Option, choose
from nlu.corrections import Correction, about_matches
from nlu.hearing import find_said
from nlu.items import ItemIndex

#: There is something to take back, but it has been recorded by now.
TOO_LATE = Correct(-1, "")


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, where it is kept, and the question it was given to."""

    frame: int
    step: str
    question: Question
    value: Any

    def correct(self, value: Any = None, reason: str = "") -> Correct:
        """Taking it back."""
        return Correct(self.frame, self.step, self.question.field, value, reason)


def answered(book: Book, session: Session, *, sealed: bool = False) -> tuple[Answered, ...]:
    """All answers that can be taken back, the oldest first; or (`sealed`) those that no longer can."""
    return tuple(_answered(book, session, sealed))


def _answered(book: Book, session: Session, sealed: bool) -> Iterator[Answered]:
    for n, frame in enumerate(session.frames):
        if frame.digression or frame.sealed is not sealed:
            continue
        for name, step in book.flows[frame.flow].steps.items():
            at = frame if frame.step == name else Session(id="", frames=(frame,)).at(name).top
            match step:
                case FormStep(form=form):
                    answers = frame.slots.get(form) or {}
                    asked = {field["name"] for field in fields_of(step, frame)} if answers else set()
                    for field in answers:
                        if field in asked:
                            yield Answered(n, name, field_question(book, step, at, field), answers[field])
                case AskStep(ask=slot, label=label) if label and frame.slots.get(slot) and (n, name) != _here(session):
                    yield Answered(n, name, step_question(book, step, at), frame.slots[slot])


def _here(session: Session) -> tuple[int, str]:
    return len(session.frames) - 1, session.top.step


def taken_back(book: Book, session: Session, said: Correction, heard: bool) -> Heard | None:
    """Which answer a correction means, and the new one; None when it means none of them."""
    if said.kind == "item":
        return _other_item(book.items, said.new, heard)
    given = answered(book, session)
    if not given:
        return TOO_LATE if said.kind in ("named", "replace") and _meant(answered(book, session, sealed=True), said) else None
    match said.kind:
        case "last":
            return Command("!back") if session.history else given[-1].correct()
        case "named":
            meant = _meant(given, said)
            return _renewed(book, session, meant[0], said.new, heard) if meant else None
        case "replace":
            return next((c for a in reversed(given) if (c := _replaced(book, session, a, said, heard))), None)
        case "value":
            for answer in reversed(given):
                new = _read(book, session, answer, said.new, heard)
                if isinstance(new, Value) and new.value != answer.value and answer.question.slot.name != "text":
                    return answer.correct(new.value)
    return None


def _meant(given: tuple[Answered, ...], said: Correction) -> list[Answered]:
    return [given[n] for n in about_matches(said.about, [a.question.label for a in given])] if said.about else list(given[-1:])


def _other_item(index: ItemIndex, named: str, heard: bool) -> Switch:
    found = find_said(index, (named,), heard=heard) if named else None
    if found is not None and found.verdict == "sure":
        best = found.candidates[0]
        return Switch(wish("request", best.code, best.name, said=named), best.name)
    return Switch(wish("request"), "")


def _renewed(book: Book, session: Session, answer: Answered, text: str, heard: bool) -> Correct:
    """The answer with what was said in its place; asked again when nothing was, with the reason when it cannot be."""
    if not text:
        return answer.correct()
    new = _read(book, session, answer, text, heard)
    match new:
        case Value(value):
            return answer.correct(value)
        case Invalid(reason):
            return answer.correct(reason=reason)
    return answer.correct()


def _read(book: Book, session: Session, answer: Answered, text: str, heard: bool) -> Heard | None:
    asked = answer.question
    chosen = choose((text,), [Option(c.id, c.label, "", c.words) for c in asked.options]) if asked.options else None
    if isinstance(chosen, Chosen):
        return Value(asked.value(chosen.id))
    return asked.slot.read(asked.slot, Answer((text,), day_of(session), heard), book.items)


def _replaced(book: Book, session: Session, answer: Answered, said: Correction, heard: bool) -> Correct | None:
    """是三不是四: the one place where the old digits can have stood; asked again when there are several, or none fits."""
    asked, value = answer.question, str(answer.value)
    if asked.options:
        labels = [Option(c.id, c.label, "", c.words) for c in asked.options]
        old, new = choose((said.old,), labels), choose((said.new,), labels)
        was_meant = isinstance(old, Chosen) and asked.value(old.id) == answer.value and isinstance(new, Chosen)
        return answer.correct(asked.value(new.id)) if was_meant and isinstance(new, Chosen) else None
    if not said.old.isdigit() or not said.new.isdigit() or said.old not in value:
        return None
    places = [at for at in range(len(value)) if value.startswith(said.old, at)]
    tries = [value[:at] + said.new + value[at + len(said.old) :] for at in places]
    fitting = [new for new in tries if isinstance(_read(book, session, answer, new, heard=False), Value)]
    return answer.correct(fitting[0]) if len(fitting) == 1 else answer.correct()
