"""The words that pictures and samples of flows use for those who do not read YAML, and conditions and prompts put into such words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, TemplateSyntaxError, nodes

from dialogs.flow import Flow

FILE = Path(__file__).parent / "clerk.yaml"


class Clerk:
    """The words. `word("kinds", "ask")` is the word for a name; a name without one stands for itself."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._words = words

    def __call__(self, name: str, **values: str) -> str:
        return str(self._words[name]).format(**values)

    def word(self, group: str, name: str) -> str:
        """The word for a name of a group."""
        return str(self._words[group].get(name, name))

    def has(self, group: str, name: str) -> bool:
        """Whether there is one."""
        return name in self._words[group]

    def slot(self, flow: Flow, slot: str) -> str:
        """What a slot is called: the label of the question that fills it, else its kind of answer, else its name."""
        for step in flow.steps.values():
            if getattr(step, "ask", None) == slot:
                return getattr(step, "label", None) or self.word("types", getattr(step, "type", slot))
            if getattr(step, "form", None) == slot:
                return self("answers")
        return slot

    def condition(self, flow: Flow, source: str) -> str:
        """A condition of `when` as a question; what is not known how to say stays as it is written."""
        try:
            expression = Environment(autoescape=False).parse("{{ " + source + " }}").find(nodes.Output)  # noqa: S701  parsed only
        except TemplateSyntaxError:
            return source
        return self._said(flow, expression.nodes[0]) if expression else source

    def _said(self, flow: Flow, node: nodes.Node, truth: bool = True) -> str:
        match node:
            case nodes.Name(name=slot):
                if any(getattr(s, "ask", None) == slot and getattr(s, "type", "") == "yes_no" for s in flow.steps.values()):
                    return self("said_yes")
                return self("filled" if truth else "empty", what=self.slot(flow, slot))
            case nodes.Not(node=inner):
                return self._said(flow, inner, not truth)
            case nodes.And(left=a, right=b):
                return self("both", a=self._said(flow, a, truth).rstrip("？"), b=self._said(flow, b, truth))
            case nodes.Or(left=a, right=b):
                return self("either", a=self._said(flow, a, truth).rstrip("？"), b=self._said(flow, b, truth))
            case nodes.Compare(expr=left, ops=[nodes.Operand(op="eq", expr=nodes.Const(value=value))]):
                slot = left.name if isinstance(left, nodes.Name) else getattr(getattr(left, "node", None), "name", "")
                for step in flow.steps.values():
                    if slot in (getattr(step, "ask", None), getattr(step, "choose", None)):
                        for offer in getattr(step, "choices", ()):
                            if offer.id == value:
                                return self("picked", what=offer.label)
                return self("equals", what=self.slot(flow, slot), value=str(value))
        return _written(node)


def _written(node: nodes.Node) -> str:
    """An expression more or less as its author wrote it."""
    match node:
        case nodes.Name(name=name):
            return str(name)
        case nodes.Const(value=value):
            return f"“{value}”" if isinstance(value, str) else str(value)
        case nodes.Getattr(node=inner, attr=attr):
            return f"{_written(inner)}.{attr}"
        case nodes.Call(node=inner, args=args):
            return f"{_written(inner)}({', '.join(map(_written, args))})"
        case nodes.Filter(node=nodes.Node() as inner, name=name):
            return f"{_written(inner)}|{name}"
        case nodes.Compare(expr=left, ops=ops):
            return " ".join([_written(left), *(f"{op.op} {_written(op.expr)}" for op in ops)])
    return type(node).__name__.lower()


def plain(template: str) -> str:
    """A prompt without its machinery: what is filled in becomes 〈its name〉, conditions and loops are left out."""
    text = re.sub(r"{%.*?%}", "", template, flags=re.DOTALL)
    text = re.sub(r"{{\s*([\w.]+).*?}}", lambda found: f"〈{found[1].rpartition('.')[2]}〉", text, flags=re.DOTALL)
    return re.sub(r"\n+", "\n", text).strip()


@cache
def clerk() -> Clerk:
    """The words from their file."""
    return Clerk(yaml.safe_load(FILE.read_text("utf-8")))
