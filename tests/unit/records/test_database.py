"""Migrations and transactions on a real PostgreSQL."""

from __future__ import annotations

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from redis.asyncio import Redis
from sqlalchemy import Connection, text

from records.database import Database
from records.errors import RecordsError
from records.tables import Base


async def test_two_processes_that_migrate_at_once_both_succeed(empty_database_url: str) -> None:
    first, second = Database(empty_database_url), Database(empty_database_url)
    await asyncio.gather(first.migrate(), second.migrate(), first.migrate())
    async with first.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0
    await first.close()
    await second.close()


async def test_a_block_that_raises_leaves_nothing_behind(database: Database) -> None:
    async def half() -> None:
        async with database.session() as session:
            await session.execute(text("INSERT INTO queue_steps (name) VALUES ('half')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half()
    async with database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM queue_steps WHERE name = 'half'")) == 0


async def test_ping_tells_whether_the_database_answers(database: Database) -> None:
    assert await database.ping()
    gone = Database("postgresql://nobody@127.0.0.1:1/none")
    assert not await gone.ping()
    await gone.close()


def test_another_database_than_postgresql_is_refused() -> None:
    with pytest.raises(RecordsError, match="postgresql"):
        Database("sqlite:///records.db")


async def test_each_test_begins_with_an_empty_valkey(redis: Redis, redis_url: str) -> None:
    assert await redis.dbsize() == 0
    assert redis_url.startswith("redis://:")


async def test_the_migrations_make_just_the_tables_of_the_models(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    def ours(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or name in Base.metadata.tables

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_newer_queue_library_is_caught_up_with(database: Database) -> None:
    async with database.session() as session:
        newest = await session.scalar(text("DELETE FROM queue_steps WHERE name LIKE '03.04.00_50%' RETURNING name"))
    assert newest
    await database.migrate()
    async with database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM queue_steps WHERE name = :name"), {"name": newest}) == 1
