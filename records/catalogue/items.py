"""What a service item (事项) is. Field by field the guide (办事指南) that Chinese portals publish, a spoken guide, and the form.

The guide's fields follow the published examples (DB63/T 1755-2019, DB33/T 2036.1-2017 annex A): basis 法定依据, object 实施对象, conditions
法定条件, materials 申报材料, process 办理流程, fee 收费标准, legal_days and promised_days 法定/承诺时限, contact 联系方式, forms 表格.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

FEWEST_WAYS = 6  # names people use; fewer and the open question fails too often
SPOKEN_LONGEST = 70  # characters: 20 s at 3.5 syllables a second
CHOICES_MOST = 4  # what a caller keeps in mind; the telephone's budget
THEMES_MOST = 4  # so that the menu of themes is one question on the telephone

FieldType = Literal["choice", "yes_no", "id_number", "mobile", "digits"]
Line = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Frozen(BaseModel):
    """Unknown keys are errors: a misspelt one must not be ignored. Numbers and texts are not turned into each other."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class FieldChoice(Frozen):
    """One answer of a `choice` field; `words` are further ways of saying it."""

    id: Name
    label: Line
    words: tuple[Line, ...] = ()


class FormField(Frozen):
    """One question of an item's form. Only types that every terminal can answer by keys; names and addresses are asked by the clerk.

    least, most: digits, for type `digits` only. mask: hidden in logs, lists and links; always so for ID and mobile numbers.
    """

    name: Name
    label: Line
    type: FieldType
    prompt: Line
    speech: Line | None = None
    choices: tuple[FieldChoice, ...] = ()
    optional: bool = False
    mask: bool = False
    least: int = Field(default=0, ge=0)
    most: int = Field(default=0, ge=0, le=20)

    @model_validator(mode="before")
    @classmethod
    def _personal_is_masked(cls, given: object) -> object:
        if isinstance(given, dict) and given.get("type") in ("id_number", "mobile"):
            return {**given, "mask": True}
        return given

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("'choices' belong to type choice, and only there")
        if self.type == "choice" and not 2 <= len(self.choices) <= CHOICES_MOST:
            raise ValueError(f"a choice wants 2 to {CHOICES_MOST} answers, has {len(self.choices)}")
        if len({choice.id for choice in self.choices}) != len(self.choices):
            raise ValueError("two choices have the same id")
        if self.type == "digits" and not 1 <= self.least <= self.most:
            raise ValueError("type digits wants 'least' and 'most' with 1 <= least <= most")
        if self.type != "digits" and (self.least or self.most):
            raise ValueError("'least' and 'most' belong to type digits, and only there")
        return self


class Material(Frozen):
    """Something to bring: its form (原件, 复印件 …), how many, and from where it is had."""

    name: Line
    form: Line
    copies: int = Field(ge=1, le=10)
    source: Line
    note: str = ""


class Theme(Frozen):
    """A heading of the menu (服务主题)."""

    id: Name
    label: Line
    order: int = Field(ge=1, le=THEMES_MOST)
    words: tuple[Line, ...] = ()


class Item(Frozen):
    """A service item. ways: what people call it. legal_days, promised_days: working days; None where no law sets a limit.

    offered: False takes the item off without losing the cases made under it. version: given by the records, 0 before import.
    spoken: the guide in one breath, at most 70 characters. sample: the contents are an example, not the office's word.
    """

    code: Annotated[str, Field(pattern=r"^[A-Z]{2}-\d{3}$")]
    name: Line
    ways: tuple[Line, ...] = Field(min_length=FEWEST_WAYS)
    theme: Name
    theme_label: str = ""
    level: Line
    sample: bool = False
    offered: bool = True
    basis: tuple[Line, ...] = Field(min_length=1)
    object: Line
    conditions: tuple[Line, ...] = Field(min_length=1)
    materials: tuple[Material, ...] = Field(min_length=1)
    process: tuple[Line, ...] = Field(min_length=1)
    fee: Line
    legal_days: int | None = Field(default=None, ge=0, le=365)
    promised_days: int = Field(ge=0, le=365)
    contact: Line
    place: Line
    forms: tuple[Line, ...] = ()
    result: Line
    spoken: Annotated[str, Field(min_length=1, max_length=SPOKEN_LONGEST)]
    form: tuple[FormField, ...] = Field(min_length=1)
    version: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        names = [field.name for field in self.form]
        if len(set(names)) != len(names):
            raise ValueError("two fields of the form have the same name")
        if not any(field.type == "mobile" and not field.optional for field in self.form):
            raise ValueError("the form wants a mobile field that is not optional: a case is found again by its last four digits")
        if len(set(self.ways)) != len(self.ways):
            raise ValueError("'ways' says something twice")
        if self.legal_days is not None and self.promised_days > self.legal_days:
            raise ValueError(f"promises {self.promised_days} days where the law allows {self.legal_days}")
        return self

    def field(self, name: str) -> FormField | None:
        """The form's field of that name."""
        return next((field for field in self.form if field.name == name), None)
