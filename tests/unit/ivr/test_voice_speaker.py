"""Speaking: pieces from the store, the rest from a worker process that may be slow, stuck or dead."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from ivr.contract import CannotSpeak
from ivr.voice import Speaker, VoiceSettings, render_all
from ivr.voice.engine import Engine, EngineSettings
from ivr.voice.pieces import always_needed
from ivr.voice.sound import read_flac, write_flac
from ivr.voice.store import SHIPPED, Manner, PromptStore, read_index

STAND_IN = "tests.unit.ivr.voice_stand_in"
BEEP = 3200  # samples that the stand-in says


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model"
    path.write_text("")
    return path


@pytest.fixture
async def engine(model: Path) -> AsyncIterator[Engine]:
    made = Engine(model, EngineSettings(patience_s=0.8), module=STAND_IN)
    yield made
    await made.stop()


@pytest.fixture
async def speaker(model: Path, tmp_path: Path, engine: Engine) -> AsyncIterator[Speaker]:
    made = Speaker(VoiceSettings(model=model, cache=tmp_path / "cache", shipped=tmp_path / "shipped", patience_s=5))
    made.engine = engine
    yield made
    await made.stop()


def samples(pcm: bytes) -> int:
    return len(pcm) // 2


# --- the worker's life ---------------------------------------------------------------------------------------------------------------


async def test_the_worker_starts_when_it_is_first_needed_and_once(engine: Engine, model: Path) -> None:
    assert engine.process_id is None
    said = await asyncio.gather(*(engine.say("你好。", "v", 1.0) for _ in range(5)))
    assert [len(s) for s in said] == [BEEP] * 5
    assert model.read_text() == "s"


async def test_a_worker_that_dies_fails_its_piece_and_is_started_again(engine: Engine, model: Path) -> None:
    with pytest.raises(CannotSpeak, match="ended"):
        await engine.say("死", "v", 1.0)
    with pytest.raises(CannotSpeak, match="tried again in"):
        await engine.say("你好。", "v", 1.0)
    await asyncio.sleep(0.6)
    assert len(await engine.say("你好。", "v", 1.0)) == BEEP
    assert model.read_text() == "ss"
    assert engine.deaths == 0


async def test_a_stuck_worker_is_killed_and_everybody_is_told(engine: Engine) -> None:
    results = await asyncio.gather(engine.say("卡", "v", 1.0), engine.say("你好。", "v", 1.0), return_exceptions=True)
    assert all(isinstance(result, CannotSpeak) for result in results)


async def test_one_piece_that_cannot_be_said_does_not_harm_the_next(engine: Engine) -> None:
    with pytest.raises(CannotSpeak, match="cannot say that"):
        await engine.say("错", "v", 1.0)
    assert len(await engine.say("你好。", "v", 1.0)) == BEEP


async def test_a_model_that_cannot_be_loaded_is_said_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "broken").write_text("")
    engine = Engine(tmp_path / "broken", module=STAND_IN)
    with pytest.raises(CannotSpeak, match="the model is broken"):
        await engine.say("你好。", "v", 1.0)
    await engine.stop()


async def test_an_idle_worker_gives_its_memory_back(model: Path) -> None:
    engine = Engine(model, EngineSettings(idle_s=0.05), module=STAND_IN)
    await engine.say("你好。", "v", 1.0)
    for _ in range(500):
        if engine.process_id is None:
            break
        await asyncio.sleep(0.02)
    assert engine.process_id is None
    assert len(await engine.say("你好。", "v", 1.0)) == BEEP
    await engine.stop()


async def test_a_long_line_of_pieces_is_refused_rather_than_waited_for(model: Path) -> None:
    engine = Engine(model, EngineSettings(waiting=2), module=STAND_IN)
    results = await asyncio.gather(*(engine.say(f"慢{n}", "v", 1.0) for n in range(4)), return_exceptions=True)
    assert sum(isinstance(result, CannotSpeak) for result in results) == 2
    await engine.stop()


# --- the speaker ---------------------------------------------------------------------------------------------------------------------


async def test_a_sentence_is_its_pieces_with_pauses_between(speaker: Speaker) -> None:
    said = await speaker.speak("您好，请讲。")
    assert samples(said) == 2 * BEEP + 220 * 8


async def test_a_piece_wanted_twice_at_once_is_made_once_and_kept(speaker: Speaker, model: Path, tmp_path: Path) -> None:
    one, two = await asyncio.gather(speaker.speak("慢慢来。"), speaker.speak("慢慢来。"))
    assert one == two
    assert len(list((tmp_path / "cache").glob("*.flac"))) == 1
    other = Speaker(VoiceSettings(cache=tmp_path / "cache", shipped=tmp_path / "shipped"))
    assert await other.speak("慢慢来。") == one, "a speaker without a model says what was kept"


async def test_without_model_and_piece_it_says_that_it_cannot(tmp_path: Path) -> None:
    speaker = Speaker(VoiceSettings(shipped=tmp_path))
    with pytest.raises(CannotSpeak, match="onestop fetch"):
        await speaker.speak("没有录过的话。")
    assert speaker.health().state == "off"


async def test_numbers_and_dates_are_said_without_any_model() -> None:
    speaker = Speaker(VoiceSettings())
    for text in ("261 234 5670", "2612345670", "13800138000", "2026年11月23日", "2031-02-01", "请按1", "请按#键。"):
        assert samples(await speaker.speak(text)) > 2000, text
    assert speaker.health().state == "degraded"


async def test_a_caller_who_gives_up_does_not_stop_what_is_being_made(speaker: Speaker, tmp_path: Path) -> None:
    task = asyncio.create_task(speaker.speak("慢一点。"))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert samples(await speaker.speak("慢一点。")) == BEEP


async def test_a_sentence_that_takes_too_long_is_ready_for_the_next_caller(model: Path, tmp_path: Path, engine: Engine) -> None:
    speaker = Speaker(VoiceSettings(model=model, cache=tmp_path / "cache", shipped=tmp_path / "shipped", patience_s=0.2))
    speaker.engine = engine
    await engine.say("好。", "v", 1.0)
    with pytest.raises(CannotSpeak, match="next caller"):
        await speaker.speak("慢一点。")
    await asyncio.sleep(0.6)
    assert samples(await speaker.speak("慢一点。")) == BEEP


async def test_nothing_to_say_is_no_sound(speaker: Speaker) -> None:
    assert await speaker.speak("") == b""
    assert await speaker.speak("！？……") == b""


async def test_a_slower_pace_takes_longer(speaker: Speaker) -> None:
    usual = samples(await speaker.speak("您好，请讲。"))
    slow = samples(await speaker.speak("您好，请讲。", pace=0.8))
    assert slow > 1.15 * usual


async def test_a_damaged_file_of_the_cache_is_made_again(speaker: Speaker, tmp_path: Path) -> None:
    await speaker.speak("你好。")
    (path,) = (tmp_path / "cache").glob("*.flac")
    path.write_bytes(path.read_bytes()[:20])
    speaker.store._memory.clear()
    assert samples(await speaker.speak("你好。")) == BEEP
    assert len(read_flac(path)) == BEEP


async def test_a_killed_worker_makes_health_degraded_until_it_speaks_again(speaker: Speaker) -> None:
    await speaker.speak("你好。")
    assert speaker.health().state == "ok"
    assert speaker.engine.process_id is not None
    os.kill(speaker.engine.process_id, signal.SIGKILL)
    for _ in range(500):
        if speaker.health().state != "ok":
            break
        await asyncio.sleep(0.02)
    assert "signal" in speaker.health().reason or "-9" in speaker.health().reason
    await asyncio.sleep(0.6)
    await speaker.speak("再来。")
    assert speaker.health().state == "ok"


async def test_personal_numbers_are_never_kept_as_one_sound(speaker: Speaker, tmp_path: Path) -> None:
    await speaker.speak("您的办件编号是2612345670，手机号13912345678，身份证号42060119500101123X。")
    kept = {path.stem for path in (tmp_path / "cache").glob("*.flac")}
    allowed = [*always_needed(), "您的办件编号是，", "手机号，", "身份证号，"]
    assert kept <= {Manner().key(text) for text in allowed}


# --- store and rendering ahead -------------------------------------------------------------------------------------------------------


def test_the_shipped_folder_and_its_index_agree() -> None:
    index = read_index(SHIPPED)
    assert set(index) == {path.stem for path in SHIPPED.glob("*.flac")}
    assert all(entry.manner.key(entry.text) == key for key, entry in index.items())


def test_every_shipped_piece_is_loud_enough_and_not_clipped() -> None:
    for path in SHIPPED.glob("*.flac"):
        sound = read_flac(path).astype(float)
        assert 0.1 < len(sound) / 8000 < 15, path.name
        assert 6000 < np.abs(sound).max() < 26_000, path.name


def test_the_cache_is_trimmed_from_its_oldest_pieces(tmp_path: Path) -> None:
    store = PromptStore(tmp_path)
    for n in range(5):
        write_flac(tmp_path / f"{n}.flac", np.full(8000, n + 1, np.int16))
        os.utime(tmp_path / f"{n}.flac", (n, n))
    size = (tmp_path / "4.flac").stat().st_size
    assert store.trim_cache(most_bytes=size * 2 + 100) == 3
    assert {path.name for path in tmp_path.glob("*.flac")} == {"3.flac", "4.flac"}


def test_rendering_ahead_makes_what_is_missing_and_prunes_what_nobody_says(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.voice.render.always_needed", lambda: ("零，",))
    real = Engine.__init__
    monkeypatch.setattr(Engine, "__init__", lambda self, path, how: real(self, path, how, module=STAND_IN))
    folder = tmp_path / "prompts"
    seen: list[tuple[int, int]] = []
    first = render_all(["您好，请讲。", "您好，再见。"], lambda n, of, text: seen.append((n, of)), model=model, folder=folder)
    assert (first.needed, first.rendered, first.failed) == (4, 4, ())
    assert seen[-1] == (4, 4)
    assert sorted(entry.text for entry in read_index(folder).values()) == sorted(["零，", "您好，", "请讲。", "再见。"])
    plan = render_all(["您好，再见。", "新的。"], model=model, folder=folder, prune=True, dry_run=True)
    assert (plan.missing, plan.pruned, len(list(folder.glob("*.flac")))) == (1, 1, 4)
    other = render_all(["您好。"], model=model, folder=folder, prune=True, manner=Manner(voice="zm_yunxi"))
    assert (other.rendered, other.pruned) == (2, 0), "another voice does not throw this one away"
    again = render_all(["您好，再见。", "错。"], model=model, folder=folder, prune=True)
    assert again.failed == (("错。", "cannot say that"),)
    assert again.pruned == 1
    mine = [entry.text for entry in read_index(folder).values() if entry.manner == Manner()]
    assert sorted(mine) == sorted(["零，", "您好，", "再见。"])
