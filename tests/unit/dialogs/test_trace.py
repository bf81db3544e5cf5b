"""What a turn leaves behind: enough to see what happened, and nothing of whom it happened to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dialogs.book import Book, read_book
from dialogs.contract import Address, Alternative, Arrive, Event, Incoming, Keys, Leave, Pick, Prompt, Speech, Text
from dialogs.heard import Began, Command, Done, Gone, Heard, Invalid, NotUnderstood, Value
from dialogs.outcome import HandOver, Wait
from dialogs.session import Frame, Session
from dialogs.trace import Trace, trace_of
from dialogs.trace.masking import HIDDEN, LONG_ROW, Masks, masks_of
from dialogs.trace.record import VERSION, dump, parse
from nlu.items import Item, ItemIndex
from nlu.values import as_spoken_digits
from records import case_number

BOOK = read_book(ItemIndex((Item("YL-001", "老年优待证", ("老年证",)), Item("ZZ-001", "居住证"))))
OPENID = "oAbC12dEfGhIjKlMnOpQrStUvWxY"
NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)
MENU = Session("c1", revision=1, frames=(Frame("main", "menu", {}, 0),))
NUMBER, TAIL = case_number.make(26, 1234567), "8000"


def in_check(step: str, **slots: Any) -> Session:
    return Session("c1", revision=3, frames=(Frame("main", "status", {}, 0), Frame("check_status", step, slots, 1)))


def traced(
    event: Event,
    heard: Heard,
    met: Session = MENU,
    after: Session | None = None,
    prompts: Sequence[Prompt] = (),
    did: Sequence[tuple[str, Done]] = (),
    then: Any = None,
    book: Book = BOOK,
    known: tuple[tuple[str, str], ...] = (),
) -> Trace:
    incoming = Incoming(Address("wechat", OPENID), event, "msg-20991231", known)
    return trace_of(book, incoming, met, heard, did, prompts, then or Wait(), after or met, at=NOON, ms=3.21)


def masks() -> Masks:
    return masks_of(BOOK)


# --- what stays ---------------------------------------------------------------------------------------------------------------------


def test_what_was_asked_understood_and_said_can_be_read() -> None:
    after = in_check("number", number="")
    said = (
        Prompt("请输入办件编号，一共 10 位数字，就是提交时告诉您的那个。", "请说或者按您的办件编号，一共十位。", "check_status.number"),
    )
    trace = traced(
        Text("我要办老年证"), Value({"intent": "request", "item": "YL-001", "name": "老年优待证", "number": ""}), after=after, prompts=said
    )
    assert (trace.conversation, trace.channel, trace.revision, trace.at, trace.ms) == ("c1", "wechat", 3, NOON, 3.2)
    assert (trace.event.kind, trace.event.content) == ("text", "我要办老年证")
    assert (trace.met.name, trace.met.slot) == ("main.menu", "wish")
    assert (trace.heard.kind, trace.heard.value) == ("Value", "request YL-001")
    assert trace.left.name == "check_status.number"
    assert trace.said[0].text == said[0].text
    assert trace.said[0].speech == said[0].speech


def test_every_sentence_of_the_flows_without_blanks_or_long_figures_stays_whole() -> None:
    lines = [
        text for flow in BOOK.flows.values() for step in flow.steps.values() if (text := getattr(getattr(step, "prompt", None), "text", ""))
    ]
    plain = [text for text in lines if "{" not in text and not re.search(r"\d[\d ]{3,}", text)]
    assert len(plain) > 5
    assert [masks().ours(text) for text in plain] == plain


def test_actions_leave_their_outcome_and_what_of_them_is_public() -> None:
    case = {"item": "老年优待证", "state": "办理中", "day": "2026-06-30", "meaning": "工作人员正在办。", "note": "请王秀英补户口本"}
    said = (
        Prompt(
            f"编号 {case_number.group(NUMBER)}：老年优待证，现在是“办理中”。6月30日更新。工作人员正在办。\n工作人员留言：请王秀英补户口本"
        ),
    )
    trace = traced(Keys(TAIL), Value(TAIL), in_check("tail", number=NUMBER), MENU, said, [("find_case", Done("found", case))])
    assert trace.did[0].action == "find_case"
    assert trace.did[0].outcome == "found"
    assert trace.did[0].facts == {"item": "老年优待证", "state": "办理中"}
    assert "现在是“办理中”" in trace.said[0].text
    assert "工作人员正在办" in trace.said[0].text


def test_a_hand_over_leaves_its_reason_and_failures_their_number() -> None:
    from dialogs.session import Failures

    after = Session("c1", revision=4, frames=MENU.frames, failures=Failures(no_match=2), outcome="hand_over")
    trace = traced(Text("人工"), Command("!person"), after=after, then=HandOver("asked"))
    assert trace.hand_over == "asked"
    assert trace.failures == (0, 2, 0)
    assert trace.outcome == "hand_over"
    assert trace.left.name == "hand_over"
    assert trace.heard.label == "人工"
    assert traced(Text("人工"), Command("!person"), after=after, then=HandOver("asked", again=True)).hand_over == ""


def test_a_picked_choice_leaves_its_label() -> None:
    heard = Value({"intent": "check_status", "item": "", "name": "", "number": ""})
    assert traced(Pick("check_status", "main.menu"), heard).heard.value == "check_status"


def test_a_record_survives_the_store() -> None:
    trace = traced(
        Text("我要办老年证"), NotUnderstood(True), prompts=(Prompt("您要办什么事？", None, "main.menu"),), did=[("x", Done("y"))]
    )
    assert parse(dump(trace)) == trace


def test_a_record_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="form"):
        parse(dump(traced(Arrive(), Began())).replace(f'"version":{VERSION}'.encode(), b'"version":0'))


# --- what goes ----------------------------------------------------------------------------------------------------------------------


def test_an_answer_of_a_personal_kind_is_told_by_its_kind_and_a_wrong_one_by_its_length() -> None:
    assert traced(Text(NUMBER), Value(NUMBER), in_check("number")).event.content == "<case_number>"
    assert traced(Text("12345"), Invalid("too_short"), in_check("number")).event.content == "<case_number:5>"
    assert traced(Keys(TAIL), Value(TAIL), in_check("tail", number=NUMBER)).event.content == "<digits:4>"
    assert traced(Keys(TAIL), Value(TAIL), in_check("tail", number=NUMBER)).heard.value == "<digits:4>"


def test_names_in_a_wish_go_and_the_wish_stays() -> None:
    assert masks().resident("我想给我妈王秀英办老年优待证") == f"我想给我妈{HIDDEN * 3}办老年优待证"
    assert "建国" not in masks().resident("我叫张建国，住牛首镇花园村")
    assert "牛首" not in masks().resident("我叫张建国，住牛首镇花园村")


def test_the_sentence_kept_beside_a_wish_is_masked_by_its_words_not_as_a_whole() -> None:
    wish = {"intent": "request", "item": "YL-001", "name": "老年优待证", "number": "", "said": "我想给我妈王秀英办老年优待证"}
    after = Session("c1", revision=2, frames=(Frame("main", "service", {"wish": wish}, 0),), outcome="hand_over")
    trace = traced(Text(wish["said"]), Value(wish), after=after)
    assert trace.event.content == f"我想给我妈{HIDDEN * 3}办老年优待证"
    assert trace.heard.value == "request YL-001"


def test_what_a_clerk_wrote_goes() -> None:
    said = masks().ours("工作人员留言：请王秀英到东风路补户口本")
    assert said.startswith("工作人员留言：")
    assert "王秀英" not in said
    assert "东风" not in said


def test_neither_sender_nor_key_nor_caller_gets_in() -> None:
    told = dump(traced(Arrive(OPENID), Began(), known=(("mobile", "13800138000"),), prompts=(Prompt(f"{OPENID} 尾号 8000"),))).decode()
    for secret in (OPENID, OPENID[:12], "20991231", "13800138000", TAIL):
        assert secret not in told


def test_a_known_number_that_is_told_back_goes_in_every_form() -> None:
    said = (
        Prompt("联系您，就用尾号 8000 的这个手机号，对吗？", f"联系您，就用尾号{as_spoken_digits(TAIL)}的这个手机号，对吗？"),
        Prompt("138****8000"),
    )
    trace = traced(Arrive(), Began(), prompts=said)
    assert [one.text for one in trace.said] == [f"联系您，就用尾号 {HIDDEN * 4} 的这个手机号，对吗？", HIDDEN * 7]
    assert trace.said[0].speech == f"联系您，就用尾号{HIDDEN * 4}的这个手机号，对吗？"


def test_only_the_best_of_what_was_heard_is_kept() -> None:
    heard = Speech((Alternative("我要办居住证"), Alternative("我要办王秀英")))
    assert traced(heard, NotUnderstood()).event.content == "我要办居住证"


def test_a_picture_and_a_stale_button_leave_no_reference() -> None:
    from dialogs.contract import Photo
    from dialogs.heard import Stale

    assert traced(Photo("media/king-1234"), NotUnderstood()).event.content == "<photo>"
    assert traced(Pick(f"case:{NUMBER}"), Stale()).event.content == "<stale>"
    assert traced(Leave("hang_up"), Gone()).event.content == "hang_up"


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
HANZI = str.maketrans("0123456789", "零一二三四五六七八九")
DEALINGS = ("", " ", "-", "－", "　", ".", "，", "、", "**", "/", "|", "\n", " - ", "~", "_")


@st.composite
def spelled(draw: st.DrawFn, figures: str) -> str:
    """A number as somebody may write or say it: in any script, divided in any way."""
    script = draw(st.sampled_from(("plain", "full", "hanzi", "yao", "mixed")))
    signs = []
    for figure in figures:
        way = draw(st.sampled_from(("plain", "full", "hanzi", "yao"))) if script == "mixed" else script
        table = {"plain": {}, "full": FULL_WIDTH, "hanzi": HANZI, "yao": {**HANZI, ord("1"): "幺"}}[way]
        signs.append(figure.translate(table))
        signs.append(draw(st.sampled_from(DEALINGS)) if draw(st.booleans()) else "")
    return "".join(signs)


def figures_of(text: str) -> str:
    """All figures of a text in one row, however they are spelled."""
    back = {ord(sign): str(n) for n in range(10) for sign in ("零一二三四五六七八九"[n], "０１２３４５６７８９"[n])} | {ord("幺"): "1"}
    return re.sub(r"[^0-9]", "", text.translate(back))


NUMBERS = st.one_of(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.integers(0, case_number.RANDOM - 1).map(lambda n: case_number.make(26, n)),
    st.from_regex(r"[1-6][0-9]{16}[0-9X]", fullmatch=True),
    st.from_regex(r"[0-9]{4,30}", fullmatch=True),
)
AROUND = st.sampled_from(("", "我的手机号是", "编号", "请帮我查一下", "，谢谢", "王秀英的", "尾号"))


@settings(max_examples=300, deadline=None)
@given(number=NUMBERS, before=AROUND, after=AROUND, data=st.data(), speech=st.booleans())
@example(number="13800138000", before="", after="", data=None, speech=False)
def test_no_personal_number_survives_in_any_spelling(number: str, before: str, after: str, data: Any, speech: bool) -> None:
    text = before + (number if data is None else data.draw(spelled(number))) + after
    event = Speech((Alternative(text),)) if speech else Text(text)
    for met in (MENU, in_check("number"), in_check("tail", number=NUMBER)):
        for heard in (NotUnderstood(), Value(number), Invalid("too_long")):
            trace = traced(event, heard, met, prompts=(Prompt(f"收到 {text}，还差 1 位。", f"听到{text}。"),))
            for told in (trace.event.content, trace.heard.value, trace.said[0].text.replace("还差 1 位", ""), str(trace.said[0].speech)):
                assert len(figures_of(re.sub(r"<[^>]*>", "", told))) < LONG_ROW, told


SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林郭马罗梁宋郑谢韩唐冯邓曹彭曾"
GIVEN = "秀英桂兰淑珍翠莲鹏飞俊杰雪梅玉芬志强晓燕浩然欣怡梓涵"


@settings(max_examples=200, deadline=None)
@given(
    name=st.builds(lambda a, b: a + b, st.sampled_from(SURNAMES), st.text(GIVEN, min_size=2, max_size=2)),
    frame=st.sampled_from(("我叫{}", "给{}办老年优待证", "我是{}，想查一下", "{}", "工作人员留言：请{}补材料", "我妈{}要办居住证")),
)
def test_no_name_survives(name: str, frame: str) -> None:
    trace = traced(Text(frame.format(name)), NotUnderstood(), prompts=(Prompt(frame.format(name)),))
    assert name[1:] not in trace.event.content
    assert name[1:] not in trace.said[0].text


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60))
def test_masking_takes_any_text_and_keeps_its_short_words_in_place(text: str) -> None:
    assert masks().resident(masks().resident(text)).count("\n") <= text.count("\n")
    traced(Text(text), NotUnderstood(), prompts=(Prompt(text),))
