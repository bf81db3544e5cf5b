"""The hand-over card: what the person who takes over should know, in words, personal numbers masked."""

from __future__ import annotations

from dialogs.book import Book
from dialogs.question import question
from dialogs.session import Session
from dialogs.telling import hide


def card_lines(book: Book, session: Session) -> tuple[tuple[str, str], ...]:
    """(label, value) pairs: what the resident was doing, for which service, what is filled, what was being asked, how often it failed."""
    words = book.words
    lines = [(words("common.card_flow"), book.flows[session.top.flow].title)]
    for frame in session.frames:
        service = frame.slots.get("service") or {}
        if service:
            lines.append((words("common.card_service"), str(service.get("name", ""))))
        answers = frame.slots.get("answers") or {}
        for field in service.get("form", ()):
            if (value := answers.get(field["name"])) is not None:
                lines.append((field["label"], hide(field, value, words)))
    try:
        lines.append((words("common.card_question"), question(book, session).prompt.text.splitlines()[0]))
    except (ValueError, KeyError, AssertionError):
        pass  # handed over between two questions
    failures = session.failures
    if tried := failures.silence + failures.no_match + failures.invalid:
        lines.append((words("common.card_tried"), str(tried)))
    return tuple(lines)
