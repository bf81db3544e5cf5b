"""One call's life: from the first sound to a person, a good-bye, or the caller hanging up. It never ends in silence.

Everything that happens (keys, words, marks, time) comes through one inbox and is taken one by one, so nothing is answered twice. Whatever
goes wrong in here ends *our part* of the call without saying that it ended well; the dialplan then brings the caller to a person.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

import structlog

from dialogs.contract import Address, Arrive, Event, Expectation, Garbled, Incoming, Leave, Outcome, Reply, Silence, Talk
from dialogs.words import Words
from ivr.asterisk.configure import DONE_VARIABLE, TRANSFER_CONTEXT, TRANSFER_EXTENSION
from ivr.clock import Clock, LoopClock
from ivr.contract import Final, Heard, Hearing, Listener, Lost, Partial, Switchboard, SwitchboardDown, Voice
from ivr.media import Closed, Key, Marked, MediaTransport, Sound, Started
from ivr.player import CannotSay, Player, PlayTimes, PromptEnded
from ivr.render import render
from ivr.turn import Answer, Ears, Patience, Resume, StopPrompt, Turn

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


class GiveUp(Exception):  # noqa: N818  not an error of ours to be traced: this call is a person's now
    """This call cannot be carried on here; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class _Tick:
    """The alarm rang."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """Something from the ear, and the question it was listening for."""

    question: int
    heard: Heard


_Item = Key | Closed | PromptEnded | CannotSay | _Tick | _Heard


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
        self.resting = asyncio.Event()  # set while only the caller or time can bring this call on; for whoever drives it by hand
        self.typing = False
        self._line, self._talk, self._hearing, self._switchboard, self._words = line, talk, hearing, switchboard, words
        self._settings = settings or CallSettings()
        self._clock = clock or LoopClock()
        self._player = Player(line, voice, self._put, self._settings.play, words("telephone.wait"))
        self._ears = Ears(frozenset(words("telephone.fillers").split()))
        self._inbox: asyncio.Queue[_Item] = asyncio.Queue()
        self._started: asyncio.Future[Started] = asyncio.get_running_loop().create_future()
        self._closed = asyncio.Event()
        self._listener: Listener | None = None
        self._keys_only = False
        self._given_back = False
        self._known: tuple[tuple[str, str], ...] = ()
        self._question = 0
        self._ahead: deque[Key] = deque()  # keys pressed before they were asked for
        self._late_hash_until = 0.0
        self._alarm: asyncio.Task[None] | None = None

    async def run(self) -> End:
        """The whole call. Returns how it ended; raises nothing but its own cancellation."""
        helpers = [asyncio.create_task(self._read_line(), name="call-line")]
        try:
            async with asyncio.timeout(self._settings.begin):
                started = await self._started
            self.call_id = started.call
            if mobile := _MOBILE.fullmatch(started.caller):
                self._known = (("mobile", mobile[1]),)
            self._listener = await self._hearing.open()
            self._keys_only = self._listener is None
            if self._listener is not None:
                helpers.append(asyncio.create_task(self._read_ear(self._listener), name="call-ear"))
            self.end = await self._converse()
        except asyncio.CancelledError:
            self.end = End.DIALPLAN
            raise
        except GiveUp as why:
            self.end = End.LEFT if self._closed.is_set() else End.DIALPLAN
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
            await self._tidy_up(helpers)
        log.info("call_ended", call=self.call_id, end=str(self.end), turns=self.turns)
        return self.end

    async def give_back(self) -> None:
        """Ends our part now; the dialplan brings the caller to a person. For a service that is going down."""
        self._given_back = True
        await self._line.hangup()

    # --- the conversation -----------------------------------------------------------------------------------------------------------------

    async def _converse(self) -> End:
        event: Event = Arrive(CHANNEL)
        offer_person = True
        while True:
            reply = await self._take(event)
            if isinstance(event, Leave):
                return End.DIALPLAN if self._given_back else End.LEFT
            said = render(reply, self._words, offer_person=offer_person)
            if self._keys_only and reply.expect is not None:
                said, self._keys_only = (self._words("telephone.keys_only"), *said), False
            if reply.outcome is not Outcome.WAIT or reply.expect is None:
                return await self._finish(reply, said)
            event = await self._ask(said, reply.expect)
            offer_person = isinstance(event, Silence | Garbled)

    async def _take(self, event: Event) -> Reply:
        """One turn of the engine. The caller is told to wait when it is slow, and goes to a person when it is far too slow."""
        settings = self._settings
        incoming = Incoming(Address(CHANNEL, self.call_id), event, f"{self.call_id}:{self.turns}", self._known)
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
                            await self._closed.wait()
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
            match await self._next():
                case Closed():
                    return False
                case PromptEnded(run) if run == self._player.run:
                    return True
                case CannotSay(run, why) if run == self._player.run:
                    log.warning("voice_failed", call=self.call_id, why=why)
                    return True

    async def _ask(self, sentences: tuple[str, ...], expect: Expectation) -> Event:
        """One question: says it and gives back the answer."""
        self._question += 1
        turn = Turn(expect, self._settings.patience, self._ears, self._clock.now())
        if self._listener is not None:
            await self._listener.begin(expect.phrases)
        answer = await self._typed_ahead(turn, expect)
        if answer is None and turn.prompting:
            await self._player.start(sentences)
        while answer is None:
            self._set_alarm(turn.wake_at)
            self.typing = bool(turn.typed)
            if self._inbox.empty() and not turn.prompting:
                self.resting.set()
            item = await self._next()
            if isinstance(item, Closed):
                return Leave("hung up")
            answer = await self._obey(self._acts(turn, item), sentences)
        self._set_alarm(None)
        self.typing = False
        if answer.full:
            self._late_hash_until = self._clock.now() + self._settings.patience.late_hash
        if self._listener is not None:
            await self._listener.end()
        return answer.event

    async def _typed_ahead(self, turn: Turn, expect: Expectation) -> Answer | None:
        """Keys pressed before the question was asked answer it, but never a confirmation: what is confirmed must have been heard."""
        while not self._inbox.empty():
            match self._inbox.get_nowait():
                case Key() as key:
                    self._ahead.append(key)
        if self._closed.is_set():
            self._put(Closed())
        if expect.slot == "yes_no":
            self._ahead.clear()
        while self._ahead:
            if answer := await self._obey(self._acts(turn, self._ahead.popleft()), ()):
                return answer
        return None

    def _acts(self, turn: Turn, item: _Item) -> tuple[StopPrompt | Resume | Answer, ...]:
        now = self._clock.now()
        match item:
            case Key("#") if now < self._late_hash_until and not turn.typed:
                self._late_hash_until = 0.0
            case Key(digit):
                self._late_hash_until = 0.0
                return turn.key(digit, now)
            case _Heard(question, heard) if question == self._question or isinstance(heard, Lost):
                match heard:
                    case Partial(text):
                        return turn.partial(text, now)
                    case Final(alternatives):
                        return turn.final(alternatives, now)
                    case Lost(reason):
                        self._keys_only = True
                        log.warning("ear_lost", call=self.call_id, why=reason)
                        return turn.deaf(now)
            case PromptEnded(run) if run == self._player.run:
                return turn.prompt_ended(now)
            case CannotSay(run, why) if run == self._player.run:
                raise GiveUp(f"cannot speak: {why}")
            case _Tick():
                return turn.tick(now)
        return ()

    async def _obey(self, acts: tuple[StopPrompt | Resume | Answer, ...], sentences: tuple[str, ...]) -> Answer | None:
        for act in acts:
            match act:
                case StopPrompt():
                    await self._player.stop()
                case Resume():
                    await self._player.start(sentences, self._player.place)
                case Answer():
                    return act
        return None

    # --- what comes in --------------------------------------------------------------------------------------------------------------------

    async def _next(self) -> _Item:
        item = await self._inbox.get()
        self.resting.clear()
        return item

    def _put(self, item: _Item) -> None:
        self.resting.clear()
        self._inbox.put_nowait(item)

    async def _read_line(self) -> None:
        try:
            async for event in self._line.events():
                match event:
                    case Sound(pcm):
                        if self._listener is not None:
                            self._listener.feed(pcm)
                    case Marked(mark):
                        self._player.marked(mark)
                    case Key():
                        self._put(event)
                    case Started() if not self._started.done():
                        self._started.set_result(event)
                    case Closed():
                        break
        finally:  # a line that breaks in whatever way has closed
            self._closed.set()
            self._put(Closed())
            if not self._started.done():
                self._started.set_exception(GiveUp("the line closed before it said who calls"))

    async def _read_ear(self, listener: Listener) -> None:
        while True:
            heard = await listener.events.get()
            self._put(_Heard(self._question, heard))
            if isinstance(heard, Lost):
                return

    def _set_alarm(self, moment: float | None) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if moment is not None:
            self._alarm = asyncio.create_task(self._ring(moment), name="call-alarm")

    async def _ring(self, moment: float) -> None:
        await self._clock.sleep_until(moment)
        self._put(_Tick())

    async def _tidy_up(self, helpers: list[asyncio.Task[None]]) -> None:
        self._set_alarm(None)
        await self._player.close()
        await self._line.hangup()
        for helper in helpers:
            helper.cancel()
        await asyncio.gather(*helpers, return_exceptions=True)
        if self._listener is not None:
            await self._listener.close()
        self.resting.set()
