"""What a service item (事项) is. Field by field the guide (办事指南) that Chinese portals publish, a spoken guide, and the form.

The guide's fields follow the published examples (DB63/T 1755-2019, DB33/T 2036.1-2017 annex A): basis 法定依据, object 实施对象, conditions
法定条件, materials 申报材料, process 办理流程, fee 收费标准, legal_days and promised_days 法定/承诺时限, place and hours 办理地点与时间,
contact 联系方式, forms 表格, result 结果.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from records.catalogue.conditions import comparisons

FEWEST_ALIASES = 3  # names people use; fewer and the open question fails too often
FEWEST_WAYS = 8  # whole sentences; more ways of saying it help more than a better algorithm
SPOKEN_LONGEST = 70  # characters: 20 s at 3.5 syllables a second
CHOICES_MOST = 4  # what a caller keeps in mind; the telephone's budget
THEMES_MOST = 4  # so that the menu of themes is one question on the telephone
DOMAINS_MOST = 4  # of one theme, for the same reason

DIGITS_MOST = 20  # longer numbers are typed wrong more often than right
NAME_MOST = 50  # characters; names with a middle dot are long
TEXT_MOST = 500  # characters; what is longer belongs on paper

FieldType = Literal["choice", "yes_no", "id_number", "mobile", "digits", "date", "place", "name", "amount", "photo", "text"]

PERSONAL: frozenset[FieldType] = frozenset({"id_number", "mobile", "name", "place", "date", "amount", "photo", "text"})
"""Always masked. A date is mostly somebody's birthday, an amount somebody's income, and a free text may hold anything."""

LATER: frozenset[FieldType] = frozenset({"name", "photo", "text"})
"""Always optional: a television cannot give them and a telephone hears them badly, so a clerk asks for what is missing at acceptance."""

KNOWN: frozenset[FieldType] = frozenset({"mobile", "id_number", "name", "place"})
"""What a resident's profile can hold (`records.residents.Profiles`), and so what can be offered instead of asked."""

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


class FieldFaultError(ValueError):
    """A mistake in one field of a form. at: where, from the item on, as pydantic's `loc`, so that the file's line can be named."""

    def __init__(self, text: str, at: tuple[str | int, ...]) -> None:
        super().__init__(text)
        self.at = at


class FormField(Frozen):
    """One question of an item's form.

    speech: said instead of the prompt. help: what 帮助 answers at this question. optional: may be left out; always for name, photo and text.
    when: asked only where this holds, a condition on earlier answers (`records.catalogue.conditions`); None: always asked.
    known_if: where it holds, what the resident's profile knows of this type may be offered instead of asking; None: always for a mobile, never
    for the others (a number on file is the resident's own, and the form is perhaps for somebody else). "true" and "false" can be written.
    least, most: of `digits` how many (both wanted); of `amount` yuan; of `name` and `text` characters; 0 is no limit of its own.
    period: of `date`, counted from the day it is asked, which belongs to both. level: of `place`, down to the town or to the village.
    mask: hidden in logs, lists and links; always so for PERSONAL types.
    """

    name: Name
    label: Line
    type: FieldType
    prompt: Line
    speech: Line | None = None
    help: Line | None = None
    choices: tuple[FieldChoice, ...] = ()
    optional: bool = False
    mask: bool = False
    when: Line | None = None
    known_if: Line | None = None
    least: int = Field(default=0, ge=0)
    most: int = Field(default=0, ge=0)
    period: Literal["past", "future", "any"] = "any"
    level: Literal["town", "village"] = "village"

    @model_validator(mode="before")
    @classmethod
    def _personal_is_masked(cls, given: object) -> object:
        if isinstance(given, dict) and given.get("type") in PERSONAL:
            return {**given, "mask": True}
        return given

    @field_validator("when", "known_if")
    @classmethod
    def _is_a_condition(cls, source: str | None) -> str | None:
        if source is not None:
            comparisons(source)
        return source

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("'choices' belong to type choice, and only there")
        if self.type == "choice" and not 2 <= len(self.choices) <= CHOICES_MOST:
            raise ValueError(f"a choice wants 2 to {CHOICES_MOST} answers, has {len(self.choices)}")
        if len({choice.id for choice in self.choices}) != len(self.choices):
            raise ValueError("two choices have the same id")
        if self.type in LATER and not self.optional:
            raise ValueError(f"type {self.type} wants 'optional: true': not every terminal can give it, a clerk asks at acceptance")
        if self.known_if is not None and self.type not in KNOWN:
            raise ValueError(f"'known_if' belongs to types {', '.join(sorted(KNOWN))}: nothing else is kept of a resident")
        if self.period != "any" and self.type != "date":
            raise ValueError("'period' belongs to type date, and only there")
        if self.level != "village" and self.type != "place":
            raise ValueError("'level' belongs to type place, and only there")
        self._measures()
        return self

    def _measures(self) -> None:
        """least and most: for which types, and how far."""
        highest = {"digits": DIGITS_MOST, "amount": 10**9, "name": NAME_MOST, "text": TEXT_MOST}.get(self.type)
        if highest is None and (self.least or self.most):
            raise ValueError("'least' and 'most' belong to types digits, amount, name and text, and only there")
        if self.type == "digits" and not 1 <= self.least <= self.most:
            raise ValueError("type digits wants 'least' and 'most' with 1 <= least <= most")
        if self.most and self.most < self.least:
            raise ValueError("'most' is less than 'least'")
        if highest is not None and max(self.least, self.most) > highest:
            raise ValueError(f"'most' of type {self.type} goes up to {highest}")


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


