"""The record of one turn, and its form in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol

#: Form of the record. A store that holds another one leaves it out.
VERSION = 1


@dataclass(frozen=True, slots=True)
class Event:
    """What came: the event's kind in small letters and its content, masked. A number's content is its kind, with its length when that is
    not the kind's own: "<mobile>", "<mobile:9>", "<digits:4>"."""

    kind: str
    content: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question by its name and its slot type; without a question the name is how the last turn ended, and the slot type empty."""

    name: str
    slot: str = ""


@dataclass(frozen=True, slots=True)
class Meant:
    """What it meant: kind as in `dialogs.heard`, its value masked, and the label of the choice or universal that it was."""

    kind: str
    value: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Did:
    """An action that was run, its outcome, and what of its data is public ({"item": "老年优待证", "state": "已受理"})."""

    action: str
    outcome: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """A prompt: its name, its text and, where it differs, its speech; masked."""

    name: str
    text: str
    speech: str | None = None

    @property
    def spoken(self) -> str:
        """What a voice said."""
        return self.text if self.speech is None else self.speech


@dataclass(frozen=True, slots=True)
class Trace:
    """One turn. `at` in UTC, `ms` from event to reply. `met` is the question the event came to, `left` the one it left.

    hand_over: the reason, when this turn brought a person in. failures: silence, not understood, not valid, in a row, after the turn.
    """

    conversation: str
    channel: str
    revision: int
    at: datetime
    event: Event
    met: Asked
    heard: Meant
    did: tuple[Did, ...]
    said: tuple[Said, ...]
    left: Asked
    hand_over: str
    failures: tuple[int, int, int]
    outcome: str
    ms: float
    version: int = VERSION


class Tracer(Protocol):
    """Where records go. Never raises and never keeps a turn waiting."""

    async def put(self, trace: Trace) -> None: ...


def dump(trace: Trace) -> bytes:
    """The record as JSON."""
    return json.dumps({**asdict(trace), "at": trace.at.isoformat()}, ensure_ascii=False, separators=(",", ":")).encode()


def parse(data: bytes) -> Trace:
    """The record from JSON. Raises ValueError, TypeError or KeyError when another version wrote it."""
    raw = json.loads(data)
    if raw["version"] != VERSION:
        raise ValueError(f"a trace of form {raw['version']}; this is form {VERSION}")
    return Trace(
        **{
            **raw,
            "at": datetime.fromisoformat(raw["at"]),
            "event": Event(**raw["event"]),
            "met": Asked(**raw["met"]),
            "heard": Meant(**raw["heard"]),
            "did": tuple(Did(**did) for did in raw["did"]),
            "said": tuple(Said(**said) for said in raw["said"]),
            "left": Asked(**raw["left"]),
            "failures": tuple(raw["failures"]),
        }
    )
