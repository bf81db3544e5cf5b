"""The flow language as JSON Schema 2020-12, made from the models: an editor that knows YAML completes keys and underlines mistakes by it.

What a schema can say is here: the kinds of steps and their keys, the slot types, the actions with their arguments and outcomes. What joins steps
(names that lead somewhere, slots filled before they are used) is the work of `onestop check`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from dialogs.actions import SPECS, ActionSpec
from dialogs.contract import Wants
from dialogs.flow import KINDS, Flow
from dialogs.slots.table import SLOT_TYPES

ID = "https://onestop.invalid/flow.schema.json"
"""Names the schema for ever; nothing is there to be fetched (`.invalid`, RFC 2606)."""

#: The line that a flow's file begins with, so that editors find the schema. The path is from dialogs/flows/.
COMMENT = "# yaml-language-server: $schema=../../docs/flow.schema.json"

_PROSE = re.compile(r"\s+")


class _Generator(GenerateJsonSchema):
    """Knows that a validator which makes something of a plain string accepts one (`say: 您好` for `say: {text: 您好}`)."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        if "json_schema_input_schema" in schema or schema["function"]["type"] != "no-info":
            return inner
        takes_text = schema["function"]["function"]("text") != "text"
        return {"anyOf": [{"type": "string", "minLength": 1}, inner]} if takes_text else inner


def flow_schema() -> dict[str, Any]:
    """The schema of one flow's file."""
    schema = Flow.model_json_schema(schema_generator=_Generator)
    kinds: dict[str, dict[str, Any]] = schema["$defs"]
    _plain(schema)
    models: set[type[BaseModel]] = {Flow, *_models(Flow)}
    for model in models:
        _describe(model, schema if model is Flow else kinds[model.__name__])
    kinds["SlotType"] = {
        "description": "The kind of answer.",
        "oneOf": [{"const": name, "description": told} for name, told in slot_types()],
    }
    for kind, model in KINDS.items():
        shape = kinds[model.__name__]
        shape["title"] = kind
        shape["properties"][kind]["description"] = _first(model)
        if "type" in model.model_fields:
            shape["properties"]["type"] = {"$ref": "#/$defs/SlotType"}
    do = kinds[KINDS["do"].__name__]
    do["properties"]["do"]["enum"] = list(SPECS)
    do["allOf"] = [_action(spec) for spec in SPECS.values()]
    kinds["AnyStep"] = {
        "description": f"One step. Its kind is known by its key: {', '.join(KINDS)}.",
        "oneOf": [{"$ref": f"#/$defs/{model.__name__}"} for model in KINDS.values()],
    }
    _steps(schema["properties"]["steps"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": ID, **schema}


def written() -> str:
    """The schema as its file has it."""
    return json.dumps(flow_schema(), ensure_ascii=False, indent=2) + "\n"


def slot_types() -> Iterator[tuple[str, str]]:
    """Every slot type with what it reads, in the words of its reading function, and how many digits that are."""
    for name, slot in SLOT_TYPES.items():
        told = _PROSE.sub(" ", slot.read.__doc__ or "").strip() or f"Answered by {slot.wants.value}."
        count = f" {slot.least} digits." if slot.least == slot.most else f" {slot.least} to {slot.most} digits."
        yield name, told + (count if slot.wants is Wants.DIGITS and slot.most else "")


def meaning(model: type[BaseModel], name: str, field: FieldInfo) -> str:
    """What a key means: its description, else what the docstrings of the model and those it is made from say about it."""
    if field.description:
        return field.description
    key = field.alias or name
    for owner in model.__mro__:
        if owner is BaseModel:
            break
        if (text := _about(key, owner.__dict__.get("__doc__") or "")) is not None:
            return text
    return ""


def _about(key: str, text: str) -> str | None:
    """The part of a docstring that tells of a key: `key: …` up to the next such, else the sentence in which `key` stands."""
    text = _PROSE.sub(" ", text)
    if told := re.search(rf"(?:^|[ `]){key}`?: (.+?)(?=[.;] [a-z_]+: |[.;] `|\.$|$)", text):
        return told[1].strip().rstrip(".").strip() + "."
    return next((sentence.strip() for sentence in re.split(r"(?<=[.]) ", text) if f"`{key}`" in sentence), None)


def _models(model: type[BaseModel]) -> set[type[BaseModel]]:
    """Every model that a model's fields are made of."""
    found: set[type[BaseModel]] = set()

    def look(kind: Any) -> None:
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in found:
            found.add(kind)
            for field in kind.model_fields.values():
                look(field.annotation)
        for argument in getattr(kind, "__args__", ()):
            look(argument)

    for field in model.model_fields.values():
        look(field.annotation)
    return found


def _first(model: type[BaseModel]) -> str:
    return _PROSE.sub(" ", (model.__doc__ or "").strip()).split(". ")[0].rstrip(".") + "."


def _describe(model: type[BaseModel], shape: dict[str, Any]) -> None:
    shape["description"] = _PROSE.sub(" ", (model.__doc__ or "").strip())
    for name, field in model.model_fields.items():
        told = meaning(model, name, field)
        if told:
            shape["properties"][field.alias or name]["description"] = told


def _plain(node: Any) -> None:
    """Drops what only a program reads: titles made of names, and null where a key is simply left out."""
    if isinstance(node, list):
        for each in node:
            _plain(each)
        return
    if not isinstance(node, dict):
        return
    if isinstance(node.get("title"), str):
        del node["title"]
    if node.get("default", ...) is None:
        del node["default"]
        left = [each for each in node.get("anyOf", ()) if each != {"type": "null"}]
        if "anyOf" in node:
            del node["anyOf"]
            node.update(left[0] if len(left) == 1 else {"anyOf": left})
    for each in node.values():
        _plain(each)


def _steps(shape: dict[str, Any]) -> None:
    """Says of the steps' mapping what each value is."""
    step = {"$ref": "#/$defs/AnyStep"}
    if "patternProperties" in shape:
        shape |= {"patternProperties": dict.fromkeys(shape["patternProperties"], step), "additionalProperties": False}
    else:
        shape["additionalProperties"] = step


def _action(spec: ActionSpec) -> dict[str, Any]:
    """With this action: exactly its arguments, and a way on for exactly its outcomes."""
    arguments, outcomes = sorted(spec.arguments), list(spec.samples)
    given: dict[str, Any] = {
        "properties": {name: {"description": f"The argument `{name}` of `{spec.name}`: an expression."} for name in arguments},
        "required": arguments,
        "additionalProperties": False,
    }
    then = {
        "properties": {name: {"description": f"The step to go on to when `{spec.name}` ends as `{name}`."} for name in outcomes},
        "required": outcomes,
        "additionalProperties": False,
    }
    return {
        "if": {"properties": {"do": {"const": spec.name}}, "required": ["do"]},
        "then": {"properties": {"with": given, "then": then}, "required": [*(["with"] if arguments else []), "then"]},
    }
