"""The walk through every conversation: what it must have seen."""

from __future__ import annotations

from dialogs.book import Book
from dialogs.contract import Budget
from dialogs.heard import Invalid, NoInput, NotUnderstood
from dialogs.outcome import HandOver, Wait
from dialogs.question import question
from dialogs.slots.table import SLOT_TYPES
from dialogs.tools.explore import Broken, Visit, Walker, explore, failing, walk, watched
from dialogs.tools.failures import failures_at, reasons
from dialogs.tools.inputs import Kind

PHONE = Budget("telephone", choices=4, speech_seconds=30.0)


def visits(book: Book) -> list[Visit]:
    found = list(explore(book, PHONE))
    assert not [broken for broken in found if isinstance(broken, Broken)]
    return [visit for visit in found if isinstance(visit, Visit)]


def test_every_step_of_the_shipped_flows_is_passed_by_some_conversation(book: Book) -> None:
    watching = watched(book)
    walk(watching, PHONE)
    assert watching.passed == {(flow.flow, step) for flow in book.flows.values() for step in flow.steps}


def test_the_shortest_way_is_told(book: Book) -> None:
    seen = walk(book, PHONE)
    ways = {visit.where: visit.path for visit in reversed(list(seen.visits.values())) if isinstance(visit.turn.then, Wait)}
    assert ways["main", "menu"] == ("<arrive>",)
    assert ways["check_status", "number"] == ("<arrive>", "查进度")
    assert ways["check_status", "tail"] == ("<arrive>", "查进度", "<case_number>")


def test_every_action_is_also_down(book: Book) -> None:
    labels = {edge.label for edge in walk(book, PHONE).edges if edge.kind is Kind.DONE}
    assert {"<find_case: down>", "<open_item: down>", "<submit_request: down>", "<ask_call_back: down>"} <= labels


def test_what_is_said_on_another_way_to_a_known_situation_is_told_too(book: Book) -> None:
    told = [visit for visit in visits(book) if visit.retold]
    assert any("common.cancelled" in {prompt.name for prompt in visit.prompts} for visit in told)
    assert any("check_status.locked" in {prompt.name for prompt in visit.prompts} for visit in visits(book))


def test_a_walk_that_grows_without_end_says_that_it_is_not_complete(book: Book) -> None:
    seen = walk(book, PHONE, most=10)
    assert len(seen.visits) == 10
    assert not seen.complete
    assert walk(book, PHONE).complete


def test_two_walks_of_the_same_flows_are_the_same(book: Book) -> None:
    assert walk(book, PHONE).edges == walk(book, PHONE).edges


def test_failing_in_one_way_over_and_over_is_walked_to_a_person(book: Book) -> None:
    menu = next(visit for visit in visits(book) if visit.where == ("main", "menu") and isinstance(visit.turn.then, Wait))
    rows = {label: [v for v in failing(book, menu) if v.path[-1] == label] for label in ("<silence>", "<noise>")}
    assert all(isinstance(row[-1].turn.then, HandOver) for row in rows.values())
    assert [len(row) for row in rows.values()] == [4, 4]


def test_a_question_can_fail_by_every_reason_of_its_kind_of_answer(book: Book) -> None:
    number = next(
        v for v in visits(book) if v.where == ("check_status", "number") and isinstance(v.turn.then, Wait) and not v.session.aside
    )
    heard = [heard for _, heard in failures_at(question(book, number.session))]
    assert NoInput() in heard
    assert NotUnderstood() in heard
    assert {"too_short", "too_long", "case_number"} <= {h.reason for h in heard if isinstance(h, Invalid)}


def test_each_reason_that_is_found_has_its_sentence(book: Book) -> None:
    for slot in SLOT_TYPES.values():
        for reason in reasons(slot):
            assert f"common.invalid_{reason}" in book.words.sentences, f"{slot.name}: {reason}"


def test_only_steps_that_are_looked_up_count_as_passed(book: Book) -> None:
    watching = watched(book)
    walker = Walker(watching, PHONE)
    walker.begin()
    assert watching.passed == {("main", "greet"), ("main", "menu")}
