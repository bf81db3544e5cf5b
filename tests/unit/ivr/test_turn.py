"""Who speaks when, on a time line."""

from __future__ import annotations

import pytest

from dialogs.contract import Expectation, Garbled, Keys, Silence, Speech, Wants
from ivr.turn import Answer, Ears, Patience, Resume, StopPrompt, Turn

PATIENCE = Patience()
EARS = Ears(frozenset({"嗯", "啊"}))
CHOICE = Expectation("q", Wants.CHOICE, "choice")
DIGITS = Expectation("q", Wants.DIGITS, "digits", least=4, most=4)


def turn(expect: Expectation = CHOICE, *, slow: bool = False) -> Turn:
    return Turn(expect, PATIENCE, EARS, 0.0, slow=slow)


def words_of(acts: tuple[object, ...]) -> list[str]:
    answer = acts[-1]
    assert isinstance(answer, Answer)
    assert isinstance(answer.event, Speech)
    return [alternative.text for alternative in answer.event.alternatives]


def test_a_key_stops_the_prompt_and_answers():
    assert turn().key("1", 0.2) == (StopPrompt(), Answer(Keys("1")))


def test_a_first_digit_stops_the_prompt_and_waits_for_more():
    asked = turn(DIGITS)
    assert asked.key("1", 0.2) == (StopPrompt(),)
    assert asked.wake_at == pytest.approx(0.2 + PATIENCE.keys.gap)


def test_words_stop_the_prompt_before_the_utterance_ends():
    asked = turn()
    assert asked.partial("查", 1.0) == (StopPrompt(),)
    assert asked.partial("查 进度", 1.2) == ()
    assert words_of(asked.final((("查 进度", 0.9),), 1.6)) == ["查 进度"]


@pytest.mark.parametrize("noise", ["", "嗯", "嗯 啊", "[unk]", "[unk] 嗯"])
def test_a_hum_or_noise_does_not_stop_the_prompt(noise: str):
    asked = turn()
    assert asked.partial(noise, 1.0) == ()
    assert asked.final(((noise, 0.5),), 1.2) == ()
    assert asked.prompting


def test_a_false_interruption_takes_the_prompt_up_again():
    asked = turn()
    assert asked.partial("查", 1.0) == (StopPrompt(),)
    assert asked.final((), 1.4) == (Resume(),)
    assert asked.prompting
    assert asked.wake_at is None


def test_the_prompt_is_taken_up_again_twice_and_then_counts_as_not_understood():
    asked = turn()
    for moment in (1.0, 2.0):
        asked.partial("查", moment)
        assert asked.final((), moment + 0.4) == (Resume(),)
    asked.partial("查", 3.0)
    assert asked.final((), 3.4) == (Answer(Garbled()),)


def test_noise_after_the_prompt_is_not_understood():
    asked = turn()
    asked.prompt_ended(2.0)
    assert asked.final((), 3.0) == (Answer(Garbled()),)


def test_a_hum_after_the_prompt_gives_more_time():
    asked = turn()
    asked.prompt_ended(2.0)
    assert asked.final((("嗯", 0.9),), 5.0) == ()
    assert asked.wake_at == pytest.approx(5.0 + PATIENCE.silence)


def test_silence_counts_from_the_end_of_the_prompt():
    asked = turn()
    assert asked.wake_at is None
    asked.prompt_ended(10.0)
    assert asked.tick(10.0 + PATIENCE.silence - 0.1) == ()
    assert asked.tick(10.0 + PATIENCE.silence) == (Answer(Silence()),)


def test_a_question_for_numbers_is_given_longer():
    asked = turn(Expectation("q", Wants.DIGITS, "digits", slow=True))
    asked.prompt_ended(0.0)
    assert asked.wake_at == pytest.approx(PATIENCE.silence_slow)


def test_who_is_speaking_is_not_cut_off_by_silence():
    asked = turn()
    asked.prompt_ended(0.0)
    asked.partial("我 要", 7.9)
    assert asked.tick(8.1) == ()
    assert words_of(asked.final((("我 要 办 低保", 0.8),), 10.0)) == ["我 要 办 低保"]


def test_an_utterance_that_never_ends_is_not_waited_for():
    asked = turn()
    asked.partial("我 要", 1.0)
    asked.partial("我 要 我 要", 9.0)
    assert asked.tick(1.0 + PATIENCE.longest_speech) == (Answer(Garbled()),)


def test_a_pause_after_digits_makes_them_the_answer():
    asked = turn(DIGITS)
    asked.key("1", 0.0)
    asked.key("2", 1.0)
    assert asked.tick(1.0 + PATIENCE.keys.gap) == (Answer(Keys("12")),)


def test_who_has_begun_to_type_is_not_overheard():
    asked = turn(DIGITS)
    asked.key("1", 0.0)
    assert asked.partial("人工", 0.5) == ()
    assert asked.final((("人工", 0.9),), 0.8) == ()


def test_cleared_digits_start_the_silence_anew():
    asked = turn(DIGITS)
    asked.key("1", 0.0)
    asked.key("*", 3.0)
    assert asked.wake_at == pytest.approx(3.0 + PATIENCE.silence)
    assert asked.tick(3.0 + PATIENCE.silence) == (Answer(Silence()),)


def test_a_key_wins_over_speech_that_is_not_finished():
    asked = turn()
    asked.partial("查", 1.0)
    assert asked.key("2", 1.2)[-1] == Answer(Keys("2"))


def test_readings_without_words_are_left_out():
    assert words_of(turn().final((("", 0.9), ("查  进度", 0.5), ("嗯", 0.4)), 1.0)) == ["查 进度"]


def test_a_lost_recogniser_in_mid_sentence_is_not_understood():
    asked = turn()
    asked.partial("查", 1.0)
    assert asked.deaf(1.2) == (Answer(Garbled()),)
    assert turn().deaf(1.2) == ()


@pytest.mark.parametrize("expect", [CHOICE, Expectation("q", Wants.DIGITS, "case_number", least=10, most=10, slow=True)])
def test_who_asked_for_slower_speech_has_a_second_and_a_half_more_to_answer(expect: Expectation):
    usual, slow = turn(expect), turn(expect, slow=True)
    for asked in (usual, slow):
        asked.prompt_ended(10.0)
    assert usual.wake_at is not None
    assert slow.wake_at == usual.wake_at + 1.5
    assert slow.tick(usual.wake_at) == ()
    assert slow.tick(slow.wake_at) == (Answer(Silence()),)


def test_a_hum_gives_the_longer_time_anew_to_who_asked_for_slower_speech():
    asked = turn(slow=True)
    asked.prompt_ended(10.0)
    asked.final((("嗯", 0.9),), 15.0)
    assert asked.wake_at == 15.0 + PATIENCE.silence + PATIENCE.more
