"""The time a call lives in: the event loop's, or one that a test moves by hand."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from typing import Protocol


class Clock(Protocol):
    """Seconds since some moment."""

    def now(self) -> float:
        """The moment."""
        ...

    async def sleep_until(self, moment: float) -> None:
        """Returns at or after the moment."""
        ...


class LoopClock:
    """Real time."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep_until(self, moment: float) -> None:
        await asyncio.sleep(max(0.0, moment - self.now()))


class HandClock:
    """Time that stands still until it is moved to the next moment somebody sleeps for."""

    def __init__(self) -> None:
        self._now = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self._now

    async def sleep_until(self, moment: float) -> None:
        if moment > self._now:
            woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heapq.heappush(self._sleepers, (moment, next(self._order), woken))
            await woken

    def move_on(self) -> bool:
        """Goes to the next moment that is slept for; False when nobody sleeps."""
        while self._sleepers:
            moment, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                self._now = max(self._now, moment)
                woken.set_result(None)
                return True
        return False
