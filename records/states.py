"""How a case moves: the whole state machine of a request (办件), as a table, and nothing else.

提交 → 受理 → 办理 → 办结 → 送达, with 补正 (bring what is missing) before a decision, 不予 (refused, told why) and 撤回 (taken back by the
resident before a decision). 行政许可法 §§32-45 has the same steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import yaml

from records.errors import RecordsError


class State(StrEnum):
    """Where a case stands; `labels.yaml` has the Chinese word of each."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    SUPPLEMENT = "supplement"
    PROCESSING = "processing"
    APPROVED = "approved"
    REFUSED = "refused"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What is done to a case."""

    ACCEPT = "accept"
    SUPPLEMENT = "supplement"
    PROCESS = "process"
    APPROVE = "approve"
    REFUSE = "refuse"
    DELIVER = "deliver"
    WITHDRAW = "withdraw"


class IllegalMoveError(RecordsError):
    """The act is not possible in the state that the case is in."""

    def __init__(self, state: State, act: Act) -> None:
        possible = ", ".join(TRANSITIONS[state]) or "nothing: it is closed"
        super().__init__(f"a case that is {state} cannot be moved by {act!s}; possible: {possible}")
        self.state, self.act = state, act


def _table(rows: dict[State, dict[Act, State]]) -> Mapping[State, Mapping[Act, State]]:
    return MappingProxyType({state: MappingProxyType(moves) for state, moves in rows.items()})


TRANSITIONS: Mapping[State, Mapping[Act, State]] = _table(
    {
        State.SUBMITTED: {
            Act.ACCEPT: State.ACCEPTED,
            Act.SUPPLEMENT: State.SUPPLEMENT,
            Act.REFUSE: State.REFUSED,
            Act.WITHDRAW: State.WITHDRAWN,
        },
        State.SUPPLEMENT: {
            Act.ACCEPT: State.ACCEPTED,
            Act.SUPPLEMENT: State.SUPPLEMENT,
            Act.REFUSE: State.REFUSED,
            Act.WITHDRAW: State.WITHDRAWN,
        },
        State.ACCEPTED: {
            Act.PROCESS: State.PROCESSING,
            Act.SUPPLEMENT: State.SUPPLEMENT,
            Act.REFUSE: State.REFUSED,
            Act.WITHDRAW: State.WITHDRAWN,
        },
        State.PROCESSING: {Act.APPROVE: State.APPROVED, Act.REFUSE: State.REFUSED, Act.WITHDRAW: State.WITHDRAWN},
        State.APPROVED: {Act.DELIVER: State.DELIVERED},
        State.REFUSED: {Act.DELIVER: State.DELIVERED},
        State.DELIVERED: {},
        State.WITHDRAWN: {},
    }
)

NOTE_WANTED = frozenset({Act.SUPPLEMENT, Act.REFUSE})
"""Acts that owe the resident a reason in words: what is missing, all at once (一次性告知), or why not."""

LABELS: Mapping[str, str] = MappingProxyType(yaml.safe_load((Path(__file__).parent / "labels.yaml").read_text("utf-8")))


def moved(state: State, act: Act) -> State:
    """The state after `act`. Raises IllegalMoveError."""
    try:
        return TRANSITIONS[state][act]
    except KeyError:
        raise IllegalMoveError(state, act) from None


def standing(state: State, decision: State | None = None) -> str:
    """The state as residents are told it: a delivered refusal is told apart from a delivered approval ("delivered_refused")."""
    return "delivered_refused" if state is State.DELIVERED and decision is State.REFUSED else str(state)


def label(state: State, decision: State | None = None) -> str:
    """The Chinese word for where a case stands."""
    return LABELS[standing(state, decision)]
