"""`onestop trace` as it is typed: what it prints, what it writes, and what it says when it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis.asyncio import Redis
from typer.testing import CliRunner, Result

from dialogs.tools.play import read_play
from dialogs.trace import Asked, Did, Event, Meant, Said, Trace, TraceStore
from onestop.cli_trace import app
from records.vault import Vault

SECRET = "a secret of more than thirty-two characters for tests"
NOW = datetime.now(UTC)


def _turn(revision: int, event: Event, heard: Meant, said: str, **more: object) -> Trace:
    given = {"did": (), "met": Asked("main.menu", "wish"), "left": Asked("main.menu", "wish"), "channel": "wechat", **more}
    return Trace(
        conversation="abcdef0123456789", revision=revision, at=NOW, event=event, heard=heard, said=(Said("x", said),), hand_over="",
        failures=(0, 0, 0), outcome="wait", ms=2.0, **given,
    )  # type: ignore[arg-type]  # fmt: skip


TURNS = (
    _turn(1, Event("arrive"), Meant("Began"), "您要办什么事？"),
    _turn(
        2,
        Event("text", "查进度"),
        Meant("Value", "check_status", "查进度"),
        "请输入办件编号",
        left=Asked("check_status.number", "case_number"),
    ),
    _turn(
        3,
        Event("text", "<case_number>"),
        Meant("Value", "<case_number>"),
        "请输入手机号的后四位",
        met=Asked("check_status.number", "case_number"),
        left=Asked("check_status.tail", "digits"),
    ),
    _turn(
        4,
        Event("text", "<digits:4>"),
        Meant("Value", "<digits:4>"),
        "编号 <case_number>：老年优待证，现在是“办理中”。",
        met=Asked("check_status.tail", "digits"),
        did=(Did("find_case", "found", {"item": "老年优待证", "state": "办理中"}),),
    ),
)


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str, redis_url: str) -> object:
    """Types a command on the tests' servers, after these turns were kept."""
    for name, value in {
        "ONESTOP_MODE": "trial", "ONESTOP_VAR": str(tmp_path), "ONESTOP_SECRET": SECRET, "DATABASE_URL": database_url,
        "REDIS_URL": redis_url, "ONESTOP_ASTERISK": "off", "COLUMNS": "160",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)

    async def keep(turns: Sequence[Trace]) -> None:
        redis = Redis.from_url(redis_url)
        store = TraceStore(redis, Vault(SECRET))
        for turn in turns:
            await store.put(turn)
        await store.settled()
        await redis.aclose()

    def typed(*words: str, turns: Sequence[Trace] = TURNS) -> Result:
        asyncio.run(keep(turns))
        return CliRunner().invoke(app, list(words))

    return typed


def test_the_list_shows_when_where_and_how_it_was_left(type_in) -> None:  # type: ignore[no-untyped-def]
    result = type_in("list")
    assert result.exit_code == 0, result.output
    assert "abcdef012345" in result.output
    assert "wechat" in result.output
    assert " 4 " in result.output
    assert "no conversations" in type_in("list", "--channel", "tv", turns=()).output


def test_show_prints_who_did_what_and_what_ran(type_in) -> None:  # type: ignore[no-untyped-def]
    result = type_in("show", "abcdef")
    assert result.exit_code == 0, result.output
    for line in ("居民：says 查进度", "一站通：请输入办件编号", "find_case → found", "? check_status.tail"):
        assert line in result.output


def test_to_play_writes_a_play_that_can_be_read(type_in, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    out = tmp_path / "written.yaml"
    result = type_in("to-play", "abcdef", "-o", str(out), "--name", "查进度：办理中")
    assert result.exit_code == 0, result.output
    play = read_play(out).play
    assert play.play == "查进度：办理中"
    assert play.terminals == ("wechat",)
    assert [(case.item, case.acts) for case in play.given] == [("YL-001", ("accept", "process"))]
    assert {"resident": {"enter": "{mine}"}} in play.scene
    assert {"resident": {"enter": "8000"}} in play.scene
    again = type_in("to-play", "abcdef", "-o", str(out), turns=())
    assert again.exit_code == 1
    assert "is there already" in again.output


def test_forget_deletes(type_in) -> None:  # type: ignore[no-untyped-def]
    assert type_in("forget", "abcdef").exit_code == 0
    gone = type_in("show", "abcdef", turns=())
    assert gone.exit_code == 1
    assert "onestop trace list" in gone.output


@pytest.mark.parametrize("wanted", ["", "nothing", "[red]", "*"])
def test_a_conversation_that_is_not_there_is_said_to_be_not_there(wanted: str, type_in) -> None:  # type: ignore[no-untyped-def]
    result = type_in("show", wanted)
    assert result.exit_code == 1
    assert "no conversation" in result.output
