"""From a synthesiser's 24 kHz floats to what a telephone line carries well: 8 kHz, 16 bit, mono, all pieces equally loud.

The telephone passes about 300-3400 Hz and A-law (G.711) has 13 bits of range, coarse for quiet sound: so pieces are levelled, kept below
full scale, and cut tight, because joints and pauses are made when pieces are put together, not when they are spoken.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from ivr.contract import RATE

Sound = NDArray[np.int16]
#: Level of the speech in a piece, without its gaps, below full scale. ITU-T P.56 active level of a good telephone talker is about -26 dBov;
#: a recorded prompt is played a little above that, for old ears and noisy rooms.
SPEECH_DBOV = -21.0
#: No sample goes beyond this share of full scale, so that A-law and a gateway's gain do not clip.
PEAK = 0.75
#: What is this far below the loudest 20 ms of a piece, at its ends, is silence.
EDGE_DB = -38.0
#: Kept before and after the speech of a piece.
MARGIN_MS = 25
_FRAME = RATE // 50


class NotSpeech(ValueError):  # noqa: N818  says what the sound is instead
    """A sound that holds no speech: empty, silent, or not a number."""


def to_line(sound: NDArray[np.float32], rate: int = 24_000) -> Sound:
    """Band-limited, trimmed, levelled 8 kHz sound of a synthesised piece. Raises NotSpeech when there is nothing in it."""
    if not len(sound) or not np.isfinite(sound).all():
        raise NotSpeech("the synthesiser gave no sound")
    low = _without_rumble(soxr.resample(sound.astype(np.float32), rate, RATE, quality="HQ"))
    low = _trim(low)
    return _level(low)


def _without_rumble(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Without what lies under the telephone band (a soft slope from 150 Hz down to 60 Hz)."""
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    slope = np.clip((hertz - 60) / 90, 0, 1)
    return np.fft.irfft(spectrum * (0.5 - 0.5 * np.cos(np.pi * slope)), len(sound)).astype(np.float32)


def _frames_db(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """Level of each whole or begun 20 ms."""
    padded = np.pad(sound, (0, -len(sound) % _FRAME)).reshape(-1, _FRAME).astype(np.float64)
    return np.asarray(10 * np.log10((padded**2).mean(axis=1) + 1e-12))


def _trim(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    levels = _frames_db(sound)
    if levels.max() < -70:
        raise NotSpeech("the synthesiser gave silence")
    loud = np.flatnonzero(levels > levels.max() + EDGE_DB)
    margin = MARGIN_MS * RATE // 1000
    kept = sound[max(0, loud[0] * _FRAME - margin) : (loud[-1] + 1) * _FRAME + margin].copy()
    fade = min(len(kept) // 2, RATE // 200)  # 5 ms
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    kept[:fade] *= ramp
    kept[len(kept) - fade :] *= ramp[::-1]
    return kept


def _level(sound: NDArray[np.float32]) -> Sound:
    levels = _frames_db(sound)
    active = levels[levels > levels.max() - 25]
    gain = 10 ** ((SPEECH_DBOV - 10 * np.log10((10 ** (active / 10)).mean())) / 20)
    loud = sound * gain
    # A few peaks of a voice stand far above the rest: they are rounded off softly rather than making the whole piece quiet.
    bent = np.where(np.abs(loud) > PEAK * 0.7, np.sign(loud) * PEAK * (0.7 + 0.3 * np.tanh((np.abs(loud) / PEAK - 0.7) / 0.3)), loud)
    return np.asarray(np.round(bent * 32767), dtype=np.int16)


def silence(ms: int) -> Sound:
    """So much digital silence."""
    return np.zeros(max(0, ms) * RATE // 1000, np.int16)


def slower(sound: Sound, pace: float) -> Sound:
    """The same voice stretched in time without change of pitch (WSOLA: alike pieces overlapped and added); pace 0.8 takes a quarter longer."""
    if not 0.5 <= pace <= 2.0:
        raise ValueError(f"pace {pace}: between 0.5 and 2.0")
    window, reach = 30 * RATE // 1000, 8 * RATE // 1000
    hop = window // 2
    if abs(pace - 1) < 0.01 or len(sound) < 4 * window:
        return sound
    shape = np.hanning(window + 1)[:window].astype(np.float32)
    source = np.pad(sound.astype(np.float32), (reach, window + 2 * reach))
    steps = int((len(sound) - window) / pace) // hop
    out = np.zeros(steps * hop + window, np.float32)
    weight = np.full_like(out, 1e-6)
    follows = source[reach : reach + window]
    for step in range(steps):
        wanted = int(step * hop * pace) + reach
        around = source[wanted - reach : wanted + window + reach]
        fit = np.correlate(around, follows, "valid")
        start = wanted - reach + int(fit.argmax())
        out[step * hop : step * hop + window] += source[start : start + window] * shape
        weight[step * hop : step * hop + window] += shape
        follows = source[start + hop : start + hop + window]
    return np.asarray(np.clip(out / weight, -32767, 32767), dtype=np.int16)


def write_flac(path: Path, sound: Sound) -> None:
    """Writes 8 kHz 16-bit FLAC whole or not at all: to a neighbour first, then renamed."""
    with io.BytesIO() as memory:
        soundfile.write(memory, sound, RATE, subtype="PCM_16", format="FLAC")
        content = memory.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{id(content):x}")
    beside.write_bytes(content)
    beside.replace(path)


def read_flac(path: Path) -> Sound:
    """Reads one of our own files. Raises OSError for a missing one, NotSpeech for one that is damaged or no 8 kHz mono."""
    try:
        sound, rate = soundfile.read(io.BytesIO(path.read_bytes()), dtype="int16")
    except soundfile.LibsndfileError as wrong:
        raise NotSpeech(f"{path.name}: damaged ({wrong})") from wrong
    if rate != RATE or sound.ndim != 1 or not len(sound):
        raise NotSpeech(f"{path.name}: wants 8 kHz mono with something in it")
    return np.asarray(sound, dtype=np.int16)
