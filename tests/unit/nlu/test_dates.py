from datetime import date, timedelta

import pytest
from borax.calendars.lunardate import LunarDate
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.dates import FIRST, LAST, PHRASES, Day, find_date, lunar_to_solar, read_date, say_date

TODAY = date(2025, 11, 23)  # a Sunday
DAYS = st.dates(date(1900, 1, 1), date(2050, 12, 31))
FIGURES = "零一二三四五六七八九"
SPOKEN = "零一二三四五六七八九十百千廿年月日号初闰正冬腊农历阴今明后昨前去上下个周星期底末春节是在吧天以的不对，。 -/.*0123456789"
TEXTS = st.text(max_size=300) | st.text(alphabet=SPOKEN, max_size=80)


def said(number: int) -> str:
    """A number under a hundred in words."""
    tens, ones = divmod(number, 10)
    return (FIGURES[tens] if tens > 1 else "") + ("十" if tens else "") + (FIGURES[ones] if ones or not tens else "")


def said_lunar(day: LunarDate) -> str:
    """A lunar date as it is said."""
    month = {1: "正", 11: "冬", 12: "腊"}.get(day.month, said(day.month))
    of_month = f"初{said(day.day)}" if day.day <= 10 else said(day.day)
    year = "".join(FIGURES[int(figure)] for figure in str(day.year))
    return f"农历{year}年{'闰' if day.leap else ''}{month}月{of_month}"


