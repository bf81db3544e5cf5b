"""The shell of one turn on a real Valkey: order, doubles, late writers, and parts that are down."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest
from redis.asyncio import Redis

from dialogs.actions import SPECS, Context
from dialogs.book import Book
from dialogs.contract import Address, Arrive, Budget, Incoming, Keys, Leave, Outcome, Pick, Reply, Text
from dialogs.conversation import Conversation, PersonWanted
from dialogs.heard import Done
from dialogs.store import SessionStore
from records.vault import Vault

VAULT = Vault("a secret of more than thirty-two characters for tests")
ADDRESS = Address("wechat", "openid-1")


@dataclass
class Records:
    """Counts what is asked; `down` makes it fail, `slow` makes it wait."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    down: bool = False
    slow: asyncio.Event | None = None

    async def run(self, name: str, context: Context, arguments: object) -> Done:
        self.asked.append((name, context.key))
        if self.slow:
            await self.slow.wait()
        if self.down:
            raise ConnectionError("no route to the records")
        return Done(*next(iter(SPECS[name].samples.items())))


class PeopleList(list[PersonWanted]):
    """Wishes for a person; `closed` when the desk has ended them, `down` when they cannot be recorded."""

    closed = False
    down = False


@dataclass
class People:
    wanted: PeopleList

    async def open(self, wanted: PersonWanted) -> str:
        if self.wanted.down:
            raise ConnectionError("no route to the records")
        self.wanted.append(wanted)
        return "123456"

    async def lasts(self, reference: str) -> bool:
        return not self.wanted.closed


@dataclass
class World:
    talk: Conversation
    records: Records
    people: PeopleList
    n: int = 0

    async def send(self, event: object, key: str = "") -> Reply:
        self.n += 1
        return await self.talk.take(Incoming(ADDRESS, event, key or f"k{self.n}"))  # type: ignore[arg-type]

    async def to_check(self) -> Reply:
        for event in (Text("我要办居住证"), Pick("apply"), Pick("self"), Text("11010519491231002X"), Text("13800138000")):
            reply = await self.send(event)
        assert reply.expect is not None
        assert reply.expect.question == "request.check"
        return reply


@pytest.fixture
def world(redis: Redis, book: Book) -> World:
    records, people = Records(), PeopleList()

    store = SessionStore(redis, VAULT, {"wechat": 600})
    return World(Conversation(lambda: book, store, records, People(people), {"wechat": Budget("wechat", 9)}), records, people)


async def test_a_first_sentence_that_says_what_is_wanted_needs_no_greeting(world: World) -> None:
    reply = await world.send(Text("我要办居住证"))
    assert reply.expect is not None
    assert reply.expect.question == "request.about"
    assert not any("您好" in p.text for p in reply.prompts)


async def test_a_first_sentence_that_says_nothing_is_greeted_not_complained_about(world: World) -> None:
    reply = await world.send(Text("你好"))
    assert any("您好" in p.text for p in reply.prompts)
    assert not any("没看明白" in p.text for p in reply.prompts)


async def test_an_event_delivered_three_times_is_one_turn_with_one_answer(world: World) -> None:
    await world.to_check()
    replies = [await world.send(Text("是的"), "submit") for _ in range(3)]
    assert [name for name, _ in world.records.asked].count("submit_request") == 1
    assert [r.repeated for r in replies] == [False, True, True]
    assert replies[0].prompts == replies[1].prompts == replies[2].prompts


async def test_the_same_event_at_the_same_moment_is_one_turn(world: World) -> None:
    await world.to_check()
    replies = await asyncio.gather(*(world.send(Text("是的"), "submit") for _ in range(5)))
    assert [name for name, _ in world.records.asked].count("submit_request") == 1
    assert len({r.prompts for r in replies}) == 1


async def test_a_turn_repeated_before_its_session_was_saved_asks_under_the_same_key(world: World, redis: Redis) -> None:
    await world.to_check()
    names = [name async for name in redis.scan_iter("onestop:*:session")]
    before = {name: await redis.hgetall(name) for name in names}
    await world.send(Text("是的"), "submit")
    for name, saved in before.items():  # as if the process had been killed before the save
        await redis.delete(name)
        await redis.hset(name, mapping=saved)
    await world.send(Text("是的"), "submit")
    keys = [key for name, key in world.records.asked if name == "submit_request"]
    assert len(keys) == 2
    assert keys[0] == keys[1]


async def test_records_down_is_said_plainly_and_nothing_is_lost(world: World) -> None:
    await world.to_check()
    world.records.down = True
    reply = await world.send(Text("是的"))
    assert "都还在" in reply.prompts[0].text
    world.records.down = False
    reply = await world.send(Pick("retry"))
    assert "提交好了" in reply.prompts[0].text


async def test_sessions_down_is_an_answer_not_an_exception(book: Book) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1/0")

    talk = Conversation(lambda: book, SessionStore(nowhere, VAULT, {}), Records(), People(PeopleList()), {})
    reply = await talk.take(Incoming(ADDRESS, Arrive(), "k"))
    assert reply.outcome is Outcome.DOWN
    assert reply.prompts
    assert (await talk.current(ADDRESS)).outcome is Outcome.DOWN


