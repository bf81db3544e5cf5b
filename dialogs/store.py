"""Sessions in Redis: one sealed document a resident, a lock that keeps turns in order, and a compare-and-set that fences late writers.

A lock alone is not safe after a long pause of its holder; the revision in the write is what decides. Keys hold no address, only its index;
`{…}` keeps a resident's keys in one slot of a cluster.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import RedisError

from dialogs.contract import Address
from dialogs.session import Session, dump, parse
from records.vault import VaultError

#: Where a terminal names no lifetime, in seconds.
DEFAULT_LIFETIME = 4 * 3600
#: The lock's lease, renewed while the turn runs. Short, and shorter than the wait: a process killed in mid-turn must not keep its resident
#: waiting. One that was frozen for longer finds its write refused by the compare-and-set.
LOCK_SECONDS = 6.0
LOCK_WAIT_SECONDS = 8.0

_SAVE = """
local held = redis.call('HGET', KEYS[1], 'revision')
if (held or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'session', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
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
    """Loads, locks and saves. `lifetimes`: by channel, in seconds. Raises redis.exceptions.RedisError when Redis is down."""

    def __init__(self, redis: Redis, vault: Sealer, lifetimes: Mapping[str, int]) -> None:
        self._redis, self._vault, self._lifetimes = redis, vault, lifetimes
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

    async def save(self, address: Address, session: Session, before: int) -> None:
        """Writes the session if its revision in the store is still `before` (0: none). Raises Overtaken."""
        name = self._name(address)
        sealed = self._vault.seal(dump(session), f"session:{name}")
        lifetime = self._lifetimes.get(address.channel, DEFAULT_LIFETIME)
        keys = [f"onestop:{{{name}}}:session"]
        if not await self._save(keys=keys, args=[before, session.revision, sealed, lifetime]):
            raise Overtaken

    async def forget(self, address: Address) -> None:
        """Deletes the session."""
        await self._redis.delete(f"onestop:{{{self._name(address)}}}:session")
