"""What typed or spoken words mean to the question they answer.

In this order: exact names of what is shown; universals; the question's own kind of answer; an earlier answer taken back; a question about the
service; names of what is shown that are nearly said; another thing that is wanted. What settles something at once (a name, a universal, yes or
no, a number without a check digit) is only taken from the best alternative; the others help where a wrong one is caught: services are scored
over all, and numbers carry a check digit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from dialogs.answered import taken_back
from dialogs.asked import Question
from dialogs.book import Book
from dialogs.contract import Choice, Wants
from dialogs.gleaning import for_whom
from dialogs.heard import Asks, Command, Heard, Invalid, Near, NotUnderstood, Part, Switch, Value
from dialogs.picking import chosen
from dialogs.question import MORE
from dialogs.session import Session, day_of
from dialogs.slots.kinds import Answer
from dialogs.slots.wish import wish
from nlu.choices import Chosen, Option, choose
from nlu.choices import Near as NearChoices
from nlu.commands import read_command
from nlu.corrections import read_correction
from nlu.facets import read_facet
from nlu.hearing import find_said
from nlu.intents import intent_of
from nlu.text import bare, clean
from nlu.wishes import points_back
from nlu.yes_no import read_yes_no

#: Kinds of answers for which nearly any sentence would do: what takes something back, or asks, is looked for before them.
_GREEDY = ("yes_no", "text")
#: At these questions a service is the answer, not another thing.
_WISHES = ("wish", "service_item")


@dataclass(frozen=True, slots=True)
class Listening:
    """One utterance at one question. texts: best first. heard: spoken."""

    book: Book
    session: Session
    asked: Question
    visible: tuple[Choice, ...]
    texts: tuple[str, ...]
    heard: bool

    def meaning(self) -> Heard:
        """What was meant."""
        return self._outright() or self._beside() or self._nearly() or self._elsewhere() or NotUnderstood()

    def _outright(self) -> Heard | None:
        """A name that is shown, a universal, or a whole answer."""
        best, asked = self.texts[0], self.asked
        exact = self._exact(best)
        if exact is not None:
            return chosen(self.book, self.session, asked, exact)
        command = "!person" if clean(best) == "0" else read_command(best)
        if command and (command != "!skip" or asked.optional):
            return Command(command)
        if asked.slot.name in _GREEDY and (beside := self._beside()):
            return beside
        if asked.slot.name == "wish" and (about := self._about_a_service(named=True)):
            return about
        said = self._own()
        if isinstance(said, Value) or asked.slot.name not in _WISHES:
            return said if isinstance(said, Value | Part | Near) else None
        return said if isinstance(said, Near) and not self._names_a_domain() else self._domain()

    def _own(self) -> Heard | None:
        """The question's own kind of answer."""
        asked = self.asked
        if asked.slot.name == "wish" and (that_one := self._that_one()):
            return Value(that_one)
        texts = self.texts[:1] if asked.slot.sure else self.texts
        answer = Answer(texts, day_of(self.session), self.heard, self.session.partial)
        said: Heard | None = None
        if asked.accepts is not None:  # 不是，是139…: the new one says more than the no
            instead = asked.accepts.read(asked.accepts, replace(answer, texts=texts[:1]), self.book.items)
            said = instead if isinstance(instead, Value) else None
        said = said or asked.slot.read(asked.slot, answer, self.book.items)
        if isinstance(said, Value) and asked.field:
            return Value(said.value, self.texts[0])
        return said

    def _beside(self) -> Heard | None:
        """An earlier answer taken back, or a question about the service in hand."""
        correction = read_correction(self.texts[0])
        if correction is not None and (meant := taken_back(self.book, self.session, correction, self.heard)):
            return meant
        return None if self.asked.slot.name == "wish" else self._about_a_service(named=False)

    def _about_a_service(self, *, named: bool) -> Heard | None:
        """要带什么材料: of the service in hand, or (`named`: only) of one that the sentence names."""
        facet = read_facet(self.texts[0])
        if facet is None:
            return None
        in_hand = self._in_hand()
        found = find_said(self.book.items, self.texts, heard=self.heard)
        one = found.verdict == "sure" or (found.verdict == "near" and len(found.candidates) == 1)
        if one and found.candidates[0].code != in_hand:
            return Asks(facet.kind, found.candidates[0].code)
        return Asks(facet.kind) if in_hand and not named else None

    def _nearly(self) -> Heard | None:
        """Something invalid of the right kind, or a choice that was nearly named."""
        said, asked = self._own(), self.asked
        if isinstance(said, Invalid):
            return said
        if self.session.partial and asked.slot.children is None and any(read_yes_no(text) is False for text in self.texts):
            return Invalid("begin_again")
        options = self._options()
        texts = self.texts[:1] if asked.slot.sure else self.texts
        found = choose(texts, [Option(c.id, c.label, c.key, c.words) for c in options], heard=self.heard) if options else None
        named = found.id if isinstance(found, Chosen) else for_whom(((c.id, (c.label, *c.words)) for c in asked.options), texts[0])
        if named is not None:
            picked = chosen(self.book, self.session, asked, named)
            return Value(picked.value, self.texts[0]) if isinstance(picked, Value) and asked.field else picked
        if isinstance(found, NearChoices) and asked.slot.wants is Wants.CHOICE:
            labels = {c.id: c.label for c in options}
            return Near(tuple((asked.value(i), labels[i]) for i in found.ids[:3] if i != MORE))
        return said

    def _elsewhere(self) -> Heard | None:
        """Another service, or where a case stands, plainly wished for."""
        intent = intent_of(self.texts[0])
        if self.asked.slot.name in _WISHES or intent is None:
            return None
        if (that_one := self._that_one()) and that_one["item"] != self._in_hand():
            return Switch(that_one, that_one["name"])
        if intent.kind == "check_status":
            already = self.session.top.flow == "check_status"
            return None if already else Switch(wish("check_status"), self.book.flows["check_status"].title)
        found = find_said(self.book.items, self.texts, heard=self.heard)
        if found.verdict != "sure" and len(found.candidates) != 1:
            return None
        best = found.candidates[0]
        return Switch(wish("request", best.code, best.name, said=self.texts[0]), best.name)

    def _in_hand(self) -> str:
        """The code of the service that the talk is about; empty when it is about none."""
        return next((f.slots["service"]["code"] for f in reversed(self.session.frames) if f.slots.get("service")), "")

    def _names_a_domain(self) -> bool:
        """Whether nothing but a heading of the menu was said."""
        return any(bare(self.texts[0]) in _names(choice.label, choice.words) for choice in self.book.domains)

    def _domain(self) -> Value | Near | None:
        """A heading of the menu instead of a service (医保, 孩子上学)."""
        names = {choice.id: choice.label for choice in self.book.domains}
        found = choose(self.texts, [Option(c.id, c.label, c.id, c.words) for c in self.book.domains], heard=self.heard)

        def meant(id: str) -> Any:
            return wish("request", id, names[id]) if self.asked.slot.name == "wish" else id

        match found:
            case Chosen(id):
                return Value(meant(id))
            case NearChoices(ids):
                return Near(tuple((meant(id), names[id]) for id in ids[:3]))
        return None

    def _that_one(self) -> dict[str, Any] | None:
        """The service that was just talked about (那我现在就办)."""
        topic = next((item for item in self.book.items.items if item.code == self.session.topic), None)
        if topic is None or not points_back(self.texts[0]):
            return None
        return wish("request", topic.code, topic.name)

    def _options(self) -> tuple[Choice, ...]:
        """Shown choices with their keys, and those of other pages, which can be named but not numbered."""
        keyed = {c.id for c in self.visible}
        return (*self.visible, *(c for c in self.asked.options if c.id not in keyed)) if self.asked.options else ()

    def _exact(self, text: str) -> str | None:
        said, plain = clean(text), bare(text)
        for choice in self.visible:
            names = _names(choice.label, choice.words)
            if said in names or plain in names or choice.key in (said, plain):
                return choice.id
        return None


@lru_cache(maxsize=4096)
def _names(label: str, words: tuple[str, ...]) -> frozenset[str]:
    return frozenset((clean(label), *map(clean, words)))
