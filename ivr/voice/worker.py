"""The process that speaks: loads Kokoro once, turns pieces of text into 8 kHz sound, one after the other.

python -m ivr.voice.worker MODEL        frames on stdin and stdout; their kinds are in messages.py
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from ivr import pipes
from ivr.voice.messages import FAILED, READY, SOUND


def main(model: str) -> None:
    """Serves until the parent closes the pipe."""
    end = pipes.worker_end()
    begin = time.monotonic()
    try:
        from ivr.voice.kokoro import Kokoro

        speaker = Kokoro(Path(model))
    except Exception as wrong:
        end.write(pipes.frame(FAILED, reason=f"the voice model cannot be loaded: {type(wrong).__name__}: {wrong}"))
        return
    end.write(pipes.frame(READY, seconds=round(time.monotonic() - begin, 2)))
    while (job := end.read()) is not None:
        wanted = job.json
        try:
            sound = speaker.line(wanted["text"], wanted["voice"], wanted["speed"])
        except Exception as wrong:
            end.write(pipes.frame(FAILED, job.number, reason=f"{type(wrong).__name__}: {wrong}"))
        else:
            end.write(pipes.Frame(SOUND, job.number, sound.astype("<i2").tobytes()))


if __name__ == "__main__":
    main(sys.argv[1])
    os._exit(0)  # no destructors of C++ libraries on the way out
