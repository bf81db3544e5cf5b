"""What it means to pick one of the shown choices."""

from __future__ import annotations

from dialogs.asked import Question
from dialogs.book import Book
from dialogs.heard import Command, Heard, NotUnderstood, Value
from dialogs.session import Session, day_of
from dialogs.slots.kinds import Answer


def chosen(book: Book, session: Session, asked: Question, choice: str) -> Heard:
    """What picking a choice means: 更多 and 跳过 are commands; a place may only be a step on the way."""
    if choice.startswith("!"):
        return Command(choice)
    if asked.slot.children is not None:
        picked = asked.slot.read(asked.slot, Answer((choice,), day_of(session), partial=session.partial), book.items)
        return picked or NotUnderstood()
    return Value(asked.value(choice))
