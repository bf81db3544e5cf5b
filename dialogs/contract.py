"""The only words that terminals and the engine share: events in, replies out.

A terminal turns what it received into an `Incoming`, gives it to a `Talk`, and renders the `Reply`. Everything here is frozen and free of
behaviour, so that it can be compared, stored, replayed and drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Address:
    """Where a resident can be answered.

    channel: the terminal's name ("wechat", "tv", "telephone", "console").
    user: who it is *as far as that terminal can tell*: an openid, a television session, one telephone call. Never proof of identity.
    """

    channel: str
    user: str


# --- events: what a terminal received -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrive:
    """A resident appears: subscribes, opens the page, the call is answered. `scene` is where they came from (QR scene, menu key)."""

    scene: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Something typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way the recogniser read an utterance; confidence 0..1, comparable only within one utterance."""

    text: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Speech:
    """Something said: at least one alternative, best first."""

    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys pressed as one answer, of 0-9 * and #, without the # that finished it. A lone "0" is a person, a lone "*" is back."""

    keys: str


@dataclass(frozen=True, slots=True)
class Pick:
    """A shown choice or universal was tapped. `question` is the one it was shown under: an old button must not answer a new question."""

    choice: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture, kept by the terminal under `reference`."""

    reference: str


@dataclass(frozen=True, slots=True)
class Silence:
    """The resident was asked and said nothing in the time that the terminal gives."""


@dataclass(frozen=True, slots=True)
class Garbled:
    """Something was heard that the terminal could not turn into words."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The terminal called for the person who was wanted, and nobody came. The resident is still here."""


@dataclass(frozen=True, slots=True)
class Leave:
    """The resident went: hung up, unsubscribed, the page closed. The conversation can be taken up again."""

    reason: str = ""


Event = Arrive | Text | Speech | Keys | Pick | Photo | Silence | Garbled | Unanswered | Leave


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event with its sender.

    key: names the event for ever (WeChat's MsgId, "<screen>:<link>", "<call>:<n>"): a second one with the same key is not taken again.
    known: what the terminal vouches for, e.g. {"mobile": "…"} from a caller number. Offered to the resident for confirmation only.
    """

    address: Address
    event: Event
    key: str
    known: tuple[tuple[str, str], ...] = ()


# --- replies: what a terminal shows or says ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing to show or say. `text` may have several lines; `speech`, when given, is what is spoken instead. Names are `flow.step.part`."""

    text: str
    speech: str | None = None
    name: str = ""

    @property
    def spoken(self) -> str:
        """What a voice says."""
        return self.text if self.speech is None else self.speech


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be picked.

    id: what a `Pick` carries. label: shown. key: the telephone key and the number shown before it ("1", "0", "*").
    speech: said instead of the label. words: further ways of saying it. hint: a second, smaller line where there is room.
    """

    id: str
    label: str
    key: str = ""
    speech: str | None = None
    words: tuple[str, ...] = ()
    hint: str = ""

    @property
    def spoken(self) -> str:
        """What a voice says."""
        return self.label if self.speech is None else self.speech


class Wants(StrEnum):
    """How an answer is given; a terminal chooses keypad, list or free input by it."""

    CHOICE = "choice"
    DIGITS = "digits"
    TEXT = "text"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the engine waits for. A terminal infers nothing: it is all here.

    question: stable name of the question ("check_status.number").
    wants: CHOICE: one of `choices` (words are understood too). DIGITS: `least`..`most` digits. TEXT: anything; `choices` are offers.
        PHOTO: a picture.
    slot: the slot type that reads the answer ("case_number", "id_number", "yes_no", "service_item", …).
    choices: offered answers, in order, with ascending keys from 1. At most the budget's number.
    universals: always possible (返回 重复 帮助 取消 主菜单 人工); the person is always among them. Their ids begin with "!".
    phrases: everything that may be said, for a recogniser's grammar; the choices' and universals' words and digits' names too. Empty for a
    terminal that does not listen.
    letter_x: a final X is possible (ID numbers; the key * means X there).
    mask: the answer is personal: never shown in full or kept in a URL.
    typed_so_far: masked digits already taken when an answer comes in parts.
    slow: this question deserves longer patience (numbers).
    """

    question: str
    wants: Wants
    slot: str
    choices: tuple[Choice, ...] = ()
    universals: tuple[Choice, ...] = ()
    phrases: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    letter_x: bool = False
    mask: bool = False
    typed_so_far: str = ""
    slow: bool = False


class Outcome(StrEnum):
    """How a turn ended."""

    WAIT = "wait"  # `expect` says for what
    HAND_OVER = "hand_over"  # the terminal brings a person in; `card` is for that person
    END = "end"  # said good-bye; the next event begins anew
    DOWN = "down"  # we cannot work now: say the prompts, then bring a person in if the terminal can


@dataclass(frozen=True, slots=True)
class Card:
    """What the person who takes over reads: `reference` is the hand-over's row in the records; `lines` are masked (label, value) pairs."""

    reference: str
    reason: str
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What one turn says.

    title: heading for screens. revision: the session's after the turn (screens make their links from it).
    repeated: this is the answer already given to an event that came again. slow: the resident asked for slower speech (说慢一点).
    """

    prompts: tuple[Prompt, ...]
    outcome: Outcome
    expect: Expectation | None = None
    title: str = ""
    card: Card | None = None
    revision: int = 0
    repeated: bool = False
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """What a terminal can bear; each terminal keeps its own record with the source of every number. None means no limit.

    choices: at one question, at least 2 (what does not fit is paged). text_bytes: UTF-8 of one rendered reply. lines: of a screen, of
    `line_width` full-width characters. speech_seconds: of one reply, at `syllables_per_second`. answer_seconds: from event to reply.
    takes: the kinds of answers that can be given there at all (nobody writes on a television).
    """

    channel: str
    choices: int
    text_bytes: int | None = None
    lines: int | None = None
    line_width: int | None = None
    speech_seconds: float | None = None
    syllables_per_second: float = 3.5
    answer_seconds: float | None = None
    takes: frozenset[Wants] = frozenset(Wants)


class Talk(Protocol):
    """The engine as a terminal sees it."""

    async def take(self, incoming: Incoming) -> Reply:
        """One turn. Never raises for what a resident did, nor for a part that is down (`Outcome.DOWN` then)."""
        ...

    async def current(self, address: Address) -> Reply | None:
        """What the resident was last told and is being asked, without a turn; None when there is no conversation."""
        ...


@dataclass(frozen=True, slots=True)
class PartHealth:
    """One entry of /healthz: state is "ok", "degraded" or "off"; reason is a plain sentence when it is not ok; facts are short."""

    state: str
    reason: str = ""
    facts: dict[str, str | int | float] = field(default_factory=dict)
