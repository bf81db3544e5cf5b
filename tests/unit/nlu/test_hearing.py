import pytest

from nlu.hearing import find_heard
from nlu.items import Item, ItemIndex

#: Services whose short names are one syllable apart.
SHORT = ItemIndex([Item("DB", "低保"), Item("YB", "医保"), Item("SB", "社保"), Item("HY", "婚育证明"), Item("LN", "老年人优待证")])


@pytest.mark.parametrize("name", ["低保", "医保", "社保", "帝宝", "以保"])
@pytest.mark.parametrize("beside", ["我要问{}的事", "我妈想办个{}行不行啊", "{}怎么弄的", "给我儿子办{}", "我要办{}", "{}的卡丢了"])
def test_a_name_of_two_syllables_beside_other_words_is_never_sure_by_ear(name: str, beside: str) -> None:
    assert find_heard(SHORT, [beside.format(name)]).verdict != "sure"


@pytest.mark.parametrize("text", ["低保", "嗯，低保", "麻烦你，医保，谢谢"])
def test_alone_it_is_taken(text: str) -> None:
    assert find_heard(SHORT, [text]).verdict == "sure"


def test_a_verb_before_a_short_name_makes_it_no_longer_one() -> None:
    assert find_heard(ItemIndex([Item("DB", "最低生活保障", ("低保", "办低保"))]), ["给我儿子办低保"]).verdict == "near"


def test_a_longer_name_is_sure_beside_other_words() -> None:
    assert find_heard(SHORT, ["我要给我妈办老年人优待证"]).verdict == "sure"
    both = ItemIndex([Item("DB", "最低生活保障", ("低保",)), Item("YB", "城乡居民医疗保险", ("医保",))])
    assert find_heard(both, ["我要办低保，最低生活保障"]).verdict == "sure"
    assert find_heard(both, ["我要办低保"]).verdict == "near"


def test_a_misheard_name_is_offered_but_never_taken() -> None:
    found = find_heard(SHORT, ["我要办会议证明"])
    assert found.verdict == "near"
    assert found.candidates[0].code == "HY"
    assert find_heard(SHORT, ["彼保"]).verdict == "near"


def test_what_was_heard_as_it_is_stays_as_it_was() -> None:
    for texts in (["老年人优待证"], ["今天天气怎么样"], []):
        assert find_heard(SHORT, texts) == SHORT.find(texts, heard=True)
