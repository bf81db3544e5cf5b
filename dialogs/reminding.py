"""One line that says where we were, for somebody who comes back; and one for somebody who comes too late."""

from __future__ import annotations

from dialogs.asides import doing
from dialogs.book import MAIN, Book
from dialogs.contract import Prompt
from dialogs.session import Session


def busy_with(book: Book, session: Session) -> str:
    """What was being done; empty at the main menu, where nothing was."""
    return "" if not session.frames or session.top.flow == MAIN else doing(book, session)


def welcome_back(book: Book, session: Session) -> Prompt:
    """Said to somebody who arrives in the middle of something."""
    what = busy_with(book, session)
    return book.line("common.welcome_back", what=what) if what else book.line("common.hello_again")


def reminder(book: Book, session: Session) -> tuple[Prompt, ...]:
    """Said before the answer to somebody who goes on after a long while."""
    what = busy_with(book, session)
    return (book.line("common.where_we_were", what=what),) if what else ()


def expired(book: Book, what: str) -> Prompt:
    """Said to somebody whose half-done matter was put away for its age."""
    return book.line("common.put_away", what=what)
