"""The frames between `pool` and `worker`. A frame's number is the stream; sound is 8 kHz, 16 bit, little-endian, mono."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from ivr.pipes import Frame, frame

# parent -> worker
OPEN: Final = 1
BEGIN: Final = 2  # Begin
SOUND: Final = 3  # sound, at most MOST_SOUND bytes
END: Final = 4
CLOSE: Final = 5
EXAMINE: Final = 6  # {phrases}: which of them cannot be heard; the number is the question's own
# worker -> parent
READY: Final = 10  # Ready
FAILED: Final = 11  # {reason}: the model cannot be loaded
PARTIAL: Final = 12  # {question, text}
FINAL: Final = 13  # {question, alternatives}
GRAMMAR: Final = 14  # {question, unheard, entries, unk}: what a begin could not offer to the recogniser
EXAMINED: Final = 15  # {unheard}
BROKEN: Final = 16  # {reason}: this stream is of no use any more

MOST_SOUND: Final = 64_000


@dataclass(frozen=True, slots=True)
class Begin:
    """Listen for the answer to one question. `question` counts up in a stream, so that late events of an earlier one are known."""

    question: int
    phrases: tuple[str, ...]
    patience_ms: int

    def frame(self, stream: int) -> Frame:
        """As sent."""
        return frame(BEGIN, stream, question=self.question, phrases=self.phrases, patience_ms=self.patience_ms)

    @classmethod
    def of(cls, message: Frame) -> Begin:
        """As received."""
        body: dict[str, Any] = json.loads(message.body)
        return cls(int(body["question"]), tuple(body["phrases"]), int(body["patience_ms"]))


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded. dynamic: it takes a grammar for each question. memory: resident bytes of the worker now."""

    model: str
    dynamic: bool
    seconds: float
    memory: int

    def frame(self) -> Frame:
        """As sent."""
        return frame(READY, model=self.model, dynamic=self.dynamic, seconds=self.seconds, memory=self.memory)

    @classmethod
    def of(cls, message: Frame) -> Ready:
        """As received."""
        return cls(**json.loads(message.body))
