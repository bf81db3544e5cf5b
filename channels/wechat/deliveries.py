"""One message is one turn, however often WeChat delivers it and to however many of our processes.

A delivery lives in Redis as a small state, always changed by compare-and-set:

    working:<owner>   an attempt waits at our door for the engine's answer; whoever finishes answers in XML
    late:<owner>      that attempt was answered with `success`, or was cut: the owner will push the answer
    given             answered; for `again_s` the sealed answer can be given again to an attempt that WeChat repeats

`working` and `late` are leases that a living owner renews, so a message whose process was killed is taken over by the next attempt. The
replay check of the signature sits in the same script and after the look-up: a repeated attempt may carry the same nonce.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from channels.wechat.keeping import STORE_S, Keeping

_CLAIM = """
local state = redis.call('GET', KEYS[1])
if state then return state end
local bound = redis.call('GET', KEYS[2])
if bound and bound ~= ARGV[2] then return 'replayed' end
redis.call('SET', KEYS[1], 'working:' .. ARGV[1], 'PX', ARGV[3])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[4])
return 'mine'
"""
_MAKE_LATE = """
local state = redis.call('GET', KEYS[1])
if state and string.sub(state, 1, 8) == 'working:' then
  redis.call('SET', KEYS[1], 'late:' .. string.sub(state, 9), 'KEEPTTL')
end
return state
"""
_FINISH = """
local state = redis.call('GET', KEYS[1])
if state ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'given', 'PX', ARGV[2])
if ARGV[3] ~= '' then redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4]) end
return 1
"""
_RENEW = """
local state = redis.call('GET', KEYS[1])
if state == 'working:' .. ARGV[1] or state == 'late:' .. ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
"""


class Standing(StrEnum):
    """What one attempt may do. REPLAYED: the signature was seen with another message: not WeChat."""

    MINE = "mine"
    WORKING = "working"
    GIVEN = "given"
    REPLAYED = "replayed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An attempt's handle: the message's keyed hash, and who owns it if this attempt does."""

    name: str
    owner: str


class Deliveries:
    """The states of all deliveries. keep_s: how long a message is known; as long as its signature stays fresh, on both sides."""

    def __init__(self, keeping: Keeping, *, lease_s: float, keep_s: float, again_s: float) -> None:
        self._keeping = keeping
        self._lease_ms = int(lease_s * 1000)
        self._keep_ms = int(keep_s * 1000)
        self._again_ms = int(again_s * 1000)

    async def claim(self, identity: str, signature: str) -> tuple[Delivery, Standing, Any]:
        """Asks for the turn of a message; the third is the answer already given, when it may be given again.

        When another attempt seems to be working, waits up to one lease to see whether its process is alive; a dead one is taken over.
        """
        delivery = Delivery(self._keeping.index(identity, "delivery"), secrets.token_hex(8))
        nonce = self._keeping.key("nonce", signature)
        for _ in range(2):
            state = await self._run(_CLAIM, [self._state(delivery), nonce], delivery.owner, delivery.name, self._lease_ms, self._keep_ms)
            if not state.startswith("working:"):
                break
            await asyncio.sleep((await self._keeping.redis.pttl(self._state(delivery)) + 20) / 1000)
        if state in ("mine", "replayed"):
            return delivery, Standing(state), None
        if state == "given":
            sealed = await self._keeping.redis.get(self._answer(delivery))
            return delivery, Standing.GIVEN, self._keeping.open("answer", sealed) if sealed else None
        await self.make_late(delivery)
        return delivery, Standing.WORKING, None

    async def make_late(self, delivery: Delivery) -> None:
        """From now on the answer is pushed: the attempt that waited has had its `success`, or is gone."""
        await self._run(_MAKE_LATE, [self._state(delivery)])

    async def give(self, delivery: Delivery, answer: Any) -> bool:
        """Records that the answer goes out in XML; False when a repeated attempt came meanwhile, and it must be pushed instead."""
        sealed = self._keeping.seal("answer", answer)
        done = await self._run(_FINISH, self._both(delivery), f"working:{delivery.owner}", self._keep_ms, sealed, self._again_ms)
        return done == "1"

    async def finish_late(self, delivery: Delivery) -> bool:
        """Records that the answer will be pushed by the caller, now; False when another process has taken the message over."""
        for state in ("late", "working"):
            if await self._run(_FINISH, self._both(delivery), f"{state}:{delivery.owner}", self._keep_ms, "", self._again_ms) == "1":
                return True
        return False

    async def release(self, delivery: Delivery) -> None:
        """Forgets the delivery, so that a repeated attempt is taken as the first."""
        await self._keeping.redis.delete(self._state(delivery))

    @asynccontextmanager
    async def alive(self, delivery: Delivery) -> AsyncIterator[None]:
        """Renews the lease while the block runs."""

        async def beat() -> None:
            while True:
                await asyncio.sleep(self._lease_ms / 4000)
                try:
                    await self._run(_RENEW, [self._state(delivery)], delivery.owner, self._lease_ms)
                except Exception:  # noqa: S112  # the store is away: the lease runs out, which is what it is for
                    continue

        beating = asyncio.create_task(beat())
        try:
            yield
        finally:
            beating.cancel()

    def _state(self, delivery: Delivery) -> str:
        return f"onestop:wechat:delivery:{delivery.name}"

    def _answer(self, delivery: Delivery) -> str:
        return f"onestop:wechat:answer:{delivery.name}"

    def _both(self, delivery: Delivery) -> list[str]:
        return [self._state(delivery), self._answer(delivery)]

    async def _run(self, script: str, keys: list[str], *arguments: str | int | bytes) -> str:
        """Runs a script (by its text: these are short, and a restarted server has forgotten every SHA) and gives its result as text."""
        async with asyncio.timeout(STORE_S):
            result: Any = await self._keeping.redis.eval(script, len(keys), *keys, *arguments)
        return result.decode() if isinstance(result, bytes) else str(result)
