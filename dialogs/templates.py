"""Prompts and expressions of the flows: Jinja2 in a sandbox, with the filters a resident's words need."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from nlu.values import as_spoken_digits, group_id, group_mobile, mask_id, mask_mobile
from records.case_number import group


class TemplateError(ValueError):
    """A prompt or expression cannot be used; the text says which and why."""


def _day(value: str) -> str:
    """'2026-11-23' -> '11月23日'."""
    day = date.fromisoformat(value[:10])
    return f"{day.month}月{day.day}日"


def _last(value: str, count: int = 4) -> str:
    return value[-count:]


def _without(mapping: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in mapping.items() if k != key}


_environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
_environment.filters.update(
    case_number=group,
    digits=as_spoken_digits,
    mobile=group_mobile,
    id_number=group_id,
    mask_mobile=mask_mobile,
    mask_id=mask_id,
    day=_day,
    last=_last,
    without=_without,
)


@lru_cache(maxsize=4096)
def _template(source: str) -> Template:
    try:
        return _environment.from_string(source)
    except JinjaError as wrong:
        raise TemplateError(f"cannot read {source!r}: {wrong}") from wrong


@lru_cache(maxsize=4096)
def _expression(source: str) -> Any:
    try:
        return _environment.compile_expression(source, undefined_to_none=True)
    except JinjaError as wrong:
        raise TemplateError(f"cannot read the expression {source!r}: {wrong}") from wrong


def render(source: str, slots: Mapping[str, Any]) -> str:
    """The prompt with its values; a value that is not there raises TemplateError (a flow's mistake, found by the check)."""
    if "{" not in source:
        return source.strip()
    try:
        return _template(source).render(slots).strip()
    except JinjaError as wrong:
        raise TemplateError(f"{source!r}: {wrong}") from wrong


#: The commonest expressions: a slot, or what a record in it holds, alone or compared with a word.
_PLAIN = re.compile(r"(?P<path>[a-z_]+(?:\.[a-z_]+)*)(?: == '(?P<word>[^'\\]*)')?")
_WORDS = frozenset({"true", "false", "none", "and", "or", "not", "in", "is", "if", "else"})


@lru_cache(maxsize=4096)
def _plain(source: str) -> tuple[tuple[str, ...], str | None] | None:
    """An expression that is only a path through records, with the word it is compared to; None for all others."""
    found = _PLAIN.fullmatch(source.strip())
    if found is None:
        return None
    names = tuple(found["path"].split("."))
    return None if _WORDS & set(names) or any(hasattr(dict, name) for name in names[1:]) else (names, found["word"])


def evaluate(source: str, slots: Mapping[str, Any]) -> Any:
    """The value of an expression; names that are not there are None."""
    if plain := _plain(source):
        names, word = plain
        value: Any = slots.get(names[0])
        for name in names[1:]:
            if value is None or type(value) is not dict:
                break
            value = value.get(name)
        else:
            return value if word is None else value == word
    try:
        return _expression(source)(**slots)
    except (JinjaError, TypeError, AttributeError, KeyError, IndexError) as wrong:
        raise TemplateError(f"{source!r}: {wrong}") from wrong


def readable(source: str, *, expression: bool = False) -> None:
    """Raises TemplateError when a template or expression cannot even be parsed."""
    if expression:
        _expression(source)
    else:
        _template(source)
