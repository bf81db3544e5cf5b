"""What the shell of a turn needs from outside: records, people, residents' profiles, and how long each terminal's talk is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from dialogs.actions import Context
from dialogs.contract import Address
from dialogs.heard import Done


class Records(Protocol):
    """What the shell needs of `dialogs.actions.Actions`."""

    async def run(self, name: str, context: Context, arguments: Mapping[str, Any]) -> Done: ...


@dataclass(frozen=True, slots=True)
class PersonWanted:
    """A hand-over to be recorded. `key` makes it one however often the turn is repeated."""

    key: str
    reason: str
    address: Address
    lines: tuple[tuple[str, str], ...]


class Standing(StrEnum):
    """How a hand-over stands."""

    WAITING = "waiting"  # nobody has taken it yet
    TAKEN = "taken"
    OVER = "over"  # closed, or forgotten


class People(Protocol):
    """Where hand-overs are recorded."""

    async def open(self, wanted: PersonWanted) -> str:
        """Records the wish, once for its key, and gives its reference."""
        ...

    async def standing(self, reference: str) -> Standing:
        """How it stands."""
        ...

    async def no_answer(self, reference: str) -> None:
        """Nobody came to that one."""
        ...


class Profiles(Protocol):
    """What residents let us keep of themselves."""

    async def known(self, address: Address) -> Mapping[str, str]:
        """Values by slot type; empty where there is none, or the address is not one person's."""
        ...


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Seconds. remind: after so long a pause we say where we were. keep: after so long what was half done is put away.

    note: so long we still remember *that* something was put away, and say so; 0 where the address never comes back (a call).
    """

    remind: float
    keep: float
    note: float


#: Where a terminal names none.
DEFAULT_LIFETIME = Lifetime(remind=600, keep=4 * 3600, note=7 * 24 * 3600)
#: Seconds after which a hand-over that nobody has taken is owned up to, and a call-back offered, when the resident comes again.
NOBODY_CAME = 600.0
