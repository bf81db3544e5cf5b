"""Coverage counts the steps that were passed, and names the others with file and line."""

from __future__ import annotations

from pathlib import Path

from dialogs.book import read_book
from dialogs.contract import Budget, Text
from dialogs.engine import advance, begin
from dialogs.heard import Began
from dialogs.reading import read
from dialogs.tools.coverage import coverage
from dialogs.tools.explore import watched


def test_a_book_that_nobody_opened_is_not_walked_at_all() -> None:
    book = read_book()
    found = coverage(book, set())
    assert {(left.flow, left.step) for left in found.unwalked} == {(name, step) for name, flow in book.flows.items() for step in flow.steps}
    assert "walk 0 of" in found.line


def test_a_walked_step_is_counted_and_the_others_are_named_with_their_place() -> None:
    book = watched(read_book())
    turn = advance(book, begin("x"), Began())
    advance(book, turn.session, read(book, turn.session, Text("查进度"), Budget("wechat", 9)))
    found = coverage(book, book.passed)
    counts = {flow: walked for flow, walked, _ in found.counts}
    assert counts["check_status"] == 2  # known, number
    assert counts["forget_me"] == 0
    left = next(left for left in found.unwalked if (left.flow, left.step) == ("check_status", "locked"))
    assert Path(left.file).read_text("utf-8").splitlines()[left.line - 1].strip() == "locked:"
    assert str(left) == f"{left.file}:{left.line}: check_status.locked is walked by no play"
    assert "check_status 2/" in found.line
