"""Hanzi to the symbols that Kokoro speaks.

Mandarin syllables become IPA by rule: an initial, a final, and an arrow for the tone behind the final's vowel. The symbols and the place
of the arrow are those the model was trained with (misaki's Mandarin front-end, Apache-2.0, itself after pinyin-to-ipa, MIT); our tables
give the same string for each of the 1,536 toned syllables with a vowel that pypinyin knows (checked against misaki 0.9.4 when they were
written). Words are separated by a space, as in training: jieba finds them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml
from pypinyin import Style, lazy_pinyin
from pypinyin.contrib.tone_convert import to_finals, to_initials

#: Number of each symbol in the model's vocabulary; symbols of other languages are left out.
TOKENS: dict[str, int] = {
    **dict(zip(";:,.!? ", (1, 2, 3, 4, 5, 6, 16), strict=True)),
    **dict(zip("ʦʨꭧaefhijklmnopstuwxy", (20, 21, 23, 43, 47, 48, 50, 51, 52, 53, 54, 55, 56, 57, 58, 61, 62, 63, 65, 66, 67), strict=True)),
    **dict(zip("ɔɕəɚɛɥɨŋɻʂʊɤʰ↓→↗↘", (76, 77, 83, 85, 86, 99, 101, 112, 126, 130, 135, 140, 162, 169, 171, 172, 173), strict=True)),
}
#: The model takes 510 symbols, two of them padding.
MOST_TOKENS = 508

_INITIALS = {
    "": "",
    **{same: same for same in "fkltmnps"},
    **{"b": "p", "p": "pʰ", "d": "t", "t": "tʰ", "g": "k", "k": "kʰ", "h": "x", "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "r": "ɻ"},
    **{"zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "z": "ʦ", "c": "ʦʰ"},
}
#: "0" is where the tone goes.
_FINALS = {
    **{"a": "a0", "ai": "ai0", "an": "a0n", "ang": "a0ŋ", "ao": "au0", "o": "wo0", "ou": "ou0", "ong": "ʊ0ŋ"},
    **{"e": "ɤ0", "ei": "ei0", "en": "ə0n", "eng": "ə0ŋ", "er": "ɚ0", "ê": "ɛ0"},
    **{
        "i": "i0",
        "ia": "ja0",
        "ian": "jɛ0n",
        "iang": "ja0ŋ",
        "iao": "jau0",
        "ie": "je0",
        "in": "i0n",
        "ing": "i0ŋ",
        "iong": "jʊ0ŋ",
        "iou": "jou0",
    },
    **{"u": "u0", "ua": "wa0", "uai": "wai0", "uan": "wa0n", "uang": "wa0ŋ", "uei": "wei0", "uen": "wə0n", "ueng": "wə0ŋ", "uo": "wo0"},
    **{"ü": "y0", "üan": "ɥɛ0n", "üe": "ɥe0", "ün": "y0n"},
}
_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
_PUNCTUATION = {"，": ",", "、": ",", "。": ".", "！": "!", "？": "?", "；": ";", "：": ":"}


class CannotRead(ValueError):  # noqa: N818  says which syllable
    """A character or syllable that has no sound here."""


@cache
def _readings() -> dict[str, str]:
    loaded = yaml.safe_load((Path(__file__).parent / "readings.yaml").read_text("utf-8"))
    return {str(character): str(pinyin) for character, pinyin in loaded["pinyin"].items()}


def pinyin(hanzi: str) -> list[str]:
    """Toned pinyin of each character as it is said in its place (tone sandhi applied): 不是 -> ['bu2', 'shi4']."""
    read = lazy_pinyin(hanzi, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True)
    if len(read) != len(hanzi):
        raise CannotRead(f"no reading for some character of {hanzi!r}; add it to ivr/voice/readings.yaml")
    own = _readings()
    return [own.get(character, syllable) for character, syllable in zip(hanzi, read, strict=True)]


def ipa(syllable: str) -> str:
    """One toned syllable in the model's symbols: zhong4 -> ꭧʊ↘ŋ."""
    plain, tone = syllable[:-1], syllable[-1]
    if plain == "o":
        return "ɔ" + _TONES[tone]
    initial, final = to_initials(plain, strict=True), to_finals(plain, strict=True, v_to_u=True)
    if plain == "er":
        initial, final = "", "er"
    if tone not in _TONES or initial not in _INITIALS or final not in _FINALS:
        raise CannotRead(f"no sound for the syllable {syllable!r}; check the reading in ivr/voice/readings.yaml")
    buzz = final == "i" and initial in ("zh", "ch", "sh", "r", "z", "c", "s")  # zhi, chi, … zi, ci, si: the vowel is a held consonant
    return _INITIALS[initial] + ("ɨ0" if buzz else _FINALS[final]).replace("0", _TONES[tone])


def symbols(text: str) -> str:
    """Normalised text (hanzi and ，。！？；：、 only) in the model's symbols."""
    import jieba  # a second to load: only the worker pays it

    out = ""
    for part in re.findall(r"[\u4e00-\u9fff]+|[^\u4e00-\u9fff]", text):
        if part in _PUNCTUATION:
            out = out.rstrip(" ") + _PUNCTUATION[part] + " "
        elif "\u4e00" <= part[0] <= "\u9fff":
            read = iter(pinyin(part))
            out += " ".join("".join(ipa(next(read)) for _ in word) for word in jieba.cut(part))
    return out.strip(" ")


def tokens(text: str) -> list[int]:
    """Token numbers of normalised text, without padding. Raises CannotRead when there is nothing to say or too much for one go."""
    ids = [TOKENS[symbol] for symbol in symbols(text)]
    if not any(number > 16 for number in ids):
        raise CannotRead(f"nothing to say in {text!r}")
    if len(ids) > MOST_TOKENS:
        raise CannotRead(f"{len(ids)} symbols at once, the model takes {MOST_TOKENS}: put a full stop or comma into {text[:30]!r}…")
    return ids
