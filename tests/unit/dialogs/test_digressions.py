"""A question in between is answered, and the talk goes on at the very question it left."""

from __future__ import annotations

import pytest

from dialogs.actions import SPECS
from dialogs.contract import Pick
from dialogs.heard import Asks, Done, NoPerson
from tests.unit.dialogs.conftest import Resident
from tests.unit.dialogs.test_engine import to_check, to_form


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("这个要带什么材料", "身份证原件"),
        ("几天能办好", "5 个工作日"),
        ("要交钱吗", "不收费"),
        ("在哪里办", "便民服务中心"),
        ("谁能办", "示例对象"),
        ("办下来是什么", "示例证"),
    ],
)
def test_a_question_in_a_form_is_answered_and_the_form_goes_on(resident: Resident, said: str, answer: str) -> None:
    to_form(resident)
    resident.press("1")
    before = (resident.question, dict(resident.slots))
    heard = resident.say(said)
    assert answer in heard
    assert "身份证号" in heard
    assert (resident.question, dict(resident.slots)) == before


def test_an_answer_after_the_digression_counts_for_the_question_that_was_left(resident: Resident) -> None:
    to_form(resident)
    resident.press("1")
    resident.say("要带什么材料")
    resident.press("11010519491231002*")
    assert resident.question == "request.fill_in.mobile"


def test_at_the_review_a_question_is_neither_yes_nor_no(resident: Resident) -> None:
    to_check(resident)
    resident.say("几天能办好")
    assert resident.question == "request.check"
    assert "submit_request" not in [do.action for do in resident.asked]


def test_a_question_about_another_service_opens_that_guide_and_comes_back(resident: Resident) -> None:
    to_form(resident)
    resident.press("1")
    resident.say("那高龄补贴要带什么材料")
    assert resident.asked[-1].action == "open_item"
    assert resident.asked[-1].arguments == {"code": "YL-002"}
    assert resident.question == "request.fill_in.id_number"


def test_a_question_at_the_beginning_is_answered_without_a_request(resident: Resident) -> None:
    heard = resident.say("高龄补贴要带什么材料")
    assert "身份证原件" in heard
    assert resident.question == "main.menu"


def test_what_the_guide_does_not_say_is_said_to_be_not_there(resident: Resident) -> None:
    sample = SPECS["open_item"].samples["found"]
    assert isinstance(sample, dict)
    resident.outcomes["open_item"] = Done("found", sample | {"benefit": ""})
    to_form(resident)
    assert "没有写" in resident.heard(Asks("benefit"))


def test_what_is_paid_out_is_said_where_the_guide_says_it(resident: Resident) -> None:
    to_form(resident)
    assert "按公布的标准发放" in resident.heard(Asks("benefit"))


def test_a_guide_that_cannot_be_opened_does_not_end_the_form(resident: Resident) -> None:
    to_form(resident)
    resident.press("1")
    resident.outcomes["open_item"] = Done("down")
    heard = resident.say("那高龄补贴要带什么材料")
    assert "打不开" in heard
    assert resident.question == "request.fill_in.id_number"


def test_failures_before_a_digression_do_not_count_after_it(resident: Resident) -> None:
    to_form(resident)
    resident.press("1")
    resident.wait()
    resident.wait()
    resident.say("要带什么材料")
    resident.wait()
    assert resident.question == "request.fill_in.id_number"


def test_another_service_in_the_middle_is_asked_about_before_anything_is_lost(resident: Resident) -> None:
    to_form(resident)
    resident.press("1")
    heard = resident.say("我要办高龄补贴")
    assert resident.question == "switch"
    assert "高龄补贴" in heard
    resident.pick("keep")
    assert resident.question == "request.fill_in.id_number"
    resident.say("我要办高龄补贴")
    resident.pick("switch")
    assert resident.question == "request.about"
    assert resident.asked[-1].arguments == {"code": "YL-002"}
    resident.press("*")
    assert resident.question == "request.fill_in.id_number"  # 返回 undoes the switch


def test_another_service_is_begun_at_once_where_nothing_would_be_lost(resident: Resident) -> None:
    resident.say("查进度")
    resident.say("我要办高龄补贴")
    assert resident.question == "request.about"


def test_cancelling_has_a_second_thought_only_where_something_would_be_lost(resident: Resident) -> None:
    resident.say("查进度")
    resident.say("取消")
    assert resident.question == "main.menu"
    to_form(resident)
    resident.press("1")
    resident.say("取消")
    assert resident.question == "cancel"
    resident.pick("keep")
    assert resident.question == "request.fill_in.id_number"
    resident.say("不办了")
    resident.say("不办了")
    assert resident.question == "main.menu"


def test_the_main_menu_can_be_taken_back(resident: Resident) -> None:
    to_check(resident)
    resident.say("主菜单")
    assert resident.question == "main.menu"
    resident.say("返回")
    assert resident.question == "request.check"


def test_nobody_free_twice_offers_a_call_back_once_at_a_time(resident: Resident) -> None:
    to_check(resident)
    resident.say("人工")
    resident.heard(NoPerson())
    assert resident.question == "call_back.offer"
    resident.say("人工")
    resident.heard(NoPerson())
    assert [frame.flow for frame in resident.session.frames].count("call_back") == 1
    resident.event(Pick("not_now"))
    assert resident.question == "request.check"


def test_slower_speech_is_kept_and_the_question_said_again(resident: Resident) -> None:
    to_form(resident)
    heard = resident.say("说慢一点")
    assert "慢一点" in heard
    assert "给谁办" in heard
    assert resident.session.slow
    resident.press("1")
    assert resident.session.slow
