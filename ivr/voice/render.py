"""Renders sentences ahead of time into the folder that ships with the project (`onestop prompts`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ivr.contract import CannotSpeak
from ivr.voice.engine import Engine, EngineSettings
from ivr.voice.normalise import normalise
from ivr.voice.pieces import always_needed, split
from ivr.voice.sound import write_flac
from ivr.voice.store import SHIPPED, Indexed, Manner, read_index, write_index

#: (pieces done, pieces to do, the piece just done)
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What `render_all` did, or with dry_run would do. failed: (piece, reason). size: bytes of the whole folder afterwards."""

    needed: int
    missing: int
    rendered: int
    pruned: int
    failed: tuple[tuple[str, str], ...]
    size: int


def needed_pieces(texts: Iterable[str], always: Iterable[str] = ()) -> list[str]:
    """Every piece these sentences are put together from, once each, in order; `always` first."""
    pieces = dict.fromkeys(always)
    pieces |= dict.fromkeys(piece.text for text in texts for piece in split(normalise(text)))
    return list(pieces)


def render_all(
    texts: Iterable[str],
    progress: Progress = lambda done, of, text: None,
    *,
    model: Path | None = None,
    folder: Path = SHIPPED,
    manner: Manner | None = None,
    processes: int = 2,
    prune: bool = False,
    dry_run: bool = False,
    nice: int = 10,
) -> Rendered:
    """Renders what is missing of `texts` (and of numbers and dates); with `prune`, removes what no text needs any more.

    May be stopped and run again at any moment: each piece is written whole, and the index is written as it goes.
    """
    manner = manner or Manner()
    pieces = {manner.key(text): text for text in needed_pieces(texts, always_needed())}
    there = {path.stem for path in folder.glob("*.flac")}
    missing = {key: text for key, text in pieces.items() if key not in there}
    before = read_index(folder)
    # Only what was said in this very manner: trying another voice does not throw the shipped one away.
    unused = sorted(key for key in there - pieces.keys() if key in before and before[key].manner == manner)
    if dry_run:
        return Rendered(len(pieces), len(missing), 0, len(unused) if prune else 0, (), _size(folder))
    folder.mkdir(parents=True, exist_ok=True)
    index = {key: Indexed(manner, text) for key, text in pieces.items() if key in there}
    failed = asyncio.run(_render(missing, index, progress, model, folder, manner, processes, nice))
    if prune:
        for key in unused:
            (folder / f"{key}.flac").unlink(missing_ok=True)
            index.pop(key, None)
    _write_index(folder, index)
    return Rendered(len(pieces), len(missing), len(missing) - len(failed), len(unused) if prune else 0, tuple(failed), _size(folder))


async def _render(
    missing: dict[str, str],
    index: dict[str, Indexed],
    progress: Progress,
    model: Path | None,
    folder: Path,
    manner: Manner,
    processes: int,
    nice: int,
) -> list[tuple[str, str]]:
    engines = [Engine(model, EngineSettings(patience_s=120, nice=nice)) for _ in range(max(1, min(processes, len(missing))))]
    waiting = iter(missing.items())
    failed: list[tuple[str, str]] = []
    done = 0

    async def work(engine: Engine) -> None:
        nonlocal done
        for key, text in waiting:
            if (folder / f"{key}.flac").is_file():  # another run has made it meanwhile
                index[key] = Indexed(manner, text)
                done += 1
                continue
            try:
                said = await engine.say(text, manner.voice, manner.speed)
            except CannotSpeak as wrong:
                failed.append((text, str(wrong)))
            else:
                await asyncio.to_thread(write_flac, folder / f"{key}.flac", said)
                index[key] = Indexed(manner, text)
            done += 1
            if done % 20 == 0:
                _write_index(folder, index)
            progress(done, len(missing), text)

    try:
        await asyncio.gather(*(work(engine) for engine in engines))
    finally:
        await asyncio.gather(*(engine.stop() for engine in engines))
    return failed


def _write_index(folder: Path, index: dict[str, Indexed]) -> None:
    """With what is there already, another run's pieces included."""
    there = {path.stem for path in folder.glob("*.flac")}
    write_index(folder, {key: entry for key, entry in (read_index(folder) | index).items() if key in there})


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.flac"))
