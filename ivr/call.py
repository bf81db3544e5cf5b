"""One call's life: from the first sound to a person, a good-bye, or the caller hanging up. It never ends in silence.

Whatever goes wrong in here ends *our part* of the call without saying that it ended well; the dialplan then brings the caller to a person.
When that person does not come, the dialplan brings the caller back, as a call of the same id that says so when it starts.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import structlog

from dialogs.contract import Address, Arrive, Event, Garbled, Incoming, Leave, Outcome, Reply, Silence, Talk, Unanswered
from dialogs.words import Words
from ivr.asking import Asking
from ivr.asterisk.configure import DONE_VARIABLE, TRANSFER_CONTEXT, TRANSFER_EXTENSION
from ivr.clock import Clock, LoopClock
from ivr.contract import Hearing, Switchboard, SwitchboardDown, Voice
from ivr.inbox import GiveUp, Inbox
from ivr.media import Closed, MediaTransport, Started
from ivr.player import CannotSay, Player, PlayTimes, PromptEnded
from ivr.render import render
from ivr.turn import Ears, Patience

log = structlog.get_logger()

CHANNEL = "telephone"
_MOBILE = re.compile(r"(?:00?86|86|0)?(1[3-9][0-9]{9})")


@dataclass(frozen=True, slots=True)
class CallSettings:
    """Seconds. begin: for the line to say who calls. think: until "请稍等" is said. give_up: until the caller goes to a person instead.

    leave: for the line to close after a redirect.
    """

    begin: float = 5.0
    think: float = 2.5
    give_up: float = 15.0
    leave: float = 5.0
    patience: Patience = field(default_factory=Patience)
    play: PlayTimes = field(default_factory=PlayTimes)


class End(StrEnum):
    """How our part of a call ended."""

    PERSON = "person"  # moved to the agent by us
    DIALPLAN = "dialplan"  # given back unfinished: the dialplan brings a person
    DONE = "done"  # said good-bye
    LEFT = "left"  # the caller hung up


class Call:
    """One call. `run()` once; `give_back()` from outside ends it early, to a person."""

    def __init__(
        self,
        line: MediaTransport,
        *,
        talk: Talk,
        voice: Voice,
        hearing: Hearing,
        switchboard: Switchboard,
        words: Words,
        settings: CallSettings | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.call_id = ""
        self.turns = 0
        self.end: End | None = None
        self._line, self._talk, self._hearing, self._switchboard, self._words = line, talk, hearing, switchboard, words
        self._settings = settings or CallSettings()
        clock = clock or LoopClock()
        self._inbox = Inbox(clock)
        self._player = Player(line, voice, self._inbox.put, self._settings.play, words("telephone.wait"))
        ears = Ears(frozenset(words("telephone.fillers").split()))
        self._asking = Asking(self._inbox, self._player, self._settings.patience, ears, clock)
        self._given_back = False
        self._known: tuple[tuple[str, str], ...] = ()
        self._key = ""
        self._helpers: list[asyncio.Task[None]] = []

    @property
    def resting(self) -> asyncio.Event:
        """Set while only the caller or time can bring this call on, and when it is over; for whoever drives it by hand."""
        return self._inbox.resting

    @property
    def typing(self) -> bool:
        """The caller is in the middle of a number."""
        return self._asking.typing

    async def run(self) -> End:
        """The whole call. Returns how it ended; raises nothing but its own cancellation."""
        self._help(self._inbox.read_line(self._line, self._player), "call-line")
        try:
            async with asyncio.timeout(self._settings.begin):
                started = await self._inbox.started
            self._begin(started)
            listener = self._inbox.listener = await self._hearing.open()
            self._asking.deaf = "" if listener is not None else "there is no recogniser, or none is free"
            if listener is not None:
                self._help(self._inbox.read_ear(listener), "call-ear")
            self.end = await self._converse(Unanswered() if started.unanswered else Arrive(CHANNEL))
        except asyncio.CancelledError:
            self.end = End.DIALPLAN
            raise
        except GiveUp as why:
            self.end = End.LEFT if self._inbox.closed.is_set() else End.DIALPLAN
            log.warning("call_given_up", call=self.call_id, why=str(why))
        except Exception as wrong:  # whatever it is, the caller must not hang in silence
            self.end = End.DIALPLAN
            place = wrong.__traceback__
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
            # No message and no traceback: either may hold what the caller said.
            log.error("call_failed", call=self.call_id, error=type(wrong).__name__, where=where)
        finally:
            await self._tidy_up()
        log.info("call_ended", call=self.call_id, end=str(self.end), turns=self.turns)
        return self.end

    async def give_back(self) -> None:
        """Ends our part now; the dialplan brings the caller to a person. For a service that is going down."""
        self._given_back = True
        await self._line.hangup()

    def _begin(self, started: Started) -> None:
        self.call_id = started.call
        # Events are named anew after a person did not come: those of before have been taken under the same call.
        self._key = f"{started.call}/{started.unanswered}" if started.unanswered else started.call
        if mobile := _MOBILE.fullmatch(started.caller):
            self._known = (("mobile", mobile[1]),)

    # --- the conversation -----------------------------------------------------------------------------------------------------------------

    async def _converse(self, event: Event) -> End:
        offer_person = not isinstance(event, Unanswered)  # a person who just did not come is not offered in the same breath
        while True:
            reply = await self._take(event)
            if isinstance(event, Leave):
                return End.DIALPLAN if self._given_back else End.LEFT
            self._player.slow = reply.slow
            said = render(reply, self._words, offer_person=offer_person)
            self._asking.catch_up()
            if self._asking.deaf and reply.expect is not None:
                log.warning("call_goes_by_keys", call=self.call_id, why=self._asking.deaf)
                said, self._asking.deaf = (self._words("telephone.keys_only"), *said), ""
            if reply.outcome is not Outcome.WAIT or reply.expect is None:
                return await self._finish(reply, said)
            event = await self._asking.ask(said, reply.expect, slow=reply.slow)
            offer_person = isinstance(event, Silence | Garbled)

    async def _take(self, event: Event) -> Reply:
        """One turn of the engine. The caller is told to wait when it is slow, and goes to a person when it is far too slow."""
        settings = self._settings
        incoming = Incoming(Address(CHANNEL, self.call_id), event, f"{self._key}:{self.turns}", self._known)
        self.turns += 1
        turn = asyncio.create_task(self._talk.take(incoming), name="call-turn")
        try:
            done, _ = await asyncio.wait({turn}, timeout=settings.think)
            if not done and not isinstance(event, Leave):
                log.warning("turn_is_slow", call=self.call_id, seconds=settings.think)
                await self._player.start((self._words("telephone.wait"),))
            if not done:
                done, _ = await asyncio.wait({turn}, timeout=settings.give_up - settings.think)
        except asyncio.CancelledError:
            turn.cancel()
            raise
        if not done:
            turn.cancel()
            raise GiveUp(f"no answer within {settings.give_up:g} s")
        return turn.result()

    async def _finish(self, reply: Reply, said: tuple[str, ...]) -> End:
        if not await self._say(said):
            if reply.outcome is Outcome.HAND_OVER:  # nobody is left to be taken over
                await self._take(Leave("hung up"))
            return End.LEFT
        try:
            match reply.outcome:
                case Outcome.HAND_OVER:
                    await self._switchboard.redirect(self.call_id, TRANSFER_CONTEXT, TRANSFER_EXTENSION)
                    try:  # Asterisk closes our line now; closing it ourselves first could race the redirect
                        async with asyncio.timeout(self._settings.leave):
                            await self._inbox.closed.wait()
                    except TimeoutError:
                        log.warning("line_stays_after_redirect", call=self.call_id)
                    return End.PERSON
                case Outcome.END:
                    await self._switchboard.set_variable(self.call_id, DONE_VARIABLE, "1")
                    return End.DONE
        except SwitchboardDown as why:
            log.warning("switchboard_down", call=self.call_id, outcome=str(reply.outcome), why=str(why))
        return End.DIALPLAN

    async def _say(self, sentences: tuple[str, ...]) -> bool:
        """Says it all; nothing is listened to. False when the caller hung up meanwhile."""
        await self._player.start(sentences)
        while True:
            match await self._inbox.next():
                case Closed():
                    return False
                case PromptEnded(run) if run == self._player.run:
                    return True
                case CannotSay(run, why) if run == self._player.run:
                    log.warning("voice_failed", call=self.call_id, why=why)
                    return True

    # --- beginning and end ----------------------------------------------------------------------------------------------------------------

    def _help(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._helpers.append(asyncio.create_task(work, name=name))

    async def _tidy_up(self) -> None:
        self._inbox.set_alarm(None)
        await self._player.close()
        await self._line.hangup()
        for helper in self._helpers:
            helper.cancel()
        await asyncio.gather(*self._helpers, return_exceptions=True)
        if self._inbox.listener is not None:
            await self._inbox.listener.close()
        self.resting.set()
