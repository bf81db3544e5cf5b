"""The door to PostgreSQL: one engine, short transactions, migrations that two processes may start at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from records.errors import RecordsError
from records.queue import bring_queue_up_to_date

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x6F6E6573_746F70  # "onestop": the advisory lock that makes concurrent migrations wait for each other


class Database:
    """Records in PostgreSQL.

    url: an SQLAlchemy URL; `postgresql://` is read as `postgresql+psycopg://` (psycopg 3). pool: connections kept open; twice as many
    may be open in a rush. Sessions see UTC whatever the server's time zone is.
    """

    def __init__(self, url: str, *, pool: int = 10) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() != "postgresql":
            raise RecordsError(f"DATABASE_URL wants a postgresql:// URL, got {parsed.get_backend_name()}://; only PostgreSQL is supported")
        self.url = parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        self.engine: AsyncEngine = create_async_engine(
            self.url,
            pool_size=pool,
            max_overflow=pool,
            pool_pre_ping=True,  # a database restarted overnight costs nobody a conversation
            connect_args={"options": "-c timezone=UTC"},
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end of the block, rolled back when the block raises."""
        async with self._sessions() as session, session.begin():
            yield session

    async def migrate(self) -> None:
        """Brings the tables, and those of the notices' queue, to this program's version. Safe to run from several processes at once."""
        async with self.engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            await connection.run_sync(_upgrade)
            await connection.run_sync(bring_queue_up_to_date)

    async def ping(self) -> bool:
        """Whether the database answers."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError):
            return False
        return True

    async def close(self) -> None:
        """Closes every connection."""
        await self.engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
