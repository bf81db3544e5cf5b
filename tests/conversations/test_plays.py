"""Every play of this folder on every terminal it names, on real stores; and what is reported when a play does not come true."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from dialogs.tools.play import PlayError, perform, read_play
from onestop.parts import Parts
from onestop.stages import House, house, instance_settings
from onestop.stores import open_stores

PLAYS = sorted(Path(__file__).parent.glob("*.yaml"))
PARTS = [(path, terminal) for path in PLAYS for terminal in read_play(path).play.terminals]


@pytest.fixture
def mode() -> str:
    return "safe"


@pytest.fixture
async def world(database_url: str, redis: Redis, redis_url: str, tmp_path: Path, mode: Literal["plain", "safe"]) -> AsyncIterator[House]:
    settings = instance_settings(tmp_path).model_copy(update={"database_url": SecretStr(database_url), "redis_url": SecretStr(redis_url)})
    async with Parts() as parts, house(await open_stores(settings, parts), mode) as made:
        yield made


@pytest.mark.parametrize(("path", "terminal"), PARTS, ids=[f"{path.stem}-{terminal}" for path, terminal in PARTS])
async def test_the_play_goes_as_written(path: Path, terminal: str, world: House) -> None:
    performance = await perform(read_play(path), terminal, world)
    assert performance.ok, "\n" + performance.difference


@pytest.mark.parametrize("mode", ["plain"])
@pytest.mark.parametrize("name", ["request_by_menu", "status_in_progress"])
async def test_both_journeys_go_by_wechat_without_encryption_too(name: str, world: House) -> None:
    performance = await perform(read_play(Path(__file__).parent / f"{name}.yaml"), "wechat", world)
    assert performance.ok, "\n" + performance.difference


async def test_a_line_that_does_not_come_true_is_shown_with_its_place(tmp_path: Path, world: House) -> None:
    play = tmp_path / "wrong.yaml"
    play.write_text("play: x\nscene:\n  - resident: arrives\n  - hears: 月亮\n", "utf-8")
    performance = await perform(read_play(play), "wechat", world)
    assert not performance.ok
    assert f"{play}:4" in performance.difference
    assert "- hears: 月亮" in performance.difference
    assert "您要办什么事" in performance.difference


async def test_records_that_differ_are_a_miss(tmp_path: Path, world: House) -> None:
    play = tmp_path / "wrong.yaml"
    play.write_text("play: x\nscene:\n  - resident: arrives\n  - records: {cases: 1}\n", "utf-8")
    performance = await perform(read_play(play), "tv", world)
    assert "cases = 0" in performance.difference


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("play: x\n", "scene"),
        ("play: x\nscene:\n  - resident: arrives\n  - sees: y\n", ":4"),
        ("play: x\nterminals: [radio]\nscene: [{resident: arrives}]\n", "radio"),
        ("play: [x\n", "yaml"),
    ],
)
def test_an_unreadable_play_names_its_file_and_mend(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(PlayError, match=says):
        read_play(path)


@pytest.mark.slow
def test_the_command_line_performs_plays_and_ends_with_one_when_a_line_differs(tmp_path: Path) -> None:
    good = Path(__file__).parent / "person_any_time.yaml"
    bad = tmp_path / "bad.yaml"
    bad.write_text("play: 坏的\nterminals: [wechat]\nscene:\n  - resident: arrives\n  - hears: 月亮\n", "utf-8")
    done = subprocess.run([sys.executable, "-m", "onestop", "play", str(good), str(bad)], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "月亮" in done.stdout
    assert "3 of 4 as written" in done.stdout
