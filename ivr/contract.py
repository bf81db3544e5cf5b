"""What a telephone call asks of a voice and of an ear: `ivr.voice` and `ivr.hearing` fulfil these, `onestop` hands them to `ivr.call`.

Sound is signed 16-bit little-endian mono at 8 kHz everywhere in this room: 16 bytes are one millisecond, 320 bytes one frame of 20 ms.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

RATE = 8000
SAMPLE_BYTES = 2
BYTES_A_SECOND = RATE * SAMPLE_BYTES
FRAME_BYTES = 320


class CannotSpeak(Exception):  # noqa: N818  it is a condition the call reacts to, not a fault of the caller of `speak`
    """This sentence cannot be turned into sound now: no model, no cached piece, synthesis failed. The text says why and how to mend."""


class Voice(Protocol):
    """Turns sentences into sound."""

    async def speak(self, text: str, *, pace: float = 1.0) -> bytes:
        """One sentence as PCM (8 kHz, 16 bit, mono). pace: 0.8 takes a quarter longer. Never blocks the event loop. Raises CannotSpeak."""
        ...


# --- hearing ------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Partial:
    """What the utterance sounds like so far. Only sent when it holds at least one word other than "[unk]"."""

    text: str


@dataclass(frozen=True, slots=True)
class Final:
    """An utterance has ended: (text, confidence 0..1) best first. No alternatives: something was heard, no words were found."""

    alternatives: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """The recogniser is gone for the rest of this call; it goes on by keys. `reason` is a plain sentence for the log."""

    reason: str


Heard = Partial | Final | Lost


class Listener(Protocol):
    """One call's ear. After `open` it hears nothing until `begin`."""

    @property
    def events(self) -> asyncio.Queue[Heard]:
        """What was heard, in order. After Lost nothing more comes."""
        ...

    async def begin(self, phrases: tuple[str, ...]) -> None:
        """Listen for the answer to one question; forgets what was heard before. No phrases: anything the model knows."""
        ...

    def feed(self, pcm: bytes) -> None:
        """Sound of the caller, any multiple of 2 bytes. Never blocks, never raises; dropped when not between `begin` and `end`."""
        ...

    async def end(self) -> None:
        """The question is answered: stop listening, drop what is unfinished. No event of that question comes afterwards."""
        ...

    async def close(self) -> None:
        """The call is over. Safe to call twice and at any moment."""
        ...


class Hearing(Protocol):
    """The recogniser with its workers."""

    async def open(self) -> Listener | None:
        """An ear for one call, or None when there is no model or no free worker: the call then goes by keys alone. Never raises."""
        ...


# --- steering the call ---------------------------------------------------------------------------------------------------------------


class SwitchboardDown(Exception):  # noqa: N818  a condition: the call ends its part and the dialplan goes on to a person
    """Asterisk cannot be steered now, or refused; the text says which."""


class Switchboard(Protocol):
    """What a call may ask of Asterisk. `channel` is a caller's channel name or call id (Uniqueid). All raise SwitchboardDown."""

    async def redirect(self, channel: str, context: str, extension: str) -> None:
        """Moves the caller to another place of the dialplan, out of our hands."""
        ...

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        """Sets a variable on the caller's channel; channel "" sets a global one."""
        ...

    async def hangup(self, channel: str) -> None:
        """Hangs the caller up."""
        ...
