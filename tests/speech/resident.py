"""The test caller's words: what is listed, what may be said at each kind of question, and the sound."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ivr.voice.sound import Sound, read_flac
from nlu.commands import COMMAND_PHRASES

HERE = Path(__file__).parent


@cache
def _listed() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((HERE / "utterances.yaml").read_text("utf-8"))
    return loaded


def utterances() -> list[dict[str, Any]]:
    """Every entry of utterances.yaml."""
    return list(_listed()["utterances"])


def phrases(grammar: str) -> tuple[str, ...]:
    """What may be said at a question of this kind: its own answers and what can be said at any time."""
    always = [phrase for several in COMMAND_PHRASES.values() for phrase in several]
    return tuple(dict.fromkeys([*_listed()["grammars"][grammar], *always]))


def sound_of(name: str) -> Sound:
    """8 kHz sound of an utterance."""
    return read_flac(HERE / "sound" / f"{name}.flac")
