"""The key collector: from single keys to one answer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dialogs.contract import Expectation, Wants
from ivr.keys import MOST_KEYS, Done, KeyRule, KeyTimes, More, press, rule_for

TIMES = KeyTimes()
CHOICE = rule_for(Expectation("q", Wants.CHOICE, "choice"), TIMES)
OPEN = rule_for(Expectation("q", Wants.TEXT, "wish"), TIMES)
CASE = rule_for(Expectation("q", Wants.DIGITS, "case_number", least=10, most=10, slow=True), TIMES)
ID = rule_for(Expectation("q", Wants.DIGITS, "id_number", least=18, most=18, letter_x=True), TIMES)


def type_in(rule: KeyRule, keys: str) -> Done | More:
    typed, result = "", More("", 0.0)
    for key in keys:
        step = press(rule, typed, key)
        if isinstance(step, Done):
            return step
        typed, result = step.typed, step
    return result


def test_every_key_answers_a_choice_at_once():
    assert [press(CHOICE, "", key) for key in "109*"] == [Done("1"), Done("0"), Done("9"), Done("*")]


def test_every_key_answers_an_open_question_at_once():
    assert press(OPEN, "", "2") == Done("2")


def test_a_lone_hash_is_an_answer_without_digits():
    assert press(CHOICE, "", "#") == Done("")
    assert press(CASE, "", "#") == Done("")


def test_digits_end_by_themselves_when_there_are_enough():
    assert type_in(CASE, "2600000015") == Done("2600000015", full=True)


def test_hash_ends_digits_early_and_is_not_part_of_them():
    assert type_in(CASE, "2600#") == Done("2600")


def test_a_first_zero_waits_only_shortly_for_a_second_digit():
    assert type_in(CASE, "0") == More("0", TIMES.lone_zero)
    assert type_in(CASE, "01") == More("01", TIMES.gap_slow)


def test_a_slow_question_waits_longer_between_digits():
    assert type_in(CASE, "2") == More("2", TIMES.gap_slow)
    assert type_in(ID, "4") == More("4", TIMES.gap)


def test_a_star_clears_what_was_typed_and_a_second_one_goes_back():
    assert type_in(CASE, "26*") == More("", 0.0)
    assert type_in(CASE, "26**") == Done("*")
    assert type_in(CASE, "26*27#") == Done("27")


def test_a_star_is_the_x_in_the_last_place_of_an_id_number_only():
    assert type_in(ID, "42060119491231002*") == Done("42060119491231002*", full=True)
    assert type_in(ID, "4206011949123100*") == More("", 0.0)
    assert type_in(rule_for(Expectation("q", Wants.DIGITS, "digits", most=18), TIMES), "42060119491231002*") == More("", 0.0)


def test_somebody_leaning_on_the_keypad_gets_an_end():
    endless = rule_for(Expectation("q", Wants.DIGITS, "digits"), TIMES)
    assert type_in(endless, "5" * 99) == Done("5" * MOST_KEYS, full=True)


@given(st.sampled_from([CHOICE, OPEN, CASE, ID]), st.text("0123456789*#", min_size=1, max_size=60))
def test_no_row_of_keys_gives_more_than_the_question_can_take(rule: KeyRule, keys: str):
    result = type_in(rule, keys)
    if isinstance(result, Done):
        assert len(result.keys) <= (rule.most if rule.digits else 1)
        assert "#" not in result.keys
    else:
        assert rule.digits
        assert len(result.typed) < rule.most
        assert result.wait > 0 or not result.typed
