"""The check watches the engine too: an engine that is broken on purpose is found with flows in which nothing is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dialogs.book import Book, read_book
from dialogs.contract import Budget
from dialogs.engine import advance
from dialogs.heard import Began, Command, Heard, Invalid, NoInput, NotUnderstood, Stale
from dialogs.outcome import Turn, Wait
from dialogs.session import Session
from dialogs.tools.check import Code, check
from dialogs.tools.explore import Advance

WHOLE = Path(__file__).parent / "broken_flows" / "whole"
BUDGET = Budget("telephone", choices=4, speech_seconds=30.0)


def forgets_on_return(book: Book, session: Session, heard: Heard) -> Turn:
    """Starts over with somebody who comes back."""
    return advance(book, replace(session, frames=()) if isinstance(heard, Began) and session.history else session, heard)


def forgets_slots_at_an_old_button(book: Book, session: Session, heard: Heard) -> Turn:
    turn = advance(book, session, heard)
    return replace(turn, session=turn.session.at(turn.session.top.step, what=None)) if isinstance(heard, Stale) else turn


def never_gives_up(book: Book, session: Session, heard: Heard) -> Turn:
    """Asks again for ever."""
    failed = isinstance(heard, NoInput | NotUnderstood | Invalid) and session.outcome == "wait"
    return Turn(session, (), Wait()) if failed else advance(book, session, heard)


def forgives_by_turns(book: Book, session: Session, heard: Heard) -> Turn:
    """Forgets the silences at each noise and the noises at each silence, so that only a mixed row is without end."""
    f = session.failures
    if isinstance(heard, NoInput):
        session = replace(session, failures=replace(f, no_match=0))
    elif isinstance(heard, NotUnderstood):
        session = replace(session, failures=replace(f, silence=0))
    return advance(book, session, heard)


def knows_no_person(book: Book, session: Session, heard: Heard) -> Turn:
    return advance(book, session, Command("!repeat") if heard == Command("!person") else heard)


def ends_at_cancel(book: Book, session: Session, heard: Heard) -> Turn:
    return advance(book, session, Command("!end") if heard == Command("!cancel") else heard)


@pytest.mark.parametrize(
    ("engine", "code", "way"),
    [
        (forgets_on_return, Code.LOST, ("<arrive>", "查进度", "<return>")),
        (forgets_slots_at_an_old_button, Code.LOST, ("<arrive>", "<old button>")),
        (never_gives_up, Code.TRAP, None),
        (forgives_by_turns, Code.TRAP, None),
        (knows_no_person, Code.NO_PERSON, ("<arrive>", "the button")),
        (ends_at_cancel, Code.STUCK, ("<arrive>", "!cancel")),
    ],
)
def test_a_broken_engine_is_found(engine: Advance, code: Code, way: tuple[str, ...] | None) -> None:
    book = read_book(folder=WHOLE)
    assert check(book, [BUDGET]).findings == ()
    found = [finding for finding in check(book, [BUDGET], step=engine).findings if finding.code is code]
    assert found
    if way is not None:
        assert found[0].path == way


def test_a_mixed_row_of_failures_is_told_as_it_happened() -> None:
    found = check(read_book(folder=WHOLE), [BUDGET], step=forgives_by_turns).findings
    row = next(finding for finding in found if finding.code is Code.TRAP).path
    assert {"<silence>", "<noise>"} <= set(row)
