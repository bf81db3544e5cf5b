"""The sentences the dialplan says alone when the application cannot: laid beside its configuration as 8 kHz WAV files.

They are made ahead, while everything works, by the same voice as all other prompts, and slowly: nobody can ask a recording to say it again.
"""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import Protocol

from dialogs.words import Words
from ivr.asterisk.configure import AsteriskSettings
from ivr.contract import RATE
from ivr.player import PlayTimes

# File name in the dialplan to the name of its words.
SENTENCES = {"down": "telephone.down_to_person", "no-agent": "telephone.no_agent"}


class Speak(Protocol):
    """`Voice.speak`."""

    async def __call__(self, text: str, *, pace: float = 1.0) -> bytes: ...


async def install_sentences(settings: AsteriskSettings, words: Words, speak: Speak) -> None:
    """Speaks both sentences and puts them where the dialplan looks, replacing old ones at once and whole.

    What `speak` raises goes through, and files already there stay.
    """
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    for name, sentence in SENTENCES.items():
        sound = as_wav(await speak(words(sentence), pace=PlayTimes().slow))
        part = folder / f".{name}.part"
        part.write_bytes(sound)
        part.chmod(0o644)
        part.rename(folder / f"{name}.wav")


def missing_sentences(settings: AsteriskSettings) -> tuple[str, ...]:
    """Names of the recordings that are not there; the dialplan then goes straight to ringing, or to the busy tone."""
    return tuple(name for name in SENTENCES if not (_folder(settings) / f"{name}.wav").exists())


def as_wav(pcm: bytes) -> bytes:
    """The PCM as a WAV file (8 kHz, 16 bit, mono)."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(pcm)
    return file.getvalue()


def _folder(settings: AsteriskSettings) -> Path:
    return settings.outside / "sounds"
