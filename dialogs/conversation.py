"""The shell of one turn: lock, load, drop what came before, read, step, ask the records, save once, answer.

The order is what keeps the promise "exactly once": an action is run before the session is saved, under a key that the unsaved session would
give again. A process killed in between leaves the old session; the event comes again, the action is asked under the same key and answers
with what it did the first time.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import structlog
from redis.exceptions import RedisError

from dialogs.actions import SPECS, Context
from dialogs.book import Book
from dialogs.card import card_lines
from dialogs.contract import Address, Arrive, Budget, Card, Incoming, Leave, Outcome, Pick, Prompt, Reply
from dialogs.engine import advance, begin, committed
from dialogs.heard import Began, Command, Done, Gone, Heard, Near, NotUnderstood, Stale, StartFlow, Value
from dialogs.outcome import CircleError, Do, End, HandOver, Turn
from dialogs.question import expectation, question
from dialogs.reading import only_command, read
from dialogs.session import TAKEN, Session
from dialogs.store import Busy, Overtaken, SessionStore

log = structlog.get_logger(__name__)

#: A turn may be overtaken by a late writer; the third time something else is wrong.
TRIES = 3
#: Actions in one turn; the longest honest turn has three.
MOST_ACTIONS = 12


class Records(Protocol):
    """What the shell needs of `dialogs.actions.Actions`."""

    async def run(self, name: str, context: Context, arguments: Mapping[str, Any]) -> Done: ...


@dataclass(frozen=True, slots=True)
class PersonWanted:
    """A hand-over to be recorded. `key` makes it one however often the turn is repeated."""

    key: str
    reason: str
    address: Address
    lines: tuple[tuple[str, str], ...]


class People(Protocol):
    """Where hand-overs are recorded."""

    async def open(self, wanted: PersonWanted) -> str:
        """Records the wish, once for its key, and gives its reference."""
        ...

    async def lasts(self, reference: str) -> bool:
        """Whether a person still has, or will have, the conversation."""
        ...


class Conversation:
    """The engine as terminals see it (`dialogs.contract.Talk`).

    book: gives the current book (a new catalogue makes a new one). budgets: by channel. people: where hand-overs are recorded.
    """

    def __init__(
        self,
        book: Callable[[], Book],
        store: SessionStore,
        records: Records,
        people: People,
        budgets: Mapping[str, Budget],
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self._book, self._store, self._records, self._people = book, store, records, people
        self._budgets, self._new_id = budgets, new_id

    async def take(self, incoming: Incoming) -> Reply:
        """One turn. Never raises for what a resident did, nor for a part that is down."""
        book = self._book()
        asked: list[str] = []
        for _ in range(TRIES):
            try:
                async with self._store.turn(incoming.address):
                    return await self._turn(book, incoming, asked)
            except Busy:
                return await self._busy(book, incoming.address)
            except Overtaken:
                continue
            except RedisError as wrong:
                log.error("sessions unreachable", error=type(wrong).__name__, channel=incoming.address.channel)
                return self._down(book)
            except Exception as wrong:
                log.error("turn failed", error=type(wrong).__name__, where=where(wrong), channel=incoming.address.channel)
                return self._down(book)
        log.error("turn overtaken", channel=incoming.address.channel)
        return self._down(book)

    async def current(self, address: Address) -> Reply | None:
        """What the resident was last told and is being asked, without a turn."""
        try:
            session = await self._store.load(address)
        except RedisError:
            return self._down(self._book())
        book = self._book()
        return self._reply(book, session, self._budget(address)) if session and session.frames and _readable(book, session) else None

    def _budget(self, address: Address) -> Budget:
        return self._budgets.get(address.channel) or Budget(address.channel, choices=4)

    def _down(self, book: Book) -> Reply:
        return Reply((book.line("common.down"),), Outcome.DOWN)

    async def _busy(self, book: Book, address: Address) -> Reply:
        now = await self.current(address)
        return replace(now, prompts=(book.line("common.busy"),), repeated=True) if now else self._down(book)

    async def _turn(self, book: Book, incoming: Incoming, asked: list[str]) -> Reply:
        """One try. `asked` notes the question the event met; when a later try meets another one, the event was not meant for it."""
        started = time.perf_counter()
        budget, event = self._budget(incoming.address), incoming.event
        stored = await self._store.load(incoming.address)
        if stored is not None and incoming.key in stored.taken:
            return replace(self._reply(book, stored, budget), repeated=True)
        session = stored or begin(self._new_id())
        if incoming.known:
            session = replace(session, known=dict(incoming.known))
        before = stored.revision if stored else 0
        if session.outcome == Outcome.HAND_OVER and not await self._with_person(session):
            session = replace(session, outcome="wait", card=None)
        if not _readable(book, session):
            session = replace(session, frames=(), history=(), aside=None, outcome="wait")
        if isinstance(event, Leave) and not session.frames:
            return self._reply(book, session, budget) if session.said else Reply((), Outcome.END)
        heard: Heard = Began()
        prompts: tuple[Prompt, ...] = ()
        if session.frames:
            asked.append(_question_name(book, session))
            heard = _hear(book, session, incoming, budget) if asked[0] == asked[-1] else Stale()
            turn, prompts = await self._run(book, session, heard, incoming.address)
        else:
            turn, prompts = await self._run(book, replace(session, outcome="wait"), heard, incoming.address)
            if isinstance(event, Arrive) is False and not isinstance(turn.then, HandOver | End):
                first = _hear(book, turn.session, incoming, budget)
                if _meant(first):
                    heard = first
                    turn, prompts = await self._run(book, turn.session, heard, incoming.address)
        after = await self._settle(book, session, turn, prompts, incoming)
        await self._store.save(incoming.address, after, before)
        log.info(
            "turn",
            channel=incoming.address.channel,
            got=type(event).__name__,
            heard=type(heard).__name__,
            question=after.frames and f"{after.top.flow}.{after.top.step}",
            outcome=after.outcome,
            revision=after.revision,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return self._reply(book, after, budget)

    async def _run(self, book: Book, session: Session, heard: Heard, address: Address) -> tuple[Turn, tuple[Prompt, ...]]:
        """Steps, and asks the records as long as the engine wants to know something."""
        turn = advance(book, session, heard)
        prompts = turn.prompts
        for _ in range(MOST_ACTIONS):
            if not isinstance(turn.then, Do):
                return turn, prompts
            done, session = await self._ask_records(turn.then, address), turn.session
            if done.outcome in SPECS[turn.then.action].commits:
                session = committed(session)
            turn = advance(book, session, done)
            prompts = (*prompts, *turn.prompts)
        raise CircleError(f"{session.top.flow}.{session.top.step}: {MOST_ACTIONS} actions without a question")

    async def _ask_records(self, asked: Do, address: Address) -> Done:
        try:
            return await self._records.run(asked.action, Context(address, asked.key), asked.arguments)
        except Exception as wrong:
            if "down" not in SPECS[asked.action].samples:
                raise
            log.error("records did not answer", action=asked.action, error=type(wrong).__name__, where=where(wrong))
            return Done("down")

    async def _settle(self, book: Book, before: Session, turn: Turn, prompts: tuple[Prompt, ...], incoming: Incoming) -> Session:
        """The session as it is saved: what was said, by which event, and the hand-over's reference."""
        session, card = turn.session, turn.session.card
        if isinstance(turn.then, HandOver) and not turn.then.again:
            lines = card_lines(book, session)
            wanted = PersonWanted(f"{session.id}:{incoming.key}", turn.then.reason, incoming.address, lines)
            reference = await self._record_hand_over(wanted)
            card = asdict(Card(reference, turn.then.reason, lines))
        return replace(
            session,
            said=prompts or before.said,
            card=card,
            revision=before.revision + 1,
            taken=(*session.taken, incoming.key)[-TAKEN:],
        )

    async def _with_person(self, session: Session) -> bool:
        """Whether the person who was brought in is still there; while the records cannot say, yes."""
        reference = (session.card or {}).get("reference")
        try:
            return bool(reference) and await self._people.lasts(str(reference))
        except Exception as wrong:
            log.error("hand-over not read", error=type(wrong).__name__, where=where(wrong))
            return True

    async def _record_hand_over(self, wanted: PersonWanted) -> str:
        """The hand-over's reference; empty when it cannot be recorded: the resident is brought to a person all the same."""
        try:
            return await self._people.open(wanted)
        except Exception as wrong:
            log.error("hand-over not recorded", error=type(wrong).__name__, where=where(wrong), channel=wanted.address.channel)
            return ""

    def _reply(self, book: Book, session: Session, budget: Budget) -> Reply:
        outcome = Outcome(session.outcome)
        waiting = outcome is Outcome.WAIT and bool(session.frames)
        card = session.card
        return Reply(
            session.said,
            outcome,
            expect=expectation(book, session, budget) if waiting else None,
            title=book.flows[session.top.flow].title if session.frames else "",
            card=Card(card["reference"], card["reason"], tuple((a, b) for a, b in card["lines"])) if card else None,
            revision=session.revision,
        )


