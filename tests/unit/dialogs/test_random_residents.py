"""Random residents through all flows: no exception, no turn without an answer, nothing filled in gets lost, and always a person in one input."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from redis.asyncio import Redis

from dialogs.actions import SPECS, Context
from dialogs.book import Book
from dialogs.contract import (
    Address,
    Alternative,
    Arrive,
    Budget,
    Event,
    Garbled,
    Incoming,
    Keys,
    Leave,
    Outcome,
    Photo,
    Pick,
    Silence,
    Speech,
    Text,
    Unanswered,
)
from dialogs.conversation import Conversation
from dialogs.engine import advance, begin, committed
from dialogs.heard import Began, Command, Done, Invalid, NoInput, NotUnderstood, Stale
from dialogs.outcome import Do, End, HandOver, Turn, Wait
from dialogs.question import expectation, question, shown
from dialogs.reading import read
from dialogs.session import dump, parse
from dialogs.store import SessionStore
from onestop.talk import sample_book
from tests.unit.dialogs.conftest import NOW
from tests.unit.dialogs.test_conversation import ADDRESS, VAULT, People, PeopleList

#: Enough for every run of the suite; `ONESTOP_EXAMPLES=5000` looks longer.
EXAMPLES = int(os.environ.get("ONESTOP_EXAMPLES", "80"))
PHONE = Budget("telephone", 4, speech_seconds=30.0)

SENTENCES = (
    "查进度", "办事", "我要办老年优待证", "我想给我妈办老年优待证，她住牛首镇", "高龄补贴", "居住证", "低保", "临时救助", "生育登记",
    "是的", "不是", "对", "不对", "申请", "材料", "本人", "父母", "给我爸办的", "13800138000", "幺三八零零幺三八零零零", "11010519491231002X",
    "2612304275", "8000", "三", "不对，是三不是四", "手机号说错了", "手机号改成13900139000", "说错了", "换一个事项", "不是本人，是父母",
    "要带什么材料", "几天能办好", "多少钱", "那居住证要什么材料", "星期六上班吗", "牛首镇", "樊城区牛首镇花园村", "花园村", "1958年3月5日",
    "农历三月初五", "三千五", "张三", "跳过", "返回", "重复", "帮助", "取消", "主菜单", "人工", "再见", "说慢一点", "忘掉我的信息", "都不是",
    "今天天气怎么样", "嗯", "😀", " ", "！！！", "x" * 3000, "１３８００１３８０００", "辦理居住證", "<script>", "{{ 7*7 }}",
)  # fmt: skip
KEYS = st.text("0123456789*#", min_size=0, max_size=19)
CHOICES = st.sampled_from(
    ("!back", "!repeat", "!help", "!cancel", "!menu", "!person", "!more", "!skip", "flow:check_status", "flow:nowhere", "apply")
)
EVENTS: st.SearchStrategy[Event | int] = st.one_of(
    st.integers(0, 5),  # picks the n-th of what is shown, the way most people go on
    st.integers(0, 5),
    st.sampled_from(SENTENCES).map(Text),
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4).map(lambda said: Speech(tuple(Alternative(text, 0.5) for text in said))),
    KEYS.map(Keys),
    CHOICES.map(Pick),
    st.text(max_size=30).map(Text),
    st.sampled_from((Silence(), Garbled(), Photo("p1"), Leave(), Arrive(), Unanswered(), Pick("old", "other.question"))),
)
OUTCOMES = st.randoms(use_true_random=False)


class Walk:
    """One resident's way through the flows, held to the promises at every turn."""

    def __init__(self, book: Book, known: dict[str, str], chance: Any) -> None:
        self.book, self.chance = book, chance
        self.session = replace(begin("s"), touched=NOW, known=known)
        self.submitted: list[str] = []
        self.take(Began())

    def run(self, turn: Turn) -> tuple[Turn, int]:
        said = len(turn.prompts)
        for _ in range(12):
            if not isinstance(turn.then, Do):
                return turn, said
            spec = SPECS[turn.then.action]
            outcome = self.chance.choice(list(spec.samples))
            if spec.name == "submit_request":
                self.submitted.append(turn.then.key)
            session = committed(turn.session) if outcome in spec.commits else turn.session
            turn = advance(self.book, session, Done(outcome, spec.samples[outcome]))
            said += len(turn.prompts)
        raise AssertionError("twelve actions without a question")

    def take(self, heard: Any) -> None:
        turn, said = self.run(advance(self.book, self.session, heard))
        assert said or heard.__class__.__name__ == "Gone", f"{heard} was not answered"
        self.session = replace(turn.session, said=turn.prompts or self.session.said)
        assert parse(dump(self.session)) == parse(dump(parse(dump(self.session))))
        if isinstance(turn.then, Wait):
            self.person_is_near()
            self.nothing_is_lost()
            assert expectation(self.book, self.session, PHONE).choices or question(self.book, self.session).slot.wants != "choice"
        if isinstance(turn.then, End):
            self.session = replace(self.session, outcome="wait")

    def event(self, event: Event | int) -> None:
        if not self.session.frames:
            self.take(Began())
            return
        if self.session.outcome == "hand_over":
            self.take(Command("!back") if isinstance(event, int) else NotUnderstood())
            return
        if isinstance(event, int):
            asked = question(self.book, self.session)
            visible = shown(asked, self.session, PHONE, self.book)
            if not visible and asked.slot.sample is not None:
                event = Text(str(asked.slot.sample))
            elif visible:
                event = Pick(visible[event % len(visible)].id)
            else:
                event = Silence()
        self.take(read(self.book, self.session, event, PHONE))

    def person_is_near(self) -> None:
        assert isinstance(advance(self.book, self.session, Command("!person")).then, HandOver)

    def nothing_is_lost(self) -> None:
        """What is not an answer changes neither the question's place nor any slot."""
        for heard in (NoInput(), NotUnderstood(), Invalid("too_short"), Stale(), Command("!help"), Command("!repeat"), Began()):
            after = advance(self.book, self.session, heard)
            if isinstance(after.then, Wait):
                assert after.session.frames == self.session.frames, heard