class Domain(Frozen):
    """A part of a theme, with its items; one file each. source: where what its guides say comes from."""

    id: Name
    label: Line
    theme: Name
    order: int = Field(ge=1, le=DOMAINS_MOST)
    words: tuple[Line, ...] = ()
    source: Line


class Ways(Frozen):
    """Whole sentences in which people ask for a service, by kind: what the understanding of language learns from.

    indirect: told roundabout, mostly without a word of the name. typed: with a slip. misheard: as a recogniser writes it.
    """

    colloquial: tuple[Line, ...] = ()
    indirect: tuple[Line, ...] = ()
    typed: tuple[Line, ...] = ()
    misheard: tuple[Line, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every sentence, kind by kind."""
        return (*self.colloquial, *self.indirect, *self.typed, *self.misheard)

    @model_validator(mode="after")
    def _are_enough(self) -> Self:
        if len(self.all) < FEWEST_WAYS:
            raise ValueError(f"wants at least {FEWEST_WAYS} sentences in which people ask for it, has {len(self.all)}")
        if len(set(self.all)) != len(self.all):
            raise ValueError("says something twice")
        return self


class Item(Frozen):
    """A service item. aliases: what people call it. ways: how they ask for it. legal_days, promised_days: working days; None where no law sets
    a limit, 0 is at once.

    level: which of the four published lists it stands in. handling: 直办 is finished there, 代办 is taken in there and passed on.
    at_home: 上门, somebody comes when the resident cannot. benefit: what is paid, where something is.
    offered: False takes the item off without losing the cases made under it. version: given by the records, 0 before import.
    spoken: the guide in one breath, at most 70 characters. sample: the contents are an example, not the office's word.
    """

    code: Annotated[str, Field(pattern=r"^[A-Z]{2}-\d{3}$")]
    name: Line
    aliases: tuple[Line, ...] = Field(min_length=FEWEST_ALIASES)
    ways: Ways
    domain: Name
    domain_label: str = ""
    source: str = ""
    level: Literal["乡镇", "街道", "村", "社区"]
    handling: Literal["直办", "代办"]
    at_home: bool
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
    hours: Line
    benefit: str = ""
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
        if not any(field.type == "mobile" and not field.optional and field.when is None for field in self.form):
            raise ValueError(
                "the form wants a mobile field that is neither optional nor has a 'when': a case is found again by its last four digits"
            )
        _check_conditions(self.form)
        if len(set(self.aliases)) != len(self.aliases):
            raise ValueError("'aliases' says something twice")
        if self.legal_days is not None and self.promised_days > self.legal_days:
            raise ValueError(f"promises {self.promised_days} days where the law allows {self.legal_days}")
        return self

    def field(self, name: str) -> FormField | None:
        """The form's field of that name."""
        return next((field for field in self.form if field.name == name), None)


def _check_conditions(form: tuple[FormField, ...]) -> None:
    """Conditions look at answers that were given before, and compare them with answers that there are. Raises FieldFaultError."""
    earlier: dict[str, FormField] = {}
    for place, field in enumerate(form):
        for key, source in (("when", field.when), ("known_if", field.known_if)):
            for each in comparisons(source) if source else ():
                at = ("form", place, key)
                asked = earlier.get(each.name)
                if asked is None:
                    before = ", ".join(earlier) or "none: it is the first"
                    raise FieldFaultError(
                        f"{source!r} looks at {each.name!r}, which does not stand before {field.name}; before it: {before}", at
                    )
                possible = {"yes", "no"} if asked.type == "yes_no" else {choice.id for choice in asked.choices}
                unknown = [value for value in each.values if value is not None and value not in possible]
                if possible and unknown:
                    raise FieldFaultError(
                        f"{source!r}: {each.name} is never {unknown[0]!r}; its answers: {', '.join(sorted(possible))}", at
                    )
        earlier[field.name] = field
