"""The words and patterns of dates that `nlu.dates` reads with; the words themselves are in `data/dates.yaml`.

What is said in figures is first written in figures (三月十五 as 3月十5), so that typed and spoken dates are one grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nlu.tables import phrases

FIGURES = "零一二三四五六七八九"
_TO_FIGURES = str.maketrans(
    {word: str(figure) for figure in range(10) for word in phrases("digits")[f"always_{figure}"]} | {"廿": "2十", "卅": "3十", "曰": "日"}
)


def plain(words: str) -> str:
    """Spoken figures as figures, the tens kept: 一九五八年三月十五 as 1958年3月十5."""
    return words.translate(_TO_FIGURES)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(plain(word)) for word in sorted(words, key=lambda word: (-len(word), word)))


_TABLE = phrases("dates")


def _numbered(kind: str) -> dict[str, int]:
    """Word to number, for the keys year_-1, month_0 and their like."""
    rows = ((key.removeprefix(kind), words) for key, words in _TABLE.items() if re.fullmatch(rf"{kind}-?\d+", key))
    return {plain(word): int(number) for number, words in rows for word in words}


def _feasts(kind: str) -> dict[str, tuple[int, int]]:
    """Festival to month and day, for the keys solar_10_1 and lunar_8_15."""
    rows = ((re.fullmatch(rf"{kind}_(\d+)_(\d+)", key), words) for key, words in _TABLE.items())
    return {plain(word): (int(day[1]), int(day[2])) for day, words in rows if day for word in words}


YEARS, MONTHS, WEEKS, DAYS = (_numbered(kind) for kind in ("year_", "month_", "week_", "day_"))
SOLAR_FEASTS, LUNAR_FEASTS = _feasts("solar"), _feasts("lunar")
LUNAR_MONTHS, SOLAR_MONTHS = _numbered("lunar_month_"), _numbered("solar_month_")
EVE, _TERMS = frozenset(plain(word) for word in _TABLE["eve"]), frozenset(_TABLE["terms"])
LUNAR = frozenset(_TABLE["lunar"])
LISTEN = _TABLE["listen"]

_N = r"(?:[0-9]{1,2}|[0-9]?十[0-9]?)"
_YEAR = r"(?:[0-9]{4}|2千(?:0?[0-9]?十?[0-9]?)|1千9百0?[0-9]?十?[0-9]?|[0-9]{2})年"
_SOME_YEAR = rf"(?:(?P<year>{_YEAR})|(?P<near_year>{_any_of(YEARS)}))"
_CALENDAR = _any_of((*_TABLE["lunar"], *_TABLE["solar"]))
_DATE = (
    rf"(?P<calendar>{_CALENDAR})?的?(?:{_SOME_YEAR})?的?,?(?P<calendar_after>{_CALENDAR})?的?"
    rf"(?:(?P<leap>闰)?(?P<month>{_N}|{_any_of((*LUNAR_MONTHS, *SOLAR_MONTHS))})月份?|(?P<near_month>{_any_of(MONTHS)}))的?,?"
)
_DAY = rf"(?:(?P<first>初)?(?P<day>{_N})(?P<suffix>日|号)?|(?P<last>月?[底末]|最后1天))"
WHOLE_DATE = re.compile(rf"{_DATE}(?:{_DAY})?")
DAY_ONLY = re.compile(rf"(?P<day>{_N})[日号]|(?P<last>月[底末])")
FEAST = re.compile(rf"(?:{_SOME_YEAR})?的?(?P<feast>{_any_of((*SOLAR_FEASTS, *LUNAR_FEASTS, *EVE, *_TERMS))})")
WEEKDAY = re.compile(rf"(?P<week>{_any_of(WEEKS)})?(?:星期|礼拜|周)(?P<weekday>[1-7日天])")
AGO = re.compile(rf"(?P<count>{_N})(?P<unit>天|个?星期|个?礼拜|周)(?:以|之)?(?P<side>前|后)")
TYPED = re.compile(r"(?P<year>[0-9]{4}|[0-9]{2})[-./* ]+(?P<month>[0-9]{1,2})[-./* ]+(?P<day>[0-9]{1,2})")
TYPED_SHORT = re.compile(r"(?P<month>[0-9]{1,2})[-./*](?P<day>[0-9]{1,2})")
TYPED_UNCLEAR = re.compile(r"[0-9]{1,2}[-./* ]+[0-9]{1,2}[-./* ]+[0-9]{4}")
TYPED_MONTH = re.compile(r"[0-9]{4}[-./* ]+[0-9]{1,2}")
TOO_SHORT = re.compile(
    rf"(?:{_CALENDAR})?(?:{_YEAR}|{_any_of(YEARS)}|初{_N}|(?:{_any_of(WEEKS)})(?:星期|礼拜|周)|{_any_of(WEEKS)}?月|[0-9]{{4}}年份?{_N})"
)
IN_SENTENCE = re.compile(
    rf"(?<![0-9千百十.])(?:(?P<typed_year>(?:19|20)[0-9]{{2}})(?P<mark>[-./])(?P<typed_month>[0-9]{{1,2}})(?P=mark)(?P<typed_day>[0-9]{{1,2}})(?![0-9.])"
    rf"|(?P<keyed>(?:19|20)[0-9]{{6}})(?![0-9x])|{_DATE}{_DAY}(?![0-9十日号个月岁楼元块万百千人]))"
)
BIRTH = re.compile(_any_of(_TABLE["birth"]))
VAGUE = re.compile(
    rf"(?:{_SOME_YEAR}|{_any_of(MONTHS)}|{_any_of(WEEKS)}|{_N}月份?)?的?(?:{_any_of(_TABLE['vague'])}|初)"
    rf"|(?:{_N}|半|几|好几|两3|十几)(?:个?多?月|年|年多|天)(?:以|之)?[前后]"
)
NEAR = re.compile(rf"(?<=.)(?:{_any_of(_TABLE['near'])})$")
CORRECTION = re.compile(rf"[,。 ]?(?:{_any_of(phrases('digits')['correction'])})[,。 ]?")
_FRONT = re.compile(rf"(?:{_any_of(_TABLE['front'])}|[^\w])(?=.)")
_TIME = rf"(?:{_any_of(_TABLE['day_part'])})(?:{_N}点(?:钟|半|[13]刻|{_N}分?)?)?|{_N}点(?:钟|半|[13]刻|{_N}分?)?"
_END = re.compile(rf"(?<=.)(?:{_any_of(_TABLE['end'])}|{_TIME}|[^\w])$")
BLANKS = re.compile(r"\s+")
INNER_BLANKS = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")


def peeled(said: str) -> list[str]:
    """The words as they are, then with padding taken off bit by bit, so that no more is lost than must be (来 of 来年)."""
    forms = [said]
    while edge := _FRONT.match(said) or _END.search(said):
        said = said[edge.end() :] if edge.start() == 0 else said[: edge.start()]
        forms.append(said)
    return forms


def in_words(number: int) -> str:
    """1 to 31 as they are said."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else FIGURES[tens]) + ("十" if tens else "") + (FIGURES[ones] if ones or not tens else "")


def small(words: str) -> int:
    """5, 05, 十5, 2十, 2十5 as a number."""
    tens, ten, ones = words.rpartition("十")
    return int(ones or 0) + (10 * int(tens or 1) if ten else 0)


def year_number(words: str) -> int:
    """1958年, 58年, 2千08年, 1千9百5十8年 as a number; under 100 when the century was not said."""
    words = words.removesuffix("年")
    thousands, thousand, rest = words.rpartition("千")
    if not thousand:
        return int(words)
    hundreds, _, rest = rest.rpartition("百")
    return int(thousands) * 1000 + int(hundreds or 0) * 100 + small(rest.lstrip("0"))
