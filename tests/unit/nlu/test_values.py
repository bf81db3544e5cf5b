from datetime import date

import pytest
from stdnum.cn import ric

from nlu.values import as_spoken_digits, group_id, group_mobile, mask_id, mask_mobile, read_id_number, read_mobile


def numbered(first_seventeen: str) -> str:
    """A made-up identity number with a right check digit."""
    return first_seventeen + str(ric.calc_check_digit(first_seventeen + "0"))


SAMPLE = numbered("42060219490101001")


@pytest.mark.parametrize(
    "text",
    ["13800138000", "138 0013 8000", "幺三八零零幺三八零零零", "我的手机是一三八零零一三八零零零", "+86 138 0013 8000", "008613800138000"],
)
def test_a_mobile_is_read_however_it_is_given(text: str) -> None:
    found = read_mobile(text)
    assert found.ok
    assert found.value == "13800138000"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("你好", "empty"),
        ("1380013800", "too_short"),
        ("138001380001", "too_long"),
        ("12345678901", "not_mobile"),
        ("07103456789", "not_mobile"),
    ],
)
def test_what_is_no_mobile_says_why(text: str, reason: str) -> None:
    assert read_mobile(text).reason == reason


@pytest.mark.parametrize("prefix", ["199", "166", "191", "170"])
def test_newer_prefixes_are_mobiles(prefix: str) -> None:
    assert read_mobile(prefix + "00138000").ok


def test_an_identity_number_is_read_from_keys_and_words() -> None:
    assert read_id_number("11010519491231002*").ok
    assert read_id_number("幺幺零幺零五 一九四九一二三一 零零二 叉").value == "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("4206", "too_short"),
        ("1101051949123100212", "too_long"),
        ("130503670401001", "old_15"),
        ("110105194912310021", "checksum"),
        ("1101051949X2310021", "checksum"),
        (numbered("42068319490230001"), "date"),
        (numbered("42060218990101001"), "date"),
        (numbered("99060219490101001"), "place"),
    ],
)
def test_what_is_no_identity_number_says_why(text: str, reason: str) -> None:
    assert read_id_number(text).reason == reason


def test_somebody_born_before_the_county_had_its_code_is_not_refused() -> None:
    """襄城区 has had the code 420602 since 1984, numbers were given out from then on; stdnum's own rule refuses everybody born before."""
    assert not ric.is_valid(SAMPLE)
    assert read_id_number(SAMPLE).ok


def test_a_birth_in_the_future_is_refused_when_the_day_is_known() -> None:
    unborn = numbered("42060220990101001")
    assert read_id_number(unborn).ok
    assert read_id_number(unborn, today=date(2026, 1, 1)).reason == "date"


def test_groups_masks_and_speech() -> None:
    assert group_mobile("13800138000") == "138 0013 8000"
    assert group_id("11010519491231002X") == "110105 19491231 002X"
    assert mask_mobile("13800138000") == "138****8000"
    assert mask_id("11010519491231002X") == "110***********002X"
    assert mask_mobile("1380") == "****", "a short number is not shown at all"
    assert as_spoken_digits("13800138000") == "幺三八，零零幺三，八零零零"
    assert as_spoken_digits("11010519491231002X") == "幺幺零幺零五，幺九四九幺二三幺，零零二叉"
    assert as_spoken_digits("2611230427") == "二六幺，幺二三，零四二七"
    assert as_spoken_digits("5678") == "五六七八"
    assert as_spoken_digits("123456", (2, 2, 2)) == "幺二，三四，五六"
    assert as_spoken_digits("") == ""
