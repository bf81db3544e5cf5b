"""Conditions on earlier answers, like `for_whom == 'self'` or `child in ['third', 'more'] and has_card != 'yes'`. Pure.

A condition compares answers with values written out, joined by `and`, `or`, `not`; `true` and `false` stand alone. Nothing else: a bare name
would be true for the answer "no", and what calls or counts nothing cannot go wrong while a resident waits. Jinja2 reads and evaluates it in its
sandbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

_environment = ImmutableSandboxedEnvironment()

HOW = "write comparisons of earlier answers such as for_whom == 'self', child in ['third', 'more'], phone == none, with and, or, not"


class ConditionError(ValueError):
    """A condition that cannot be used; the text says how one is written."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of a condition: the field whose answer it looks at, and the values it is held against (None: not answered)."""

    name: str
    values: tuple[str | None, ...]


@lru_cache(maxsize=1024)
def comparisons(source: str) -> tuple[Comparison, ...]:
    """What a condition looks at, left to right. Raises ConditionError."""
    try:
        _environment.compile_expression(source)
        body = _environment.parse("{{ " + source + " }}").body
    except TemplateError as wrong:
        raise ConditionError(f"{source!r} cannot be read ({wrong}); {HOW}") from wrong
    match body:
        case [nodes.Output(nodes=[expression])]:
            return tuple(_comparisons(expression, source))
    raise ConditionError(f"{source!r} is not one condition; {HOW}")


def holds(source: str, answers: Mapping[str, object]) -> bool:
    """Whether the condition holds. answers: field name -> answer; a yes-no answer may be True or False; what is missing is None."""
    given = {each.name: _text(answers.get(each.name)) for each in comparisons(source)}
    return bool(_compiled(source)(given))


@lru_cache(maxsize=1024)
def _compiled(source: str) -> Any:
    return _environment.compile_expression(source)


def _text(answer: object) -> str | None:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return None if answer is None else str(answer)


def _comparisons(node: nodes.Node, source: str) -> Iterator[Comparison]:
    match node:
        case nodes.And() | nodes.Or():
            yield from _comparisons(node.left, source)
            yield from _comparisons(node.right, source)
        case nodes.Not():
            yield from _comparisons(node.node, source)
        case nodes.Const() if isinstance(node.value, bool):
            return
        case nodes.Compare(expr=nodes.Name() as name, ops=[operand]):
            yield Comparison(name.name, tuple(_values(operand, source)))
        case nodes.Name():
            raise ConditionError(f"{source!r}: {node.name} alone says nothing; compare it, as in {node.name} == 'yes'")
        case _:
            raise ConditionError(f"{source!r} is more than a condition may be; {HOW}")


def _values(operand: nodes.Operand, source: str) -> Iterator[str | None]:
    wanted: list[nodes.Expr]
    match operand.op, operand.expr:
        case (("eq" | "ne"), value):
            wanted = [value]
        case (("in" | "notin"), (nodes.List() | nodes.Tuple()) as several):
            wanted = several.items
        case _:
            raise ConditionError(f"{source!r} compares in a way that answers cannot be; {HOW}")
    for value in wanted:
        if not (isinstance(value, nodes.Const) and (value.value is None or isinstance(value.value, str))):
            raise ConditionError(f"{source!r}: answers are texts; put the value in quotes, or write none for not answered")
        yield value.value
