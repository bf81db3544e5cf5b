"""Money as people say it: 三千五, 一万二, 五块五, 一百来块, ￥3,500.50.

`cn2an` reads the plain numbers (strict, and right on every form tried except 三点五万, which is split here); the money around them, what is
only about so much, and how it is told back are this module's own. Words are in `data/amounts.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import cn2an

from nlu.tables import phrases
from nlu.text import clean

AmountReason = Literal["too_many_places", "too_large", "negative"]
Period = Literal["day", "month", "year"]

LARGEST = Decimal("99999999.99")
"""Yuan. No service asks a household for more; a longer number is a slip of the finger, or another kind of number."""

PHRASES: tuple[str, ...] = phrases("amounts")["listen"]
"""Words to listen for while an amount is asked."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money as it was read.

    value: yuan, at most two places; None exactly when there is a reason.
    reason: why it is none that can be used.
    about: said as a rough figure (左右, 一百来块).
    per: the period that was said with it (一个月三千), None when none was.
    """

    value: Decimal | None
    reason: AmountReason | None = None
    about: bool = False
    per: Period | None = None

    @property
    def ok(self) -> bool:
        """Whether it can be used."""
        return self.reason is None


def read_amount(text: str) -> Amount | None:
    """A whole answer that is an amount, typed, spoken or keyed; a number without a unit is yuan. None when it is no amount, or a guess (两三百)."""
    said = _closed_up(text, _PAUSES)
    if said in _NOTHING:
        return Amount(Decimal(0))
    about, per = False, None
    while edge := _FRONT.match(said) or _END.search(said):
        about |= edge["about"] is not None
        per = _PERIODS.get(edge.group(), per)
        said = said[edge.end() :] if edge.start() == 0 else said[: edge.start()]
    match = _MONEY.fullmatch(said)
    return match and _amount(match, about, per)


def find_amount(sentence: str) -> Amount | None:
    """The one amount that a longer sentence names with its unit (元, 块, 万); None when there is none, or several that differ."""
    said = _closed_up(sentence, _BLANKS)
    found: set[Amount] = set()
    for match in _IN_SENTENCE.finditer(said):
        after = said[match.end() :]
        if not _surely_money(match, after):
            continue
        about = bool(_ABOUT_BEFORE.search(said[: match.start()])) or bool(_ABOUT_AFTER.match(after))
        if amount := _amount(match, about, None):
            found.add(amount)
    return found.pop() if len(found) == 1 else None


def say_amount(value: Decimal) -> tuple[str, str]:
    """How an amount is shown and how it is said: ("3500元", "三千五百元"), ("20.50元", "二十元五角"). Rounded to the fen."""
    in_fen = int((abs(value) * 100).to_integral_value())
    yuan, rest = divmod(in_fen, 100)
    jiao, fen = divmod(rest, 10)
    sign, said_sign = ("-", "负") if value < 0 and in_fen else ("", "")
    shown = f"{yuan}.{rest:02d}元" if rest else f"{yuan}元"
    words = f"{_in_words(yuan)}元" if yuan or not rest else ""
    if jiao:
        words += f"{_in_words(jiao)}角"
    elif fen and yuan:
        words += "零"
    if fen:
        words += f"{_in_words(fen)}分"
    return sign + shown, said_sign + words


# --- the grammar -------------------------------------------------------------------------------------------------------------------


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_TABLE = phrases("amounts")
_HANZI_FIGURES = "零一二三四五六七八九"
_ONE_FORM = {word: _HANZI_FIGURES[figure] for figure in range(10) for word in phrases("digits")[f"always_{figure}"]}
_PLAIN = str.maketrans(_ONE_FORM | {"拾": "十", "佰": "百", "仟": "千"})
_ARABIC = str.maketrans(_HANZI_FIGURES, "0123456789")
_SCALES = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_ABOUT_WORDS = {word: value for value in (100, 1000, 10_000) for word in _TABLE[f"about_{value}"]}
_NOTHING = frozenset(word.translate(_PLAIN) for word in _TABLE["nothing"])
_PERIODS: dict[str, Period] = {
    **dict.fromkeys(_TABLE["per_day"], "day"),
    **dict.fromkeys(_TABLE["per_month"], "month"),
    **dict.fromkeys(_TABLE["per_year"], "year"),
}
_FRONT = re.compile(rf"(?:(?P<about>{_any_of(_TABLE['about_front'])})|{_any_of(_PERIODS)}|{_any_of(_TABLE['front'])})(?=.)")
_END = re.compile(rf"(?<=.)(?:(?P<about>{_any_of(_TABLE['about_end'])})|{_any_of(_PERIODS)}|{_any_of(_TABLE['end'])})$")

_NUMBER = (
    r"(?:[0-9]+[百千万亿](?:零|[0-9十百千万零])*|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
    rf"|[{_HANZI_FIGURES}十百千万亿]+(?:点[{_HANZI_FIGURES}]+)?)"
)
_YUAN, _JIAO, _FEN = (f"(?:{_any_of(_TABLE[unit])})" for unit in ("yuan", "jiao", "fen"))
_ONE = "[一二三四五六七八九1-9]"
_MONEY = re.compile(
    rf"(?P<sign>-|负)?(?:(?P<word>{_any_of(_ABOUT_WORDS)})(?P<word_yuan>{_YUAN})?"
    rf"|(?P<jiao_only>{_ONE}){_JIAO}(?P<after_jiao_only>{_ONE})?(?:{_FEN})?|(?P<fen_only>{_ONE}){_FEN}"
    rf"|(?P<number>{_NUMBER})(?P<inner>[{''.join(_TABLE['about_inner'])}])?(?P<scale>[百千万亿])?"
    rf"(?:(?P<yuan>{_YUAN})(?:(?P<half>半)|零?(?P<jiao>{_ONE}){_JIAO}(?:(?P<after_jiao>{_ONE})(?:{_FEN})?)?|零?(?P<fen>{_ONE}){_FEN}|(?P<after>{_ONE}))?)?)"
)
_IN_SENTENCE = re.compile(rf"(?<![0-9.,{_HANZI_FIGURES}十百千万亿第点a-z-]){_MONEY.pattern}")
_BOUND = re.compile(rf"$|[^\w]|{_any_of((*_TABLE['end'], *_TABLE['about_end']))}")
_NOT_MONEY = re.compile(_any_of(_TABLE["not_money"]))
_ABOUT_BEFORE = re.compile(rf"(?:{_any_of(_TABLE['about_front'])})$")
_ABOUT_AFTER = re.compile(_any_of(_TABLE["about_end"]))
_BLANKS = re.compile(r"\s+")
_PAUSES = re.compile(r"\s+|(?<![0-9]),|,(?![0-9])")
_ROW = re.compile(rf"[{_HANZI_FIGURES}]{{2,}}")
_SCALED = re.compile(rf"([0-9.]+|[{_HANZI_FIGURES}十百千]+点[{_HANZI_FIGURES}]+)([百千万亿]+)")


def _closed_up(text: str, gaps: re.Pattern[str]) -> str:
    """The text without these gaps, every figure in its one form (两, 贰 as 二)."""
    return gaps.sub("", clean(text)).translate(_PLAIN).rstrip("。.!?;~")


def _surely_money(match: re.Match[str], after: str) -> bool:
    """Whether a match inside a sentence names its unit, and does not merely begin like money (三块地, 五元村, 三万人)."""
    unit = match["yuan"] or match["word_yuan"]
    begins = match.start("yuan") if match["yuan"] else match.start("word_yuan")
    if unit in _TABLE["heard"] or match["fen_only"]:
        return False
    if unit and _NOT_MONEY.match(match.string, begins):
        return False
    if unit and match["after"] is None:
        small = (match["number"] or "") in tuple("一二三四五六七八九")
        return not small or unit in ("块钱", "元钱") or bool(_BOUND.match(after)) or match["jiao"] is not None
    names_it = (
        unit or (match["jiao_only"] and "角" not in match.group()) or (match["scale"] or (match["number"] or "")[-1:]) in ("万", "亿")
    )
    return bool(names_it) and bool(_BOUND.match(after))


def _amount(match: re.Match[str], about: bool, per: Period | None) -> Amount | None:
    value = _value(match)
    if value is None:
        return None
    about = about or match["word"] is not None or match["inner"] is not None
    reason: AmountReason | None = None
    if match["sign"]:
        reason = "negative"
    elif value > LARGEST:
        reason = "too_large"
    elif value != value.quantize(Decimal("0.01")):
        reason = "too_many_places"
    return Amount(None, reason, about, per) if reason else Amount(value.normalize() + Decimal(0), None, about, per)


def _value(match: re.Match[str]) -> Decimal | None:
    if match["word"]:
        return Decimal(_ABOUT_WORDS[match["word"]])
    part = {name: int((match[name] or "0").translate(_ARABIC)) for name in _PARTS}
    value = _number(match["number"], match["scale"]) if match["number"] else Decimal(0)
    if value is None:
        return None
    if match["half"]:
        value += Decimal("0.5")
    jiao = part["jiao"] + part["after"] + part["jiao_only"]
    fen = part["fen"] + part["after_jiao"] + part["after_jiao_only"] + part["fen_only"]
    return value + Decimal(jiao) / 10 + Decimal(fen) / 100


_PARTS = ("jiao", "after", "jiao_only", "fen", "after_jiao", "after_jiao_only", "fen_only")


def _number(words: str, scale: str | None) -> Decimal | None:
    """A plain number; None for a guess (二三百), a pair of bare figures, and what is no number at all (百百)."""
    times = _SCALES[scale] if scale else 1
    if scaled := _SCALED.fullmatch(words):
        words = scaled.group(1)
        for one in scaled.group(2):
            times *= _SCALES[one]
    if _ROW.fullmatch(words):  # a row of figures: 三五零零; two of them are a guess (三五块)
        return Decimal(words.translate(_ARABIC)) * times if len(words) > 2 else None
    whole, point, places = words.partition("点")
    if point:
        before = _number(whole, None) if len(whole) > 1 else Decimal(whole.translate(_ARABIC))
        return None if before is None else (before + Decimal(f"0.{places.translate(_ARABIC)}")) * times
    if words[0].isdigit() and words.isascii():
        return Decimal(words.replace(",", "")) * times
    try:
        return Decimal(int(cn2an.cn2an(words, "smart"))) * times
    except (ValueError, KeyError, IndexError):  # 二三百, 百百
        return None


def _in_words(number: int) -> str:
    """A whole number as it is said: 两千 and 两万, but 二十 and 十二万."""
    return "两" if number == 2 else _TWO.sub("两", str(cn2an.an2cn(number)))


_TWO = re.compile(r"(?:^|(?<=[万亿]))二(?=[千万亿])")
