"""The shell of one turn on a real Valkey: order, doubles, late writers, and parts that are down."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest
from redis.asyncio import Redis

from dialogs.actions import SPECS, Context
from dialogs.book import Book
from dialogs.contract import Address, Arrive, Budget, Incoming, Keys, Leave, Outcome, Pick, Reply, Text, Unanswered
from dialogs.conversation import Conversation
from dialogs.heard import Done
from dialogs.ports import Lifetime, PersonWanted, Standing
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

    def __init__(self) -> None:
        super().__init__()
        self.unanswered: list[str] = []


@dataclass
class People:
    wanted: PeopleList

    async def open(self, wanted: PersonWanted) -> str:
        if self.wanted.down:
            raise ConnectionError("no route to the records")
        self.wanted.append(wanted)
        return "123456"

    async def standing(self, reference: str) -> Standing:
        return Standing.OVER if self.wanted.closed else Standing.WAITING

    async def no_answer(self, reference: str) -> None:
        self.wanted.unanswered.append(reference)


@dataclass
class Clock:
    """Time that passes when a test says so, in seconds since 1970."""

    now: float = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    talk: Conversation
    records: Records
    people: PeopleList
    clock: Clock
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

    store = SessionStore(redis, VAULT)
    clock = Clock()
    talk = Conversation(
        lambda: book,
        store,
        records,
        People(people),
        {"wechat": Budget("wechat", 9)},
        lifetimes={"wechat": Lifetime(remind=1800, keep=86400, note=7 * 86400)},
        rings=frozenset({"telephone"}),
        now=clock,
    )
    return World(talk, records, people, clock)


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

    talk = Conversation(lambda: book, SessionStore(nowhere, VAULT), Records(), People(PeopleList()), {})
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


async def test_a_person_is_not_promised_when_the_wish_cannot_be_recorded(world: World) -> None:
    world.people.down = True
    reply = await world.send(Text("人工"))
    assert reply.outcome is Outcome.WAIT
    assert reply.expect is not None
    assert reply.expect.question == "call_back.offer"
    assert not any("这就帮您找" in p.text for p in reply.prompts)


async def test_a_telephone_calls_the_person_although_the_wish_cannot_be_recorded(world: World) -> None:
    world.people.down = True
    address = Address("telephone", "call-1")
    reply = await world.talk.take(Incoming(address, Arrive(), "1"))
    reply = await world.talk.take(Incoming(address, Text("人工"), "2"))
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
    store = SessionStore(redis, VAULT)
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
        kept = await redis.hgetall(name) if await redis.type(name) == b"hash" else {b"": await redis.get(name)}
        everything += name + b"".join(v for pair in kept.items() for v in pair)
    assert everything
    for secret in (b"13800138000", b"11010519491231002X", b"openid-1", "居住证".encode()):
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


# --- in time --------------------------------------------------------------------------------------------------------------------------


def texts(reply: Reply) -> str:
    return "".join(p.text for p in reply.prompts)


async def test_who_answers_soon_is_not_told_where_we_were(world: World) -> None:
    await world.to_check()
    world.clock.now += 1700
    assert "接着办" not in texts(await world.send(Text("帮助")))


async def test_who_goes_on_after_a_long_while_is_told_where_we_were_and_the_answer_counts(world: World) -> None:
    await world.to_check()
    world.clock.now += 5 * 3600
    reply = await world.send(Text("是的"))
    assert reply.prompts[0].text == "我们接着办示例事项。"
    assert "提交好了" in texts(reply)


async def test_who_comes_back_hours_later_meets_the_same_question_with_everything_filled(world: World) -> None:
    asked = await world.to_check()
    world.clock.now += 20 * 3600
    reply = await world.send(Arrive())
    assert reply.prompts[0].text == "您好，我们接着办示例事项。"
    assert reply.expect is not None
    assert asked.expect is not None
    assert reply.expect.question == asked.expect.question
    assert "8000" in texts(reply)


async def test_what_was_half_done_is_put_away_with_a_note_after_its_time(world: World) -> None:
    await world.to_check()
    world.clock.now += 25 * 3600
    reply = await world.send(Text("是的"))
    assert "示例事项没有办完" in reply.prompts[0].text
    assert "submit_request" not in [name for name, _ in world.records.asked]
    assert reply.expect is not None
    assert reply.expect.question == "main.menu"
    assert "没有办完" not in texts(await world.send(Text("查进度")))


async def test_the_note_is_still_there_when_redis_has_dropped_the_session(world: World, redis: Redis) -> None:
    await world.to_check()
    async for name in redis.scan_iter("onestop:*:session"):
        await redis.delete(name)
    world.clock.now += 3 * 86400
    assert "示例事项没有办完" in texts(await world.send(Arrive()))
    assert "没有办完" not in texts(await world.send(Arrive()))


async def test_a_finished_matter_leaves_no_note(world: World, redis: Redis) -> None:
    await world.send(Text("查进度"))
    await world.send(Text("再见"))
    async for name in redis.scan_iter("onestop:*:session"):
        await redis.delete(name)
    assert "没有办完" not in texts(await world.send(Arrive()))


async def test_leaving_changes_nothing_and_the_talk_is_taken_up_again(world: World) -> None:
    asked = await world.to_check()
    await world.send(Leave("page closed"))
    reply = await world.send(Arrive())
    assert reply.expect is not None
    assert asked.expect is not None
    assert reply.expect.question == asked.expect.question


async def test_an_end_is_an_end_and_the_next_word_begins_anew(world: World) -> None:
    await world.to_check()
    reply = await world.send(Text("再见"))
    assert reply.outcome is Outcome.END
    world.clock.now += 10
    reply = await world.send(Text("你好"))
    assert "您好" in texts(reply)
    assert reply.expect is not None
    assert reply.expect.question == "main.menu"


# --- a person who does not come ---------------------------------------------------------------------------------------------------------


async def test_a_person_who_does_not_come_is_owned_up_to_and_a_call_back_is_recorded(world: World) -> None:
    await world.to_check()
    await world.send(Text("人工"))
    reply = await world.send(Unanswered())
    assert world.people.unanswered == ["123456"]
    assert reply.expect is not None
    assert reply.expect.question == "call_back.offer"
    await world.send(Pick("call"))
    reply = await world.send(Text("13800138000"))
    assert world.records.asked[-1][0] == "ask_call_back"
    assert "8000" in texts(reply)
    assert reply.expect is not None
    assert reply.expect.question == "request.check"  # and on where we were, with everything kept


async def test_a_call_back_that_cannot_be_recorded_is_not_promised(world: World) -> None:
    await world.send(Text("人工"))
    await world.send(Unanswered())
    await world.send(Pick("call"))
    world.records.down = True
    reply = await world.send(Text("13800138000"))
    assert "没有人会回电话" in texts(reply)
    assert "记下了" not in texts(reply)
    world.records.down = False
    assert "记下了" in texts(await world.send(Pick("retry")))


async def test_nobody_who_took_it_in_ten_minutes_is_owned_up_to(world: World) -> None:
    await world.send(Text("人工"))
    world.clock.now += 300
    assert "请稍等" in texts(await world.send(Text("人呢")))
    world.clock.now += 400
    reply = await world.send(Text("人呢"))
    assert reply.expect is not None
    assert reply.expect.question == "call_back.offer"


async def test_no_call_back_leads_back_to_where_the_talk_was(world: World) -> None:
    await world.send(Text("查进度"))
    await world.send(Text("人工"))
    await world.send(Unanswered())
    reply = await world.send(Pick("not_now"))
    assert reply.expect is not None
    assert reply.expect.question == "check_status.number"
