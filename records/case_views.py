"""What goes in and comes out of the cases: frozen, and no more of a resident than the asker may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from records.holidays import Due
from records.states import State


@dataclass(frozen=True, slots=True)
class Submission:
    """A request as a terminal hands it in.

    request_key: names this very request for ever; the same key gives the same case, however often it comes. Kept as an index only.
    answers: form field name -> answer as `records.forms` writes it. mobile: 11 digits; its last four are the second factor of queries.
    id_number: whose request it is; counts only when one of the answers says the same.
    address_index: blind index of the terminal's address. notify_user: whom to send notices to on `channel`; None sends none.
    """

    request_key: str
    item_code: str
    item_version: int
    answers: Mapping[str, str] = field(repr=False)
    channel: str
    mobile: str = field(repr=False)
    id_number: str | None = field(repr=False)
    address_index: str
    notify_user: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Case:
    """A case for the program. created: False when this submission was recorded before. promised: by when, see `records.holidays`."""

    id: UUID
    number: str = field(repr=False)
    item_code: str
    item_version: int
    item_name: str
    state: State
    state_label: str
    submitted: datetime
    promised: Due | None
    created: bool = False


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case for the resident who proved to be its submitter. Days are those of China. note: what the office wrote with the last act.

    standing: names the sentence that says what the state means for the resident (`records.states.standing`).
    """

    number: str = field(repr=False)
    item_code: str
    item_name: str
    state: State
    standing: str
    state_label: str
    submitted: date
    last_event: date
    note: str
    promised: Due | None
    can_withdraw: bool


class LookupOutcome(StrEnum):
    """found: `case` is there. not_found: no such number or another tail; which of them is not told. locked: too many wrong tails, for an
    hour from the first. not_possible: found, but the state does not allow it (withdrawing a decided case)."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    LOCKED = "locked"
    NOT_POSSIBLE = "not_possible"


@dataclass(frozen=True, slots=True)
class Lookup:
    """The answer to a query."""

    outcome: LookupOutcome
    case: CaseView | None = None


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """Something that happened to a case; `by` is the staff member's name or a channel."""

    at: datetime
    act: str
    state: State
    state_label: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list for staff or the trial page: numbers masked. `id` names it in links."""

    id: UUID
    number_masked: str
    item_name: str
    state: State
    state_label: str
    submitted: datetime
    mobile_masked: str
    channel: str


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case on the desk: answers by label (`records.forms.shown`); the acts that are possible now; photos by label, with the key of each."""

    line: CaseLine
    item_code: str
    item_version: int
    answers: tuple[tuple[str, str], ...]
    events: tuple[CaseEvent, ...]
    acts: tuple[str, ...]
    promised: Due | None
    notices: tuple[str, ...]
    photos: tuple[tuple[str, str], ...] = ()
