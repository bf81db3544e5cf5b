"""Makes the record of a turn from what the turn had."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from dialogs.book import Book
from dialogs.contract import Alternative, Arrive, Incoming, Keys, Leave, Photo, Pick, Prompt, Speech, Text
from dialogs.heard import Command, Done, Heard, Invalid, Near, NotUnderstood, Part, StartFlow, Value
from dialogs.outcome import Do, End, HandOver, Wait
from dialogs.question import question
from dialogs.session import Session
from dialogs.trace.holdings import PUBLIC_KINDS, PUBLIC_WISH, SENTENCES, WISH_KINDS, brought, offered, personal, public
from dialogs.trace.masking import Known, Masks, figures_in, masks_of
from dialogs.trace.record import Asked, Did, Event, Meant, Said, Trace

#: Kinds whose answers are figures: how many were given stays, for short or wrong ones.
NUMBER_KINDS = frozenset({"digits", "case_number", "mobile", "id_number"})
#: What of it the record keeps, to set the same scene again.
KEPT_FACTS = {"find_case": ("item", "state")}


def trace_of(
    book: Book,
    incoming: Incoming,
    met: Session,
    heard: Heard,
    did: Sequence[tuple[str, Done]],
    prompts: Sequence[Prompt],
    then: Wait | Do | HandOver | End,
    after: Session,
    *,
    at: datetime,
    ms: float,
) -> Trace:
    """The record of a turn. Takes what the turn had as it was, personal data and all; gives none of it.

    met: the session that `heard` was read against. did: the actions run, in order. then: how the step ended. after: the session as saved.
    """
    masks = masks_of(book)
    values = personal(book, incoming, met, after)
    catalogue = cache(
        lambda: Known([*public(book, met, after), *offered(book, met), *(t for name, done in did for t in brought(name, done.value))])
    )
    asked = _asked(book, met)
    return Trace(
        conversation=after.id,
        channel=incoming.address.channel,
        revision=after.revision,
        at=at,
        event=_event(masks, incoming, heard, asked, values, catalogue),
        met=asked,
        heard=_meant(book, masks, met, heard, asked, values, catalogue),
        did=tuple(Did(action, done.outcome, _facts(masks, action, done, values, catalogue)) for action, done in did),
        said=tuple(
            Said(p.name, masks.ours(p.text, values, catalogue), None if p.speech is None else masks.ours(p.speech, values, catalogue))
            for p in prompts
        ),
        left=_asked(book, after),
        hand_over=masks.name(then.reason) if isinstance(then, HandOver) and not then.again else "",
        failures=(after.failures.silence, after.failures.no_match, after.failures.invalid),
        outcome=str(after.outcome),
        ms=round(ms, 1),
    )


def _asked(book: Book, session: Session) -> Asked:
    if session.outcome != "wait" or not session.frames:
        return Asked(str(session.outcome) if session.frames or session.revision else "")
    asked = question(book, session)
    return Asked(asked.name, asked.slot.name)


# --- what came ---------------------------------------------------------------------------------------------------------------------


def _event(
    masks: Masks, incoming: Incoming, heard: Heard, asked: Asked, values: Mapping[str, str], catalogue: Callable[[], Known]
) -> Event:
    event = incoming.event
    kind = type(event).__name__.lower()
    match event:
        case Text(said) | Keys(said) | Speech((Alternative(text=said), *_)):
            answers = Value | Part | Invalid | Near if asked.slot in NUMBER_KINDS else Value | Part | Invalid | Near | NotUnderstood
            private = _private(asked.slot) and isinstance(heard, answers)
            return Event(kind, _kind(asked.slot, said) if private else masks.resident(said, values, catalogue))
        case Pick(choice, _):
            return Event(kind, masks.name(choice) if isinstance(heard, Value | Command | StartFlow) else "<stale>")
        case Photo():
            return Event(kind, "<photo>")
        case Arrive(scene=said):
            return Event(kind, masks.resident(said))
        case Leave(reason=said):
            return Event(kind, masks.name(said))
    return Event(kind)


def _private(slot: str) -> bool:
    return bool(slot) and slot not in PUBLIC_KINDS and slot != "wish"


def _kind(slot: str, text: str) -> str:
    """An answer's kind in place of the answer."""
    figures = figures_in(text) + (slot == "id_number" and text.strip()[-1:] in "XxＸ*叉" and len(text) > 0)
    whole = {"mobile": 11, "id_number": 18, "case_number": 10}.get(slot)
    return f"<{slot}:{figures}>" if slot in NUMBER_KINDS and figures != whole else f"<{slot}>"


