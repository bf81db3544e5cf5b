"""What the check can find: a closed list of codes, what each means and how it is mended, and the findings themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """Every kind of finding. `MEANINGS` has its words."""

    YAML = "yaml"
    SHAPE = "shape"
    DOUBLE = "double"
    NO_MAIN = "no-main"
    NO_STEP = "no-step"
    NO_FLOW = "no-flow"
    NO_SLOT = "no-slot"
    NO_ACTION = "no-action"
    SLOT_TYPE = "slot-type"
    OUTCOME = "outcome"
    ARGUMENTS = "arguments"
    TEMPLATE = "template"
    EXPRESSION = "expression"
    DEAD_END = "dead-end"
    RECURSION = "recursion"
    UNFILLED = "unfilled"
    NO_SPEECH = "no-speech"
    UNREACHABLE = "unreachable"
    BREAKS = "breaks"
    CIRCLE = "circle"
    TOO_LARGE = "too-large"
    NO_PERSON = "no-person"
    TRAP = "trap"
    ENDLESS = "endless"
    NO_ANSWER = "no-answer"
    MISREAD = "misread"
    LOST = "lost"
    STUCK = "stuck"
    TOO_LONG_TO_SAY = "too-long-to-say"
    TOO_MANY_BYTES = "too-many-bytes"
    TOO_MANY_LINES = "too-many-lines"
    TOO_MANY_CHOICES = "too-many-choices"
    SOUNDS_ALIKE = "sounds-alike"
    UNHEARD = "unheard"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code tells, and what to do about it."""

    what: str
    mend: str


