"""Plays performed one after another on an instance of their own."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from dialogs.tools.coverage import Coverage, coverage
from dialogs.tools.play import Performance, read_play
from dialogs.tools.play import perform as perform_play
from onestop.modes import AsteriskMode, Mode
from onestop.parts import Parts
from onestop.settings import Settings
from onestop.stages.house import House, house
from onestop.stores import open_stores


@dataclass(frozen=True, slots=True)
class Evening:
    """What was performed, and which steps of the flows it walked."""

    performances: tuple[Performance, ...]
    coverage: Coverage


def instance_settings(folder: Path) -> Settings:
    """Settings of a fresh instance in a folder, whatever the environment says: plays must not touch anybody's records."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        mode=Mode.TRIAL,
        var=folder,
        secret=SecretStr(secrets.token_urlsafe(48)),
        database_url=SecretStr(""),
        redis_url=SecretStr(""),
        asterisk=AsteriskMode.OFF,
    )


@asynccontextmanager
async def fresh_house() -> AsyncIterator[House]:
    """An instance of its own in a folder that goes when the plays are over."""
    with tempfile.TemporaryDirectory(prefix="onestop-play-", ignore_cleanup_errors=True) as folder:
        async with Parts() as parts:
            async with house(await open_stores(instance_settings(Path(folder)), parts)) as made:
                yield made


async def perform(
    paths: Sequence[Path], terminals: Sequence[str] | None = None, after: Callable[[Performance], None] = lambda _: None
) -> Evening:
    """Performs plays on a fresh instance, on the terminals they name (or those given); `after` is told of each. Raises PlayError."""
    scripts = [read_play(path) for path in paths]
    performances = []
    async with fresh_house() as world:
        for script in scripts:
            for terminal in script.play.terminals:
                if terminals is None or terminal in terminals:
                    performances.append(await perform_play(script, terminal, world))
                    after(performances[-1])
        book = world.shelf.book()
        return Evening(tuple(performances), coverage(book, book.passed))
