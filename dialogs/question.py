"""What is being asked just now, derived from book and session alone, and what a terminal is told to wait for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from dialogs.asides import aside_question
from dialogs.asked import YES_NO, Question, prompt, yes_no
from dialogs.book import Book
from dialogs.contract import Budget, Choice, Expectation, Prompt, Wants
from dialogs.flow import AskStep, ChooseStep, FormStep, Line, Offer
from dialogs.session import Aside, Frame, Session
from dialogs.slots.kinds import SlotType
from dialogs.slots.table import field_slot, slot_type
from dialogs.slots.wish import wish
from dialogs.templates import evaluate, render
from nlu.commands import COMMAND_PHRASES
from nlu.grammars import grammar_of
from records.forms import applies

MORE = "!more"


def _offer(offer: Offer, slots: Mapping[str, Any]) -> Choice:
    return Choice(
        offer.id,
        render(offer.label, slots),
        speech=None if offer.speech is None else render(offer.speech, slots),
        words=offer.words,
        hint=render(offer.hint, slots),
    )


def _listed(source: str | None, slots: Mapping[str, Any]) -> tuple[Choice, ...]:
    if source is None:
        return ()
    listed: Iterable[Mapping[str, Any]] = evaluate(source, slots) or ()
    return tuple(Choice(c["id"], c["label"], words=tuple(c.get("words", ())), hint=c.get("hint", "")) for c in listed)


def fields_of(step: FormStep, frame: Frame) -> tuple[Mapping[str, Any], ...]:
    """The form's fields that are asked, given the answers so far."""
    answers = frame.slots.get(step.form) or {}
    counted: dict[str, Any] = {}  # an answer to a field that is no longer asked decides nothing
    asked: list[Mapping[str, Any]] = []
    for field in evaluate(step.fields, frame.slots) or ():
        if applies(field.get("when"), counted):
            asked.append(field)
            if field["name"] in answers:
                counted[field["name"]] = answers[field["name"]]
    return tuple(asked)


def pending_field(step: FormStep, frame: Frame) -> Mapping[str, Any] | None:
    """The first field of a form that has no answer yet; None when the form is full."""
    answers = frame.slots.get(step.form) or {}
    return next((field for field in fields_of(step, frame) if field["name"] not in answers), None)


def field_options(book: Book, field: Mapping[str, Any], partial: str = "") -> tuple[Choice, ...]:
    """The choices of a form's field."""
    slot = field_slot(field)
    if slot.name == "yes_no":
        return yes_no(book)
    if slot.children is not None:
        return tuple(Choice(name, name) for name in slot.children(slot, partial))
    return tuple(Choice(c["id"], c["label"], words=tuple(c.get("words", ()))) for c in field.get("choices", ()))


def field_question(book: Book, step: FormStep, frame: Frame, at: str, partial: str = "") -> Question:
    """The question of one field of a form. What the field does not say itself, its kind of answer does."""
    field = next(f for f in fields_of(step, frame) if f["name"] == at)
    name, slot = f"{frame.flow}.{frame.step}.{field['name']}", field_slot(field)
    asked = Prompt(field["prompt"], field.get("speech"), name)
    if partial and slot.children is not None:
        asked = book.line("common.place_within", label=slot.tell(partial, book.words).text)
    return Question(
        name,
        slot,
        asked,
        retry=book.line_of_kind("retry", slot.name),
        rescue=book.line_of_kind("rescue", slot.name),
        help=Prompt(field["help"], None, f"{name}.help") if field.get("help") else book.line_of_kind("help", slot.name),
        options=field_options(book, field, partial),
        values=YES_NO if slot.name == "yes_no" else None,
        field=field["name"],
        label=field["label"],
        optional=bool(field.get("optional")),
    )


#: The last questions, by the identity of all they are derived from: one turn comes back to the same two again and again.
_LATEST: deque[tuple[Book, Aside | None, Frame, str, Question]] = deque(maxlen=4)


def question(book: Book, session: Session) -> Question:
    """What the session waits for. The session must stand at a waiting step (the engine sees to it)."""
    aside, frame, partial = session.aside, session.top, session.partial
    for made in _LATEST:
        if made[0] is book and made[1] is aside and made[2] is frame and made[3] == partial:
            return made[4]
    asked = _derived(book, session)
    _LATEST.append((book, aside, frame, partial, asked))
    return asked


