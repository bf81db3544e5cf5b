import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.name_telling import SURNAMES
from nlu.names import LONGEST, PersonName, find_name, mask_name, read_name, say_name
from nlu.tables import phrases

SPOKEN = "张三李桂英弓长木子立早章耳东陈草头黄双人徐三点水涛的字姓名叫是我她他老伴先生大爷·，。 一二国家建设花雄ab12"
TEXTS = st.text(max_size=300) | st.text(alphabet=SPOKEN, max_size=120)
TABLE = phrases("names")
GIVEN = st.text(alphabet=sorted("".join(TABLE["given"][:1])), min_size=1, max_size=2)
COMMON_NAMES = st.builds(lambda surname, name: surname + name, st.sampled_from(TABLE["common"]), GIVEN)
NAMES = COMMON_NAMES.filter(lambda name: (found := read_name(name)) is not None and found.ok)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张三", "张三"),
        ("張三", "张三"),
        ("欧阳修", "欧阳修"),
        ("司马相如", "司马相如"),
        ("诸葛亮", "诸葛亮"),
        ("张王一诺", "张王一诺"),
        ("李想", "李想"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽 · 买买提", "阿依古丽·买买提"),
        ("扎西多吉", "扎西多吉"),
        ("卓玛", "卓玛"),
        ("我叫张三", "张三"),
        ("她叫李桂英", "李桂英"),
        ("名字是王五", "王五"),
        ("我的名字叫赵六", "赵六"),
        ("姓名：钱七", "钱七"),
        ("我老伴叫李桂英", "李桂英"),
        ("我儿子张伟", "张伟"),
        ("我姓张，叫建国", "张建国"),
        ("姓张名三", "张三"),
        ("嗯，就叫张三吧", "张三"),
        ("张三先生", "张三"),
        ("我叫高峰", "高峰"),
    ],
)
def test_a_name_is_read_however_it_is_given(text: str, name: str) -> None:
    assert read_name(text) == PersonName(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("弓长张三", "张三"),
        ("弓长张，一二三的三", "张三"),
        ("木子李，桂花的桂，英雄的英", "李桂英"),
        ("李桂英，木子李，桂花的桂，英雄的英", "李桂英"),
        ("李桂英桂花的桂英雄的英", "李桂英"),
        ("李 桂英 桂花 的 桂 英雄 的 英", "李桂英"),
        ("张建国，建设的建，国家的国", "张建国"),
        ("我姓张弓长张叫建国建设的建国家的国", "张建国"),
        ("张三，立早章", "章三"),
        ("李贵英，桂花的桂", "李桂英"),
        ("草头黄，建军", "黄建军"),
        ("草头蒋的蒋，介绍的介，石头的石", "蒋介石"),
        ("三点水的江，大海的海", "江海"),
        ("三点水王，大海的海", "汪海"),
        ("李涛，三点水的涛", "李涛"),
        ("曾国强，曾国藩的曾，国家的国", "曾国强"),
        ("李丽丽，美丽的丽，美丽的丽", "李丽丽"),
        ("免贵姓陈，耳东陈，陈建军", "陈建军"),
        ("人可何，大海的海", "何海"),
        ("干勾于，小波，波浪的波", "于小波"),
    ],
)
def test_what_was_told_about_the_characters_is_used(text: str, name: str) -> None:
    assert read_name(text) == PersonName(name)


def test_a_surname_is_known_by_its_sound_only_when_it_was_heard() -> None:
    assert read_name("里桂英", heard=True) == PersonName("李桂英")
    assert read_name("里桂英") is None
    assert read_name("湖北省", heard=True) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("我姓张", "unclear"),
        ("弓长张", "unclear"),
        ("欧阳", "unclear"),
        ("王大爷", "unclear"),
        ("老王", "unclear"),
        ("张桂花的桂", "unclear"),
        ("张三，国家的国", "unclear"),
        ("我叫张三李四王五", "too_long"),
        ("阿" * 20 + "·" + "买" * 20, "too_long"),
        ("我叫什么", "not_a_name"),
        ("13800138000", "not_a_name"),
        ("Tom", "not_a_name"),
        ("我叫123", "not_a_name"),
    ],
)
def test_what_was_meant_as_a_name_and_is_none_says_why(text: str, reason: str) -> None:
    assert read_name(text) == PersonName("", reason)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "你好",
        "您好",
        "谢谢",
        "是的",
        "对",
        "不是",
        "好的",
        "返回",
        "人工",
        "再说一遍",
        "老年证",
        "低保",
        "养老金",
        "医疗救助",
        "高龄补贴",
        "我想办老年证",
        "要带什么材料",
        "一二三",
        "今天",
        "明天",
        "三千块",
        "花园村",
        "都可以",
        "什么",
        "查一下",
        "能办吗",
        "贵姓",
        "万一",
        "高血压",
        "和老伴",
        "我不知道",
        "国庆节",
        "周三",
        "方便",
        "时间长",
    ],
)
@pytest.mark.parametrize("heard", [False, True])
def test_what_is_no_name_is_none(text: str, heard: bool) -> None:
    assert read_name(text, heard) is None


