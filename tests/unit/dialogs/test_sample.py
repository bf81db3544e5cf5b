"""A sample walks the real engine along a path and shows every turn of it."""

from __future__ import annotations

import pytest

from dialogs.book import Book
from dialogs.contract import Budget, Outcome, Wants
from dialogs.heard import Done
from dialogs.outcome import Do
from dialogs.tools.sample import SampleError, Scene, first_samples, walk
from records import case_number

PHONE = Budget("telephone", choices=4, takes=frozenset({Wants.CHOICE, Wants.DIGITS, Wants.TEXT}))
TV = Budget("tv", choices=6, takes=frozenset({Wants.CHOICE, Wants.DIGITS}))


def _said(scene: Scene) -> str:
    return "\n".join(prompt.text for prompt in scene.reply.prompts)


def test_a_path_shows_each_of_its_turns_and_ends_behind_the_last(book: Book) -> None:
    scenes = list(walk(book, PHONE, path=["办事", "老人"]))
    assert [scene.given for scene in scenes] == ["", "办事", "老人"]
    assert scenes[-1].reply.expect is not None
    assert scenes[-1].reply.expect.question == "request.of_group"


def test_a_path_may_use_universals_and_numbers_of_choices(book: Book) -> None:
    scenes = list(walk(book, PHONE, path=["2", "返回", "人工"]))
    assert scenes[2].reply.expect is not None
    assert scenes[2].reply.expect.question == "main.menu"
    assert scenes[-1].reply.outcome is Outcome.HAND_OVER
    assert scenes[-1].reply.card is not None


def test_an_answer_that_is_none_says_what_could_be_said(book: Book) -> None:
    with pytest.raises(SampleError, match=r"main\.menu.*查进度、办事"):
        list(walk(book, PHONE, path=["嗯嗯啊啊哦"]))


def test_without_a_path_a_flow_is_walked_to_its_end(book: Book) -> None:
    scenes = list(walk(book, PHONE, flow="check_status"))
    assert "正在办" in _said(scenes[-1])
    assert [scene.given for scene in scenes][1:] == ["0000000000", "0000"]


def test_without_a_path_a_request_is_filled_in_and_submitted(book: Book) -> None:
    scenes = list(walk(book, PHONE, flow="request"))
    assert any("261 230 4275" in _said(scene) for scene in scenes)
    assert any(scene.given == "13800138000" for scene in scenes)


@pytest.mark.parametrize("budget", [PHONE, TV], ids=lambda budget: budget.channel)
def test_every_flow_has_a_sample_that_says_something_of_it(book: Book, budget: Budget) -> None:
    for flow in book.flows:
        names = [prompt.name for scene in walk(book, budget, flow=flow) for prompt in scene.reply.prompts]
        assert any(name.startswith(f"{flow}.") for name in names), flow


def test_a_whole_sample_ends(book: Book) -> None:
    assert list(walk(book, PHONE))[-1].reply.outcome is Outcome.END


def test_the_records_answer_as_they_are_told_to(book: Book) -> None:
    def nothing_found(do: Do) -> Done:
        return Done("not_found") if do.action == "find_case" else first_samples(do)

    scenes = list(walk(book, PHONE, flow="check_status", path=[case_number.make(26, 1234567), "8000"], records=nothing_found))
    assert "没有查到" in _said(scenes[-1])


def test_a_flow_that_is_not_there_is_named(book: Book) -> None:
    with pytest.raises(SampleError, match=r"no flow 'nowhere'.*check_status"):
        list(walk(book, PHONE, flow="nowhere"))
