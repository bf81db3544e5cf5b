"""What the report of misheard wishes counts, and that its resident takes no wrong name. No voice and no recogniser is needed for these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.meaning.sentences import Sentence
from benchmarks.misheard.counting import Measured, at, confusions, listed, outcomes, table, tsv, waits
from benchmarks.misheard.hearing import HeardAloud
from benchmarks.misheard.line import LEAD_S, TAIL_S, active_level, called, words_end_s
from benchmarks.misheard.report import Run, Vocabulary, report, vocabulary_of
from benchmarks.misheard.resident import NO, NONE, OTHER, End, First, Talked, converse, first_of
from benchmarks.misheard.speaking import key_of
from benchmarks.misheard.utterances import KINDS, VOICES, Utterance, utterances
from dialogs.book import Book
from dialogs.contract import Alternative, Expectation, Garbled, Speech
from dialogs.heard import Asks, Command, Near, NotUnderstood, Value
from dialogs.slots.wish import wish
from dialogs.tools.sample import Records
from ivr.budget import TELEPHONE
from ivr.contract import RATE
from ivr.hearing.vocabulary import Grammar
from nlu.misheard import read_misheard
from onestop.sampling import sample_records
from onestop.talk import sample_book
from records.catalogue import sample_catalogue

CARD = Utterance("standard", "YL-001", "老年优待证", "我要办老年优待证")
WEATHER = Utterance("out_of_domain", "", "", "今天会不会下雨")


@dataclass(frozen=True, slots=True)
class House:
    """What a talk needs."""

    book: Book
    records: Records


@pytest.fixture(scope="module")
def house() -> House:
    book = sample_book()
    return House(book, sample_records(sample_catalogue(), book.words))


def aloud(*texts: str) -> HeardAloud:
    """Heard with these readings, after 750 ms."""
    return HeardAloud(Speech(tuple(Alternative(text) for text in texts)) if texts else Garbled(), 750.0, 50.0)


def talk(house: House, wanted: Utterance, ear: Callable[[str], str | None]) -> Talked:
    """A talk in which `ear` says what arrives of a text; None for noise."""

    def say(text: str, expect: Expectation) -> HeardAloud:
        heard = ear(text)
        return aloud() if heard is None else aloud(heard)

    return converse(house.book, TELEPHONE, house.records, wanted, say)


# --- which sentences, and by whom -------------------------------------------------------------------------------------------------------


SERVICES = tuple((f"S-{number}", f"第{number}号证") for number in range(20))
SENTENCES = [
    Sentence(kind, (code,), f"{kind}{name}{again}") for kind in ("standard", "colloquial") for code, name in SERVICES for again in "ab"
] + [Sentence("out_of_domain", (), f"天气{number}") for number in range(60)]


def test_every_service_is_named_and_asked_for_once_in_each_way() -> None:
    found = utterances(SERVICES, SENTENCES)
    for kind in ("name", "standard", "colloquial"):
        assert sorted(one.code for one in found if one.kind == kind) == sorted(code for code, _ in SERVICES)
    assert {one.text for one in found if one.kind == "standard"} == {f"standard{name}a" for _, name in SERVICES}
    assert sum(one.kind == "out_of_domain" for one in found) == 40


def test_fewer_sentences_are_evenly_of_all_kinds_and_among_the_many() -> None:
    some = utterances(SERVICES, SENTENCES, 10)
    assert [sum(one.kind == kind for one in some) for kind in KINDS] == [3, 3, 2, 2]
    assert set(some) <= set(utterances(SERVICES, SENTENCES))


def test_one_sentence_of_each_kind_is_the_least() -> None:
    with pytest.raises(ValueError, match="4 at least"):
        utterances(SERVICES, SENTENCES, 3)


def test_who_wants_a_service_says_its_name_with_the_same_voice() -> None:
    found = utterances(SERVICES, SENTENCES)
    assert all(len({one.voice for one in found if one.code == code}) == 1 for code, _ in SERVICES)
    assert {one.voice for one in found} == set(VOICES)


def test_sound_is_kept_by_what_is_read_out_and_by_whom() -> None:
    assert key_of(("80岁补贴", "a"), "m") == key_of(("八十岁补贴", "a"), "m")
    assert len({key_of(("低保", "a"), "m"), key_of(("低保", "b"), "m"), key_of(("医保", "a"), "m"), key_of(("低保", "a"), "n")}) == 4


# --- the line ---------------------------------------------------------------------------------------------------------------------------


def voice() -> np.ndarray:
    """A second of something like a vowel, with a gap."""
    at_s = np.arange(RATE) / RATE
    return np.asarray(3000 * np.sin(2 * np.pi * 220 * at_s) * (at_s > 0.2), dtype=np.int16)


@pytest.mark.parametrize("noise_db", [15.0, 5.0])
def test_noise_is_so_far_below_the_voice(noise_db: float) -> None:
    before = np.frombuffer(called(voice(), noise_db, "one"), "<i2")[: int(LEAD_S * RATE)].astype(float)
    level = 20 * np.log10(active_level(voice()) / np.sqrt((before**2).mean()))
    assert level == pytest.approx(noise_db, abs=1.5)


def test_the_same_call_sounds_the_same_and_another_one_does_not() -> None:
    assert called(voice(), 5.0, "one") == called(voice(), 5.0, "one") != called(voice(), 5.0, "two")


def test_words_end_where_the_quiet_behind_them_begins() -> None:
    sound = called(voice(), None, "")
    assert len(sound) / 2 / RATE == pytest.approx(words_end_s(voice()) + TAIL_S)
    assert np.abs(np.frombuffer(sound, "<i2")[int(words_end_s(voice()) * RATE) :]).max() < 100


# --- how the first sentence was taken -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "first"),
    [
        (Value(wish("request", "A")), First.SURE),
        (Value(wish("request", "B")), First.SURE_WRONG),
        (Value(wish("request", "B", also=wish("request", "A"))), First.SURE),
        (Value(wish("request")), First.ASKED),
        (Value(wish("check_status")), First.ELSE),
        (Near(((wish("request", "A"), "甲"), (wish("request", "B"), "乙"))), First.TOP),
        (Near(((wish("request", "B"), "乙"), (wish("request", "A"), "甲"))), First.AMONG),
        (Near(((wish("request", "B"), "乙"),)), First.OFFERED_WRONG),
        (Asks("fee", "A"), First.SURE),
        (Asks("fee", "B"), First.SURE_WRONG),
        (Asks("fee"), First.ELSE),
        (Command("!back"), First.ELSE),
        (NotUnderstood(), First.ASKED),
    ],
)
def test_each_reading_counts_as_what_it_is_for_the_resident(heard: object, first: First) -> None:
    assert first_of(heard, "A") is first  # type: ignore[arg-type]


def test_whatever_is_offered_to_who_wants_no_service_is_wrong() -> None:
    assert first_of(Value(wish("request", "A")), "") is First.SURE_WRONG
    assert first_of(Near(((wish("request", "A"), "甲"),)), "") is First.OFFERED_WRONG


# --- the resident -----------------------------------------------------------------------------------------------------------------------


def test_who_is_heard_gets_what_they_want(house: House) -> None:
    came = talk(house, CARD, lambda text: text)
    assert (came.first, came.end, came.submitted) == (First.SURE, End.SUBMITTED, "YL-001")


def test_who_is_never_heard_comes_to_a_person(house: House) -> None:
    came = talk(house, CARD, lambda text: None)
    assert (came.first, came.end) == (First.ASKED, End.PERSON)


def test_a_wrong_service_is_refused_and_the_right_one_comes_by_its_name(house: House) -> None:
    came = talk(house, CARD, lambda text: "我要办居住证" if text == CARD.text else text)
    assert (came.first, came.end) == (First.SURE_WRONG, End.SUBMITTED)


def test_a_no_that_is_heard_as_a_yes_submits_nothing_wrong(house: House) -> None:
    came = talk(house, CARD, lambda text: "申请" if text in (NO, NONE, OTHER) else "我要办居住证")
    assert (came.first, came.end, came.submitted) == (First.SURE_WRONG, End.PERSON, "")


def test_a_word_heard_as_good_bye_counts_as_cut_off(house: House) -> None:
    assert talk(house, CARD, lambda text: "挂断").end is End.CUT


def test_who_wants_what_no_office_does_hangs_up_when_asked_again(house: House) -> None:
    came = talk(house, WEATHER, lambda text: None)
    assert (came.first, came.end) == (First.ASKED, End.LEFT)


def test_another_item_than_the_one_wanted_is_found_out(house: House) -> None:
    """The resident agrees to the name that they hear; what counts is what was submitted."""
    came = talk(house, replace(CARD, code="ZZ-999"), lambda text: text)
    assert came.end is End.WRONG


# --- counting -----------------------------------------------------------------------------------------------------------------------------


def measured(first: First, end: End, noise_db: float | None = None, heard: str = "", wanted: Utterance = CARD) -> Measured:
    return Measured(noise_db, Talked(wanted, first, end, aloud(heard) if heard else aloud(), (), "", 3))


def test_a_row_counts_every_talk_once_and_tells_what_was_found() -> None:
    talks = [
        measured(First.SURE, End.SUBMITTED),
        measured(First.AMONG, End.SUBMITTED),
        measured(First.SURE_WRONG, End.PERSON),
        measured(First.ASKED, End.PERSON),
        measured(First.ASKED, End.CUT, 5.0),
        measured(First.ASKED, End.LEFT, wanted=WEATHER),
    ]
    assert outcomes(talks) == (
        ("standard", "none", "4", "1", "0", "1", "1", "0", "0", "1", "50%", "2", "2", "0", "0", "0"),
        ("standard", "5 dB", "1", "0", "0", "0", "1", "0", "0", "0", "0%", "0", "0", "0", "1", "0"),
        ("out_of_domain", "none", "1", "0", "0", "0", "1", "0", "0", "0", "", "0", "0", "1", "0", "0"),
    )
    assert outcomes(talks, lambda one: one is WEATHER)[0][0] == "out_of_domain"


def test_waiting_is_told_for_those_who_were_waited_for() -> None:
    silent = measured(First.ASKED, End.PERSON)
    silent = replace(silent, talked=replace(silent.talked, heard=HeardAloud(Garbled())))
    assert waits([measured(First.SURE, End.SUBMITTED), silent]) == (("none", "1 of 2", "0", "750", "750", "50", "50"),)
    assert waits([silent]) == (("none", "0 of 1", "0", "", "", "", ""),)


def test_a_turn_that_was_over_before_the_sentence_is_told() -> None:
    early = measured(First.ASKED, End.PERSON)
    early = replace(early, talked=replace(early.talked, heard=HeardAloud(Garbled(), -180.0, 20.0)))
    assert waits([early])[0] == ("none", "1 of 1", "1", "-180", "-180", "20", "20")


def test_every_talk_is_listed_with_what_was_heard_later() -> None:
    one = measured(First.ASKED, End.PERSON, 15.0, "居住证")
    one = replace(one, talked=replace(one.talked, others=(("不是", "是"), ("不是", ""))))
    expected = ["standard", "YL-001", CARD.text, "15 dB", "居住证", "asked again", "person", "3", "不是>是 不是>-"]
    assert listed([one]).splitlines()[1].split("\t") == expected


def test_percentiles_are_values_that_were_measured() -> None:
    assert [at([1.0, 2.0, 3.0, 4.0], share) for share in (0.0, 0.5, 0.95, 1.0)] == [1.0, 3.0, 4.0, 4.0]


def test_only_words_that_the_recogniser_has_are_misheard(tmp_path: Path) -> None:
    low = Utterance("standard", "JZ-001", "低保", "我要办低保")
    talks = [measured(First.ASKED, End.PERSON, heard="我要办彼保", wanted=low) for _ in range(2)]
    talks.append(measured(First.ASKED, End.PERSON, heard="我要办老年抽待证"))
    words = {"我", "要", "办", "低保"}
    rows = confusions(talks, words.__contains__, "test", ("低保",))
    assert [(row.heard, row.meant, row.times, row.source) for row in rows] == [("彼保", "低保", 2, "test")]
    (tmp_path / "table.tsv").write_text(tsv(rows), "utf-8")
    assert read_misheard(tmp_path / "table.tsv") == rows


def test_a_table_has_figures_to_the_right() -> None:
    assert table(("kind", "n"), [("name", "3"), ("standard", ""), ("all", "-3")]).splitlines() == [
        "| kind | n |",
        "| --- | ---: |",
        "| name | 3 |",
        "| standard |  |",
        "| all | -3 |",
    ]


# --- the page -------------------------------------------------------------------------------------------------------------------------------


def test_the_vocabulary_tells_what_could_be_heard_at_all() -> None:
    items = [item for item in sample_catalogue().contents.items if item.code in ("YL-001", "YL-002")]
    words = {"我", "要", "办", "老年优待证"}
    has = vocabulary_of(items, [CARD, WEATHER], words.__contains__, Grammar(("我要办 老年优待证", "老年优待证"), ("高龄补贴",)))
    assert has == Vocabulary(frozenset({CARD.text}), frozenset({CARD.text}), (1, 2), 2, 1)


def test_the_page_says_what_was_submitted_wrongly_and_which_model_heard() -> None:
    wrong = replace(measured(First.SURE_WRONG, End.WRONG, 15.0, "居住证").talked, submitted="ZZ-001")
    has = Vocabulary(frozenset(), frozenset({CARD.text}), (1, 2), 3, 4)
    run = Run("vosk-trial-cn", "trial", "", [Measured(15.0, wrong)], has, (), 90.0)
    page = report(run)
    assert len(run.wrong) == 1
    assert "**Wrong items submitted: 1** of 1 calls." in page
    assert "- 我要办老年优待证 (15 dB): heard '居住证', submitted ZZ-001" in page
    assert "vosk-trial-cn" in page
    assert "Nothing here says anything about" in page
    assert "| standard | 1 | 0 | 1 | 1 |" in page
