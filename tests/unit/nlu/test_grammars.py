"""Each kind's grammar is read by its reader, and whoever repeats what was read to them is heard."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.amounts import read_amount, say_amount
from nlu.dates import read_date, say_date
from nlu.digits import read_digits
from nlu.grammars import FIGURES, KINDS, grammar_of
from nlu.names import COMMON_SURNAMES, GIVEN, read_name, say_name
from nlu.pinyin import syllables
from nlu.places import Place, children, read_place
from nlu.values import as_spoken_digits
from nlu.yes_no import read_yes_no

TODAY = date(2026, 11, 23)


def made_of(said: str, words: tuple[str, ...]) -> bool:
    """Whether words of the grammar make up what is said, pauses aside."""
    plain = "".join(char for char in said if char.isalnum())
    reached = {0}
    for at in range(len(plain)):
        if at in reached:
            reached |= {at + len(word) for word in words if plain.startswith(word, at)}
    return len(plain) in reached


@pytest.mark.parametrize("kind", KINDS)
def test_a_grammar_says_everything_once_in_hanzi(kind: str) -> None:
    words = grammar_of(kind)
    assert len(set(words)) == len(words) > 0
    assert all(all("\u4e00" <= char <= "\u9fff" for char in word) for word in words)


def test_a_grammar_of_names_is_not_taken_for_one_of_numbers() -> None:
    """From eight single figures on, the recogniser's side takes a question for one that wants a number."""
    assert len(set(FIGURES) & set(grammar_of("name"))) < 8


def test_a_kind_without_a_grammar_has_no_phrases() -> None:
    assert grammar_of("text") == ()


@pytest.mark.parametrize("kind", ["digits", "id_number", "yes_no"])
def test_words_of_a_short_grammar_differ_in_more_than_tone(kind: str) -> None:
    sounds = [("yao",) if word == "幺" else syllables(word) for word in grammar_of(kind)]
    assert len(set(sounds)) == len(sounds)


@pytest.mark.parametrize("word", grammar_of("id_number"))
def test_every_word_of_the_grammar_of_numbers_changes_what_is_read(word: str) -> None:
    plain = read_digits("三四一二", letter_x=True)
    found = read_digits(f"三四{word}一二", letter_x=True)
    assert found is not None
    assert found != plain
    assert found.rest == ""


@pytest.mark.parametrize("word", grammar_of("date"))
def test_every_word_of_the_grammar_of_dates_is_part_of_a_date(word: str) -> None:
    frames = (
        *(
            "{}",
            "一九五八年三月{}",
            "一九五八年{}月五号",
            "{}三月五号",
            "{}五号",
            "{}三",
            "{}十月五号",
            "十{}月五号",
            "今年{}",
            "上{}三",
            "三{}五号",
        ),
        *("{}年三月五号", "一九五八{}三月五号", "农历三月{}五", "农历{}初五", "二零二三年{}二月初五", "三{}后", "一九五八年三月五{}"),
    )
    read = [read_date(frame.format(word), TODAY) for frame in frames]
    assert any(found and found.value for found in read), word


@pytest.mark.parametrize("word", grammar_of("amount"))
def test_every_word_of_the_grammar_of_amounts_is_part_of_an_amount(word: str) -> None:
    frames = ("{}", "三{}", "{}三", "三{}五", "{}三百块", "三百{}", "三百块{}", "五块{}", "一千{}块", "三百{}块")
    assert any((found := read_amount(frame.format(word))) and found.ok for frame in frames), word


@pytest.mark.parametrize("word", grammar_of("yes_no"))
def test_every_word_of_the_grammar_of_yes_and_no_is_one(word: str) -> None:
    assert read_yes_no(word) is not None


@pytest.mark.parametrize("word", [word for word in grammar_of("name") if len(word) > 2])
def test_every_way_to_tell_a_character_is_read(word: str) -> None:
    if word in ("名字叫",):
        assert read_name(f"{word}王小刚") == read_name("王小刚")
        return
    surname = word[-1] in COMMON_SURNAMES or "的" not in word
    found = read_name(f"{word}，小刚" if surname else f"姓王，{word}", heard=True)
    assert found is not None
    assert found.value.startswith(word[-1]) if surname else found.value == f"王{word[-1]}"


@given(st.text(alphabet="0123456789", min_size=1, max_size=18))
def test_the_telling_back_of_a_number_is_within_its_grammar(digits: str) -> None:
    assert made_of(as_spoken_digits(digits), FIGURES)
    assert made_of(as_spoken_digits(digits + "X"), grammar_of("id_number"))


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_the_telling_back_of_a_date_is_within_its_grammar(day: date) -> None:
    assert made_of(say_date(day)[1], grammar_of("date"))


@given(st.decimals(0, 99_999_999, places=2))
def test_the_telling_back_of_an_amount_is_within_its_grammar(yuan: Decimal) -> None:
    assert made_of(say_amount(yuan)[1], grammar_of("amount"))


@given(
    st.sampled_from(COMMON_SURNAMES), st.text(alphabet=[char for char in GIVEN if char not in "零二四五六七八九"], min_size=1, max_size=2)
)
@settings(max_examples=60)
def test_the_telling_back_of_a_name_is_within_its_grammar(surname: str, given_name: str) -> None:
    assert made_of(say_name(surname + given_name)[1], grammar_of("name"))


@pytest.mark.parametrize("path", ["", *children(), "樊城区/牛首镇"])
def test_every_phrase_of_the_grammar_of_places_is_read_where_it_is_listened_for(path: str) -> None:
    known = Place.of(path)
    for phrase in grammar_of("place", path):
        found = read_place([phrase], within=path, heard=True)
        assert found is not None, phrase
        assert all(place.path.startswith(known.path) for place in found.places) or found.verdict == "near", phrase


@pytest.mark.parametrize("county", children())
def test_the_telling_back_of_a_place_is_within_the_grammars_of_its_levels(county: str) -> None:
    first = grammar_of("place")
    for town in children(county):
        inner = grammar_of("place", f"{county}/{town}")
        assert made_of(county + town, first)
        assert all(made_of(village, inner) for village in children(f"{county}/{town}"))
        assert town in grammar_of("place", county)


@given(st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=400)))
@settings(max_examples=30)
def test_what_a_grammar_says_of_a_date_is_read_by_day_and_month(day: date) -> None:
    assert made_of(say_date(day)[1], grammar_of("date"))
    assert read_date(say_date(day)[1], TODAY) is not None
