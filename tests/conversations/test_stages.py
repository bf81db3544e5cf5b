"""What the stages do and refuse to do: every refusal is a miss that says what could be done instead; and the command that performs plays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from dialogs.tools.play import PlayError, perform, read_play
from onestop.parts import Parts
from onestop.stages import House, house, instance_settings
from onestop.stores import open_stores

HEAD = "play: x\nscene:\n  - resident: arrives\n"


@pytest.fixture
async def world(database_url: str, redis: Redis, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    settings = instance_settings(tmp_path).model_copy(update={"database_url": SecretStr(database_url), "redis_url": SecretStr(redis_url)})
    async with Parts() as parts, house(await open_stores(settings, parts)) as made:
        yield made


async def test_what_cannot_be_done_at_a_terminal_is_a_miss_that_says_what_can(tmp_path: Path, world: House) -> None:
    refused = (
        ("tv", "resident: {say: 查进度}", "nobody can say on a television"),
        ("tv", "resident: {pick: 月亮}", "there are: 查进度 办事"),
        ("tv", "resident: {enter: '1'}", "no keypad"),
        ("tv", "resident: {old: 月亮}", "no screen of this play had '月亮'"),
        ("wechat", "resident: {press: '1'}", "nobody can press keys on WeChat"),
        ("wechat", "resident: {old: 办事}", "never old"),
        ("telephone", "resident: {photo: one}", "a telephone has no photo"),
        ("telephone", "resident: {waits: 3h}", "nobody is silent so long in a call"),
        ("telephone", "resident: unanswered", "nobody was called for"),
        ("wechat", "house: {person: takes}", "nobody has asked for a person yet"),
        ("wechat", "house: {clerk: {case: '2612304275', act: accept}}", "no case of that number"),
        ("wechat", "house: {clerk: {case: '2612304275', act: dance}}", "'dance' is not a valid Act"),
        ("wechat", "house: {withdraw: XX-999}", "no item 'XX-999'"),
    )
    for n, (terminal, line, says) in enumerate(refused):
        path = tmp_path / f"{n}.yaml"
        path.write_text(f"{HEAD}  - {line}\n", "utf-8")
        performance = await perform(read_play(path), terminal, world)
        assert f"{path}:4:" in performance.difference, line
        assert says in performance.difference, line


async def test_a_case_of_an_item_that_is_not_there_cannot_be_given(tmp_path: Path, world: House) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(f'given: [{{case: mine, item: XX-999, mobile: "13800138000"}}]\n{HEAD}', "utf-8")
    with pytest.raises(PlayError, match="XX-999"):
        await perform(read_play(path), "wechat", world)


async def test_what_one_play_did_behind_the_scenes_is_undone_before_the_next(tmp_path: Path, world: House) -> None:
    wild = tmp_path / "wild.yaml"
    wild.write_text(f"{HEAD}  - house: {{withdraw: YL-002}}\n  - resident: {{waits: 3d}}\n  - house: {{records: down}}\n", "utf-8")
    tame = tmp_path / "tame.yaml"
    lines = "  - records: {cases: 0}\n  - resident: {say: 高龄补贴}\n  - resident: {waits: 20m}\n  - resident: {say: 申请}\n  - never hears: 接着办\n"
    tame.write_text(HEAD + lines, "utf-8")
    for path in (wild, tame, wild, tame):
        performance = await perform(read_play(path), "wechat", world)
        assert performance.ok, performance.difference


@pytest.mark.slow
def test_the_command_line_performs_plays_and_ends_with_one_when_a_line_differs(tmp_path: Path) -> None:
    good = Path(__file__).parent / "person_any_time.yaml"
    bad = tmp_path / "bad.yaml"
    bad.write_text("play: 坏的\nterminals: [wechat]\nscene:\n  - resident: arrives\n  - hears: 月亮\n", "utf-8")
    command = [sys.executable, "-m", "onestop", "play", "--verbose", "--coverage", str(good), str(bad)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{bad}:5:" in done.stdout
    assert "- hears: 月亮" in done.stdout
    assert "居民：pick 人工" in done.stdout
    assert "3 of 4 as written" in done.stdout
    assert "request.submit is walked by no play" in done.stdout
    assert "plays walk" in done.stdout
