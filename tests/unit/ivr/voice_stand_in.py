"""A worker that speaks beeps and misbehaves on demand, in place of the synthesiser: for the life of the voice process, not for its voice."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from ivr import pipes
from ivr.voice.messages import FAILED, READY, SOUND


def main() -> None:
    """Says 0.4 s of 440 Hz for each piece; what the text holds decides otherwise. Its model file counts the starts."""
    end = pipes.worker_end()
    model = Path(sys.argv[1])
    model.write_text(model.read_text() + "s")
    if model.name == "broken":
        end.write(pipes.frame(FAILED, reason="the model is broken"))
        return
    end.write(pipes.frame(READY, seconds=0.0))
    while (job := end.read()) is not None:
        text = job.json["text"]
        if "死" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "卡" in text:
            time.sleep(60)
        if "错" in text:
            end.write(pipes.frame(FAILED, job.number, reason="cannot say that"))
            continue
        if "慢" in text:
            time.sleep(0.4)
        print("noise of a library on stdout")
        beep = (8000 * np.sin(np.arange(3200) * 440 * 2 * np.pi / 8000)).astype("<i2")
        end.write(pipes.Frame(SOUND, job.number, beep.tobytes()))


if __name__ == "__main__":
    main()
