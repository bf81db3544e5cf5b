"""Cases (办件): submitted once however often they are sent, looked up with a second factor, moved by named people only."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from records import case_number
from records.attachments import Attachments, adopt
from records.case_views import (
    Case,
    CaseDetail,
    CaseEvent,
    CaseLine,
    CaseView,
    Lookup,
    LookupOutcome,
    Submission,
)
from records.catalogue.items import Item
from records.catalogue.store import read_version
from records.clock import local, utc_now
from records.database import Database
from records.errors import RecordsError
from records.forms import SubmissionError, check_answers, check_mobile, hide, shown
from records.holidays import Due, after_working_days
from records.notices import Notices
from records.residents import remember
from records.states import LABELS, NOTE_WANTED, TRANSITIONS, Act, IllegalMoveError, State, label, moved, standing
from records.tables import CaseRow, EventRow, NoticeRow
from records.throttle import claim, hit
from records.vault import Vault

__all__ = [
    "TRANSITIONS",
    "Act",
    "Case",
    "CaseDetail",
    "CaseEvent",
    "CaseLine",
    "CaseView",
    "Cases",
    "IllegalMoveError",
    "Lookup",
    "LookupOutcome",
    "MovedMeanwhileError",
    "NoteMissingError",
    "State",
    "Submission",
    "SubmissionError",
    "UnknownCaseError",
    "moved",
]

WRONG_TAILS = 5  # for one number, then it is locked
WRONG_ASKED = 10  # by one asker over all numbers
WINDOW = timedelta(hours=1)
NUMBER_TRIES = 20  # a drawn number may be taken: with a million cases a year one in ten is
OPEN = frozenset({State.SUBMITTED, State.SUPPLEMENT, State.ACCEPTED, State.PROCESSING})


class UnknownCaseError(RecordsError):
    """There is no case of that number."""


class NoteMissingError(RecordsError):
    """Asking for a supplement, or refusing, wants a note: the resident is owed the reason."""


class MovedMeanwhileError(RecordsError):
    """Somebody else moved the case since the page was shown."""


class Cases:
    """All cases. notices: where residents are owed a message; made on the same database when not given. now: the clock, for tests."""

    def __init__(self, database: Database, vault: Vault, notices: Notices | None = None, now: Callable[[], datetime] = utc_now) -> None:
        self._database, self._vault, self._now = database, vault, now
        self.notices = notices or Notices(database, vault, now)
        self.attachments = Attachments(database, vault, now)
        self._items: dict[tuple[str, int], Item] = {}  # versions never change
        self._nobody_salt = secrets.token_bytes(16)  # what a query for no case is compared with, so that it takes as long

    async def submit(self, submission: Submission) -> Case:
        """Records a request, once for each request_key: a repeat gives the case of the first, unchanged.

        Raises SubmissionError when the item's version does not exist, the answers do not fit its form, or a photo was not kept for this address.
        """
        request = self._vault.index(submission.request_key, "case.request")
        async with self._database.session() as session:
            known = await session.scalar(select(CaseRow).where(CaseRow.request_index == request))
            if known is not None:
                return await self._case(session, known)
            item = await self._item(session, submission.item_code, submission.item_version)
        now = self._now()
        answers = check_answers(item, submission.answers, local(now).date())
        check_mobile(submission.mobile)
        id_number = submission.id_number if submission.id_number in answers.values() else None  # perhaps asked before a correction
        submission = replace(submission, answers=answers, id_number=id_number)
        photos = [answers[field.name] for field in item.form if field.type == "photo" and field.name in answers]
        async with self._database.session() as session:
            resident = await remember(session, self._vault, submission.mobile, submission.id_number, now)
            for _ in range(NUMBER_TRIES):
                row = self._row(submission, request, resident, now)
                values = {column.key: getattr(row, column.key) for column in CaseRow.__table__.columns}
                made = await session.scalar(insert(CaseRow).values(values).on_conflict_do_nothing().returning(CaseRow.id))
                if made is not None:
                    await adopt(session, photos, submission.address_index, row.id)
                    session.add(EventRow(case_id=row.id, act="submit", state=row.state, by=submission.channel, note="", at=now))
                    return await self._case(session, row, created=True)
                known = await session.scalar(select(CaseRow).where(CaseRow.request_index == request))
                if known is not None:
                    return await self._case(session, known)
        raise RecordsError("no free case number was found; the year's numbers are nearly used up: lengthen records.case_number")

    async def look_up(self, number: str, mobile_tail: str, asker: str = "") -> Lookup:
        """Where a case stands, for its number and the last four digits of the mobile given with it.

        A number that does not exist and a wrong tail take the same way through this function, are counted alike and answered alike. The
        fifth wrong tail for one number within an hour, or an asker's tenth, answers `locked` until the hour is over. asker: a blind index.
        """
        async with self._database.session() as session:
            found = await self._proved(session, number, mobile_tail, asker)
            return found if isinstance(found, Lookup) else Lookup(LookupOutcome.FOUND, await self._view(session, found))

    async def withdraw(self, number: str, mobile_tail: str, *, channel: str, asker: str = "") -> Lookup:
        """Takes a request back for its submitter. `found`: it is withdrawn (now, or was already). `not_possible`: it is decided."""
        async with self._database.session() as session:
            row = await self._proved(session, number, mobile_tail, asker)
            if isinstance(row, Lookup):
                return row
            await session.refresh(row, with_for_update=True)
            outcome = LookupOutcome.FOUND
            if row.state != State.WITHDRAWN:
                if Act.WITHDRAW in TRANSITIONS[State(row.state)]:
                    await self._apply(session, row, Act.WITHDRAW, channel, "")
                else:
                    outcome = LookupOutcome.NOT_POSSIBLE
            return Lookup(outcome, await self._view(session, row))

    async def move(self, number: str, act: Act, by: str, note: str = "", *, expected: State | None = None) -> Case:
        """Moves a case on behalf of `by` (a person's name); the resident is owed a notice where they asked for notices.

        expected: the state that the person saw. Raises UnknownCaseError, IllegalMoveError, NoteMissingError, MovedMeanwhileError.
        """
        async with self._database.session() as session:
            return await self.move_in(session, number, act, by, note, expected=expected)

    async def move_in(
        self, session: AsyncSession, number: str, act: Act, by: str, note: str = "", *, expected: State | None = None
    ) -> Case:
        """`move` inside the caller's transaction: the case, its event, the notice and the notice's job live or die together."""
        row = await session.scalar(select(CaseRow).where(CaseRow.number == case_number.clean(number)).with_for_update())
        if row is None:
            raise UnknownCaseError("there is no case of that number")
        if expected is not None and row.state != expected:
            raise MovedMeanwhileError(f"somebody else has moved this case: it is {row.state} now, not {expected}; look at it again")
        note = note.strip()
        if act in NOTE_WANTED and not note:
            raise NoteMissingError(f"{act} wants a note: the resident is owed what is missing, or why not")
        event = await self._apply(session, row, act, by, note)
        if row.sealed_address is not None and act is not Act.WITHDRAW:
            await self.notices.owe(session, row, event)
        return await self._case(session, row)

    async def events(self, number: str) -> tuple[CaseEvent, ...]:
        """A case's history, oldest first; empty for an unknown number."""
        async with self._database.session() as session:
            row = await session.scalar(select(CaseRow).where(CaseRow.number == case_number.clean(number)))
            return () if row is None else await self._events(session, row.id)

    async def recent(self, limit: int = 20, state: State | None = None) -> tuple[CaseLine, ...]:
        """The newest cases, numbers masked; those in one state when given."""
        statement = select(CaseRow).order_by(CaseRow.submitted_at.desc()).limit(limit)
        if state is not None:
            statement = statement.where(CaseRow.state == state)
        async with self._database.session() as session:
            rows = list(await session.scalars(statement))
            return tuple([await self._line(session, row) for row in rows])

    async def detail(self, key: UUID) -> CaseDetail | None:
        """Everything staff see of a case; personal numbers masked."""
        async with self._database.session() as session:
            row = await session.get(CaseRow, key)
            if row is None:
                return None
            events = await self._events(session, row.id)
            notices = await session.scalars(select(NoticeRow.state).where(NoticeRow.case_id == row.id).order_by(NoticeRow.created_at))
            notices_told = tuple(notices)
            item = await self._item(session, row.item_code, row.item_version)
            line = await self._line(session, row)
        given = self._given(row)["answers"]
        answered = [field for field in item.form if field.name in given]
        answers = tuple((field.label, shown(field, given[field.name])) for field in answered)
        photos = tuple((field.label, given[field.name]) for field in answered if field.type == "photo")
        acts = tuple(str(act) for act in TRANSITIONS[State(row.state)] if act is not Act.WITHDRAW)
        return CaseDetail(line, row.item_code, row.item_version, answers, events, acts, _promised(row, item), notices_told, photos)

    async def find(self, number: str) -> UUID | None:
        """The id by which the desk's links name a case."""
        async with self._database.session() as session:
            return await session.scalar(select(CaseRow.id).where(CaseRow.number == case_number.clean(number)))

    async def number_of(self, key: UUID) -> str | None:
        """The number behind a link of the desk, which carries the id only."""
        async with self._database.session() as session:
            return await session.scalar(select(CaseRow.number).where(CaseRow.id == key))

    async def of_address(self, channel: str, address_index: str, limit: int = 4) -> tuple[CaseView, ...]:
        """The newest cases submitted from this very address. Only for terminals whose address is one person's (WeChat, not a television)."""
        mine = (CaseRow.channel == channel) & (CaseRow.address_index == address_index)
        async with self._database.session() as session:
            rows = await session.scalars(select(CaseRow).where(mine).order_by(CaseRow.submitted_at.desc()).limit(limit))
            return tuple([await self._view(session, row) for row in list(rows)])

    def _row(self, given: Submission, request: str, resident: UUID, now: datetime) -> CaseRow:
        key, salt = uuid4(), secrets.token_bytes(16)
        body = json.dumps({"answers": dict(given.answers), "mobile": given.mobile}, ensure_ascii=False).encode()
        address = given.notify_user
        return CaseRow(
            id=key,
            number=case_number.make(local(now).year % 100, secrets.randbelow(case_number.RANDOM)),
            request_index=request,
            item_code=given.item_code,
            item_version=given.item_version,
            resident_id=resident,
            state=str(State.SUBMITTED),
            decision=None,
            channel=given.channel,
            address_index=given.address_index,
            sealed_address=None if address is None else self._vault.seal(address.encode(), f"case.address:{key}"),
            tail_salt=salt,
            tail_index=self._tail(salt, given.mobile[-4:]),
            sealed_answers=self._vault.seal(body, f"case.answers:{key}"),
            submitted_at=now,
            accepted_at=None,
            changed_at=now,
        )

    async def _proved(self, session: AsyncSession, number: str, tail: str, asker: str) -> CaseRow | Lookup:
        """The case, if the tail is its own; else what to answer. Guesses at one number wait for each other on its counter's row."""
        digits, now = case_number.clean(number), self._now()
        of_number = "lookup:" + self._vault.index(digits, "lookup.number")
        of_asker = "asker:" + self._vault.index(asker, "lookup.asker")
        wrong = await claim(session, of_number, WINDOW, now)
        asked = await claim(session, of_asker, WINDOW, now) if asker else 0
        if wrong >= WRONG_TAILS or asked >= WRONG_ASKED:
            return Lookup(LookupOutcome.LOCKED)
        row = await session.scalar(select(CaseRow).where(CaseRow.number == digits))
        salt, expected = (self._nobody_salt, "") if row is None else (row.tail_salt, row.tail_index)
        same = hmac.compare_digest(self._tail(salt, tail).encode(), (expected or "0" * 32).encode())
        if row is not None and same:
            return row
        wrong = await hit(session, of_number, WINDOW, now)
        asked = await hit(session, of_asker, WINDOW, now) if asker else 0
        return Lookup(LookupOutcome.LOCKED if wrong >= WRONG_TAILS or asked >= WRONG_ASKED else LookupOutcome.NOT_FOUND)

    def _tail(self, salt: bytes, tail: str) -> str:
        return self._vault.index(f"{salt.hex()}:{tail}", "case.tail")

    async def _apply(self, session: AsyncSession, row: CaseRow, act: Act, by: str, note: str) -> EventRow:
        state, now = moved(State(row.state), act), self._now()
        row.state, row.changed_at = str(state), now
        if act is Act.ACCEPT:
            row.accepted_at = now
        if act in (Act.APPROVE, Act.REFUSE):
            row.decision = str(state)
        event = EventRow(case_id=row.id, act=str(act), state=str(state), by=by, note=note, at=now)
        session.add(event)
        await session.flush()
        return event

    async def _item(self, session: AsyncSession, code: str, version: int) -> Item:
        if (code, version) not in self._items:
            item = await read_version(session, code, version)
            if item is None:
                raise SubmissionError(f"there is no version {version} of item {code} in the catalogue")
            self._items[code, version] = item
        return self._items[code, version]

    async def _case(self, session: AsyncSession, row: CaseRow, created: bool = False) -> Case:
        item = await self._item(session, row.item_code, row.item_version)
        state, told, when = State(row.state), _label(row), local(row.submitted_at)
        return Case(row.id, row.number, item.code, item.version, item.name, state, told, when, _promised(row, item), created)

    async def _view(self, session: AsyncSession, row: CaseRow) -> CaseView:
        item = await self._item(session, row.item_code, row.item_version)
        last = (await session.scalars(select(EventRow).where(EventRow.case_id == row.id).order_by(EventRow.id.desc()).limit(1))).one()
        return CaseView(
            number=row.number,
            item_code=item.code,
            item_name=item.name,
            state=State(row.state),
            standing=standing(State(row.state), State(row.decision) if row.decision else None),
            state_label=_label(row),
            submitted=local(row.submitted_at).date(),
            last_event=local(last.at).date(),
            note=last.note,
            promised=_promised(row, item),
            can_withdraw=Act.WITHDRAW in TRANSITIONS[State(row.state)],
        )

    async def _line(self, session: AsyncSession, row: CaseRow) -> CaseLine:
        item = await self._item(session, row.item_code, row.item_version)
        mobile = hide(self._given(row)["mobile"])
        masked, when = case_number.mask(row.number), local(row.submitted_at)
        return CaseLine(row.id, masked, item.name, State(row.state), _label(row), when, mobile, row.channel)

    async def _events(self, session: AsyncSession, key: UUID) -> tuple[CaseEvent, ...]:
        rows = await session.scalars(select(EventRow).where(EventRow.case_id == key).order_by(EventRow.id))
        return tuple(CaseEvent(local(e.at), LABELS[f"act_{e.act}"], State(e.state), label(State(e.state)), e.by, e.note) for e in rows)

    def _given(self, row: CaseRow) -> dict[str, Any]:
        return dict(json.loads(self._vault.open(row.sealed_answers, f"case.answers:{row.id}")))


def _label(row: CaseRow) -> str:
    return label(State(row.state), State(row.decision) if row.decision else None)


def _promised(row: CaseRow, item: Item) -> Due | None:
    """By when the result is promised; counted from acceptance, or as if it were accepted on the day it came. None once decided."""
    if State(row.state) not in OPEN:
        return None
    return after_working_days(local(row.accepted_at or row.submitted_at).date(), item.promised_days)
