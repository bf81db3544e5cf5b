"""The commands for the people who write flows, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typer
from typer.testing import CliRunner

from onestop.cli_flows import register
from onestop.talk import budgets

app = typer.Typer()
register(app)


def _run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_schema_prints_a_json_schema() -> None:
    assert json.loads(_run("schema"))["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_reference_prints_the_page() -> None:
    assert _run("reference").startswith("# ")


def test_draw_prints_an_svg_picture() -> None:
    assert ElementTree.fromstring(_run("draw", "check_status")).tag.endswith("svg")


def test_draw_writes_to_a_file(tmp_path: Path) -> None:
    _run("draw", "main", "-o", str(tmp_path / "main.svg"))
    assert (tmp_path / "main.svg").read_text("utf-8") == _run("draw", "main")


def test_draw_of_no_flow_names_the_flows() -> None:
    result = CliRunner().invoke(app, ["draw", "nowhere"])
    assert result.exit_code == 1
    assert "check_status" in result.stderr


@pytest.mark.parametrize("terminal", ["wechat", "tv", "telephone"])
def test_sample_shows_each_turn_and_what_it_takes(terminal: str) -> None:
    out = _run("sample", "request", "--as", terminal, "--path", "养老助残看病，养老服务,高龄补贴,申请")
    assert out.count("» ") == 4
    assert "高龄补贴（示例）" in out or "这是示例" in out
    assert f"choices 4/{budgets()[terminal].choices}" in out


def test_sample_speaks_on_the_telephone_and_writes_elsewhere() -> None:
    assert "请按一" in _run("sample", "main", "--as", "telephone", "--path", "办事")
    assert "1. 养老助残看病" in _run("sample", "main", "--as", "wechat", "--path", "办事")


def test_a_whole_request_can_be_sampled_on_every_terminal() -> None:
    out = _run("sample", "request")
    assert out.count("261 230 4275") == 2, "WeChat and television"
    assert "二六幺，二三零，四二七五" in out, "the telephone"


def test_sample_of_an_answer_that_is_none_says_what_could_be_said() -> None:
    result = CliRunner().invoke(app, ["sample", "main", "--as", "tv", "--path", "嗯嗯啊啊哦"])
    assert result.exit_code == 1
    assert "查进度" in result.stderr
