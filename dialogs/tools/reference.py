"""The page docs/flow-language.md: what a flow may say, written from the models, the slot types, the actions and the filters themselves.

Only the introduction is written by hand, here below. A key's meaning is its `Field(description=…)` or what its model's docstring says of it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jinja2.filters import FILTERS
from pydantic import BaseModel

from dialogs import templates
from dialogs.actions import SPECS
from dialogs.book import read_universals
from dialogs.contract import Wants
from dialogs.flow import KINDS, Flow
from dialogs.slots.table import SLOT_TYPES
from dialogs.templates import render
from dialogs.tools.clerk import clerk
from dialogs.tools.schema import COMMENT, flow_schema, meaning, slot_types
from dialogs.words import load_words
from nlu.commands import COMMAND_PHRASES

#: Ways of saying a universal that the page names; the rest are counted.
SHOWN = 6

EXAMPLE = """\
flow: lost_card
title: 补办社保卡
for: A resident whose social security card is lost. Told here as an example; it is not among the flows we run.
not_for: A first card; that is a service of the catalogue.
steps:
  which:
    choose: which
    prompt:
      text: "您的社保卡是丢了，还是坏了？"
      speech: "社保卡是丢了，还是坏了？"
    help: "丢了要先挂失。坏了可以直接换。"
    choices:
      - {id: lost, label: 丢了, words: [不见了, 找不到], go: number}
      - {id: broken, label: 坏了, words: [不能用], go: window}
  number:
    ask: number
    type: id_number
    label: 身份证号
    prompt: "请输入身份证号。"
  told:
    say:
      text: "记下了，尾号 {{ number|last }}。请带身份证到便民服务中心。"
      speech: "记下了，尾号{{ number|last|digits }}。请带身份证到便民服务中心。"
    next: finish
  window:
    say: "请带旧卡和身份证，到便民服务中心换卡。"
  finish:
    end: flow
"""

INTRODUCTION = """\
# The language of flows

<!-- Written by `onestop reference --write` from the models in dialogs/. Change those, not this page. -->

A conversation is a file `dialogs/flows/<name>.yaml`. It is a list of named **steps** in reading order: a step goes on to the one below it unless
it says otherwise. Steps say, ask, look something up in the records, branch, and end. What residents hear when they do not answer, when they are
not understood, when they say 返回 or 人工 or ask something in between, is *not* drawn: the engine does it at every question alike.

## Writing one

1. Begin with what it is for and what it is not for; the next author decides by that.
2. Give every question a `prompt` that can be answered. Where it reads well but sounds long, give it a `speech` of its own; a telephone says
   about 3.5 syllables a second.
3. `retry` is what is asked after the first failure, `rescue` after the second, with keys and an example. After the third a person is offered.
4. Quote `"yes"`, `"no"`, `"on"` when they are keys or ids: YAML takes them for truth values.
5. `onestop check` proves it on every terminal, `onestop draw NAME` shows it, `onestop sample NAME` tells what residents would see and hear.

An editor with YAML support completes keys and underlines mistakes when the file begins with this line:

```yaml
{comment}
```

## An example

```yaml
{example}```

Between `{{{{` and `}}}}` of a prompt stands an expression over the slots filled so far; `with`, `if`, `set`, `choices_from`, `fields` are expressions
without the braces. Expressions are Jinja2's, in a sandbox. A name that is not filled is an error in a prompt and none (false) elsewhere.
"""


def reference(flows: Mapping[str, Flow]) -> str:
    """The page."""
    schema = flow_schema()
    parts = [
        INTRODUCTION.format(comment=COMMENT, example=EXAMPLE),
        "## The file\n",
        _prose(Flow),
        _keys(Flow, schema),
        "## Steps\n",
        "The kind of a step is known by its key.\n",
    ]
    for kind, model in KINDS.items():
        parts += [f"### `{kind}`: {clerk().word('kinds', kind)}\n", _prose(model), _keys(model, schema["$defs"][model.__name__], kind)]
    parts.append("## Parts of steps\n")
    for name, part in sorted(_parts().items()):
        parts += [f"### {name}\n", _prose(part), _keys(part, schema["$defs"][name])]
    parts += ["## Slot types\n", _slots(), "## Actions\n", _actions(), "## Filters\n", _filters(), "## What always works\n", _always()]
    parts.append("## Our flows\n")
    for name, flow in flows.items():
        parts.append(f"### {flow.title} (`{name}`)\n\nFor: {flow.for_} Not for: {flow.not_for}\n\n![{flow.title}](flows/{name}.svg)\n")
    return "\n".join(parts)


def without_meaning() -> list[str]:
    """Keys of which nothing is said anywhere, as "Model.key": for whoever writes the models."""
    models = {model.__name__: model for model in (*KINDS.values(), Flow)} | _parts()
    return [
        f"{name}.{field.alias or key}"
        for name, model in models.items()
        for key, field in model.model_fields.items()
        if not _meaning(model, key, next((kind for kind, of in KINDS.items() if of is model), ""))
    ]


def _parts() -> dict[str, type[BaseModel]]:
    """The models that steps are made of."""
    found: dict[str, type[BaseModel]] = {}

    def look(kind: Any) -> None:
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in KINDS.values() and kind.__name__ not in found:
            found[kind.__name__] = kind
            for field in kind.model_fields.values():
                look(field.annotation)
        for argument in getattr(kind, "__args__", ()):
            look(argument)

    for step in KINDS.values():
        for field in step.model_fields.values():
            look(field.annotation)
    return found


# --- tables -----------------------------------------------------------------------------------------------------------------------------


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in line)} |" for line in lines) + "\n"


def _prose(model: type[BaseModel]) -> str:
    """A model's docstring down to where it tells key by key; that is in the table."""
    text = re.sub(r"\s+", " ", model.__doc__ or "").strip()
    return re.split(r"(?<=[.]) (?=[a-z_]+: )", text)[0] + "\n"


