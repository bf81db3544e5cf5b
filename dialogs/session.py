"""What a conversation remembers between turns: one document, written once a turn.

Everything in it is plain data (JSON), so that it can be sealed, stored, compared and replayed. Slots hold personal data: the store seals it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import orjson

from dialogs.contract import Prompt

#: How many questions 返回 can go back, and how many event keys are remembered. Enough for the longest form; keeps the document a few kB.
HISTORY = 10
TAKEN = 24

Slots = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """One running flow: at which step, with which slots. `serial` names this run of the flow within the session.

    digression: a question answered in between; when it ends, the flow below asks again where it was. sealed: what was answered here has been
    recorded, and is no longer to be corrected in talk.
    """

    flow: str
    step: str
    slots: Slots
    serial: int
    digression: bool = False
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Failures:
    """How often in a row the question was answered by nothing, by something not understood, by something not valid."""

    silence: int = 0
    no_match: int = 0
    invalid: int = 0


@dataclass(frozen=True, slots=True)
class Aside:
    """A question the engine puts in by itself before it goes back to the flow's own.

    kind: "near" (did you mean), "offer_person" (after the third failure), "known" (is this still right?), "cancel" and "switch" (second
    thoughts). data: what the answer needs.
    """

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation. `said`: the prompts of the last turn. `partial`: the beginning of an answer in parts. `touched`: seconds since 1970.

    known: what the terminal vouches for or the resident let us keep, by slot type. slow: the resident asked for slower speech.
    topic: the code of the service that was last asked about; 那就办吧 means it.
    """

    id: str
    revision: int = 0
    frames: tuple[Frame, ...] = ()
    history: tuple[tuple[Frame, ...], ...] = ()
    failures: Failures = Failures()
    aside: Aside | None = None
    partial: str = ""
    page: int = 0
    serial: int = 0
    said: tuple[Prompt, ...] = ()
    outcome: str = "wait"
    card: Mapping[str, Any] | None = None
    taken: tuple[str, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)
    slow: bool = False
    topic: str = ""
    touched: float = 0.0

    @property
    def top(self) -> Frame:
        """The flow that is running."""
        return self.frames[-1]

    def at(self, step: str, **slots: Any) -> Session:
        """This session with the running flow at another step and with more slots filled."""
        frame = replace(self.top, step=step, slots={**self.top.slots, **slots})
        return replace(self, frames=(*self.frames[:-1], frame))

    def progress(self) -> Session:
        """Counters and asides of the question reset: it was answered, and the talk is no longer of what was asked in between."""
        return replace(self, failures=Failures(), aside=None, partial="", page=0, topic="")

    def remember(self) -> Session:
        """This question kept for 返回."""
        return replace(self, history=(*self.history, self.frames)[-HISTORY:])


#: The city's time; it has no summer time.
_CITY = timezone(timedelta(hours=8))


def day_of(session: Session) -> date:
    """The day on which the resident speaks: 明天 and 去年 count from it."""
    return datetime.fromtimestamp(session.touched, _CITY).date()


def dump(session: Session) -> bytes:
    """The session as JSON."""
    return orjson.dumps(session)


def _frames(data: list[dict[str, Any]]) -> tuple[Frame, ...]:
    return tuple(Frame(**frame) for frame in data)


def parse(data: bytes) -> Session:
    """The session from JSON. Raises ValueError, TypeError or KeyError when it was written by another version: begin anew then."""
    raw = orjson.loads(data)
    return Session(
        **{
            **raw,
            "frames": _frames(raw["frames"]),
            "history": tuple(_frames(frames) for frames in raw["history"]),
            "failures": Failures(**raw["failures"]),
            "aside": Aside(**raw["aside"]) if raw["aside"] else None,
            "said": tuple(Prompt(**prompt) for prompt in raw["said"]),
            "taken": tuple(raw["taken"]),
        }
    )
