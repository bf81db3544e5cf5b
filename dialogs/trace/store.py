"""Keeps the records of turns in Redis: sealed, capped, and gone after a while. A turn never waits for it and never fails by it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

import structlog
from redis.asyncio import Redis

from dialogs.trace.record import Trace, dump, parse
from records.vault import VaultError

log = structlog.get_logger(__name__)

#: A complaint about a conversation comes within days; two weeks leave a week to look at it. Longer would be a register of who asked what when.
LIFETIME_SECONDS = 14 * 24 * 3600
#: Turns kept of one conversation, the newest: the longest honest request has about thirty.
MOST_TURNS = 300
#: Conversations that can be listed. At 1-2 kB a turn and ten turns each these are about 150 MB at the very most.
MOST_CONVERSATIONS = 10_000
#: Records that wait for Redis; when it is away for longer, the oldest are given up.
MOST_WAITING = 500
#: Records written in one round trip.
BATCH = 100

_RECENT = "onestop:traces:recent"


class Sealer(Protocol):
    """What the store needs of the vault."""

    def seal(self, data: bytes, context: str) -> bytes: ...

    def open(self, sealed: bytes, context: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in a list. `question` is where it stood last; `outcome` how its last turn ended."""

    conversation: str
    channel: str
    at: datetime
    turns: int
    outcome: str
    question: str


class TraceStore:
    """The records of the last weeks (`dialogs.trace.Tracer`).

    Reading raises redis.exceptions.RedisError when Redis is down; records that were sealed with another secret or written by another version
    are left out.
    """

    def __init__(self, redis: Redis, vault: Sealer) -> None:
        self._redis, self._vault = redis, vault
        self._waiting: deque[Trace] = deque(maxlen=MOST_WAITING)
        self._writing: asyncio.Task[None] | None = None
        self._failed = False

    async def put(self, trace: Trace) -> None:
        """Takes a record and returns at once; it is written behind, with all that came meanwhile in one round trip."""
        self._waiting.append(trace)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="traces")

    async def settled(self) -> None:
        """Waits until everything taken so far is written, or given up."""
        if self._writing is not None:
            await asyncio.wait((self._writing,))

    async def conversation(self, id: str) -> tuple[Trace, ...]:
        """The turns of a conversation, first to last; none when it is not there (any more)."""
        sealed = await cast("Awaitable[list[bytes]]", self._redis.lrange(_key(id), 0, -1))
        return tuple(trace for one in sealed if (trace := self._open(one, id)) is not None)

    async def recent(self, count: int, channel: str | None = None) -> tuple[Summary, ...]:
        """The conversations that went on last, newest first. Two round trips."""
        ids = [_text(id) for id in await self._redis.zrevrange(_recent(channel), 0, count - 1)]
        pipe = self._redis.pipeline(transaction=False)
        for id in ids:
            pipe.llen(_key(id))
            pipe.lindex(_key(id), -1)
        answers: list[Any] = await pipe.execute()
        found = []
        for id, turns, sealed in zip(ids, answers[::2], answers[1::2], strict=True):
            last = self._open(sealed, id) if sealed else None
            if last is not None:
                found.append(Summary(id, last.channel, last.at, turns, last.outcome, last.left.name))
        return tuple(found)

    async def named(self, beginning: str) -> tuple[str, ...]:
        """The conversations whose id begins so, newest first."""
        return tuple(id for one in await self._redis.zrevrange(_RECENT, 0, -1) if (id := _text(one)).startswith(beginning))

    async def forget(self, conversation: str) -> bool:
        """Deletes a conversation's records; says whether there were any."""
        turns = await self.conversation(conversation)
        pipe = self._redis.pipeline(transaction=False)
        pipe.delete(_key(conversation))
        for channel in (None, *{trace.channel for trace in turns}):
            pipe.zrem(_recent(channel), conversation)
        return bool((await pipe.execute())[0])

    async def _write(self) -> None:
        """Writes until nothing waits. A failure gives the batch up: traces are a help for us, and nothing that a resident needs."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            try:
                await self._write_batch(batch)
                self._failed = False
            except Exception as wrong:
                if not self._failed:
                    log.warning("traces not written", error=type(wrong).__name__, lost=len(batch))
                self._failed = True

    async def _write_batch(self, batch: list[Trace]) -> None:
        pipe = self._redis.pipeline(transaction=False)
        for trace in batch:
            key, when = _key(trace.conversation), trace.at.timestamp()
            pipe.rpush(key, self._vault.seal(dump(trace), _context(trace.conversation)))
            pipe.ltrim(key, -MOST_TURNS, -1)
            pipe.expire(key, LIFETIME_SECONDS)
            for name in (_recent(None), _recent(trace.channel)):
                pipe.zadd(name, {trace.conversation: when})
        for name in {_recent(None), *(_recent(trace.channel) for trace in batch)}:
            pipe.zremrangebyscore(name, 0, batch[-1].at.timestamp() - LIFETIME_SECONDS)
            pipe.zremrangebyrank(name, 0, -MOST_CONVERSATIONS - 1)
        await pipe.execute()

    def _open(self, sealed: bytes, conversation: str) -> Trace | None:
        try:
            return parse(self._vault.open(sealed, _context(conversation)))
        except (VaultError, ValueError, TypeError, KeyError):
            return None


def _key(conversation: str) -> str:
    return f"onestop:trace:{{{conversation}}}"


def _context(conversation: str) -> str:
    return f"trace:{conversation}"


def _recent(channel: str | None) -> str:
    return _RECENT if channel is None else f"{_RECENT}:{channel}"


def _text(raw: Any) -> str:
    return raw.decode() if isinstance(raw, bytes) else str(raw)
