"""What an event meant, in the light of the question: the only input of the engine's step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Began:
    """The resident arrived, or comes back."""


@dataclass(frozen=True, slots=True)
class Value:
    """An answer to the question. said: the sentence it came in, which may answer more; empty when it was picked or pressed."""

    value: Any
    said: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """The beginning of an answer that comes in parts: the first digits of a number, the town of a village."""

    begun: str


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
class Correct:
    """An earlier answer is taken back. `value` is the new one; None: it is to be asked again, or (`reason`) what was wrong with the new one.

    frame, step, field: where the answer is kept (`field` in forms only).
    """

    frame: int
    step: str
    field: str = ""
    value: Any = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Asks:
    """A question about a service in the middle of something else: a facet of its guide ("materials"); `item` when another one is meant."""

    facet: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """Another thing is wanted in the middle of this one: what the main menu would take, and its name."""

    wish: Mapping[str, Any]
    label: str


@dataclass(frozen=True, slots=True)
class NoPerson:
    """A person was wanted and none is to be had now."""


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


@dataclass(frozen=True, slots=True)
class Beneath:
    """An answer to the question beneath an offer that was put in between."""

    meant: Value | Part


Heard = (
    Began
    | Value
    | Part
    | Command
    | StartFlow
    | Near
    | Invalid
    | NotUnderstood
    | NoInput
    | Correct
    | Asks
    | Switch
    | NoPerson
    | Stale
    | Gone
    | Done
    | Beneath
)
