"""What the line does to a resident's words: quiet or noise around and under them, the telephone's band, G.711."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from ivr.contract import RATE
from ivr.voice.sound import Sound
from tests.speech.line import on_the_line

LEAD_S, TAIL_S = 0.5, 3.5
"""Before the words, and behind them: long enough for every rule by which a turn can be over on a noisy line."""
NOISES: tuple[float | None, ...] = (None, 15.0, 5.0)
"""Signal-to-noise ratios, dB; None for none. 15 is a room with a television on, 5 a market street."""
_FRAME = RATE // 50
_BANDS = 64
"""The noise has the spectrum of the speech in so many bands up to 4 kHz."""


def called(sound: Sound, noise_db: float | None, seed: str) -> bytes:
    """The words as they arrive at the other end: 16-bit PCM after A-law. noise_db: see `NOISES`. seed: the same one gives the same noise.

    The noise is shaped like the speech itself (random phases under its long-term spectrum), the hardest steady noise for a recogniser; its level
    is against the active speech level (frames within 25 dB of the loudest, after ITU-T P.56).
    """
    whole = np.concatenate([np.zeros(int(LEAD_S * RATE)), sound.astype(np.float64), np.zeros(int(TAIL_S * RATE))])
    if noise_db is not None:
        noise = _like(sound, len(whole), seed)
        whole += noise * active_level(sound) / np.sqrt((noise**2).mean()) / 10 ** (noise_db / 20)
    return on_the_line(np.asarray(np.clip(np.round(whole), -32767, 32767), dtype=np.int16))


def words_end_s(sound: Sound) -> float:
    """When the last word is over, in what `called` gives."""
    return LEAD_S + len(sound) / RATE


def active_level(sound: Sound) -> float:
    """Root mean square of the frames (20 ms) in which somebody speaks."""
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float64)
    power = (frames**2).mean(axis=1)
    return float(np.sqrt(power[power > power.max() / 10**2.5].mean()))


def _like(sound: Sound, length: int, seed: str) -> NDArray[np.float64]:
    """Noise with the long-term spectrum of the sound."""
    power = np.abs(np.fft.rfft(sound.astype(np.float64))) ** 2
    bands = np.array([part.mean() for part in np.array_split(power, _BANDS)])
    at = (np.arange(_BANDS) + 0.5) / _BANDS
    bins = length // 2 + 1
    shape = np.sqrt(np.interp(np.linspace(0, 1, bins), at, bands))
    chance = np.random.default_rng(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big"))
    return np.fft.irfft(shape * np.exp(2j * np.pi * chance.random(bins)), length)