@pytest.mark.parametrize(
    "text",
    [
        "1958-3-5",
        "1958.3.5",
        "1958/03/05",
        "1958 3 5",
        "19580305",
        "19580305#",
        "1958*3*5",
        "1958年3月5号",
        "１９５８年３月５日",
        "58.3.5",
        "580305",
        "五八年三月五号",
        "一九五八年三月五日",
        "一九五八年的三月五号",
        "一千九百五十八年三月五号",
        "一九五八零三零五",
        "一九五八 零三 零五",
        "幺九五八年三月五号",
        "阳历五八年三月五号",
        "大概是五八年三月五号吧",
        "我是1958年3月5号生的",
        "五八年三月六号，不对，是五八年三月五号",
    ],
)
def test_a_birth_date_is_read_however_it_is_given(text: str) -> None:
    assert read_date(text, TODAY, "past") == Day(date(1958, 3, 5))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("一九五八年三月初五", date(1958, 4, 23)),
        ("农历一九五八年三月十五", date(1958, 5, 3)),
        ("1958年阴历三月15", date(1958, 5, 3)),
        ("五八年腊月三十", date(1959, 2, 7)),
        ("一九五八年冬月廿一", date(1958, 12, 31)),
        ("1958年十二月初十", date(1959, 1, 18)),
        ("一九五二年闰五月初八", date(1952, 6, 29)),
        ("去年八月十五", date(2024, 9, 17)),
        ("今年正月初一", date(2025, 1, 29)),
        ("去年重阳节", date(2024, 10, 11)),
        ("今年除夕", date(2025, 1, 28)),
        ("正月十五", date(2025, 2, 12)),
        ("腊月二十八", date(2025, 1, 27)),
        ("端午节", date(2025, 5, 31)),
    ],
)
def test_a_lunar_date_is_turned_into_the_solar_day(text: str, day: date) -> None:
    assert read_date(text, TODAY, "past") == Day(day, lunar=True)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("今天", TODAY),
        ("昨天", date(2025, 11, 22)),
        ("前天", date(2025, 11, 21)),
        ("明天上午", date(2025, 11, 24)),
        ("后天", date(2025, 11, 25)),
        ("大后天", date(2025, 11, 26)),
        ("上周三", date(2025, 11, 12)),
        ("下周一下午三点", date(2025, 11, 24)),
        ("这个星期天", TODAY),
        ("上个礼拜五", date(2025, 11, 14)),
        ("三天前", date(2025, 11, 20)),
        ("两个星期后", date(2025, 12, 7)),
        ("上个月五号", date(2025, 10, 5)),
        ("下个月31号", date(2025, 12, 31)),
        ("上个月底", date(2025, 10, 31)),
        ("前年三月五号", date(2023, 3, 5)),
        ("来年三月五号", date(2026, 3, 5)),
        ("去年国庆", date(2024, 10, 1)),
        ("今年清明节", date(2025, 4, 4)),
        ("去年冬至", date(2024, 12, 21)),
        ("两千零八年五月十二号", date(2008, 5, 12)),
        ("两千年一月一号", date(2000, 1, 1)),
        ("2024年2月底", date(2024, 2, 29)),
        ("零五年三月二十", date(2005, 3, 20)),
    ],
)
def test_a_day_told_from_now_is_read(text: str, day: date) -> None:
    assert read_date(text, TODAY) == Day(day)


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("3月5号", date(2025, 3, 5), date(2026, 3, 5)),
        ("12月31日", date(2024, 12, 31), date(2025, 12, 31)),
        ("11月23号", TODAY, TODAY),
        ("五号", date(2025, 11, 5), date(2025, 12, 5)),
        ("三十一号", date(2025, 10, 31), date(2025, 12, 31)),
        ("2月29号", date(2024, 2, 29), date(2028, 2, 29)),
        ("月底", date(2025, 10, 31), date(2025, 11, 30)),
        ("星期三", date(2025, 11, 19), date(2025, 11, 26)),
        ("五一", date(2025, 5, 1), date(2026, 5, 1)),
        ("26年1月1日", date(1926, 1, 1), date(2026, 1, 1)),
        ("25年1月1日", date(2025, 1, 1), date(2025, 1, 1)),
    ],
)
def test_what_the_words_leave_open_is_the_nearest_day_on_the_side_asked(text: str, past: date, future: date) -> None:
    found = read_date(text, TODAY, "past")
    assert found is not None
    assert found.value == past
    found = read_date(text, TODAY, "future")
    assert found is not None
    assert (found.value, found.reason) == ((future, None) if future >= TODAY else (None, "not_future"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2月30日", "no_such_day"),
        ("2023年2月29号", "no_such_day"),
        ("1958年13月5日", "no_such_day"),
        ("19581305", "no_such_day"),
        ("1958年闰五月初一", "no_such_day"),
        ("1858-1-1", "no_such_day"),
        ("2150-1-1", "no_such_day"),
        ("明天", "not_past"),
        ("2030年1月1日", "not_past"),
        ("1958年", "too_short"),
        ("五八年三月", "too_short"),
        ("三月份", "too_short"),
        ("195803", "too_short"),
        ("1958", "too_short"),
        ("初五", "too_short"),
        ("去年", "too_short"),
        ("上个月", "too_short"),
        ("5/3/1958", "day_unclear"),
        ("生日是三月五号", "day_unclear"),
        ("三月初五生的", "day_unclear"),
        ("闰四月初八", "day_unclear"),
        ("上个月初五", "day_unclear"),
        ("一九五八年三月五号，不对，是三月六号", "day_unclear"),
        ("上周末", "day_unclear"),
        ("去年年底", "day_unclear"),
        ("春节前", "day_unclear"),
        ("3月5号以前", "day_unclear"),
        ("两个月前", "day_unclear"),
        ("最近", "day_unclear"),
    ],
)
def test_what_names_no_day_says_why(text: str, reason: str) -> None:
    found = read_date(text, TODAY, "past")
    assert found is not None
    assert (found.value, found.reason) == (None, reason)


def test_a_date_without_a_year_is_unclear_where_a_year_is_needed() -> None:
    assert read_date("三月五号", TODAY, "past", needs_year=True) == Day(None, "day_unclear")
    assert read_date("中秋节", TODAY, "past", needs_year=True) == Day(None, "day_unclear")
    assert read_date("去年三月五号", TODAY, "past", needs_year=True) == Day(date(2024, 3, 5))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "是的",
        "你好",
        "低保",
        "人工",
        "一个月",
        "三口人",
        "三千五",
        "记不清了",
        "138001380001",
        "我家住花园村",
        "从3月5日到3月8日",
        "生",
        "号",
        "年月日",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text, TODAY) is None


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("我是1958年3月5号生的，属狗", Day(date(1958, 3, 5))),
        ("我1958-03-05出生，想办老年证", Day(date(1958, 3, 5))),
        ("生日19580305，在花园村", Day(date(1958, 3, 5))),
        ("我五八年三月初五生的，今年六十七", Day(date(1958, 4, 23), lunar=True)),
        ("去年八月初五来办过一次", Day(date(2024, 9, 7), lunar=True)),
        ("上次是11月5号办的", Day(date(2025, 11, 5))),
        ("他说2025年2月30日办", Day(None, "no_such_day")),
    ],
)
def test_the_date_inside_a_sentence_is_found(sentence: str, day: Day) -> None:
    assert find_date(sentence, TODAY) == day


