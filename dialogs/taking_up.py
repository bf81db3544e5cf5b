"""A talk taken up: begun, gone on with where it was, or put away for its age, with a word about it. Here the clock comes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import structlog

from dialogs.book import Book
from dialogs.contract import Address, Incoming, Keys, Outcome, Photo, Pick, Prompt, Speech, Text
from dialogs.engine import begin
from dialogs.ports import DEFAULT_LIFETIME, NOBODY_CAME, Lifetime, People, Profiles, Standing
from dialogs.question import question
from dialogs.reminding import busy_with, expired, reminder
from dialogs.session import Session
from dialogs.stepping import where
from dialogs.store import SessionStore

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Met:
    """A session taken up. before: what is said first. nobody_came: the person who was wanted has not come in all the time."""

    session: Session
    before: tuple[Prompt, ...] = ()
    nobody_came: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """Takes talks up. new_id: names a conversation. now: seconds since 1970."""

    store: SessionStore
    people: People
    profiles: Profiles | None
    lifetimes: Mapping[str, Lifetime]
    new_id: Callable[[], str]
    now: Callable[[], float]

    def lifetime(self, address: Address) -> Lifetime:
        """How long a talk on this terminal is kept."""
        return self.lifetimes.get(address.channel, DEFAULT_LIFETIME)

    async def meet(self, book: Book, stored: Session | None, incoming: Incoming) -> Met:
        """The session as it is taken up: begun, gone on with, or put away for its age or because the flows have changed since."""
        now, lifetime = self.now(), self.lifetime(incoming.address)
        session = stored or begin(self.new_id())
        idle = now - session.touched if session.touched else 0.0
        before: tuple[Prompt, ...] = ()
        nobody_came = False
        session = replace(session, touched=now)
        if session.outcome == Outcome.HAND_OVER:
            standing = await self._standing(session)
            if standing is Standing.OVER:
                session = replace(session.progress(), outcome="wait", card=None)
            nobody_came = standing is Standing.WAITING and now - float((session.card or {}).get("at", now)) > NOBODY_CAME
        if not readable(book, session):
            session = replace(session, frames=(), history=(), aside=None, outcome="wait")
        if session.frames and idle > lifetime.keep:
            what = busy_with(book, session)
            before = (expired(book, what),) if what else ()
            session = replace(session.progress(), frames=(), history=(), outcome="wait", card=None)
        elif stored is None and (what := await self.store.put_away(incoming.address)):
            before = (expired(book, what),)
        elif session.frames and idle > lifetime.remind and isinstance(incoming.event, Text | Speech | Keys | Pick | Photo):
            before = reminder(book, session) if session.outcome == Outcome.WAIT else ()
        if not session.frames:
            session = replace(session, outcome="wait", known=await self._known(incoming.address))
        if incoming.known:
            session = replace(session, known={**session.known, **dict(incoming.known)})
        return Met(session, before, nobody_came)

    async def _standing(self, session: Session) -> Standing:
        """How the hand-over stands; while the records cannot say, as if it was taken."""
        reference = (session.card or {}).get("reference")
        try:
            return await self.people.standing(str(reference)) if reference else Standing.OVER
        except Exception as wrong:
            log.error("hand-over not read", error=type(wrong).__name__, where=where(wrong))
            return Standing.TAKEN

    async def _known(self, address: Address) -> Mapping[str, str]:
        """What the resident let us keep; nothing while the records cannot say."""
        try:
            return dict(await self.profiles.known(address)) if self.profiles is not None else {}
        except Exception as wrong:
            log.error("profile not read", error=type(wrong).__name__, where=where(wrong))
            return {}


def readable(book: Book, session: Session) -> bool:
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
