"""What a question becomes before it reaches the recogniser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ivr.hearing
from ivr.hearing.vocabulary import DIGITS, MOST_PHRASES, UNKNOWN, Grammar, confusable, grammar, segment, unheard, words_of

TRIAL = Path(ivr.hearing.__file__).parent / "models" / "vosk-trial-cn"
WORDS = frozenset(
    [
        "老年",
        "优待",
        "证",
        "老年优待证",
        "高龄",
        "补贴",
        "低保",
        "居住证",
        "社保卡",
        "我要办",
        "我要",
        "办",
        "了",
        "是",
        "十",
        "好",
        "号",
        "人工",
        "有",
        "吗",
        "没有",
        "返回",
        "[unk]",
    ]
) | frozenset(DIGITS)
UNIVERSALS = ("返回", "人工", "有人工吗")


def known(word: str) -> bool:
    return word in WORDS


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("老年优待证", ("老年优待证",)),
        ("高龄补贴", ("高龄", "补贴")),
        ("我要办低保", ("我要办", "低保")),
        ("低保，办了", ("低保", "办", "了")),
        ("26", ("二", "六")),
        ("襄阳", None),
        ("ABC", None),
        ("", None),
        ("低保" * 30, None),
    ],
)
def test_a_phrase_is_cut_into_the_fewest_words_of_the_model(phrase: str, words: tuple[str, ...] | None) -> None:
    assert segment(phrase, known) == words


def test_what_no_word_covers_is_reported() -> None:
    assert unheard(("低保", "特困供养", "X光"), known) == ("特困供养", "X光")
    assert grammar(("低保", "特困供养"), known).unheard == ("特困供养",)


def test_a_number_is_heard_by_digits_and_their_pairs_without_unk() -> None:
    made = grammar((*DIGITS, *UNIVERSALS), known)
    assert made.number
    assert {"二 六", "幺 幺", "零"} <= set(made.entries)
    assert UNKNOWN not in made.entries
    assert "返回" in made.entries


def test_light_words_do_not_get_in_beside_digits() -> None:
    made = grammar((*DIGITS, *UNIVERSALS), known)
    assert not any("有" in entry.split() or "吗" in entry.split() for entry in made.entries)


def test_a_phrase_that_only_adds_light_words_to_another_is_left_out() -> None:
    made = grammar(("人工", "有人工吗", "没有", "返回"), known)
    assert made.entries == ("人工", "没有", "返回", UNKNOWN)


def test_names_of_services_bring_the_words_that_people_say_around_them() -> None:
    few = grammar(("低保", "返回"), known)
    many = grammar(("低保", "居住证", "社保卡", "高龄补贴"), known)
    assert "我要办" not in few.entries
    assert {"我要办", "我要办 低保", "我要办 高龄 补贴"} <= set(many.entries)


def test_of_words_that_differ_only_in_tone_one_is_offered() -> None:
    made = grammar(("是", "十", "好", "号"), known)
    assert made.entries == ("是", "好", UNKNOWN)
    assert made.merged == ("十", "号")


def test_a_digit_goes_before_a_word_that_sounds_like_it() -> None:
    made = grammar(("要", *DIGITS), lambda word: word in WORDS | {"要"})
    assert "要" in made.merged
    assert "幺" in made.entries


def test_confusable_phrases_are_found_for_the_check_of_flows() -> None:
    assert confusable(("是", "十", "低保", "要", "幺", "底保")) == (("是", "十"), ("要", "幺"), ("低保", "底保"))


def test_nothing_that_can_be_heard_means_listening_for_anything() -> None:
    assert grammar(("襄阳",), known).entries == ()
    assert grammar((), known).entries == ()
    with pytest.raises(ValueError, match="empty grammar"):
        _ = Grammar().json


@given(st.lists(st.text(max_size=12), max_size=60))
def test_whatever_is_offered_the_grammar_is_a_list_of_known_words(phrases: list[str]) -> None:
    made = grammar(phrases, known)
    if made.entries:
        loaded = json.loads(made.json)
        assert isinstance(loaded, list)
        assert loaded
        assert all(known(word) for entry in loaded for word in entry.split(" "))


@given(st.lists(st.sampled_from(sorted(WORDS)), min_size=1, max_size=30))
def test_known_words_are_never_reported_as_unheard(words: list[str]) -> None:
    assert not [lost for lost in grammar(words, known).unheard if lost != UNKNOWN]


def test_a_question_with_too_many_phrases_is_cut_off() -> None:
    assert (
        len(grammar([f"{a}{b}{c}{d}" for a in DIGITS for b in DIGITS for c in DIGITS for d in DIGITS], known).entries) <= MOST_PHRASES + 1
    )


def test_the_trial_model_lists_its_words() -> None:
    trial = words_of(TRIAL)
    assert trial is not None
    assert unheard(("老年优待证", "高龄补贴", "低保", "转人工", "查进度", "居住证"), trial) == ()
    assert words_of(TRIAL.parent) is None
