"""Two wishes in one sentence, and a wish that points back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.wishes import MOST_PARTS, parts, points_back


@pytest.mark.parametrize(
    ("said", "pieces"),
    [
        ("低保和残疾证都想问", ("低保", "残疾证都想问")),
        ("我想办老年证，还有社保卡", ("我想办老年证", "社保卡")),
        ("居住证、社保卡、低保", ("居住证", "社保卡", "低保")),
        ("办老年证还有就是医保", ("办老年证", "医保")),
    ],
)
def test_a_sentence_is_divided_where_wishes_are_joined(said: str, pieces: tuple[str, ...]):
    assert parts(said) == pieces


@pytest.mark.parametrize("said", ["办老年优待证", "我妈要办残疾人证", "和", "", "，，，"])
def test_a_single_wish_stays_whole(said: str):
    assert parts(said) == (said,)


@given(st.text())
def test_any_text_gives_at_least_one_piece_and_never_too_many(text: str):
    assert 1 <= len(parts(text)) <= MOST_PARTS


@pytest.mark.parametrize("said", ["那我现在就办", "好，那就办吧", "就办这个", "那就申请吧", "办吧", "我要办这个", "行，帮我办一个吧"])
def test_a_wish_without_a_name_points_back(said: str):
    assert points_back(said)


@pytest.mark.parametrize("said", ["办低保", "查进度", "不办了", "办得怎么样了", "这个要带什么", "算了", "那我现在就办社保卡", ""])
def test_a_wish_with_a_name_and_a_refusal_do_not(said: str):
    assert not points_back(said)
