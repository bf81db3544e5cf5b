"""What is said in one go, and how long to pause behind it.

Cutting is a fixed function of the text, so that a prompt rendered ahead is found again when the sentence is spoken: at commas and full
stops; dates into year, month and day; numbers that name something into threes and pairs of digits, of which all there are have been rendered.
So no personal number is ever made or kept as one sound, and any number can be said without a synthesiser. (Digits said one by one are
harder to understand: of 64 in groups of four a recogniser got 41 wrong, of the same digits said in pairs 6, in one go none.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.voice.normalise import number, plain

#: Silence behind a piece, ms, by the mark that ends it; between the parts of a date; between threes and pairs.
PAUSE_MS = {"，": 220, "；": 320, "：": 280, "。": 450, "！": 450, "？": 450, "、": 140}
DATE_GAP_MS, DIGITS_GAP_MS, LEAD_IN_GAP_MS = 20, 60, 120
#: A clause longer than this is cut at 、 and, if it has none, where it is: the model takes about 100 syllables.
MOST_SYLLABLES = 60

_SPELLED = "零幺二三四五六七八九"
_CLAUSE = re.compile(r"[^，。！？；：]+[，。！？；：]?")
_DAYS = "三十一|三十|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九]"
_SPECIAL = re.compile(
    rf"(?P<year>[一二][零一二三四五六七八九]{{3}}年)|(?P<month>(?:十[一二]?|[一二三四五六七八九])月)(?=(?:{_DAYS})日)|(?P<day>(?<=月)(?:{_DAYS})日)|"
    r"(?P<digits>[零一二三四五六七八九幺]{3,})"
)
_DIGITS_ALONE = re.compile(r"(?P<digits>[零一二三四五六七八九幺]+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` is normalised and ends in the mark that shapes its melody; `pause_ms` of silence follow it."""

    text: str
    pause_ms: int


def split(said: str) -> tuple[Piece, ...]:
    """The pieces of a normalised text. No pause follows the last one."""
    out: list[Piece] = []
    for clause in _CLAUSE.findall(said):
        mark = clause[-1] if clause[-1] in "，。！？；：" else "。"
        out += _clause(clause.rstrip("，。！？；：").strip("、"), mark)
    if out:
        out[-1] = Piece(out[-1].text, 0)
    return tuple(out)


def _clause(text: str, mark: str) -> list[Piece]:
    out: list[Piece] = []
    at = 0
    for m in _DIGITS_ALONE.finditer(text) if _DIGITS_ALONE.fullmatch(text) else _SPECIAL.finditer(text):
        if m.lastgroup == "day" and m.start() != at:
            continue  # 每月十五日 is no date
        out += _words(text[at : m.start()], "，", LEAD_IN_GAP_MS if m.group("digits") else DATE_GAP_MS)
        at = m.end()
        if m.group("digits"):
            out += [Piece(digits + "，", DIGITS_GAP_MS) for digits in _threes_and_pairs(m.group("digits"))]
        else:
            out.append(Piece(m.group(0) + "，", DATE_GAP_MS))
    out += _words(text[at:], mark, PAUSE_MS[mark])
    if out:  # the last one, whatever it is, carries the clause's own melody and pause
        last = out[-1].text[:-1]
        closing = (
            "，" if len(last) == 3 and _DIGITS_ALONE.fullmatch(last) else "。" if _DIGITS_ALONE.fullmatch(last) and mark != "，" else mark
        )
        out[-1] = Piece(last + closing, PAUSE_MS[mark])
    return out


def _threes_and_pairs(digits: str) -> list[str]:
    """As few parts as can be, none of one digit unless it is alone: 4 is 2+2, 5 is 3+2, 7 is 3+2+2."""
    parts = []
    while digits:
        size = 2 if len(digits) in (2, 4) else 3
        parts.append(digits[:size])
        digits = digits[size:]
    return parts


def _words(text: str, mark: str, pause_ms: int) -> list[Piece]:
    text = text.strip("、")
    if not text:
        return []
    if len(text) <= MOST_SYLLABLES:
        return [Piece(text + mark, pause_ms)]
    parts = [p for p in text.split("、") if p]
    if len(parts) == 1:
        parts = [text[i : i + MOST_SYLLABLES] for i in range(0, len(text), MOST_SYLLABLES)]
    short = [p[i : i + MOST_SYLLABLES] for p in parts for i in range(0, len(p), MOST_SYLLABLES)]
    return [Piece(p + "，", PAUSE_MS["、"]) for p in short[:-1]] + [Piece(short[-1] + mark, pause_ms)]


def always_needed() -> tuple[str, ...]:
    """Pieces that any number and date is put together from: rendered whatever the flows say."""
    digits = [d + mark for d in "零一二三四五六七八九幺两叉" for mark in "，。"]
    digits += [a + b + mark for a in _SPELLED for b in _SPELLED for mark in "，。"]
    digits += [a + b + c + "，" for a in _SPELLED for b in _SPELLED for c in _SPELLED]
    units = [u + mark for u in ("十", "百", "千", "万", "元", "星号", "井号") for mark in "，。"]
    years = [plain(str(year)) + "年" + mark for year in range(2020, 2036) for mark in "，。"]
    months = [number(str(month)) + "月，" for month in range(1, 13)]
    days = [number(str(day)) + "日" + mark for day in range(1, 32) for mark in "，。"]
    keys = [
        f"请按{key}{mark}" for key in ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "星号键", "井号键") for mark in "，。"
    ]
    return tuple(digits + units + years + months + days + keys)
