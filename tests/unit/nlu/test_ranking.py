import numpy as np
import pytest

from nlu.features import form_of
from nlu.items import Item, ItemIndex
from nlu.ranking import Model, ModelError, bag_of
from nlu.training import elsewhere, fingerprint, train


@pytest.fixture(scope="module")
def model(index: ItemIndex) -> Model:
    return train(index.items)


@pytest.fixture(scope="module")
def learnt(index: ItemIndex, model: Model) -> ItemIndex:
    return ItemIndex(index.items, model)


def test_the_same_catalogue_gives_the_same_model(index: ItemIndex, model: Model) -> None:
    assert train(index.items).dump() == model.dump()


def test_a_kept_model_ranks_as_before(model: Model) -> None:
    kept = Model.load(model.dump())
    bag = bag_of(form_of("家里太困难了想吃低保"))
    assert np.array_equal(kept.scores(bag), model.scores(bag))
    assert kept.codes == model.codes


@pytest.mark.parametrize("data", [b"", b"PK", b"not a model at all" * 20])
def test_what_is_no_model_is_refused_with_the_mend(data: bytes) -> None:
    with pytest.raises(ModelError, match="train it again"):
        Model.load(data)


def test_a_damaged_model_is_refused(model: Model) -> None:
    data = bytearray(model.dump())
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(ModelError, match="train it again"):
        Model.load(bytes(data))


def test_a_model_of_other_items_is_refused(index: ItemIndex, model: Model) -> None:
    with pytest.raises(ValueError, match="train it again"):
        ItemIndex(index.items[1:], model)


def test_the_fingerprint_changes_with_a_sentence_and_not_with_the_run() -> None:
    item = Item("a", "低保", ways=("家里穷",))
    assert fingerprint([item]) == fingerprint([item])
    assert fingerprint([item]) != fingerprint([Item("a", "低保", ("家里穷",))])
    assert fingerprint([item]) != fingerprint([Item("a", "低保", ways=("家里困难",))])


def test_a_catalogue_of_one_is_learnt() -> None:
    items = [Item("a", "低保", ways=("家里穷得揭不开锅",))]
    index = ItemIndex(items, train(items))
    assert index.find(["我要办低保"]).verdict == "sure"
    assert index.find(["今天天气怎么样"]).verdict == "none"


def test_a_catalogue_of_nothing_is_not_learnt() -> None:
    with pytest.raises(ValueError, match="empty catalogue"):
        train([])


def test_what_another_catalogue_has_is_not_learnt_as_something_else() -> None:
    assert any("护照" in text for text in elsewhere((Item("a", "低保"),)))
    assert not any("护照" in text for text in elsewhere((Item("a", "普通护照"), Item("b", "护照"))))


def test_unknown_words_alone_give_what_nothing_gives(model: Model) -> None:
    assert np.array_equal(model.scores({"c囧囧": 1.0}), model.scores({}))


def test_a_sentence_that_shares_no_word_with_the_indexed_ones_is_found_by_what_it_tells() -> None:
    items = [
        Item("a", "生育登记", ways=("媳妇怀上了要登个记", "要当爹了先办哪样")),
        Item("b", "失业登记", ways=("厂子倒了没班上", "下岗在家蹲着")),
        Item("c", "路灯报修", ways=("巷子里黑灯瞎火的", "灯不亮")),
    ]
    index = ItemIndex(items, train(items))
    assert index.why(["姑娘有喜"]).reasons[0].candidate.code == "a"
    assert index.why(["被老板炒鱿鱼"]).reasons[0].candidate.code == "b"


def test_a_name_is_sure_with_a_model_too(learnt: ItemIndex) -> None:
    found = {item.name: learnt.find([f"我想给我妈办{item.name}"]) for item in learnt.items}
    assert {name: one for name, one in found.items() if one.verdict != "sure" or one.candidates[0].name != name} == {}


