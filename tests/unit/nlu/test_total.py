"""Every reader answers for every text: no exception, and no text takes for ever (the suite's time-out is the guard)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.choices import Option, choose
from nlu.commands import read_command
from nlu.digits import read_digits, read_number
from nlu.intents import intent_of
from nlu.items import ItemIndex
from nlu.pinyin import fuzzy, syllables
from nlu.text import MAX_CHARS, bare, clean, is_cut
from nlu.values import as_spoken_digits, group_id, group_mobile, mask_id, mask_mobile, read_id_number, read_mobile
from nlu.yes_no import read_yes_no

SPOKEN = "零〇一二三四五六七八九十百千万亿幺两双个不是对错了要有叉xX*办查证低保医老年我你的什么吗再说遍人工取消 ，。-①第"
TEXTS = st.text(max_size=400) | st.text(alphabet=SPOKEN, max_size=260)
OPTIONS = (Option("a", "低保", "1"), Option("b", "医保", "2", ("合作医疗",)), Option("c", "", "3"))


@given(TEXTS)
@settings(deadline=None, max_examples=400)
def test_no_text_makes_a_reader_fail(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) <= MAX_CHARS
    assert clean(cleaned) == cleaned
    assert bool(bare(text)) == any(char.isalnum() for char in cleaned)
    assert len(syllables(text)) == len(fuzzy(text))
    is_cut(text)
    read_yes_no(text)
    read_command(text)
    read_number(text)
    intent_of(text)
    choose([text, text[::-1]], OPTIONS)


@given(TEXTS, st.booleans())
@settings(deadline=None, max_examples=400)
def test_figures_are_figures(text: str, letter_x: bool) -> None:
    found = read_digits(text, letter_x)
    if found is not None:
        assert found.value == "".join(found.groups) != ""
        assert set(found.value) <= set("0123456789X" if letter_x else "0123456789")


@given(TEXTS)
@settings(deadline=None, max_examples=200)
def test_values_are_read_grouped_and_masked_for_every_text(text: str) -> None:
    mobile, identity = read_mobile(text), read_id_number(text)
    assert not mobile.ok or len(mobile.value) == 11
    assert not identity.ok or len(identity.value) == 18
    assert group_mobile(text).replace(" ", "") == text.replace(" ", "")
    assert group_id(text).replace(" ", "") == text.replace(" ", "")
    assert len(mask_mobile(text)) == len(text) == len(mask_id(text))
    as_spoken_digits(text)


@given(st.lists(TEXTS, max_size=3), st.booleans())
@settings(deadline=None, max_examples=150)
def test_the_index_answers_every_sentence(index: ItemIndex, texts: list[str], heard: bool) -> None:
    found = index.find(texts, heard)
    assert (found.verdict == "none") == (not found.candidates)
    assert len(found.candidates) <= 3
    assert all(0 < candidate.score <= 1 for candidate in found.candidates)
    scores = [candidate.score for candidate in found.candidates]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "unit", ["查", "不是一", "要", "三个", "我要", "谢谢", "一下", "人工", "\u0301", "🙂", "ﷺ", "办得怎么", "a", "没有", "不对一 "]
)
def test_a_sentence_repeated_a_hundred_thousand_times_is_read(index: ItemIndex, unit: str) -> None:
    text = unit * 100_000
    read_yes_no(text)
    read_command(text)
    read_digits(text, letter_x=True)
    read_number(text)
    intent_of(text)
    choose([text], OPTIONS)
    index.find([text] * 5, heard=True)
