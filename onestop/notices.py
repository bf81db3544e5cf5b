"""Status notices: the worker that sends them, inside the service or as a process of its own, and the terminals that can."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from channels.wechat import Delivered, WeChat
from dialogs.contract import PartHealth
from dialogs.words import Words
from onestop.modes import WorkerMode
from onestop.parts import Parts
from onestop.settings import Settings
from onestop.stores import Stores, open_stores
from onestop.talk import Shelf, budgets, build_talk
from onestop.wechat_settings import wechat_settings
from records.notices import DeliveryResult, Notice
from records.worker import work

log = structlog.get_logger(__name__)

Send = Callable[[str, str, str], Awaitable[Delivered]]
"""(user, text, key) to what became of it; the same key sends once."""

RESULTS = {
    Delivered.SENT: DeliveryResult("delivered", "sent"),
    # the terminal keeps it and sends it after the resident's next message: for the queue it is done
    Delivered.PENDING: DeliveryResult("delivered", "waits for the resident's next message"),
    # perhaps shown; a second one is worse than none
    Delivered.UNKNOWN: DeliveryResult("delivered", "perhaps shown, not repeated"),
    Delivered.REFUSED: DeliveryResult("never", "the resident cannot be written to there"),
    Delivered.FAILED: DeliveryResult("later", "not sent for a passing reason"),
}


class Notifier:
    """Which terminals can be written to, and how."""

    def __init__(self) -> None:
        self._ways: dict[str, Send] = {}

    def add(self, channel: str, send: Send) -> None:
        """From now on notices for this channel go this way."""
        self._ways[channel] = send

    async def deliver(self, channel: str, user: str, text: str, key: str) -> DeliveryResult:
        """What the worker calls for each notice (`records.notices.Deliver`)."""
        send = self._ways.get(channel)
        if send is None:
            return DeliveryResult("never", f"nothing can be sent by {channel}")
        return RESULTS[await send(user, text, key)]


def sentence(words: Words) -> Callable[[Notice], str]:
    """What a resident reads about a change; the sentences are in the words files."""

    def render(notice: Notice) -> str:
        return words(
            "notice.status",
            item=notice.item_name,
            number=notice.number_masked,
            meaning=words(f"common.state_{notice.standing}"),
            day=f"{notice.date.month}月{notice.date.day}日",
            note=notice.note,
        )

    return render


async def open_worker(settings: Settings, parts: Parts, stores: Stores, words: Words, notifier: Notifier) -> None:
    """The worker beside the web server, unless it runs elsewhere; either way its health is that of the queue."""
    if settings.worker is WorkerMode.INSIDE:
        parts.background("worker", work(stores.database, stores.vault, notifier.deliver, sentence(words)))

    async def probe() -> PartHealth:
        health = await stores.notices.health()
        facts: dict[str, str | int | float] = {"waiting": health.waiting, "dead": health.dead, "runs": settings.worker.value}
        if not health.worker_alive:
            return PartHealth("degraded", "no worker is alive: start one with `onestop worker`; notices wait", facts)
        if health.dead:
            return PartHealth("degraded", f"{health.dead} notices could not be sent; staff can see and revive them", facts)
        return PartHealth("ok", facts=facts)

    parts.watch("worker", probe)


async def run_worker(settings: Settings) -> None:
    """`onestop worker`: only the stores and what sends. Raises PartFailed."""
    async with Parts() as parts:
        stores = await open_stores(settings, parts)
        shelf = Shelf(stores.catalogue, settings.cache)
        await shelf.refresh()
        words = shelf.book().words
        notifier = Notifier()
        if settings.wechat_on:
            wechat = WeChat(wechat_settings(settings), build_talk(stores, shelf, budgets()), words, stores.redis, stores.vault)
            parts.at_end("wechat", wechat.close)
            notifier.add("wechat", wechat.deliver)
        log.info("worker.started")
        await work(stores.database, stores.vault, notifier.deliver, sentence(words))
