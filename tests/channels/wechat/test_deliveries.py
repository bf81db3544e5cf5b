"""Once, in time, and not lost: cuts, retries, slow answers, dead processes, several processes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from channels.wechat import WeChat
from channels.wechat.deliveries import Deliveries, Standing
from channels.wechat.keeping import Keeping
from channels.wechat.simulator import Phone
from dialogs.contract import Text

TEXT = "您说的是：你好"


@pytest.mark.parametrize("mode", ["plain", "safe"])
async def test_three_deliveries_at_once_are_one_turn(build: Any, mode: str) -> None:
    house = await build(mode=mode, lease_s=0.4)
    house.engine.delay_s = 0.2
    phone = house.phone()
    xml = phone.compose("text", Content="你好")
    answers = await asyncio.gather(*(phone.post(*phone.sealed(xml)) for _ in range(3)))
    assert house.engine.turns == [Text("你好")]
    assert all(answer.status_code == 200 for answer in answers)


async def test_a_repeated_delivery_is_given_the_same_answer_again(house: Any) -> None:
    phone = house.phone()
    xml = phone.compose("text", Content="你好")
    delivery = phone.sealed(xml)
    first, same, fresh = await phone.deliver(xml), await phone.post(*delivery), await phone.deliver(xml)
    assert first == [TEXT]
    assert fresh == [TEXT]
    assert "success" not in same.text
    assert len(house.engine.turns) == 1


async def test_a_given_answer_is_not_repeated_to_a_later_replay(build: Any) -> None:
    house = await build(again_s=0.1)
    phone = house.phone()
    delivery = phone.sealed(phone.compose("text", Content="你好"))
    assert (await phone.post(*delivery)).text != "success"
    await asyncio.sleep(0.2)
    assert (await phone.post(*delivery)).text == "success"
    assert len(house.engine.turns) == 1


async def test_two_events_of_one_second_are_two_turns(house: Any) -> None:
    phone = house.phone()
    await phone.click("a")
    await phone.click("b")
    assert len(house.engine.turns) == 2


@pytest.mark.parametrize("in_process", [False, True])
async def test_a_slow_answer_is_success_now_and_a_message_later(build: Any, in_process: bool) -> None:
    house = await build(answer_budget_s=0.2)
    house.engine.delay_s = 0.6
    phone = house.phone(in_process=in_process)
    seen = await phone.send("你好")
    assert seen == []
    assert not seen.failed
    assert await phone.until(lambda inbox: bool(inbox)) == [TEXT]
    assert house.platform.calls["message/custom/send"] == 1
    assert len(house.engine.turns) == 1


async def test_ask_waits_for_the_push(build: Any) -> None:
    house = await build(answer_budget_s=0.2)
    house.engine.delay_s = 0.5
    assert await house.phone().ask("你好") == [TEXT]


@pytest.mark.parametrize("same_nonce", [False, True])
@pytest.mark.parametrize("in_process", [False, True])
async def test_a_delivery_cut_before_our_budget_is_answered_exactly_once(build: Any, same_nonce: bool, in_process: bool) -> None:
    """The platform's patience ends while the engine works: attempts two and three come, the engine runs once, one text is shown."""
    house = await build(answer_budget_s=5, lease_s=0.4)
    house.engine.delay_s = 0.5
    phone = house.phone(cut_s=0.35, same_nonce=same_nonce, in_process=in_process)
    seen = await phone.send("你好")
    assert seen.attempts > 1
    await phone.until(lambda inbox: TEXT in inbox)
    await asyncio.sleep(0.3)
    assert [text for text in phone.inbox if text == TEXT] == [TEXT]
    assert len(house.engine.turns) == 1


async def test_all_three_attempts_cut_still_brings_the_answer(build: Any) -> None:
    house = await build(answer_budget_s=5, lease_s=3)
    house.engine.delay_s = 1.5
    phone = house.phone(cut_s=0.2)
    seen = await phone.send("你好")
    assert seen.failed
    inbox = await phone.until(lambda inbox: len(inbox) == 2)
    assert inbox[1] == TEXT
    assert len(house.engine.turns) == 1


