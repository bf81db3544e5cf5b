"""What the voice says for what a flow writes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.voice.normalise import PAUSES, grouped, normalise, number

SAID = {
    "请拨12345": "请拨幺二三四五",
    "2024-08-15 15:30": "二零二四年八月十五日，十五点三十分",
    "2024年8月15日前": "二零二四年八月十五日前",
    "2026/11/3": "二零二六年十一月三日",
    "2026.11.03": "二零二六年十一月三日",
    "2026年11月": "二零二六年十一月",
    "11月23日": "十一月二十三日",
    "2月2日": "二月二日",
    "2026年度": "二零二六年度",
    "3:30": "三点三十分",
    "9:05": "九点零五分",
    "2:00": "两点整",
    "周一至周五9:00-17:00": "周一至周五九点整到十七点整",
    "13800138000": "幺三八，零零幺三，八零零零",
    "138 0013 8000": "幺三八，零零幺三，八零零零",
    "138****8000": "幺三八，星号，八零零零",
    "手机尾号1125": "手机尾号幺幺二五",
    "后四位 0011": "后四位零零幺幺",
    "0710-3456789": "零七幺零，三四五，六七八九",
    "12345热线": "幺二三四五热线",
    "拨打110报警": "拨打幺幺零报警",
    "110": "一百一十",
    "办件编号2612345670": "办件编号二六幺，二三四，五六七零",
    "261 234 5670": "二六幺，二三四，五六七零",
    "42060119500101123X": "四二零六零幺，幺九五零，零幺零幺，幺二三叉",
    "YL-001": "歪、艾勒、零零幺",
    "A4纸": "诶、四纸",
    "按1，按#键，按*返回": "按一，按井号键，按星号返回",
    "请按2": "请按二",
    "75%": "百分之七十五",
    "99.5％": "百分之九十九点五",
    "120元": "一百二十元",
    "¥1,205.50": "一千二百零五点五零元",
    "1,205.50元": "一千二百零五点五零元",
    "0元": "零元",
    "0.5元": "零点五元",
    "10000元": "一万元",
    "10050元": "一万零五十元",
    "100000元": "十万元",
    "满80周岁": "满八十周岁",
    "2个工作日": "两个工作日",
    "20个工作日": "二十个工作日",
    "12个月": "十二个月",
    "22件": "二十二件",
    "2份材料": "两份材料",
    "第2项": "第二项",
    "第3项": "第三项",
    "7-15个工作日": "七到十五个工作日",
    "您有3件，共2份。": "您有三件，共两份。",
    "您好！！请讲…": "您好！请讲",
    "（免费）": "免费",
    "第一行\n第二行": "第一行。第二行",
    "①查进度②办事": "一、查进度二、办事",
    "身份证/户口簿": "身份证或户口簿",
    "": "",
    "！？": "",
}


@pytest.mark.parametrize(("text", "said"), SAID.items(), ids=list(SAID))
def test_text_is_said_as_people_say_it(text: str, said: str) -> None:
    assert normalise(text) == said


@given(st.text(max_size=60))
def test_whatever_is_written_only_hanzi_and_pauses_are_left(text: str) -> None:
    assert re.fullmatch(rf"[\u4e00-\u9fff{PAUSES}]*", normalise(text))


@given(st.text(alphabet="0123456789-:/.,%*#元年月日个 按第X", max_size=30))
def test_numbers_never_break_it_and_never_stay_digits(text: str) -> None:
    assert not re.search(r"[0-9]", normalise(text))


@given(st.from_regex(r"[0-9]{1,30}", fullmatch=True))
def test_a_number_that_names_something_keeps_all_its_digits(digits: str) -> None:
    assert len(grouped(digits).replace("，", "")) == len(digits)


def test_large_quantities_are_read_with_their_gaps() -> None:
    assert [number(n) for n in ("100010", "10000000", "100001", "1000100", "200000000")] == [
        "十万零一十",
        "一千万",
        "十万零一",
        "一百万零一百",
        "二亿",
    ]
