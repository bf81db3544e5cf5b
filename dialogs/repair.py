"""What is said when an answer did not come through. Three levels a question, counted apart for silence, not understood and not valid.

First a short re-ask; then the question with keys and an example; then the offer of a person. Progress resets the counters. Source: the
prompt sets of Microsoft Speech Server (Main, Silence, EscalatedSilence, NoRecognition …) and Dialogflow CX's separate no-input and no-match.
"""

from __future__ import annotations

from dataclasses import replace

from dialogs.asked import Question
from dialogs.book import Book
from dialogs.contract import Prompt
from dialogs.heard import Invalid, NoInput, NotUnderstood
from dialogs.outcome import Turn, Wait
from dialogs.question import question
from dialogs.session import Aside, Failures, Session

#: At this failure in a row a person is offered.
LEVELS = 3

Failure = Invalid | NotUnderstood | NoInput


def counted(session: Session, failure: Failure) -> Session:
    """The session with one more failure; a wrong number begins anew."""
    f = session.failures
    match failure:
        case NoInput():
            return replace(session, failures=replace(f, silence=f.silence + 1))
        case NotUnderstood():
            return replace(session, failures=replace(f, no_match=f.no_match + 1))
        case Invalid("begin_again"):
            return replace(session, failures=Failures(), partial="")
        case Invalid():
            return replace(session, failures=replace(f, invalid=f.invalid + 1), partial="")


def level(session: Session, failure: Failure) -> int:
    """How often this kind of failure happened in a row at this question."""
    f = session.failures
    return f.silence if isinstance(failure, NoInput) else f.no_match if isinstance(failure, NotUnderstood) else f.invalid


def why(book: Book, failure: Failure) -> tuple[Prompt, ...]:
    """The sentence that says what went wrong."""
    match failure:
        case NoInput():
            return (book.line("common.silence"),)
        case NotUnderstood(unknown_service=True):
            return (book.line("common.not_in_catalogue"),)
        case NotUnderstood():
            return (book.line("common.no_match"),)
        case Invalid(reason):
            return (book.line(f"common.invalid_{reason}"),)


def failed(book: Book, session: Session, failure: Failure) -> Turn:
    """The question again, at the level that this failure has reached."""
    session = counted(session, failure)
    if level(session, failure) >= LEVELS:
        session = replace(session.progress(), aside=Aside("offer_person"))
        return Turn(session, (*why(book, failure), question(book, session).prompt), Wait())
    return Turn(session, prompts(book, session, failure, question(book, session)), Wait())


def prompts(book: Book, session: Session, failure: Failure, asked: Question) -> tuple[Prompt, ...]:
    """What is said at the first and second failure."""
    again = asked.retry or asked.prompt
    if level(session, failure) >= LEVELS - 1:
        again = asked.rescue or again
        return (*why(book, failure), again, book.line("common.person_hint"))
    return (*why(book, failure), again)
