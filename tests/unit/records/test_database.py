"""Migrations and transactions on a real PostgreSQL."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from records.database import Database
from records.errors import RecordsError


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
