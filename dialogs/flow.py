"""The flow language: what a YAML file under flows/ may say, as frozen models.

A flow is a named list of steps in reading order; a step goes on to the one below it unless it says otherwise. Values inside `{{ }}` of prompts
and in `with`, `if`, `set`, `choices_from` are expressions over the slots filled so far (Jinja2, sandboxed).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Frozen(BaseModel):
    """Unknown keys are errors: a misspelt one must not be ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _say(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


class Line(Frozen):
    """One thing to say; a plain string in YAML is its text.

    text: shown, and spoken unless there is a speech. speech: spoken instead.
    """

    text: str = Field(min_length=1)
    speech: str | None = None


Say = Annotated[Line, BeforeValidator(_say)]


class Offer(Frozen):
    """A choice written in the flow.

    id: what the slot holds when it is picked. label: shown, and said unless there is a speech. speech: said instead of the label. words: further
    ways of saying it. hint: a second, smaller line where there is room. go: the step it leads to, only under `choose`.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_:]*$")]
    label: str
    speech: str | None = None
    words: tuple[str, ...] = ()
    hint: str = ""
    go: Name | None = None


class Question(Frozen):
    """What every waiting step may have around its prompt.

    prompt: what is asked. retry: short re-ask after the first failure; rescue: the second, with keys and an example. help: what 帮助 says here.
    again: what is asked when the talk comes back here after an answer in between; the prompt where it is not written.
    """

    prompt: Say
    retry: Say | None = None
    rescue: Say | None = None
    again: Say | None = None
    help: Say | None = None


class Step(Frozen):
    """What all steps share. `next`: the step to go on to; the one below if left out."""

    next: Name | None = None


class SayStep(Step):
    """Says something and goes on."""

    say: Say


class AskStep(Step, Question):
    """Fills the slot `ask` with a value of a slot type.

    ask: the slot. type: the kind of answer. choices: offers beside it; picking one fills the slot with its id. choices_from: an expression that
    lists more of them (mappings with id, label, …). label: what the answer is called; with it a resident can take the answer back later
    ("编号说错了"). length: digits. mask: it is personal.
    optional: it can be skipped. offer_known: what the terminal or the resident's profile knows is offered instead of asking.
    """

    ask: Name
    type: Name
    label: str | None = None
    length: int | None = Field(default=None, ge=1, le=30)
    mask: bool = False
    optional: bool = False
    offer_known: bool = False
    choices: tuple[Offer, ...] = ()
    choices_from: str | None = None


class ChooseStep(Step, Question):
    """Fills the slot `choose` with the id of one of the choices.

    choose: the slot. choices: written here. choices_from: or listed by an expression (mappings with id, label, …); one of the two.
    """

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["choices"]}, {"required": ["choices_from"]}]})

    choose: Name
    choices: tuple[Offer, ...] = ()
    choices_from: str | None = None

    @model_validator(mode="after")
    def _has_choices(self) -> ChooseStep:
        if bool(self.choices) == bool(self.choices_from):
            raise ValueError("wants either 'choices' or 'choices_from'")
        return self


class FormStep(Step):
    """Asks fields one by one and keeps the answers by field name.

    form: the slot of the answers. fields: an expression that lists the fields; a service item brings them. told: an expression for a sentence
    that was said before; what it already answers is not asked again.
    """

    form: Name
    fields: str
    told: str | None = None


class DoStep(Step):
    """Asks the records for something.

    do: the action. with: each of its arguments, as an expression. into: the slot for what it answers. then: for each of its outcomes the step
    it leads to; every outcome must be there.
    """

    do: Name
    with_: dict[str, str] = Field(default_factory=dict, alias="with")
    into: Name | None = None
    then: dict[str, Name]


class Branch(Frozen):
    """One line of `when`.

    if: an expression. go: the step it leads to when it holds. label: the condition in a clerk's words, for pictures of the flow.
    """

    if_: str = Field(alias="if")
    go: Name
    label: str | None = None


class WhenStep(Step):
    """Goes to the first branch whose expression holds, else on."""

    when: tuple[Branch, ...] = Field(min_length=1)


class SetStep(Step):
    """Fills slots with the values of expressions."""

    set: dict[str, str]


class GoStep(Frozen):
    """Goes to a step of this flow."""

    go: Name


class CallStep(Step):
    """Runs another flow, then goes on here.

    call: the flow. with: slots of that flow, filled with the values of expressions.
    """

    call: Name
    with_: dict[str, str] = Field(default_factory=dict, alias="with")


class HandOverStep(Frozen):
    """Brings a person in.

    hand_over: the reason, for staff. say: said before.
    """

    hand_over: str
    say: Say | None = None


class EndStep(Frozen):
    """Ends the flow (the calling one goes on) or the whole conversation.

    end: which of the two. say: said before.
    """

    end: Literal["flow", "conversation"]
    say: Say | None = None


AnyStep = SayStep | AskStep | ChooseStep | FormStep | DoStep | WhenStep | SetStep | GoStep | CallStep | HandOverStep | EndStep
Waiting = AskStep | ChooseStep | FormStep

#: The key by which a step's kind is known.
KINDS: dict[str, type[AnyStep]] = {
    "ask": AskStep,
    "choose": ChooseStep,
    "form": FormStep,
    "do": DoStep,
    "when": WhenStep,
    "set": SetStep,
    "call": CallStep,
    "hand_over": HandOverStep,
    "end": EndStep,
    "go": GoStep,
    "say": SayStep,
}


class Flow(Frozen):
    """One conversation about one thing.

    flow: its name, and its file's. title: for people; screens show it. for: when the next author should use it. not_for: when not. slots: its
    arguments, filled by whoever calls it. steps: by name, in reading order.
    """

    flow: Name
    title: str
    for_: str = Field(alias="for")
    not_for: str
    slots: tuple[Name, ...] = ()
    steps: dict[Name, AnyStep] = Field(min_length=1)

    @property
    def start(self) -> str:
        """The first step."""
        return next(iter(self.steps))

    def after(self, name: str) -> str | None:
        """The step that `name` goes on to; None when it is the last."""
        step = self.steps[name]
        if isinstance(step, Step) and step.next:
            return step.next
        names = list(self.steps)
        at = names.index(name) + 1
        return names[at] if at < len(names) else None
