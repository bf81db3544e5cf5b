"""Texts that need a speech of their own: what reads well on a screen and cannot be said as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dialogs.flow import Line
from dialogs.load import Place
from dialogs.tools.check.findings import Code, Finding
from dialogs.tools.check.proof import Proof, words_place
from dialogs.tools.dataflow import lines, offers

#: Pattern -> why it cannot be said. Longer numbers need grouping, and a comma's pause in it; four digits are still caught in one breath.
UNSAYABLE = {
    re.compile(r"\d{5,}"): "a number of more than four figures",
    re.compile(r"^\s*(\d+[.、)）]|[-*•])", re.MULTILINE): "a numbered or dotted list",
    re.compile(r"{%-?\s*for\b"): "a list",
    re.compile(r"[：:]"): "a colon",
    re.compile(r"[（）()【】\[\]]"): "brackets",
    re.compile(r"https?://|www\."): "an address of the web",
    re.compile(r"输入|点击|点选|点按|请选择|下面|上面|屏幕|回复"): "words for a screen",
}
_VALUES = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)
_LOOP = re.compile(r"{%-?\s*for\b")
#: Small words that are only shown: staff's cards, and what is joined into sentences.
_SHOWN_ONLY = ("card_",)


def unsayable(text: str) -> str | None:
    """Why a text cannot be said as it stands; None when it can. Of a template, what is written counts, not what is filled in."""
    if _LOOP.search(text):
        return "a list"
    plain = _VALUES.sub("", text)
    return next((why for pattern, why in UNSAYABLE.items() if pattern.search(plain)), None)


def speech_is_there(proof: Proof) -> None:
    """No text without a speech that would need one. Only where a terminal speaks."""
    if not proof.heard_somewhere:
        return
    for flow in proof.book.flows.values():
        for name, step in flow.steps.items():
            said: list[tuple[Place, Line]] = [((part,), line) for part, line in lines(step)]
            said += [(("choices", n, "label"), Line(text=o.label, speech=o.speech)) for n, o in enumerate(offers(step))]
            for part, line in said:
                if line.speech is None and (why := unsayable(line.text)):
                    proof.at(flow.flow, ("steps", name, *part), Code.NO_SPEECH, _message(why))
    for file, number, why in _small_words(proof):
        proof.found.add(Finding(file, number, Code.NO_SPEECH, f"{why} would be spoken as it stands; add the sentence with '_spoken'"))
    for item in proof.items.values():
        for field in item.opened["form"]:
            at = item.lines.get(field["name"], item.line)
            if not field.get("speech") and (why := unsayable(field["prompt"])):
                told = f"{item.code}, field {field['name']!r}: {_message(why)}"
                proof.found.add(Finding(item.file, at, Code.NO_SPEECH, told))
            if field.get("help") and (why := unsayable(field["help"])):
                told = f"{item.code}, field {field['name']!r}: {why} would be spoken as it stands; word the help so that it can be said"
                proof.found.add(Finding(item.file, at, Code.NO_SPEECH, told))


def _message(why: str) -> str:
    return f"{why} would be spoken as it stands; give it a 'speech'"


def _small_words(proof: Proof) -> Iterator[tuple[str, int, str]]:
    """(file, line, why) of the engine's own sentences that lack `<name>_spoken`."""
    sentences = proof.book.words.sentences
    for name, sentence in sentences.items():
        owner, _, key = name.partition(".")
        if owner != "common" or key.startswith(_SHOWN_ONLY) or key.endswith(("_spoken", "_also")) or f"{name}_spoken" in sentences:
            continue
        if why := unsayable(sentence):
            yield *words_place(name), why
