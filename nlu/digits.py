"""Figures as people say them: 幺三八, 三个八, 洞拐, "三二，不对，三三四"; and quantities.

None of the libraries we tried reads 两, 双八, 三个八, 叉, 洞拐幺勾 or a correction in a row of figures, hence a reader of our own; the words are in
`data/digits.yaml`. What was heard is always to be read back: this reader prefers the likeliest number over none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

import cn2an

from nlu.tables import phrases
from nlu.text import clean

_TABLE = phrases("digits")
_ALWAYS = {word: str(figure) for figure in range(10) for word in _TABLE[f"always_{figure}"]} | {
    str(figure): str(figure) for figure in range(10)
}
_BETWEEN = {word: str(figure) for figure in range(10) for word in _TABLE[f"between_{figure}"]}
_EDGE_ONE = frozenset(_TABLE["edge_1"])
_WANTING = frozenset(_TABLE["wanting"])
_UNITS = {"十": 10, "百": 100, "千": 1000}


def _any_of(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_ONE = f"[{re.escape(''.join(_ALWAYS))}]"
_SEPARATOR = re.compile(r"[\s\W_]+")
_LETTER_X = re.compile(rf"(?<![a-z])(?:{_any_of(_TABLE['letter_x'])})(?![a-z])")
_SWAP = re.compile(rf"不是({_ONE}{{1,18}})[\s,，、]*(?:而是|应该是|是)({_ONE}{{1,18}})")
_CORRECTION = re.compile(_any_of(_TABLE["correction"]))
_RESTART = re.compile(_any_of(_TABLE["restart"]))
_WORDS = re.compile(_any_of(_TABLE["words"]))
_REPEAT = re.compile(rf"([两二三四五六七八九十2-9])个({_ONE})(?!个)")
_DOUBLE = re.compile(rf"双({_ONE})")
_MEASURED = re.compile(rf"{_ONE}(?:{_any_of(_TABLE['measure'])})")
_QUANTITY = re.compile(r"[零〇一二两三四五六七八九十百千万亿0-9]+(?:[.点][零〇一二三四五六七八九0-9]+)?")
_HAS_UNIT = re.compile(r"[十百千万亿]")

_Kind = Literal["figures", "maybe", "gap", "word", "correction", "restart", "swap"]


@dataclass(frozen=True, slots=True)
class Digits:
    """Figures found in a text.

    value: all of them joined; with letter_x it may hold an X.
    rest: the words that were no figures, joined; "" when only figures were said.
    groups: the runs that words divide: 编号2611230427尾号5678 gives ("2611230427", "5678").
    corrected: the speaker took something back (不对, 错了, 不是…是…).
    """

    value: str
    rest: str
    groups: tuple[str, ...]
    corrected: bool


@dataclass(frozen=True, slots=True)
class _Token:
    kind: _Kind
    text: str
    figures: str = ""


def read_digits(text: str, letter_x: bool = False) -> Digits | None:
    """All figures of the text, corrections applied; None when there is none. `letter_x`: 叉, 艾克斯, * and x are an X."""
    text = clean(text)
    if text.isascii() and text.isdigit():  # pressed or typed: there is nothing to be understood
        return Digits(text, "", (text,), False)
    tokens = _settle(list(_scan(text, letter_x)))
    taker = _Taker()
    for token in tokens:
        taker.take(token)
    groups = taker.finish()
    if not groups:
        return None
    rest = "".join(token.text for token in tokens if token.kind == "word")
    return Digits("".join(groups), rest, groups, taker.corrected)


def read_number(text: str) -> int | None:
    """The first quantity of the text as a whole number (三口人 3, 两千块 2000, 两万三 23000).

    None when there is none, when it is a row of figures (一三八) or a guess (两三个), or when it is no whole number.
    """
    for match in _QUANTITY.finditer(clean(text).replace("俩", "两").replace("仨", "三")):
        words = match.group()
        if len(words) > 1 and not words.isascii() and not _HAS_UNIT.search(words):
            continue
        try:
            value = cn2an.cn2an(words, "smart")
        except (ValueError, KeyError, IndexError):  # 零十, 万万 and the like are no numbers
            continue
        if value == int(value):
            return int(value)
    return None


# --- scanning ----------------------------------------------------------------------------------------------------------------------


def _scan(text: str, letter_x: bool) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        token = _next_token(text, at, letter_x, after_figures=bool(tokens) and tokens[-1].kind == "figures")
        tokens.append(token)
        at += len(token.text)
    return tokens


def _next_token(text: str, at: int, letter_x: bool, after_figures: bool) -> _Token:
    if letter_x and (match := _LETTER_X.match(text, at)):
        return _Token("figures", match.group(), "X")
    if match := _SEPARATOR.match(text, at):
        # a * that ends the blanks may be an X: take one separator at a time
        return _Token("gap", text[at] if letter_x else match.group())
    if match := _SWAP.match(text, at):
        return _Token("swap", match.group(), f"{_figures(match.group(1))}>{_figures(match.group(2))}")
    if match := _RESTART.match(text, at):
        return _Token("restart", match.group())
    if match := _CORRECTION.match(text, at):
        return _Token("correction", match.group())
    if not after_figures and (match := _WORDS.match(text, at)):
        return _Token("word", match.group())
    if match := _REPEAT.match(text, at):
        times = 10 if match.group(1) == "十" else int(_figures(match.group(1)))
        return _Token("figures", match.group(), _figures(match.group(2)) * times)
    if match := _DOUBLE.match(text, at):
        return _Token("figures", match.group(), _figures(match.group(1)) * 2)
    if not after_figures and (match := _MEASURED.match(text, at)):
        return _Token("word", match.group())
    if unit := _with_units(text, at):
        return unit
    char = text[at]
    if char in _ALWAYS:
        return _Token("figures", char, _ALWAYS[char])
    if char in _BETWEEN:
        return _Token("maybe", char, _BETWEEN[char])
    return _Token("word", char)


def _figures(words: str) -> str:
    return "".join(_ALWAYS[word] for word in words)


def _with_units(text: str, at: int) -> _Token | None:
    """五十六 as 56, 八千 as 8000, 三百五 as 350: a number said with units inside a row of figures."""
    value, unit, here = 0, 10_000, at
    while True:
        start = here + (1 if unit in (100, 1000) and text.startswith("零", here) else 0)
        figure = _ALWAYS.get(text[start], "") if start < len(text) else ""
        bare_ten = here == at and text.startswith("十", here)
        if bare_ten:
            figure, start = "1", start - 1
        next_unit = _UNITS.get(text[start + 1 : start + 2], 0) if figure not in ("", "0") else 0
        if not 0 < next_unit < unit:
            break
        value, unit, here = value + int(figure) * next_unit, next_unit, start + 2
    if here == at:
        return None
    if figure not in ("", "0"):  # a last figure: 五十六, 一百零五, or 三百五 for 350 when no figure follows
        if unit == 10 or start > here:
            value, here = value + int(figure), start + 1
        elif text[start + 1 : start + 2] not in _ALWAYS:
            value, here = value + int(figure) * unit // 10, start + 1
    return _Token("figures", text[at:here], str(value))


def _settle(tokens: list[_Token]) -> list[_Token]:
    """Decides the doubtful: words that sound like figures count only among figures, a lone figure inside a sentence does not count."""
    settled = list(tokens)
    for index, token in enumerate(tokens):
        if token.kind == "maybe":
            settled[index] = _Token("figures" if _among_figures(settled, index) else "word", token.text, token.figures)
    runs = _figure_runs(settled)
    longest = max((len(run) for run in runs), default=0)
    for run in runs:
        first, last = run[0], run[-1]
        inside = first > 0 and last + 1 < len(settled) and settled[first - 1].kind == "word" == settled[last + 1].kind
        if len(run) == 1 and longest >= 3 and inside and not settled[first].text.isdigit() and len(settled[first].text) == 1:
            settled[first] = _Token("word", settled[first].text)
    return settled


def _among_figures(tokens: list[_Token], index: int) -> bool:
    before = _near(tokens, index, -1)
    after = _near(tokens, index, +1)
    token = tokens[index]
    is_before = bool(before) and before[0].kind == "figures"
    is_after = bool(after) and after[0].kind in ("figures", "maybe")
    if is_before and is_after:
        return after[0].kind == "figures" or (len(after) > 1 and after[1].kind == "figures")
    if token.text not in _EDGE_ONE:
        return False
    if is_before:
        return not after and len(before) > 1 and before[1].kind == "figures"
    row_follows = len(after) > 1 and after[0].kind == after[1].kind == "figures"
    return row_follows and not (before and before[0].text[-1:] in _WANTING)


def _near(tokens: list[_Token], index: int, step: int) -> list[_Token]:
    """The two tokens on one side, gaps left out."""
    found: list[_Token] = []
    at = index + step
    while 0 <= at < len(tokens) and len(found) < 2:
        if tokens[at].kind != "gap":
            found.append(tokens[at])
        at += step
    return found


def _figure_runs(tokens: list[_Token]) -> list[list[int]]:
    runs: list[list[int]] = []
    for index, token in enumerate(tokens):
        if token.kind != "figures":
            continue
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


# --- taking corrections into account -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Taker:
    """Collects figures run by run; a run is a list of chunks as pauses or blanks divide them."""

    runs: list[list[str]] = field(default_factory=list)
    stretch: list[str] = field(default_factory=list)
    corrected: bool = False
    replacing: bool = False
    gap: bool = True

    def take(self, token: _Token) -> None:
        if token.kind == "figures":
            if self.gap or not self.stretch:
                self.stretch.append(token.figures)
            else:
                self.stretch[-1] += token.figures
            self.gap = False
            return
        if token.kind == "gap":
            self.gap = True
            return
        self.close()
        if token.kind == "correction":
            self.corrected = True
            self.replacing = bool(self.runs)
        elif token.kind == "restart":
            self.corrected = True
            self.runs.clear()
        elif token.kind == "swap":
            self.swap(*token.figures.split(">"))

    def close(self) -> None:
        """Ends a stretch of figures: it begins a run, or replaces the end of the last one."""
        chunks, self.stretch, self.gap = self.stretch, [], True
        if not chunks:
            return
        if all(len(chunk) == 1 for chunk in chunks):  # a recogniser that writes every word apart: the blanks mean nothing
            chunks = ["".join(chunks)]
        if self.replacing and self.runs:
            self.runs[-1] = _replaced(self.runs[-1], chunks)
        else:
            self.runs.append(chunks)
        self.replacing = False

    def swap(self, wrong: str, right: str) -> None:
        """不是三是四: the last 三 said becomes 四; when it was not said before, 四 replaces the end."""
        self.corrected = True
        if not self.runs:
            self.runs.append([right])
            return
        said = "".join(self.runs[-1])
        before, found, after = said.rpartition(wrong)
        self.runs[-1] = [before + right + after] if found else _replaced(self.runs[-1], [right])

    def finish(self) -> tuple[str, ...]:
        self.close()
        return tuple("".join(run) for run in self.runs)


def _replaced(said: list[str], new: list[str]) -> list[str]:
    """What was said with its last group replaced by what came after the correction.

    A repetition as long as all that was said, or beginning like it, replaces all; a shorter one replaces the last group, or as many
    figures of it as are new.
    """
    if (len(new) == 1 and len(new[0]) >= len("".join(said))) or (len(said) > 1 and new[0] == said[0]):
        return new
    last = said[-1]
    mended = last[: -len(new[0])] + new[0] if len(new[0]) < len(last) else new[0]
    return [*said[:-1], mended, *new[1:]]
