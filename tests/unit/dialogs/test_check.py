"""Each kind of finding, shown by a flow that is broken on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.tv.budget import BUDGET as TV
from channels.wechat.budget import BUDGET as WECHAT
from dialogs.book import Book, read_book
from dialogs.contract import Budget
from dialogs.load import FlowError, read_flow
from dialogs.tools.check import check
from ivr.budget import TELEPHONE
from ivr.hearing.vocabulary import segment
from nlu.items import ItemIndex

TRIAL_EARS = Path(__file__).parents[3] / "ivr" / "hearing" / "models" / "vosk-trial-cn"
MAIN = """
flow: main
title: 一站通
for: x
not_for: y
steps:
  menu:
    choose: what
    prompt: 您要办什么事？
    choices:
      - {id: a, label: 查询, go: one}
      - {id: b, label: 办理, go: two}
  one:
    say: 好的。
    next: menu
  two:
    end: conversation
"""
BUDGET = Budget("telephone", choices=4, speech_seconds=10)


def findings(tmp_path: Path, main: str, *others: str, hearable=None) -> list:
    for n, text in enumerate((main, *others)):
        (tmp_path / f"{n}.yaml").write_text(text, "utf-8")
    return check(read_book(folder=tmp_path), [BUDGET], hearable)


def test_the_shipped_flows_have_no_findings() -> None:
    words = frozenset(line.split(" ")[0] for line in (TRIAL_EARS / "graph" / "words.txt").read_text("utf-8").splitlines())
    found = check(read_book(), [WECHAT, TV, TELEPHONE], lambda phrase: segment(phrase, words.__contains__) is not None)
    assert [str(f) for f in found] == []


def test_a_whole_flow_has_no_findings(tmp_path: Path) -> None:
    assert findings(tmp_path, MAIN) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("go: two}", "go: three}", "no-step", 12),
        ("next: menu", "next: nowhere", "no-step", 15),
        ("  two:\n    end: conversation\n", "  two:\n    say: 好的。\n", "dead-end", 16),
        ("say: 好的。", 'say: "好{{ 的"', "template", 14),
        ("say: 好的。", 'say: "好{{ missing }}"', "breaks", 7),
        ("  two:\n", "  lost:\n    choose: x\n    prompt: 嗯？\n    choices: [{id: a, label: 好, go: two}]\n  two:\n", "unreachable", 16),
        ("    say: 好的。\n    next: menu", "    call: other", "no-flow", 14),
        ("    say: 好的。\n    next: menu", "    do: fly\n    then: {done: menu}", "no-action", 14),
        ("    say: 好的。\n    next: menu", "    do: list_themes\n    then: {found: menu}", "outcome", 15),
        ("    say: 好的。\n    next: menu", "    ask: x\n    type: colour\n    prompt: 嗯？\n    next: menu", "slot-type", 15),
        ("    say: 好的。\n    next: menu", "    go: one", "breaks", 7),
        ("您要办什么事？", "您要办什么事？" * 10, "too-long", 7),
    ],
)
def test_a_broken_flow_is_found_with_its_line(tmp_path: Path, old: str, new: str, code: str, line: int) -> None:
    assert old in MAIN
    found = findings(tmp_path, MAIN.replace(old, new).lstrip())
    assert (code, line - 1) in {(f.code, f.line) for f in found}, [str(f) for f in found]


@pytest.mark.parametrize("budget", [Budget("tv", choices=4, lines=3, line_width=10), Budget("wechat", choices=4, text_bytes=100)])
def test_what_a_terminal_cannot_bear_is_found(tmp_path: Path, budget: Budget) -> None:
    (tmp_path / "main.yaml").write_text(MAIN.replace("您要办什么事？", "您要办什么事？" * 10), "utf-8")
    found = check(read_book(folder=tmp_path), [budget])
    assert "too-long" in {f.code for f in found}, [str(f) for f in found]


def test_a_choice_that_the_recogniser_cannot_hear_is_found(tmp_path: Path) -> None:
    found = findings(tmp_path, MAIN, hearable=lambda phrase: phrase == "查询")
    assert [f.code for f in found] == ["unheard"]
    assert "办理" in found[0].message


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("flow: x\ntitle: y\nsteps: {a: {say: b}}\n", 1, "for"),
        ("flow: x\ntitle: y\nfor: a\nnot_for: b\nsteps:\n  a: {sag: b}\n", 6, "a step needs one of"),
        ("flow: x\ntitle: y\nfor: a\nnot_for: b\nsteps:\n  a:\n    say: b\n    nxt: c\n", 8, "nxt"),
        ("flow: x\ntitle: y\nfor: a\nnot_for: b\nsteps:\n  a: {say: b}\n  a: {say: c}\n", 7, "already in line 6"),
        ("flow: [x\n", 2, ""),
    ],
)
def test_an_unreadable_flow_names_file_line_and_mend(text: str, line: int, says: str) -> None:
    with pytest.raises(FlowError) as wrong:
        read_flow(text, "flows/x.yaml")
    first = wrong.value.findings[0]
    assert first.file == "flows/x.yaml"
    assert any(f.line == line and says in f.message for f in wrong.value.findings), str(wrong.value)


def test_book_is_read_once_and_immutable() -> None:
    book = read_book(ItemIndex(()))
    assert isinstance(book, Book)
    with pytest.raises(AttributeError):
        book.flows = {}  # type: ignore[misc]
