"""Records on a real Valkey: sealed, in order, capped, gone after a while, and never in a turn's way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis

from dialogs.trace import Asked, Event, Meant, Said, Trace, TraceStore
from dialogs.trace import store as trace_store
from records.vault import Vault

VAULT = Vault("a secret of more than thirty-two characters for tests")
NOW = datetime.now(UTC)


def turn(conversation: str = "c1", revision: int = 1, channel: str = "wechat", at: datetime = NOW) -> Trace:
    said = (Said("main.menu", "您要办什么事？"),)
    return Trace(
        conversation, channel, revision, at, Event("arrive"), Asked(""), Meant("Began"), (), said, Asked("main.menu", "wish"), "",
        (0, 0, 0), "wait", 2.0,
    )  # fmt: skip


async def written(store: TraceStore, *traces: Trace) -> None:
    for trace in traces:
        await store.put(trace)
    await store.settled()


async def test_turns_come_back_first_to_last(redis: Redis) -> None:
    store = TraceStore(redis, VAULT)
    turns = tuple(turn(revision=n) for n in range(1, 6))
    await written(store, *turns)
    assert await store.conversation("c1") == turns
    assert await store.conversation("another") == ()


async def test_nothing_stands_there_in_the_clear(redis: Redis) -> None:
    await written(TraceStore(redis, VAULT), turn())
    kept = await redis.lrange("onestop:trace:{c1}", 0, -1)
    assert kept
    assert all("什么事".encode() not in one and b"main.menu" not in one for one in kept)


async def test_records_are_gone_after_two_weeks(redis: Redis) -> None:
    await written(TraceStore(redis, VAULT), turn())
    assert 0 < await redis.ttl("onestop:trace:{c1}") <= trace_store.LIFETIME_SECONDS


async def test_the_newest_conversations_are_listed_first_and_by_terminal(redis: Redis) -> None:
    store = TraceStore(redis, VAULT)
    await written(
        store,
        turn("a", at=NOW - timedelta(minutes=3)),
        turn("b", at=NOW - timedelta(minutes=2), channel="tv"),
        turn("c", at=NOW - timedelta(minutes=1)),
        turn("a", 2, at=NOW),
    )
    assert [(one.conversation, one.turns) for one in await store.recent(10)] == [("a", 2), ("c", 1), ("b", 1)]
    assert [one.conversation for one in await store.recent(10, "tv")] == ["b"]
    assert [one.conversation for one in await store.recent(1)] == ["a"]
    assert (await store.recent(1))[0].question == "main.menu"


async def test_a_conversation_is_found_by_the_beginning_of_its_id(redis: Redis) -> None:
    store = TraceStore(redis, VAULT)
    await written(store, turn("abc"), turn("abd"), turn("xyz"))
    assert set(await store.named("ab")) == {"abc", "abd"}


async def test_conversations_older_than_the_records_leave_the_list(redis: Redis) -> None:
    store = TraceStore(redis, VAULT)
    await written(store, turn("old", at=NOW - timedelta(seconds=trace_store.LIFETIME_SECONDS + 60)))
    await written(store, turn("new"))
    assert await store.named("") == ("new",)


async def test_only_the_newest_turns_are_kept(redis: Redis, monkeypatch: object) -> None:
    store = TraceStore(redis, VAULT)
    many = trace_store.MOST_TURNS + 5
    for begin in range(1, many + 1, 50):
        await written(store, *(turn(revision=n) for n in range(begin, min(begin + 50, many + 1))))
    kept = await store.conversation("c1")
    assert len(kept) == trace_store.MOST_TURNS
    assert kept[-1].revision == many


async def test_forgetting_leaves_nothing(redis: Redis) -> None:
    store = TraceStore(redis, VAULT)
    await written(store, turn("a"), turn("b"))
    assert await store.forget("a")
    assert not await store.forget("a")
    assert await store.conversation("a") == ()
    assert [one.conversation for one in await store.recent(10)] == ["b"]
    assert not [key for key in await redis.keys("*") if b"{a}" in key]


async def test_what_was_sealed_with_another_secret_is_left_out(redis: Redis) -> None:
    await written(TraceStore(redis, Vault("some other secret of more than thirty-two characters")), turn())
    store = TraceStore(redis, VAULT)
    assert await store.conversation("c1") == ()
    assert await store.recent(10) == ()


async def test_a_record_does_not_open_as_another_conversations(redis: Redis) -> None:
    store = TraceStore(redis, VAULT)
    await written(store, turn("a"))
    await redis.copy("onestop:trace:{a}", "onestop:trace:{b}")
    assert await store.conversation("b") == ()


async def test_turns_that_come_together_are_written_in_one_round_trip(redis: Redis, monkeypatch: object) -> None:
    store = TraceStore(redis, VAULT)
    before = int((await redis.info("stats"))["total_reads_processed"])
    await written(store, *(turn(f"c{n}") for n in range(50)))
    after = int((await redis.info("stats"))["total_reads_processed"])
    assert after - before <= 4  # a long pipeline is read in a few pieces; fifty turns are not fifty trips
    assert len(await store.named("")) == 50


async def test_a_redis_that_is_away_costs_a_record_and_nothing_else() -> None:
    away = Redis.from_url("redis://127.0.0.1:1")
    store = TraceStore(away, VAULT)
    await written(store, *(turn(revision=n) for n in range(1, 4)))
    await written(store, replace(turn(), revision=4))
    await away.aclose()
