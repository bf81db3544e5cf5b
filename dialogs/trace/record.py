"""The record of one turn, and the pure function that makes it from what the turn had."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from dialogs.book import Book
from dialogs.contract import Alternative, Arrive, Incoming, Keys, Leave, Photo, Pick, Prompt, Speech, Text
from dialogs.flow import AskStep, ChooseStep, DoStep, FormStep
from dialogs.heard import Command, Done, Heard, Invalid, Near, Part, StartFlow, Value
from dialogs.outcome import End, HandOver, Wait
from dialogs.question import question
from dialogs.session import Frame, Session
from dialogs.templates import evaluate
from dialogs.trace.masking import LONG_ROW, Known, Masks, figures_in, masks_of, strings

#: Form of the record. A store that holds another one leaves it out.
VERSION = 1

#: Kinds of answers that say nothing about a person: choices that we offered.
PUBLIC_KINDS = frozenset({"choice", "yes_no", "service_item"})
#: Kinds whose answers are figures: how many were given stays, for short or wrong ones.
NUMBER_KINDS = frozenset({"digits", "case_number", "mobile", "id_number"})
#: Entries of a wish that name a service and nobody.
PUBLIC_WISH = frozenset({"intent", "item", "name"})
WISH_KINDS = {"number": "case_number"}
#: What actions bring from the catalogue, whole or by key; everything else they bring is somebody's.
PUBLIC_ACTIONS = frozenset({"list_themes", "list_items", "open_item"})
PUBLIC_KEYS = {"find_case": ("item", "state", "meaning"), "submit_request": ("next",), "read_back": ("label",)}
#: What of it the record keeps, to set the same scene again.
KEPT_FACTS = {"find_case": ("item", "state")}


@dataclass(frozen=True, slots=True)
class Event:
    """What came: the event's kind in small letters and its content, masked. A number's content is its kind, with its length when that is
    not the kind's own: "<mobile>", "<mobile:9>", "<digits:4>"."""

    kind: str
    content: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question by its name and its slot type; without a question the name is how the last turn ended, and the slot type empty."""

    name: str
    slot: str = ""


@dataclass(frozen=True, slots=True)
class Meant:
    """What it meant: kind as in `dialogs.heard`, its value masked, and the label of the choice or universal that it was."""

    kind: str
    value: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Did:
    """An action that was run, its outcome, and what of its data is public ({"item": "老年优待证", "state": "已受理"})."""

    action: str
    outcome: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """A prompt: its name, its text and, where it differs, its speech; masked."""

    name: str
    text: str
    speech: str | None = None

    @property
    def spoken(self) -> str:
        """What a voice said."""
        return self.text if self.speech is None else self.speech


@dataclass(frozen=True, slots=True)
class Trace:
    """One turn. `at` in UTC, `ms` from event to reply. `met` is the question the event came to, `left` the one it left.

    hand_over: the reason, when this turn brought a person in. failures: silence, not understood, not valid, in a row, after the turn.
    """

    conversation: str
    channel: str
    revision: int
    at: datetime
    event: Event
    met: Asked
    heard: Meant
    did: tuple[Did, ...]
    said: tuple[Said, ...]
    left: Asked
    hand_over: str
    failures: tuple[int, int, int]
    outcome: str
    ms: float
    version: int = VERSION


class Tracer(Protocol):
    """Where records go. Never raises and never keeps a turn waiting."""

    async def put(self, trace: Trace) -> None: ...


def trace_of(
    book: Book,
    incoming: Incoming,
    met: Session,
    heard: Heard,
    did: Sequence[tuple[str, Done]],
    prompts: Sequence[Prompt],
    then: Wait | HandOver | End | object,
    after: Session,
    *,
    at: datetime,
    ms: float,
) -> Trace:
    """The record of a turn. Takes what the turn had as it was, personal data and all; gives none of it.

    met: the session that `heard` was read against. did: the actions run, in order. then: how the step ended. after: the session as saved.
    """
    masks = masks_of(book)
    values = _personal(book, incoming, met, after)
    public = cache(
        lambda: Known([*_public(book, met, after), *_offered(book, met), *(t for name, done in did for t in _brought(name, done.value))])
    )
    asked = _asked(book, met)
    return Trace(
        conversation=after.id,
        channel=incoming.address.channel,
        revision=after.revision,
        at=at,
        event=_event(masks, incoming, heard, asked, values, public),
        met=asked,
        heard=_meant(book, masks, met, heard, asked, values, public),
        did=tuple(Did(action, done.outcome, _facts(masks, action, done, values, public)) for action, done in did),
        said=tuple(
            Said(p.name, masks.ours(p.text, values, public), None if p.speech is None else masks.ours(p.speech, values, public))
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


def _event(masks: Masks, incoming: Incoming, heard: Heard, asked: Asked, values: Mapping[str, str], public: Callable[[], Known]) -> Event:
    event = incoming.event
    kind = type(event).__name__.lower()
    match event:
        case Text(said) | Keys(said) | Speech((Alternative(text=said), *_)):
            private = _private(asked.slot) and isinstance(heard, Value | Part | Invalid | Near)
            return Event(kind, _kind(asked.slot, said) if private else masks.resident(said, values, public))
        case Pick(choice, _):
            return Event(kind, masks.name(choice) if isinstance(heard, Value | Command | StartFlow) else "<stale>")
        case Photo():
            return Event(kind, "<photo>")
        case Arrive(scene=said) | Leave(reason=said):
            return Event(kind, masks.resident(said))
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
    public: Callable[[], Known],
) -> Meant:
    kind = type(heard).__name__
    match heard:
        case Value(value=value):
            return Meant(kind, _value(masks, asked.slot, value, values), masks.ours(_label(book, met, value), values, public))
        case Part():
            given = "".join(str(getattr(heard, field.name)) for field in fields(heard))
            return Meant(kind, _kind(asked.slot, given) if _private(asked.slot) else masks.resident(given, values))
        case Near(candidates):
            return Meant(kind, "", " | ".join(masks.ours(label, values, public) for _, label in candidates))
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
        return " ".join([*kept, *(f"<{WISH_KINDS.get(key, key)}>" for key, entry in value.items() if entry and key not in PUBLIC_WISH)])
    if not _private(slot) and isinstance(value, str):
        return masks.name(value) if value not in values else values[value]
    return _kind(slot, str(value)) if slot else "<value>"


def _label(book: Book, session: Session, value: Any) -> str:
    """The label of the offered choice that means this."""
    if session.outcome != "wait" or not session.frames:
        return ""
    asked = question(book, session)
    return next((choice.label for choice in asked.options if asked.value(choice.id) == value), "")


def _facts(masks: Masks, action: str, done: Done, values: Mapping[str, str], public: Callable[[], Known]) -> dict[str, str]:
    if not isinstance(done.value, Mapping):
        return {}
    return {key: masks.ours(str(done.value[key]), values, public) for key in KEPT_FACTS.get(action, ()) if key in done.value}


# --- what is known about whom ------------------------------------------------------------------------------------------------------


def _personal(book: Book, incoming: Incoming, *sessions: Session) -> dict[str, str]:
    """Every personal value that the sessions hold, with its kind. They are hidden by default in any case; here they get their names."""
    found: dict[str, str] = {}
    for kind, value in (*incoming.known, *(entry for session in sessions for entry in session.known.items())):
        _note(found, kind, value)
    for frame in _frames(sessions):
        for slot, value in frame.slots.items():
            for kind, text in _kinds(book, frame, slot, value):
                if kind not in PUBLIC_KINDS:
                    _note(found, kind, text)
    return found


def _note(found: dict[str, str], kind: str, value: object) -> None:
    """Neither single characters, which would shred every sentence, nor long figures, which are hidden as rows, whatever is between them."""
    text = str(value)
    for part in (text, *text.split("/")):
        if len(part) > 1 and not (part.isdecimal() and len(part) >= LONG_ROW):
            found.setdefault(part, f"<{kind}>")


def _frames(sessions: Iterable[Session]) -> Iterable[Frame]:
    return (frame for session in sessions for frames in (session.frames, *session.history[-1:]) for frame in frames)


def _kinds(book: Book, frame: Frame, slot: str, value: Any) -> Iterable[tuple[str, str]]:
    """The kind of each text in a slot: that of the step which fills it. What no asking step fills is nobody's, or was asked in another flow."""
    flow = book.flows.get(frame.flow)
    for step in flow.steps.values() if flow else ():
        match step:
            case AskStep(ask=name, type=kind) if name == slot:
                if isinstance(value, Mapping):
                    return [(WISH_KINDS.get(key, key), str(entry)) for key, entry in value.items() if entry and key not in PUBLIC_WISH]
                return [(kind, str(value))] if value else []
            case FormStep(form=name) if name == slot and isinstance(value, Mapping):
                types = {field["name"]: field["type"] for field in evaluate(step.fields, frame.slots) or ()}
                return [(types.get(key, "text"), str(entry)) for key, entry in value.items() if entry and not isinstance(entry, bool)]
            case ChooseStep(choose=name) if name == slot:
                return []
            case DoStep() if step.into == slot:
                return [("text", value["note"])] if isinstance(value, Mapping) and value.get("note") else []
    return []


