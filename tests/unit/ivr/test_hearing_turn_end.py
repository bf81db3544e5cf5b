"""When a caller has finished speaking."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.hearing.turn_end import FRAME_MS, TurnEnd, levels_db

QUIET, NOISE, VOICE = -75.0, -40.0, -22.0


def hear(turn: TurnEnd, level: float, ms: int) -> None:
    turn.hear(np.full(ms // FRAME_MS, level))


def after_words(patience_ms: int = 700, background: float = QUIET) -> TurnEnd:
    turn = TurnEnd(patience_ms)
    hear(turn, background, 400)
    hear(turn, VOICE, 600)
    turn.words(True)
    return turn


@pytest.mark.parametrize("patience_ms", [700, 1200])
def test_words_end_with_so_much_quiet_and_not_before(patience_ms: int) -> None:
    turn = after_words(patience_ms)
    hear(turn, QUIET, patience_ms - 40)
    assert not turn.over
    hear(turn, QUIET, 100)
    assert turn.over


def test_a_pause_between_groups_of_a_number_does_not_end_it() -> None:
    turn = after_words(1200)
    for _ in range(3):
        hear(turn, QUIET, 900)
        turn.recogniser_ended()
        assert not turn.over
        hear(turn, VOICE, 500)
        turn.words(True)
    hear(turn, QUIET, 1300)
    assert turn.over


def test_silence_alone_is_no_utterance() -> None:
    turn = TurnEnd(700)
    hear(turn, QUIET, 20_000)
    assert not turn.over


def test_steady_noise_alone_is_no_utterance() -> None:
    turn = TurnEnd(700)
    hear(turn, NOISE, 20_000)
    assert not turn.over


def test_clicks_and_coughs_never_add_up_to_an_utterance() -> None:
    turn = TurnEnd(700)
    for _ in range(20):
        hear(turn, VOICE, 200)
        hear(turn, QUIET, 1500)
        assert not turn.over


def test_speech_without_words_is_an_utterance_that_was_not_understood() -> None:
    turn = TurnEnd(700)
    hear(turn, QUIET, 300)
    hear(turn, VOICE, 900)
    hear(turn, QUIET, 800)
    assert turn.over


def test_quiet_is_judged_against_the_noise_of_the_line() -> None:
    turn = after_words(700, background=NOISE)
    hear(turn, NOISE, 800)
    assert turn.over


def test_on_a_line_that_is_never_quiet_words_that_stay_the_same_end() -> None:
    turn = TurnEnd(700)
    for level in (VOICE, NOISE, VOICE):
        hear(turn, level, 200)
    turn.words(True)
    for n in range(60):
        hear(turn, VOICE if n % 3 else NOISE, 40)
    assert turn.over


def test_the_recognisers_own_end_counts_when_nothing_new_came_for_as_long() -> None:
    turn = after_words(700)
    turn.recogniser_ended()
    hear(turn, VOICE, 600)
    assert not turn.over
    hear(turn, VOICE, 200)
    assert turn.over


def test_nobody_speaks_for_ever() -> None:
    turn = TurnEnd(700)
    for _ in range(400):
        hear(turn, VOICE, 80)
        hear(turn, QUIET, 20)
        turn.words(True)
    assert turn.over


def test_levels_are_of_whole_frames_below_full_scale() -> None:
    full = np.full(160, 32767, "<i2").tobytes()
    assert levels_db(full + b"\0" * 320 + b"\0").round() == pytest.approx([0, -100])
    assert len(levels_db(b"")) == 0