def _derived(book: Book, session: Session) -> Question:
    if session.aside is not None:
        return aside_question(book, session)
    frame = session.top
    step = book.step(frame.flow, frame.step)
    if isinstance(step, FormStep):
        field = pending_field(step, frame)
        if field is None:
            raise ValueError(f"{frame.flow}.{frame.step}: every field has its answer")
        return field_question(book, step, frame, field["name"], session.partial)
    if not isinstance(step, AskStep | ChooseStep):
        raise ValueError(f"{frame.flow}.{frame.step} does not wait")
    return step_question(book, step, frame)


def step_slot(step: AskStep | ChooseStep) -> SlotType:
    """The slot type of a flow's question."""
    return slot_type(step.type, step.length, step.mask) if isinstance(step, AskStep) else slot_type("choice")


def step_question(book: Book, step: AskStep | ChooseStep, frame: Frame) -> Question:
    """The question of a step."""
    name, slot = f"{frame.flow}.{frame.step}", step_slot(step)
    options = tuple(_offer(offer, frame.slots) for offer in step.choices) + _listed(step.choices_from, frame.slots)
    if slot.name == "yes_no":
        options = yes_no(book)
    values: Mapping[str, Any] | None = YES_NO if slot.name == "yes_no" else None
    if slot.name == "wish":
        values = {option.id: wish(option.id) for option in options}

    def line(part: str) -> Prompt | None:
        said: Line | None = getattr(step, part)
        return book.line_of_kind(part, slot.name) if said is None else prompt(said, frame.slots, f"{name}.{part}")

    return Question(
        name,
        slot,
        prompt(step.prompt, frame.slots, name),
        line("retry"),
        line("rescue"),
        line("help"),
        line("again"),
        options=options,
        values=values,
        label=(isinstance(step, AskStep) and step.label) or "",
        optional=isinstance(step, AskStep) and step.optional,
    )


def shown(asked: Question, session: Session, budget: Budget, book: Book) -> tuple[Choice, ...]:
    """The choices of the current page with their keys; a last one leads to the next page when they do not fit."""
    options = asked.options
    if asked.optional and asked.slot.wants is not Wants.DIGITS:
        options = (*options, _skip(book))
    if len(options) > budget.choices:
        size = budget.choices - 1
        pages = -(-len(options) // size)
        start = (session.page % pages) * size
        options = (*options[start : start + size], Choice(MORE, book.words("common.more"), words=book.also("common.more")))
    return tuple(replace(choice, key=str(n)) for n, choice in enumerate(options, 1))


def _skip(book: Book) -> Choice:
    return Choice("!skip", book.words("common.skip"), words=COMMAND_PHRASES["!skip"])


def _universals(book: Book, asked: Question) -> tuple[Choice, ...]:
    """Where digits are keyed in, every key but # is one; so there, skipping is no choice with a key but # alone."""
    return (_skip(book), *book.universals) if asked.optional and asked.slot.wants is Wants.DIGITS else book.universals


def expectation(book: Book, session: Session, budget: Budget) -> Expectation:
    """What the terminal is told to wait for."""
    asked = question(book, session)
    slot, choices, universals = asked.slot, shown(asked, session, budget, book), _universals(book, asked)
    return Expectation(
        question=asked.name,
        wants=slot.wants,
        slot=slot.name,
        choices=choices,
        universals=universals,
        phrases=_to_hear(book, session, asked, (*choices, *universals)) if budget.speech_seconds is not None else (),
        least=slot.least if slot.wants is Wants.DIGITS else 0,
        most=slot.most if slot.wants is Wants.DIGITS else 0,
        letter_x=slot.letter_x,
        mask=slot.mask,
        typed_so_far="" if slot.wants is not Wants.DIGITS else "*" * len(session.partial) if slot.mask else session.partial,
        slow=slot.slow,
    )


def _to_hear(book: Book, session: Session, asked: Question, more: tuple[Choice, ...]) -> tuple[str, ...]:
    """What a recogniser should listen for, once each."""
    slot = asked.slot
    names = [w for c in (*asked.options, *more) for w in (c.label, *c.words)]
    items = book.item_phrases if slot.name in ("wish", "service_item") else ()
    return tuple(dict.fromkeys([*names, *grammar_of(slot.name, session.partial), *items, *COMMAND_PHRASES["!slower"]]))
