import pytest

from nlu.choices import Chosen, Near, Option, choose

MENU = (
    Option("status", "查进度", "1", ("查询进度", "查办件")),
    Option("request", "办事项", "2", ("办理事项", "申请")),
    Option("guide", "办事指南", "3"),
    Option("news", "通知公告", "5"),
)
SERVICES = (Option("db", "低保"), Option("yb", "医保"), Option("sb", "社保卡"))


def chosen(alternatives: list[str], options: tuple[Option, ...]) -> str | None:
    found = choose(alternatives, options)
    return found.id if isinstance(found, Chosen) else None


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "①",
        "１",
        "一",
        "幺",
        "第一个",
        "第1",
        "选一",
        "按1",
        "我选一",
        "头一个",
        "第 一 个",
        "地一个",
        "1️⃣",
        "查进度",
        "我要查进度",
        "查进渡",
        "查询进度",
    ],
)
def test_the_first_is_chosen_by_number_word_or_sound(text: str) -> None:
    assert chosen([text], MENU) == "status"


def test_a_number_is_the_key_where_there_are_keys_and_a_place_where_there_are_none() -> None:
    assert chosen(["5"], MENU) == "news"
    assert choose(["4"], MENU) is None
    assert chosen(["最后一个"], MENU) == "news"
    assert chosen(["二"], SERVICES) == "yb"
    assert choose(["9"], SERVICES) is None


@pytest.mark.parametrize(
    ("text", "wanted"), [("低保", "db"), ("帝宝", "db"), ("以保", "yb"), ("设宝卡", "sb"), ("社保", "sb"), ("不是低保是医保", "yb")]
)
def test_words_are_chosen_by_sound_and_negation_is_heard(text: str, wanted: str) -> None:
    assert chosen([text], SERVICES) == wanted


@pytest.mark.parametrize(("alternatives", "options"), [(["办事"], MENU), (["彼保"], SERVICES), (["低保", "医保"], SERVICES)])
def test_near_ties_are_asked(alternatives: list[str], options: tuple[Option, ...]) -> None:
    found = choose(alternatives, options)
    assert isinstance(found, Near)
    assert len(found.ids) >= 2


def test_a_word_of_two_syllables_that_only_resembles_is_asked_even_when_alone() -> None:
    assert choose(["以保"], (Option("db", "低保"),)) == Near(("db",))


def test_a_later_alternative_can_decide() -> None:
    assert chosen(["茶机", "查进度"], MENU) == "status"


@pytest.mark.parametrize("text", ["", "老年证", "不是查进度", "今天天气", "0"])
def test_what_is_not_offered_is_not_chosen(text: str) -> None:
    assert choose([text], MENU) is None


def test_nothing_offered_or_said_gives_none() -> None:
    assert choose([], MENU) is None
    assert choose(["一"], ()) is None
    assert choose(["最后一个"], ()) is None


@pytest.mark.parametrize("text", ["我想问下低保的事", "那个帝宝怎么弄", "要医保那一个吧", "低保在哪里"])
def test_by_ear_a_name_of_two_syllables_beside_other_words_is_asked_when_another_is_one_syllable_apart(text: str) -> None:
    found = choose([text], SERVICES, heard=True)
    assert found is None or isinstance(found, Near)
    assert isinstance(choose(["低保"], SERVICES, heard=True), Chosen), "alone it is taken"
    assert isinstance(choose(["我想问下低保的事"], SERVICES), Chosen), "typed it is taken"


def test_by_ear_a_word_of_two_syllables_is_taken_beside_other_words_when_nothing_offered_is_near_it() -> None:
    whom = (Option("self", "本人"), Option("parents", "父母"), Option("child", "子女"))
    assert choose(["是给我父母办的"], whom, heard=True) == Chosen("parents", choose(["是给我父母办的"], whom).score)  # type: ignore[union-attr]


def test_what_the_recogniser_is_known_to_mishear_is_tried_by_ear_alone() -> None:
    typed, heard = choose(["比保"], SERVICES), choose(["比保"], SERVICES, heard=True)
    assert isinstance(typed, Near)
    assert len(typed.ids) > 1
    assert heard == Near(("db",)), "two syllables that nobody wrote are asked"
    assert isinstance(choose(["会议证明"], (*SERVICES, Option("hy", "婚育证明")), heard=True), Chosen)
