"""Opens the trial: the local WeChat before the webhook (pushes go there), the page after everything else."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from fastapi import FastAPI

from channels.wechat.simulator import Account, Phone, Platform, serving
from onestop.parts import Parts
from onestop.settings import Settings
from onestop.stores import Stores
from onestop.trial.clerk import Clerk
from onestop.trial.phones import Phones
from onestop.trial.routes import trial_router
from onestop.wechat_settings import wechat_settings


@dataclass(frozen=True, slots=True)
class LocalWeChat:
    """The platform this machine plays, and where it answers."""

    platform: Platform
    address: str


async def open_platform(settings: Settings, parts: Parts) -> LocalWeChat | None:
    """A WeChat of this machine for the trial's own account; None when pushes go to a real one (ONESTOP_WECHAT_API_BASE)."""
    if settings.wechat_api_base or not settings.wechat_on:
        return None
    platform = Platform(Account.of(wechat_settings(settings)))
    ends = AsyncExitStack()
    address = await ends.enter_async_context(serving(platform.app))
    parts.at_end("trial", ends.aclose)
    return LocalWeChat(platform, address)


async def open_trial(settings: Settings, parts: Parts, app: FastAPI, stores: Stores, local: LocalWeChat | None) -> None:
    """The page with its phones and its clerk."""
    account = Account.of(wechat_settings(settings))
    phones = Phones(lambda: Phone.in_process(account, app, platform=local.platform if local else None))
    parts.at_end("trial", phones.close)
    app.include_router(trial_router(settings, parts, Clerk(stores.cases), phones))
