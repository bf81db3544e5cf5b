"""Real servers for the tests: one PostgreSQL and one Valkey for the whole run, a fresh database for each test that asks.

`DATABASE_URL` and `REDIS_URL` of the environment are never used here: a test must not be able to touch anybody's records.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import psycopg
import pytest
from redis.asyncio import Redis

from onestop.embedded import Embedded
from records.database import Database

TEMPLATE = "template_migrated"
NOT_RUN = "not run: "
"""How the reason of a test begins that this machine cannot run."""
IN_SHORT = "in short"
"""The property (`record_property`) that is printed as a line of its own below the tests."""
_names = itertools.count(1)


@pytest.hookimpl(tryfirst=True)  # before xdist, which reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several workers (`-n`): the calls stay in order on one of them, since they share one Asterisk, and begin first, since they are
    the longest; everything else goes to whoever is free."""
    for item in items:
        if "tests/calls/" in item.nodeid:
            item.add_marker(pytest.mark.xdist_group("calls"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None]:
    """Below pytest's own list: what tests say of themselves in short, and for each reason in one line how many were not run, and of which folder."""
    yield
    for report in (report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])):
        for name, told in report.user_properties:
            if name == IN_SHORT:
                terminalreporter.write_line(told)
    lacks: defaultdict[tuple[str, str], int] = defaultdict(int)
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if reason.startswith(NOT_RUN):
            lacks[str(Path(report.nodeid.partition("::")[0]).parent), reason.removeprefix(NOT_RUN)] += 1
    for (folder, reason), count in sorted(lacks.items()):
        terminalreporter.write_line(f"NOT RUN: {count} in {folder}: {reason}", yellow=True)


@pytest.fixture(scope="session")
def servers() -> Iterator[Embedded]:
    """The embedded servers of this test run, in a short path (Unix sockets have at most 107 bytes) outside pytest's own folder,
    whose permissions pytest resets while another run's PostgreSQL may live there."""
    folder = Path(tempfile.mkdtemp(prefix="onestop-tests-"))
    embedded = Embedded(folder, durable=False)
    embedded.start()
    try:
        yield embedded
    finally:
        embedded.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _admin(servers: Embedded, statement: str) -> None:
    url = servers.database_url_of("postgres").replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture(scope="session")
def migrated_template(servers: Embedded) -> str:
    """The name of a database with all migrations run, from which each test's own is cloned."""
    import asyncio

    _admin(servers, f"CREATE DATABASE {TEMPLATE}")

    async def migrate() -> None:
        database = Database(servers.database_url_of(TEMPLATE))
        await database.migrate()
        await database.close()

    asyncio.run(migrate())
    return TEMPLATE


@pytest.fixture
def empty_database_url(servers: Embedded) -> Iterator[str]:
    """A database with nothing in it, for tests of the migrations themselves."""
    name = f"empty_{os.getpid()}_{next(_names)}"
    _admin(servers, f"CREATE DATABASE {name}")
    yield servers.database_url_of(name)
    _admin(servers, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(servers: Embedded, migrated_template: str) -> Iterator[str]:
    """A fresh migrated PostgreSQL database, as an SQLAlchemy URL."""
    name = f"test_{os.getpid()}_{next(_names)}"
    _admin(servers, f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
    yield servers.database_url_of(name)
    _admin(servers, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A `Database` on `database_url`."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def redis(servers: Embedded) -> AsyncIterator[Redis]:
    """A client on an empty Valkey."""
    client = Redis.from_url(servers.redis_url, decode_responses=False)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def redis_url(servers: Embedded, redis: Redis) -> str:
    """The URL of the (emptied) Valkey."""
    return servers.redis_url
