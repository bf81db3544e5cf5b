"""An event, in the light of what was asked: the one place where the engine listens. Pure."""

from __future__ import annotations

from dataclasses import replace

from dialogs.asked import Question
from dialogs.book import Book
from dialogs.contract import (
    Arrive,
    Budget,
    Choice,
    Event,
    Garbled,
    Keys,
    Leave,
    Photo,
    Pick,
    Silence,
    Speech,
    Text,
    Unanswered,
    Wants,
)
from dialogs.heard import Began, Beneath, Command, Gone, Heard, Invalid, NoInput, NoPerson, NotUnderstood, Part, Stale, StartFlow, Value
from dialogs.listening import Listening
from dialogs.picking import chosen
from dialogs.question import MORE, question, shown
from dialogs.session import Session, day_of
from dialogs.slots.kinds import Answer
from nlu.commands import read_command

KEY_COMMANDS = {"0": "!person", "*": "!back", "": "!repeat", "9": "!end"}


def read(book: Book, session: Session, event: Event, budget: Budget) -> Heard:
    """What `event` means to the question that `session` waits at; beside near candidates or the offer of a person, also to the question beneath."""
    heard = _read(book, session, event, budget)
    if session.aside is not None and session.aside.kind in ("offer_person", "near") and isinstance(heard, NotUnderstood | Invalid):
        beneath = _read(book, replace(session, aside=None), event, budget)
        if isinstance(beneath, Value | Part):
            return Beneath(beneath)
    return heard


def _read(book: Book, session: Session, event: Event, budget: Budget) -> Heard:
    match event:
        case Arrive():
            return Began()
        case Leave():
            return Gone()
        case Silence():
            return NoInput()
        case Garbled():
            return NotUnderstood()
        case Unanswered():
            return NoPerson()
    asked = question(book, session)
    match event:
        case Photo(reference):
            return Value(reference) if asked.slot.name == "photo" else NotUnderstood()
        case Pick(choice, under):
            return _pick(book, session, asked, shown(asked, session, budget, book), choice, under)
        case Keys(keys):
            return _keys(book, session, asked, shown(asked, session, budget, book), keys)
        case Text(text):
            return Listening(book, session, asked, shown(asked, session, budget, book), (text,), heard=False).meaning()
        case Speech(alternatives):
            texts = tuple(a.text for a in alternatives if a.text.strip())
            if texts:
                return Listening(book, session, asked, shown(asked, session, budget, book), texts, heard=True).meaning()
    return NotUnderstood()


def only_command(event: Event) -> str | None:
    """A universal in an event, for when nothing else is listened to (a person has taken over)."""
    match event:
        case Pick(choice, _) if choice.startswith("!"):
            return choice
        case Keys(keys):
            return KEY_COMMANDS.get(keys)
        case Text(text):
            return read_command(text)
        case Speech(alternatives):
            return next((c for a in alternatives if (c := read_command(a.text))), None)
    return None


def _pick(book: Book, session: Session, asked: Question, visible: tuple[Choice, ...], choice: str, under: str) -> Heard:
    if choice.startswith("flow:"):
        return StartFlow(choice.removeprefix("flow:"))
    if choice.startswith("!") and choice != MORE:
        return Command(choice)
    if (under and under != asked.name) or choice not in {c.id for c in (*asked.options, *visible)}:
        return Stale()
    return chosen(book, session, asked, choice)


def _keys(book: Book, session: Session, asked: Question, visible: tuple[Choice, ...], keys: str) -> Heard:
    digits = asked.slot.wants is Wants.DIGITS
    if not digits and (picked := next((c for c in visible if c.key == keys), None)):
        return chosen(book, session, asked, picked.id)
    if digits and asked.optional and not keys:
        return Command("!skip")
    if keys in KEY_COMMANDS and not (digits and keys == "9"):
        return Command(KEY_COMMANDS[keys])
    if not digits:
        return NotUnderstood()
    pressed = keys.replace("*", "X") if asked.slot.letter_x else keys
    return asked.slot.read(asked.slot, Answer((pressed,), day_of(session)), book.items) or Invalid("too_short")
