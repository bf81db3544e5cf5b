"""Everything that happens in one call, in one order: line, ear, player and time put things in, the call takes them out one by one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from ivr.clock import Clock
from ivr.contract import Heard, Listener, Lost
from ivr.media import Closed, Key, Marked, MediaTransport, Sound, Started
from ivr.player import CannotSay, Player, PromptEnded


class GiveUp(Exception):  # noqa: N818  not an error of ours to be traced: this call is a person's now
    """This call cannot be carried on here; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class Tick:
    """The alarm rang."""


@dataclass(frozen=True, slots=True)
class HeardAt:
    """Something from the ear, and the number of the question it was listening for."""

    question: int
    heard: Heard


Item = Key | Closed | PromptEnded | CannotSay | Tick | HeardAt


class Inbox:
    """One call's. `question`: the number of the one being asked, which tells words that come late from an answer.

    listener: the ear that gets the caller's sound, once there is one. started: done when the line says who calls; GiveUp when it closes
    before that. closed: the line has gone.
    resting: set while only the caller or time can bring the call on, for whoever drives it by hand.
    """

    def __init__(self, clock: Clock) -> None:
        self.question = 0
        self.listener: Listener | None = None
        self.started: asyncio.Future[Started] = asyncio.get_running_loop().create_future()
        self.closed = asyncio.Event()
        self.resting = asyncio.Event()
        self._clock = clock
        self._items: asyncio.Queue[Item] = asyncio.Queue()
        self._alarm: asyncio.Task[None] | None = None

    @property
    def empty(self) -> bool:
        """Nothing waits to be taken."""
        return self._items.empty()

    def put(self, item: Item) -> None:
        """Something happened."""
        self.resting.clear()
        self._items.put_nowait(item)

    async def next(self) -> Item:
        """The next thing, as soon as there is one."""
        item = await self._items.get()
        self.resting.clear()
        return item

    def waiting(self) -> tuple[Item, ...]:
        """Takes out all that has come so far."""
        return tuple(self._items.get_nowait() for _ in range(self._items.qsize()))

    def set_alarm(self, moment: float | None) -> None:
        """A `Tick` then, instead of the one that was set before; None for none."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None if moment is None else asyncio.create_task(self._ring(moment), name="call-alarm")

    async def read_line(self, line: MediaTransport, player: Player) -> None:
        """Until the line closes. Sound goes straight to the ear, and marks to the player."""
        try:
            async for event in line.events():
                match event:
                    case Sound(pcm):
                        if self.listener is not None:
                            self.listener.feed(pcm)
                    case Marked(mark):
                        player.marked(mark)
                    case Key():
                        self.put(event)
                    case Started() if not self.started.done():
                        self.started.set_result(event)
                    case Closed():
                        break
        finally:  # a line that breaks in whatever way has closed
            self.closed.set()
            self.put(Closed())
            if not self.started.done():
                self.started.set_exception(GiveUp("the line closed before it said who calls"))

    async def read_ear(self, listener: Listener) -> None:
        """Until the recogniser is lost."""
        while True:
            heard = await listener.events.get()
            self.put(HeardAt(self.question, heard))
            if isinstance(heard, Lost):
                return

    async def _ring(self, moment: float) -> None:
        await self._clock.sleep_until(moment)
        self.put(Tick())
