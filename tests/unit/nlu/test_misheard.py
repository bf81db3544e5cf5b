from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.confusions import differences, learn
from nlu.items import ItemIndex
from nlu.misheard import Ear, Misheard, alternatives_of, read_misheard, widened
from nlu.pinyin import pieces
from nlu.tables import TableError

NAMES = ("婚育证明", "低保", "高龄补贴", "居住证")


def test_what_was_meant_is_found_by_the_sound_of_what_was_written() -> None:
    assert alternatives_of("我要办比保") == ("我要办低保",)
    assert alternatives_of("我要办低保") == ()


def test_what_was_written_stays_first_and_nothing_comes_twice() -> None:
    assert widened(["会议证明", "婚育证明"]) == ("会议证明", "婚育证明")
    assert widened(["好的"]) == ("好的",)


def test_what_was_seen_most_often_comes_first() -> None:
    ear = Ear([Misheard("彼保", "低保", 2), Misheard("比保", "医保", 5)])
    assert ear.alternatives_of("办彼保") == ("办医保", "办低保")


@pytest.mark.parametrize(
    ("heard", "meant", "wanted"),
    [
        ("我要办彼保", "我要办低保", (("彼保", "低保"),)),
        ("会议证明怎么办", "婚育证明怎么办", (("会议证明", "婚育证明"),)),
        ("我想办高零补天", "我想办高龄补贴", (("高零补天", "高龄补贴"),)),
        ("我妈的地宝", "我妈的低保", ()),
        ("办残疾", "办残疾证", ()),
        ("你好今天", "我要低保", ()),
        ("80岁的彼保", "80岁的低保", (("彼保", "低保"),)),
        ("", "低保", ()),
    ],
)
def test_a_pair_teaches_the_word_that_was_misheard_and_nothing_else(heard: str, meant: str, wanted: tuple[tuple[str, str], ...]) -> None:
    assert differences(heard, meant, NAMES) == wanted


def test_what_is_seen_again_is_counted_and_what_is_known_is_kept() -> None:
    known = (Misheard("彼保", "低保", 4, "calls of May"), Misheard("会议证明", "婚育证明"))
    rows = learn([("办比保", "办低保"), ("居出证", "居住证")], known, "a play", NAMES)
    assert rows == (
        Misheard("彼保", "低保", 5, "calls of May"),
        Misheard("会议证明", "婚育证明"),
        *(row for row in rows if row.source == "a play"),
    )


def test_what_was_learnt_is_tried_the_next_time() -> None:
    ear = Ear(learn([("我要办聚众证", "我要办居住证")], names=NAMES))
    assert "那个居住证怎么办" in ear.alternatives_of("那个聚众证怎么办")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("彼保", "has 1 columns"),
        ("彼保\t低保\t多\t", "times '多'"),
        ("彼\t低\t1\t", "has 1 syllables; wants 2"),
        ("地宝\t低保\t1\t", "sound alike already"),
        ("彼保\t\t1\t", "wants what was meant"),
        ("彼保\t低保\t0\t", "wants 1 or more"),
        ("彼保\t低保\t1\ta\n比宝\t低保\t1\tb", "stands in line 1 too"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(tmp_path: Path, line: str, complaint: str) -> None:
    path = tmp_path / "heard.tsv"
    path.write_text(line + "\n", "utf-8")
    with pytest.raises(TableError, match=r"^heard\.tsv:\d: ") as told:
        read_misheard(path)
    assert complaint in str(told.value)


def test_the_columns_times_and_source_may_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "heard.tsv"
    path.write_text("heard\tmeant\n彼保\t低保\n", "utf-8")
    assert read_misheard(path) == (Misheard("彼保", "低保"),)


def test_no_sentence_of_something_else_becomes_a_service_by_it(index: ItemIndex, sentences: dict[str, list[str]]) -> None:
    """Out-of-domain sentences, as heard: with the other readings tried, each is judged as it was without."""
    others = [*sentences["out_of_scope"], *sentences["not_ours"], *(text for text, code in sentences["fresh"] if not code)]
    for text in others:
        assert index.find(widened([text]), heard=True).verdict == index.find([text], heard=True).verdict, text


@given(st.text(max_size=60) | st.text(alphabet="会议证明婚育彼保低高零补天 80a", max_size=30))
def test_every_text_is_looked_up(text: str) -> None:
    said = "".join(piece for piece, _ in pieces(text))
    others = alternatives_of(text)
    assert said not in others
    assert len(others) == len(set(others)) <= 3
    differences(text, said[::-1], NAMES)
