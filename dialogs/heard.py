"""What an event meant, in the light of the question: the only input of the engine's step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Began:
    """The resident arrived, or comes back."""


@dataclass(frozen=True, slots=True)
class Value:
    """An answer to the question."""

    value: Any


@dataclass(frozen=True, slots=True)
class Part:
    """The first digits of a longer number."""

    digits: str


@dataclass(frozen=True, slots=True)
class Command:
    """A universal: "!back", "!person", …"""

    id: str


@dataclass(frozen=True, slots=True)
class StartFlow:
    """A button outside the conversation (a menu of the terminal) that begins a flow."""

    flow: str


@dataclass(frozen=True, slots=True)
class Near:
    """Several things it may have meant, best first: (value, label)."""

    candidates: tuple[tuple[Any, str], ...]


@dataclass(frozen=True, slots=True)
class Invalid:
    """Understood, but not possible; `reason` names a sentence in the words ("invalid_<reason>")."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Something came that means nothing here; `unknown_service` when it was plainly a wish, but for nothing in the catalogue."""

    unknown_service: bool = False


@dataclass(frozen=True, slots=True)
class NoInput:
    """Nothing came in the time given."""


@dataclass(frozen=True, slots=True)
class Stale:
    """An answer to a question that is no longer asked."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The resident left."""


@dataclass(frozen=True, slots=True)
class Done:
    """What the records answered to a `do` step."""

    outcome: str
    value: Any = None


Heard = Began | Value | Part | Command | StartFlow | Near | Invalid | NotUnderstood | NoInput | Stale | Gone | Done
