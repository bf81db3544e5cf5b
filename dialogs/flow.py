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
    """One thing to say: `text` is shown, `speech` (if given) is spoken instead. A plain string in YAML is a text."""

    text: str = Field(min_length=1)
    speech: str | None = None


Say = Annotated[Line, BeforeValidator(_say)]


class Offer(Frozen):
    """A choice written in the flow. `go` is the step it leads to (only under `choose`); `words` are further ways of saying it."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_:]*$")]
    label: str
    speech: str | None = None
    words: tuple[str, ...] = ()
    hint: str = ""
    go: Name | None = None


class Question(Frozen):
    """What every waiting step may have around its prompt.

    retry: short re-ask after the first failure; rescue: the second, with keys and an example. help: what 帮助 says here.
    """

    prompt: Say
    retry: Say | None = None
    rescue: Say | None = None
    help: Say | None = None


class Step(Frozen):
    """What all steps share. `next`: the step to go on to; the one below if left out."""

    next: Name | None = None


class SayStep(Step):
    """Says something and goes on."""

    say: Say


class AskStep(Step, Question):
    """Fills the slot `ask` with a value of a slot type. `choices` are offers beside it: picking one fills the slot with its id.

    label: what the answer is called; with it a resident can take the answer back later ("编号说错了"). length: digits. mask: it is personal.
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
    """Fills the slot `choose` with the id of one of the choices, written here or listed by an expression (maps with id, label, …)."""

    choose: Name
    choices: tuple[Offer, ...] = ()
    choices_from: str | None = None

    @model_validator(mode="after")
    def _has_choices(self) -> ChooseStep:
        if bool(self.choices) == bool(self.choices_from):
            raise ValueError("wants either 'choices' or 'choices_from'")
        return self


class FormStep(Step):
    """Asks the fields that the expression `fields` lists (a service item brings them), one by one, into the slot `form` by field name.

    told: an expression for a sentence that was said before; what it already answers is not asked again.
    """

    form: Name
    fields: str
    told: str | None = None


class DoStep(Step):
    """Asks the records for something. `then` leads each outcome of the action to a step; every outcome must be there."""

    do: Name
    with_: dict[str, str] = Field(default_factory=dict, alias="with")
    into: Name | None = None
    then: dict[str, Name]


class Branch(Frozen):
    """One line of `when`."""

    if_: str = Field(alias="if")
    go: Name


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
    """Runs another flow with these slots filled, then goes on here."""

    call: Name
    with_: dict[str, str] = Field(default_factory=dict, alias="with")


class HandOverStep(Frozen):
    """Brings a person in."""

    hand_over: str
    say: Say | None = None


class EndStep(Frozen):
    """Ends the flow (the calling one goes on) or the whole conversation."""

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
    """One conversation about one thing. `for` and `not_for` tell the next author when to use it and when not; `slots` are its arguments."""

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
