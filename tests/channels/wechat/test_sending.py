"""Messages that we begin: within the quota, once for a key, with one token for all processes."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from channels.wechat import ApiError, Delivered, Fault
from channels.wechat.client import Api
from channels.wechat.errors import classify
from channels.wechat.keeping import Keeping
from channels.wechat.ledger import MESSAGE, TOUCH, Ledger

SEND = "message/custom/send"


async def test_a_notice_is_shown_once_for_its_key(build: Any) -> None:
    house = await build()
    phone = house.phone()
    await phone.send("你好")
    results = [await house.wechat.deliver(phone.openid, "您的办件已办结。", "case-7-done") for _ in range(3)]
    assert results == [Delivered.SENT] * 3
    assert phone.inbox[1:] == ["您的办件已办结。"]


async def test_five_notices_follow_a_message_and_the_sixth_waits_for_the_next(build: Any) -> None:
    house = await build()
    phone = house.phone()
    await phone.send("你好")
    results = [await house.wechat.deliver(phone.openid, f"通知{n}", f"k{n}") for n in range(6)]
    assert results == [Delivered.SENT] * 5 + [Delivered.PENDING]
    assert house.platform.calls[SEND] == 5  # our ledger knew before the platform said it
    await phone.send("还在吗")
    assert (await phone.until(lambda inbox: "通知5" in inbox))[-2:] == ["您说的是：还在吗", "通知5"]
    assert await house.wechat.deliver(phone.openid, "通知5", "k5") is Delivered.SENT
    assert phone.inbox.count("通知5") == 1


@pytest.mark.parametrize("touch", ["click", "subscribe", "scan"])
async def test_three_notices_follow_a_touch_for_one_minute(build: Any, touch: str) -> None:
    house = await build()
    phone = house.phone()
    await getattr(phone, touch)("scene")
    assert [await house.wechat.deliver(phone.openid, "通知", f"{n}") for n in range(4)] == [Delivered.SENT] * 3 + [Delivered.PENDING]
    other = house.phone()
    await getattr(other, touch)("scene")
    house.clock[0] += 61
    assert await house.wechat.deliver(other.openid, "通知", "late") is Delivered.PENDING


async def test_a_notice_after_two_days_waits(build: Any) -> None:
    house = await build()
    phone = house.phone()
    await phone.send("你好")
    house.clock[0] += 48 * 3600 + 1
    assert await house.wechat.deliver(phone.openid, "通知", "k") is Delivered.PENDING
    assert house.platform.calls[SEND] == 0


async def test_what_waits_keeps_its_order_and_survives_a_failing_platform(build: Any) -> None:
    house = await build()
    phone = house.phone()
    for n in range(3):
        assert await house.wechat.deliver(phone.openid, f"通知{n}", f"k{n}") is Delivered.PENDING
    house.platform.fail(SEND, 45009)
    await phone.send("一")
    await house.wechat._webhook.close()
    assert phone.inbox == ["您说的是：一"]
    await phone.send("二")
    await phone.until(lambda inbox: "通知2" in inbox)
    assert phone.inbox[-3:] == ["通知0", "通知1", "通知2"]


async def test_the_platform_knows_better_than_our_ledger(build: Any, redis: Redis, vault: Any) -> None:
    house = await build()
    phone = house.phone()
    await Ledger(Keeping(redis, vault)).opened(phone.openid, MESSAGE, 2e9)
    assert await house.wechat.deliver(phone.openid, "通知", "k") is Delivered.PENDING
    assert house.platform.calls[SEND] == 1


async def test_a_send_nobody_answered_is_never_repeated(build: Any) -> None:
    house = await build(read_s=0.2)
    phone = house.phone()
    await phone.send("你好")
    house.platform.stall(SEND, 0.6)
    assert [await house.wechat.deliver(phone.openid, "通知", "k") for _ in range(2)] == [Delivered.UNKNOWN] * 2
    assert house.platform.calls[SEND] == 1
    assert phone.inbox.count("通知") == 1


async def test_a_send_cut_by_a_killed_process_is_unknown(build: Any) -> None:
    house = await build(read_s=1, connect_s=0.5)
    phone = house.phone()
    await phone.send("你好")
    house.platform.stall(SEND, 0.5)
    sending = asyncio.create_task(house.wechat.deliver(phone.openid, "通知", "k"))
    await phone.until(lambda inbox: "通知" in inbox)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert await house.wechat.deliver(phone.openid, "通知", "k") is Delivered.UNKNOWN
    assert phone.inbox.count("通知") == 1


async def test_busy_is_tried_again_and_nothing_else_is(build: Any) -> None:
    house = await build()
    phone = house.phone()
    await phone.send("你好")
    house.platform.fail(SEND, -1, times=2)
    assert await house.wechat.deliver(phone.openid, "通知", "a") is Delivered.SENT
    assert house.platform.calls[SEND] == 3
    house.platform.fail(SEND, -1, times=9)
    assert await house.wechat.deliver(phone.openid, "通知", "b") is Delivered.FAILED
    assert house.platform.calls[SEND] == 6


@pytest.mark.parametrize(
    ("code", "result"),
    [
        (43004, Delivered.REFUSED),
        (43019, Delivered.REFUSED),
        (48001, Delivered.REFUSED),
        (45002, Delivered.REFUSED),
        (45015, Delivered.PENDING),
        (45047, Delivered.PENDING),
        (45009, Delivered.FAILED),
        (40164, Delivered.FAILED),
        (99999, Delivered.FAILED),
    ],
)
async def test_each_error_code_has_its_result(build: Any, code: int, result: Delivered) -> None:
    house = await build()
    phone = house.phone()
    await phone.send("你好")
    house.platform.fail(SEND, code)
    assert await house.wechat.deliver(phone.openid, "通知", "k") is result
    assert house.platform.calls[SEND] == 1


async def test_what_failed_can_be_sent_again_with_its_key(build: Any) -> None:
    house = await build()
    phone = house.phone()
    await phone.send("你好")
    house.platform.fail(SEND, 45009)
    assert await house.wechat.deliver(phone.openid, "通知", "k") is Delivered.FAILED
    assert (await house.wechat.health()).state == "degraded"
    assert await house.wechat.deliver(phone.openid, "通知", "k") is Delivered.SENT
    assert (await house.wechat.health()).state == "ok"


async def test_a_platform_that_is_not_there_fails_cleanly(build: Any) -> None:
    house = await build(served=False, api_base="http://127.0.0.1:1")
    phone = house.phone()
    await phone.send("你好")
    assert await house.wechat.deliver(phone.openid, "通知", "k") is Delivered.FAILED
    health = await house.wechat.health()
    assert health.state == "degraded"
    assert "api_base" in health.reason


async def test_who_left_is_not_written_to(build: Any) -> None:
    house = await build()
    phone = house.phone()
    await phone.send("你好")
    await phone.unsubscribe()
    assert await house.wechat.deliver(phone.openid, "通知", "k") is Delivered.PENDING
    assert phone.inbox == ["您说的是：你好"]


async def test_a_long_notice_is_sent_in_pages_the_platform_takes(build: Any) -> None:
    house = await build()
    phone = house.phone()
    await phone.send("你好")
    assert await house.wechat.deliver(phone.openid, "您的办件有进展。" * 200, "k") is Delivered.SENT
    assert "".join(phone.inbox[1:]) == "您的办件有进展。" * 200


async def test_a_long_notice_that_meets_the_quota_goes_on_where_it_stopped(build: Any) -> None:
    house = await build()
    phone = house.phone()
    await phone.click("x")
    text = "".join(f"第{n:03}句话。" for n in range(500))
    assert await house.wechat.deliver(phone.openid, text, "k") is Delivered.PENDING
    await phone.send("继续")
    await phone.until(lambda inbox: "第499句话。" in inbox[-1])
    assert "".join(phone.inbox).replace("您要办什么事？", "").count("句话。") == 500


# --- the token --------------------------------------------------------------------------------------------------------------------


async def test_eight_tasks_fetch_one_token(build: Any) -> None:
    house = await build()
    phones = [house.phone() for _ in range(8)]
    await asyncio.gather(*(phone.send("你好") for phone in phones))
    await asyncio.gather(*(house.wechat.deliver(phone.openid, "通知", str(n)) for n, phone in enumerate(phones)))
    assert house.platform.calls["stable_token"] == 1


async def test_eight_threads_with_clients_of_their_own_fetch_one_token(build: Any, redis_url: str, vault: Any) -> None:
    """As eight processes would: each with its own event loop, Redis client and connections. And again when the token went stale."""
    house = await build()
    phones = [house.phone() for _ in range(8)]
    for phone in phones:
        house.platform.interacted(phone.openid, "message")
    wrong: list[BaseException] = []

    def process(openid: str, start: threading.Barrier) -> None:
        async def run() -> None:
            client = Redis.from_url(redis_url, decode_responses=False)
            api = Api(house.settings, Keeping(client, vault))
            start.wait()
            await api.send_text(openid, "通知")
            api.close()
            await client.aclose()

        try:
            asyncio.run(run())
        except BaseException as failed:
            wrong.append(failed)

    for fetched in (1, 2):
        start = threading.Barrier(8)
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(8) as threads:
            await asyncio.gather(*(loop.run_in_executor(threads, process, phone.openid, start) for phone in phones))
        assert wrong == []
        assert house.platform.calls["stable_token"] == fetched
        house.platform.invalidate_tokens()


async def test_a_token_refused_for_ever_costs_one_fetch_and_a_clean_error(build: Any) -> None:
    house = await build()
    phone = house.phone()
    await phone.send("你好")
    await house.wechat.deliver(phone.openid, "通知", "a")
    house.platform.fail(SEND, 40001, times=999)
    assert await house.wechat.deliver(phone.openid, "通知", "b") is Delivered.FAILED
    assert house.platform.calls["stable_token"] == 2
    assert house.platform.calls[SEND] == 3
    assert "AppSecret" in (await house.wechat.health()).reason


async def test_a_token_near_its_end_is_fetched_anew_and_the_old_one_still_works(build: Any) -> None:
    house = await build()
    phone = house.phone()
    await phone.send("你好")
    await house.wechat.deliver(phone.openid, "通知", "a")
    house.clock[0] += 7200 - 299
    await house.wechat.deliver(phone.openid, "通知", "b")
    assert house.platform.token_fetches == 2
    assert house.platform.calls[SEND] == 2


async def test_a_wrong_secret_is_a_clean_error(build: Any) -> None:
    house = await build(app_secret="another")
    phone = house.phone()
    house.platform.account = replace(house.account, app_secret="the real one")
    await phone.send("你好")
    assert await house.wechat.deliver(phone.openid, "通知", "k") is Delivered.FAILED
    assert house.platform.calls["stable_token"] == 1


async def test_a_slow_token_does_not_hold_the_answer(build: Any) -> None:
    house = await build(read_s=0.3)
    house.platform.stall("stable_token", 2)
    assert await house.phone().send("人工") == ["正在为您转接工作人员，请稍等。"]


def test_the_codes_of_the_table_have_their_faults() -> None:
    assert [classify(code) for code in (-1, 40001, 45015, 43101, 40164, 45008, 45081, 12345)] == [
        Fault.BUSY,
        Fault.TOKEN,
        Fault.WINDOW,
        Fault.PERMANENT,
        Fault.ADDRESS,
        Fault.OURS,
        Fault.IGNORED,
        Fault.OTHER,
    ]


async def test_the_window_that_ends_first_is_spent_first(redis: Redis, vault: Any) -> None:
    ledger = Ledger(Keeping(redis, vault))
    await ledger.opened("o", MESSAGE, 1000)
    await ledger.opened("o", TOUCH, 1000)
    assert [await ledger.spend("o", 1001) for _ in range(9)] == ["touch"] * 3 + ["message"] * 5 + [""]
    await ledger.refund("o", "message")
    assert await ledger.spend("o", 1000 + 48 * 3600) == ""


async def test_an_error_of_the_client_is_an_api_error_and_nothing_else(build: Any, redis: Redis, vault: Any) -> None:
    house = await build()
    api = Api(house.settings, Keeping(redis, vault))
    house.platform.fail(SEND, 45015)
    with pytest.raises(ApiError) as failed:
        await api.send_text("oAbc", "x")
    assert (failed.value.code, failed.value.fault) == (45015, Fault.WINDOW)
    assert failed.value.__context__ is None
    api.close()
