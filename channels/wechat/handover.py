"""A resident who is handed to a person sees the sentence and is transferred, though a delivery has room for one of the two.

The sentence goes first, as a customer-service message; then the delivery is answered with transfer_customer_service. When the sentence
cannot be sent that way, it is the answer, and the resident's next message is transferred. Every later message is transferred silently for
as long as the engine goes on saying HAND_OVER (it takes 主菜单 and 返回 out by answering WAIT).
"""

from __future__ import annotations

from channels.wechat.keeping import Keeping
from channels.wechat.sending import Delivered, Sender
from channels.wechat.settings import HandOver
from channels.wechat.xml import Passive
from dialogs.contract import Outcome, Reply

_KEPT_S = 48 * 3600
"""As long as customer service may answer a message."""


class HandOvers:
    """Remembers, by hashed openid, which hand-over a resident has been told of."""

    def __init__(self, keeping: Keeping, sender: Sender, how: HandOver) -> None:
        self._keeping = keeping
        self._sender = sender
        self._how = how

    async def answer(self, openid: str, reply: Reply, pages: tuple[str, ...]) -> tuple[Passive, tuple[str, ...]]:
        """What answers the delivery, and the pages still to be pushed."""
        told = self._keeping.key("person", openid)
        if reply.outcome not in (Outcome.HAND_OVER, Outcome.DOWN):
            await self._keeping.redis.delete(told)
            return first_page(pages)
        if self._how == "text":
            return first_page(pages)
        reference = self._keeping.index(reply.card.reference if reply.card else reply.outcome.value, "person").encode()
        before = await self._keeping.redis.get(told)
        # A mark without "told" is another message's sentence on its way, or ours from before our process was killed.
        if before == reference + b"|told" or (before == reference and not reply.repeated):
            return Passive(transfer=True), ()
        await self._keeping.redis.set(told, reference, ex=_KEPT_S)
        sent, rest = await self._sender.attempt(openid, pages)
        await self._keeping.redis.set(told, reference + b"|told", ex=_KEPT_S)
        return (Passive(transfer=True), ()) if sent is Delivered.SENT else first_page(rest)


def first_page(pages: tuple[str, ...]) -> tuple[Passive, tuple[str, ...]]:
    """The first page answers the delivery, the others follow."""
    return (Passive(pages[0]), pages[1:]) if pages else (Passive(), ())
