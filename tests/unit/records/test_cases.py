"""Cases on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from records import case_number
from records.cases import (
    Act,
    Cases,
    IllegalMoveError,
    LookupOutcome,
    MovedMeanwhileError,
    NoteMissingError,
    State,
    Submission,
    SubmissionError,
    UnknownCaseError,
)
from records.catalogue import Catalogue
from records.database import Database
from records.holidays import Due
from records.vault import Vault

from .conftest import ID_NUMBER, MOBILE, Clock

Make = Callable[..., Submission]
TAIL = MOBILE[-4:]


async def test_a_request_is_recorded_with_a_valid_number(cases: Cases, submission: Make) -> None:
    case = await cases.submit(submission())
    assert case.created
    assert case_number.valid(case.number)
    assert case.number.startswith("26")
    assert (case.state, case.state_label, case.item_name) == (State.SUBMITTED, "已提交", "高龄补贴")
    assert case.promised == Due(date(2026, 12, 14), certain=True)


async def test_twenty_submissions_of_one_request_at_once_make_one_case(cases: Cases, database: Database, submission: Make) -> None:
    made = await asyncio.gather(*(cases.submit(submission()) for _ in range(20)))
    assert len({case.number for case in made}) == 1
    assert sum(case.created for case in made) == 1
    async with database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM cases")) == 1
        assert await session.scalar(text("SELECT count(*) FROM case_events")) == 1
        assert await session.scalar(text("SELECT count(*) FROM residents")) == 1


async def test_a_repeat_with_other_answers_gives_the_first_case_unchanged(cases: Cases, submission: Make) -> None:
    first = await cases.submit(submission())
    again = await cases.submit(submission(mobile="13900139000", answers={}))
    assert again.number == first.number
    assert not again.created


async def test_two_requests_make_two_cases_of_one_resident(cases: Cases, database: Database, submission: Make) -> None:
    first, second = await cases.submit(submission("a")), await cases.submit(submission("b"))
    assert first.number != second.number
    async with database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM residents")) == 1


async def test_a_taken_number_is_drawn_again(cases: Cases, submission: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter([7, 7, 7, 8])
    monkeypatch.setattr("records.cases.secrets.randbelow", lambda _: next(draws))
    first, second = await cases.submit(submission("a")), await cases.submit(submission("b"))
    assert (first.number[2:9], second.number[2:9]) == ("0000007", "0000008")


@pytest.mark.parametrize(
    "changes",
    [
        {"item_code": "ZZ-999"},
        {"item_version": 9},
        {"mobile": "138"},
        {"answers": {"for_whom": "self", "mobile": MOBILE}},
        {"answers": {"for_whom": "neighbour", "id_number": ID_NUMBER, "mobile": MOBILE}},
        {"answers": {"for_whom": "self", "id_number": "1", "mobile": MOBILE}},
        {"answers": {"for_whom": "self", "id_number": ID_NUMBER, "mobile": MOBILE, "shoe_size": "40"}},
    ],
)
async def test_what_does_not_fit_the_form_is_refused_without_telling_the_values(
    cases: Cases, submission: Make, changes: dict[str, object]
) -> None:
    with pytest.raises(SubmissionError) as refused:
        await cases.submit(submission(**changes))
    assert MOBILE not in str(refused.value)
    assert ID_NUMBER not in str(refused.value)


async def test_no_personal_number_is_in_the_database_in_the_clear(cases: Cases, database: Database, submission: Make) -> None:
    await cases.submit(submission("openid-of-somebody", notify_user="openid-of-somebody"))
    async with database.session() as session:
        for table in ("cases", "residents", "case_events", "notices", "throttles"):
            dump = str((await session.execute(text(f"SELECT t::text FROM {table} t"))).all())
            clear = [MOBILE, ID_NUMBER, "openid-of-somebody"]
            assert not [value for value in clear if value in dump or value.encode().hex() in dump], table


async def test_a_case_is_shown_for_its_number_and_tail(cases: Cases, submission: Make) -> None:
    case = await cases.submit(submission())
    await cases.move(case.number, Act.SUPPLEMENT, "李", "请补户口簿")
    found = await cases.look_up(case_number.group(case.number), TAIL)
    assert found.outcome is LookupOutcome.FOUND
    assert found.case is not None
    assert (found.case.state_label, found.case.note, found.case.last_event) == ("待补正", "请补户口簿", date(2026, 11, 23))
    assert found.case.can_withdraw


async def test_a_wrong_tail_and_a_wrong_number_are_answered_alike_until_both_lock(cases: Cases, submission: Make) -> None:
    case = await cases.submit(submission())
    nobody = case_number.make(26, 1) if case_number.make(26, 1) != case.number else case_number.make(26, 2)
    wrong = [(await cases.look_up(case.number, "0000")).outcome for _ in range(6)]
    missing = [(await cases.look_up(nobody, "0000")).outcome for _ in range(6)]
    assert wrong == missing == [LookupOutcome.NOT_FOUND] * 4 + [LookupOutcome.LOCKED] * 2


async def test_five_wrong_tails_lock_even_the_right_one_for_an_hour(cases: Cases, submission: Make, clock: Clock) -> None:
    case = await cases.submit(submission())
    for _ in range(5):
        await cases.look_up(case.number, "0000")
    assert (await cases.look_up(case.number, TAIL)).outcome is LookupOutcome.LOCKED
    clock.turn(minutes=59)
    assert (await cases.look_up(case.number, TAIL)).outcome is LookupOutcome.LOCKED
    clock.turn(minutes=2)
    assert (await cases.look_up(case.number, TAIL)).outcome is LookupOutcome.FOUND


async def test_guesses_made_at_once_are_counted_one_by_one(cases: Cases, submission: Make) -> None:
    case = await cases.submit(submission())
    guesses = await asyncio.gather(*(cases.look_up(case.number, f"{n:04d}") for n in range(1, 21)))
    assert [guess.outcome for guess in guesses].count(LookupOutcome.NOT_FOUND) == 4
    assert (await cases.look_up(case.number, TAIL)).outcome is LookupOutcome.LOCKED


async def test_one_asker_cannot_go_through_many_numbers(cases: Cases, submission: Make) -> None:
    case = await cases.submit(submission())
    for n in range(10):
        await cases.look_up(case_number.make(25, n), "0000", asker="somebody")
    assert (await cases.look_up(case.number, TAIL, asker="somebody")).outcome is LookupOutcome.LOCKED
    assert (await cases.look_up(case.number, TAIL, asker="another")).outcome is LookupOutcome.FOUND


async def test_the_whole_way_of_a_case_is_kept_as_events(cases: Cases, submission: Make) -> None:
    case = await cases.submit(submission())
    for act in (Act.ACCEPT, Act.PROCESS, Act.APPROVE, Act.DELIVER):
        moved = await cases.move(case.number, act, "李")
    assert moved.state is State.DELIVERED
    assert moved.promised is None
    events = await cases.events(case.number)
    assert [event.act for event in events] == ["提交", "受理", "办理", "办结", "送达"]
    assert [event.by for event in events] == ["wechat", "李", "李", "李", "李"]


async def test_a_delivered_refusal_is_not_called_delivered_alone(cases: Cases, submission: Make) -> None:
    case = await cases.submit(submission())
    await cases.move(case.number, Act.REFUSE, "李", "不满八十周岁")
    assert "不予" in (await cases.move(case.number, Act.DELIVER, "李")).state_label


async def test_moves_that_are_not_possible_change_nothing(cases: Cases, submission: Make) -> None:
    case = await cases.submit(submission())
    with pytest.raises(IllegalMoveError):
        await cases.move(case.number, Act.DELIVER, "李")
    with pytest.raises(NoteMissingError):
        await cases.move(case.number, Act.REFUSE, "李", "  ")
    with pytest.raises(MovedMeanwhileError):
        await cases.move(case.number, Act.ACCEPT, "李", expected=State.SUPPLEMENT)
    with pytest.raises(UnknownCaseError):
        await cases.move("0000000000", Act.ACCEPT, "李")
    assert len(await cases.events(case.number)) == 1


async def test_two_people_cannot_both_accept_one_case(cases: Cases, submission: Make) -> None:
    case = await cases.submit(submission())
    tries = await asyncio.gather(*(cases.move(case.number, Act.ACCEPT, name) for name in "李王张"), return_exceptions=True)
    assert sum(isinstance(tried, IllegalMoveError) for tried in tries) == 2
    assert len(await cases.events(case.number)) == 2


async def test_an_event_can_be_neither_changed_nor_deleted(cases: Cases, database: Database, submission: Make) -> None:
    await cases.submit(submission())

    async def tamper(statement: str) -> None:
        async with database.session() as session:
            await session.execute(text(statement))

    for statement in ("UPDATE case_events SET note = 'x'", "DELETE FROM case_events"):
        with pytest.raises(DBAPIError, match="never changed"):
            await tamper(statement)


async def test_a_resident_withdraws_an_open_case_once_and_not_a_decided_one(cases: Cases, submission: Make) -> None:
    case = await cases.submit(submission("a"))
    assert (await cases.withdraw(case.number, "0000", channel="tv")).outcome is LookupOutcome.NOT_FOUND
    for _ in range(2):
        done = await cases.withdraw(case.number, TAIL, channel="tv")
        assert done.outcome is LookupOutcome.FOUND
        assert done.case is not None
        assert done.case.state is State.WITHDRAWN
    assert len(await cases.events(case.number)) == 2
    decided = await cases.submit(submission("b"))
    await cases.move(decided.number, Act.REFUSE, "李", "不满八十周岁")
    assert (await cases.withdraw(decided.number, TAIL, channel="tv")).outcome is LookupOutcome.NOT_POSSIBLE


async def test_staff_see_numbers_masked(cases: Cases, submission: Make) -> None:
    case = await cases.submit(submission())
    line = (await cases.recent())[0]
    assert line.number_masked == case_number.mask(case.number)
    assert line.mobile_masked == "138****8000"
    detail = await cases.detail(case.id)
    assert detail is not None
    shown = dict(detail.answers)
    assert shown["给谁办"] == "本人"
    assert ID_NUMBER not in str(detail)
    assert MOBILE not in str(detail)
    assert await cases.number_of(case.id) == case.number


async def test_repr_of_what_carries_numbers_hides_them(cases: Cases, submission: Make) -> None:
    case = await cases.submit(submission())
    view = (await cases.look_up(case.number, TAIL)).case
    for thing in (submission(), case, view):
        assert not [number for number in (MOBILE, ID_NUMBER, case.number) if number in repr(thing)]


async def test_an_address_sees_its_own_cases_only(cases: Cases, submission: Make) -> None:
    mine = await cases.submit(submission("a", address_index="a" * 32))
    await cases.submit(submission("b", address_index="b" * 32))
    assert [view.number for view in await cases.of_address("wechat", "a" * 32)] == [mine.number]


async def test_an_old_version_of_an_item_stays_readable_for_its_cases(
    cases: Cases, catalogue: Catalogue, submission: Make, files: Path, database: Database, vault: Vault
) -> None:
    case = await cases.submit(submission())
    changed = files / "elderly.yaml"
    changed.write_text(
        changed.read_text("utf-8").replace("name: 高龄补贴", "name: 高龄津贴金").replace("promised_days: 15", "promised_days: 9")
    )
    await catalogue.import_files([changed])
    assert (await catalogue.item("YL-002")).promised_days == 9  # type: ignore[union-attr]
    found = (await Cases(database, vault).look_up(case.number, TAIL)).case
    assert found is not None
    assert (found.item_name, found.promised) == ("高龄补贴", case.promised)
    detail = await Cases(database, vault).detail(case.id)
    assert detail is not None
    assert detail.item_version == 1
