import pytest

from nlu.features import form_of
from nlu.meanings import meanings
from nlu.tables import phrases


def test_words_that_mean_alike_have_a_label_in_common() -> None:
    assert set(meanings("媳妇有喜了")) & set(meanings("老婆怀上了")) >= {"wife", "pregnant"}


def test_the_longest_word_counts_at_each_place() -> None:
    assert "one_child" in meanings("独生子女")
    assert meanings("没工作") == ("no_work", "work")  # 没工作, and 工作 that begins a character later


def test_a_label_counts_as_often_as_it_is_told() -> None:
    assert form_of("修路灯修路灯").told()["mroad_lamp"] == 4.0  # 路灯 and 灯, twice


@pytest.mark.parametrize("text", ["", "囧", "hello"])
def test_what_tells_nothing_has_no_label(text: str) -> None:
    assert meanings(text) == ()


def test_every_list_has_several_words() -> None:
    assert {label for label, words in phrases("meanings").items() if len(words) < 3} == set()
