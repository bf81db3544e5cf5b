"""Where rendered pieces are kept: first the folder that ships with the project, then a cache beside the service.

A piece is found by the SHA-256 of everything that shapes its sound (recipe, voice, speed, normalised text), so a changed sentence is
another file and nothing stale is ever played. The shipped folder has an index, one line a piece, for people and for pruning; the cache has none.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import structlog

from ivr.voice.sound import NotSpeech, Sound, read_flac, write_flac

SHIPPED = Path(__file__).parent / "prompts"
INDEX = "index.tsv"
#: Raise it when `sound.to_line` or the model changes: every piece is then rendered anew.
RECIPE = 1
#: Decoded pieces kept in memory; a piece is about 16 KB.
MOST_IN_MEMORY = 512

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Manner:
    """How the hotline sounds: a voice of ivr/voice/voices and the model's own speed (1.0 is its natural one)."""

    voice: str = "zf_xiaoxiao"
    speed: float = 1.0

    def key(self, text: str) -> str:
        """The file name (without ending) of a piece said in this manner."""
        return hashlib.sha256(f"{RECIPE}|{self.voice}|{self.speed:.2f}|{text}".encode()).hexdigest()[:24]


class PromptStore:
    """Pieces on disk. Blocking file work: a few ms a piece, none for what is in memory."""

    def __init__(self, cache: Path | None = None, shipped: Path = SHIPPED) -> None:
        self.shipped, self.cache = shipped, cache
        self._memory: OrderedDict[str, Sound] = OrderedDict()

    def held(self, key: str) -> Sound | None:
        """From memory only."""
        sound = self._memory.get(key)
        if sound is not None:
            self._memory.move_to_end(key)
        return sound

    def get(self, key: str) -> Sound | None:
        """From memory or disk; a damaged file counts as none, and is removed from the cache so that it is rendered again."""
        if (sound := self.held(key)) is not None:
            return sound
        for folder in (self.shipped, self.cache):
            if folder is None:
                continue
            path = folder / f"{key}.flac"
            try:
                sound = read_flac(path)
            except FileNotFoundError:
                continue
            except (OSError, NotSpeech) as wrong:
                log.warning("prompt_unreadable", file=path.name, reason=str(wrong))
                if folder == self.cache:
                    path.unlink(missing_ok=True)
                continue
            self._remember(key, sound)
            return sound
        return None

    def put(self, key: str, sound: Sound) -> None:
        """Keeps a piece spoken during a call. A full disk costs only the keeping."""
        self._remember(key, sound)
        if self.cache is not None:
            try:
                write_flac(self.cache / f"{key}.flac", sound)
            except OSError as wrong:
                log.warning("prompt_not_kept", reason=str(wrong))

    def _remember(self, key: str, sound: Sound) -> None:
        self._memory[key] = sound
        while len(self._memory) > MOST_IN_MEMORY:
            self._memory.popitem(last=False)

    def trim_cache(self, most_bytes: int = 200_000_000) -> int:
        """Removes the pieces of the cache that were written longest ago until it is small enough; gives how many went."""
        if self.cache is None or not self.cache.is_dir():
            return 0
        files = sorted(((p.stat().st_mtime, p.stat().st_size, p) for p in self.cache.glob("*.flac")), key=lambda f: f[0])
        total, gone = sum(size for _, size, _ in files), 0
        for _, size, path in files:
            if total <= most_bytes:
                break
            path.unlink(missing_ok=True)
            total, gone = total - size, gone + 1
        return gone

    def shipped_count(self) -> int:
        """Pieces that ship with the project."""
        return sum(1 for _ in self.shipped.glob("*.flac"))


@dataclass(frozen=True, slots=True)
class Indexed:
    """One line of a folder's index: what is said, and how."""

    manner: Manner
    text: str


def read_index(folder: Path) -> dict[str, Indexed]:
    """What a shipped folder holds, by key."""
    path = folder / INDEX
    if not path.is_file():
        return {}
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return {row[0]: Indexed(Manner(row[1], float(row[2])), row[3]) for row in rows if len(row) == 4}


def write_index(folder: Path, index: dict[str, Indexed]) -> None:
    """Writes the index sorted by text, so that a change of prompts reads well in review."""
    lines = ["# key\tvoice\tspeed\ttext, written by `onestop prompts`"]
    lines += [
        f"{key}\t{e.manner.voice}\t{e.manner.speed:.2f}\t{e.text}" for key, e in sorted(index.items(), key=lambda i: (i[1].text, i[0]))
    ]
    beside = folder / f".{INDEX}.new"
    beside.write_text("\n".join(lines) + "\n", "utf-8")
    beside.replace(folder / INDEX)
