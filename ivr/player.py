"""Says sentences on a line, one after another and never far ahead, and knows which of them has been heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from ivr.contract import BYTES_A_SECOND, RATE, SAMPLE_BYTES, CannotSpeak, Voice

if TYPE_CHECKING:  # the line reads Asterisk's settings, whose sounds are made at this player's pace
    from ivr.media import MediaTransport

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PlayTimes:
    """Seconds, but for `slow`. ahead: sound queued on the line at most (Asterisk holds 20 and asks to stop at 18). piece: between two marks.

    gap: silence between two sentences, which voices give without any. late: a mark this long overdue is no longer waited for.
    bridge: when nothing is heard for so long because a sentence is not ready, the caller is asked to wait, once a prompt.
    speak: a voice slower than this for one sentence is asked again (what it was making may be ready then), and then counts as none.
    slow: the pace for who asked for slower speech, of the usual one. 0.8 of 3.5 syllables a second is 168 a minute, nearer to the 120 to 140
    that the elderly are said to find comfortable.
    """

    ahead: float = 12.0
    piece: float = 4.0
    gap: float = 0.35
    bridge: float = 2.0
    speak: float = 8.0
    late: float = 3.0
    slow: float = 0.8


@dataclass(frozen=True, slots=True)
class PromptEnded:
    """Everything of this run has been heard."""

    run: int


@dataclass(frozen=True, slots=True)
class CannotSay:
    """A sentence of this run could not be spoken."""

    run: int
    why: str


class Player:
    """One at a time: a new `start` replaces what was being said. `tell` gets PromptEnded or CannotSay. wait: said while a sentence is made.

    slow: from the next sentence on, everything is said at the slower pace.
    """

    def __init__(
        self, line: MediaTransport, voice: Voice, tell: Callable[[PromptEnded | CannotSay], None], times: PlayTimes, wait: str
    ) -> None:
        self.run = 0
        self.place = 0
        self.slow = False
        self._line, self._voice, self._tell, self._times, self._wait = line, voice, tell, times, wait
        self._bridged = 0
        self._task: asyncio.Task[None] | None = None
        self._queued: dict[str, tuple[int, float]] = {}  # mark: (sentence heard with it, or the one before it; seconds of its sound)
        self._heard = asyncio.Event()

    async def start(self, sentences: tuple[str, ...], place: int = 0) -> None:
        """Says the sentences from `place` on. What was queued before is not flushed; it is heard first."""
        await self._cancel()
        self.run += 1
        self.place = place
        self._queued.clear()
        self._task = asyncio.create_task(self._say(self.run, sentences, place), name="player")

    async def stop(self) -> None:
        """Silence, at once. `place` then is the sentence that was cut."""
        await self._cancel()
        self._queued.clear()
        await self._line.flush()

    async def close(self) -> None:
        """The call is over."""
        await self._cancel()

    def marked(self, mark: str) -> None:
        """The line says that everything before this mark has been heard. Marks of an earlier run are not known any more."""
        if mark in self._queued:
            self.place = self._queued.pop(mark)[0]
            self._heard.set()

    @property
    def _pace(self) -> float:
        return self._times.slow if self.slow else 1.0

    async def _say(self, run: int, sentences: tuple[str, ...], place: int) -> None:
        try:
            for number in range(place, len(sentences)):
                pcm = await self._sound(run, number, sentences[number])
                if number + 1 < len(sentences):
                    pcm += bytes(int(self._times.gap / self._pace * RATE) * SAMPLE_BYTES)
                await self._queue(run, number, pcm)
            while self._queued:
                await self._room(0.0)
        except CannotSpeak as wrong:
            self._tell(CannotSay(run, str(wrong)))
        else:
            self._tell(PromptEnded(run))

    async def _sound(self, run: int, number: int, sentence: str) -> bytes:
        try:
            return await self._made(run, number, sentence)
        except CannotSpeak as wrong:
            log.info("sentence_asked_again", why=str(wrong))
            return await self._made(run, number, sentence)

    async def _made(self, run: int, number: int, sentence: str) -> bytes:
        making = asyncio.ensure_future(self._voice.speak(sentence, pace=self._pace))
        try:
            await asyncio.wait({making}, timeout=self._times.bridge)
            if not making.done() and not self._queued and self._bridged != run:
                self._bridged = run
                await self._ask_to_wait(run, number)
            async with asyncio.timeout(self._times.speak):  # not wait_for, which in Python 3.11 may swallow a cancellation
                return await making
        except TimeoutError:
            raise CannotSpeak(f"the voice took longer than {self._times.speak:g} s for one sentence") from None
        finally:
            making.cancel()

    async def _ask_to_wait(self, run: int, number: int) -> None:
        """Only if that is ready at once; otherwise it would wait for the same thing."""
        try:
            async with asyncio.timeout(self._times.bridge):
                pcm = await self._voice.speak(self._wait, pace=self._pace)
        except (TimeoutError, CannotSpeak):
            return
        self._queued[f"{run}.w"] = (number, len(pcm) / BYTES_A_SECOND)
        await self._line.send_sound(pcm)
        await self._line.mark(f"{run}.w")

    async def _queue(self, run: int, number: int, pcm: bytes) -> None:
        size = int(self._times.piece * BYTES_A_SECOND)
        for start in range(0, max(len(pcm), 1), size):
            piece = pcm[start : start + size]
            seconds = len(piece) / BYTES_A_SECOND
            await self._room(self._times.ahead - seconds)
            last = start + size >= len(pcm)
            mark = f"{run}.{number}.{start // size}"
            self._queued[mark] = (number + 1 if last else number, seconds)
            await self._line.send_sound(piece)
            await self._line.mark(mark)

    async def _room(self, seconds: float) -> None:
        """Waits until no more than `seconds` are queued. A line that keeps no time is not waited for without end."""
        while self._queued and (queued := sum(s for _, s in self._queued.values())) > seconds:
            self._heard.clear()
            try:
                async with asyncio.timeout(queued + self._times.late):
                    await self._heard.wait()
            except TimeoutError:
                log.warning("marks_missing", queued_seconds=round(queued, 1))
                self._queued.clear()

    async def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
