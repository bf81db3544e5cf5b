import pytest

from nlu.pinyin import fuzzy, syllables
from nlu.text import MAX_CHARS, bare, clean, is_cut


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("　Ｈｅｌｌｏ　", "hello"),
        ("老年優待證", "老年优待证"),
        ("請問辦理低保", "请问办理低保"),
        ("①②", "12"),
        ("办证🙂👍🏽", "办证"),
        ("1️⃣", "1"),
        ("办\u200b证\x00\ufeff", "办证"),
        ("a\n\t b", "a b"),
        ("著名乾坤", "著名乾坤"),
        ("👨‍👩‍👧‍👦辦證🇨🇳❤️", "办证"),
        ("ｉＤ　１２３，。", "id 123,。"),
        ("臺灣戶籍，應備證件？", "台湾户籍,应备证件?"),
        ("我 要 [unk] 办证 <UNK>", "我 要 办证"),
        ("", ""),
    ],
)
def test_clean_makes_text_comparable(text: str, wanted: str) -> None:
    assert clean(text) == wanted


def test_a_long_text_is_cut_and_says_so() -> None:
    assert len(clean("办" * 5000)) == MAX_CHARS
    assert is_cut("办" * 201)
    assert not is_cut("办" * 200)
    assert is_cut("\ufdfa" * 100), "NFKC makes one character of this eighteen"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("麻烦你，请问一下，那个老年证谢谢", "老年证"),
        ("嗯，我想查进度吧。", "查进度"),
        ("请帮我转人工一下", "转人工"),
        ("嗯", "嗯"),
        ("谢谢", "谢谢"),
        ("再 说 一 遍", "再说一遍"),
        ("！？。", ""),
        ("闺女啊，我跟你说，那个啥，我想打听一下低保撒", "低保"),
        ("哎哟喂你听我讲，高龄补贴要得不", "高龄补贴"),
        ("同志，是这样的，我问一哈老年证噻", "老年证"),
        ("对了姑娘，我想晓得残疾证咋办哒", "残疾证咋办"),
        ("大姐", "大姐"),
    ],
)
def test_bare_strips_padding_but_never_all(text: str, wanted: str) -> None:
    assert bare(text) == wanted


def test_syllables_read_phrases_not_single_characters() -> None:
    assert syllables("银行 行人abc 12") == ("yin", "hang", "xing", "ren", "abc", "12")


@pytest.mark.parametrize(
    ("one", "other"), [("准生证", "准声症"), ("居住证", "居祝正"), ("黄", "方"), ("女", "吕"), ("热", "乐"), ("婚育", "分育"), ("真", "整")]
)
def test_confusable_sounds_are_one(one: str, other: str) -> None:
    assert fuzzy(one) == fuzzy(other)


@pytest.mark.parametrize(("one", "other"), [("低保", "医保"), ("社保", "医保"), ("是", "四十"), ("查", "办")])
def test_different_sounds_stay_different(one: str, other: str) -> None:
    assert fuzzy(one) != fuzzy(other)
