import pytest

from nlu.hearing import find_heard
from nlu.items import Item, ItemIndex

#: Services whose short names are one syllable apart.
SHORT = ItemIndex([Item("DB", "低保"), Item("YB", "医保"), Item("SB", "社保"), Item("HY", "婚育证明"), Item("LN", "老年人优待证")])


@pytest.mark.parametrize("text", ["我要问低保的事", "我妈想办个低保行不行啊", "帝宝怎么弄的", "医保那个事情找哪个", "社保的卡丢了"])
def test_a_name_of_two_syllables_beside_other_words_is_never_sure_by_ear(text: str) -> None:
    assert SHORT.find([text], heard=True).verdict != "sure"
    assert find_heard(SHORT, [text]).verdict != "sure"


def test_a_misheard_name_is_offered_but_never_taken() -> None:
    found = find_heard(SHORT, ["我要办会议证明"])
    assert found.verdict == "near"
    assert found.candidates[0].code == "HY"
    assert find_heard(SHORT, ["彼保"]).verdict == "near"


def test_what_was_heard_as_it_is_stays_as_it_was() -> None:
    for texts in (["老年人优待证"], ["今天天气怎么样"], []):
        assert find_heard(SHORT, texts) == SHORT.find(texts, heard=True)
