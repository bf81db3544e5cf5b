"""Starting and stopping the parts of the service in order, so that one that fails is reported and does not take the others with it.

A part is whatever has a beginning, an end and a health: a database pool, Asterisk, the recogniser's workers. `Parts` runs each one's
starter, keeps its end for later, and knows at any time how each is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import structlog

from dialogs.contract import PartHealth
from onestop.logs import mask

log = structlog.get_logger(__name__)

PROBE_SECONDS = 2.0
"""A health probe that takes longer says `degraded`: load balancers ask every few seconds and give up after about five."""

STOP_SECONDS = 10.0
"""A part that does not stop in this time is left behind with a line in the log; the ones started before it still get their turn."""

Probe = Callable[[], Awaitable[PartHealth]]
Stop = Callable[[], Awaitable[None]]
Made = TypeVar("Made")


class PartFailed(RuntimeError):  # noqa: N818 - reads as what happened
    """A part without which nothing can be served did not start; the text names it and the mend."""


@dataclass(slots=True)
class _Part:
    name: str
    must: bool
    probe: Probe | None = None
    said: PartHealth = field(default_factory=lambda: PartHealth("off", "not started yet"))


@dataclass(frozen=True, slots=True)
class Report:
    """How the whole is: `ok` when every part is, `off` when a must-have part is off, else `degraded`."""

    status: Literal["ok", "degraded", "off"]
    parts: dict[str, PartHealth]


class Parts:
    """The parts of one running service. Use as an async context manager: leaving it stops everything, last started first."""

    def __init__(self) -> None:
        self._parts: dict[str, _Part] = {}
        self._ends = AsyncExitStack()

    async def __aenter__(self) -> Parts:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._ends.aclose()

    def expect(self, *names: str, must: bool = False) -> None:
        """Names parts before they are started, so that the health page shows them from the first second."""
        for name in names:
            self._parts.setdefault(name, _Part(name, must))

    async def start(
        self,
        name: str,
        starter: Callable[[], Awaitable[Made]],
        *,
        stop: Callable[[Made], Awaitable[None]] | None = None,
        must: bool = False,
        told: tuple[type[Exception], ...] = (),
    ) -> Made | None:
        """Runs the starter; gives what it made, or None with the reason on the health page.

        told: conditions of the machine whose sentence is enough; of any other error the log has the traceback.
        Raises PartFailed when a must-have part fails. Cancelling passes through.
        """
        part = self._parts.setdefault(name, _Part(name, must))
        part.must = must
        try:
            made = await starter()
        except Exception as wrong:
            reason = reason_of(wrong)
            part.said = PartHealth("off", reason)
            if isinstance(wrong, told):
                log.warning("part.not_here", part=name, reason=reason)
            else:
                log.error("part.failed", part=name, reason=reason, exc_info=not must)
            if must:
                raise PartFailed(f"{name}: {reason}") from wrong
            return None
        part.said = PartHealth("ok")
        if stop is not None:
            self.at_end(name, lambda: stop(made))
        log.info("part.started", part=name)
        return made

    def at_end(self, name: str, stop: Stop) -> None:
        """Registers an end; it gets STOP_SECONDS and its failure is logged, not raised."""

        async def guarded() -> None:
            try:
                await asyncio.wait_for(stop(), STOP_SECONDS)
                log.debug("part.stopped", part=name)
            except TimeoutError:
                log.error("part.stop_timed_out", part=name, seconds=STOP_SECONDS)
            except Exception as wrong:
                log.error("part.stop_failed", part=name, reason=reason_of(wrong))

        self._ends.push_async_callback(guarded)

    def background(self, name: str, work: Coroutine[Any, Any, None], *, shown: bool = True) -> None:
        """Runs beside everything else and is stopped in its turn; a work that ends by an error says so on the health page.

        shown: False for work that is over some day and whose absence nobody would miss: its error is only logged.
        """
        task = asyncio.create_task(work, name=name)
        part = self._parts.setdefault(name, _Part(name, False)) if shown else _Part(name, False)

        def ended(done: asyncio.Task[None]) -> None:
            if not done.cancelled() and (wrong := done.exception()) is not None:
                part.probe = None
                part.said = PartHealth("off", reason_of(wrong))
                log.error("background.ended", part=name, reason=reason_of(wrong))

        async def stop() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        part.said = PartHealth("ok")
        task.add_done_callback(ended)
        self.at_end(name, stop)

    def say(self, name: str, health: PartHealth) -> None:
        """Sets what a part without a probe says of itself (an off part keeps its reason)."""
        self._parts.setdefault(name, _Part(name, False)).said = health

    def watch(self, name: str, probe: Probe) -> None:
        """From now on the part's health is asked of `probe`."""
        self._parts.setdefault(name, _Part(name, False)).probe = probe

    async def report(self) -> Report:
        """Asks all parts at once."""
        parts = list(self._parts.values())
        answers = await asyncio.gather(*(self._ask(part) for part in parts))
        found = {part.name: answer for part, answer in zip(parts, answers, strict=True)}
        if any(part.must and found[part.name].state == "off" for part in parts):
            return Report("off", found)
        return Report("ok" if all(answer.state == "ok" for answer in answers) else "degraded", found)

    async def _ask(self, part: _Part) -> PartHealth:
        if part.probe is None:
            return part.said
        try:
            return await asyncio.wait_for(part.probe(), PROBE_SECONDS)
        except TimeoutError:
            return PartHealth("off" if part.must else "degraded", f"no answer within {PROBE_SECONDS:g} s")
        except Exception as wrong:
            return PartHealth("off", reason_of(wrong))


def reason_of(wrong: BaseException) -> str:
    """One line a person can act on; passwords in addresses are masked where the line is shown."""
    text = " ".join(str(wrong).split())
    return mask(text[:300] if text else type(wrong).__name__)
