"""The WeChat terminal as one thing: built by `onestop` from settings and what it needs of other rooms."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from fastapi import APIRouter
from redis.asyncio import Redis

from channels.wechat.client import Api
from channels.wechat.deliveries import Deliveries
from channels.wechat.errors import ALARMS
from channels.wechat.handover import HandOvers
from channels.wechat.keeping import STORE_S, STORE_TROUBLE, Keeping, Vault
from channels.wechat.ledger import Ledger
from channels.wechat.logs import install_scrubber
from channels.wechat.menu import Menu
from channels.wechat.photos import PhotoKeeper, Photos
from channels.wechat.sending import Delivered, Sender
from channels.wechat.settings import WeChatSettings
from channels.wechat.turn import Turns
from channels.wechat.webhook import Webhook
from dialogs.contract import PartHealth, Talk
from dialogs.words import Words


class WeChat:
    """One official account. Any number of processes may hold one each: what they share is in Redis.

    redis: a redis.asyncio client with decode_responses=False. vault: records.vault.Vault. photos: where pictures are kept; None takes none.
    clock: seconds since 1970.
    """

    def __init__(
        self,
        settings: WeChatSettings,
        talk: Talk,
        words: Words,
        redis: Redis,
        vault: Vault,
        *,
        photos: PhotoKeeper | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        install_scrubber()
        self.settings = settings
        self._redis = redis
        keeping = Keeping(redis, vault)
        ledger = Ledger(keeping)
        self._api = Api(settings, keeping, clock=clock)
        self._sender = Sender(settings, keeping, ledger, self._api, clock)
        hand_overs = HandOvers(keeping, self._sender, settings.hand_over)
        turns = Turns(settings, talk, words, ledger, self._sender, hand_overs, Photos(talk, self._api, photos), clock)
        deliveries = Deliveries(keeping, lease_s=settings.lease_s, keep_s=2 * settings.freshness_s + 60, again_s=settings.again_s)
        self._webhook = Webhook(settings, turns, deliveries, self._sender, clock)

    def router(self) -> APIRouter:
        """GET and POST /wechat, to be included in the application."""
        return self._webhook.router()

    async def deliver(self, openid: str, text: str, key: str) -> Delivered:
        """Sends a notice once for its key (see `Delivered`); a second call with the same key tells what became of the first."""
        return await self._sender.deliver(openid, text, f"notice|{key}")

    async def push_menu(self, menu: Menu) -> None:
        """Replaces the account's custom menu; phones show it within 5 minutes. Raises ApiError."""
        await self._api.create_menu(menu.payload())

    async def health(self) -> PartHealth:
        """ok; degraded when the store or the platform's last answer says so. facts: what came in since the start."""
        facts: dict[str, str | int | float] = {"mode": self.settings.mode, "working": len(self._webhook.background), **self._webhook.counts}
        try:
            async with asyncio.timeout(STORE_S):
                await self._redis.ping()
        except STORE_TROUBLE:
            return PartHealth("degraded", "Redis does not answer: WeChat messages get an apology only", facts)
        alarm = ALARMS.get(self._api.last_fault) if self._api.last_fault else None
        return PartHealth("degraded", alarm, facts) if alarm else PartHealth("ok", facts=facts)

    async def close(self, grace_s: float = 10.0) -> None:
        """Lets running turns and pushes end (at most `grace_s` seconds), then closes connections to the platform. Redis stays open."""
        await self._webhook.close(grace_s)
        self._api.close()
