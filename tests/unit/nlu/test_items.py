import pytest

from nlu.items import Found, Item, ItemIndex


def codes(found: Found) -> list[str]:
    return [candidate.code for candidate in found.candidates]


def test_usual_wording_is_sure(index: ItemIndex, sentences: dict[str, list[list[str]]]) -> None:
    wrong = [
        (text, index.find([text]))
        for text, code in sentences["standard"]
        if (lambda f, c=code: f.verdict != "sure" or codes(f) != [c])(index.find([text]))
    ]
    assert wrong == []


def test_what_recognisers_wrote_still_gives_the_right_service_first(index: ItemIndex, sentences: dict[str, list[list[str]]]) -> None:
    found = {text: index.find([text], heard=True) for text, _ in sentences["heard"]}
    assert [(text, found[text]) for text, code in sentences["heard"] if codes(found[text])[:1] != [code]] == []


def test_peoples_own_words_give_the_right_service_among_three_and_are_never_surely_wrong(
    index: ItemIndex, sentences: dict[str, list[list[str]]]
) -> None:
    found = {text: index.find([text]) for text, _ in sentences["colloquial"]}
    assert [(text, found[text]) for text, code in sentences["colloquial"] if code not in codes(found[text])] == []
    assert [
        (text, found[text]) for text, code in sentences["colloquial"] if found[text].verdict == "sure" and codes(found[text]) != [code]
    ] == []


@pytest.mark.parametrize("heard", [False, True])
def test_what_has_nothing_to_do_with_services_is_none(index: ItemIndex, sentences: dict[str, list[str]], heard: bool) -> None:
    found = {text: index.find([text], heard=heard) for text in sentences["out_of_scope"]}
    assert {text: one for text, one in found.items() if one.verdict == "sure"} == {}
    assert sum(one.verdict == "near" for one in found.values()) <= (1 if heard else 0), found


@pytest.mark.parametrize("heard", [False, True])
def test_a_public_service_that_is_not_ours_is_never_sure(index: ItemIndex, sentences: dict[str, list[str]], heard: bool) -> None:
    found = {text: index.find([text], heard=heard) for text in sentences["not_ours"]}
    assert {text: one for text, one in found.items() if one.verdict == "sure"} == {}
    assert sum(one.verdict == "near" for one in found.values()) <= (4 if heard else 2), found


@pytest.mark.parametrize("text", ["帝宝", "彼保", "以保", "一保", "我要办帝宝", "奢保"])
def test_a_name_of_two_syllables_is_asked_when_only_its_sound_was_heard(index: ItemIndex, text: str) -> None:
    assert index.find([text], heard=True).verdict == "near"


def test_a_name_of_two_syllables_heard_as_text_is_sure_only_alone(index: ItemIndex) -> None:
    assert index.find(["我要办低保"], heard=True).verdict == "sure"
    assert index.find(["昨天邻居说低保"], heard=True).verdict == "near"


def test_two_services_in_one_sentence_are_asked(index: ItemIndex) -> None:
    found = index.find(["老年优待证和高龄补贴"])
    assert found.verdict == "near"
    assert set(codes(found)[:2]) == {"YL-001", "YL-002"}


def test_alternatives_that_disagree_are_asked(index: ItemIndex) -> None:
    found = index.find(["低保", "医保"], heard=True)
    assert found.verdict == "near"
    assert codes(found)[:2] == ["MZ-001", "YB-001"]


def test_a_later_alternative_can_name_the_service(index: ItemIndex) -> None:
    assert codes(index.find(["老连又呆", "老年优待证"], heard=True))[:1] == ["YL-001"]


def test_what_is_taken_back_is_not_meant(index: ItemIndex) -> None:
    assert codes(index.find(["不是低保是医保"])) == ["YB-001"]


def test_a_name_inside_a_longer_one_is_not_meant() -> None:
    index = ItemIndex([Item("a", "身份证"), Item("b", "临时身份证")])
    assert codes(index.find(["我要办临时身份证"])) == ["b"]
    assert codes(index.find(["我要办身份证"])) == ["a"]


def test_a_name_that_goes_on_as_another_word_is_not_sure(index: ItemIndex) -> None:
    assert index.find(["居住证明"]).verdict == "near"


def test_a_service_of_another_catalogue_is_found_when_it_is_there(index: ItemIndex) -> None:
    assert index.find(["我要办护照"]).verdict == "none"
    larger = ItemIndex([*index.items, Item("GA-009", "护照")])
    assert codes(larger.find(["我要办护照"])) == ["GA-009"]


def test_a_whole_way_of_saying_it_is_known(index: ItemIndex) -> None:
    assert codes(index.find(["坐公交不要钱的那个证"])) == ["YL-001"]


@pytest.mark.parametrize("alternatives", [[], [""], ["。"], ["嗯"], ["办"], ["证"], ["补贴"], ["我要办证"]])
def test_nothing_said_gives_none(index: ItemIndex, alternatives: list[str]) -> None:
    assert index.find(alternatives) == Found("none", ())


def test_an_empty_catalogue_has_nothing() -> None:
    assert ItemIndex([]).find(["低保"]) == Found("none", ())


def test_two_items_with_one_code_are_refused() -> None:
    with pytest.raises(ValueError, match="same code"):
        ItemIndex([Item("a", "低保"), Item("a", "医保")])


@pytest.mark.parametrize("heard", [False, True])
def test_a_service_that_is_left_out_is_never_surely_another(index: ItemIndex, heard: bool) -> None:
    wrong = {}
    for left_out in index.items:
        others = ItemIndex(item for item in index.items if item is not left_out)
        found = others.find([f"我要办{left_out.name}"], heard)
        if found.verdict == "sure":
            wrong[left_out.name] = found
    assert wrong == {}


@pytest.mark.parametrize(
    "frame", ["{}", "我要办{}", "我想给我妈办{}", "{}怎么办", "{}办得怎么样了", "{}办好了没有", "请问一下{}要带什么材料，谢谢"]
)
@pytest.mark.parametrize("heard", [False, True])
def test_every_name_is_sure_in_every_usual_frame(index: ItemIndex, frame: str, heard: bool) -> None:
    found = {item.name: index.find([frame.format(item.name)], heard) for item in index.items}
    assert {name: one for name, one in found.items() if one.verdict != "sure" or one.candidates[0].name != name} == {}
