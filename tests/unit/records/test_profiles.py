"""What residents let us remember, on a real PostgreSQL."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from records.database import Database
from records.forms import SubmissionError
from records.residents import Profiles
from records.vault import Vault, VaultError

MINE, OTHERS = "1" * 32, "2" * 32
MOBILE, ID_NUMBER = "13800138000", "11010519491231002X"
ALL = {"mobile": MOBILE, "id_number": ID_NUMBER, "name": "王小明", "place": "甲县/乙镇/丙村"}


@pytest.fixture
def profiles(database: Database, vault: Vault) -> Profiles:
    return Profiles(database, vault)


async def test_what_was_remembered_is_known_at_that_address_only(profiles: Profiles) -> None:
    await profiles.remember(MINE, ALL)
    assert await profiles.known(MINE) == ALL
    assert await profiles.known(OTHERS) == {}


async def test_a_new_value_replaces_its_own_type_and_leaves_the_others(profiles: Profiles) -> None:
    await profiles.remember(MINE, ALL)
    await profiles.remember(MINE, {"mobile": "13900139000"})
    await profiles.remember(MINE, {})
    assert await profiles.known(MINE) == {**ALL, "mobile": "13900139000"}


async def test_many_at_once_make_one_profile_and_lose_nothing(profiles: Profiles, database: Database) -> None:
    await asyncio.gather(*(profiles.remember(MINE, {name: value}) for name, value in ALL.items() for _ in range(5)))
    assert await profiles.known(MINE) == ALL
    async with database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM profiles")) == 1


async def test_what_is_forgotten_is_gone(profiles: Profiles, database: Database) -> None:
    await profiles.remember(MINE, ALL)
    assert await profiles.forget(MINE)
    assert not await profiles.forget(MINE)
    assert await profiles.known(MINE) == {}
    async with database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM profiles")) == 0


@pytest.mark.parametrize("values", [{"amount": "5"}, {"mobile": "110"}, {"place": "甲县"}, {"name": "123"}, {**ALL, "id_number": "1"}])
async def test_what_does_not_fit_is_not_kept_and_nothing_with_it(profiles: Profiles, values: dict[str, str]) -> None:
    with pytest.raises(SubmissionError) as wrong:
        await profiles.remember(MINE, values)
    assert not [value for value in values.values() if len(value) > 2 and value in str(wrong.value)]
    assert await profiles.known(MINE) == {}


async def test_nothing_is_in_the_clear_and_no_profile_opens_at_another_address(profiles: Profiles, database: Database) -> None:
    await profiles.remember(MINE, ALL)
    async with database.session() as session:
        dump = str((await session.execute(text("SELECT t::text FROM profiles t"))).all())
        for value in ALL.values():
            assert value not in dump
            assert value.encode().hex() not in dump
        await session.execute(text("UPDATE profiles SET address_index = :other"), {"other": OTHERS})
    with pytest.raises(VaultError):
        await profiles.known(OTHERS)


async def test_the_time_of_the_last_yes_is_kept(database: Database, vault: Vault, clock: object) -> None:
    profiles = Profiles(database, vault, now=clock)  # type: ignore[arg-type]
    await profiles.remember(MINE, {"mobile": MOBILE})
    clock.turn(days=3)  # type: ignore[attr-defined]
    await profiles.remember(MINE, {"name": "王小明"})
    async with database.session() as session:
        since, last = (await session.execute(text("SELECT since, consented_at FROM profiles"))).one()
    assert (last - since).days == 3
