"""Sessions in Redis: one sealed document a resident, a lock that keeps turns in order, and a compare-and-set that fences late writers.

A lock alone is not safe after a long pause of its holder; the revision in the write is what decides. Keys hold no address, only its index;
`{…}` keeps a resident's keys in one slot of a cluster.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import RedisError

from dialogs.contract import Address
from dialogs.ports import Lifetime
from dialogs.session import Session, dump, parse
from records.vault import VaultError

#: Redis drops a session this many seconds after its time: until then the shell, which has the clock, puts it away with a word.
SLACK_SECONDS = 60
#: The lock's lease, renewed while the turn runs. Short, and shorter than the wait: a process killed in mid-turn must not keep its resident
#: waiting. One that was frozen for longer finds its write refused by the compare-and-set.
LOCK_SECONDS = 6.0
LOCK_WAIT_SECONDS = 8.0

_SAVE = """
local held = redis.call('HGET', KEYS[1], 'revision')
if (held or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'session', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
if ARGV[6] == '0' then redis.call('DEL', KEYS[2]) else redis.call('SET', KEYS[2], ARGV[5], 'EX', ARGV[6]) end
return 1
"""


class Busy(Exception):  # noqa: N818  a condition: an earlier turn of the same resident is still running
    """The resident's earlier turn has not ended within the waiting time."""


class Overtaken(Exception):  # noqa: N818
    """Another turn was written meanwhile; this one must be taken again on what is there now."""


async def _renew(lock: Lock) -> None:
    """Keeps a lease alive for as long as its turn runs; ends by itself when the lease is lost."""
    try:
        while True:
            await asyncio.sleep(LOCK_SECONDS / 3)
            await lock.reacquire()
    except RedisError:
        pass


class Sealer(Protocol):
    """What the store needs of the vault."""

    def seal(self, data: bytes, context: str) -> bytes: ...

    def open(self, sealed: bytes, context: str) -> bytes: ...

    def index(self, value: str, context: str) -> str: ...


class SessionStore:
    """Loads, locks and saves. Raises redis.exceptions.RedisError when Redis is down."""

    def __init__(self, redis: Redis, vault: Sealer) -> None:
        self._redis, self._vault = redis, vault
        self._save = redis.register_script(_SAVE)

    def _name(self, address: Address) -> str:
        return self._vault.index(f"{address.channel}:{address.user}", "session")

    @asynccontextmanager
    async def turn(self, address: Address) -> AsyncIterator[None]:
        """Only one turn of a resident at a time. Raises Busy."""
        lock = self._redis.lock(f"onestop:{{{self._name(address)}}}:lock", timeout=LOCK_SECONDS, blocking_timeout=LOCK_WAIT_SECONDS)
        if not await lock.acquire():
            raise Busy
        renewing = asyncio.create_task(_renew(lock), name="session-lock")
        try:
            yield
        finally:
            renewing.cancel()
            try:
                await lock.release()
            except RedisError:
                pass  # it ran out, or Redis went away: the compare-and-set has decided by now

    async def load(self, address: Address) -> Session | None:
        """The session; None when there is none, or it was written by a version that we cannot read."""
        name = self._name(address)
        sealed: Any = await self._redis.hget(f"onestop:{{{name}}}:session", "session")
        if sealed is None:
            return None
        try:
            return parse(self._vault.open(sealed, f"session:{name}"))
        except (VaultError, ValueError, TypeError, KeyError):
            await self.forget(address)
            return None

    async def put_away(self, address: Address) -> str:
        """What was half done in a session that is gone for its age; empty when nothing was. Told once."""
        name = self._name(address)
        sealed: Any = await self._redis.getdel(f"onestop:{{{name}}}:was")
        try:
            return self._vault.open(sealed, f"was:{name}").decode() if sealed is not None else ""
        except VaultError:
            return ""

    async def save(self, address: Address, session: Session, before: int, lifetime: Lifetime, doing: str = "") -> None:
        """Writes the session if its revision in the store is still `before` (0: none). `doing`: what is half done. Raises Overtaken."""
        name = self._name(address)
        sealed = self._vault.seal(dump(session), f"session:{name}")
        keep, note = round(lifetime.keep) + SLACK_SECONDS, round(lifetime.keep + lifetime.note)
        was = self._vault.seal(doing.encode(), f"was:{name}") if doing and lifetime.note else b""
        keys = [f"onestop:{{{name}}}:session", f"onestop:{{{name}}}:was"]
        if not await self._save(keys=keys, args=[before, session.revision, sealed, keep, was, note if was else 0]):
            raise Overtaken

    async def forget(self, address: Address) -> None:
        """Deletes the session."""
        await self._redis.delete(f"onestop:{{{self._name(address)}}}:session")
