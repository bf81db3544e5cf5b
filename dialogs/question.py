"""What is being asked just now, derived from book and session alone: the flow's own question, a form's field, or an aside of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dialogs.book import Book
from dialogs.contract import Budget, Choice, Expectation, Prompt, Wants
from dialogs.flow import AskStep, ChooseStep, FormStep, Line, Offer
from dialogs.session import Frame, Session
from dialogs.slots import SlotType, slot_type, wish
from dialogs.templates import evaluate, render
from nlu.commands import COMMAND_PHRASES
from nlu.values import as_spoken_digits

MORE = "!more"


@dataclass(frozen=True, slots=True)
class Question:
    """A question. `options` are all its choices, with `values` where a choice means more than its id; `field` is the form field's name.

    accepts_mobile: another mobile may be given in place of yes or no.
    """

    name: str
    slot: SlotType
    prompt: Prompt
    retry: Prompt | None = None
    rescue: Prompt | None = None
    help: Prompt | None = None
    options: tuple[Choice, ...] = ()
    values: Mapping[str, Any] | None = None
    field: str = ""
    optional: bool = False
    accepts_mobile: bool = False

    def value(self, choice: str) -> Any:
        """What picking a choice means."""
        return self.values[choice] if self.values and choice in self.values else choice


def prompt(line: Line, slots: Mapping[str, Any], name: str) -> Prompt:
    """A flow's line with its values."""
    return Prompt(render(line.text, slots), None if line.speech is None else render(line.speech, slots), name)


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
    return tuple(
        Choice(c["id"], c["label"], speech=c.get("speech"), words=tuple(c.get("words", ())), hint=c.get("hint", "")) for c in listed
    )


def _yes_no(book: Book) -> tuple[Choice, ...]:
    return Choice("yes", book.words("common.yes"), words=book.also("common.yes")), Choice(
        "no", book.words("common.no"), words=book.also("common.no")
    )


YES_NO = {"yes": True, "no": False}


def pending_field(step: FormStep, frame: Frame) -> Mapping[str, Any] | None:
    """The first field of a form that has no answer yet; None when the form is full."""
    answers = frame.slots.get(step.form) or {}
    fields: Iterable[Mapping[str, Any]] = evaluate(step.fields, frame.slots) or ()
    return next((field for field in fields if field["name"] not in answers), None)


def _aside(book: Book, session: Session) -> Question:
    aside = session.aside
    assert aside is not None
    if aside.kind == "near":
        candidates = list(aside.data["candidates"])
        options = [Choice(f"near:{n}", label) for n, (_, label) in enumerate(candidates)]
        return Question(
            "near",
            slot_type("choice"),
            book.line("common.did_you_mean"),
            options=(*options, Choice("near:none", book.words("common.none_of_these"))),
            values={f"near:{n}": value for n, (value, _) in enumerate(candidates)},
        )
    if aside.kind == "known":
        number = str(aside.data["value"])
        return Question(
            "known",
            slot_type("yes_no"),
            book.line("common.use_this_mobile", tail=number[-4:], tail_spoken=as_spoken_digits(number[-4:])),
            options=_yes_no(book),
            values=YES_NO,
            accepts_mobile=True,
        )
    return Question(
        "offer_person",
        slot_type("choice"),
        book.line("common.offer_person"),
        options=(
            Choice("person", book.words("common.to_person"), words=book.also("common.to_person")),
            Choice("again", book.words("common.try_again"), words=book.also("common.try_again")),
        ),
    )


def _form_field(book: Book, step: FormStep, frame: Frame) -> Question:
    field = pending_field(step, frame)
    assert field is not None
    name = f"{frame.flow}.{frame.step}.{field['name']}"
    yes_no = field["type"] == "yes_no"
    return Question(
        name,
        slot_type(field["type"], field.get("least"), field.get("most"), bool(field.get("mask"))),
        Prompt(field["prompt"], field.get("speech"), name),
        options=_yes_no(book) if yes_no else tuple(Choice(c["id"], c["label"], words=tuple(c.get("words", ()))) for c in field["choices"]),
        values=YES_NO if yes_no else None,
        field=field["name"],
        optional=bool(field.get("optional")),
    )


def question(book: Book, session: Session) -> Question:
    """What the session waits for. The session must stand at a waiting step (the engine sees to it)."""
    if session.aside is not None:
        return _aside(book, session)
    frame = session.top
    step = book.step(frame.flow, frame.step)
    if isinstance(step, FormStep):
        return _form_field(book, step, frame)
    if not isinstance(step, AskStep | ChooseStep):
        raise ValueError(f"{frame.flow}.{frame.step} does not wait")
    name = f"{frame.flow}.{frame.step}"
    slot = slot_type(step.type, step.length, step.length, step.mask) if isinstance(step, AskStep) else slot_type("choice")
    options = tuple(_offer(offer, frame.slots) for offer in step.choices) + _listed(step.choices_from, frame.slots)
    if slot.name == "yes_no":
        options = _yes_no(book)

    values: Mapping[str, Any] | None = YES_NO if slot.name == "yes_no" else None
    if slot.name == "wish":
        values = {option.id: wish(option.id) for option in options}

    def line(part: str) -> Prompt | None:
        said: Line | None = getattr(step, part)
        return None if said is None else prompt(said, frame.slots, f"{name}.{part}")

    return Question(
        name,
        slot,
        prompt(step.prompt, frame.slots, name),
        line("retry"),
        line("rescue"),
        line("help"),
        options,
        values,
    )


def shown(asked: Question, session: Session, budget: Budget, book: Book) -> tuple[Choice, ...]:
    """The choices of the current page with their keys; a last one leads to the next page when they do not fit."""
    options = asked.options
    if len(options) > budget.choices:
        size = budget.choices - 1
        pages = -(-len(options) // size)
        start = (session.page % pages) * size
        options = (*options[start : start + size], Choice(MORE, book.words("common.more"), words=book.also("common.more")))
    return tuple(replace(choice, key=str(n)) for n, choice in enumerate(options, 1))


def _universals(book: Book, asked: Question) -> tuple[Choice, ...]:
    skip = (Choice("!skip", book.words("common.skip"), words=COMMAND_PHRASES["!skip"]),) if asked.optional else ()
    return (*skip, *book.universals)


def expectation(book: Book, session: Session, budget: Budget) -> Expectation:
    """What the terminal is told to wait for."""
    asked = question(book, session)
    slot, choices, universals = asked.slot, shown(asked, session, budget, book), _universals(book, asked)
    names = [w for c in (*asked.options, *choices, *universals) for w in (c.label, *c.words)]
    items = book.item_phrases if slot.name in ("wish", "service_item") else ()
    return Expectation(
        question=asked.name,
        wants=slot.wants,
        slot=slot.name,
        choices=choices,
        universals=universals,
        phrases=tuple(dict.fromkeys([*names, *slot.phrases, *items])),
        least=slot.least if slot.wants is Wants.DIGITS else 0,
        most=slot.most if slot.wants is Wants.DIGITS else 0,
        letter_x=slot.letter_x,
        mask=slot.mask,
        typed_so_far=("*" * len(session.partial) if slot.mask else session.partial),
        slow=slot.slow,
    )
