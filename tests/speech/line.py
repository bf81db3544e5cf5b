"""What a telephone line does to sound: G.711 A-law there and back, as ITU-T G.711 has it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def on_the_line(sound: NDArray[np.int16]) -> bytes:
    """16-bit PCM of `sound` after A-law."""
    a, full = 87.6, 32768.0
    log = 1 + np.log(a)
    share = np.clip(np.abs(sound.astype(np.float64)) / full, 0, 1)
    bent = np.where(share < 1 / a, a * share / log, (1 + np.log(np.maximum(a * share, 1e-9))) / log)
    steps = (np.floor(np.minimum(bent * 128, 127)) + 0.5) / 128
    back = np.where(steps < 1 / log, steps * log / a, np.exp(steps * log - 1) / a)
    return bytes((np.sign(sound + 1e-9) * back * (full - 1)).astype("<i2").tobytes())
