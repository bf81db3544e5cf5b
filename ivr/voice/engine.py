"""The synthesiser as the service sees it: a worker process that is started when first needed and started again when it dies."""

from __future__ import annotations

import asyncio
import time
from asyncio.subprocess import Process
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import structlog

from ivr import pipes
from ivr.contract import CannotSpeak
from ivr.voice import messages
from ivr.voice.sound import Sound

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """patience_s: one piece may take so long before the worker counts as stuck and is killed. load_s: the same for loading the model.

    idle_s: an idle worker gives its 0.5 GB back after this. waiting: pieces in line at most; a longer line would be heard as silence.
    nice: calls that are going on come before sentences that are not said yet.
    """

    patience_s: float = 30.0
    load_s: float = 60.0
    idle_s: float = 900.0
    waiting: int = 32
    nice: int = 5


class Engine:
    """Speaks pieces, one after the other, in a process of its own. All methods belong to one event loop."""

    def __init__(self, model: Path | None, settings: EngineSettings | None = None, module: str = "ivr.voice.worker") -> None:
        self.model, self._settings, self._module = model, settings or EngineSettings(), module
        self._process: Process | None = None
        self._jobs: dict[int, asyncio.Future[Sound]] = {}
        self._given: dict[int, Process] = {}  # which worker a job was given to
        self._number = 0
        self._starting = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None
        self._retiring: asyncio.TimerHandle | None = None
        self.deaths, self._not_before, self.last_fault = 0, 0.0, ""
        self._stopped = False

    @property
    def process_id(self) -> int | None:
        """Of the worker, when it runs."""
        return None if self._process is None else self._process.pid

    async def say(self, text: str, voice: str, speed: float) -> Sound:
        """One piece. Raises CannotSpeak when there is no model, the worker cannot be had, fails, or takes too long."""
        if self.model is None or not self.model.is_file():
            raise CannotSpeak("no voice model is there; `onestop fetch` gets it")
        if len(self._jobs) >= self._settings.waiting:
            raise CannotSpeak(f"{len(self._jobs)} pieces are waiting to be spoken")
        self._number = (self._number + 1) % 2**32 or 1
        number = self._number
        job: asyncio.Future[Sound] = asyncio.get_running_loop().create_future()
        self._jobs[number] = job
        if self._retiring is not None:
            self._retiring.cancel()
        try:
            process = self._given[number] = await self._running()
            self._write(process, pipes.frame(messages.SAY, number, text=text, voice=voice, speed=speed))
            return await asyncio.wait_for(job, self._settings.patience_s * len(self._jobs))
        except TimeoutError:
            self.last_fault = "a piece took too long; the voice process was killed"
            log.warning("voice_stuck", patience_s=self._settings.patience_s)
            pipes.kill(process)
            raise CannotSpeak(self.last_fault) from None
        finally:
            self._jobs.pop(number, None)
            self._given.pop(number, None)
            self._retire_later()

    async def _running(self) -> Process:
        async with self._starting:
            if self._process is not None and self._process.stdin is not None and not self._process.stdin.is_closing():
                return self._process
            if self._stopped:
                raise CannotSpeak("the voice is being shut down")
            wait = self._not_before - time.monotonic()
            if wait > 0:
                raise CannotSpeak(f"the voice process failed ({self.last_fault}); it is tried again in {wait:.0f} s")
            process = await pipes.start(self._module, str(self.model), nice=self._settings.nice)
            try:
                assert process.stdout is not None
                hello = await asyncio.wait_for(pipes.read(process.stdout), self._settings.load_s)
            except (TimeoutError, pipes.BadFrame):
                hello = None
            if hello is None or hello.kind != messages.READY:
                fault = hello.json["reason"] if hello is not None else "the voice process ended while it was loading"
                await pipes.stop(process, 0.5)
                self._failed(fault)
                raise CannotSpeak(fault)
            log.info("voice_ready", seconds=hello.json["seconds"])
            self._process = process
            self._reading = asyncio.create_task(self._read(process))
            return process

    def _write(self, process: Process, message: pipes.Frame) -> None:
        if process.stdin is None or process.stdin.is_closing():
            raise CannotSpeak("the voice process has just ended")
        process.stdin.write(message.bytes)

    async def _read(self, process: Process) -> None:
        """Hands answers to whoever waits; when the worker dies, tells all of them."""
        assert process.stdout is not None
        try:
            while (message := await pipes.read(process.stdout)) is not None:
                job = self._jobs.get(message.number)
                if job is None or job.done():
                    continue
                if message.kind == messages.SOUND:
                    self.deaths = 0
                    job.set_result(np.frombuffer(message.body, "<i2").astype(np.int16))
                elif message.kind == messages.FAILED:
                    job.set_exception(CannotSpeak(message.json["reason"]))
        except pipes.BadFrame as wrong:
            log.error("voice_pipe_broken", reason=str(wrong))
            pipes.kill(process)
        code = await process.wait()
        if self._process is process:
            self._process = None
        if not self._stopped and code != 0:
            self._failed(f"the voice process ended with {code}")
        for number, job in list(self._jobs.items()):
            if self._given.get(number) is process and not job.done():
                job.set_exception(CannotSpeak("the voice process ended"))

    def _failed(self, fault: str) -> None:
        self.deaths += 1
        self.last_fault = fault
        self._not_before = time.monotonic() + min(60.0, 0.5 * 2 ** (self.deaths - 1))
        log.warning("voice_failed", reason=fault, deaths=self.deaths)

    def _retire_later(self) -> None:
        if self._retiring is not None:
            self._retiring.cancel()
        if not self._jobs:
            self._retiring = asyncio.get_running_loop().call_later(self._settings.idle_s, self._retire)

    def _retire(self) -> None:
        if not self._jobs and self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    async def stop(self) -> None:
        """Ends the worker; whoever waits gets CannotSpeak."""
        self._stopped = True
        if self._retiring is not None:
            self._retiring.cancel()
        if self._process is not None:
            await pipes.stop(self._process)
        if self._reading is not None:
            await asyncio.wait([self._reading], timeout=2)
