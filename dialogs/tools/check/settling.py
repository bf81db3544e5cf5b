"""Turns seen to their end: through whatever the records answer, to a question, a hand-over or the end."""

from __future__ import annotations

from collections.abc import Iterator

from dialogs.book import Book
from dialogs.heard import Heard
from dialogs.outcome import Do, Turn
from dialogs.session import Session
from dialogs.tools.explore import Advance, Samples, after, outcomes

#: Actions in one turn that the shell bears (`dialogs.conversation`), and so the longest row looked at.
MOST_ACTIONS = 12


def ends(step: Advance, book: Book, session: Session, heard: Heard, samples: Samples, most: int = MOST_ACTIONS) -> Iterator[Turn]:
    """Every turn that one input can end in, whatever the records answer. Rows of more actions than the shell bears are left out: `circle`."""
    turn = step(book, session, heard)
    if not isinstance(turn.then, Do):
        yield turn
    elif most:
        for done in outcomes(turn.then, samples):
            yield from ends(step, book, after(turn.session, turn.then, done), done, samples, most - 1)


def settled(step: Advance, book: Book, session: Session, heard: Heard, samples: Samples) -> Turn | None:
    """The turn that one input ends in when the records answer as they mostly do (their first outcome); None when it goes round."""
    turn = step(book, session, heard)
    for _ in range(MOST_ACTIONS):
        if not isinstance(turn.then, Do):
            return turn
        done = next(outcomes(turn.then, samples))
        turn = step(book, after(turn.session, turn.then, done), done)
    return None