def test_no_sample_sentence_about_services_is_taken_for_a_name(sentences: dict[str, list[object]]) -> None:
    said = [way for item in sentences["items"] for way in (item["name"], *item["aliases"], *item["ways"])]  # type: ignore[index]
    assert len(said) > 90
    taken = [way for way in said for heard in (False, True) if (found := read_name(way, heard)) is not None and found.ok]
    assert taken == []
    assert [way for way in said if find_name(way) is not None] == []


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("我叫张三，今年七十岁了", "张三"),
        ("我叫张三今年七十", "张三"),
        ("我老伴叫李桂英想办老年证", "李桂英"),
        ("姓名张三性别男", "张三"),
        ("我的名字是欧阳修", "欧阳修"),
        ("孩子叫阿依古丽·买买提，五岁", "阿依古丽·买买提"),
    ],
)
def test_the_name_inside_a_sentence_is_found(sentence: str, name: str) -> None:
    assert find_name(sentence) == PersonName(name)


@pytest.mark.parametrize(
    "sentence",
    [
        "张三来了",
        "这个叫什么",
        "叫我去办",
        "叫号",
        "我叫高龄补贴",
        "你叫什么名字",
        "叫王大爷来",
        "帮我叫车",
        "大的叫张三，小的叫李四",
        "叫人工",
        "",
    ],
)
def test_a_sentence_without_one_sure_name_gives_none(sentence: str) -> None:
    assert find_name(sentence) is None


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("欧阳修", "欧阳*"), ("李桂英", "李**"), ("阿依古丽·买买提", "阿***·***"), ("卓玛", "卓*"), ("王", "*"), ("", "")],
)
def test_only_the_surname_is_shown(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_a_name_is_said_with_its_characters_told() -> None:
    assert say_name("李桂英") == ("李桂英", "李桂英，木子李，桂花的桂，英雄的英")
    assert say_name("唐建国") == ("唐建国", "唐建国，唐朝的唐，建设的建，国家的国")
    assert say_name("阿依古丽·买买提") == ("阿依古丽·买买提", "阿依古丽·买买提")


@given(NAMES)
@settings(deadline=None, max_examples=200)
def test_every_name_is_read_back_from_how_it_is_shown_said_and_introduced(name: str) -> None:
    shown, said = say_name(name)
    assert read_name(shown) == read_name(said) == read_name(f"我叫{name}") == find_name(f"你好，我叫{name}，想问一下") == PersonName(name)


@given(NAMES)
@settings(deadline=None, max_examples=200)
def test_a_mask_hides_all_but_the_surname(name: str) -> None:
    masked = mask_name(name)
    assert len(masked) == len(name)
    assert masked == name[0] + "*" * (len(name) - 1)


@pytest.mark.parametrize("row", TABLE["told"])
def test_every_way_to_tell_a_surname_gives_that_surname(row: str) -> None:
    surname, _, ways = row.partition("=")
    assert surname in SURNAMES
    assert {way: read_name(f"{way}{surname}，小刚") for way in ways.split()} == {way: PersonName(f"{surname}小刚") for way in ways.split()}


def test_every_word_that_tells_a_character_holds_it() -> None:
    assert [row for row in TABLE["words"] if row[0] not in row[2:] and row[0] not in "磊鑫"] == []


@given(TEXTS, st.booleans())
@settings(deadline=None, max_examples=400)
def test_no_text_makes_the_reader_fail(text: str, heard: bool) -> None:
    for found in (read_name(text, heard), find_name(text)):
        if found is not None:
            assert (found.value == "") == (found.reason is not None)
            assert len(found.value) <= LONGEST
    assert len(mask_name(text)) == len(text)
    assert say_name(text)[0] == text


@pytest.mark.parametrize("unit", ["的", "叫", "弓长张", "我叫张三，", "先生", "桂花的桂", "张", "三点水的"])
def test_a_sentence_repeated_a_thousand_times_is_read(unit: str) -> None:
    read_name(unit * 1000)
    find_name(unit * 1000)


@pytest.mark.parametrize("text", ["王元", "我叫李元", "姓王，元旦的元"])
def test_a_name_may_hold_the_word_for_money(text: str) -> None:
    assert (found := read_name(text)) is not None
    assert found.ok


def test_a_character_that_was_told_is_no_title() -> None:
    assert read_name("姓王，家庭的家") == PersonName("王家")
    assert read_name("王家") == PersonName("", "unclear")
