import pytest

from nlu.digits import read_digits, read_number

SAID = [
    ("13800138000", "13800138000"),
    ("138-0013 8000", "13800138000"),
    ("１３８００１３８０００", "13800138000"),
    ("138幺二三四五六七八", "13812345678"),
    ("幺三八零零幺三八零零零", "13800138000"),
    ("一 三 八 零 零 一 三 八 零 零 零", "13800138000"),
    ("要三八零零要三八零零零", "13800138000"),
    ("幺三八 零零有三 八零零零", "13800138000"),
    ("二六幺幺二三领四二七", "2611230427"),
    ("洞拐幺勾", "0719"),
    ("两三个八五", "28885"),
    ("三个八", "888"),
    ("3个8", "888"),
    ("双八", "88"),
    ("五十六七十八", "5678"),
    ("一百三十八零零幺三八千", "13800138000"),
    ("三百五", "350"),
    ("壹贰叁", "123"),
    ("我的编号是2611230427", "2611230427"),
    ("尾号五六七八", "5678"),
    ("第一次办，号码是一三八零零一三八零零零", "13800138000"),
    ("我要一三八零零", "13800"),
    ("零", "0"),
]
CORRECTED = [
    ("三二不对三三四", "334"),
    ("不是三是四", "4"),
    ("一二三四，不是三是五", "1254"),
    ("幺三八零零，错了，幺三九零零", "13900"),
    ("幺三八 零零幺三 不对 零零幺四 八零零零", "13800148000"),
    ("13800138不对0014", "13800014"),
    ("不对，是1234", "1234"),
    ("12 重来 34", "34"),
    ("尾号五六七八不对五六七九", "5679"),
]


@pytest.mark.parametrize(("text", "value"), SAID)
def test_figures_are_read_as_people_say_them(text: str, value: str) -> None:
    found = read_digits(text)
    assert found is not None
    assert (found.value, found.corrected) == (value, False)


@pytest.mark.parametrize(("text", "value"), CORRECTED)
def test_a_correction_replaces_what_was_said(text: str, value: str) -> None:
    found = read_digits(text)
    assert found is not None
    assert (found.value, found.corrected) == (value, True)


@pytest.mark.parametrize(
    "text", ["", "你好", "我想查一下", "五保户", "我家有三口人", "我要查进度", "办一个", "第一个", "什么", "有吗", "领证"]
)
def test_words_that_hold_a_figure_are_no_figures(text: str) -> None:
    assert read_digits(text) is None


@pytest.mark.parametrize("x", ["X", "x", "Ｘ", "叉", "艾克斯", "*", "×"])
def test_an_x_counts_only_where_one_is_possible(x: str) -> None:
    with_x = read_digits(f"42060019491231002{x}", letter_x=True)
    assert with_x is not None
    assert with_x.value == "42060019491231002X"
    without = read_digits(f"42060019491231002{x}")
    assert without is not None
    assert without.value == "42060019491231002"


def test_words_divide_groups_and_are_told() -> None:
    found = read_digits("编号2611230427，手机尾号五六七八")
    assert found is not None
    assert found.groups == ("2611230427", "5678")
    assert found.rest == "编号手机尾号"
    only = read_digits("2611 230 427")
    assert only is not None
    assert only.rest == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三口人", 3),
        ("两千块", 2000),
        ("一万二", 12000),
        ("两万三", 23000),
        ("大概十五天", 15),
        ("3万", 30000),
        ("一百二", 120),
        ("俩孩子", 2),
        ("120元", 120),
    ],
)
def test_quantities_are_read_with_units(text: str, value: int) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize("text", ["", "很多", "半年", "两三个", "一三八", "三点五", "2.5", "万万"])
def test_what_is_no_whole_quantity_gives_none(text: str) -> None:
    assert read_number(text) is None
