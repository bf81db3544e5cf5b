import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.place_index import place_index
from nlu.places import Place, children, find_place, phrases, read_place

GARDEN = "樊城区/牛首镇/花园村"


def read(text: str, **known: object) -> tuple[str, list[str], str] | None:
    found = read_place([text], **known)  # type: ignore[arg-type]
    return (found.verdict, [place.path for place in found.places], found.said) if found else None


@pytest.mark.parametrize(
    "text",
    [
        "樊城区牛首镇花园村",
        "樊城牛首花园",
        "湖北省襄阳市樊城区牛首镇花园村",
        "牛首的花园村",
        "牛首镇下面的花园村",
        "我住在牛首镇花园村",
        "我家住在牛首镇花园村，家里三口人",
        "我是牛首镇花园村的",
        "牛首镇花园村三组",
        "牛首镇花园村委会",
        "不是牛首镇竹条村，是牛首镇花园村",
        "牛守镇花园村",
    ],
)
def test_a_village_said_with_its_town_is_sure(text: str) -> None:
    assert read(text) == ("sure", [GARDEN], "")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("牛首镇", "樊城区/牛首镇"),
        ("牛首", "樊城区/牛首镇"),
        ("我住牛首那边", "樊城区/牛首镇"),
        ("樊城区", "樊城区"),
        ("枣阳", "枣阳市"),
        ("尹集镇", "襄城区/尹集乡"),
        ("古城街道办事处", "襄城区/古城街道"),
        ("襄阳县双沟", "襄州区/双沟镇"),
        ("高新区团山", "高新区/团山镇"),
        ("樊城区团山镇", "高新区/团山镇"),
        ("枣阳开发区", "枣阳市/经济开发区"),
        ("襄阳市", ""),
        ("不是牛首镇，是太平店镇", "樊城区/太平店镇"),
    ],
)
def test_what_stops_above_the_village_is_only_a_part(text: str, path: str) -> None:
    assert read(text) == ("part", [path], "")


def test_a_town_is_enough_when_only_the_town_is_wanted() -> None:
    assert read("牛首镇", level="town") == ("sure", ["樊城区/牛首镇"], "")
    assert read("牛首镇花园村", level="town") == ("sure", ["樊城区/牛首镇"], "")
    assert read("樊城", level="town") == ("part", ["樊城区"], "")


def test_a_town_without_villages_is_complete() -> None:
    assert read("鱼梁洲") == ("sure", ["樊城区/鱼梁洲开发区"], "")


def test_a_village_whose_name_is_unique_in_the_city_needs_no_town() -> None:
    assert read("树头村") == ("sure", ["枣阳市/吴店镇/树头村"], "")
    assert read("树头村", heard=True) == ("sure", ["枣阳市/吴店镇/树头村"], "")
    assert read("杨村") == ("sure", ["谷城县/茨河镇/杨村"], "")


def test_a_short_name_that_was_heard_alone_is_asked_back() -> None:
    assert read("树头", heard=True) == ("near", ["枣阳市/吴店镇/树头村"], "")
    assert read("牛手", heard=True) == ("near", ["樊城区/牛首镇"], "")


def test_a_village_of_several_towns_is_asked_for() -> None:
    assert read("花园村") == ("near", [GARDEN, "谷城县/紫金镇/花园村", "枣阳市/七方镇/花园村"], "")
    assert read("花园村", within="枣阳市") == ("sure", ["枣阳市/七方镇/花园村"], "")
    assert read("花园", within="樊城区/牛首镇", heard=True) == ("sure", [GARDEN], "")


def test_a_village_of_too_many_towns_leads_to_the_question_for_the_town() -> None:
    found = read_place(["我住刘湾村"])
    assert found is not None
    assert (found.verdict, found.places, found.said) == ("part", (Place(),), "刘湾村")
    assert read("刘升镇" + found.said) == ("sure", ["枣阳市/刘升镇/刘湾村"], "")


def test_towns_of_the_same_name_are_asked_for() -> None:
    assert read("城关镇") == ("near", ["南漳县/城关镇", "谷城县/城关镇", "保康县/城关镇"], "")
    assert read("保康县城关镇") == ("part", ["保康县/城关镇"], "")
    assert read("城关", level="town", within="谷城县") == ("sure", ["谷城县/城关镇"], "")


def test_villages_that_differ_by_suffix_alone_are_told_apart_by_it() -> None:
    both = ["樊城区/太平店镇/朱坡村", "樊城区/太平店镇/朱坡社区"]
    assert read("太平店朱坡") == ("near", both, "")
    assert read("太平店朱坡社区") == ("sure", both[1:], "")
    assert read("太平店朱坡村", heard=True) == ("sure", both[:1], "")


def test_villages_that_sound_alike_are_asked_for_when_heard_and_sure_when_typed() -> None:
    both = ["南漳县/李庙镇/傅家坪村", "南漳县/李庙镇/胡家坪村"]
    assert read("李庙镇胡家坪村", heard=True) == ("near", both, "")
    assert read("李庙镇胡家坪村") == ("sure", both[1:], "")


@pytest.mark.parametrize("text", ["樊城区流首镇发园村", "牛手镇花圆村", "牛首正花园村", "嗯牛首镇花园"])
def test_sounds_that_recognisers_confuse_are_the_same(text: str) -> None:
    assert read(text, heard=True) == ("sure", [GARDEN], "")


@pytest.mark.parametrize("text", ["愿意", "按三", "换个人", "刘手"])
def test_a_short_typed_word_is_no_place_that_merely_sounds_like_it(text: str) -> None:
    assert read(text) is None


