"""What a resident sees, through the real webhook over real HTTP, in plain and safe mode."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI, Request

from channels.wechat.simulator import Phone, serving
from dialogs.contract import Alternative, Arrive, Garbled, Leave, Photo, Pick, Speech, Text


async def test_a_new_follower_sees_numbered_choices_and_how_to_answer(house: Any) -> None:
    seen = await house.phone().subscribe()
    assert seen == [
        "您要办什么事？\n\n1. 查办事进度\n2. 申请办事（要带身份证）\n\n请回复前面的数字，比如“1”。\n随时可以回复：返回、主菜单、人工。"
    ]
    assert house.engine.turns == [Arrive("")]


async def test_a_bare_number_goes_to_the_engine_as_text(house: Any) -> None:
    phone = house.phone()
    await phone.subscribe()
    assert await phone.send("1") == ["请发十位办件编号。\n\n随时可以回复：返回、主菜单、人工。"]
    assert house.engine.turns[-1] == Text("1")


async def test_the_phone_works_without_a_network_too(house: Any) -> None:
    phone = house.phone(in_process=True)
    assert await phone.send("你好") == ["您说的是：你好"]


async def test_every_kind_of_message_becomes_its_event(house: Any) -> None:
    phone = house.phone()
    await phone.subscribe("tv-1234")
    await phone.scan("hall")
    await phone.click("pick:status")
    await phone.click("say:办事")
    await phone.click("V1001")
    await phone.say("我要查进度")
    await phone.send_photo(b"a picture")
    await phone.deliver(phone.compose("location", Label="某地"))
    await phone.unsubscribe()
    turns = house.engine.turns
    assert turns[:5] == [Arrive("tv-1234"), Arrive("hall"), Pick("status"), Text("办事"), Arrive("V1001")]
    assert turns[5] == Speech((Alternative("我要查进度"),))
    assert isinstance(turns[6], Photo)
    assert turns[7:] == [Garbled(), Leave("unsubscribe")]


async def test_a_voice_message_nobody_recognised_gets_polite_words_and_no_turn(house: Any) -> None:
    seen = await house.phone().say()
    assert "打字" in seen[0]
    assert "人工" in seen[0]
    assert house.engine.turns == []


async def test_the_platforms_own_notices_are_no_turns(house: Any) -> None:
    phone = house.phone()
    for event in ("TEMPLATESENDJOBFINISH", "VIEW", "LOCATION", "kf_close_session"):
        assert await phone.deliver(phone.compose("event", Event=event, EventKey="")) == []
    assert house.engine.turns == []


async def test_leaving_answers_nothing(house: Any) -> None:
    assert await house.phone().unsubscribe() == []


async def test_a_tapped_link_picks_the_choice_of_its_question(build: Any) -> None:
    house = await build(tappable=True)
    phone = house.phone()
    assert "1. 查办事进度\n" in (await phone.subscribe())[0]
    assert await phone.tap("查办事进度") == ["请发十位办件编号。\n\n随时可以回复：返回、主菜单、人工。"]
    assert house.engine.turns[-1] == Pick("status", "menu")


@pytest.mark.parametrize("mode", ["plain", "safe"])
async def test_an_account_in_compatible_mode_is_understood(build: Any, mode: str) -> None:
    house = await build(mode=mode, compatible=True)
    phone = house.phone()
    if mode == "safe":
        assert await phone.send("你好") == ["您说的是：你好"]
    else:
        answer = await phone.post(*phone.sealed(phone.compose("text", Content="你好")))
        assert "您说的是：你好" in answer.text


async def test_words_that_would_break_the_xml_come_back_as_written(house: Any) -> None:
    said = "]]><MsgType>x</MsgType>&amp;<a>"
    assert await house.phone().send(said) == [f"您说的是：{said}"]


async def test_further_pages_follow_as_messages_in_order(house: Any) -> None:
    house.engine.answers["长"] = ("一。" * 400, "二。" * 400)
    phone = house.phone()
    first = await phone.send("长")
    inbox = await phone.until(lambda inbox: len("".join(inbox)) >= 1600)
    assert first == inbox[:1]
    assert all(len(page.encode()) <= 2000 for page in inbox)
    assert "".join(inbox).replace("\n", "") == "一。" * 400 + "二。" * 400


async def test_a_middleware_before_the_webhook_changes_nothing(build: Any) -> None:
    """Starlette's function middlewares wrap `receive`, by which we see whether somebody still waits."""
    house = await build(answer_budget_s=0.3)

    outer = FastAPI()
    outer.include_router(house.wechat.router())

    @outer.middleware("http")
    async def passing(request: Request, call_next: Any) -> Any:
        return await call_next(request)

    address = await house.stack.enter_async_context(serving(outer))
    phones = [
        Phone.in_process(house.account, outer, platform=house.platform),
        Phone.over_http(house.account, address, platform=house.platform),
    ]
    for phone in phones:
        house.engine.delay_s = 0
        assert await phone.send("你好") == ["您说的是：你好"]
        house.engine.delay_s = 0.5
        assert await phone.ask("再见") == ["您说的是：再见"]
        await phone.close()


async def test_a_fault_of_ours_is_said_plainly(house: Any) -> None:
    house.engine.broken = True
    seen = await house.phone().send("你好")
    assert "系统现在有点忙" in seen[0]


async def test_who_writes_too_fast_is_asked_to_wait(build: Any) -> None:
    house = await build(rate_per_minute=1, rate_burst=2)
    phone = house.phone()
    seen = [await phone.send(text) for text in ("一", "二", "三")]
    assert [texts[0] for texts in seen] == ["您说的是：一", "您说的是：二", "您发得太快了，我跟不上。请等一会儿再发。"]
    assert len(house.engine.turns) == 2
    house.clock[0] += 61
    assert await phone.send("四") == ["您说的是：四"]
