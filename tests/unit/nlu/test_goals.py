"""The goals on the whole catalogue, with sentences that were never learnt from (benchmarks/meaning)."""

import numpy as np
import pytest

from benchmarks.meaning.sentences import IN_DOMAIN, OUTSIDE, Sentence, sentences, services
from nlu.features import words_of
from nlu.items import ItemIndex, Reading
from nlu.training import train

Read = list[tuple[Sentence, Reading]]


@pytest.fixture(scope="module")
def read() -> Read:
    items = services()
    index = ItemIndex(items, train(items))
    return [(sentence, index.why([sentence.text], sentence.heard)) for sentence in sentences()]


def among(read: Read, kinds: tuple[str, ...], first: int) -> float:
    """Share of sentences of these kinds whose service is among the first ones."""
    hits = [
        any(reason.candidate.code in sentence.codes for reason in reading.reasons[:first])
        for sentence, reading in read
        if sentence.kind in kinds
    ]
    return sum(hits) / len(hits)


def test_no_test_sentence_was_learnt_from() -> None:
    learnt = {words_of(text) for item in services() for text in (item.name, *item.aliases, *item.ways)}
    assert [one.text for one in sentences() if words_of(one.text) in learnt] == []


def test_the_right_service_is_first_in_92_of_100_and_among_three_in_97(read: Read) -> None:
    assert among(read, IN_DOMAIN, 1) >= 0.92
    assert among(read, IN_DOMAIN, 3) >= 0.97


def test_what_old_people_tell_roundabout_is_first_in_75_of_100(read: Read) -> None:
    assert among(read, ("indirect",), 1) >= 0.75


def test_92_of_100_are_kept_where_5_of_100_that_are_not_ours_are_accepted(read: Read) -> None:
    outside = np.array([reading.ours for sentence, reading in read if sentence.kind in OUTSIDE])
    inside = np.array([reading.ours for sentence, reading in read if sentence.kind in IN_DOMAIN])
    assert (inside > np.quantile(outside, 0.95)).mean() >= 0.92


def test_the_limits_in_force_keep_these_goals(read: Read) -> None:
    outside = [reading.found.verdict for sentence, reading in read if sentence.kind in OUTSIDE]
    inside = [reading.found.verdict for sentence, reading in read if sentence.kind in IN_DOMAIN]
    assert sum(verdict != "none" for verdict in outside) / len(outside) <= 0.05
    assert sum(verdict != "none" for verdict in inside) / len(inside) >= 0.92


def test_a_wrong_service_is_hardly_ever_sure(read: Read) -> None:
    wrong = [
        sentence.text
        for sentence, reading in read
        if reading.found.verdict == "sure" and reading.found.candidates[0].code not in sentence.codes
    ]
    assert len(wrong) <= 3, wrong