async def test_an_answer_finished_as_the_cut_came_is_given_on_the_retry(build: Any, redis: Redis, vault: Any) -> None:
    """Our XML went out at the last moment and nobody read it: the next attempt gets it."""
    house = await build()
    phone = house.phone()
    xml = phone.compose("text", Content="你好")
    await phone.post(*phone.sealed(xml))  # its answer is lost on the way
    assert await phone.deliver(xml) == [TEXT]
    assert house.platform.calls["message/custom/send"] == 0


async def test_two_processes_share_one_turn(build: Any, redis: Redis, words: Any, vault: Any) -> None:
    house = await build(lease_s=0.4)
    house.engine.delay_s = 0.2
    second = WeChat(house.settings, house.engine, words, redis, vault)
    app = FastAPI()
    app.include_router(second.router())
    phone, other = house.phone(), Phone.in_process(house.account, app)
    xml = phone.compose("text", Content="你好")
    await asyncio.gather(phone.post(*phone.sealed(xml)), other.post(*phone.sealed(xml)))
    assert len(house.engine.turns) == 1
    await second.close()
    await other.close()


async def test_the_work_of_a_dead_process_is_taken_over(redis: Redis, vault: Any) -> None:
    first, second = (Deliveries(Keeping(redis, vault), lease_s=0.3, keep_s=60, again_s=30) for _ in range(2))
    _, standing, _ = await first.claim("msg|1", "nonce")
    assert standing is Standing.MINE  # and then its process is killed: nobody renews the lease
    _, standing, _ = await second.claim("msg|1", "nonce")
    assert standing is Standing.MINE


async def test_the_work_of_a_living_process_is_not_taken_over(redis: Redis, vault: Any) -> None:
    first, second = (Deliveries(Keeping(redis, vault), lease_s=0.3, keep_s=60, again_s=30) for _ in range(2))
    delivery, _, _ = await first.claim("msg|1", "nonce")
    async with first.alive(delivery):
        _, standing, _ = await second.claim("msg|1", "other")
        assert standing is Standing.WORKING
        assert not await first.give(delivery, {"text": "x"})  # a second attempt was told `success`: the answer must be pushed
        assert await first.finish_late(delivery)


async def test_a_dead_store_brings_an_apology_and_no_turn(build: Any) -> None:
    gone = Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.5)
    house = await build(redis_client=gone)
    seen = await house.phone().send("你好")
    assert "系统现在有点忙" in seen[0]
    assert house.engine.turns == []
    assert (await house.wechat.health()).state == "degraded"
    await gone.aclose()


async def test_no_openid_and_no_words_lie_open_in_the_store(house: Any, redis: Redis) -> None:
    phone = house.phone()
    await phone.send("我的身份证是110101199003070011")
    await phone.send("人工")
    await house.wechat.deliver(phone.openid, "您的办件有新进展", "case-1")
    everything = b""
    async for key in redis.scan_iter():
        kind = await redis.type(key)
        value = {
            b"string": redis.get,
            b"hash": redis.hgetall,
            b"list": lambda key: redis.lrange(key, 0, -1),
        }[kind](key)
        everything += key + repr(await value).encode()
        assert key.startswith(b"onestop:")
    assert everything
    for secret in (phone.openid, "110101199003070011", "办件", house.settings.app_secret):
        assert secret.encode() not in everything
        assert repr(secret.encode())[2:-1].encode() not in everything


async def test_a_hundred_residents_at_once_each_get_their_own_answer(build: Any) -> None:
    house = await build(mode="safe")
    phones = [house.phone(in_process=True) for _ in range(100)]
    seen = await asyncio.gather(*(phone.send(f"我是{place}") for place, phone in enumerate(phones)))
    assert [texts[0] for texts in seen] == [f"您说的是：我是{place}" for place in range(100)]
