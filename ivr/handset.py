"""A caller in the same process: drives the real `Call` without sound and without waiting. For plays, trials and tests.

Prompts are over the moment they are said, and time stands still but when the handset moves it.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence

from dialogs.contract import Talk
from dialogs.words import Words
from ivr.call import Call, CallSettings, End
from ivr.clock import HandClock
from ivr.contract import FRAME_BYTES, CannotSpeak, Final, Heard, SwitchboardDown
from ivr.media import Closed, Key, Marked, MediaEvent, Started

TRIES = 2  # in vain, until the dialplan hangs up

_calls = itertools.count(1)


class HandsetError(RuntimeError):
    """The call did not come to rest, or there is no call; the text says which."""


class Handset:
    """One caller with one call at a time.

        handset = Handset(talk, words)
        await handset.dial()
        await handset.press("2")
        handset.heard  # the sentences since that

    caller: digits of the number shown. ears: False for a hotline without a recogniser. patience: seconds until a call that does not come
    to rest counts as stuck. put_down() when done with it.
    """

    def __init__(
        self, talk: Talk, words: Words, *, caller: str = "", ears: bool = True, settings: CallSettings | None = None, patience: float = 20.0
    ) -> None:
        self.line = Line()
        self.ear = Ear()
        self.switchboard = PaperSwitchboard(self.line)
        self.call: Call | None = None
        self._talk, self._words, self._caller, self._ears = talk, words, caller, ears
        self._settings, self._patience = settings, patience
        self._clock = HandClock()
        self._running: asyncio.Task[End] | None = None
        self._unanswered = 0

    @property
    def heard(self) -> list[str]:
        """Sentences said to the caller since the last thing the caller did."""
        return list(self.line.heard)

    @property
    def ended(self) -> End | None:
        """How our part of the call ended; None while it goes on."""
        return self.call.end if self.call is not None else None

    @property
    def with_person(self) -> bool:
        """Whether the caller is, or by the dialplan will be, with a person, as far as anybody knows: see `unanswered`."""
        return self.ended in (End.PERSON, End.DIALPLAN) and self._unanswered < TRIES

    @property
    def now(self) -> float:
        """Seconds that have passed in this call, as far as it knows."""
        return self._clock.now()

    async def dial(self, call_id: str = "") -> list[str]:
        """Calls, and hears the greeting. `call_id` names the call (default: a fresh one)."""
        self._unanswered = 0
        return await self._open(call_id or f"handset-{next(_calls)}")

    async def unanswered(self) -> list[str]:
        """The person this caller was brought to does not come; does what the dialplan does then.

        The first time the caller is back in the conversation, the second time it says that nobody is free and hangs up.
        """
        if self.call is None or not self.with_person:
            raise HandsetError("nobody was called for: unanswered() comes after a hand-over")
        self._unanswered += 1
        if self._unanswered < TRIES:
            return await self._open(self.call.call_id)
        self.line.heard[:] = [self._words("telephone.no_agent")]
        return self.heard

    async def _open(self, call_id: str) -> list[str]:
        self.line, self.ear, self._clock = Line(), Ear(), HandClock()
        self.switchboard = PaperSwitchboard(self.line)
        self.call = Call(
            self.line,
            talk=self._talk,
            voice=self.line,
            hearing=self,
            switchboard=self.switchboard,
            words=self._words,
            settings=self._settings,
            clock=self._clock,
        )
        self.line.put(Started(call_id, self._caller, self._unanswered))
        self._running = asyncio.create_task(self.call.run(), name="handset-call")
        await self._rest(self.call)
        return self.heard

    async def press(self, keys: str) -> list[str]:
        """Presses keys one after another, then waits as long as it takes for them to count."""
        call = self._act()
        for key in keys:
            self.line.put(Key(key))
        await self._rest(call)
        while call.typing:
            call.resting.clear()
            self._clock.move_on()
            await self._rest(call)
        return self.heard

    async def say(self, *texts: str, confidence: float = 0.9) -> list[str]:
        """Says something; several texts are the recogniser's readings, best first. No text: a noise without words."""
        call = self._act()
        self.ear.events.put_nowait(Final(tuple((text, confidence - 0.1 * n) for n, text in enumerate(texts))))
        await self._rest(call)
        return self.heard

    async def silence(self) -> list[str]:
        """Says nothing until the call does something about it."""
        call = self._act()
        if not self._clock.move_on():
            raise HandsetError("nothing waits for this caller")
        await self._rest(call)
        return self.heard

    async def hang_up(self) -> None:
        """Ends the call from the caller's side."""
        call = self._act()
        self.line.put(Closed())
        await self._rest(call)

    async def put_down(self) -> None:
        """Done with this handset: ends a call that still goes on, without telling anybody. Safe at any moment."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None

    # --- what the call sees ----------------------------------------------------------------------------------------------------------

    async def open(self) -> Ear | None:
        """`Hearing`, for the call."""
        return self.ear if self._ears else None

    def _act(self) -> Call:
        if self.call is None or self.call.end is not None:
            raise HandsetError("there is no call: dial() first" if self.call is None else f"the call has ended ({self.call.end})")
        self.line.heard.clear()
        self.call.resting.clear()
        return self.call

    async def _rest(self, call: Call) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await call.resting.wait()
        except TimeoutError:
            raise HandsetError(f"the call did not come to rest within {self._patience:g} s") from None
        if call.end is not None and self._running is not None:
            await self._running


class Line:
    """`MediaTransport` and `Voice` in one: sentences instead of sound."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.gone = False
        self.mute = False
        self.pace = 1.0  # of the last sentence
        self._texts: dict[bytes, str] = {}
        self._events: asyncio.Queue[MediaEvent] = asyncio.Queue()

    def put(self, event: MediaEvent) -> None:
        """Something happens on the line."""
        self._events.put_nowait(event)

    async def speak(self, text: str, *, pace: float = 1.0) -> bytes:
        """A token that stands for the sentence's sound. Raises CannotSpeak when `mute`."""
        self.pace = pace
        if self.mute:
            raise CannotSpeak("this line is mute")
        token = len(self._texts).to_bytes(8, "big").ljust(FRAME_BYTES, b"\0")
        self._texts[token] = text
        return token

    async def send_sound(self, pcm: bytes) -> None:
        self.heard.append(self._texts[pcm[:FRAME_BYTES]])  # a gap may follow

    async def mark(self, mark: str) -> None:
        self.put(Marked(mark))

    async def flush(self) -> None:
        pass

    async def hangup(self) -> None:
        if not self.gone:
            self.gone = True
            self.put(Closed())

    async def events(self) -> AsyncIterator[MediaEvent]:
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, Closed):
                return


class Ear:
    """`Listener` that hears what `Handset.say` puts into it."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[Heard] = asyncio.Queue()
        self.phrases: Sequence[str] = ()

    async def begin(self, phrases: tuple[str, ...]) -> None:
        self.phrases = phrases

    def feed(self, pcm: bytes) -> None:
        pass

    async def end(self) -> None:
        pass

    async def close(self) -> None:
        pass


class PaperSwitchboard:
    """`Switchboard` that notes what it was asked, and takes the line away on a redirect as Asterisk does. down: refuse everything."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.down = False
        self.asked: list[tuple[str, ...]] = []

    async def redirect(self, channel: str, context: str, extension: str) -> None:
        self._note("redirect", channel, context, extension)
        self._line.put(Closed())

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        self._note("set_variable", channel, name, value)

    async def hangup(self, channel: str) -> None:
        self._note("hangup", channel)

    def _note(self, *asked: str) -> None:
        if self.down:
            raise SwitchboardDown("the switchboard of this handset is down")
        self.asked.append(asked)
