"""Hand-overs on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from records.database import Database
from records.forms import SubmissionError
from records.handovers import HandOvers, HandOverTakenError, UnknownHandOverError
from records.vault import Vault

MOBILE = "13800138000"
LINES = (("正在办", "高龄补贴"), ("手机", "138****8000"))


async def opened(handovers: HandOvers, key: str = "call-1", mobile: str | None = MOBILE) -> str:
    return await handovers.open(key, "要人工", "telephone", "0" * 32, LINES, mobile)


async def test_opening_twenty_times_at_once_with_one_key_makes_one(handovers: HandOvers) -> None:
    references = await asyncio.gather(*(opened(handovers) for _ in range(20)))
    assert len(set(references)) == 1
    assert references[0].isdecimal()
    assert len(references[0]) == 6
    assert await handovers.count_waiting() == 1


async def test_another_key_makes_another(handovers: HandOvers) -> None:
    assert await opened(handovers, "a") != await opened(handovers, "b")
    assert [each.state for each in await handovers.waiting()] == ["waiting", "waiting"]


async def test_only_one_of_many_can_take_it(handovers: HandOvers) -> None:
    reference = await opened(handovers)
    tries = await asyncio.gather(*(handovers.take(reference, name) for name in "李王张赵"), return_exceptions=True)
    assert sum(isinstance(tried, HandOverTakenError) for tried in tries) == 3
    assert await handovers.count_waiting() == 0


async def test_the_number_is_whole_for_who_took_it_and_masked_for_all_others(handovers: HandOvers) -> None:
    reference = await opened(handovers)
    assert (await handovers.waiting())[0].call_back == "138****8000"
    assert (await handovers.take(reference, "李")).call_back == MOBILE
    mine, another = await handovers.get(reference, "李"), await handovers.get(reference, "王")
    assert mine is not None
    assert another is not None
    assert (mine.call_back, another.call_back) == (MOBILE, "138****8000")
    assert mine.lines == LINES
    assert MOBILE not in repr(mine)


async def test_a_closed_one_is_neither_listed_nor_taken(handovers: HandOvers) -> None:
    reference = await opened(handovers)
    await handovers.take(reference, "李")
    for _ in range(2):
        await handovers.close(reference, "李", "已回电")
    assert await handovers.waiting() == ()
    with pytest.raises(HandOverTakenError):
        await handovers.take(reference, "李")
    assert not await handovers.add_call_back(reference, MOBILE)


async def test_a_number_learned_later_is_added(handovers: HandOvers) -> None:
    reference = await opened(handovers, mobile=None)
    assert (await handovers.waiting())[0].call_back is None
    assert await handovers.add_call_back(reference, MOBILE)
    assert (await handovers.take(reference, "李")).call_back == MOBILE
    with pytest.raises(SubmissionError):
        await handovers.add_call_back(reference, "110")


async def test_an_unknown_reference_is_an_error(handovers: HandOvers) -> None:
    with pytest.raises(UnknownHandOverError):
        await handovers.take("000000", "李")
    with pytest.raises(UnknownHandOverError):
        await handovers.close("000000", "李")
    assert await handovers.get("000000", "李") is None
    assert not await handovers.add_call_back("000000", MOBILE)


async def test_nothing_personal_is_in_the_clear(handovers: HandOvers, database: Database) -> None:
    await opened(handovers, "openid-of-somebody")
    async with database.session() as session:
        dump = str((await session.execute(text("SELECT t::text FROM hand_overs t"))).all())
    for value in (MOBILE, "openid-of-somebody", "高龄补贴"):
        assert value not in dump
        assert value.encode().hex() not in dump


async def test_it_lasts_until_the_desk_closes_it(handovers: HandOvers) -> None:
    reference = await opened(handovers)
    assert await handovers.lasts(reference)
    await handovers.take(reference, "李")
    assert await handovers.lasts(reference)
    await handovers.close(reference, "李", "已回电")
    assert not await handovers.lasts(reference)
    assert not await handovers.lasts("none")


async def test_one_that_nobody_closed_is_forgotten_after_two_hours(handovers: HandOvers, database: Database) -> None:
    reference = await opened(handovers)
    async with database.session() as session:
        await session.execute(text("UPDATE hand_overs SET opened_at = opened_at - interval '2 hours 1 minute'"))
    assert not await handovers.lasts(reference)


async def test_who_asked_for_a_call_waits_behind_who_waits_at_the_terminal(handovers: HandOvers) -> None:
    called = await opened(handovers, "a", mobile=None)
    assert await handovers.add_call_back(called, MOBILE)
    taken, waits = await opened(handovers, "b"), await opened(handovers, "c")
    await handovers.take(taken, "李")
    assert [(each.reference, each.state) for each in await handovers.waiting()] == [
        (waits, "waiting"),
        (called, "call_back"),
        (taken, "taken"),
    ]
    assert await handovers.count_waiting() == 2


async def test_a_call_back_is_dated_when_it_was_asked_for_and_a_known_number_alone_is_none(database: Database, vault: Vault) -> None:
    clock = iter([datetime(2026, 11, 23, 1, minute, tzinfo=UTC) for minute in range(10)])
    handovers = HandOvers(database, vault, now=lambda: next(clock))
    reference = await opened(handovers)
    assert (await handovers.waiting())[0].call_back_since is None
    await handovers.add_call_back(reference, MOBILE)
    await handovers.add_call_back(reference, "13900139000")
    mine = await handovers.take(reference, "李")
    assert mine.call_back == "13900139000"
    assert mine.call_back_since is not None
    assert f"{mine.call_back_since:%H:%M}" == "09:01"


async def test_who_waits_for_a_call_is_free_to_go_on_with_the_service(handovers: HandOvers) -> None:
    reference = await opened(handovers)
    await handovers.add_call_back(reference, MOBILE)
    assert not await handovers.lasts(reference)
    await handovers.take(reference, "李")
    assert not await handovers.lasts(reference)


async def test_a_call_back_can_be_asked_for_without_waiting_first(handovers: HandOvers) -> None:
    reference = await handovers.open("k", "call_back", "tv", "0" * 32, (), MOBILE)
    (found,) = await handovers.waiting()
    assert (found.reference, found.state, found.call_back_since) == (reference, "call_back", found.opened)
    with pytest.raises(SubmissionError):
        await handovers.open("l", "call_back", "tv", "0" * 32, (), "110")


async def test_that_nobody_answered_is_seen_until_it_is_closed(handovers: HandOvers) -> None:
    reference = await opened(handovers)
    assert (await handovers.waiting())[0].unanswered is None
    assert await handovers.no_answer(reference)
    assert (await handovers.take(reference, "李")).unanswered is not None
    await handovers.close(reference, "李")
    assert not await handovers.no_answer(reference)
    assert not await handovers.no_answer("none")
