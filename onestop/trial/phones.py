"""The newcomers' phones: each visitor of the trial page has one, and talks through it with the real webhook.

`channels.wechat.simulator` plays WeChat: it signs and encrypts as the platform does, cuts after 5 s, and shows pushes. Here is only what each
visitor has seen, in order, for the page.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from channels.wechat.simulator import Phone, Seen

MOST_PHONES = 40
"""Visitors at once; the one who was longest silent gives way."""
MOST_MESSAGES = 400

FOLLOWED = "您关注了公众号"
TRANSFERRED = "这句话已转给人工客服"


@dataclass(frozen=True, slots=True)
class Message:
    """One line of the chat. kind: "mine", "theirs", "push" (came later, by itself), "system" or "trouble"."""

    id: int
    kind: str
    text: str


@dataclass(slots=True)
class _Held:
    phone: Phone
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    messages: list[Message] = field(default_factory=list)
    read: int = 0
    last: int = 0

    def add(self, kind: str, text: str) -> None:
        self.last += 1
        self.messages.append(Message(self.last, kind, text))
        del self.messages[:-MOST_MESSAGES]

    def take_up(self, seen: Seen | None = None) -> None:
        """What the phone shows that the page does not know yet; of it, `seen` was the answer and the rest were pushes."""
        answers = list(seen or ())
        for text in self.phone.inbox[self.read :]:
            answer = text in answers
            if answer:
                answers.remove(text)
            self.add("trouble" if answer and seen and seen.failed else "theirs" if answer else "push", text)
        self.read = len(self.phone.inbox)
        if seen and seen.transferred:
            self.add("system", TRANSFERRED)


class Phones:
    """All visitors' phones. make: gives a new one that nobody has."""

    def __init__(self, make: Callable[[], Phone]) -> None:
        self._make = make
        self._held: OrderedDict[str, _Held] = OrderedDict()

    def known(self, visitor: str) -> bool:
        """Whether this visitor has a phone."""
        return bool(visitor) and visitor in self._held

    async def follow(self, visitor: str) -> None:
        """Gives the visitor a phone that follows the account."""
        held = self._held[visitor] = _Held(self._make())
        while len(self._held) > MOST_PHONES:
            _, oldest = self._held.popitem(last=False)
            await oldest.phone.close()
        held.add("system", FOLLOWED)
        async with held.lock:
            held.take_up(await held.phone.subscribe())

    async def say(self, visitor: str, text: str) -> None:
        """Writes a message and waits for what comes at once. One message after the other, as fingers do."""
        held = self._held[visitor]
        self._held.move_to_end(visitor)
        held.add("mine", text)
        async with held.lock:
            held.take_up()
            held.take_up(await held.phone.send(text))

    def messages(self, visitor: str) -> list[Message]:
        """Everything shown so far."""
        held = self._held.get(visitor)
        if held is None:
            return []
        if not held.lock.locked():
            held.take_up()
        return held.messages

    async def forget(self, visitor: str) -> None:
        """The visitor puts the phone away."""
        held = self._held.pop(visitor, None)
        if held is not None:
            await held.phone.close()

    async def close(self) -> None:
        """Puts all phones away."""
        for visitor in list(self._held):
            await self.forget(visitor)
