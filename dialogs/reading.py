"""An event, in the light of what was asked: the one place where the engine listens. Pure."""

from __future__ import annotations

from dataclasses import replace

from dialogs.book import Book
from dialogs.contract import Arrive, Budget, Choice, Event, Garbled, Keys, Leave, Photo, Pick, Silence, Speech, Text, Wants
from dialogs.heard import Began, Command, Gone, Heard, Invalid, Near, NoInput, NotUnderstood, Part, Stale, StartFlow, Value
from dialogs.question import MORE, Question, question, shown
from dialogs.session import Session
from dialogs.slots import Answer
from nlu.choices import Chosen, Option, choose
from nlu.choices import Near as NearChoices
from nlu.commands import read_command
from nlu.text import bare, clean
from nlu.values import read_mobile
from nlu.yes_no import read_yes_no

KEY_COMMANDS = {"0": "!person", "*": "!back", "": "!repeat", "9": "!end"}


def read(book: Book, session: Session, event: Event, budget: Budget) -> Heard:
    """What `event` means to the question that `session` waits at."""
    match event:
        case Arrive():
            return Began()
        case Leave():
            return Gone()
        case Silence():
            return NoInput()
        case Garbled() | Photo():
            return NotUnderstood()
    asked = question(book, session)
    visible = shown(asked, session, budget, book)
    match event:
        case Pick(choice, under):
            return _pick(asked, visible, choice, under)
        case Keys(keys):
            return _keys(book, session, asked, visible, keys)
        case Text(text):
            return _words(book, session, asked, visible, Answer((text,), partial=session.partial))
        case Speech(alternatives):
            texts = tuple(a.text for a in alternatives if a.text.strip())
            return _words(book, session, asked, visible, Answer(texts, heard=True, partial=session.partial)) if texts else NotUnderstood()


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


def _chosen(asked: Question, choice: str) -> Heard:
    return Command(MORE) if choice == MORE else Value(asked.value(choice))


def _pick(asked: Question, visible: tuple[Choice, ...], choice: str, under: str) -> Heard:
    if choice.startswith("flow:"):
        return StartFlow(choice.removeprefix("flow:"))
    if choice.startswith("!") and choice != MORE:
        return Command(choice)
    if (under and under != asked.name) or choice not in {c.id for c in (*asked.options, *visible)}:
        return Stale()
    return _chosen(asked, choice)


def _keys(book: Book, session: Session, asked: Question, visible: tuple[Choice, ...], keys: str) -> Heard:
    digits = asked.slot.wants is Wants.DIGITS
    if not digits and (picked := next((c for c in visible if c.key == keys), None)):
        return _chosen(asked, picked.id)
    if keys in KEY_COMMANDS and not (digits and keys == "9"):
        return Command(KEY_COMMANDS[keys])
    if not digits:
        return NotUnderstood()
    pressed = keys.replace("*", "X") if asked.slot.letter_x else keys
    return asked.slot.read(asked.slot, Answer((pressed,)), book.items) or Invalid("too_short")


def _words(book: Book, session: Session, asked: Question, visible: tuple[Choice, ...], answer: Answer) -> Heard:
    """Typed or said. Exact names of what is shown come first, then universals, then the question's own reading, then near names.

    What settles something at once (a name, a universal, yes or no, a number without a check digit) is only taken from the best alternative;
    the others help where a wrong one is caught: services are scored over all, and numbers carry a check digit.
    """
    best = answer.texts[0]
    exact = _exact(visible, best)
    if exact is not None:
        return _chosen(asked, exact)
    command = "!person" if clean(best) == "0" else read_command(best)
    if command and (command != "!skip" or asked.optional):
        return Command(command)
    if asked.slot.sure:
        answer = replace(answer, texts=(best,))
    said = asked.slot.read(asked.slot, answer, book.items)
    if said is None and asked.accepts_mobile and (mobile := read_mobile(best)).ok:
        return Value(mobile.value)
    if isinstance(said, Value | Part | Invalid | Near):
        return said
    if session.partial and any(read_yes_no(text) is False for text in answer.texts):
        return Invalid("begin_again")
    found = choose(answer.texts, [Option(c.id, c.label, c.key, c.words) for c in _all(asked, visible)]) if asked.options else None
    if isinstance(found, Chosen):
        return _chosen(asked, found.id)
    if isinstance(found, NearChoices) and asked.slot.wants is Wants.CHOICE:
        labels = {c.id: c.label for c in _all(asked, visible)}
        return Near(tuple((asked.value(i), labels[i]) for i in found.ids[:3] if i != MORE))
    return NotUnderstood() if said is None else said


def _all(asked: Question, visible: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Shown choices with their keys, and those of other pages, which can be named but not numbered."""
    keyed = {c.id for c in visible}
    return (*visible, *(c for c in asked.options if c.id not in keyed))


def _exact(visible: tuple[Choice, ...], text: str) -> str | None:
    said, plain = clean(text), bare(text)
    for choice in visible:
        names = {clean(choice.label), choice.key, *map(clean, choice.words)}
        if said in names or plain in names:
            return choice.id
    return None
