"""The parent's end of a worker, and one call's ear on it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from ivr import pipes
from ivr.contract import Final, Heard, Lost, Partial
from ivr.hearing import messages
from ivr.hearing.memory import memory_of

log = structlog.get_logger()

#: A worker that has not read so much of what we wrote is stuck.
MOST_UNREAD = 4_000_000


class NotStarted(Exception):  # noqa: N818  the text says why
    """A worker that could not load its model."""


class WorkerLink:
    """One worker process. `done` is set when it is gone or is to be replaced, `empty` when a retiring one has no calls left."""

    def __init__(self, module: str, model: Path) -> None:
        self._module, self._model = module, model
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._examinations: dict[int, asyncio.Future[tuple[str, ...]]] = {}
        self.listeners: dict[int, CallListener] = {}
        self.ready = messages.Ready("", False, 0.0, 0)
        self.unheard: dict[str, None] = {}
        self.done, self.empty = asyncio.Event(), asyncio.Event()
        self.retiring = self._gone = False
        self.fault = ""

    @property
    def serving(self) -> bool:
        """Whether new calls may come."""
        return not self.retiring and not self._gone and self._process is not None

    @property
    def process_id(self) -> int | None:
        """Of the worker."""
        return None if self._process is None else self._process.pid

    async def start(self, load_s: float) -> None:
        """Starts the process and waits until its model is loaded. Raises NotStarted."""
        process = await pipes.start(self._module, str(self._model))
        assert process.stdout is not None
        try:
            hello = await asyncio.wait_for(pipes.read(process.stdout), load_s)
        except (TimeoutError, pipes.BadFrame):
            hello = None
        except asyncio.CancelledError:
            await pipes.stop(process, 0.2)
            raise
        if hello is None or hello.kind != messages.READY:
            await pipes.stop(process, 0.2)
            reason = hello.json["reason"] if hello is not None else f"it ended or said nothing for {load_s:.0f} s"
            raise NotStarted(f"the model {self._model.name} could not be loaded: {reason}")
        self.ready, self._process = messages.Ready.of(hello), process
        self._reading = asyncio.create_task(self._read(process))

    def send(self, message: pipes.Frame) -> None:
        """Writes without waiting. A worker that does not read any more is killed; its calls then get Lost."""
        process = self._process
        if self._gone or process is None or process.stdin is None or process.stdin.is_closing():
            return
        if process.stdin.transport.get_write_buffer_size() > MOST_UNREAD:
            self.fault = "it stopped reading"
            pipes.kill(process)
            return
        process.stdin.write(message.bytes)

    async def examine(self, phrases: tuple[str, ...], number: int, patience_s: float) -> tuple[str, ...] | None:
        """Which phrases the model cannot hear; None when the worker does not answer."""
        answer: asyncio.Future[tuple[str, ...]] = asyncio.get_running_loop().create_future()
        self._examinations[number] = answer
        try:
            self.send(pipes.frame(messages.EXAMINE, number, phrases=phrases))
            return await asyncio.wait_for(answer, patience_s)
        except (TimeoutError, ConnectionError):
            return None
        finally:
            self._examinations.pop(number, None)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        try:
            while (message := await pipes.read(process.stdout)) is not None:
                self._take(message)
        except Exception as wrong:  # a frame that is none of ours: the process is not to be trusted any more
            self.fault = f"{type(wrong).__name__}: {wrong}"
            pipes.kill(process)
        code = await process.wait()
        self._gone = True
        self.fault = self.fault or (f"killed by signal {-code}" if code < 0 else f"ended with {code}")
        for listener in list(self.listeners.values()):
            listener.lose(f"the recogniser's process is gone: {self.fault}")
        for answer in self._examinations.values():
            if not answer.done():
                answer.set_exception(ConnectionError(self.fault))
        self.listeners.clear()
        self.empty.set()
        self.done.set()

    def _take(self, message: pipes.Frame) -> None:
        if message.kind == messages.EXAMINED:
            answer = self._examinations.get(message.number)
            if answer is not None and not answer.done():
                answer.set_result(tuple(message.json["unheard"]))
            return
        listener = self.listeners.get(message.number)
        if listener is None:
            return
        body = message.json
        if message.kind == messages.PARTIAL:
            listener.heard(body["question"], Partial(body["text"]))
        elif message.kind == messages.FINAL:
            listener.heard(body["question"], Final(tuple((str(text), float(share)) for text, share in body["alternatives"])))
        elif message.kind == messages.GRAMMAR:
            new = [phrase for phrase in body["unheard"] if phrase not in self.unheard]
            if new:
                self.unheard |= dict.fromkeys(new)
                log.info("phrases_cannot_be_heard", model=self.ready.model, count=len(new), phrases=new[:12])
        elif message.kind == messages.BROKEN:
            listener.lose(body["reason"])

    def leave(self, listener: CallListener) -> None:
        """A call is over."""
        if self.listeners.pop(listener.number, None) is not None:
            self.send(pipes.Frame(messages.CLOSE, listener.number))
        if self.retiring and not self.listeners:
            self.empty.set()

    def retire(self) -> None:
        """No new calls; `done` lets the successor start, `empty` comes with the end of the last call."""
        self.retiring = True
        self.done.set()
        if not self.listeners:
            self.empty.set()

    def memory(self) -> int:
        """Resident bytes of the process."""
        return 0 if self._process is None or self._gone else memory_of(self._process.pid)

    async def stop(self) -> None:
        """Ends the process."""
        if self._process is not None:
            await pipes.stop(self._process)
        if self._reading is not None:
            await asyncio.wait([self._reading], timeout=2)


class CallListener:
    """One call's ear: the `Listener` of the contract."""

    def __init__(self, link: WorkerLink, number: int) -> None:
        self.number, self._link = number, link
        self._events: asyncio.Queue[Heard] = asyncio.Queue()
        self._question = 0
        self._listening = self._lost = self._closed = False
        self._half = b""
        link.listeners[number] = self
        link.send(pipes.Frame(messages.OPEN, number))

    @property
    def events(self) -> asyncio.Queue[Heard]:
        """What was heard, in order. After Lost nothing more comes."""
        return self._events

    async def begin(self, phrases: tuple[str, ...], *, patience_ms: int = 0) -> None:
        """Listen for the answer to one question; no phrases: anything the model knows.

        patience_ms: quiet that ends the answer; 0 is 700 for words and 1200 when digits are among the phrases.
        """
        if self._lost or self._closed:
            return
        self._forget()
        self._listening, self._half = True, b""
        said = tuple(str(phrase) for phrase in phrases)
        self._link.send(messages.Begin(self._question, said, max(0, min(int(patience_ms), 10_000))).frame(self.number))

    def feed(self, pcm: bytes) -> None:
        """Sound of the caller. Never blocks, never raises; an odd byte waits for its other half."""
        if not self._listening or self._lost or self._closed or not pcm:
            return
        sound = self._half + bytes(pcm)
        whole = len(sound) & ~1
        self._half = sound[whole:]
        for at in range(0, whole, messages.MOST_SOUND):
            self._link.send(pipes.Frame(messages.SOUND, self.number, sound[at : min(whole, at + messages.MOST_SOUND)]))

    async def end(self) -> None:
        """The question is answered: no event of it comes afterwards."""
        if self._lost or self._closed or not self._listening:
            return
        self._forget()
        self._listening = False
        self._link.send(pipes.Frame(messages.END, self.number))

    async def close(self) -> None:
        """The call is over."""
        self._closed, self._listening = True, False
        self._link.leave(self)

    def _forget(self) -> None:
        """Late events of the question so far are not wanted any more, those that wait included."""
        self._question = (self._question + 1) % 2**31
        kept = []
        while not self._events.empty():
            event = self._events.get_nowait()
            if isinstance(event, Lost):
                kept.append(event)
        for event in kept:
            self._events.put_nowait(event)

    def heard(self, question: int, what: Partial | Final) -> None:
        """From the worker."""
        if question == self._question and self._listening and not self._closed:
            self._events.put_nowait(what)

    def lose(self, reason: str) -> None:
        """The recogniser is gone for the rest of this call."""
        if not self._lost and not self._closed:
            self._lost, self._listening = True, False
            self._events.put_nowait(Lost(reason))
        self._link.listeners.pop(self.number, None)
