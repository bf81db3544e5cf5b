"""What a play needs of the terminals it is performed on and of the instance behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dialogs.tools.play.script import Given


class CannotDo(Exception):  # noqa: N818  a condition of the play, shown as its miss
    """The resident, or somebody behind the scenes, cannot do this here and now; the text says what could be done."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing somebody does. what: text, label, digits, keys. heard: what a recogniser makes of it. details: further values, by name."""

    kind: str
    what: str = ""
    heard: tuple[str, ...] = ()
    details: Mapping[str, str] | None = None

    def __str__(self) -> str:
        more = (*self.heard, *(f"{name}: {value}" for name, value in (self.details or {}).items()))
        return " ".join(filter(None, (self.kind, self.what, f"({', '.join(more)})" if more else "")))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the resident is being asked. question: its stable name, "" where nothing is asked. offers: labels of the choices."""

    question: str = ""
    offers: tuple[str, ...] = ()


class Stage(Protocol):
    """A resident at one terminal. `do` gives everything that was shown or said in answer; raises CannotDo."""

    async def do(self, act: Act) -> Sequence[str]: ...

    async def close(self) -> None: ...


class World(Protocol):
    """The instance behind the stages: sets up what is given, opens stages, and answers what the records hold."""

    async def begin(self) -> None:
        """The curtain rises: it is morning, everything works, and what is counted is counted from here."""
        ...

    async def prepare(self, given: Given) -> str:
        """Makes a case and gives its number."""
        ...

    async def stage(self, terminal: str, known: Mapping[str, str]) -> Stage: ...

    async def behind(self, act: Act) -> None:
        """Something happens behind the scenes. Raises CannotDo."""
        ...

    async def pass_time(self, seconds: float) -> None:
        """So much later."""
        ...

    async def asked(self) -> Asked:
        """What the resident of this play is being asked."""
        ...

    async def records(self) -> Mapping[str, Any]:
        """What this play has brought into the records: the keys of `dialogs.tools.play.script.RECORDS`, and `last`, the last case's number.

        What is not there is left out.
        """
        ...
