"""When a caller has finished: words were heard, and it has been quiet long enough.

Vosk's own end-points are fixed in a model's files (half a second and up), too short for somebody reading out a number in groups; so they only
cut the sound into stretches here, and this rule says when the turn is over. Quiet is judged by level against the line's own noise.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

FRAME_MS = 20
FRAME_BYTES = 320


def levels_db(pcm: bytes) -> NDArray[np.float64]:
    """Level of each whole 20 ms of 16-bit sound, dB below full scale."""
    frames = np.frombuffer(pcm[: len(pcm) // FRAME_BYTES * FRAME_BYTES], "<i2").reshape(-1, FRAME_BYTES // 2).astype(np.float64)
    return np.asarray(10 * np.log10((frames**2).mean(axis=1) / 32768.0**2 + 1e-10))


class TurnEnd:
    """Fed with levels and words of one utterance, says whether it is over. Times in ms of sound, not of the clock."""

    #: The line's noise is the quietest 60 ms of the last two seconds; nobody speaks so long without a gap.
    NOISE_FRAMES, SMOOTH_FRAMES = 100, 3
    #: So much louder than the line's noise, and at least so loud, is a voice.
    ABOVE_NOISE_DB, LEAST_DBOV = 9.0, -48.0
    #: Of the last five frames, three loud ones are a voice; one is a click.
    LOUD_OF_FIVE = 3
    #: Without words, so much voice still is an utterance (one that was not understood).
    WORDLESS_MS = 600
    #: On a line so noisy that it is never quiet, words that have not changed for so long (and no less than two patiences) are all there is.
    UNCHANGED_MS = 2000
    LONGEST_MS = 30_000

    def __init__(self, patience_ms: int) -> None:
        self._patience = patience_ms
        self._past: deque[float] = deque(maxlen=self.NOISE_FRAMES)
        self.start()

    def start(self) -> None:
        """A new utterance on the same line: what is known of its noise stays."""
        self._recent = [False] * 5
        self.has_words = self._ended = False
        self.voiced_ms = self.quiet_ms = self._unchanged_ms = self._whole_ms = 0

    def hear(self, levels: NDArray[np.float64]) -> None:
        """The levels of the next frames."""
        for level in levels:
            self._past.append(float(level))
            loud = level > max(self._noise() + self.ABOVE_NOISE_DB, self.LEAST_DBOV)
            self._recent = [*self._recent[1:], bool(loud)]
            voiced = sum(self._recent) >= self.LOUD_OF_FIVE
            self.voiced_ms += FRAME_MS if voiced else 0
            self.quiet_ms = 0 if voiced else self.quiet_ms + FRAME_MS
            self._unchanged_ms += FRAME_MS
            self._whole_ms += FRAME_MS if self.has_words or self.voiced_ms else 0
            if not self.has_words and self.voiced_ms < self.WORDLESS_MS and self.quiet_ms >= self._patience:
                self.voiced_ms = self._whole_ms = 0  # a cough was all

    def _noise(self) -> float:
        past = np.fromiter(self._past, np.float64)
        if len(past) < 2 * self.SMOOTH_FRAMES:
            return -90.0
        return float(np.convolve(past, np.full(self.SMOOTH_FRAMES, 1 / self.SMOOTH_FRAMES), "valid").min())

    def words(self, changed: bool) -> None:
        """Words have been heard; `changed` since last time."""
        self.has_words = True
        if changed:
            self._unchanged_ms, self._ended = 0, False

    def recogniser_ended(self) -> None:
        """The recogniser's own end-point: it hears silence by its model, however loud the line is."""
        self._ended = True

    @property
    def over(self) -> bool:
        """Whether the utterance has ended."""
        if self.has_words:
            quiet = self.quiet_ms >= self._patience or (self._ended and self._unchanged_ms >= self._patience)
            return quiet or self._unchanged_ms >= max(self.UNCHANGED_MS, 2 * self._patience) or self._whole_ms >= self.LONGEST_MS
        enough = self.voiced_ms >= self.WORDLESS_MS
        return enough and (self.quiet_ms >= self._patience or self._ended or self._whole_ms >= self.LONGEST_MS)