def _meaning(model: type[BaseModel], name: str, kind: str) -> str:
    field = model.model_fields[name]
    told = meaning(model, name, field)
    if not told and name == kind:
        told = _prose(model).split(". ")[0].strip()
    return told[:1].upper() + told[1:]


def _keys(model: type[BaseModel], shape: Mapping[str, Any], kind: str = "") -> str:
    order = sorted(model.model_fields, key=lambda name: (name != kind, list(model.model_fields).index(name)))
    rows = []
    for name in order:
        field = model.model_fields[name]
        key = field.alias or name
        said = shape["properties"][key]
        default = "**required**" if key in shape.get("required", ()) else _default(said)
        rows.append((f"`{key}`", _type(said), default, _meaning(model, name, kind)))
    return _table(("key", "type", "default", "meaning"), rows)


def _default(said: Mapping[str, Any]) -> str:
    value = said.get("default")
    if isinstance(value, bool):
        return str(value).lower()
    return f"`{value}`" if value not in (None, [], {}, "") else ""


def _type(said: Mapping[str, Any]) -> str:
    """A schema in words."""
    if "$ref" in said:
        name = said["$ref"].rpartition("/")[2]
        return {"SlotType": "[slot type](#slot-types)", "AnyStep": "[step](#steps)"}.get(name, f"[{name}](#{name.lower()})")
    if "anyOf" in said:
        return " or ".join(_type(each) for each in said["anyOf"])
    if "enum" in said:
        return "[action](#actions)" if set(said["enum"]) == set(SPECS) else " or ".join(f"`{each}`" for each in said["enum"])
    if "const" in said:
        return f"`{said['const']}`"
    match said.get("type"):
        case "array":
            return f"list of {_type(said['items'])}"
        case "object":
            of = next(iter(said.get("patternProperties", {}).values()), None) or said.get("additionalProperties") or {}
            return f"mapping to {_type(of)}"
        case "integer":
            return f"number {said['minimum']} to {said['maximum']}" if {"minimum", "maximum"} <= said.keys() else "number"
        case "boolean":
            return "true or false"
        case "string" if "pattern" in said:
            return "name"
    return "text"


def _slots() -> str:
    words = load_words()
    rows = []
    answered = {Wants.CHOICE: "choices", Wants.DIGITS: "digits", Wants.TEXT: "words", Wants.PHOTO: "a picture"}
    for name, told in slot_types():
        slot = SLOT_TYPES[name]
        sample = "" if slot.sample is None else str(slot.sample) if not isinstance(slot.sample, dict) else "what is wanted, as a mapping"
        back = ""
        if sample and not isinstance(slot.sample, dict):
            text, speech = slot.tell(slot.sample, words)
            back = text if text == speech else f"{text} ({speech})"
        notes = [note for note, holds in (("personal", slot.mask), ("takes patience", slot.slow)) if holds]
        rows.append((f"`{name}`", answered[slot.wants], told, sample, back, ", ".join(notes)))
    return _table(("type", "answered by", "reads", "sample", "told back (said)", "notes"), rows)


def _actions() -> str:
    words = clerk()

    def outcomes(name: str) -> Iterator[str]:
        spec = SPECS[name]
        for outcome in spec.samples:
            once = " (recorded: no way back)" if outcome in spec.commits else ""
            yield f"`{outcome}`{once}"

    rows = [
        (f"`{name}`", words.word("actions", name), ", ".join(f"`{each}`" for each in sorted(spec.arguments)), ", ".join(outcomes(name)))
        for name, spec in SPECS.items()
    ]
    return "A `do` step gives exactly these arguments under `with` and leads every outcome on under `then`.\n\n" + _table(
        ("action", "does", "arguments", "outcomes"), rows
    )


def _filters() -> str:
    """The filters that are ours; Jinja2's own work too."""
    rows = []
    ours = {name: function for name, function in templates._environment.filters.items() if FILTERS.get(name) is not function}
    for name, function in sorted(ours.items()):
        told = (inspect.getdoc(function) or "").split("\n")[0]
        slot = SLOT_TYPES.get(name)
        example = f"{slot.sample} → {render('{{ value|' + name + ' }}', {'value': slot.sample})}" if slot and slot.sample else ""
        rows.append((f"`{name}`", told, example))
    return _table(("filter", "gives", "example"), rows)


def _always() -> str:
    rows = []
    for one in read_universals():
        said = [phrase for phrase in COMMAND_PHRASES[one.id] if phrase != one.label]
        rows.append((one.label, one.key, "、".join(said[:SHOWN]) + (f" and {len(said) - SHOWN} more" if len(said) > SHOWN else "")))
    told = "At every question, without a word in any flow. A person is never more than one input away.\n\n"
    return told + _table(("", "telephone key", "also understood"), rows)
