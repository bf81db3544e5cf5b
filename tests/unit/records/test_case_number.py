"""The check digit catches what keys and ears get wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import case_number

NUMBERS = st.builds(case_number.make, st.integers(0, 99), st.integers(0, case_number.RANDOM - 1))


@given(NUMBERS)
def test_a_made_number_is_valid_and_has_ten_digits(number: str) -> None:
    assert case_number.valid(number)
    assert len(number) == case_number.LENGTH
    assert case_number.clean(case_number.group(number)) == number
    assert case_number.valid(case_number.group(number))


@given(NUMBERS)
def test_every_single_wrong_digit_is_caught(number: str) -> None:
    for position in range(case_number.LENGTH):
        for digit in "0123456789":
            if digit != number[position]:
                assert not case_number.valid(number[:position] + digit + number[position + 1 :])


@given(NUMBERS)
def test_every_swap_of_two_neighbours_is_caught(number: str) -> None:
    for position in range(case_number.LENGTH - 1):
        left, right = number[position : position + 2]
        if left != right:
            assert not case_number.valid(number[:position] + right + left + number[position + 2 :])


@pytest.mark.parametrize("text", ["", "123", "26123042770", "abcdefghij", "261230427七", "261.230.4277"])
def test_what_has_not_ten_digits_is_not_valid(text: str) -> None:
    assert not case_number.valid(text)


def test_groups_are_three_three_four_and_the_mask_shows_four() -> None:
    assert case_number.group("2612304277") == "261 230 4277"
    assert case_number.mask("2612304277") == "******4277"


@pytest.mark.parametrize(("year", "random"), [(-1, 0), (100, 0), (26, -1), (26, case_number.RANDOM)])
def test_parts_out_of_range_are_refused(year: int, random: int) -> None:
    with pytest.raises(ValueError, match="below"):
        case_number.make(year, random)