@pytest.fixture(scope="module")
def shipped() -> Book:
    return sample_book()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENTS, max_size=25), known=st.booleans(), chance=OUTCOMES)
def test_no_way_through_the_flows_breaks_a_promise(shipped: Book, events: list[Event | int], known: bool, chance: Any) -> None:
    walk = Walk(shipped, {"mobile": "13800138000"} if known else {}, chance)
    for event in events:
        walk.event(event)


@settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    failures=st.lists(st.sampled_from((Silence(), Garbled(), Text("今天天气怎么样"), Keys("99"))), min_size=9, max_size=9),
    picks=st.lists(st.integers(0, 5), max_size=6),
)
def test_who_only_fails_comes_to_a_person(shipped: Book, failures: Sequence[Event], picks: list[int]) -> None:
    class Chance:
        def choice(self, outcomes: list[str]) -> str:
            return outcomes[0]

    walk = Walk(shipped, {}, Chance())
    for pick in picks:
        walk.event(pick)
    for failure in failures:
        if walk.session.outcome == "hand_over" or not walk.session.frames:
            return
        walk.take(read(shipped, walk.session, failure, PHONE))
    assert walk.session.outcome == "hand_over"


# --- through the shell: the same event again, several at once ---------------------------------------------------------------------------


class CountingRecords:
    """Answers with the first sample; counts what was submitted under which key."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def run(self, name: str, context: Context, arguments: object) -> Done:
        await asyncio.sleep(0)
        if name == "submit_request":
            self.keys.append(context.key)
        return Done(*next(iter(SPECS[name].samples.items())))


@settings(max_examples=EXAMPLES // 5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_repeated_and_interleaved_events_count_once_each(redis: Redis, shipped: Book, data: st.DataObject) -> None:
    await redis.flushdb()
    records, people = CountingRecords(), PeopleList()
    store = SessionStore(redis, VAULT)
    talk = Conversation(lambda: shipped, store, records, People(people), {"wechat": Budget("wechat", 9)})
    others = Address("wechat", "somebody-else")
    keys: set[str] = set()
    opening: list[Event] = [Text("我要办居住证"), Pick("apply"), Text("11010519491231002X")]
    for n, event in enumerate([*opening, *(e for e in data.draw(st.lists(EVENTS, max_size=8)) if not isinstance(e, int))]):
        key = f"k{n}"
        times = data.draw(st.integers(1, 3))
        replies = await asyncio.gather(
            *(talk.take(Incoming(ADDRESS, event, key)) for _ in range(times)), talk.take(Incoming(others, event, f"o{n}"))
        )
        keys.add(key)
        mine = replies[:times]
        assert all(reply.outcome is not Outcome.DOWN for reply in replies)
        assert len({reply.prompts for reply in mine}) == 1
        session = await store.load(ADDRESS)
        if session is not None:
            counted = len(keys & set(session.taken))
            assert session.revision >= counted
            assert len(session.taken) == len(set(session.taken))
            json.loads(dump(session))
    assert len(records.keys) == len(set(records.keys))
