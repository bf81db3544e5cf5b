"""What the sessions of a turn hold: which texts are somebody's, with the name of their kind, and which are everybody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dialogs.book import Book
from dialogs.contract import Incoming
from dialogs.flow import AskStep, ChooseStep, DoStep, FormStep
from dialogs.question import question
from dialogs.session import Frame, Session
from dialogs.templates import evaluate
from dialogs.trace.masking import LONG_ROW, strings

#: Kinds of answers that say nothing about a person: choices that we offered.
PUBLIC_KINDS = frozenset({"choice", "yes_no", "service_item"})
#: Entries of a wish that name a service and nobody.
PUBLIC_WISH = frozenset({"intent", "item", "name"})
#: Entries that are no value but a sentence, which is masked word by word.
SENTENCES = frozenset({"said"})
WISH_KINDS = {"number": "case_number"}
#: What actions bring from the catalogue, whole or by key; everything else they bring is somebody's.
PUBLIC_ACTIONS = frozenset({"list_themes", "list_under", "open_item"})
PUBLIC_KEYS = {"find_case": ("item", "state", "meaning"), "submit_request": ("next",), "read_back": ("label",)}


def personal(book: Book, incoming: Incoming, *sessions: Session) -> dict[str, str]:
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
                    return [
                        (WISH_KINDS.get(str(key), str(key)), str(entry))
                        for key, entry in value.items()
                        if entry and key not in PUBLIC_WISH | SENTENCES
                    ]
                return [(kind, str(value))] if value else []
            case FormStep(form=name) if name == slot and isinstance(value, Mapping):
                types = {field["name"]: field["type"] for field in evaluate(step.fields, frame.slots) or ()}
                return [(types.get(key, "text"), str(entry)) for key, entry in value.items() if entry and not isinstance(entry, bool)]
            case ChooseStep(choose=name) if name == slot:
                return []
            case DoStep() if step.into == slot:
                return [("text", str(value["note"]))] if isinstance(value, Mapping) and value.get("note") else []
    return []


def public(book: Book, *sessions: Session) -> Iterable[str]:
    """Texts of the catalogue that the sessions hold."""
    for frame in _frames(sessions):
        flow = book.flows.get(frame.flow)
        for step in flow.steps.values() if flow else ():
            if isinstance(step, DoStep) and step.into is not None and step.into in frame.slots:
                yield from brought(step.do, frame.slots[step.into])


def offered(book: Book, session: Session) -> Iterable[str]:
    """What the question offered."""
    if session.outcome == "wait" and session.frames:
        for choice in question(book, session).options:
            yield from (choice.label, choice.spoken, *choice.words)


def brought(action: str, value: Any) -> Iterable[str]:
    """What is public of an action's data."""
    if action in PUBLIC_ACTIONS:
        yield from strings(value)
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, Mapping):
            yield from (str(entry[key]) for key in PUBLIC_KEYS.get(action, ()) if key in entry)
