"""The tables of the notices' queue (procrastinate), kept at the installed library's version.

The library ships its schema and the steps from each version to the next as SQL files and leaves it to us to run them. The names of the
steps already contained are kept in `queue_steps`, so that a newer library is caught up with at the next start.
"""

from __future__ import annotations

from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text


def bring_queue_up_to_date(connection: Connection) -> None:
    """Makes the queue's tables, or runs the library's steps that are new since. Call inside the migrations' transaction and lock."""
    steps = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    raw = connection.execution_options(no_parameters=True)  # the files hold % signs and many statements
    raw.exec_driver_sql("CREATE TABLE IF NOT EXISTS queue_steps (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())")
    done: set[str] = set(connection.execute(text("SELECT name FROM queue_steps")).scalars())
    if not done:
        raw.exec_driver_sql(SchemaManager.get_schema())
    else:
        for step in steps:
            if step.name not in done:
                raw.exec_driver_sql(step.read_text("utf-8"))
    new = [{"name": step.name} for step in steps if step.name not in done]
    if new:
        connection.execute(text("INSERT INTO queue_steps (name) VALUES (:name)"), new)
