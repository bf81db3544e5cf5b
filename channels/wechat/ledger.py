"""How many customer-service messages (客服消息) may still be sent to a resident, and how fast one may write to us. Kept in Redis.

Official page api_sendcustommessage (rules since summer 2023): a message of the resident opens 48 hours for 5 messages; a menu click, a
subscription or a scan opens 1 minute for 3. Whether a second interaction adds to the first is not documented; we take it as renewing.
A tap on a bizmsgmenu link is said to count as a click; it arrives as a message, and we count it as the smaller of the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from channels.wechat.keeping import Keeping
from channels.wechat.parse import Kind, Message


@dataclass(frozen=True, slots=True)
class Window:
    """What one kind of interaction allows: `messages` within `seconds`."""

    name: str
    messages: int
    seconds: int


MESSAGE = Window("message", 5, 48 * 3600)
TOUCH = Window("touch", 3, 60)

_SPEND = """
local now = tonumber(ARGV[1])
for _, name in ipairs({'touch', 'message'}) do
  local left = tonumber(redis.call('HGET', KEYS[1], name .. '_left') or '0')
  local ends = tonumber(redis.call('HGET', KEYS[1], name .. '_ends') or '0')
  if left > 0 and now < ends then
    redis.call('HINCRBY', KEYS[1], name .. '_left', -1)
    return name
  end
end
return ''
"""
_RATE = """
local now, every, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local due = tonumber(redis.call('GET', KEYS[1]) or '0')
if due < now then due = now end
if due - now > every * (burst - 1) then return 0 end
redis.call('SET', KEYS[1], string.format('%.3f', due + every), 'EX', math.ceil(every * burst) + 1)
return 1
"""


def window_of(message: Message) -> Window | None:
    """The window that a delivery opens; None for leaving and for the platform's own notices."""
    match message.kind:
        case Kind.TEXT | Kind.VOICE | Kind.PHOTO | Kind.OTHER_MESSAGE:
            return TOUCH if message.menu_id else MESSAGE
        case Kind.CLICK | Kind.SUBSCRIBE | Kind.SCAN:
            return TOUCH
        case Kind.UNSUBSCRIBE | Kind.OTHER_EVENT:
            return None


class Ledger:
    """The windows of all residents. Times are seconds since 1970, given by the caller; one script makes each spending atomic."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping

    async def opened(self, openid: str, window: Window, now: float) -> None:
        """The resident did something: its window begins anew."""
        key = self._keeping.key("quota", openid)
        fields: dict[Any, Any] = {f"{window.name}_left": window.messages, f"{window.name}_ends": now + window.seconds}
        async with self._keeping.redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, mapping=fields)
            pipe.expire(key, MESSAGE.seconds + 60)
            await pipe.execute()

    async def spend(self, openid: str, now: float) -> str:
        """Takes one message from the window that ends first; its name, or "" when nothing may be sent."""
        result: Any = await self._keeping.redis.eval(_SPEND, 1, self._keeping.key("quota", openid), str(now))
        return bytes(result).decode()

    async def refund(self, openid: str, window: str) -> None:
        """Gives back what `spend` took for a message that certainly was not sent."""
        await self._keeping.redis.hincrby(self._keeping.key("quota", openid), f"{window}_left", 1)

    async def close(self, openid: str) -> None:
        """The platform says that nothing more may be sent, or the resident has gone; it knows better than our ledger."""
        await self._keeping.redis.delete(self._keeping.key("quota", openid))

    async def may_speak(self, openid: str, now: float, per_minute: int, burst: int) -> bool:
        """Takes one of the resident's own messages from the rate (generic cell rate algorithm); False when it is too many."""
        if per_minute <= 0:
            return True
        key = self._keeping.key("rate", openid)
        result: Any = await self._keeping.redis.eval(_RATE, 1, key, str(now), str(60 / per_minute), str(max(burst, 1)))
        return int(result) == 1
