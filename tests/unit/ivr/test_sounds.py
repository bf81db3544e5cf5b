"""What the dialplan says alone."""

from __future__ import annotations

import wave
from dataclasses import replace
from pathlib import Path

import pytest

from dialogs.words import Words
from ivr.asterisk import install_sentences, missing_sentences
from ivr.contract import BYTES_A_SECOND, CannotSpeak

from .test_configure import SETTINGS


async def one_second(text: str, *, pace: float = 1.0) -> bytes:
    return bytes(int(BYTES_A_SECOND / pace))


async def test_recordings_are_made_at_the_pace_of_those_who_need_it_slow(words: Words, tmp_path: Path):
    settings = replace(SETTINGS, root=tmp_path)
    assert missing_sentences(settings) == ("down", "no-agent")
    await install_sentences(settings, words, one_second)
    assert missing_sentences(settings) == ()
    for file in (settings.outside / "sounds").iterdir():
        with wave.open(str(file)) as sound:
            assert sound.getnframes() / sound.getframerate() == pytest.approx(1 / 0.8)


async def test_a_voice_that_fails_leaves_the_recordings_that_are_there(words: Words, tmp_path: Path):
    settings = replace(SETTINGS, root=tmp_path)
    await install_sentences(settings, words, one_second)

    async def mute(text: str, *, pace: float = 1.0) -> bytes:
        raise CannotSpeak("no model")

    with pytest.raises(CannotSpeak):
        await install_sentences(settings, words, mute)
    assert missing_sentences(settings) == ()
