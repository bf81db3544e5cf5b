"""The step, driven by events through the real reading, with samples in place of the records."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialogs.contract import Alternative, Budget, Keys, Pick, Speech
from dialogs.heard import Began, Command, Done, Gone, Near, Value
from dialogs.outcome import End, HandOver, Wait
from dialogs.question import expectation
from tests.unit.dialogs.conftest import Resident

NUMBER = "2612304275"


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
    assert resident.question == "request.noted"


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


def test_what_may_have_been_recorded_cannot_be_changed_behind_its_back(resident: Resident) -> None:
    to_check(resident)
    resident.outcomes["submit_request"] = Done("down")
    resident.press("1")
    resident.press("*")
    assert resident.question == "request.submit_down"


def test_a_form_that_does_not_fit_leads_back_to_its_answers(resident: Resident) -> None:
    to_check(resident)
    resident.outcomes["submit_request"] = Done("unfit")
    resident.press("1")
    resident.pick("fix")
    assert resident.question == "request.fix"


def test_the_case_number_is_said_again_until_it_is_noted(resident: Resident) -> None:
    to_check(resident)
    resident.press("1")
    resident.wait()
    assert "261 230 4275" in resident.press("2")
    resident.press("1")
    resident.say("不用")
    assert resident.question == "main.anything_else"


@pytest.mark.parametrize(
    "heard", [("不对不对", "对"), ("手机号不对", "对"), ("不是这样", "是"), ("等一下", "是"), ("今天天气真不错", "是的")]
)
def test_a_lesser_alternative_never_agrees(resident: Resident, heard: tuple[str, ...]) -> None:
    to_check(resident)
    resident.event(Speech(tuple(Alternative(text, 0.9 - n / 10) for n, text in enumerate(heard))))
    assert "submit_request" not in [do.action for do in resident.asked]


def test_a_lesser_alternative_never_throws_a_form_away(resident: Resident) -> None:
    to_form(resident)
    resident.press("1")
    resident.press("11010519491231002*")
    resident.event(Speech((Alternative("幺三八零零幺三八零零零"), Alternative("取消"))))
    assert resident.question == "request.check"


def test_a_person_comes_back_to_the_question_before_the_records_failed(resident: Resident) -> None:
    to_check(resident)
    resident.outcomes["submit_request"] = Done("down")
    resident.press("1")
    resident.pick("person")
    resident.heard(Command("!back"))
    assert resident.question == "request.submit_down"


def test_near_names_at_the_offer_of_a_person_do_not_fill_the_flows_slot(resident: Resident) -> None:
    for _ in range(3):
        resident.wait()
    assert resident.question == "offer_person"
    resident.heard(Near((("person", "找工作人员"), ("again", "再试一次"))))
    assert isinstance(resident.turn.then, HandOver)


def test_a_case_number_in_the_first_sentence_is_not_asked_again(resident: Resident) -> None:
    resident.say(f"帮我查一下{NUMBER}办到哪了")
    assert resident.question == "check_status.tail"
    assert resident.slots["number"] == NUMBER


def test_digits_of_a_personal_number_are_not_spoken_back(resident: Resident) -> None:
    to_form(resident)
    resident.press("1")
    resident.event(Speech((Alternative("幺幺零幺零五"),)))
    said = resident.turn.prompts[0]
    assert "还差 12 位" in said.text
    assert "幺幺零" not in said.spoken


def test_another_mobile_may_be_given_instead_of_yes_or_no(book) -> None:
    resident = Resident(book)
    resident.session = replace(resident.session, known={"mobile": "13800138000"})
    resident.arrive()
    to_form(resident)
    resident.press("1")
    resident.press("11010519491231002*")
    resident.say("用13900139000")
    assert resident.slots["answers"]["mobile"] == "13900139000"


def test_two_requests_in_one_conversation_have_two_keys(resident: Resident) -> None:
    to_check(resident)
    resident.press("1")
    first = resident.asked[-1].key
    resident.say("记好了")
    resident.say("不用")
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
