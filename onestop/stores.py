"""Opens what is remembered: PostgreSQL and Redis (embedded unless their addresses are set), and the records on top of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog
from redis.asyncio import Redis
from sqlalchemy import text

from dialogs.contract import PartHealth
from onestop.embedded import Embedded
from onestop.parts import Parts
from onestop.settings import Settings
from records.cases import Cases
from records.catalogue import Catalogue, directory_files, sample_files
from records.database import Database
from records.handovers import HandOvers
from records.notices import Notices
from records.staff import Staff
from records.vault import Vault

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that is kept. `redis` answers bytes."""

    database: Database
    redis: Redis
    vault: Vault
    catalogue: Catalogue
    cases: Cases
    hand_overs: HandOvers
    notices: Notices
    staff: Staff


async def open_stores(settings: Settings, parts: Parts) -> Stores:
    """Starts, connects and migrates; imports the sample catalogue into an empty database of a trial.

    Raises PartFailed when PostgreSQL or Redis cannot be had: without them nothing can be kept.
    """
    parts.expect("postgres", "redis", must=True)
    database_url = settings.database_url.get_secret_value()
    redis_url = settings.redis_url.get_secret_value()
    embedded = await _embedded(settings, parts, postgresql=not database_url, valkey=not redis_url)
    database = await _database(database_url or embedded.database_url, parts, embedded=not database_url)
    redis = await _redis(redis_url or embedded.redis_url, parts, embedded=not redis_url)
    vault = Vault(settings.secret.get_secret_value())
    notices = Notices(database, vault)
    stores = Stores(
        database=database,
        redis=redis,
        vault=vault,
        catalogue=Catalogue(database),
        cases=Cases(database, vault, notices),
        hand_overs=HandOvers(database, vault),
        notices=notices,
        staff=Staff(database),
    )
    await parts.start("catalogue", lambda: _fill(stores.catalogue, trial=settings.trial))
    parts.watch("catalogue", lambda: _catalogue_health(stores.catalogue))
    return stores


async def _embedded(settings: Settings, parts: Parts, *, postgresql: bool, valkey: bool) -> Embedded:
    embedded = Embedded(settings.var / "embedded", postgresql=postgresql, valkey=valkey)
    if postgresql or valkey:

        async def start() -> Embedded:
            await asyncio.to_thread(embedded.start)
            return embedded

        # a killed service leaves its servers running; the next one joins them
        await parts.start("postgres" if postgresql else "redis", start, stop=lambda _: asyncio.to_thread(embedded.stop), must=True)
    return embedded


async def _database(url: str, parts: Parts, *, embedded: bool) -> Database:
    async def connect() -> Database:
        database = Database(url)
        try:
            await database.migrate()
        except Exception as wrong:
            await database.close()
            raise ConnectionError(f"PostgreSQL cannot be used; check DATABASE_URL and that the server runs: {wrong}") from wrong
        return database

    database = await parts.start("postgres", connect, stop=Database.close, must=True)
    assert database is not None
    version = await _postgres_version(database)

    async def probe() -> PartHealth:
        facts: dict[str, str | int | float] = {"version": version, "embedded": int(embedded)}
        if await database.ping():
            return PartHealth("ok", facts=facts)
        return PartHealth("off", "PostgreSQL does not answer", facts)

    parts.watch("postgres", probe)
    return database


async def _postgres_version(database: Database) -> str:
    async with database.session() as session:
        found = await session.scalar(text("SHOW server_version"))
    return str(found).split()[0]


async def _redis(url: str, parts: Parts, *, embedded: bool) -> Redis:
    async def connect() -> Redis:
        client = Redis.from_url(url, decode_responses=False, socket_timeout=CONNECT_SECONDS, socket_connect_timeout=CONNECT_SECONDS)
        try:
            await client.ping()
        except Exception as wrong:
            await client.aclose()
            raise ConnectionError(f"Redis does not answer; check REDIS_URL and that the server runs: {wrong}") from wrong
        return client

    client = await parts.start("redis", connect, stop=lambda made: made.aclose(), must=True)
    assert client is not None

    async def probe() -> PartHealth:
        information = await client.info("server")
        version = str(information.get("valkey_version") or information.get("redis_version", "?"))
        return PartHealth("ok", facts={"version": version, "embedded": int(embedded)})

    parts.watch("redis", probe)
    return client


async def _fill(catalogue: Catalogue, *, trial: bool) -> None:
    """The sample items go into an empty catalogue of a trial; a production catalogue is somebody's decision."""
    if trial and not await catalogue.count():
        report = await catalogue.import_files([*sample_files(), *directory_files()])
        log.info("catalogue.samples_imported", items=len(report.added))


async def _catalogue_health(catalogue: Catalogue) -> PartHealth:
    count = await catalogue.count()
    if not count:
        return PartHealth("degraded", "the catalogue is empty: onestop catalogue import FILE", {"items": 0})
    samples = sum(item.sample for item in await catalogue.items())
    return PartHealth("ok", facts={"items": count, "samples": samples})
