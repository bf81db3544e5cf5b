"""Kokoro-82M on onnxruntime: tokens and a voice's style in, 24 kHz sound out. Lives in the worker process only."""

from __future__ import annotations

import logging
from pathlib import Path

import jieba
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ivr.voice import phonemes, sound

VOICES = Path(__file__).parent / "voices"


class NoVoice(ValueError):  # noqa: N818  names the voices there are
    """A voice name without a style table."""


def style_table(name: str, folder: Path = VOICES) -> NDArray[np.float32]:
    """A voice: 510 rows, one for each length of text in tokens, of 256 numbers (sound, then rhythm and melody)."""
    path = folder / f"{name}.npy"
    if not path.is_file():
        raise NoVoice(f"no voice {name!r}; there are {', '.join(sorted(p.stem for p in folder.glob('*.npy')))}")
    return np.asarray(np.load(path), dtype=np.float32)


class Kokoro:
    """Speaks normalised Chinese. 420-640 MB; a second of sound takes 0.6-1.2 s of one core."""

    def __init__(self, model: Path, threads: int = 1) -> None:
        jieba.setLogLevel(logging.WARNING)
        jieba.dt.tmp_dir = str(model.parent)  # its cache of the dictionary: ours, not one that anybody may have left in /tmp
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._styles: dict[str, NDArray[np.float32]] = {}

    def speak(self, text: str, voice: str | NDArray[np.float32], speed: float = 1.0) -> NDArray[np.float32]:
        """24 kHz sound of normalised text, by a voice's name or style table. `speed` above 1 is faster. Raises NoVoice, phonemes.CannotRead."""
        ids = phonemes.tokens(text)
        table = voice if isinstance(voice, np.ndarray) else self._style(voice)
        given = {
            "tokens": np.array([[0, *ids, 0]], np.int64),
            "style": table[min(len(ids), len(table) - 1)][None],
            "speed": np.array([speed], np.float32),
        }
        return np.asarray(self._session.run(None, given)[0], dtype=np.float32).ravel()

    def _style(self, voice: str) -> NDArray[np.float32]:
        if voice not in self._styles:
            self._styles[voice] = style_table(voice)
        return self._styles[voice]

    def line(self, text: str, voice: str, speed: float = 1.0) -> sound.Sound:
        """The same as the telephone carries it: 8 kHz, trimmed, levelled."""
        return sound.to_line(self.speak(text, voice, speed))
