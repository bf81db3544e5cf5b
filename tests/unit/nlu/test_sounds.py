from pathlib import Path

import pytest

from nlu.pinyin import fold, fuzzy, proven, syllables
from nlu.sounds import Folding, fits, parse_sound, read_sounds, sounds
from nlu.tables import TableError

GOOD = "begins\tn\tl\tyes\t全市\tdocumented\t年/连"


def table(folder: Path, *lines: str) -> Path:
    path = folder / "sounds.tsv"
    path.write_text("\n".join(("# a comment", "part\tsaid\tas\tuse\twhere\tsure\texample", *lines)), "utf-8")
    return path


def test_every_used_line_makes_its_example_one() -> None:
    for row in sounds():
        if row.use:
            one, other = row.example
            assert fuzzy(one) == fuzzy(other), row
            assert syllables(one) != syllables(other), row


def test_lines_that_are_not_used_change_nothing() -> None:
    assert any(not row.use for row in sounds())
    assert fuzzy("算") != fuzzy("三")


def test_every_line_says_how_sure_it_is_and_where_people_speak_so() -> None:
    assert all(row.where for row in sounds())
    assert {row.sure for row in sounds()} >= {"measured", "documented", "unsure"}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("begins n l", "wants 7 columns"),
        ("middle\tn\tl\tyes\t全市\tdocumented\t年/连", "part 'middle'"),
        ("begins\tng\tl\tyes\t全市\tdocumented\t年/连", "said 'ng': is no beginning"),
        ("ends\ting\tinn\tyes\t全市\tdocumented\t灵/林", "as 'inn': is no end"),
        ("whole\thui\tfue i\tyes\t全市\tdocumented\t灰/飞", "as 'fue i': is no syllable"),
        ("begins\tn\tn\tyes\t全市\tdocumented\t年/连", "the same on both sides"),
        ("begins\tn\tl\tperhaps\t全市\tdocumented\t年/连", "use 'perhaps'"),
        ("begins\tn\tl\tyes\t全市\tcertain\t年/连", "sure 'certain'"),
        ("begins\tn\tl\tyes\t全市\tdocumented\t年连", "wants two words with a / between"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(tmp_path: Path, line: str, complaint: str) -> None:
    with pytest.raises(TableError, match=r"^sounds\.tsv:3: ") as told:
        read_sounds(table(tmp_path, line))
    assert complaint in str(told.value)


@pytest.mark.parametrize(
    ("second", "complaint"),
    [
        ("begins\tn\tm\tyes\t全市\tunsure\t泥/迷", "'n' stands in line 3 too; keep one"),
        ("begins\tr\tn\tyes\t全市\tunsure\t热/讷", "'n' itself is folded by line 3 (n=l)"),
        ("begins\tl\tr\tyes\t全市\tunsure\t乐/热", "line 3 gives 'l', which this line folds on"),
    ],
)
def test_lines_that_disagree_or_lead_on_are_refused(tmp_path: Path, second: str, complaint: str) -> None:
    with pytest.raises(TableError, match=r"^sounds\.tsv:4: ") as told:
        read_sounds(table(tmp_path, GOOD, second))
    assert complaint in str(told.value)


def test_a_longer_end_that_a_shorter_one_folds_back_is_refused() -> None:
    """ian=iang beside ang=an would only have exchanged the two, and cost nothing as it seemed."""
    with pytest.raises(TableError, match="'iang' itself is folded"):
        fits(parse_sound("ends ian=iang"), sounds())


def test_an_example_that_stays_two_sounds_is_refused(tmp_path: Path) -> None:
    rows = read_sounds(table(tmp_path, "begins\tn\tl\tyes\t全市\tdocumented\t年/脸面"))
    with pytest.raises(TableError, match=r"sounds\.tsv:3: example 年/脸面: is still"):
        proven(rows)


def test_a_whole_syllable_is_written_in_plain_pinyin_whatever_the_other_lines_make_of_it() -> None:
    rows = [parse_sound("begins zh=z"), parse_sound("ends ing=in"), parse_sound("whole zhun=jing")]
    assert Folding(rows).fold("zhun") == "jin" == Folding(rows).fold("jing")


@pytest.mark.parametrize("text", ["ends", "ends ian", "ends ian=iamg", ""])
def test_a_line_tried_out_is_checked_too(text: str) -> None:
    with pytest.raises(TableError):
        parse_sound(text)


@pytest.mark.parametrize("piece", ["13", "㐀", "", "a1"])
def test_what_is_no_syllable_stays(piece: str) -> None:
    assert fold(piece) == piece
