"""`Ears`: the `Hearing` of the contract. Worker processes, how many calls they may serve, and what happens when one dies."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from dialogs.contract import PartHealth
from ivr.hearing.listener import CallListener, WorkerLink

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class HearingSettings:
    """How much recognition this machine does.

    model: folder of a Vosk model, None for calls by keys alone. kind: "official", "own" or "trial", told on the health page; why: in words.
    workers: processes, each with the model once; 0 switches recognition off. streams: calls a worker serves at most; a core bears about 6 with
    the official small model listening freely and 25 with a grammar (measured at 8 kHz: real-time factor 0.16 and 0.034). Calls beyond that go
    by keys. load_s: a model may take so long to load. growth_bytes: a worker that has grown by so much since loading is replaced when its
    calls are over (growth over many sessions is reported: vosk-server #44, #62). restart_s: first pause before a dead worker's successor;
    doubles up to longest_restart_s, and starts over after a worker has lived for steady_s. watch_s: between looks at the workers' memory.
    """

    model: Path | None = None
    kind: str = ""
    why: str = ""
    workers: int = 1
    streams: int = 8
    load_s: float = 60.0
    growth_bytes: int = 1_200_000_000
    restart_s: float = 0.5
    longest_restart_s: float = 30.0
    steady_s: float = 60.0
    watch_s: float = 20.0
    module: str = "ivr.hearing.worker"


class Ears:
    """Opens ears for calls. All methods belong to one event loop."""

    def __init__(self, settings: HearingSettings) -> None:
        self.settings = settings
        self._links: list[WorkerLink] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)
        self._stopping = False
        self._first: asyncio.Event = asyncio.Event()
        self._full = self._deaths = self._recycled = 0
        self._fault = ""
        self._unheard: dict[str, None] = {}

    async def start(self) -> bool:
        """Starts the workers and waits for the first to be ready (True) or to fail. Later ones, and restarts, go on by themselves."""
        if self.settings.model is None or self.settings.workers < 1:
            return False
        for _ in range(self.settings.workers):
            self._spawn(self._keep_one())
        self._spawn(self._watch())
        await self._first.wait()
        return bool(self._links)

    async def open(self) -> CallListener | None:
        """An ear for one call; None when no worker has a place for it. Never raises."""
        free = [link for link in self._links if link.serving and len(link.listeners) < self.settings.streams]
        if self._stopping or not free:
            self._full += 1 if self._links else 0
            return None
        link = min(free, key=lambda each: len(each.listeners))
        return CallListener(link, next(self._numbers) % 2**32)

    async def unheard(self, phrases: Iterable[str], patience_s: float = 10.0) -> tuple[str, ...] | None:
        """Which phrases the loaded model can never give back; None when there is no worker to ask."""
        for link in self._links:
            if link.serving:
                return await link.examine(tuple(phrases), next(self._numbers) % 2**32, patience_s)
        return None

    def health(self) -> PartHealth:
        """ok: an official or own model hears. degraded: the trial model, or some workers down. off: calls go by keys alone."""
        settings = self.settings
        serving = [link for link in self._links if link.serving]
        facts: dict[str, str | int | float] = {
            "model": "" if settings.model is None else settings.model.name,
            "kind": settings.kind,
            "workers": len(serving),
            "streams": sum(len(link.listeners) for link in self._links),
            "streams_most": len(serving) * settings.streams,
            "turned_away": self._full,
            "deaths": self._deaths,
            "recycled": self._recycled,
            "phrases_unheard": len({phrase for link in self._links for phrase in link.unheard} | self._unheard.keys()),
            "memory_mb": sum(link.memory() for link in self._links) // 1_000_000,
        }
        if settings.model is None:
            return PartHealth("off", settings.why or "no recogniser model; calls go by keys alone", facts)
        if settings.workers < 1:
            return PartHealth("off", "recognition is switched off; calls go by keys alone", facts)
        if not serving:
            return PartHealth("off", f"no recogniser worker is running ({self._fault or 'starting'}); calls go by keys alone", facts)
        if len(serving) < settings.workers:
            return PartHealth("degraded", f"{settings.workers - len(serving)} of {settings.workers} workers are down: {self._fault}", facts)
        if settings.kind == "trial":
            return PartHealth("degraded", settings.why or "the trial model hears: for trials only, not for the public", facts)
        return PartHealth("ok", settings.why, facts)

    async def stop(self) -> None:
        """Ends all workers; ears that are open get Lost."""
        self._stopping = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(link.stop() for link in self._links))
        self._links.clear()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_one(self) -> None:
        """Keeps one worker running: starts it, and its successor when it dies or is to be replaced."""
        assert self.settings.model is not None
        pause = self.settings.restart_s
        loop = asyncio.get_running_loop()
        while not self._stopping:
            link = WorkerLink(self.settings.module, self.settings.model)
            began = loop.time()
            try:
                await link.start(self.settings.load_s)
            except asyncio.CancelledError:
                await link.stop()
                raise
            except Exception as wrong:
                self._fault = str(wrong) or type(wrong).__name__
                log.error("recogniser_worker_not_started", reason=self._fault, again_in_s=pause)
                self._first.set()
            else:
                self._links.append(link)
                self._first.set()
                log.info("recogniser_worker_ready", model=link.ready.model, dynamic=link.ready.dynamic, seconds=link.ready.seconds)
                await link.done.wait()
                if link.retiring:
                    self._recycled += 1
                    self._spawn(self._see_off(link))
                    continue
                self._remove(link)
                self._deaths += 1
                self._fault = link.fault
                log.error("recogniser_worker_died", reason=link.fault, again_in_s=pause)
            if loop.time() - began > self.settings.steady_s:
                pause = self.settings.restart_s
            await asyncio.sleep(pause)
            pause = min(pause * 2, self.settings.longest_restart_s)

    async def _see_off(self, link: WorkerLink) -> None:
        """Lets the calls of a worker that is replaced come to their end."""
        await link.empty.wait()
        await link.stop()
        self._remove(link)

    def _remove(self, link: WorkerLink) -> None:
        self._unheard |= dict.fromkeys(link.unheard)
        if link in self._links:
            self._links.remove(link)

    async def _watch(self) -> None:
        """Replaces workers that have grown too large."""
        while True:
            await asyncio.sleep(self.settings.watch_s)
            for link in self._links:
                if link.serving and link.memory() > link.ready.memory + self.settings.growth_bytes:
                    log.warning("recogniser_worker_grown", megabytes=link.memory() // 1_000_000)
                    link.retire()
