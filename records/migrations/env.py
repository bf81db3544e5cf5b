"""Alembic's entry: runs inside the connection and transaction that `Database.migrate()` hands in."""

from __future__ import annotations

from alembic import context

from records.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
