"""What can be said at any time: 返回, 重复, 帮助, 取消, 主菜单, 人工, 再见, 跳过."""

from __future__ import annotations

import re

from nlu.pinyin import fuzzy
from nlu.tables import TableError, phrases
from nlu.text import bare, clean

COMMAND_PHRASES: dict[str, tuple[str, ...]] = phrases("commands")
"""Command id to everything that says it, the one to show first; a recogniser's grammar is made of these."""

_HEARD_FROM = 3
"""Syllables from which a phrase is also known by its sound alone; shorter ones sound like too much else (人工, 人共)."""


def _by_phrase() -> dict[str, str]:
    table: dict[str, str] = {}
    for command, entries in COMMAND_PHRASES.items():
        for phrase in entries:
            if phrase in table:
                raise TableError(f"commands.yaml: {phrase} stands for {table[phrase]} and for {command}; keep one")
            table[phrase] = command
    return table


def _by_sound() -> dict[tuple[str, ...], str]:
    """Sounds that mean exactly one command."""
    table: dict[tuple[str, ...], str] = {}
    twice: set[tuple[str, ...]] = set()
    for phrase, command in _BY_PHRASE.items():
        sound = fuzzy(phrase)
        if len(sound) >= _HEARD_FROM and table.setdefault(sound, command) != command:
            twice.add(sound)
    return {sound: command for sound, command in table.items() if sound not in twice}


_BY_PHRASE = _by_phrase()
_BY_SOUND = _by_sound()
_SOUNDS = tuple(f" {' '.join(sound)} " for sound in _BY_SOUND)
_PADDING = phrases("command_padding")
_FRONT = tuple(sorted(_PADDING["front"], key=len, reverse=True))
_END = tuple(sorted(_PADDING["end"], key=len, reverse=True))
_NOT_WORDS = re.compile(r"[^\w]+|_+")
_ANY_PHRASE = re.compile("|".join(map(re.escape, _BY_PHRASE)))
_ANY_SOUND = re.compile("|".join(map(re.escape, _SOUNDS)))
_LONGEST = max(map(len, _BY_PHRASE)) + 12


def read_command(text: str) -> str | None:
    """The universal this whole answer is, or None.

    我想转人工一下 is "!person", 再说一遍吧 is "!repeat"; 我想取消低保 and 人工授精证明 are none. Three syllables or more are also known by sound.
    """
    words = _NOT_WORDS.sub("", clean(text))
    if not words or len(words) > _LONGEST:
        return None
    sound = f" {' '.join(fuzzy(words))} "
    if not _ANY_PHRASE.search(words) and not _ANY_SOUND.search(sound):
        return None  # nearly every sentence ends here; peeling is ten times dearer
    forms = _peeled(words)
    for form in forms:
        if form in _BY_PHRASE:
            return _BY_PHRASE[form]
    for form in forms:
        command = _BY_SOUND.get(fuzzy(form))
        if command:
            return command
    return _repeated(bare(words))


def _repeated(words: str) -> str | None:
    """人工人工人工: somebody who is losing patience."""
    for times in range(2, 6):
        size, over = divmod(len(words), times)
        if not over and size >= 2 and words == words[:size] * times:
            return _BY_PHRASE.get(words[:size])
    return None


def _peeled(words: str) -> list[str]:
    """The words as they are, then with padding taken off step by step, front and end."""
    forms = [words]
    for form in forms:  # grows while it is walked; every form is shorter than the one it came from
        shorter = {bare(form)}
        shorter.update(form[len(word) :] for word in _FRONT if form.startswith(word))
        shorter.update(form[: -len(word)] for word in _END if form.endswith(word))
        forms.extend(sorted((new for new in shorter if new and new not in forms), key=len, reverse=True))
    return forms
