"""Valkey goes away in the middle of a conversation and comes back: a plain sentence meanwhile, and nothing lost or doubled afterwards."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from dialogs.contract import Address, Arrive, Incoming, Keys, Outcome, Text
from dialogs.conversation import Conversation
from onestop.embedded import Embedded
from onestop.stores import Stores
from onestop.talk import Shelf, budgets, build_talk
from records.cases import Cases
from records.catalogue import Catalogue, sample_files
from records.database import Database
from records.handovers import HandOvers
from records.notices import Notices
from records.staff import Staff
from records.vault import Vault

SOMEBODY = Address("wechat", "somebody")


@pytest.fixture
def valkey() -> Iterator[Embedded]:
    folder = Path(tempfile.mkdtemp(prefix="onestop-valkey-"))
    embedded = Embedded(folder, postgresql=False)
    embedded.start()
    yield embedded
    embedded.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def talk(database: Database, valkey: Embedded) -> AsyncIterator[Conversation]:
    vault = Vault("a secret for this test, longer than thirty-two")
    notices = Notices(database, vault)
    redis = Redis.from_url(valkey.redis_url, socket_timeout=5, socket_connect_timeout=5)
    catalogue = Catalogue(database)
    await catalogue.import_files(sample_files())
    stores = Stores(
        database, redis, vault, catalogue, Cases(database, vault, notices), HandOvers(database, vault), notices, Staff(database)
    )
    shelf = Shelf(catalogue)
    await shelf.refresh()
    yield build_talk(stores, shelf, budgets())
    await redis.aclose()


async def test_a_conversation_survives_a_restart_of_valkey(talk: Conversation, valkey: Embedded, database: Database) -> None:
    before = [Arrive(), Text("我要办老年优待证"), Text("申请"), Text("本人"), Text("不是"), Text("13800138000")]
    for n, event in enumerate(before):
        reply = await talk.take(Incoming(SOMEBODY, event, f"b{n}"))
    assert reply.expect is not None
    assert reply.expect.question == "request.check"

    await asyncio.to_thread(valkey.stop)
    down = await talk.take(Incoming(SOMEBODY, Text("是的"), "submit"))
    assert down.outcome is Outcome.DOWN
    assert "不知道办成没有" in down.prompts[0].text

    await asyncio.to_thread(valkey.start)
    for _ in range(2):  # the resident tries again, and the platform delivers it twice
        reply = await talk.take(Incoming(SOMEBODY, Text("是的"), "submit"))
        assert "提交好了" in reply.prompts[0].text
    async with database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM cases")) == 1


async def test_a_caller_is_offered_a_person_while_valkey_is_down(talk: Conversation, valkey: Embedded) -> None:
    await asyncio.to_thread(valkey.stop)
    reply = await talk.take(Incoming(Address("telephone", "call-1"), Keys("1"), "k"))
    assert reply.outcome is Outcome.DOWN  # which the telephone turns into a person
    assert "工作人员" in reply.prompts[0].text
    await asyncio.to_thread(valkey.start)
