"""How the parent talks to its worker processes (`ivr.voice.worker`, `ivr.hearing.worker`): small framed messages over pipes.

Recognition and synthesis run in processes of their own because a C++ abort or a killed-for-memory there must never take a call's event
loop with it. A frame is kind (1 byte), number (4 bytes: a stream or a job), length (4 bytes), body. Bodies are sound or JSON, never
pickles. The parent's end is asyncio (writing never blocks it); the worker's end is plain blocking files.
"""

from __future__ import annotations

import asyncio
import json
import os
import struct
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

_HEAD = struct.Struct(">BII")
#: No message is longer: a minute of sound at 24 kHz in floats.
MOST = 8_000_000
#: What a worker's environment keeps of ours; secrets stay behind.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "PYTHONDONTWRITEBYTECODE", "PYTHONWARNINGS")


class BadFrame(Exception):  # noqa: N818  it says what came, the pipe's owner decides whether that is an error
    """Bytes on the pipe that are no frame: the other end is not what we started."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message. `kind` is of the protocol that uses the pipe, `number` says which stream or job it belongs to."""

    kind: int
    number: int = 0
    body: bytes = b""

    @property
    def bytes(self) -> bytes:
        """As written to the pipe."""
        return _HEAD.pack(self.kind, self.number, len(self.body)) + self.body

    @property
    def json(self) -> Any:
        """The body of a message that is no sound."""
        return json.loads(self.body)


def frame(kind: int, number: int = 0, **fields: object) -> Frame:
    """A frame whose body is JSON."""
    return Frame(kind, number, json.dumps(fields).encode())


async def read(reader: asyncio.StreamReader) -> Frame | None:
    """The next frame at the parent's end; None when the worker is gone."""
    try:
        kind, number, length = _HEAD.unpack(await reader.readexactly(_HEAD.size))
        if length > MOST:
            raise BadFrame(f"a frame of {length} bytes")
        return Frame(kind, number, await reader.readexactly(length) if length else b"")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


class WorkerEnd:
    """The worker's end: blocking, one reader, any number of writing threads."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self._source, self._sink, self._lock = source, sink, threading.Lock()

    def read(self) -> Frame | None:
        """The next frame; None when the parent is gone."""
        head = self._source.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return None
        kind, number, length = _HEAD.unpack(head)
        body = self._source.read(length) if length else b""
        return Frame(kind, number, body) if len(body) == length else None

    def write(self, message: Frame) -> None:
        """Sends; a parent that is gone ends this process at once, for nobody is left to work for."""
        try:
            with self._lock:
                self._sink.write(message.bytes)
                self._sink.flush()
        except OSError:
            os._exit(0)


def worker_end() -> WorkerEnd:
    """To be called first in a worker: takes stdin and stdout for frames and sends whatever libraries print to stderr."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return WorkerEnd(source, sink)


async def start(module: str, *arguments: str, nice: int = 0, extra: Mapping[str, str] | None = None) -> asyncio.subprocess.Process:
    """Starts `python -m module arguments…` with pipes, one thread for its maths, and none of our secrets in its environment."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment |= dict(extra or {})
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment,
        start_new_session=True,  # Ctrl-C is the parent's; it ends its workers itself
        preexec_fn=(lambda: (os.nice(nice), None)[1]) if nice else None,
        limit=2**20,
    )


async def stop(process: asyncio.subprocess.Process, patience_s: float = 2.0) -> None:
    """Closes the pipe, which a worker takes as the end; kills one that does not go. Never raises."""
    if process.stdin is not None and not process.stdin.is_closing():
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), patience_s)
    except TimeoutError:
        kill(process)
        await process.wait()


def kill(process: asyncio.subprocess.Process) -> None:
    """Ends a worker that is no good any more, at once."""
    try:
        process.kill()
    except ProcessLookupError:
        pass
