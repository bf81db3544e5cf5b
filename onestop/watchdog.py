"""Ends a process whose event loop has stalled.

A frozen process keeps its connections: a caller would hear silence until they hang up, because no time-out of the dialplan covers it
(measured with Asterisk 22). Once the process is gone, the media socket closes and the dialplan takes the caller to a person. So a thread
looks whether the loop still turns; when it does not, it leaves the stacks on standard error and ends the process at once.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

EXIT_CODE = 70
"""EX_SOFTWARE of sysexits.h; a supervisor with "restart on failure" starts the service anew."""

BEAT_SECONDS = 0.5


def _end() -> None:
    sys.stderr.write("onestop: the event loop has stalled; ending, so that calls reach a person. Stacks of all threads:\n")
    faulthandler.dump_traceback(file=sys.stderr)
    os._exit(EXIT_CODE)


class Watchdog:
    """Use as a context manager around the loop; `watch()` is a task inside it. seconds: patience, 0 switches it off."""

    def __init__(self, seconds: float, end: Callable[[], None] = _end, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._end, self._clock = seconds, end, clock
        self._beat = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watchdog", daemon=True)

    def __enter__(self) -> Self:
        if self._seconds > 0:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()

    async def watch(self) -> None:
        """Shows that the loop turns, until cancelled; only from its first beat on is the loop watched."""
        try:
            while True:
                self._beat = self._clock()
                await asyncio.sleep(BEAT_SECONDS)
        finally:
            self._beat = 0.0

    def _look(self) -> None:
        while not self._over.wait(min(1.0, self._seconds / 4)):
            if self._beat and self._clock() - self._beat > self._seconds:
                self._end()
                return
