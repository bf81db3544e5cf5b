"""Forms: types, conditions on earlier answers, and what is recorded of an answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from records.catalogue import CatalogueError, FormField, Item, read_files
from records.forms import SubmissionError, applies, asked, check_answers, shown

from .conftest import FILES

ELDERLY = FILES / "elderly.yaml"
SAMPLE = next(item for item in read_files([ELDERLY]).items if item.code == "YL-002")
TODAY = date(2026, 11, 23)
MOBILE = {"name": "mobile", "label": "手机", "type": "mobile", "prompt": "手机号？"}
FOR_WHOM = {
    "name": "for_whom",
    "label": "给谁办",
    "type": "choice",
    "prompt": "给谁办？",
    "choices": ({"id": "self", "label": "本人"}, {"id": "parents", "label": "父母"}),
}
BEDRIDDEN = {"name": "bedridden", "label": "卧床", "type": "yes_no", "prompt": "卧床吗？", "when": "for_whom == 'parents'"}
VISIT = {"name": "visit", "label": "上门", "type": "yes_no", "prompt": "要上门吗？", "when": "bedridden == 'yes'"}
LATER = ("name", "photo", "text")


def field(type_: str, **more: Any) -> FormField:
    return FormField(**{"name": "asked", "label": "问", "type": type_, "prompt": "问？", "optional": type_ in LATER, **more})


def item(*fields: dict[str, Any]) -> Item:
    return Item.model_validate({**SAMPLE.model_dump(), "form": (*fields, MOBILE)})


def fits(one: FormField, answer: str) -> bool:
    try:
        check_answers(item(one.model_dump()), {"asked": answer, "mobile": "13800138000"}, TODAY)
    except SubmissionError:
        return False
    return True


@pytest.mark.parametrize(
    ("one", "good", "bad"),
    [
        (field("date"), ["2026-11-23", "1940-02-29"], ["2026-02-29", "20261123", "2026-1-3", "", "２０２６-11-23"]),
        (field("date", period="past"), ["2026-11-23", "1940-01-01"], ["2026-11-24"]),
        (field("date", period="future"), ["2026-11-23", "2026-11-22", "2027-01-01"], ["2026-11-21"]),
        (field("place"), ["甲县/乙镇/丙村", "甲县/乙镇"], ["甲县", "甲县//丙村", "甲县/乙镇/ ", "甲县/乙镇/丙村/丁", "甲县/乙镇/丙\n村"]),
        (field("place", level="town"), ["甲县/乙镇", "甲县/乙镇/丙村"], ["甲县", "/乙镇"]),
        (field("name"), ["王小明", "阿依古丽·买买提", "Anna Li"], ["", "  ", "12345", "王\x00明", "王" * 51]),
        (field("name", least=2, most=4), ["王小明"], ["王", "王王王王王"]),
        (field("amount"), ["0", "0.5", "1200.50"], ["", "-1", "01", "1.234", "1,200", "NaN", "1e3", "１"]),
        (field("amount", least=100, most=200), ["100", "200.00"], ["99.99", "200.01"]),
        (field("text"), ["屋顶漏水\n请派人来👨‍👩‍👧"], ["", "\n", "\x1b[2J", "长" * 501]),
        (field("photo"), ["0" * 32], ["", "A" * 32, "../secret", "0" * 31]),
        (field("id_number"), ["11010519491231002X", "11010519491231002x"], ["1101051949123100", "１" * 18]),
        (field("mobile"), ["13900139000"], ["23900139000", "１" * 11]),
    ],
)
def test_a_type_takes_its_own_answers_and_no_others(one: FormField, good: list[str], bad: list[str]) -> None:
    assert [answer for answer in good if not fits(one, answer)] == []
    assert [answer for answer in bad if fits(one, answer)] == []


def test_a_days_period_is_not_judged_without_a_day_of_today() -> None:
    form = item(field("date", period="past").model_dump())
    assert check_answers(form, {"asked": "2999-01-01", "mobile": "13800138000"})["asked"] == "2999-01-01"


@pytest.mark.parametrize(
    ("one", "answer", "told"),
    [
        (field("date"), "1940-02-09", "1940年2月9日"),
        (field("place"), "甲县/乙镇/丙村", "甲县 乙镇 丙村"),
        (field("amount"), "1200.50", "1200.50元"),
        (field("photo"), "0" * 32, "有照片"),
        (field("name"), "王小明", "王小明"),
        (field("text"), "屋顶漏水", "屋顶漏水"),
        (field("id_number"), "11010519491231002X", "110***********002X"),
        (field("mobile"), "13800138000", "138****8000"),
        (field("digits", least=4, most=4), "1234", "1234"),
        (field("digits", least=4, most=4, mask=True), "1234", "****"),
        (field("yes_no"), "no", "否"),
    ],
)
def test_a_clerk_reads_what_must_be_acted_on_and_no_number_whole(one: FormField, answer: str, told: str) -> None:
    assert shown(one, answer) == told


@pytest.mark.parametrize("type_", ["id_number", "mobile", "name", "place", "date", "amount", "photo", "text"])
def test_what_is_personal_is_masked_whatever_the_file_says(type_: str) -> None:
    assert field(type_, mask=False).mask


@pytest.mark.parametrize(
    ("type_", "more", "told"),
    [
        ("name", {"optional": False}, "a clerk asks at acceptance"),
        ("photo", {"optional": False}, "a clerk asks at acceptance"),
        ("text", {"optional": False}, "a clerk asks at acceptance"),
        ("digits", {"least": 1, "most": 21}, "goes up to 20"),
        ("text", {"most": 501}, "goes up to 500"),
        ("amount", {"least": 5, "most": 4}, "less than"),
        ("date", {"most": 4}, "belong to types"),
        ("mobile", {"period": "past"}, "'period' belongs"),
        ("mobile", {"level": "town"}, "'level' belongs"),
        ("amount", {"known_if": "true"}, "'known_if' belongs"),
        ("yes_no", {"when": "for_whom ="}, "cannot be read"),
        ("yes_no", {"when": "for_whom == 'self' }} {{ x"}, "cannot be read"),
        ("yes_no", {"when": "for_whom"}, "alone says nothing"),
        ("yes_no", {"when": "for_whom == 1"}, "in quotes"),
        ("yes_no", {"when": "for_whom > 'a'"}, "cannot be"),
        ("yes_no", {"when": "'a' in for_whom"}, "more than a condition"),
        ("yes_no", {"when": "for_whom.__class__ == 'x'"}, "more than a condition"),
        ("yes_no", {"when": "for_whom|length == 'x'"}, "more than a condition"),
        ("yes_no", {"when": "9**9**9 == 'x'"}, "more than a condition"),
    ],
)
def test_a_field_that_cannot_be_asked_is_told_with_the_mend(type_: str, more: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        field(type_, **more)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ((BEDRIDDEN, FOR_WHOM), "none: it is the first"),
        ((FOR_WHOM, {**BEDRIDDEN, "when": "bedridden == 'yes'"}), "does not stand before bedridden; before it: for_whom"),
        ((FOR_WHOM, {**BEDRIDDEN, "when": "for_whom == 'slef'"}), "never 'slef'; its answers: parents, self"),
        ((FOR_WHOM, BEDRIDDEN, {**VISIT, "when": "bedridden in ['true']"}), "never 'true'; its answers: no, yes"),
    ],
)
def test_a_condition_looks_at_earlier_fields_and_their_own_answers_only(fields: tuple[dict[str, Any], ...], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        item(*fields)


def test_a_mobile_that_is_asked_only_sometimes_is_not_enough() -> None:
    with pytest.raises(ValidationError, match="'when'"):
        Item.model_validate({**SAMPLE.model_dump(), "form": (FOR_WHOM, {**MOBILE, "when": "for_whom == 'self'"})})


def test_a_wrong_condition_is_told_with_its_own_line(files: Path) -> None:
    path = files / "elderly.yaml"
    old = "        prompt: 以前办过老年优待证吗？\n"
    path.write_text(path.read_text("utf-8").replace(old, old + "        when: nobody == 'self'\n"), "utf-8")
    with pytest.raises(CatalogueError) as wrong:
        read_files([path])
    line = next(n for n, text in enumerate(path.read_text("utf-8").splitlines(), 1) if "nobody" in text)
    (finding,) = wrong.value.findings
    assert finding.startswith(f"{path}:{line}: form.1.when: ")


@pytest.mark.parametrize(
    ("when", "answers", "holds"),
    [
        (None, {}, True),
        ("for_whom == 'self'", {"for_whom": "self"}, True),
        ("for_whom == 'self'", {}, False),
        ("for_whom != 'self'", {}, True),
        ("for_whom == none", {}, True),
        ("for_whom in ['self', 'parents'] and not has_card == 'yes'", {"for_whom": "parents"}, True),
        ("for_whom not in ['self', 'parents']", {"for_whom": "parents"}, False),
        ("has_card == 'yes'", {"has_card": True}, True),
        ("has_card == 'no' or for_whom == 'self'", {"has_card": False}, True),
        ("true", {}, True),
        ("false", {}, False),
    ],
)
def test_a_condition_is_judged_by_the_answers_there_are(when: str | None, answers: dict[str, object], holds: bool) -> None:
    assert applies(when, answers) is holds


def test_a_field_behind_one_that_is_not_asked_is_not_asked_either() -> None:
    form = item(FOR_WHOM, BEDRIDDEN, VISIT)
    old = {"for_whom": "self", "bedridden": "yes", "visit": "yes"}
    assert [each.name for each in asked(form, old)] == ["for_whom", "mobile"]
    assert [each.name for each in asked(form.form, {**old, "for_whom": "parents"})] == ["for_whom", "bedridden", "visit", "mobile"]


def test_an_answer_from_before_a_correction_is_dropped_and_one_that_is_asked_is_missed() -> None:
    form = item(FOR_WHOM, BEDRIDDEN)
    given = {"for_whom": "self", "mobile": "13800138000"}
    assert check_answers(form, {**given, "bedridden": "nonsense"}) == given
    with pytest.raises(SubmissionError, match="bedridden"):
        check_answers(form, {**given, "for_whom": "parents"})


async def test_what_is_dropped_is_not_recorded(cases: Any, submission: Callable[..., Any], files: Path, catalogue: Any) -> None:
    path = files / "elderly.yaml"
    head, tail = path.read_text("utf-8").split("  - code: YL-002")
    field_of_id = "      - id_number\n"
    conditional = "      - {use: id_number, when: for_whom == 'self'}\n"
    path.write_text(head + "  - code: YL-002" + tail.replace(field_of_id, conditional, 1), "utf-8")
    await catalogue.import_files([path])
    answers = {"for_whom": "parents", "id_number": "42060119400101001X", "mobile": "13800138000"}
    case = await cases.submit(submission(item_version=2, answers=answers))
    detail = await cases.detail(case.id)
    assert [label for label, _ in detail.answers] == ["给谁办", "联系手机号"]
