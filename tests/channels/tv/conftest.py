"""The television's pages over a small engine and the real Valkey."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from channels.tv import Television, TvSettings, router
from dialogs.words import load_words
from records.vault import Vault
from tests.channels.tv.small_engine import SmallEngine


@pytest.fixture
def settings() -> TvSettings:
    return TvSettings(secret="s" * 40, hotline="3000", return_hosts=("epg.example:8080",))


@pytest.fixture
def vault() -> Vault:
    return Vault("v" * 40)


@pytest.fixture
def engine() -> SmallEngine:
    return SmallEngine()


@pytest.fixture
def app(settings: TvSettings, engine: SmallEngine, redis: Redis, vault: Vault) -> FastAPI:
    served = FastAPI()
    served.include_router(router(settings, engine, load_words(), redis, vault))
    return served


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tv") as opened:
        yield opened


@pytest.fixture
def tv(client: httpx.AsyncClient) -> Television:
    return Television(client)
