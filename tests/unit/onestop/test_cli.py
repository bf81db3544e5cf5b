"""A stranger at the command line finds the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dialogs.contract import Choice, Expectation, Keys, Outcome, Pick, Prompt, Reply, Silence, Speech, Text, Wants
from onestop.cli import app
from onestop.console import event_of, shown

COMMANDS = ("serve", "chat", "play", "check", "catalogue", "fetch", "prompts", "worker", "setup", "settings")


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    """A command line in an environment without settings."""
    for name in list(os.environ):
        if name.startswith("ONESTOP_") or name in {"DATABASE_URL", "REDIS_URL"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("ONESTOP_VAR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    return CliRunner()


def test_the_help_names_every_command_with_a_sentence(runner: CliRunner) -> None:
    said = runner.invoke(app, ["--help"])
    assert said.exit_code == 0
    for command in COMMANDS:
        line = next((line for line in said.output.splitlines() if f" {command} " in line), "")
        assert len(line.split(command, 1)[-1].strip(" │")) > 15, f"{command}: {line!r}"


@pytest.mark.parametrize(
    "command", [*COMMANDS, *(f"catalogue {each}" for each in ("import", "export", "template", "list", "show", "versions"))]
)
def test_each_command_has_help_of_its_own(runner: CliRunner, command: str) -> None:
    said = runner.invoke(app, [*command.split(), "--help"])
    assert said.exit_code == 0
    assert "Usage" in said.output


def test_a_start_without_secrets_says_what_is_missing_and_how_to_mend_it(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESTOP_MODE", "production")
    said = runner.invoke(app, ["serve"])
    assert said.exit_code == 2
    assert "ONESTOP_SECRET must have at least 32 characters" in said.output
    assert "token_urlsafe" in said.output
    assert "Traceback" not in said.output


def test_settings_are_shown_without_their_secrets(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESTOP_SECRET", "hunter2" * 8)
    said = runner.invoke(app, ["settings"])
    assert "ONESTOP_PORT=8000" in said.output
    assert "hunter2" not in said.output


EXPECT = Expectation(
    "main.menu",
    Wants.CHOICE,
    "choice",
    choices=(Choice("status", "查进度", "1", speech="查询进度"),),
    universals=(Choice("!person", "人工", "0"),),
)


@pytest.mark.parametrize(
    ("line", "telephone", "event"),
    [
        ("1", False, Pick("status", "main.menu")),
        ("查进度", False, Pick("status", "main.menu")),
        ("0", False, Pick("!person", "main.menu")),
        ("我要办低保", False, Text("我要办低保")),
        ("", False, Silence()),
        ("/keys 12#", False, Keys("12#")),
        ("12*", True, Keys("12*")),
    ],
)
def test_a_typed_line_becomes_the_event_of_that_terminal(line: str, telephone: bool, event: object) -> None:
    assert event_of(line, EXPECT, telephone=telephone) == event


def test_words_on_the_telephone_are_speech() -> None:
    heard = event_of("查进度", EXPECT, telephone=True)
    assert isinstance(heard, Speech)
    assert heard.alternatives[0].text == "查进度"


def test_a_reply_shows_prompts_choices_and_the_way_to_a_person() -> None:
    reply = Reply((Prompt("您要办什么事？", "请说要办的事。"),), Outcome.WAIT, EXPECT)
    assert shown(reply) == ["您要办什么事？", "  1  查进度", "[0]人工"]
    assert shown(reply, spoken=True)[:2] == ["请说要办的事。", "  1  查询进度"]
