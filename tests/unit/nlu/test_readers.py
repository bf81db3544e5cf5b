"""What readers of values promise for every value, beside other libraries' word."""

from datetime import date, timedelta

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from nlu.dates import read_date
from nlu.digits import read_digits
from nlu.pinyin import fuzzy
from nlu.places import Place, children, find_place, read_place
from nlu.values import as_spoken_digits, group_id, group_mobile, read_id_number, read_mobile
from records import case_number

FIGURES = st.text(alphabet="0123456789", min_size=3, max_size=18)
TODAY = date(2026, 11, 23)
SAYINGS = {"0": "零〇洞", "1": "一幺", "2": "二两", "3": "三叁", "4": "四", "5": "五", "6": "六", "7": "七拐", "8": "八", "9": "九勾"}


@st.composite
def spoken(draw: st.DrawFn) -> tuple[str, str]:
    """Figures, and one of the ways to say them: any word for each, doubled ones as 双八, repeated ones as 三个八, pauses between groups."""
    value, said, at = draw(FIGURES), "", 0
    while at < len(value):
        run = next(size for size in range(len(value) - at, 0, -1) if value[at : at + size] == value[at] * size)
        word = draw(st.sampled_from(SAYINGS[value[at]]))
        if run >= 3 and draw(st.booleans()):
            run = min(run, 9)
            said += f"{'两三四五六七八九'[run - 2]}个{word}"
        elif run == 2 and draw(st.booleans()):
            said += f"双{word}"
        else:
            run = 1
            said += word
        at += run
        if at % 4 == 0 and at < len(value):
            said += draw(st.sampled_from(("", " ", "，", "、")))
    return value, said


@given(spoken())
@settings(max_examples=400)
def test_figures_are_read_however_they_are_said(pair: tuple[str, str]) -> None:
    value, said = pair
    found = read_digits(said)
    assert found is not None, said
    assert (found.value, found.corrected) == (value, False), said


@given(FIGURES.filter(lambda value: len(value) >= 7), st.data())
def test_a_group_taken_back_is_replaced_by_the_next(value: str, data: st.DataObject) -> None:
    groups = [value[at : at + 4] for at in range(0, len(value), 4)]
    wrong = data.draw(st.text(alphabet="0123456789", min_size=len(groups[-1]), max_size=len(groups[-1])))
    said = "，".join(as_spoken_digits(group, (18,)) for group in (*groups[:-1], wrong))
    found = read_digits(f"{said}，不对，{as_spoken_digits(groups[-1], (18,))}")
    assert found is not None
    assert found.corrected
    assert found.value in (value, groups[-1]) if len(groups[-1]) == 1 else found.value == value


@given(st.text(alphabet="0123456789", min_size=11, max_size=11))
@settings(max_examples=300)
def test_a_mobile_is_what_phonenumbers_calls_one(value: str) -> None:
    number = phonenumbers.PhoneNumber(country_code=86, national_number=int(value))
    mobile = value[0] != "0" and phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    for said in (value, as_spoken_digits(value), group_mobile(value), f"我的手机是{as_spoken_digits(value)}"):
        assert read_mobile(said).value == value
        assert read_mobile(said).ok == mobile


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    """Numbers with a right check digit and a real date, in a county code of today."""
    county = draw(
        st.sampled_from(["420602", "420606", "420607", "420624", "420625", "420626", "420682", "420683", "420684", "110105", "310101"])
    )
    born = draw(st.dates(date(1900, 1, 1), TODAY))
    first = f"{county}{born:%Y%m%d}{draw(st.integers(1, 999)):03d}"
    return first + str(ric.calc_check_digit(first + "0"))


@given(id_numbers())
@settings(max_examples=300)
def test_every_identity_number_is_read_from_every_way_to_give_it(value: str) -> None:
    for said in (
        value,
        value.lower(),
        as_spoken_digits(value),
        group_id(value),
        value.replace("X", "*"),
        f"身份证号{as_spoken_digits(value)}",
    ):
        found = read_id_number(said, TODAY)
        assert (found.value, found.reason) == (value, None), said


def taken_by_stdnum(value: str) -> bool:
    """Its own word. Of a province code that is no province (111111) python-stdnum 2.2 raises KeyError, which means no."""
    try:
        return bool(ric.is_valid(value))
    except KeyError:
        return False


@given(st.text(alphabet="0123456789", min_size=17, max_size=17), st.sampled_from("0123456789X"))
@settings(max_examples=300)
def test_what_stdnum_takes_is_taken_and_what_is_taken_has_its_check_digit(first: str, last: str) -> None:
    value = first + last
    ours = read_id_number(value)
    if taken_by_stdnum(value):
        assert ours.ok
    if ours.ok:
        assert last == ric.calc_check_digit(value)
        assert ric.get_birth_date(value)


@given(id_numbers(), st.integers(0, 17), st.sampled_from("0123456789"))
@settings(max_examples=300)
def test_one_wrong_figure_is_always_refused(value: str, at: int, figure: str) -> None:
    wrong = value[:at] + figure + value[at + 1 :]
    assert read_id_number(wrong).ok == (wrong == value)


@given(id_numbers(), st.integers(0, 15))
@settings(max_examples=300)
def test_two_neighbours_exchanged_are_always_refused(value: str, at: int) -> None:
    wrong = value[:at] + value[at + 1] + value[at] + value[at + 2 :]
    assert read_id_number(wrong).ok == (wrong == value)


@given(st.integers(0, 999_999_999))
@settings(max_examples=200)
def test_a_case_number_is_read_back_from_how_it_is_told(serial: int) -> None:
    digits = f"{serial:010d}"[: case_number.LENGTH]
    for said in (as_spoken_digits(digits), case_number.group(digits), f"编号是{as_spoken_digits(digits)}"):
        found = read_digits(said)
        assert found is not None
        assert digits in (found.value, *found.groups)


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)))
@settings(max_examples=200)
def test_relative_days_are_counted_from_today(today: date) -> None:
    monday = today - timedelta(days=today.weekday())
    for said, days in (
        ("大前天", -3),
        ("前天", -2),
        ("昨天", -1),
        ("今天", 0),
        ("明天", 1),
        ("后天", 2),
        ("大后天", 3),
        ("三天后", 3),
        ("两个星期前", -14),
    ):
        found = read_date(said, today)
        assert found is not None
        assert found.value == today + timedelta(days=days), said
    for said, day in (
        ("上个星期三", monday - timedelta(days=5)),
        ("下周一", monday + timedelta(days=7)),
        ("这个礼拜天", monday + timedelta(days=6)),
    ):
        found = read_date(said, today)
        assert found is not None
        assert found.value == day, said
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=5)
    assert (found := read_date("上个月五号", today)) is not None
    assert found.value == last_month
    assert (found := read_date("去年五月一号", today)) is not None
    assert found.value == date(today.year - 1, 5, 1)


@pytest.mark.parametrize("county", children())
def test_every_place_is_read_from_its_full_name_heard_or_typed(county: str) -> None:
    for town in children(county):
        for village in children(f"{county}/{town}")[:6] or ("",):
            place = Place(county, town, village)
            typed, heard = read_place([place.label]), read_place([place.label], heard=True)
            assert typed is not None
            assert (typed.verdict, typed.places) == ("sure", (place,))
            assert heard is not None
            assert place in heard.places
            assert (
                heard.verdict == "sure" or len({fuzzy(one.village.removesuffix("村").removesuffix("社区")) for one in heard.places}) == 1
            ), "only what sounds alike is asked"
            assert find_place(f"我妈住在{place.label}那里") == place
