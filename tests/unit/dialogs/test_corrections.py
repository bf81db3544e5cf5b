"""An earlier answer can be taken back at any question; everything else stays filled in."""

from __future__ import annotations

import pytest

from dialogs.contract import Alternative, Speech
from tests.unit.dialogs.conftest import Resident
from tests.unit.dialogs.test_engine import to_check, to_form

ID = "11010519491231002X"


def answers(resident: Resident) -> dict[str, object]:
    found = next(frame.slots["answers"] for frame in resident.session.frames if "answers" in frame.slots)
    return dict(found)


@pytest.mark.parametrize("said", ["手机号说错了", "手机号不对", "我要改手机号", "电话号码填错了", "联系电话改一下"])
def test_a_named_answer_is_asked_again_and_nothing_else(resident: Resident, said: str) -> None:
    to_check(resident)
    heard = resident.say(said)
    assert resident.question == "request.fill_in.mobile"
    assert "手机号" in heard
    resident.press("13900139000")
    assert resident.question == "request.check"
    assert answers(resident) == {"for_whom": "self", "id_number": ID, "mobile": "13900139000"}


def test_a_named_answer_can_bring_the_new_one(resident: Resident) -> None:
    to_check(resident)
    heard = resident.say("手机号改成13900139000")
    assert "9000" in heard
    assert "13900139000" not in heard
    assert resident.question == "request.check"
    assert answers(resident)["mobile"] == "13900139000"


def test_an_impossible_new_answer_is_refused_with_its_reason_and_asked_again(resident: Resident) -> None:
    to_check(resident)
    heard = resident.say("手机号改成12345678901")
    assert "不像手机号" in heard
    assert resident.question == "request.fill_in.mobile"


def test_one_digit_is_put_right_where_only_one_place_fits(resident: Resident) -> None:
    to_check(resident)
    resident.say("身份证号不对，是11010519491231002X")
    to = answers(resident)
    assert to["id_number"] == ID
    heard = resident.say("不对，是13900139000")
    assert answers(resident)["mobile"] == "13900139000"
    assert "9000" in heard


def test_digits_are_replaced_in_the_number_that_was_just_given(resident: Resident) -> None:
    to_check(resident)
    resident.say("不对，是3901不是3800")
    assert resident.question == "request.fill_in.mobile"  # 3800 stands there twice, and both could be meant


def test_digits_that_stand_once_are_replaced(resident: Resident) -> None:
    to_check(resident)
    resident.say("不对，是139不是138")
    assert resident.question in ("request.check", "request.fill_in.mobile")
    resident.say("手机号改成13812345678")
    resident.say("不对，是5687不是5678")
    assert answers(resident)["mobile"] == "13812345687"
    assert resident.question == "request.check"


def test_where_two_places_would_fit_the_number_is_asked_again(resident: Resident) -> None:
    to_check(resident)
    resident.say("不对，是三不是零")
    assert resident.question == "request.fill_in.mobile"


def test_a_choice_is_replaced_by_its_words(resident: Resident) -> None:
    to_check(resident)
    resident.say("不是本人，是父母")
    assert answers(resident)["for_whom"] == "parents"
    assert resident.question == "request.check"


def test_a_correction_in_the_middle_of_the_form_returns_to_the_very_question(resident: Resident) -> None:
    to_form(resident)
    resident.press("1")
    resident.press("11010519491231002*")
    assert resident.question == "request.fill_in.mobile"
    resident.say("不是本人，是父母")
    assert resident.question == "request.fill_in.mobile"
    assert answers(resident) == {"for_whom": "parents", "id_number": ID}


@pytest.mark.parametrize("said", ["说错了", "刚才说错了", "按错了", "填错了"])
def test_what_was_said_last_is_asked_again(resident: Resident, said: str) -> None:
    to_form(resident)
    resident.press("1")
    resident.press("11010519491231002*")
    resident.say(said)
    assert resident.question == "request.fill_in.id_number"


def test_a_case_number_is_taken_back_while_its_tail_is_asked(resident: Resident) -> None:
    resident.say("查进度")
    resident.press("2612304275")
    assert resident.question == "check_status.tail"
    resident.say("编号说错了")
    assert resident.question == "check_status.number"


@pytest.mark.parametrize("said", ["换一个事项", "换一件事", "我不办这个了，我要办高龄补贴"])
def test_another_service_instead_has_a_second_thought(resident: Resident, said: str) -> None:
    to_form(resident)
    resident.press("1")
    resident.say(said)
    assert resident.question == "switch"
    resident.pick("switch")
    assert resident.question in ("request.which", "request.about")


def test_back_undoes_a_correction(resident: Resident) -> None:
    to_check(resident)
    resident.say("手机号改成13900139000")
    resident.press("*")
    assert answers(resident)["mobile"] == "13800138000"


def test_what_is_recorded_is_not_changed_in_talk(resident: Resident) -> None:
    to_check(resident)
    resident.press("1")
    heard = resident.say("手机号说错了")
    assert "已经提交" in heard
    assert "工作人员" in heard
    assert resident.question == "request.noted"


@pytest.mark.parametrize("said", ["不对", "不是", "不是的"])
def test_a_bare_no_is_a_no_and_no_correction(resident: Resident, said: str) -> None:
    to_check(resident)
    resident.say(said)
    assert resident.question == "request.fix"


def test_a_lesser_alternative_corrects_nothing(resident: Resident) -> None:
    to_check(resident)
    resident.event(Speech((Alternative("今天天气", 0.9), Alternative("手机号改成13900139000", 0.2))))
    assert answers(resident)["mobile"] == "13800138000"


def test_a_field_that_is_no_longer_asked_takes_its_answer_along(resident: Resident) -> None:
    form = [
        {"name": "for_whom", "label": "给谁办", "type": "choice", "prompt": "给谁办？", "mask": False, "optional": False,
         "choices": [{"id": "self", "label": "本人", "words": []}, {"id": "parents", "label": "父母", "words": ["我妈"]}]},
        {"name": "lives", "label": "住在哪里", "type": "place", "level": "town", "when": "for_whom != 'self'", "prompt": "住在哪里？",
         "mask": False, "optional": False, "choices": []},
        {"name": "mobile", "label": "手机号", "type": "mobile", "prompt": "手机号？", "mask": True, "optional": False, "choices": []},
    ]  # fmt: skip
    resident.forms(form)
    resident.say("我要办老年优待证")
    resident.pick("apply")
    resident.say("给我妈办")
    assert resident.question == "request.fill_in.lives"
    resident.say("牛首镇")
    resident.say("不是父母，是本人")
    assert answers(resident) == {"for_whom": "self"}
    assert resident.question == "request.fill_in.mobile"