@pytest.mark.parametrize("heard", [False, True])
def test_what_has_nothing_to_do_with_services_is_never_sure_with_a_model(
    learnt: ItemIndex, sentences: dict[str, list[str]], heard: bool
) -> None:
    texts = [*sentences["out_of_scope"], *sentences["not_ours"]]
    assert [text for text in texts if learnt.find([text], heard).verdict == "sure"] == []


def test_a_service_that_is_left_out_is_never_surely_another_with_a_model(index: ItemIndex) -> None:
    wrong = []
    for left_out in index.items:
        others = tuple(item for item in index.items if item is not left_out)
        learnt_of_others = ItemIndex(others, train(others))
        wrong += [left_out.name for heard in (False, True) if learnt_of_others.find([f"我要办{left_out.name}"], heard).verdict == "sure"]
    assert wrong == []


@pytest.mark.parametrize("text", ["帝宝", "以保", "我要办帝宝", "奢保"])
def test_a_heard_name_of_two_syllables_is_not_sure_with_a_model_either(learnt: ItemIndex, text: str) -> None:
    assert learnt.find([text], heard=True).verdict != "sure"


def test_a_short_name_heard_beside_other_words_is_asked_with_a_model_too(learnt: ItemIndex) -> None:
    assert learnt.find(["昨天邻居说低保"], heard=True).verdict == "near"


def test_two_names_in_one_sentence_are_asked_with_a_model_too(learnt: ItemIndex) -> None:
    found = learnt.find(["老年优待证和高龄补贴"])
    assert found.verdict == "near"
    assert {candidate.code for candidate in found.candidates[:2]} == {"YL-001", "YL-002"}


def test_what_is_taken_back_is_not_meant_with_a_model_either(learnt: ItemIndex) -> None:
    assert [candidate.code for candidate in learnt.find(["不是低保是医保"]).candidates] == ["YB-001"]


def test_a_later_alternative_counts_with_a_model_too(learnt: ItemIndex) -> None:
    assert learnt.find(["老连又呆", "老年优待证"], heard=True).candidates[0].code == "YL-001"


@pytest.mark.parametrize("alternatives", [[], [""], ["。"], ["办"], ["我要办证"]])
def test_nothing_said_gives_none_with_a_model_too(learnt: ItemIndex, alternatives: list[str]) -> None:
    assert learnt.find(alternatives).verdict == "none"


def test_why_tells_what_find_decides_and_what_spoke_for_it(learnt: ItemIndex) -> None:
    reading = learnt.why(["我爷爷九十岁了有没有钱领"])
    assert reading.found == learnt.find(["我爷爷九十岁了有没有钱领"])
    assert {"grandparent", "age_eighty", "money"} <= set(reading.told)
    assert all(reason.evidence is not None for reason in reading.reasons)
    scores = [reason.candidate.score for reason in reading.reasons]
    assert scores == sorted(scores, reverse=True)
    assert 0 < reading.ours <= 1


def test_why_says_that_a_name_stood_there(index: ItemIndex, learnt: ItemIndex) -> None:
    for one in (index, learnt):
        first = one.why(["我要办低保"]).reasons[0]
        assert first.named
        assert first.candidate.name == "低保"


def test_a_word_that_stands_in_several_names_is_asked_about() -> None:
    items = [
        Item("a", "驾驶证初次申领", ("考驾照",), ("想考个本子开车",)),
        Item("b", "驾驶证遗失补证", ("补驾照",), ("开车的本子掉了",)),
        Item("c", "驾驶证期满换证", ("换驾照",), ("开车的本子到期了",)),
        Item("d", "路灯报修", ("路灯不亮",), ("晚上黑得看不见",)),
    ]
    found = ItemIndex(items, train(items)).find(["我要办驾驶证"])
    assert found.verdict == "near"
    assert {candidate.code for candidate in found.candidates} == {"a", "b", "c"}