@pytest.mark.parametrize(
    "sentence",
    [
        "身份证11010519491231002X",
        "身份证420602194901010019",
        "电话13800138000",
        "住在3月5号楼",
        "从3月5日到3月8日",
        "地址是192.168.1.1",
        "干了三月",
        "办件号20251399",
        "今年办的",
        "我七十三岁了",
        "一月三千块",
    ],
)
def test_a_sentence_without_one_sure_date_gives_none(sentence: str) -> None:
    assert find_date(sentence, TODAY) is None


def test_a_date_is_shown_in_figures_and_said_in_words() -> None:
    assert say_date(date(1958, 3, 5)) == ("1958年3月5日", "一九五八年三月五日")
    assert say_date(date(2005, 10, 20)) == ("2005年10月20日", "二零零五年十月二十日")


@given(DAYS)
@settings(deadline=None, max_examples=400)
def test_every_day_is_read_back_from_every_spelling(day: date) -> None:
    shown, spoken = say_date(day)
    year_said = "".join(FIGURES[int(figure)] for figure in str(day.year))
    spellings = [
        shown,
        spoken,
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day:%Y/%m/%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year} {day.month} {day.day}",
        f"{year_said}年{said(day.month)}月{said(day.day)}号",
        f"{day.year}年{said(day.month)}月{day.day}",
        f"阳历{day.year}年{day.month}月{day.day}号吧",
    ]
    assert [read_date(spelling, TODAY) for spelling in spellings] == [Day(day)] * len(spellings)
    assert find_date(f"我是{spoken}出生的人", TODAY) == find_date(f"我是{day.isoformat()}出生的人", TODAY) == Day(day)


@given(st.dates(TODAY - timedelta(days=36_400), TODAY))
@settings(deadline=None, max_examples=300)
def test_a_year_of_two_figures_is_the_nearest_past_one(day: date) -> None:
    assert read_date(f"{day:%y}年{day.month}月{day.day}号", TODAY, "past") == Day(day)


@given(DAYS.filter(lambda day: day >= date(1900, 1, 31)))
@settings(deadline=None, max_examples=400)
def test_every_lunar_date_is_read_back(day: date) -> None:
    lunar = LunarDate.from_solar_date(day.year, day.month, day.day)
    assert lunar_to_solar(lunar.year, lunar.month, lunar.day, bool(lunar.leap)) == day
    assert read_date(said_lunar(lunar), TODAY) == Day(day, lunar=True)


@pytest.mark.parametrize(
    ("solar", "lunar"),
    [  # new year's days and leap months, as the almanacs print them
        (date(1949, 1, 29), (1949, 1, 1, False)),
        (date(1976, 10, 1), (1976, 8, 8, True)),
        (date(2000, 2, 5), (2000, 1, 1, False)),
        (date(2020, 5, 23), (2020, 4, 1, True)),
        (date(2024, 2, 10), (2024, 1, 1, False)),
        (date(2026, 2, 17), (2026, 1, 1, False)),
    ],
)
def test_known_lunar_days_are_right(solar: date, lunar: tuple[int, int, int, bool]) -> None:
    assert lunar_to_solar(*lunar) == solar


@given(TEXTS, st.sampled_from(["past", "future", "any"]), st.booleans(), st.dates(date(1901, 1, 1), date(2099, 12, 31)))
@settings(deadline=None, max_examples=400)
def test_no_text_makes_the_reader_fail(text: str, order: str, needs_year: bool, today: date) -> None:
    for found in (read_date(text, today, order, needs_year=needs_year), find_date(text, today)):
        if found is not None:
            assert (found.value is None) == (found.reason is not None)
            assert found.value is None or FIRST <= found.value <= LAST


@pytest.mark.parametrize("unit", ["前", "生", "3月", "初", "年", "是", "3点", "不对", "1-", "农历"])
def test_a_sentence_repeated_a_thousand_times_is_read(unit: str) -> None:
    read_date(unit * 24, TODAY)
    read_date(unit * 1000, TODAY)
    find_date(unit * 1000, TODAY)


def test_the_words_to_listen_for_are_said_once() -> None:
    assert len(set(PHRASES)) == len(PHRASES)
