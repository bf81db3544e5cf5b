"""Opens the terminals that live on HTTP: WeChat's webhook, the television's pages, the staff's pages."""

from __future__ import annotations

from fastapi import FastAPI

from channels.tv import TvSettings
from channels.tv import health as tv_health
from channels.tv import router as tv_router
from channels.wechat import WeChat
from desk import ensure_staff, mount
from dialogs.contract import PartHealth, Talk
from dialogs.words import Words
from onestop.notices import Notifier
from onestop.parts import Parts
from onestop.photos import Photos
from onestop.settings import Settings
from onestop.stores import Stores
from onestop.wechat_settings import wechat_settings


async def open_wechat(
    settings: Settings, parts: Parts, app: FastAPI, stores: Stores, talk: Talk, words: Words, notifier: Notifier, api_base: str
) -> None:
    """The webhook, when its token is set."""
    if not settings.wechat_on:
        parts.say("wechat", PartHealth("off", "ONESTOP_WECHAT_TOKEN is not set; the other terminals work without it"))
        return

    async def start() -> WeChat:
        wechat = WeChat(wechat_settings(settings, api_base), talk, words, stores.redis, stores.vault, photos=Photos(stores))
        app.include_router(wechat.router())
        return wechat

    wechat = await parts.start("wechat", start, stop=WeChat.close)
    if wechat is not None:
        parts.watch("wechat", wechat.health)
        notifier.add("wechat", wechat.deliver)


async def open_tv(settings: Settings, parts: Parts, app: FastAPI, stores: Stores, talk: Talk, words: Words) -> None:
    """The television's pages."""

    async def start() -> TvSettings:
        tv = TvSettings(
            secret=stores.vault.index("television", "settings.secret") + stores.vault.index("links", "settings.secret"),
            hotline=settings.hotline if settings.asterisk != "off" else "",
            return_hosts=settings.tv_return_hosts,
            secure_cookie=settings.public_url.startswith("https://"),
        )
        app.include_router(tv_router(tv, talk, words, stores.redis, stores.vault))
        return tv

    tv = await parts.start("tv", start)
    if tv is not None:
        parts.say("tv", tv_health(tv))


async def open_desk(settings: Settings, parts: Parts, app: FastAPI, stores: Stores) -> None:
    """The staff's pages, when their first account has a password."""
    password = settings.staff_password.get_secret_value()
    if not password:
        parts.say("desk", PartHealth("off", "ONESTOP_STAFF_PASSWORD is not set"))
        return

    async def start() -> None:
        await ensure_staff(stores.database, settings.staff_user, password)
        mount(app, stores.database, stores.cases, stores.hand_overs, stores.vault.index("desk", "settings.secret"))

    await parts.start("desk", start)