# --- what it meant -----------------------------------------------------------------------------------------------------------------


def _meant(
    book: Book,
    masks: Masks,
    met: Session,
    heard: Heard,
    asked: Asked,
    values: Mapping[str, str],
    catalogue: Callable[[], Known],
) -> Meant:
    kind = type(heard).__name__
    match heard:
        case Value(value=value):
            return Meant(kind, _value(masks, asked.slot, value, values), masks.ours(_label(book, met, value), values, catalogue))
        case Part():
            given = "".join(str(getattr(heard, field.name)) for field in fields(heard))
            return Meant(kind, _kind(asked.slot, given) if _private(asked.slot) else masks.resident(given, values))
        case Near(candidates):
            return Meant(kind, "", " | ".join(masks.ours(label, values, catalogue) for _, label in candidates))
        case Command(id):
            label = next((choice.label for choice in book.universals if choice.id == id), "")
            return Meant(kind, masks.name(id), label or _named(book, id))
    facts = ((field.name, getattr(heard, field.name)) for field in fields(heard))
    return Meant(kind, " ".join(_fact(masks, name, fact, values) for name, fact in facts if fact not in (None, "", False)))


def _named(book: Book, command: str) -> str:
    """What a universal that is only offered at times (更多, 跳过) is called."""
    name = f"common.{command.removeprefix('!')}"
    return book.words.sentences.get(name, "")


def _fact(masks: Masks, name: str, fact: Any, values: Mapping[str, str]) -> str:
    """A field of something heard, of a kind that may yet be invented: names of ours stay, values go."""
    if name in ("value", "said", "begun"):
        return "<value>"
    if isinstance(fact, str):
        return masks.name(fact) if fact not in values else values[fact]
    if isinstance(fact, Mapping):
        return " ".join(masks.name(str(value)) for key, value in fact.items() if key in PUBLIC_WISH and value)
    return name if fact is True else str(fact) if isinstance(fact, int) and fact < 1000 else f"<{name}>"


def _value(masks: Masks, slot: str, value: Any, values: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if slot == "wish" and isinstance(value, Mapping):
        kept = [masks.name(str(value[key])) for key in ("intent", "item") if value.get(key)]
        return " ".join(
            [*kept, *(f"<{WISH_KINDS.get(key, key)}>" for key, entry in value.items() if entry and key not in PUBLIC_WISH | SENTENCES)]
        )
    if not _private(slot) and isinstance(value, str):
        return masks.name(value) if value not in values else values[value]
    return _kind(slot, str(value)) if slot else "<value>"


def _label(book: Book, session: Session, value: Any) -> str:
    """The label of the offered choice that means this."""
    if session.outcome != "wait" or not session.frames:
        return ""
    asked = question(book, session)
    return next((choice.label for choice in asked.options if asked.value(choice.id) == value), "")


def _facts(masks: Masks, action: str, done: Done, values: Mapping[str, str], catalogue: Callable[[], Known]) -> dict[str, str]:
    if not isinstance(done.value, Mapping):
        return {}
    return {key: masks.ours(str(done.value[key]), values, catalogue) for key in KEPT_FACTS.get(action, ()) if key in done.value}
