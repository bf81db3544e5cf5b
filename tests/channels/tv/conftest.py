"""The television's pages over a small engine and the real Valkey."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from channels.tv import Television, TvSettings, router
from dialogs.words import load_words
from records.vault import Vault


def _load(name: str) -> ModuleType:
    """A helper module beside this file (tests are no package)."""
    path = Path(__file__).parent / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules.setdefault(name, importlib.util.module_from_spec(spec))
    if not hasattr(module, "SmallEngine"):
        spec.loader.exec_module(module)
    return module


small_engine = _load("small_engine")

Serve = Callable[..., FastAPI]


@pytest.fixture
def settings() -> TvSettings:
    return TvSettings(secret="s" * 40, hotline="3000", return_hosts=("epg.example:8080",))


@pytest.fixture
def vault() -> Vault:
    return Vault("v" * 40)


@pytest.fixture
def engine():  # type: ignore[no-untyped-def]  # the helper module has no importable name
    return small_engine.SmallEngine()


@pytest.fixture
def app(settings: TvSettings, engine, redis: Redis, vault: Vault) -> FastAPI:  # type: ignore[no-untyped-def]
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