async def test_a_person_is_recorded_with_a_masked_card(world: World) -> None:
    await world.to_check()
    reply = await world.send(Text("人工"))
    assert reply.outcome is Outcome.HAND_OVER
    assert reply.card is not None
    assert reply.card.reference == "123456"
    text = str(world.people[0].lines)
    assert "13800138000" not in text
    assert "11010519491231002X" not in text
    assert "8000" in text
    again = await world.send(Text("在吗"))
    assert again.outcome is Outcome.HAND_OVER
    assert len(world.people) == 1
    back = await world.send(Text("主菜单"))
    assert back.outcome is Outcome.WAIT


async def test_when_the_desk_has_closed_the_hand_over_the_service_answers_again(world: World) -> None:
    await world.send(Text("查进度"))
    await world.send(Text("人工"))
    world.people.closed = True
    reply = await world.send(Text("2612304275"))
    assert reply.outcome is Outcome.WAIT
    assert reply.expect is not None
    assert reply.expect.question == "check_status.tail"


async def test_a_menu_button_leads_out_of_a_hand_over(world: World) -> None:
    await world.send(Text("人工"))
    reply = await world.send(Pick("flow:check_status"))
    assert reply.expect is not None
    assert reply.expect.question == "check_status.number"


async def test_a_person_is_brought_in_although_the_wish_cannot_be_recorded(world: World) -> None:
    world.people.down = True
    reply = await world.send(Text("人工"))
    assert reply.outcome is Outcome.HAND_OVER
    assert "工作人员" in reply.prompts[0].text


async def test_a_button_of_the_terminal_is_not_lost_when_it_is_the_first_thing(world: World) -> None:
    reply = await world.send(Pick("flow:check_status"))
    assert reply.expect is not None
    assert reply.expect.question == "check_status.number"


async def test_leaving_keeps_what_was_said_for_coming_back(world: World) -> None:
    await world.send(Text("查进度"))
    await world.send(Leave())
    now = await world.talk.current(ADDRESS)
    assert now is not None
    assert "办件编号" in now.prompts[0].text


async def test_a_session_at_a_step_that_is_gone_has_no_current_question_and_begins_anew(world: World, book: Book, redis: Redis) -> None:
    await world.send(Text("查进度"))
    renamed = book.flows["check_status"].model_copy(update={"steps": {"other": book.flows["check_status"].steps["finish"]}})
    new = replace(book, flows={**book.flows, "check_status": renamed})
    store = SessionStore(redis, VAULT, {"wechat": 600})
    talk = Conversation(lambda: new, store, world.records, People(world.people), {})
    assert await talk.current(ADDRESS) is None
    reply = await talk.take(Incoming(ADDRESS, Text("你好"), "new"))
    assert any("您好" in p.text for p in reply.prompts)


async def test_a_turn_longer_than_the_locks_lease_keeps_the_next_one_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialogs.store.LOCK_SECONDS", 0.3)
    await world.to_check()
    world.records.slow = asyncio.Event()
    first = asyncio.create_task(world.send(Text("是的"), "first"))
    await asyncio.sleep(1.0)
    second = asyncio.create_task(world.send(Text("是的"), "second"))
    await asyncio.sleep(0.3)
    world.records.slow.set()
    assert "提交好了" in (await first).prompts[0].text
    assert (await second).expect is not None
    assert [name for name, _ in world.records.asked].count("submit_request") == 1


async def test_after_good_bye_the_next_word_begins_anew(world: World) -> None:
    await world.send(Text("查进度"))
    assert (await world.send(Text("再见"))).outcome is Outcome.END
    assert await world.talk.current(ADDRESS) is None
    reply = await world.send(Text("查进度"))
    assert reply.expect is not None
    assert reply.expect.question == "check_status.number"


async def test_the_store_holds_no_personal_number_in_the_clear(world: World, redis: Redis) -> None:
    await world.to_check()
    everything = b""
    async for name in redis.scan_iter("*"):
        everything += name + b"".join(v for pair in (await redis.hgetall(name)).items() for v in pair)
    assert everything
    for secret in (b"13800138000", b"11010519491231002X", b"openid-1"):
        assert secret not in everything


async def test_a_session_of_another_version_begins_anew(world: World, redis: Redis) -> None:
    await world.send(Text("查进度"))
    async for name in redis.scan_iter("onestop:*:session"):
        await redis.hset(name, "session", b"not ours")
    reply = await world.send(Text("你好"))
    assert any("您好" in p.text for p in reply.prompts)


async def test_keys_and_typing_lead_to_the_same_place(world: World) -> None:
    await world.send(Arrive())
    await world.send(Keys("1"))
    reply = await world.send(Keys("2600000001"))
    assert any("有一位不对" in p.text for p in reply.prompts)
