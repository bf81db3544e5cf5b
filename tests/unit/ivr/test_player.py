"""Saying sentences: never far ahead, always knowing what was heard."""

# ruff: noqa: ASYNC110  waiting for a condition of the thing under test, which has no event to offer

from __future__ import annotations

import asyncio

import pytest

from ivr.contract import BYTES_A_SECOND, CannotSpeak
from ivr.media import MediaTransport
from ivr.player import CannotSay, Player, PlayTimes, PromptEnded


class SlowLine:
    """A line that plays nothing until it is told to."""

    def __init__(self) -> None:
        self.log: list[str | int] = []

    async def send_sound(self, pcm: bytes) -> None:
        self.log.append(len(pcm))

    async def mark(self, mark: str) -> None:
        self.log.append(mark)

    async def flush(self) -> None:
        self.log.append("flush")

    @property
    def marks(self) -> list[str]:
        return [entry for entry in self.log if isinstance(entry, str) and entry != "flush"]

    @property
    def sound(self) -> int:
        return sum(entry for entry in self.log if isinstance(entry, int))


class Lengths:
    """A voice: "3" is three seconds of sound, "" cannot be said, "never" takes for ever."""

    async def speak(self, text: str, *, pace: float = 1.0) -> bytes:
        if not text:
            raise CannotSpeak("nothing to say")
        if text == "never":
            await asyncio.Event().wait()
        return bytes(int(float(text) / pace * BYTES_A_SECOND))


@pytest.fixture
def line() -> SlowLine:
    return SlowLine()


def player(line: SlowLine, told: list[object], **times: float) -> Player:
    transport: MediaTransport = line  # type: ignore[assignment]
    return Player(transport, Lengths(), told.append, PlayTimes(**({"gap": 0.0} | times)), "0.5")


async def settle() -> None:
    for _ in range(30):
        await asyncio.sleep(0)


async def test_the_end_is_told_when_everything_was_heard(line: SlowLine):
    told: list[object] = []
    saying = player(line, told)
    await saying.start(("1", "2"))
    await settle()
    assert told == []
    saying.marked(line.marks[0])
    await settle()
    assert (saying.place, told) == (1, [])
    saying.marked(line.marks[1])
    await settle()
    assert (saying.place, told) == (2, [PromptEnded(saying.run)])


async def test_no_more_is_sent_ahead_than_the_line_can_hold(line: SlowLine):
    saying = player(line, [], ahead=12.0, piece=4.0)
    await saying.start(("30",))
    await settle()
    assert line.sound == 12 * BYTES_A_SECOND
    saying.marked(line.marks[0])
    await settle()
    assert line.sound == 16 * BYTES_A_SECOND
    await saying.close()


async def test_sentences_are_kept_apart_by_silence(line: SlowLine):
    saying = player(line, [], gap=0.5)
    await saying.start(("1", "1"))
    await settle()
    assert line.sound == int(2.5 * BYTES_A_SECOND)
    await saying.close()


async def test_a_sentence_cut_in_the_middle_is_the_place_to_go_on_from(line: SlowLine):
    saying = player(line, [], piece=4.0)
    await saying.start(("2", "10", "2"))
    await settle()
    saying.marked(line.marks[0])
    saying.marked(line.marks[1])  # 4 of 10 seconds
    await saying.stop()
    assert saying.place == 1
    assert line.log[-1] == "flush"
    line.log.clear()
    await saying.start(("2", "10", "2"), saying.place)
    await settle()
    assert line.marks[0].startswith(f"{saying.run}.1.")
    await saying.close()


async def test_marks_of_an_earlier_run_mean_nothing(line: SlowLine):
    saying = player(line, [])
    await saying.start(("1", "1"))
    await settle()
    old = line.marks[0]
    await saying.start(("1", "1"))
    saying.marked(old)
    assert saying.place == 0
    await saying.close()


async def test_marks_that_never_come_are_not_waited_for_without_end(line: SlowLine):
    told: list[object] = []
    saying = player(line, told, late=0.01)
    await saying.start(("0.02",))
    async with asyncio.timeout(30):
        while not told:
            await asyncio.sleep(0.01)
    assert told == [PromptEnded(saying.run)]


async def test_a_sentence_that_cannot_be_spoken_is_told(line: SlowLine):
    told: list[object] = []
    saying = player(line, told)
    await saying.start(("1", ""))
    await settle()
    assert told == [CannotSay(saying.run, "nothing to say")]


async def test_a_voice_that_never_ends_is_told(line: SlowLine):
    told: list[object] = []
    saying = player(line, told, speak=0.02, bridge=0.01, late=0.01)
    await saying.start(("never",))
    async with asyncio.timeout(30):
        while not told:
            await asyncio.sleep(0.01)
    assert isinstance(told[0], CannotSay)


async def test_a_sentence_that_takes_long_is_bridged_by_a_word_once(line: SlowLine):
    told: list[object] = []
    saying = player(line, told, speak=0.05, bridge=0.01, late=0.01)
    await saying.start(("never",))
    async with asyncio.timeout(30):
        while not told:
            await asyncio.sleep(0.01)
    assert line.sound == 0.5 * BYTES_A_SECOND
    assert len(line.marks) == 1


async def test_a_sentence_that_was_late_is_asked_for_again(line: SlowLine):
    told: list[object] = []

    class LateOnce(Lengths):
        asked = 0

        async def speak(self, text: str, *, pace: float = 1.0) -> bytes:
            self.asked += 1
            if self.asked == 1:
                raise CannotSpeak("not yet")
            return await super().speak(text, pace=pace)

    transport: MediaTransport = line  # type: ignore[assignment]
    saying = Player(transport, LateOnce(), told.append, PlayTimes(), "1")
    await saying.start(("1",))
    await asyncio.sleep(0.01)
    assert line.sound == BYTES_A_SECOND
    assert told == []
    await saying.close()


async def test_nothing_to_say_is_over_at_once(line: SlowLine):
    told: list[object] = []
    saying = player(line, told)
    await saying.start(())
    await settle()
    assert told == [PromptEnded(saying.run)]


async def test_what_is_said_slowly_takes_a_quarter_longer_pauses_between_sentences_too(line: SlowLine):
    saying = player(line, [], gap=0.4)
    saying.slow = True
    await saying.start(("1", "1"))
    await settle()
    assert line.sound == int(3.0 * BYTES_A_SECOND)
    await saying.close()


async def test_a_prompt_cut_in_the_middle_is_taken_up_at_the_same_pace(line: SlowLine):
    saying = player(line, [])
    saying.slow = True
    await saying.start(("1", "2"))
    await settle()
    await saying.stop()
    line.log.clear()
    await saying.start(("1", "2"), 1)
    await settle()
    assert line.sound == int(2.5 * BYTES_A_SECOND)
    await saying.close()


async def test_the_word_that_bridges_a_wait_is_said_slowly_too(line: SlowLine):
    told: list[object] = []
    saying = player(line, told, speak=0.05, bridge=0.01, late=0.01)
    saying.slow = True
    await saying.start(("never",))
    async with asyncio.timeout(30):
        while not told:
            await asyncio.sleep(0.01)
    assert line.sound == int(0.5 / 0.8 * BYTES_A_SECOND)
