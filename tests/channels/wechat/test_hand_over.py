"""A resident handed to a person reads the sentence and is transferred; while with the person, messages go there."""

from __future__ import annotations

from typing import Any

SENTENCE = "正在为您转接工作人员，请稍等。"


async def test_the_sentence_is_shown_and_the_message_transferred(house: Any) -> None:
    phone = house.phone()
    seen = await phone.send("人工")
    assert seen.transferred
    assert phone.inbox == [SENTENCE]


async def test_further_messages_are_transferred_without_the_sentence_until_the_resident_comes_back(house: Any) -> None:
    phone = house.phone()
    await phone.send("人工")
    assert (await phone.send("我的低保什么时候发")).transferred
    assert (await phone.send("在吗")).transferred
    assert phone.inbox == [SENTENCE]
    back = await phone.send("主菜单")
    assert not back.transferred
    assert back[0].startswith("您要办什么事？")
    assert (await phone.send("人工")).transferred
    assert phone.inbox.count(SENTENCE) == 2


async def test_without_quota_the_sentence_is_the_answer_and_the_next_message_is_transferred(build: Any) -> None:
    house = await build()
    phone = house.phone()
    house.platform.fail("message/custom/send", 45047)
    seen = await phone.send("人工")
    assert seen == [SENTENCE]
    assert not seen.transferred
    assert (await phone.send("在吗")).transferred
    assert phone.inbox == [SENTENCE]


async def test_a_slow_hand_over_pushes_the_sentence_once_and_transfers_the_next_message(build: Any) -> None:
    house = await build(answer_budget_s=0.2)
    house.engine.delay_s = 0.4
    phone = house.phone()
    assert await phone.send("人工") == []
    await phone.until(lambda inbox: SENTENCE in inbox)
    house.engine.delay_s = 0
    assert (await phone.send("在吗")).transferred
    assert phone.inbox == [SENTENCE]


async def test_an_account_without_customer_service_only_says_it(build: Any) -> None:
    house = await build(hand_over="text")
    phone = house.phone()
    assert await phone.send("人工") == [SENTENCE]
    assert await phone.send("在吗") == [SENTENCE]
    assert phone.transferred == 0


async def test_a_repeated_hand_over_delivery_is_transferred_again_and_said_once(house: Any) -> None:
    phone = house.phone()
    xml = phone.compose("text", Content="人工")
    house.platform.interacted(phone.openid, "message")
    assert (await phone.deliver(xml)).transferred
    assert (await phone.deliver(xml)).transferred
    assert phone.inbox == [SENTENCE]