def _hear(book: Book, session: Session, incoming: Incoming, budget: Budget) -> Heard:
    if session.outcome == "hand_over":
        command = only_command(incoming.event)
        if command is not None:
            return Command(command)
        match incoming.event:
            case Arrive():
                return Began()
            case Leave():
                return Gone()
            case Pick(choice, _) if choice.startswith("flow:"):
                return StartFlow(choice.removeprefix("flow:"))
        return NotUnderstood()
    return read(book, session, incoming.event, budget)


def where(wrong: BaseException) -> str:
    """File and line an error came from. Neither its text nor its traceback is logged: both may hold what a resident said."""
    place = wrong.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else ""


def _meant(heard: Heard) -> bool:
    """Whether the first thing a resident sent was already a wish, so that no greeting is needed."""
    match heard:
        case Value() | Near() | StartFlow() | NotUnderstood(unknown_service=True) | Command("!person" | "!help"):
            return True
    return False


def _question_name(book: Book, session: Session) -> str:
    return question(book, session).name if session.outcome == Outcome.WAIT else session.outcome


def _readable(book: Book, session: Session) -> bool:
    """Whether the session still stands at a place the flows have (they may have changed since)."""
    try:
        for frames in (session.frames, *session.history):
            for frame in frames:
                book.step(frame.flow, frame.step)
        if session.frames and session.outcome == Outcome.WAIT:
            question(book, session)
    except Exception as wrong:
        log.warning("session is older than the flows, beginning anew", error=type(wrong).__name__)
        return False
    return True
