"""What `onestop understand`, `sounds` and `confusions` show."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dialogs.book import Book, read_book
from nlu.items import Item, ItemIndex
from onestop import cli_understand
from onestop.cli import app


@pytest.fixture(scope="module")
def book() -> Book:
    """The shipped flows with a few services; the whole catalogue takes seconds to learn."""
    return read_book(
        ItemIndex([Item("YL-002", "高龄补贴"), Item("MZ-001", "低保"), Item("CL-001", "残疾人证"), Item("JS-001", "婚育证明")])
    )


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, book: Book) -> CliRunner:
    monkeypatch.setattr(cli_understand, "_sample_book", lambda: book)
    monkeypatch.setenv("COLUMNS", "160")
    return CliRunner()


def readings(runner: CliRunner, *arguments: str) -> dict[str, Any]:
    done = runner.invoke(app, ["understand", "--json", *arguments])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return dict(found["readings"])


def test_a_question_about_a_service_is_shown_with_its_evidence(runner: CliRunner) -> None:
    found = readings(runner, "请问高龄补贴多少钱一个月")
    assert found["text"]["bare"] == "高龄补贴多少钱一个月"
    assert found["facet"] == {"kind": "benefit", "evidence": "补贴多少"}
    assert found["intent"]["evidence"] in "高龄补贴多少钱一个月"
    assert found["services"]["verdict"] == "sure"
    assert found["services"]["offered"] == ["YL-002"]
    assert found["services"]["candidates"][0]["named"] is True


@pytest.mark.parametrize(
    ("sentence", "reader", "key", "wanted"),
    [
        ("转人工", "command", "id", "!person"),
        ("不是的", "yes or no", "answer", "no"),
        ("我的手机是幺三八零零幺三八零零零", "mobile", "check", "ok"),
        ("11010519491231002X", "ID number", "check", "ok"),
        ("110105194912310021", "ID number", "check", "checksum"),
        ("一九五八年三月初五", "date", "value", "1958-04-23"),
        ("三千五", "amount", "value", "3500"),
        ("弓长张，一二三的三", "name", "value", "张三"),
        ("樊城区牛首镇花园村", "place", "verdict", "sure"),
        ("说错了，是我妈", "correction", "kind", "value"),
    ],
)
def test_each_reader_tells_what_it_read(runner: CliRunner, sentence: str, reader: str, key: str, wanted: str) -> None:
    assert str(readings(runner, sentence)[reader][key]) == wanted


def test_two_wishes_are_taken_apart(runner: CliRunner) -> None:
    pieces = readings(runner, "低保和残疾人证都想问")["wishes"]["parts"]
    assert [piece["names"][0] for piece in pieces] == ["低保", "残疾人证"]


def test_by_ear_what_may_have_been_said_is_tried_and_only_offered(runner: CliRunner) -> None:
    found = readings(runner, "会议证明", "--heard")
    assert found["perhaps misheard"] == {"tried": ["婚育证明"]}
    assert found["services"]["verdict"] == "near"
    assert found["services"]["offered"][0] == "JS-001"


def test_what_it_means_to_a_question_is_told(runner: CliRunner) -> None:
    assert readings(runner, "幺三八零零幺三八零零零", "--at", "check_status.number")["at"]["kind"] == "case_number"
    assert readings(runner, "返回", "--at", "check_status.number")["at"]["meant"] == "Command"


def test_a_question_that_is_nowhere_is_answered_with_those_that_are(runner: CliRunner) -> None:
    done = runner.invoke(app, ["understand", "好", "--at", "nowhere.number"])
    assert done.exit_code == 2
    assert "check_status.number" in done.output


@pytest.mark.parametrize(
    "sentence", ["我叫王桂芳，手机13800138000", "身份证11010519491231002X", "我住樊城区牛首镇花园村", "编号2611230427"]
)
def test_masked_it_shows_no_personal_data(runner: CliRunner, sentence: str) -> None:
    for options in ([], ["--json"], ["--heard"], ["--at", "check_status.number"]):
        shown = runner.invoke(app, ["understand", sentence, "--mask", *options]).output
        for secret in ("桂芳", "13800138000", "11010519491231002X", "花园村", "2611230427", "guifan"):
            assert secret not in shown.replace(" ", ""), shown


def test_for_people_each_reading_is_a_line_and_the_rest_is_named(runner: CliRunner) -> None:
    shown = runner.invoke(app, ["understand", "我要办[残疾]人证"]).output
    assert "我要办[残疾]人证" in shown
    assert "intent" in shown
    assert "残疾人证" in shown
    assert "nothing read as: command, yes or no" in shown


@pytest.mark.parametrize("arguments", [[" "], ["一句", "另一句"]])
def test_what_cannot_be_read_is_refused_with_the_mend(runner: CliRunner, arguments: list[str]) -> None:
    done = runner.invoke(app, ["understand", *arguments])
    assert done.exit_code == 2
    assert "onestop understand" in done.output or "--heard" in done.output


def test_the_table_of_sounds_shows_what_each_line_costs(runner: CliRunner) -> None:
    shown = runner.invoke(app, ["sounds"]).output
    assert "ends ang=an" in shown
    assert "方湾村=范湾村" in re.sub(r"[\s│]", "", shown)  # the table folds to the width of the terminal
    assert "docs/dialects.md" in shown


def test_a_line_that_is_tried_tells_its_cost_alone(runner: CliRunner) -> None:
    assert "桑园村 = 蒜园村" in runner.invoke(app, ["sounds", "--try", "whole suan=san"]).output
    refused = runner.invoke(app, ["sounds", "--try", "ends ian=iamg"])
    assert refused.exit_code == 1
    assert "'iamg': is no end" in refused.output


def test_confusions_are_learnt_from_plays_and_tables_and_only_written_when_told(runner: CliRunner, tmp_path: Path) -> None:
    play, pairs, table = tmp_path / "heard.yaml", tmp_path / "heard.tsv", tmp_path / "misheard.tsv"
    play.write_text(
        "play: misheard\nterminals: [telephone]\nscene:\n- resident: {say: 我要办低保, heard: [我要办比毛, 我要办低保]}\n", "utf-8"
    )
    pairs.write_text("heard\tmeant\n我要办比毛\t我要办低保\n", "utf-8")
    table.write_text("# ours\nheard\tmeant\ttimes\tsource\n会议证明\t婚育证明\t2\tcalls\n", "utf-8")
    arguments = ["confusions", "learn", str(play), str(pairs), "--table", str(table)]
    shown = runner.invoke(app, arguments)
    assert "比毛 → 低保  new" in shown.output
    assert "比毛" not in table.read_text("utf-8")
    runner.invoke(app, [*arguments, "--write"])
    assert table.read_text("utf-8") == "# ours\nheard\tmeant\ttimes\tsource\n会议证明\t婚育证明\t2\tcalls\n比毛\t低保\t2\theard.yaml\n"
    assert "2 → 4 times" in runner.invoke(app, arguments).output


def test_a_table_that_cannot_be_read_is_refused_with_its_line(runner: CliRunner, tmp_path: Path) -> None:
    pairs = tmp_path / "heard.tsv"
    pairs.write_text("只有一列\n", "utf-8")
    done = runner.invoke(app, ["confusions", "learn", str(pairs)])
    assert done.exit_code == 1
    assert "heard.tsv:1: wants what was heard, a tab, what was said" in done.output
    assert "低保" in runner.invoke(app, ["confusions", "list"]).output
