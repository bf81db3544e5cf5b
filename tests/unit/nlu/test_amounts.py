from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.amounts import LARGEST, PHRASES, Amount, find_amount, read_amount, say_amount

AMOUNTS = st.decimals(min_value="0.01", max_value="9999999.99", places=2)
SPOKEN = "零一二三四五六七八九十百千万亿两半点块元毛角分钱多来几左右大概负-,.￥0123456789 每个月把"
TEXTS = st.text(max_size=300) | st.text(alphabet=SPOKEN, max_size=220)


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("3500", "3500"),
        ("3500#", "3500"),
        ("3,500.50", "3500.5"),
        ("￥3500元", "3500"),
        ("３５００", "3500"),
        ("三千五", "3500"),
        ("三千，五百", "3500"),
        ("三五零零", "3500"),
        ("一万二", "12000"),
        ("两千零五十块", "2050"),
        ("五块五", "5.5"),
        ("五快五", "5.5"),
        ("三块半", "3.5"),
        ("五毛", "0.5"),
        ("三毛五", "0.35"),
        ("五分钱", "0.05"),
        ("三块二毛五", "3.25"),
        ("一百块零五分", "100.05"),
        ("一百二十块零五毛", "120.5"),
        ("1.2万", "12000"),
        ("1.1万", "11000"),
        ("1万2", "12000"),
        ("3千5百", "3500"),
        ("三点五万", "35000"),
        ("叁仟伍佰元整", "3500"),
        ("嗯我家一共有三千五百块钱吧", "3500"),
        ("没有收入", "0"),
        ("零", "0"),
    ],
)
def test_an_amount_is_read_however_it_is_given(text: str, yuan: str) -> None:
    assert read_amount(text) == Amount(Decimal(yuan))


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("一百来块", "100"),
        ("三千左右", "3000"),
        ("大概是三千五吧", "3500"),
        ("三千多", "3000"),
        ("十几块", "10"),
        ("一百多万元", "1000000"),
        ("千把块钱", "1000"),
        ("不到两千", "2000"),
        ("五百块出头", "500"),
    ],
)
def test_a_rough_figure_is_marked_as_one(text: str, yuan: str) -> None:
    assert read_amount(text) == Amount(Decimal(yuan), about=True)


@pytest.mark.parametrize(
    ("text", "per"), [("一个月三千", "month"), ("三千块一个月", "month"), ("每年3000", "year"), ("一天三千", "day"), ("三千", None)]
)
def test_the_period_that_was_said_is_told(text: str, per: str | None) -> None:
    found = read_amount(text)
    assert found is not None
    assert (found.value, found.per) == (3000, per)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-5", "negative"),
        ("负五百块", "negative"),
        ("1.234", "too_many_places"),
        ("100000000", "too_large"),
        ("一亿", "too_large"),
        ("9" * 150, "too_large"),
    ],
)
def test_what_cannot_be_used_says_why(text: str, reason: str) -> None:
    assert read_amount(text) == Amount(None, reason)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "你好",
        "是的",
        "百",
        "两三百",
        "三五块",
        "三千到五千",
        "3000-5000",
        "三口人",
        "三块地",
        "半块",
        "1,2",
        "1.2.3",
        "一百百",
        "低保",
        "三千元旦",
    ],
)
def test_what_is_no_amount_is_none(text: str) -> None:
    assert read_amount(text) is None


@pytest.mark.parametrize(
    ("sentence", "yuan"),
    [
        ("我每个月有三千五百块钱的退休金", "3500"),
        ("花了五块五", "5.5"),
        ("交了500元社保", "500"),
        ("借了两万", "20000"),
        ("五毛钱", "0.5"),
        ("我交了五百块，五百元整", "500"),
    ],
)
def test_the_amount_inside_a_sentence_is_found(sentence: str, yuan: str) -> None:
    assert find_amount(sentence) == Amount(Decimal(yuan))


def test_a_rough_figure_inside_a_sentence_is_marked_as_one() -> None:
    assert find_amount("医药费一共1.2万左右") == Amount(Decimal(12000), about=True)
    assert find_amount("家里大概三万块钱收入") == Amount(Decimal(30000), about=True)


@pytest.mark.parametrize(
    "sentence",
    [
        "我家有三块地",
        "我有一块地",
        "三万人",
        "今年二十三元旦办的",
        "从三千块涨到五千块",
        "万一不行",
        "咱们一块办",
        "我住三元村",
        "画个三角",
        "我今年七十三",
        "十分钟到",
        "电话13800138000",
        "想吃两块肉",
        "11010519491231002X",
    ],
)
def test_a_sentence_without_one_sure_amount_gives_none(sentence: str) -> None:
    assert find_amount(sentence) is None


@pytest.mark.parametrize(
    ("yuan", "shown", "said"),
    [
        ("3500", "3500元", "三千五百元"),
        ("20.5", "20.50元", "二十元五角"),
        ("0.05", "0.05元", "五分"),
        ("3500.05", "3500.05元", "三千五百元零五分"),
        ("3500.55", "3500.55元", "三千五百元五角五分"),
        ("0", "0元", "零元"),
        ("2", "2元", "两元"),
        ("12", "12元", "十二元"),
        ("122222", "122222元", "十二万两千二百二十二元"),
        ("-5", "-5元", "负五元"),
    ],
)
def test_an_amount_is_shown_and_said(yuan: str, shown: str, said: str) -> None:
    assert say_amount(Decimal(yuan)) == (shown, said)


@given(AMOUNTS)
@settings(deadline=None, max_examples=600)
def test_every_amount_is_read_back_from_how_it_is_shown_and_said(yuan: Decimal) -> None:
    shown, said = say_amount(yuan)
    assert read_amount(shown) == read_amount(said) == read_amount(f"{yuan:,}") == Amount(yuan)


@given(AMOUNTS)
@settings(deadline=None, max_examples=200)
def test_every_amount_is_found_in_a_sentence_that_names_yuan(yuan: Decimal) -> None:
    assert find_amount(f"上个月交了{yuan}元医药费") == Amount(yuan)


@given(TEXTS)
@settings(deadline=None, max_examples=600)
def test_no_text_makes_the_reader_fail(text: str) -> None:
    for found in (read_amount(text), find_amount(text)):
        if found is not None:
            assert (found.value is None) == (found.reason is not None)
            assert found.value is None or 0 <= found.value <= LARGEST


def test_the_words_to_listen_for_are_said_once() -> None:
    assert len(set(PHRASES)) == len(PHRASES)