def _public(book: Book, *sessions: Session) -> Iterable[str]:
    """Texts of the catalogue that the sessions hold."""
    for frame in _frames(sessions):
        flow = book.flows.get(frame.flow)
        for step in flow.steps.values() if flow else ():
            if isinstance(step, DoStep) and step.into in frame.slots:
                yield from _brought(step.do, frame.slots[step.into])


def _offered(book: Book, session: Session) -> Iterable[str]:
    """What the question offered."""
    if session.outcome == "wait" and session.frames:
        for choice in question(book, session).options:
            yield from (choice.label, choice.spoken, *choice.words)


def _brought(action: str, value: Any) -> Iterable[str]:
    """What is public of an action's data."""
    if action in PUBLIC_ACTIONS:
        yield from strings(value)
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, Mapping):
            yield from (str(entry[key]) for key in PUBLIC_KEYS.get(action, ()) if key in entry)


# --- as JSON -----------------------------------------------------------------------------------------------------------------------


def dump(trace: Trace) -> bytes:
    """The record as JSON."""
    return json.dumps({**asdict(trace), "at": trace.at.isoformat()}, ensure_ascii=False, separators=(",", ":")).encode()


def parse(data: bytes) -> Trace:
    """The record from JSON. Raises ValueError, TypeError or KeyError when another version wrote it."""
    raw = json.loads(data)
    if raw["version"] != VERSION:
        raise ValueError(f"a trace of form {raw['version']}; this is form {VERSION}")
    return Trace(
        **{
            **raw,
            "at": datetime.fromisoformat(raw["at"]),
            "event": Event(**raw["event"]),
            "met": Asked(**raw["met"]),
            "heard": Meant(**raw["heard"]),
            "did": tuple(Did(**did) for did in raw["did"]),
            "said": tuple(Said(**said) for said in raw["said"]),
            "left": Asked(**raw["left"]),
            "failures": tuple(raw["failures"]),
        }
    )
