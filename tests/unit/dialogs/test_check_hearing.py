"""Which names a caller's ear, and a recogniser's, takes for each other."""

from __future__ import annotations

import pytest

from dialogs.tools.check.hearing import alike, near


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("申请", "神情"),  # only tones differ
        ("知道", "自到"),  # zh and z
        ("视力", "智力"),  # two hisses
        ("办", "拜"),  # a swallowed ending
        ("补办", "不办"),
    ],
)
def test_names_that_may_be_heard_for_each_other_are_alike(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("办理", "帮助"),
        ("材料", "菜单"),
        ("是", "不是"),
        ("本人", "老人"),
        ("老年优待证", "老年优惠证"),  # long names bear one wrong syllable
        ("", ""),
    ],
)
def test_names_that_differ_enough_are_not(one: str, other: str) -> None:
    assert not alike(one, other)


def test_a_syllable_is_near_another_by_its_beginning_or_its_ending_but_not_by_both() -> None:
    assert near("dian", "tian")
    assert near("ban", "ba")
    assert not near("ban", "lan")
    assert not near("ban", "di")
