"""What one sentence answers beyond its question is not asked again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialogs.heard import Done
from tests.unit.dialogs.conftest import Resident

FORM: list[dict[str, object]] = [
    {"name": "for_whom", "label": "给谁办", "type": "choice", "prompt": "给谁办？", "mask": False, "optional": False,
     "choices": [{"id": "self", "label": "本人", "words": ["我", "自己"]}, {"id": "parents", "label": "父母", "words": ["妈", "爸", "老人"]}]},
    {"name": "lives", "label": "住在哪里", "type": "place", "prompt": "住在哪里？", "mask": False, "optional": False, "choices": []},
    {"name": "mobile", "label": "手机号", "type": "mobile", "prompt": "手机号？", "mask": True, "optional": False, "choices": []},
]  # fmt: skip


@pytest.fixture
def applicant(resident: Resident) -> Resident:
    resident.forms(FORM)
    return resident


def test_one_sentence_fills_several_questions_of_the_form(applicant: Resident) -> None:
    applicant.say("我想给我妈办老年优待证，她住牛首镇")
    heard = applicant.pick("apply")
    assert applicant.slots["answers"] == {"for_whom": "parents"}
    assert "父母" in heard
    assert applicant.question == "request.fill_in.lives"
    assert applicant.session.partial == "樊城区/牛首镇"
    assert "牛首镇" in heard
    applicant.say("花园村")
    assert applicant.slots["answers"] == {"for_whom": "parents", "lives": "樊城区/牛首镇/花园村"}
    assert applicant.question == "request.fill_in.mobile"


def test_an_answer_may_bring_the_next_one_along(applicant: Resident) -> None:
    applicant.say("我要办老年优待证")
    applicant.pick("apply")
    heard = applicant.say("给我妈办，手机号是13800138000")
    assert applicant.slots["answers"] == {"for_whom": "parents", "mobile": "13800138000"}
    assert "8000" in heard
    assert "13800138000" not in heard
    applicant.say("樊城区牛首镇花园村")
    assert applicant.question == "request.check"


def test_a_word_of_the_service_s_name_is_not_taken_for_whom_it_is(applicant: Resident) -> None:
    applicant.say("我想办老人坐车的老年优待证")
    applicant.pick("apply")
    assert applicant.question == "request.fill_in.for_whom"


def test_somebody_who_is_not_meant_is_not_taken(applicant: Resident) -> None:
    applicant.say("我要办老年优待证，给我妈还是给我爸都行，给我自己也行")
    applicant.pick("apply")
    assert applicant.question == "request.fill_in.for_whom"


def test_what_was_gleaned_is_in_the_review_and_can_be_taken_back(applicant: Resident) -> None:
    applicant.outcomes["read_back"] = Done("found", [{"id": "for_whom", "label": "给谁办", "text": "父母", "speech": "父母"}])
    applicant.say("我想给我妈办老年优待证，她住樊城区牛首镇花园村，电话13800138000")
    applicant.pick("apply")
    assert applicant.question == "request.check"
    applicant.say("不是父母，是本人")
    assert applicant.slots["answers"]["for_whom"] == "self"  # type: ignore[index]


def test_a_known_mobile_is_offered_and_another_one_taken(applicant: Resident) -> None:
    applicant.session = replace(applicant.session, known={"mobile": "13800138000", "place": "樊城区/牛首镇"})
    applicant.say("我要办老年优待证")
    applicant.pick("apply")
    applicant.press("1")
    assert applicant.question == "request.fill_in.lives"  # whose home it is, the form does not say
    applicant.say("樊城区牛首镇花园村")
    assert applicant.question == "known"
    applicant.say("不是，是13900139000")
    assert applicant.slots["answers"]["mobile"] == "13900139000"  # type: ignore[index]


def test_a_known_value_is_offered_only_where_the_form_says_it_is_the_resident_s_own(applicant: Resident) -> None:
    form = [dict(field) for field in FORM]
    form[1]["known_if"] = "for_whom == 'self'"
    applicant.forms(form)
    applicant.session = replace(applicant.session, known={"place": "樊城区/牛首镇/花园村"})
    applicant.say("我要办老年优待证")
    applicant.pick("apply")
    applicant.say("本人")
    assert applicant.question == "known"
    heard = applicant.say("不是")
    assert applicant.question == "request.fill_in.lives"
    assert "住在哪里" in heard
    applicant.say("返回")
    applicant.say("父母")
    assert applicant.question == "request.fill_in.lives"
