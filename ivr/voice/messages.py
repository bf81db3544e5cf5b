"""The frames between `engine` and `worker`."""

from __future__ import annotations

from typing import Final

SAY: Final = 1  # parent -> worker: {text, voice, speed}; the frame's number is the job
READY: Final = 2  # worker -> parent: {seconds} to load
SOUND: Final = 3  # worker -> parent: 8 kHz PCM of the job
FAILED: Final = 4  # worker -> parent: {reason}: of the job, or of loading when the number is 0
