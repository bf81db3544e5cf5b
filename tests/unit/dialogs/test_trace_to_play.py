"""A conversation leaves its records, and what is written from them is a play that comes true."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from dialogs.tools.play import Script, perform, read_play
from dialogs.tools.replay import CannotReplay, to_play
from dialogs.trace import Trace, TraceStore
from dialogs.trace.record import dump
from onestop.parts import Parts
from onestop.stages import House, house, instance_settings
from onestop.stores import open_stores
from onestop.talk import sample_book

PLAYS = Path(__file__).parents[2] / "conversations"


@pytest.fixture
async def world(database_url: str, redis: Redis, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    settings = instance_settings(tmp_path).model_copy(update={"database_url": SecretStr(database_url), "redis_url": SecretStr(redis_url)})
    async with Parts() as parts, house(await open_stores(settings, parts)) as made:
        yield made


async def traced(script: Script, terminal: str, world: House) -> tuple[Trace, ...]:
    performance = await perform(script, terminal, world)
    assert performance.ok, performance.difference
    store = TraceStore(world.stores.redis, world.stores.vault)
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "traces"))  # written behind the last turn
    recent = await store.recent(1, terminal)
    assert recent, "no trace was written"
    return await store.conversation(recent[0].conversation)


PERFORMED = (
    ("request_by_menu", "wechat"),
    ("request_by_menu", "tv"),
    ("request_by_menu", "telephone"),
    ("status_in_progress", "wechat"),
    ("status_in_progress", "tv"),
    ("status_in_progress", "telephone"),
    ("wrong_number_then_right", "wechat"),
    ("wrong_number_then_right", "telephone"),
    ("back_and_correct", "wechat"),
    ("not_in_catalogue", "wechat"),
    ("not_in_catalogue", "telephone"),
    ("silence_on_the_phone", "telephone"),
    ("same_event_twice", "tv"),
    ("wish_in_a_sentence", "telephone"),
    ("person_any_time", "wechat"),
)


@pytest.mark.parametrize(("name", "terminal"), PERFORMED)
async def test_a_conversation_becomes_a_play_that_comes_true(name: str, terminal: str, world: House, tmp_path: Path) -> None:
    traces = await traced(read_play(PLAYS / f"{name}.yaml"), terminal, world)
    written = tmp_path / "written.yaml"
    written.write_text(to_play(traces, sample_book()), "utf-8")
    performance = await perform(read_play(written), terminal, world)
    assert performance.ok, written.read_text("utf-8") + performance.difference


async def test_nothing_personal_of_a_performed_request_is_in_its_records(world: House) -> None:
    traces = await traced(read_play(PLAYS / "request_by_menu.yaml"), "wechat", world)
    told = "".join(dump(trace).decode() for trace in traces)
    for secret in ("13800138000", "8000", "11010519491231002X", "002X"):
        assert secret not in told
    assert len(traces) == traces[-1].revision


async def test_a_play_whose_beginning_is_gone_is_not_written(world: House) -> None:
    traces = await traced(read_play(PLAYS / "person_any_time.yaml"), "wechat", world)
    with pytest.raises(CannotReplay, match="beginning"):
        to_play(traces[1:], sample_book())
    with pytest.raises(CannotReplay, match="no turn"):
        to_play((), sample_book())
