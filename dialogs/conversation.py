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

import structlog
from redis.exceptions import RedisError

from dialogs.actions import SPECS, Context
from dialogs.book import Book
from dialogs.card import card_lines
from dialogs.contract import (
    Address,
    Arrive,
    Budget,
    Card,
    Incoming,
    Keys,
    Leave,
    Outcome,
    Photo,
    Pick,
    Prompt,
    Reply,
    Speech,
    Text,
    Unanswered,
)
from dialogs.engine import advance, begin, committed
from dialogs.heard import Asks, Began, Command, Done, Gone, Heard, Near, NoPerson, NotUnderstood, Stale, StartFlow, Switch, Value
from dialogs.outcome import CircleError, Do, End, HandOver, Turn
from dialogs.ports import DEFAULT_LIFETIME, NOBODY_CAME, Lifetime, People, PersonWanted, Profiles, Records, Standing
from dialogs.question import expectation, question
from dialogs.reading import only_command, read
from dialogs.reminding import busy_with, expired, reminder
from dialogs.session import TAKEN, Session
from dialogs.store import Busy, Overtaken, SessionStore

log = structlog.get_logger(__name__)

#: A turn may be overtaken by a late writer; the third time something else is wrong.
TRIES = 3
#: Actions in one turn; the longest honest turn has three.
MOST_ACTIONS = 12


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
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._book, self._store, self._records, self._people = book, store, records, people
        self._budgets, self._profiles, self._lifetimes, self._rings = budgets, profiles, lifetimes or {}, rings
        self._new_id, self._now = new_id, now

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

    def _lifetime(self, address: Address) -> Lifetime:
        return self._lifetimes.get(address.channel, DEFAULT_LIFETIME)

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
        met = await self._meet(book, stored, incoming)
        session = met.session
        if isinstance(event, Leave) and not session.frames:
            return self._reply(book, session, budget) if session.said else Reply((), Outcome.END)
        heard: Heard = Began()
        if session.frames:
            asked.append(_question_name(book, session))
            heard = _hear(book, session, incoming, budget) if asked[0] == asked[-1] else Stale()
            heard = NoPerson() if met.nobody_came and not isinstance(heard, Command | Began | Gone) else heard
            turn, prompts = await self._run(book, session, heard, address)
        else:
            turn, prompts = await self._run(book, session, heard, address)
            if not isinstance(event, Arrive) and not isinstance(turn.then, HandOver | End):
                first = _hear(book, turn.session, incoming, budget)
                if _meant(first):
                    heard = first
                    turn, prompts = await self._run(book, turn.session, heard, address)
        if isinstance(heard, NoPerson):
            await self._nobody_came(session)
        if isinstance(turn.then, HandOver) and not turn.then.again:
            turn, prompts = await self._bring_in(book, turn, prompts, incoming)
        after = replace(
            turn.session,
            said=(*met.before, *prompts) or session.said,
            revision=session.revision + 1,
            taken=(*turn.session.taken, incoming.key)[-TAKEN:],
        )
        await self._store.save(address, after, session.revision, self._lifetime(address), busy_with(book, after))
        log.info(
            "turn",
            channel=address.channel,
            got=type(event).__name__,
            heard=type(heard).__name__,
            question=after.frames and f"{after.top.flow}.{after.top.step}",
            outcome=after.outcome,
            revision=after.revision,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return self._reply(book, after, budget)

    async def _meet(self, book: Book, stored: Session | None, incoming: Incoming) -> Met:
        """The session as it is taken up: begun, gone on with, or put away for its age or because the flows have changed since."""
        now, lifetime = self._now(), self._lifetime(incoming.address)
        session = stored or begin(self._new_id())
        idle = now - session.touched if session.touched else 0.0
        before: tuple[Prompt, ...] = ()
        nobody_came = False
        session = replace(session, touched=now)
        if session.outcome == Outcome.HAND_OVER:
            standing = await self._standing(session)
            if standing is Standing.OVER:
                session = replace(session, outcome="wait", card=None)
            nobody_came = standing is Standing.WAITING and now - float((session.card or {}).get("at", now)) > NOBODY_CAME
        if not _readable(book, session):
            session = replace(session, frames=(), history=(), aside=None, outcome="wait")
        if session.frames and idle > lifetime.keep:
            what = busy_with(book, session)
            before = (expired(book, what),) if what else ()
            session = replace(session.progress(), frames=(), history=(), outcome="wait", card=None)
        elif stored is None and (what := await self._store.put_away(incoming.address)):
            before = (expired(book, what),)
        elif session.frames and idle > lifetime.remind and isinstance(incoming.event, Text | Speech | Keys | Pick | Photo):
            before = reminder(book, session) if session.outcome == Outcome.WAIT else ()
        if not session.frames:
            session = replace(session, outcome="wait", known=await self._known(incoming.address))
        if incoming.known:
            session = replace(session, known={**session.known, **dict(incoming.known)})
        return Met(session, before, nobody_came)

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

    async def _bring_in(self, book: Book, turn: Turn, prompts: tuple[Prompt, ...], incoming: Incoming) -> tuple[Turn, tuple[Prompt, ...]]:
        """Records the hand-over before it is spoken of. Where nobody would learn of it otherwise, one that cannot be recorded is none."""
        assert isinstance(turn.then, HandOver)
        session, reason = turn.session, turn.then.reason
        lines = card_lines(book, session)
        try:
            reference = await self._people.open(PersonWanted(f"{session.id}:{incoming.key}", reason, incoming.address, lines))
        except Exception as wrong:
            log.error("hand-over not recorded", error=type(wrong).__name__, where=where(wrong), channel=incoming.address.channel)
            if incoming.address.channel not in self._rings:
                return await self._run(book, session, NoPerson(), incoming.address)
            reference = ""
        card = {**asdict(Card(reference, reason, lines)), "at": session.touched}
        return replace(turn, session=replace(session, card=card)), prompts

    async def _nobody_came(self, session: Session) -> None:
        try:
            if reference := (session.card or {}).get("reference"):
                await self._people.no_answer(str(reference))
        except Exception as wrong:
            log.error("unanswered hand-over not noted", error=type(wrong).__name__, where=where(wrong))

    async def _standing(self, session: Session) -> Standing:
        """How the hand-over stands; while the records cannot say, as if it was taken."""
        reference = (session.card or {}).get("reference")
        try:
            return await self._people.standing(str(reference)) if reference else Standing.OVER
        except Exception as wrong:
            log.error("hand-over not read", error=type(wrong).__name__, where=where(wrong))
            return Standing.TAKEN

    async def _known(self, address: Address) -> Mapping[str, str]:
        """What the resident let us keep; nothing while the records cannot say."""
        try:
            return dict(await self._profiles.known(address)) if self._profiles is not None else {}
        except Exception as wrong:
            log.error("profile not read", error=type(wrong).__name__, where=where(wrong))
            return {}

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


@dataclass(frozen=True, slots=True)
class Met:
    """A session taken up. before: what is said first. nobody_came: the person who was wanted has not come in all the time."""

    session: Session
    before: tuple[Prompt, ...] = ()
    nobody_came: bool = False


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


def where(wrong: BaseException) -> str:
    """File and line an error came from. Neither its text nor its traceback is logged: both may hold what a resident said."""
    place = wrong.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else ""


def _meant(heard: Heard) -> bool:
    """Whether the first thing a resident sent was already a wish, so that no greeting is needed."""
    match heard:
        case Value() | Near() | StartFlow() | Asks() | Switch() | NotUnderstood(unknown_service=True) | Command("!person" | "!help"):
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
