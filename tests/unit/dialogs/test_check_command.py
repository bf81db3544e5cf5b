"""`onestop check` as people and machines use it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from dialogs.tools.check import Code, Finding, Report
from onestop import cli_check
from onestop.cli import app

FINDING = Finding("dialogs/flows/x.yaml", 7, Code.TRAP, "goes round; let it end", "tv", ("<arrive>", "查进度"))


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_check, "_prove", lambda settings, *, ears: Report((FINDING,), {"tv": 12}))


def test_findings_are_printed_with_their_way_and_fail(found: None) -> None:
    ran = CliRunner().invoke(app, ["check"])
    assert ran.exit_code == 1
    assert "dialogs/flows/x.yaml:7: trap: goes round; let it end [tv]" in ran.stdout
    assert "way: <arrive> → 查进度" in ran.stdout
    assert "tv: 12 situations walked" in ran.stdout


def test_nothing_found_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_check, "_prove", lambda settings, *, ears: Report((), {"tv": 12}))
    ran = CliRunner().invoke(app, ["check"])
    assert ran.exit_code == 0
    assert "nothing to mend" in ran.stdout


def test_machines_get_a_list_and_nothing_else(found: None) -> None:
    ran = CliRunner().invoke(app, ["check", "--json"])
    assert ran.exit_code == 1
    assert json.loads(ran.stdout) == [FINDING.plain()]


def test_a_code_is_explained_with_its_mend() -> None:
    ran = CliRunner().invoke(app, ["check", "--explain", "trap"])
    assert ran.exit_code == 0
    assert ran.stdout.startswith("trap: ")
    assert "Mend: " in ran.stdout


def test_an_unknown_code_names_those_there_are() -> None:
    ran = CliRunner().invoke(app, ["check", "--explain", "tarp"])
    assert ran.exit_code == 2
    assert "trap" in ran.stderr


def test_every_code_is_listed() -> None:
    ran = CliRunner().invoke(app, ["check", "--codes"], env={"COLUMNS": "200"})
    assert all(str(code) in ran.stdout for code in Code)
