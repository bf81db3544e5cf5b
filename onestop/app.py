"""The composition root: the one place that knows every room and puts them together, in order, and takes them apart again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from dialogs.contract import Talk
from onestop.health import health_router
from onestop.notices import Notifier, open_worker
from onestop.parts import PartFailed, Parts
from onestop.settings import Settings
from onestop.stores import Stores, open_stores
from onestop.talk import Shelf, budgets, build_talk, lifetimes
from onestop.telephone import open_telephone
from onestop.terminals import open_desk, open_tv, open_wechat
from onestop.trial.open import open_platform, open_trial
from onestop.watchdog import Watchdog

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class House:
    """One running service, as its parts see each other. What is None did not start; `parts` knows why. failed: why nothing is served."""

    settings: Settings
    parts: Parts = field(default_factory=Parts)
    stores: Stores | None = None
    shelf: Shelf | None = None
    talk: Talk | None = None
    notifier: Notifier = field(default_factory=Notifier)
    watchdog: Watchdog | None = None
    before_stop: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    failed: str = ""

    async def quiet(self) -> None:
        """Called while connections are still open: calls are given back to the dialplan, which brings each to a person."""
        for act in self.before_stop:
            await act()


def build(settings: Settings) -> FastAPI:
    """The application; everything starts with its lifespan. Raises PartFailed then when PostgreSQL or Redis cannot be had."""
    house = House(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with house.parts:
            try:
                await _open(house, app)
            except PartFailed as wrong:
                house.failed = str(wrong)
                raise
            yield
            log.info("stopping")

    app = FastAPI(title="Onestop 一站通", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.house = house
    app.include_router(health_router(house.parts))
    if not settings.trial:

        @app.get("/", include_in_schema=False)
        async def nothing_here() -> PlainTextResponse:
            """Residents come by their terminals; there is no start page in production."""
            return PlainTextResponse("一站通 Onestop\n", status_code=404)

    return app


async def _open(house: House, app: FastAPI) -> None:
    """Starts everything in order of need. Only the stores may stop it."""
    settings, parts = house.settings, house.parts
    if house.watchdog is not None:
        parts.background("watchdog", house.watchdog.watch())
    stores = house.stores = await open_stores(settings, parts)
    shelf = house.shelf = Shelf(stores.catalogue, settings.cache)

    async def engine() -> Talk:
        await shelf.refresh()
        return build_talk(stores, shelf, budgets(), lifetimes(settings))

    talk = house.talk = await parts.start("engine", engine)
    if talk is not None:
        words = shelf.book().words
        parts.background("engine", shelf.keep_fresh())
        parts.watch("engine", shelf.health)
        platform = await open_platform(settings, parts) if settings.trial else None
        await open_wechat(settings, parts, app, stores, talk, words, house.notifier, platform.address if platform else "")
        await open_tv(settings, parts, app, stores, talk, words)
        house.before_stop.append(await open_telephone(settings, parts, app, stores, talk, shelf.book()))
        await open_worker(settings, parts, stores, words, house.notifier)
        if settings.trial:
            await open_trial(settings, parts, app, stores, platform)
    await open_desk(settings, parts, app, stores)
