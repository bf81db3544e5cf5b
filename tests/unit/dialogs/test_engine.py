"""The step, driven by events through the real reading, with samples in place of the records."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialogs.contract import Alternative, Budget, Keys, Pick, Speech
from dialogs.heard import Began, Command, Done, Gone, Value
from dialogs.outcome import End, HandOver, Wait
from dialogs.question import expectation
from tests.unit.dialogs.conftest import Resident

NUMBER = "2612304277"


def to_form(resident: Resident) -> None:
    resident.say("我要办居住证")
    resident.pick("apply")


def to_check(resident: Resident) -> None:
    to_form(resident)
    resident.press("1")
    resident.press("11010519491231002*")
    resident.press("13800138000")


def test_a_conversation_begins_with_an_open_question(resident: Resident) -> None:
    assert resident.question == "main.menu"
    assert resident.choices == ["查进度", "办事"]


@pytest.mark.parametrize("how", ["查进度", "1", "第一个", "我的事办得怎么样了", "查一下进度"])
def test_checking_can_be_asked_for_by_word_number_or_sentence(resident: Resident, how: str) -> None:
    resident.say(how)
    assert resident.question == "check_status.number"


def test_a_sentence_with_an_item_goes_straight_to_that_item(resident: Resident) -> None:
    said = resident.say("我想给我妈办老年优待证")
    assert resident.question == "request.about"
    assert resident.asked[-1].arguments == {"code": "YL-001"}
    assert "greet" not in said


def test_near_names_are_asked_not_guessed(resident: Resident) -> None:
    resident.event(Speech((Alternative("帝宝"),)))
    if resident.question == "near":
        assert "都不是" in resident.choices
    else:
        assert resident.question == "main.menu"


def test_a_number_with_a_wrong_digit_is_caught_before_the_records_are_asked(resident: Resident) -> None:
    resident.say("查进度")
    said = resident.press("2600000001")
    assert "有一位不对" in said
    assert resident.asked == []


def test_a_number_may_be_said_in_parts(resident: Resident) -> None:
    resident.say("查进度")
    said = resident.event(Speech((Alternative("二六幺"),)))
    assert "还差 7 位" in said
    resident.event(Speech((Alternative("二三零"),)))
    resident.event(Speech((Alternative("四二七七"),)))
    assert resident.slots["number"] == NUMBER if resident.question == "check_status.tail" else resident.question == "check_status.number"


def test_said_parts_can_be_thrown_away(resident: Resident) -> None:
    resident.say("查进度")
    resident.event(Speech((Alternative("二六幺"),)))
    resident.event(Speech((Alternative("不对"),)))
    assert resident.session.partial == ""
    assert resident.question == "check_status.number"


def test_nothing_is_submitted_before_the_resident_has_agreed(resident: Resident) -> None:
    to_check(resident)
    assert resident.question == "request.check"
    assert [do.action for do in resident.asked] == ["open_item", "read_back"]
    said = resident.press("1")
    assert resident.asked[-1].action == "submit_request"
    assert "提交好了" in said


def test_what_was_wrong_is_asked_again_and_nothing_else(resident: Resident) -> None:
    to_check(resident)
    resident.press("2")
    assert resident.question == "request.fix"
    resident.say("手机号")
    assert resident.question == "request.fill_in.mobile"
    resident.press("13900139000")
    assert resident.question == "request.check"
    assert resident.slots["answers"] == {"for_whom": "self", "id_number": "11010519491231002X", "mobile": "13900139000"}


def test_back_goes_through_form_and_flows_to_the_first_question(resident: Resident) -> None:
    to_check(resident)
    seen = []
    for _ in range(6):
        resident.press("*")
        seen.append(resident.question)
    assert seen == [
        "request.fill_in.mobile",
        "request.fill_in.id_number",
        "request.fill_in.for_whom",
        "request.about",
        "main.menu",
        "main.menu",
    ]


def test_one_cannot_go_back_behind_a_submission(resident: Resident) -> None:
    to_check(resident)
    resident.press("1")
    said = resident.press("*")
    assert "已经是第一步了" in said
    assert resident.question == "main.anything_else"


def test_a_submission_that_did_not_arrive_is_tried_again_under_the_same_key(resident: Resident) -> None:
    to_check(resident)
    resident.outcomes["submit_request"] = Done("down")
    said = resident.press("1")
    assert "还都在" in said or "都还在" in said
    first = resident.asked[-1]
    resident.outcomes.clear()
    resident.pick("retry")
    assert resident.asked[-1].action == "submit_request"
    assert resident.asked[-1].key == first.key


def test_two_requests_in_one_conversation_have_two_keys(resident: Resident) -> None:
    to_check(resident)
    resident.press("1")
    first = resident.asked[-1].key
    resident.say("办事")
    resident.say("高龄补贴")
    resident.pick("apply")
    resident.press("1")
    resident.press("11010519491231002*")
    resident.press("13800138000")
    resident.press("1")
    assert resident.asked[-1].action == "submit_request"
    assert resident.asked[-1].key != first


@pytest.mark.parametrize("kind", ["silence", "noise"])
def test_three_failures_offer_a_person_and_a_fourth_brings_one(resident: Resident, kind: str) -> None:
    for _ in range(3):
        resident.wait() if kind == "silence" else resident.say("咕噜咕噜嘟嘟")
    assert resident.question == "offer_person"
    resident.wait()
    assert isinstance(resident.turn.then, HandOver)


def test_silence_and_noise_are_counted_apart(resident: Resident) -> None:
    resident.wait()
    resident.wait()
    resident.say("咕噜咕噜嘟嘟")
    assert resident.question == "main.menu"
    assert (resident.session.failures.silence, resident.session.failures.no_match) == (2, 1)


def test_an_answer_resets_the_counters(resident: Resident) -> None:
    resident.wait()
    resident.wait()
    resident.say("查进度")
    assert resident.session.failures.silence == 0


def test_coming_back_resumes_with_the_question_not_with_the_error(resident: Resident) -> None:
    resident.say("查进度")
    resident.wait()
    said = resident.heard(Began())
    assert "没有收到" not in said
    assert "办件编号" in said
    assert resident.question == "check_status.number"


def test_repeat_says_the_question_and_not_the_complaint(resident: Resident) -> None:
    resident.say("查进度")
    resident.wait()
    said = resident.say("重复")
    assert "没有收到" not in said
    assert "办件编号" in said


def test_leaving_changes_nothing(resident: Resident) -> None:
    resident.say("查进度")
    before = resident.session
    resident.heard(Gone())
    assert replace(resident.session, said=()) == replace(before, said=())


def test_an_old_button_does_not_answer_a_new_question(resident: Resident) -> None:
    resident.say("查进度")
    resident.event(Pick("request", "main.menu"))
    assert resident.question == "check_status.number"


def test_a_menu_button_of_the_terminal_starts_its_flow_and_comes_back_to_the_menu(resident: Resident) -> None:
    resident.pick("flow:check_status")
    assert resident.question == "check_status.number"
    resident.press(NUMBER) if resident.question == "check_status.number" else None


def test_a_lone_zero_is_a_person_even_where_digits_are_wanted(resident: Resident) -> None:
    resident.say("查进度")
    resident.event(Keys("0"))
    assert isinstance(resident.turn.then, HandOver)


def test_while_a_person_has_the_conversation_answers_are_not_taken(resident: Resident) -> None:
    resident.say("人工")
    before = resident.session.frames
    resident.heard(Value("request"))
    assert isinstance(resident.turn.then, HandOver)
    assert resident.turn.then.again
    assert resident.session.frames == before


def test_the_way_back_from_a_person_is_the_question_that_was_open(resident: Resident) -> None:
    resident.say("查进度")
    resident.say("人工")
    resident.heard(Command("!back"))
    assert isinstance(resident.turn.then, Wait)
    assert resident.question == "check_status.number"


def test_goodbye_ends(resident: Resident) -> None:
    resident.say("再见")
    assert isinstance(resident.turn.then, End)
    assert resident.session.frames == ()


def test_choices_beyond_the_budget_are_paged(book) -> None:
    resident = Resident(book, Budget("tv", choices=4))
    resident.arrive()
    resident.say("办事")
    resident.pick("theme:老人")
    first = resident.choices
    assert len(first) == 4
    assert first[-1] == "更多"
    resident.say("更多")
    assert resident.choices[:3] != first[:3]
    assert resident.choices[-1] == "更多"


def test_a_mobile_that_the_terminal_vouches_for_is_offered_once(book) -> None:
    resident = Resident(book)
    resident.session = replace(resident.session, known={"mobile": "13800138000"})
    resident.arrive()
    to_form(resident)
    resident.press("1")
    said = resident.press("11010519491231002*")
    assert "8000" in said
    assert resident.question == "known"
    resident.press("2")
    assert resident.question == "request.fill_in.mobile"
    resident.press("13900139000")
    assert resident.slots["answers"]["mobile"] == "13900139000"


@pytest.mark.parametrize("where", ["menu", "number", "form", "check", "near"])
def test_a_person_is_among_the_universals_everywhere(resident: Resident, where: str) -> None:
    {"menu": lambda r: None, "number": lambda r: r.say("查进度"), "form": to_form, "check": to_check, "near": lambda r: r.wait()}[where](
        resident
    )
    waits = expectation(resident.book, resident.session, resident.budget)
    assert "!person" in {u.id for u in waits.universals}
    resident.say("人工")
    assert isinstance(resident.turn.then, HandOver)