def test_a_county_is_not_taken_for_a_street_that_sounds_like_it() -> None:
    assert read("谷城县", heard=True) == ("part", ["谷城县"], "")


@pytest.mark.parametrize("text", ["牛首镇花国村", "午首镇花园村", "樊城区牛首镇花园园村"])
def test_one_wrong_character_is_asked_back(text: str) -> None:
    assert read(text) == ("near", [GARDEN], "")


def test_an_unknown_village_of_a_known_town_keeps_the_town() -> None:
    assert read("牛首镇那个大桥边上") == ("part", ["樊城区/牛首镇"], "大桥边上")


def test_a_place_outside_what_is_known_is_taken_only_with_its_town() -> None:
    assert read("树头村", within="樊城区/牛首镇") == ("near", ["枣阳市/吴店镇/树头村"], "")
    assert read("吴店镇树头村", within="樊城区/牛首镇") == ("sure", ["枣阳市/吴店镇/树头村"], "")
    assert read("花国村", within="樊城区/牛首镇") == ("near", [GARDEN], "")
    assert read("牛首镇", within="樊城区/牛首镇") == ("part", ["樊城区/牛首镇"], "")


def test_the_alternatives_of_a_recogniser_are_all_read() -> None:
    assert (found := read_place(["有首真", "牛首镇花园村"], heard=True)) is not None
    assert found.verdict == "sure"
    assert (found := read_place(["树头村", "牛首镇花园村"], heard=True)) is not None
    assert (found.verdict, len(found.places)) == ("near", 2)


@pytest.mark.parametrize(
    "text", ["", "是", "你好", "我想办低保", "住的", "不是牛首镇", "我不住牛首镇", "13800138000", "本人", "要带什么材料", "村"]
)
def test_what_names_no_place_is_none(text: str) -> None:
    assert read(text) is None
    assert read(text, heard=True) is None


@pytest.mark.parametrize(
    ("sentence", "path"),
    [
        ("她住牛首镇", "樊城区/牛首镇"),
        ("我妈住牛首，八十了", "樊城区/牛首镇"),
        ("我想给住在牛首镇花园村的老人办高龄补贴", GARDEN),
        ("我是老河口市的", "老河口市"),
        ("家在树头村", "枣阳市/吴店镇/树头村"),
        ("牛首镇的低保怎么办", "樊城区/牛首镇"),
        ("我到古城街道办事处去办", "襄城区/古城街道"),
        ("谷城石花镇那边能办吗", "谷城县/石花镇"),
    ],
)
def test_a_place_is_found_in_a_sentence(sentence: str, path: str) -> None:
    assert (found := find_place(sentence)) is not None
    assert found.path == path


@pytest.mark.parametrize(
    "sentence",
    [
        "住新市民公寓",
        "住城关镇",
        "我不住牛首镇",
        "武汉市江汉区",
        "我要办低保",
        "大桥社区",
        "太平无事",
        "襄阳市民卡",
        "从牛首镇搬到太平店镇",
        "小河边上",
        "开发区",
        "汉江边",
    ],
)
def test_an_uncertain_place_in_a_sentence_is_not_found(sentence: str) -> None:
    assert find_place(sentence) is None


def test_a_found_place_is_no_deeper_than_wanted() -> None:
    assert find_place("家住牛首镇花园村", "town") == Place("樊城区", "牛首镇")


def test_every_place_is_understood_by_its_full_name() -> None:
    for node in place_index().nodes:
        place = Place(*node.path)
        assert (typed := read_place([place.label])) is not None
        assert (typed.verdict in ("sure", "part"), typed.places) == (True, (place,)), place.path
        assert (spoken := read_place([place.label], heard=True)) is not None
        assert place in spoken.places
        assert len(spoken.places) == 1 or spoken.verdict == "near"


def test_every_village_is_understood_inside_its_town_and_never_taken_for_another() -> None:
    for node in place_index().nodes:
        if len(node.path) == 3:
            for said in (node.name, node.stem):
                for heard in (False, True):
                    found = read_place([said], within="/".join(node.path[:2]), heard=heard)
                    assert found is not None
                    assert Place(*node.path) in found.places, node.path
                    assert len(found.places) == 1 or found.verdict == "near"


def test_children_are_the_next_level() -> None:
    assert len(children()) == 10
    assert "牛首镇" in children("樊城区")
    assert "花园村" in children("樊城区/牛首镇")
    assert children(GARDEN) == children("没有的地方") == ()


def test_phrases_are_names_with_and_without_suffix() -> None:
    assert {"樊城区", "樊城", "牛首镇", "牛首"} <= set(phrases())
    assert {"花园村", "花园"} <= set(phrases("樊城区/牛首镇"))
    assert "花园村" not in phrases("樊城区")


def test_a_path_leads_back_to_its_place() -> None:
    assert Place.of(GARDEN) == Place("樊城区", "牛首镇", "花园村")
    assert Place.of(GARDEN).label == "樊城区牛首镇花园村"
    assert Place.of("") == Place()
    with pytest.raises(ValueError, match="county/town/village"):
        Place.of("一/二/三/四")


@given(st.text(max_size=300) | st.text(alphabet="樊城区牛首镇花园村的人里住在不是家乡街道社襄阳市 ，1a", max_size=240), st.booleans())
@settings(deadline=None, max_examples=200)
def test_no_text_makes_the_readers_fail(text: str, heard: bool) -> None:
    for within in ("", "樊城区", "樊城区/牛首镇", "没有"):
        found = read_place([text], within=within, heard=heard)
        assert found is None or 1 <= len(found.places) <= 3
    find_place(text)
