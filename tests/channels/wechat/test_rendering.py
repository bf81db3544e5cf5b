"""Replies as texts and XML: nothing that is said can break them, and they keep the platform's lengths."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.wechat.render import pages, split
from channels.wechat.xml import Passive, legal, passive_xml
from dialogs.contract import Choice, Expectation, Outcome, Prompt, Reply, Wants

anything = st.text(st.characters(exclude_categories=()) | st.sampled_from("]>&<\x00\x08￾￿\U0001f600"), max_size=200)
awkward = st.lists(anything | st.sampled_from(["]]>", "<![CDATA[", "</Content>", "<xml>", "&lt;", "\ud800"]), max_size=8).map("".join)


@settings(deadline=None)  # the machine may be busy
@given(awkward)
def test_whatever_is_said_comes_out_as_one_text_and_injects_nothing(said: str) -> None:
    xml = passive_xml(Passive(said), openid="oAbc", account="gh_1", now=1)
    if not said:
        assert xml == ""
        return
    root = ElementTree.fromstring(xml)
    assert sorted(child.tag for child in root) == ["Content", "CreateTime", "FromUserName", "MsgType", "ToUserName"]
    assert (root.findtext("Content") or "") == legal(said).replace("\r\n", "\n").replace("\r", "\n")
    assert root.findtext("MsgType") == "text"


@settings(deadline=None)  # the machine may be busy
@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=1500), st.integers(200, 2000))
def test_pages_keep_their_size_and_lose_no_words(text: str, size: int) -> None:
    cut = split(text, size)
    assert all(0 < len(page.encode()) <= size for page in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())


def test_pages_end_where_sentences_end() -> None:
    cut = split("这是一句完整的话。" * 100, 2000)
    assert len(cut) == 2
    assert all(page.endswith("。") for page in cut)


def test_a_page_without_any_end_is_cut_between_characters() -> None:
    assert [len(page) for page in split("字" * 1000, 2000)] == [666, 334]


def test_a_link_is_never_cut() -> None:
    link = '<a href="weixin://bizmsgmenu?msgmenucontent=查进度&msgmenuid=menu~status">查进度</a>'
    cut = split("字" * 640 + link + "后", 2000)
    assert [link in page for page in cut] == [False, True]


def test_choices_keep_the_engines_numbers_and_universals_follow(words: Any) -> None:
    expect = Expectation("q", Wants.CHOICE, "choice", (Choice("a", "甲", "1"), Choice("b", "乙", "2")), (Choice("!person", "人工"),))
    assert pages(Reply((Prompt("选哪个？"),), Outcome.WAIT, expect), words, page_bytes=2000) == (
        "选哪个？\n\n1. 甲\n2. 乙\n\n请回复前面的数字，比如“1”。\n随时可以回复：人工。",
    )


def test_offers_beside_free_text_say_that_writing_is_possible(words: Any) -> None:
    expect = Expectation("q", Wants.TEXT, "service_item", (Choice("a", "高龄补贴", "1"),))
    offered = words("wechat.answer_or_number", example="1")
    assert offered in pages(Reply((Prompt("哪件事？"),), Outcome.WAIT, expect), words, page_bytes=2000)[0]


def test_a_reply_that_says_nothing_has_no_pages(words: Any) -> None:
    assert pages(Reply((), Outcome.END), words, page_bytes=2000) == ()


def test_a_label_with_markup_is_not_made_a_link(words: Any) -> None:
    expect = Expectation("q", Wants.CHOICE, "choice", (Choice("a", '甲"><b>', "1"),))
    assert "weixin://" not in pages(Reply((), Outcome.WAIT, expect), words, page_bytes=2000, tappable=True)[0]


def test_a_transfer_names_both_sides() -> None:
    root = ElementTree.fromstring(passive_xml(Passive(transfer=True), openid="oAbc", account="gh_1", now=7))
    assert {child.tag: child.text for child in root} == {
        "MsgType": "transfer_customer_service",
        "FromUserName": "gh_1",
        "ToUserName": "oAbc",
        "CreateTime": "7",
    }
