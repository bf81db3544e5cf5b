"""Steps, and asks the records as long as the engine wants to know something."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog

from dialogs.actions import SPECS, Context
from dialogs.book import Book
from dialogs.contract import Address, Prompt
from dialogs.engine import advance, committed
from dialogs.heard import Done, Heard
from dialogs.outcome import CircleError, Do, Turn
from dialogs.ports import Records
from dialogs.session import Session

log = structlog.get_logger(__name__)

#: Actions in one turn; the longest honest turn has three.
MOST_ACTIONS = 12


@dataclass(frozen=True, slots=True)
class Ran:
    """A step with all its actions: how it ended, everything that is said, and what was asked of the records, in order."""

    turn: Turn
    prompts: tuple[Prompt, ...]
    did: tuple[tuple[str, Done], ...] = ()


async def run(book: Book, records: Records, session: Session, heard: Heard, address: Address) -> Ran:
    """One step, and as many more as its actions need. Raises CircleError for flows that never come to a question."""
    turn = advance(book, session, heard)
    prompts, did = turn.prompts, tuple[tuple[str, Done], ...]()
    for _ in range(MOST_ACTIONS):
        if not isinstance(turn.then, Do):
            return Ran(turn, prompts, did)
        done, session = await _ask(records, turn.then, address), turn.session
        did = (*did, (turn.then.action, done))
        if done.outcome in SPECS[turn.then.action].commits:
            session = committed(session)
        turn = advance(book, session, done)
        prompts = (*prompts, *turn.prompts)
    raise CircleError(f"{session.top.flow}.{session.top.step}: {MOST_ACTIONS} actions without a question")


async def _ask(records: Records, asked: Do, address: Address) -> Done:
    try:
        return await records.run(asked.action, Context(address, asked.key), asked.arguments)
    except Exception as wrong:
        if "down" not in SPECS[asked.action].samples:
            raise
        log.error("records did not answer", action=asked.action, error=type(wrong).__name__, where=where(wrong))
        return Done("down")


def where(wrong: BaseException) -> str:
    """File and line an error came from. Neither its text nor its traceback is logged: both may hold what a resident said."""
    place = wrong.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else ""
