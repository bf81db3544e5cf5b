"""The shell of one turn: lock, load, drop what came before, read, step, ask the records, save once, answer.

The order is what keeps the promise "exactly once": an action is run before the session is saved, under a key that the unsaved session would
give again. A process killed in between leaves the old session; the event comes again, the action is asked under the same key and answers
with what it did the first time.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime

import structlog
from redis.exceptions import RedisError

from dialogs.book import Book
from dialogs.card import card_lines
from dialogs.contract import (
    Address,
    Arrive,
    Budget,
    Card,
    Incoming,
    Leave,
    Outcome,
    Pick,
    Reply,
    Unanswered,
)
from dialogs.heard import Asks, Began, Command, Gone, Heard, Near, NoPerson, NotUnderstood, Stale, StartFlow, Switch, Value
from dialogs.outcome import End, HandOver
from dialogs.ports import Lifetime, People, PersonWanted, Profiles, Records
from dialogs.question import expectation, question
from dialogs.reading import only_command, read
from dialogs.reminding import busy_with
from dialogs.session import TAKEN, Session
from dialogs.stepping import Ran, run, where
from dialogs.store import Busy, Overtaken, SessionStore
from dialogs.taking_up import Door, readable
from dialogs.trace import Tracer, trace_of

log = structlog.get_logger(__name__)

#: A turn may be overtaken by a late writer; the third time something else is wrong.
TRIES = 3


class Conversation:
    """The engine as terminals see it (`dialogs.contract.Talk`).

    book: gives the current book (a new catalogue makes a new one). budgets, lifetimes: by channel. people: where hand-overs are recorded.
    rings: channels whose terminal itself calls the person (a telephone), so that one comes even while nothing can be recorded.
    now: seconds since 1970.
    """

    def __init__(
        self,
        book: Callable[[], Book],
        store: SessionStore,
        records: Records,
        people: People,
        budgets: Mapping[str, Budget],
        profiles: Profiles | None = None,
        lifetimes: Mapping[str, Lifetime] | None = None,
        rings: frozenset[str] = frozenset(),
        tracer: Tracer | None = None,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._book, self._store, self._records, self._people = book, store, records, people
        self._budgets, self._rings, self._tracer = budgets, rings, tracer
        self._door = Door(store, people, profiles, lifetimes or {}, new_id, now)

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
        return self._reply(book, session, self._budget(address)) if session and session.frames and readable(book, session) else None

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
        address, event, budget = incoming.address, incoming.event, self._budget(incoming.address)
        stored = await self._store.load(address)
        if stored is not None and incoming.key in stored.taken:
            return replace(self._reply(book, stored, budget), repeated=True)
        met = await self._door.meet(book, stored, incoming)
        session = met.session
        if isinstance(event, Leave) and not session.frames:
            return self._reply(book, session, budget) if session.said else Reply((), Outcome.END)
        heard: Heard = Began()
        heard_in = session
        if session.frames:
            asked.append(_question_name(book, session))
            heard = _hear(book, session, incoming, budget) if asked[0] == asked[-1] else Stale()
            heard = NoPerson() if met.nobody_came and not isinstance(heard, Command | Began | Gone) else heard
            ran = await run(book, self._records, session, heard, address)
        else:
            ran = await run(book, self._records, session, heard, address)
            if not isinstance(event, Arrive) and not isinstance(ran.turn.then, HandOver | End):
                first = _hear(book, ran.turn.session, incoming, budget)
                if _meant(first):
                    heard, heard_in = first, ran.turn.session
                    ran = await run(book, self._records, ran.turn.session, heard, address)
        if isinstance(heard, NoPerson):
            await self._nobody_came(session)
        if isinstance(ran.turn.then, HandOver) and not ran.turn.then.again:
            ran = await self._bring_in(book, ran, ran.turn.then.reason, incoming)
        said = (*met.before, *ran.prompts)
        after = replace(
            ran.turn.session,
            said=said or session.said,
            revision=session.revision + 1,
            taken=(*ran.turn.session.taken, incoming.key)[-TAKEN:],
        )
        await self._store.save(address, after, session.revision, self._door.lifetime(address), busy_with(book, after))
        ms = (time.perf_counter() - started) * 1000
        if self._tracer is not None:
            at = datetime.fromtimestamp(after.touched, UTC)
            try:  # the turn is saved; a record of it that fails must not make it look as if it was not
                await self._tracer.put(trace_of(book, incoming, heard_in, heard, ran.did, said, ran.turn.then, after, at=at, ms=ms))
            except Exception as wrong:
                log.error("turn not traced", error=type(wrong).__name__, where=where(wrong))
        log.info(
            "turn",
            channel=address.channel,
            got=type(event).__name__,
            heard=type(heard).__name__,
            question=after.frames and f"{after.top.flow}.{after.top.step}",
            outcome=after.outcome,
            revision=after.revision,
            ms=round(ms, 1),
        )
        return self._reply(book, after, budget)

    async def _bring_in(self, book: Book, ran: Ran, reason: str, incoming: Incoming) -> Ran:
        """Records the hand-over before it is spoken of. Where nobody would learn of it otherwise, one that cannot be recorded is none."""
        session, lines = ran.turn.session, card_lines(book, ran.turn.session)
        try:
            reference = await self._people.open(PersonWanted(f"{session.id}:{incoming.key}", reason, incoming.address, lines))
        except Exception as wrong:
            log.error("hand-over not recorded", error=type(wrong).__name__, where=where(wrong), channel=incoming.address.channel)
            if incoming.address.channel not in self._rings:
                after = await run(book, self._records, session, NoPerson(), incoming.address)
                return replace(after, did=(*ran.did, *after.did))
            reference = ""
        card = {**asdict(Card(reference, reason, lines)), "at": session.touched}
        return replace(ran, turn=replace(ran.turn, session=replace(session, card=card)))

    async def _nobody_came(self, session: Session) -> None:
        try:
            if reference := (session.card or {}).get("reference"):
                await self._people.no_answer(str(reference))
        except Exception as wrong:
            log.error("unanswered hand-over not noted", error=type(wrong).__name__, where=where(wrong))

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
            slow=session.slow,
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
            case Unanswered():
                return NoPerson()
            case Pick(choice, _) if choice.startswith("flow:"):
                return StartFlow(choice.removeprefix("flow:"))
        return NotUnderstood()
    return read(book, session, incoming.event, budget)


def _meant(heard: Heard) -> bool:
    """Whether the first thing a resident sent was already a wish, so that no greeting is needed."""
    match heard:
        case (
            Value()
            | Near()
            | StartFlow()
            | Asks()
            | Switch()
            | NotUnderstood(unknown_service=True)
            | Command("!person" | "!help" | "!forget_me")
        ):
            return True
    return False


def _question_name(book: Book, session: Session) -> str:
    return question(book, session).name if session.outcome == Outcome.WAIT else session.outcome
