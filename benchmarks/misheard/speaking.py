"""Sentences as sound: spoken once by the hotline's own synthesiser in residents' voices, then kept by what was said and by whom.

Sound is what the telephone's microphone gives: 8 kHz, 16 bit, levelled, without noise.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from ivr.voice.normalise import normalise
from ivr.voice.sound import NotSpeech, Sound, read_flac, to_line, write_flac

FOLDERS = (Path(__file__).parent / "voices", Path(__file__).parents[2] / "tests" / "speech" / "voices")
MOST_AT_ONCE = 2
"""Processes that speak, half a gigabyte each."""

Said = tuple[str, str]
"""A text and the voice that says it."""


def key_of(said: Said, model: str) -> str:
    """Names the sound of a sentence: the same as long as text as it is read out, voice and model are the same."""
    text, voice = said
    return hashlib.sha256(f"{model}\n{voice}\n{normalise(text)}".encode()).hexdigest()[:24]


class Spoken:
    """The sounds of sentences, in a folder. model: Kokoro's file; None speaks nothing new."""

    def __init__(self, folder: Path, model: Path | None) -> None:
        self._folder, self._model = folder, model
        self._name = model.name if model is not None else ""

    def path(self, said: Said) -> Path:
        """Where the sound of this is, or will be."""
        return self._folder / f"{key_of(said, self._name)}.flac"

    def sound(self, said: Said) -> Sound:
        """8 kHz sound. Raises OSError when it was not spoken."""
        return read_flac(self.path(said))

    def missing(self, wanted: Iterable[Said]) -> tuple[Said, ...]:
        """What has no sound yet, once each."""
        return tuple(said for said in dict.fromkeys(wanted) if not self.path(said).is_file())

    def speak(self, wanted: Iterable[Said], done: Callable[[], None]) -> None:
        """Speaks what is missing. done: called after each. Raises FileNotFoundError without a model."""
        missing = self.missing(wanted)
        if not missing:
            return
        if self._model is None:
            raise FileNotFoundError("no voice model in the cache; `onestop fetch` gets it")
        self._folder.mkdir(parents=True, exist_ok=True)
        jobs = [(*said, str(self.path(said))) for said in missing]
        at_once = min(MOST_AT_ONCE, os.cpu_count() or 1, len(jobs))
        with ProcessPoolExecutor(at_once, multiprocessing.get_context("spawn"), _load, (str(self._model),)) as pool:
            for _ in pool.map(_speak, jobs):
                done()


_loaded: dict[str, Any] = {}


def _load(model: str) -> None:
    from ivr.voice.kokoro import Kokoro

    _loaded["kokoro"] = Kokoro(Path(model))


def _speak(job: tuple[str, str, str]) -> None:
    from ivr.voice.kokoro import style_table

    text, voice, path = job
    folder = next((folder for folder in FOLDERS if (folder / f"{voice}.npy").is_file()), FOLDERS[0])
    style = _loaded.setdefault(voice, style_table(voice, folder))
    try:
        sound = to_line(_loaded["kokoro"].speak(normalise(text), style))
    except NotSpeech as wrong:
        raise NotSpeech(f"{text!r} in the voice {voice}: {wrong}") from wrong
    write_flac(Path(path), sound)
