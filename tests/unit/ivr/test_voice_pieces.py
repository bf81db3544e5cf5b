"""How a sentence is cut, and how sound is made fit for the line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.voice import phonemes
from ivr.voice.kokoro import NoVoice, style_table
from ivr.voice.normalise import normalise
from ivr.voice.pieces import MOST_SYLLABLES, always_needed, split
from ivr.voice.sound import RATE, NotSpeech, read_flac, slower, to_line, write_flac


def texts(sentence: str) -> list[str]:
    return [piece.text for piece in split(normalise(sentence))]


@pytest.mark.parametrize(
    ("sentence", "pieces"),
    [
        ("您好，请讲。", ["您好，", "请讲。"]),
        ("还要办别的事吗？", ["还要办别的事吗？"]),
        ("编号是261234。", ["编号是，", "二六幺，", "二三四，"]),
        ("尾号1125的手机", ["尾号，", "幺幺，", "二五，", "的手机。"]),
        ("编号2612345670", ["编号，", "二六幺，", "二三四，", "五六，", "七零。"]),
        ("2026年11月23日更新。", ["二零二六年，", "十一月，", "二十三日，", "更新。"]),
        ("11月3日", ["十一月，", "三日。"]),
        ("三个月内办好。", ["三个月内办好。"]),
        ("每月十五日发放。", ["每月十五日发放。"]),
        ("按零，按一。", ["按零，", "按一。"]),
        ("说老年优待证、低保。", ["说老年优待证、低保。"]),
        ("", []),
    ],
)
def test_a_sentence_is_cut_where_its_parts_come_again(sentence: str, pieces: list[str]) -> None:
    assert texts(sentence) == pieces


def test_pauses_follow_the_marks_and_none_the_last_piece() -> None:
    pieces = split("您好，请讲。再见。")
    assert [piece.pause_ms for piece in pieces] == [220, 450, 0]


@given(st.text(alphabet="的零一二三四五六七八九幺年月日，。、？按请", max_size=200))
def test_cutting_loses_no_character_and_makes_no_piece_too_long(said: str) -> None:
    pieces = split(said)
    marks = "，。、？"
    assert "".join(c for p in pieces for c in p.text if c not in marks) == "".join(c for c in said if c not in marks)
    assert all(1 < len(p.text) <= MOST_SYLLABLES * 2 + 1 and p.text[-1] in "，。？" for p in pieces)


@given(st.from_regex(r"[0-9]{4,20}", fullmatch=True))
def test_a_number_that_names_something_needs_only_pieces_that_are_always_there(digits: str) -> None:
    assert set(texts(f"编号{digits}")[1:]) <= set(always_needed())


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31)))
def test_a_date_needs_only_pieces_that_are_always_there(day: date) -> None:
    assert set(texts(str(day))) <= set(always_needed())


# --- sound -----------------------------------------------------------------------------------------------------------------------------


def voice(seconds: float = 1.0, level: float = 0.1, rate: int = 24_000) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    hum = sum(np.sin(2 * np.pi * f * t) / n for n, f in enumerate((220, 440, 660, 1500, 2600), 1))
    return (level * hum * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t))).astype(np.float32)


@pytest.mark.parametrize("level", [0.003, 0.05, 0.4])
def test_all_pieces_come_out_equally_loud_and_below_full_scale(level: float) -> None:
    out = to_line(voice(level=level)).astype(float)
    assert 20 * np.log10(np.sqrt((out**2).mean()) / 32768) == pytest.approx(-21, abs=1.5)
    assert np.abs(out).max() <= 0.76 * 32768


def test_silence_around_the_speech_is_cut() -> None:
    padded = np.concatenate([np.zeros(24_000, np.float32), voice(), np.zeros(36_000, np.float32)])
    assert len(to_line(padded)) / RATE == pytest.approx(1.05, abs=0.06)


def test_what_the_line_cannot_carry_is_gone() -> None:
    t = np.arange(24_000) / 24_000
    out = to_line((voice() + 0.3 * np.sin(2 * np.pi * 30 * t) + 0.3 * np.sin(2 * np.pi * 6000 * t)).astype(np.float32)).astype(float)
    spectrum = np.abs(np.fft.rfft(out))
    hertz = np.fft.rfftfreq(len(out), 1 / RATE)
    assert spectrum[hertz < 45].max() < 0.01 * spectrum.max()
    assert spectrum[(hertz > 1950) & (hertz < 2050)].max() < 0.01 * spectrum.max(), "6 kHz must not fold down to 2 kHz"


@pytest.mark.parametrize("nothing", [np.zeros(0, np.float32), np.zeros(24_000, np.float32), np.full(2400, np.nan, np.float32)])
def test_no_sound_is_refused(nothing: np.ndarray) -> None:
    with pytest.raises(NotSpeech):
        to_line(nothing)


@pytest.mark.parametrize("pace", [0.7, 0.85, 1.3])
def test_another_pace_changes_the_length_and_not_the_pitch(pace: float) -> None:
    sound = to_line(voice(2.0))
    out = slower(sound, pace)
    assert len(out) / len(sound) == pytest.approx(1 / pace, rel=0.06)
    for each in (sound, out):
        spectrum = np.abs(np.fft.rfft(each.astype(float)))
        assert np.fft.rfftfreq(len(each), 1 / RATE)[spectrum.argmax()] == pytest.approx(220, abs=8)


def test_a_file_is_written_whole_and_read_back_exactly(tmp_path: Path) -> None:
    sound = to_line(voice())
    write_flac(tmp_path / "a" / "x.flac", sound)
    assert (read_flac(tmp_path / "a" / "x.flac") == sound).all()
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["x.flac"]
    (tmp_path / "bad.flac").write_bytes(b"fLaC nothing")
    with pytest.raises(NotSpeech, match=r"bad\.flac"):
        read_flac(tmp_path / "bad.flac")


# --- phonemes --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("syllable", "symbols"),
    [
        ("ma1", "ma→"),
        ("zhong4", "ꭧʊ↘ŋ"),
        ("shi4", "ʂɨ↘"),
        ("ci2", "ʦʰɨ↗"),
        ("er4", "ɚ↘"),
        ("yuan2", "ɥɛ↗n"),
        ("jue2", "ʨɥe↗"),
        ("wo3", "wo↓"),
        ("liu4", "ljou↘"),
        ("xiong2", "ɕjʊ↗ŋ"),
        ("de5", "tɤ"),
        ("yao1", "jau→"),
        ("nü3", "ny↓"),
    ],
)
def test_a_syllable_has_the_symbols_that_the_model_learned(syllable: str, symbols: str) -> None:
    assert phonemes.ipa(syllable) == symbols


@pytest.mark.parametrize("syllable", ["xyz1", "m2", "ma", ""])
def test_a_syllable_without_sound_is_named(syllable: str) -> None:
    with pytest.raises(phonemes.CannotRead):
        phonemes.ipa(syllable or "?0")


def test_every_symbol_has_a_number_and_words_are_kept_apart() -> None:
    assert phonemes.symbols("老年优待证。") == "lau↓njɛ↗n jou→tai↘ꭧə↘ŋ."
    assert phonemes.symbols("不是") == "pu↗ʂɨ↘"
    assert len(phonemes.tokens("您好，请按一。")) > 10


def test_nothing_to_say_and_too_much_at_once_are_refused() -> None:
    with pytest.raises(phonemes.CannotRead, match="nothing to say"):
        phonemes.tokens("，。")
    with pytest.raises(phonemes.CannotRead, match="full stop"):
        phonemes.tokens("办" * 300)


def test_a_missing_voice_names_those_there_are() -> None:
    with pytest.raises(NoVoice, match="zf_xiaoxiao"):
        style_table("nobody")