MEANINGS: Mapping[Code, Meaning] = {
    Code.YAML: Meaning("The file is not YAML.", "Mend the line: mostly a bracket, a quote or the indent."),
    Code.SHAPE: Meaning(
        "The flow has a key that the language does not know, lacks one that it needs, or a value of the wrong kind.",
        "Write it as the reference of the flow language shows; an editor with the JSON Schema marks it while you write.",
    ),
    Code.DOUBLE: Meaning("A name stands twice; YAML would silently keep the last.", "Rename one of them."),
    Code.NO_MAIN: Meaning(
        "A flow that the engine itself runs is missing: 'main' with a question 'menu', 'about' (a service's guide), 'call_back'.", "Add it."
    ),
    Code.NO_STEP: Meaning("A step leads to a step that the flow does not have.", "Name one of the flow's steps, or add the missing one."),
    Code.NO_FLOW: Meaning("'call' names a flow that does not exist.", "Name one that does, or add its file."),
    Code.NO_SLOT: Meaning("'call' gives a slot that the called flow does not take.", "Add it to that flow's 'slots', or leave it out."),
    Code.NO_ACTION: Meaning("'do' names an action that the records do not have.", "Name one of the actions listed in the message."),
    Code.SLOT_TYPE: Meaning("'type' names a kind of answer that does not exist.", "Name one of the types listed in the message."),
    Code.OUTCOME: Meaning(
        "'then' forgets an outcome that the action may have, or names one that it never has.",
        "Lead every outcome of the action, 'down' included, to a step.",
    ),
    Code.ARGUMENTS: Meaning("'with' does not give the action exactly what it takes.", "Give what the message lists."),
    Code.TEMPLATE: Meaning("A prompt's template cannot be read.", "Mend the braces or the filter's name."),
    Code.EXPRESSION: Meaning("An expression cannot be read.", "Mend it; expressions are Jinja2 without the braces."),
    Code.DEAD_END: Meaning(
        "The last step of the flow goes nowhere.", "Give it a 'next', or put a step with 'end' or 'hand_over' below it."
    ),
    Code.RECURSION: Meaning(
        "A flow calls itself, directly or through others, so that a conversation could pile up without end.",
        "Use 'next' within the flow, or end the flow and let the calling one go on.",
    ),
    Code.UNFILLED: Meaning(
        "A slot is used on a way on which nothing has filled it.",
        "Ask or set it before, give it by 'with' at every 'call' of the flow, or write `{% if name is defined %}` or `name|default('')`.",
    ),
    Code.NO_SPEECH: Meaning(
        "A text that reads well on a screen would be spoken as it is: figures, lists, brackets, addresses or words such as 请输入.",
        "Give it a 'speech' in words that one says on the telephone.",
    ),
    Code.UNREACHABLE: Meaning("No conversation comes to this step on any terminal.", "Lead to it, or delete it."),
    Code.BREAKS: Meaning(
        "An ordinary input, or an outcome of the records, makes the flow fail: the resident would hear that the system is busy.",
        "Follow the way that the finding shows; mostly a value is used that the outcome does not bring.",
    ),
    Code.CIRCLE: Meaning(
        "Steps go round without ever asking anything, perhaps through the records when they stay down.",
        "Put a question into the circle, or let it end at a person.",
    ),
    Code.TOO_LARGE: Meaning(
        "The conversation has so many situations that they cannot all be walked; nothing is proved.",
        "Look for a slot that counts without end.",
    ),
    Code.NO_PERSON: Meaning(
        "At a question, asking for a person does not bring one: 人工 typed or said, key 0, or the button.",
        "Take the words for a person away from choices that lead elsewhere.",
    ),
    Code.TRAP: Meaning(
        "Failing over and over, or giving answers that are turned down over and over, never comes to a person.",
        "After an answer that the records turn down, let the resident choose (再试一次, 找工作人员) instead of asking again at once.",
    ),
    Code.ENDLESS: Meaning(
        "However the questions are answered, this conversation never comes to an end.", "Let one answer lead to an 'end'."
    ),
    Code.NO_ANSWER: Meaning(
        "A question has nothing that could be answered on this terminal: it takes no such answers and shows no choices, or its list is empty.",
        "Give it 'choices', make it optional, or ask for something that the terminal can give.",
    ),
    Code.MISREAD: Meaning(
        "Answering with a choice's own button, key, label or word means something else.",
        "Two choices share a word, or a word means something everywhere: choose another one.",
    ),
    Code.LOST: Meaning(
        "After an interruption (help, a digression, leaving and coming back, an old button) the question or a filled slot is not what it was.",
        "Keep what is recorded out of the first steps of a flow that can be begun in between; else it is a fault of the engine.",
    ),
    Code.STUCK: Meaning(
        "返回, 主菜单, 取消 or a person who does not come leaves the resident without a question.",
        "Put a question before what cannot be gone back behind; else it is a fault of the engine.",
    ),
    Code.TOO_LONG_TO_SAY: Meaning(
        "What is said in one go, with the choices, takes longer than a caller can bear.",
        "Give a shorter 'speech', fewer words in the choices, or two steps.",
    ),
    Code.TOO_MANY_BYTES: Meaning(
        "What is shown in one go is larger than a message of this terminal.", "Shorten the text, or make two steps."
    ),
    Code.TOO_MANY_LINES: Meaning(
        "What is shown in one go fills more lines than this terminal's screen bears.", "Shorten the text, or make two steps."
    ),
    Code.TOO_MANY_CHOICES: Meaning(
        "There are more choices than this terminal shows at once, or a list so long that nobody pages through it.",
        "Split the question in two, or ask first what narrows the list.",
    ),
    Code.SOUNDS_ALIKE: Meaning(
        "Two choices of one question, or a choice and a word that is always possible, sound so much alike that a caller's answer can go wrong.",
        "Choose a word that sounds different; tones and zh/z, n/l, an/ang do not count as different.",
    ),
    Code.UNHEARD: Meaning(
        "The recogniser's vocabulary has no word for a choice, so that it can only be pressed.", "Add a word it knows under 'words'."
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: where (line counts from 1), its code, what it is and how it is mended.

    terminal: where it shows, when it does not on all. path: the inputs of the shortest way that shows it; steps' names for what the flow
    shows as written.
    """

    file: str
    line: int
    code: Code
    message: str
    terminal: str = ""
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f" [{self.terminal}]" if self.terminal else ""
        way = f"\n    way: {' → '.join(self.path)}" if self.path else ""
        return f"{self.file}:{self.line}: {self.code}: {self.message}{where}{way}"

    def plain(self) -> dict[str, Any]:
        """For machines: file, line, code, message, terminal, path."""
        return asdict(self) | {"code": str(self.code), "path": list(self.path)}


def codes() -> tuple[tuple[str, str, str], ...]:
    """The table of all codes: code, what it means, how it is mended."""
    return tuple((str(code), MEANINGS[code].what, MEANINGS[code].mend) for code in Code)


class Findings:
    """Collects findings: of one kind at one line the one with the shortest way stays."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, Code], Finding] = {}

    def add(self, finding: Finding) -> None:
        """One more finding."""
        key = (finding.file, finding.line, finding.code)
        before = self._found.get(key)
        if before is None or len(finding.path) < len(before.path):
            self._found[key] = finding

    def sorted(self) -> tuple[Finding, ...]:
        """All, by file and line."""
        return tuple(sorted(self._found.values(), key=lambda f: (f.file, f.line, f.code)))

    def __bool__(self) -> bool:
        return bool(self._found)
