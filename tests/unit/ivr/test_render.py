"""A reply as spoken sentences."""

from __future__ import annotations

import pytest

from dialogs.contract import Choice, Expectation, Outcome, Prompt, Reply, Wants
from dialogs.words import Words
from ivr.budget import TELEPHONE
from ivr.render import group_digits, render, sentences

PERSON = Choice("!person", "人工", "0")


def asking(prompt: Prompt, expect: Expectation) -> Reply:
    return Reply((prompt,), Outcome.WAIT, expect)


def test_the_function_comes_before_the_key(words: Words):
    reply = asking(
        Prompt("您要办什么？", name="q"), Expectation("q", Wants.CHOICE, "choice", (Choice("a", "查进度", "1"), Choice("b", "办事", "2")))
    )
    assert render(reply, words, offer_person=False) == ("您要办什么？", "查进度，请按一。", "办事，请按二。")


def test_the_spoken_form_is_said_where_there_is_one(words: Words):
    expect = Expectation("q", Wants.CHOICE, "choice", (Choice("a", "查进度 ①", "1", speech="查进度"),))
    assert render(asking(Prompt("看屏幕", speech="请听。"), expect), words, offer_person=False) == ("请听。", "查进度，请按一。")


def test_a_person_is_offered_only_when_asked_for(words: Words):
    reply = asking(Prompt("好。"), Expectation("q", Wants.TEXT, "wish", universals=(PERSON,)))
    assert render(reply, words, offer_person=True) == ("好。", words("telephone.person_hint"))
    assert render(reply, words, offer_person=False) == ("好。",)


def test_a_person_is_not_offered_twice(words: Words):
    reply = asking(Prompt("要找工作人员，请按零。"), Expectation("q", Wants.TEXT, "wish", universals=(PERSON,)))
    assert render(reply, words, offer_person=True) == ("要找工作人员，请按零。",)


def test_how_to_finish_is_said_only_where_the_length_is_open(words: Words):
    prompt = Prompt("请输入。")
    assert words("telephone.finish_digits") in render(
        asking(prompt, Expectation("q", Wants.DIGITS, "digits", least=1, most=9)), words, offer_person=False
    )
    assert words("telephone.finish_digits") not in render(
        asking(prompt, Expectation("q", Wants.DIGITS, "digits", least=4, most=4)), words, offer_person=False
    )


def test_a_reply_that_ends_offers_nothing(words: Words):
    assert render(Reply((Prompt("再见。"),), Outcome.END), words, offer_person=True) == ("再见。",)


def test_sentences_are_split_where_people_breathe():
    assert sentences("您好。要办什么事？请说！\n或者按键") == ("您好。", "要办什么事？", "请说！", "或者按键")


def test_what_has_no_sound_is_not_said():
    assert sentences("。。。\n——\n") == ()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("编号2600000015", "编号260，000，0015"),
        ("13800138000", "138，0013，8000"),
        ("42060119491231002X", "420601，1949，1231，002X"),
        ("尾号8000", "尾号8000"),
        ("20241231", "2024，1231"),
    ],
)
def test_long_numbers_are_said_in_groups(given: str, said: str):
    assert group_digits(given) == said


def test_the_budget_is_the_telephones():
    assert TELEPHONE.channel == "telephone"
    assert TELEPHONE.choices == 4
