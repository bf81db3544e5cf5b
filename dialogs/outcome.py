"""How one step ends: the next session, what is said, and exactly one of `Wait`, `Do`, `HandOver`, `End`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dialogs.contract import Prompt
from dialogs.session import Session


class CircleError(RuntimeError):
    """A flow went round without waiting. Names the step; the check finds it before a resident does."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The session stands at a question."""


@dataclass(frozen=True, slots=True)
class Do:
    """The records are asked. `key` names this very asking: however often it is repeated, it must count once."""

    action: str
    arguments: Mapping[str, Any]
    key: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """A person is wanted. `reason` is for staff; `again` when one already has the conversation."""

    reason: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """The conversation is over."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The outcome of one step."""

    session: Session
    prompts: tuple[Prompt, ...]
    then: Wait | Do | HandOver | End
