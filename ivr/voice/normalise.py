"""Chinese text as it is said on the telephone: every digit, letter and sign becomes hanzi before a synthesiser sees it.

    请拨12345              -> 请拨幺二三四五
    2026-08-15 15:30       -> 二零二六年八月十五日，十五点三十分
    办件编号2612345670      -> 办件编号二六幺，二三四，五六七零
    按#键，75%，120元       -> 按井号键，百分之七十五，一百二十元

Engines' own normalisers read 12345热线 as 一万二千… and 13800138000 as 一百三十八亿 (measured with misaki), so ours comes first, whatever
the engine. Numbers that name something (telephone, case, identity card: five digits and more, or a leading zero) are read digit by digit
with 幺; quantities are read as numbers, 二 before a measure word as 两. Words and measures are in readings.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

DIGITS = "零一二三四五六七八九"
#: Punctuation that stays: it shapes melody and pauses.
PAUSES = "，。！？；：、"

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


class _Tables(NamedTuple):
    letters: dict[str, str]
    signs: dict[str, str]
    rules: tuple[Rule, ...]


def spell(digits: str) -> str:
    """Digit by digit, 1 as 幺: 12345 -> 幺二三四五."""
    return "".join("幺" if d == "1" else DIGITS[int(d)] for d in digits)


def plain(digits: str) -> str:
    """Digit by digit without 幺, as in years: 2026 -> 二零二六."""
    return "".join(DIGITS[int(d)] for d in digits)


def grouped(digits: str) -> str:
    """Digit by digit in the groups that people use: 3-4-4 for a mobile, 3-3-4 for a case, 6-4-4-4 for an identity card, else threes and fours."""
    count = len(digits)
    threes = -count % 4
    sizes = {17: (6, 4, 4, 3), 18: (6, 4, 4, 4)}.get(count) or (
        (count,) if count <= 5 else (3,) * threes + (4,) * ((count - 3 * threes) // 4)
    )
    out, at = [], 0
    for size in sizes:
        out.append(spell(digits[at : at + size]))
        at += size
    return "，".join(out)


def number(text: str) -> str:
    """A quantity, up to 9999 亿: 1205 -> 一千二百零五, 3.14 -> 三点一四. Longer ones are read digit by digit."""
    whole, _, fraction = text.replace(",", "").partition(".")
    if len(whole) > 12:
        return grouped(whole)
    value = int(whole or "0")
    said = "零" if value == 0 else ""
    for unit, size in (("亿", 10**8), ("万", 10**4), ("", 1)):
        part, value = divmod(value, size)
        if part:
            said += ("零" if said and part < 1000 else "") + _thousands(part) + unit
    return re.sub("^一十", "十", said) + ("点" + plain(fraction) if fraction else "")


def _thousands(value: int) -> str:
    out, gap = "", False
    for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, value = divmod(value, size)
        if digit:
            out += ("零" if gap and out else "") + DIGITS[digit] + unit
        gap = not digit
    return out


def _date(m: re.Match[str]) -> str:
    day = m.group(3) if m.lastindex and m.lastindex >= 3 else ""
    return f"{plain(m.group(1))}年{number(m.group(2))}月" + (f"{number(day)}日" if day else "")


def _time(m: re.Match[str]) -> str:
    hour, minute = int(m.group(1)), int(m.group(2))
    said = "两" if hour == 2 else number(str(hour))
    return f"{said}点" + ("整" if minute == 0 else f"零{DIGITS[minute]}分" if minute < 10 else f"{number(str(minute))}分")


def _code(m: re.Match[str], letters: dict[str, str]) -> str:
    """Letters by name, digits one by one: YL-001 -> 歪、艾勒、零零幺."""
    said: list[str] = []
    for word, digits in re.findall(r"([A-Z]+)|(\d+)", m.group(0).upper()):
        said += [letters[letter] for letter in word] if word else [grouped(digits)]
    return "、".join(said)


@cache
def _tables() -> _Tables:
    loaded = yaml.safe_load((Path(__file__).parent / "readings.yaml").read_text("utf-8"))
    letters: dict[str, str] = loaded["letters"]
    measures = "|".join(sorted(loaded["measures"].split(), key=len, reverse=True))
    two = "|".join(sorted(loaded["two"].split(), key=len, reverse=True))
    names = "|".join(f"(?<={name})" for name in loaded["names"].split())
    rules: list[tuple[str, Callable[[re.Match[str]], str]]] = [
        # a number with its middle hidden: 138****0000
        (r"(?<!\d)(\d{2,6})[*＊xX×]{2,}(\d{2,4})(?!\d)", lambda m: f"{spell(m[1])}，星号，{spell(m[2])}"),
        (r"[*＊×]{2,}(\d{2,4})(?!\d)", lambda m: f"星号，{spell(m[1])}"),
        (r"(?<!\d)(\d{17})[Xx](?![A-Za-z\d])", lambda m: grouped(m[1]) + "叉"),
        (r"(?<![\d-])(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?![\d-])(?=\s*[01]?\d[:：])", lambda m: _date(m) + "，"),
        (r"(?<![\d-])(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?![\d-])", _date),
        (r"(?<!\d)(\d{4})年(\d{1,2})月", _date),
        (r"(?<!\d)(\d{4})年", lambda m: plain(m[1]) + "年"),
        (r"(\d[:：]\d\d)\s*[-—–~～]\s*(?=[012]?\d[:：]\d\d)", lambda m: m[1] + "到"),
        (r"(?<![\d:：])([01]?\d|2[0-4])[:：]([0-5]\d)(?:[:：][0-5]\d)?(?!\d)", _time),
        (r"(?<!\d)(0\d{2,3})[-－](\d{7,8})(?!\d)", lambda m: f"{spell(m[1])}，{grouped(m[2])}"),
        (r"(?<!\d)(1\d{2})[- ]?(\d{4})[- ]?(\d{4})(?!\d)", lambda m: "，".join(spell(g) for g in m.groups())),
        (r"(?<!\d)(\d{3})[- ](\d{3})[- ](\d{4})(?!\d)", lambda m: "，".join(spell(g) for g in m.groups())),
        (r"(?<![A-Za-z\d])[A-Za-z]{1,4}-?\d+(?![A-Za-z\d])", lambda m: _code(m, letters)),
        (r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]{2,}", lambda m: _code(m, letters)),
        (r"(\d+(?:\.\d+)?)\s*[%％]", lambda m: "百分之" + number(m[1])),
        (r"[¥￥]\s*(\d[\d,]*(?:\.\d+)?)", lambda m: number(m[1]) + "元"),
        (rf"(?:{names})\s*(\d{{3,}})(?!\d)", lambda m: grouped(m[1])),
        (r"(?<![\d.])(\d{1,4})\s*[-—–~～至]\s*(\d{1,4})(?![\d.])", lambda m: f"{number(m[1])}到{number(m[2])}"),
        (r"(?<=第)\d+", lambda m: number(m[0])),
        (rf"(?<![\d.])2(?=\s*(?:{two}))", lambda m: "两"),
        (rf"(?<![\d.])0(?:\.\d+)?(?=\s*(?:{measures}))", lambda m: number(m[0])),
        (rf"(?<![\d.])([1-9][\d,]*(?:\.\d+)?)(?=\s*(?:多|余|几)?(?:{measures}))", lambda m: number(m[1])),
        (r"\d+\.\d+", lambda m: number(m[0])),
        (r"\d{1,3}(?:,\d{3})+", lambda m: number(m[0])),
        (r"(?<!\d)(?:\d{5,}|0\d+)(?!\d)", lambda m: grouped(m[0])),
        (r"\d+", lambda m: number(m[0])),
        (r"[A-Za-z]+", lambda m: "、".join(letters[c] for c in m[0].upper()) if m[0].isupper() or len(m[0]) == 1 else ""),
    ]
    return _Tables(letters, loaded["signs"], tuple((re.compile(pattern), said) for pattern, said in rules))


_WIDE = {ord("０") + i: str(i) for i in range(10)} | {ord("＃"): "#", ord("＊"): "*", ord("～"): "~", ord("．"): "."}
_MARKS = str.maketrans(
    {",": "，", "?": "？", "!": "！", ";": "；", ":": "：", "(": "，", ")": "，", "（": "，", "）": "，", "\n": "。", "…": "，"}
)


def normalise(text: str) -> str:
    """`text` in hanzi and ，。！？；：、 alone; what cannot be said (quotation marks, unknown signs, foreign words) is dropped."""
    tables = _tables()
    text = text.strip().translate(_WIDE)
    for pattern, said in tables.rules:
        text = pattern.sub(said, text)
    for sign, word in tables.signs.items():
        text = text.replace(sign, word)
    text = re.sub(r"[^\u4e00-\u9fff，。！？；：、]", "", text.translate(_MARKS))
    text = re.sub(rf"[，、；：]+(?=[{PAUSES}])", "", text)  # of several marks the last and strongest counts
    text = re.sub(rf"([。！？])[{PAUSES}]+", r"\1", text)
    return text.strip("，、；：").lstrip("。！？")
