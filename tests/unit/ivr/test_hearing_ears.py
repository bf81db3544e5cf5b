"""The ears with the real trial model in real worker processes: what is heard, what cannot be done to them, what happens when one dies."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.contract import Final, Lost, Partial
from ivr.hearing import Ears, HearingSettings
from ivr.hearing.ear import combine, readings
from ivr.hearing.listener import CallListener
from ivr.models import TRIAL, locate
from tests.speech.line import on_the_line
from tests.speech.resident import phrases, sound_of, utterances

MODEL = locate(TRIAL, Path("nowhere"))


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    made = Ears(HearingSettings(model=MODEL, kind="trial", streams=4, restart_s=0.05))
    assert await made.start()
    yield made
    await made.stop()


async def opened(ears: Ears) -> CallListener:
    ear = await ears.open()
    assert ear is not None
    return ear


def sound(name: str, before_s: float = 0.4, after_s: float = 2.0) -> bytes:
    silence = [np.zeros(int(s * 8000), np.int16) for s in (before_s, after_s)]
    return on_the_line(np.concatenate([silence[0], sound_of(name), silence[1]]))


async def until(happened: Callable[[], bool], patience_s: float = 30) -> None:
    for _ in range(int(patience_s / 0.02)):
        if happened():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never happened")


async def final(ear: CallListener) -> Final:
    while True:
        event = await asyncio.wait_for(ear.events.get(), 20)
        assert not isinstance(event, Lost), event
        if isinstance(event, Final):
            return event


async def test_the_resident_of_the_call_tests_is_heard(ears: Ears) -> None:
    missed = []
    for said in utterances():
        if said["heard"] == "no" or not said["hear"]:
            continue
        ear = await opened(ears)
        await ear.begin(phrases(said["grammar"]))
        ear.feed(sound(said["name"]))
        heard = [text.replace("一", "幺") if said["grammar"] == "number" else text for text, _ in (await final(ear)).alternatives]
        await ear.close()
        if said["hear"] not in (heard[:1] if said["heard"] == "first" else heard):
            missed.append((said["name"], heard))
    assert missed == []


async def test_partials_grow_towards_the_final_and_never_hold_unk(ears: Ears) -> None:
    ear = await opened(ears)
    await ear.begin(phrases("wish"))
    ear.feed(sound("want_old_age_card_f"))
    partials = []
    while not isinstance(event := await asyncio.wait_for(ear.events.get(), 20), Final):
        assert isinstance(event, Partial)
        partials.append(event.text)
    assert partials
    assert all(text and "unk" not in text and " " not in text for text in partials)
    assert partials[-1] in event.alternatives[0][0]
    assert sum(share for _, share in event.alternatives) == pytest.approx(1, abs=0.01)


async def test_a_number_in_groups_is_one_answer(ears: Ears) -> None:
    ear = await opened(ears)
    await ear.begin(phrases("number"))
    gap = np.zeros(6400, np.int16)  # 0.8 s: longer than the end-points of the model's own files
    groups = [sound_of(f"tail_{tail}_f") for tail in ("5894", "4719")]
    ear.feed(on_the_line(np.concatenate([gap, groups[0], gap, groups[1], gap, gap, gap])))
    assert (await final(ear)).alternatives[0][0] == "五八九四四七幺九"


async def test_foreign_speech_gives_a_final_that_offers_nothing_sure(ears: Ears) -> None:
    ear = await opened(ears)
    await ear.begin(("是", "是的", "不是", "不对"))
    ear.feed(sound("fish_f"))
    assert (await final(ear)).alternatives == ()


async def test_nothing_is_heard_before_begin_and_after_end(ears: Ears) -> None:
    ear = await opened(ears)
    ear.feed(sound("yes_f"))
    await ear.begin(("是", "是的"))
    ear.feed(sound("yes_f")[:6000])
    await ear.end()
    ear.feed(sound("yes_f"))
    await ear.begin(("不是", "不对"))
    ear.feed(sound("no_f"))
    assert (await final(ear)).alternatives[0][0] == "不是"
    await ear.end()
    assert ear.events.empty()


async def test_an_event_of_the_last_question_is_not_given_to_the_next(ears: Ears) -> None:
    ear = await opened(ears)
    await ear.begin(("是", "是的"))
    ear.feed(sound("yes_f"))
    await until(lambda: not ear.events.empty())
    await ear.begin(("不是", "不对"))
    ear.feed(sound("no_f"))
    assert (await final(ear)).alternatives[0][0] == "不是"


async def test_a_call_that_finds_no_place_goes_by_keys(ears: Ears) -> None:
    taken = [await ears.open() for _ in range(5)]
    assert taken[4] is None
    assert ears.health().facts["turned_away"] == 1
    assert taken[0] is not None
    await taken[0].close()
    await taken[0].close()
    assert await ears.open() is not None


async def test_four_calls_at_once_do_not_hear_each_other(ears: Ears) -> None:
    async def call(name: str, phrases: tuple[str, ...]) -> str:
        ear = await opened(ears)
        await ear.begin(phrases)
        pcm = sound(name)
        for at in range(0, len(pcm), 320):
            ear.feed(pcm[at : at + 320])
        return (await final(ear)).alternatives[0][0]

    yes_no, wish = phrases("yes_no"), phrases("wish")
    heard = await asyncio.gather(call("yes_f", yes_no), call("no_m", yes_no), call("check_status_f", wish), call("residence_m", wish))
    assert heard == ["是的", "不是", "查进度", "居住证"]


async def test_when_a_worker_is_killed_its_calls_are_told_and_new_ones_are_heard_again(ears: Ears) -> None:
    ear = await opened(ears)
    await ear.begin(("是", "是的"))
    ear.feed(sound("yes_f")[:4000])
    (link,) = ears._links
    assert link.process_id is not None
    os.kill(link.process_id, signal.SIGKILL)
    event = await asyncio.wait_for(ear.events.get(), 10)
    assert isinstance(event, Lost)
    assert "killed by signal 9" in event.reason
    ear.feed(b"\0" * 320)
    await ear.begin(("是",))
    await ear.end()
    await ear.close()
    assert await ears.open() is None or ears.health().facts["deaths"] == 1
    for _ in range(1000):
        if (again := await ears.open()) is not None:
            break
        await asyncio.sleep(0.02)
    assert again is not None
    await again.begin(("不是", "不对"))
    again.feed(sound("no_f"))
    assert (await final(again)).alternatives[0][0] == "不是"


async def test_a_worker_that_has_grown_is_replaced_and_its_call_goes_on() -> None:
    ears = Ears(HearingSettings(model=MODEL, kind="trial", growth_bytes=-1, watch_s=0.05))
    try:
        assert await ears.start()
        await until(lambda: any(link.serving for link in ears._links))
        ear = await ears.open()
        assert ear is not None
        old = ears._links[0].process_id
        await until(lambda: any(link.process_id != old and link.serving for link in ears._links))
        await ear.begin(("不是", "不对"))
        ear.feed(sound("no_f"))
        assert (await final(ear)).alternatives[0][0] == "不是"
        assert int(ears.health().facts["recycled"]) >= 1
        await ear.close()
        await until(lambda: all(link.process_id != old for link in ears._links))
    finally:
        await ears.stop()


async def test_a_folder_that_is_no_model_means_keys_alone_and_says_so(tmp_path: Path) -> None:
    ears = Ears(HearingSettings(model=tmp_path, kind="own", restart_s=30))
    assert not await ears.start()
    assert await ears.open() is None
    assert ears.health().state == "off"
    assert "no Vosk model" in ears.health().reason
    await ears.stop()


async def test_without_a_model_health_says_why() -> None:
    ears = Ears(HearingSettings(why="nothing in the cache"))
    assert not await ears.start()
    assert await ears.open() is None
    assert (ears.health().state, ears.health().reason) == ("off", "nothing in the cache")
    await ears.stop()


async def test_the_trial_model_is_never_reported_as_ok(ears: Ears) -> None:
    assert ears.health().state == "degraded"
    assert ears.health().facts["model"] == TRIAL


async def test_the_model_tells_which_phrases_it_can_never_hear(ears: Ears) -> None:
    assert await ears.unheard(("查进度", "换一件事", "Wi-Fi", "低保")) == ("换一件事", "Wi-Fi")


async def test_the_workers_environment_holds_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESTOP_SECRET", "a-very-secret-thing")
    ears = Ears(HearingSettings(model=MODEL, kind="trial"))
    await ears.start()
    environment = Path(f"/proc/{ears._links[0].process_id}/environ").read_bytes()
    await ears.stop()
    assert b"very-secret" not in environment


ANY_PHRASES = st.lists(
    st.one_of(st.text(max_size=8), st.sampled_from(["是", "幺", "[unk]", "", "[]", "\0", "低保", "\ud800"])), max_size=14
)
ANY_SOUND = st.one_of(
    st.binary(max_size=400),
    st.integers(0, 40_000).map(lambda n: random.Random(n).randbytes(n)),
    st.just(bytes(64_000)),
    st.just(b"\xff\x7f" * 4000),
)
ANY_ACT = st.one_of(
    st.tuples(st.just("begin"), ANY_PHRASES.map(tuple), st.integers(-5, 5000)),
    st.tuples(st.just("feed"), ANY_SOUND),
    st.just(("end",)),
    st.just(("close",)),
    st.just(("open",)),
)


def test_nothing_that_a_call_does_kills_a_worker() -> None:
    """The crashes of Vosk 0.3.45 (a grammar set while sound is under way, a grammar that is no list of words, no bytes) cannot be reached."""
    with asyncio.Runner() as loop:
        ears = Ears(HearingSettings(model=MODEL, kind="trial", streams=6))
        assert loop.run(ears.start())

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.lists(ANY_ACT, min_size=1, max_size=20))
        def try_it(acts: list[tuple[Any, ...]]) -> None:
            loop.run(a_call(ears, acts))

        try_it()
        loop.run(ears.stop())


async def a_call(ears: Ears, acts: list[tuple[Any, ...]]) -> None:
    opened_ones = [await opened(ears)]
    for act, *given_ in acts:
        ear = opened_ones[-1]
        if act == "begin":
            await ear.begin(given_[0], patience_ms=given_[1])
        elif act == "feed":
            ear.feed(given_[0])
        elif act == "end":
            await ear.end()
        elif act == "close":
            await ear.close()
        elif (another := await ears.open()) is not None:
            opened_ones.append(another)
    for ear in opened_ones:
        await ear.close()
    assert await ears.unheard(("低保",), patience_s=60) == ()
    last = await opened(ears)
    await last.begin(("不是", "不对"))
    last.feed(sound("no_f"))
    assert (await final(last)).alternatives[0][0] == "不是"
    await last.close()
    assert ears.health().facts["deaths"] == 0


@pytest.mark.parametrize("kind", [bytearray, memoryview])
async def test_any_kind_of_bytes_is_taken(ears: Ears, kind: Any) -> None:
    ear = await opened(ears)
    await ear.begin(("不是", "不对"))
    pcm = sound("no_f")
    for at in range(0, len(pcm), 333):  # odd pieces: half samples wait for their other half
        ear.feed(kind(pcm[at : at + 333]))
    assert (await final(ear)).alternatives[0][0] == "不是"


def test_readings_of_stretches_are_joined_by_their_shares() -> None:
    two = readings({"alternatives": [{"text": "二 六", "confidence": 10.0}, {"text": "八 六", "confidence": 9.0}]})
    assert two[0][0] == "二六"
    assert two[0][1] == pytest.approx(0.731, abs=0.001)
    assert [text for text, _ in combine([two, [("五", 0.9), ("九", 0.1)]])] == ["二六五", "八六五", "二六九", "八六九"]
    assert combine([]) == ()


def test_a_stretch_whose_best_reading_is_only_unk_has_no_words() -> None:
    assert readings({"alternatives": [{"text": "[unk]", "confidence": 5.0}, {"text": "低保", "confidence": 1.0}]}) == []
    assert readings({"alternatives": [{"text": "[unk] 低保", "confidence": 5.0}]}) == [("低保", 1.0)]
    assert readings({"text": ""}) == []
