"""How slots move through a flow as written."""

from __future__ import annotations

import pytest

from dialogs.flow import Flow
from dialogs.load import read_flow
from dialogs.tools.dataflow import chains, compared, filled, needed, sure_after, way_without
from dialogs.tools.situation import live, values

HEAD = "flow: x\ntitle: y\nfor: a\nnot_for: b\nsteps:\n"


def flow(steps: str) -> Flow:
    return read_flow(HEAD + steps, "x.yaml")[0]


@pytest.mark.parametrize(
    ("source", "expression", "names"),
    [
        ("{{ a }} und {{ b.c }}", False, {"a", "b"}),
        ("{% for m in a %}{{ m }}{{ loop.index }}{% endfor %}", False, {"a"}),
        ("{{ a|default('') }}{{ b if b is defined else '' }}", False, set()),
        ("a.b == 'c'", True, {"a"}),
        ("a", True, set()),  # alone it is None when it is not filled
        ("a + b", True, {"a", "b"}),
        ("a|digits", True, {"a"}),
        ("a ==", True, set()),  # cannot be read: another finding
    ],
)
def test_what_must_be_filled(source: str, expression: bool, names: set[str]) -> None:
    assert needed(source, expression=expression) == names


def test_what_is_read_of_which_slot() -> None:
    assert chains("wish.intent == 'x' and item", expression=True) == {("wish", "intent"), ("item",)}
    assert chains("answers['for_whom']", expression=True) == {("answers", "for_whom")}


def test_where_a_condition_holds_its_names_are_filled() -> None:
    assert sure_after("item and number.x") == {"item"}
    assert sure_after("item is defined") == {"item"}
    assert sure_after("item or number") == set()


BRANCHED = flow("""  a: {when: [{if: first, go: c}]}
  b: {set: {x: "1"}}
  c: {say: "{{ x }}"}
  d: {end: flow}
""")


def test_a_slot_is_filled_only_when_it_is_on_every_way() -> None:
    assert filled(BRANCHED, {"a": frozenset()})["b"] == set()
    assert "x" not in filled(BRANCHED, {"a": frozenset()})["c"]
    assert "x" in filled(BRANCHED, {"b": frozenset()})["c"]


def test_the_way_on_which_it_is_not_filled_is_the_shortest() -> None:
    assert way_without(BRANCHED, {"a": frozenset()}, "c", "x") == ("a", "c")


def test_what_has_been_asked_anew_no_longer_matters() -> None:
    asked = flow("""  a: {ask: x, type: yes_no, prompt: 真的吗？}
  b: {when: [{if: "x == y", go: a}]}
  c: {end: flow}
""")
    assert values({"x": 1, "y": 2}, live(asked)["a"]) == [["y", 2]]
    assert values({"x": 1, "y": 2}, live(asked)["b"]) == [["x == y", False], ["y", 2]]  # y also for when x has been asked again
    assert values({"x": 1, "y": 2}, live(asked)["c"]) == []


def test_what_a_slot_is_held_against_is_known() -> None:
    asked = flow("""  a: {when: [{if: "facet == 'fee'", go: b}, {if: "facet in ['days', 'place']", go: b}]}
  b: {end: flow}
""")
    assert compared(asked, "facet") == ("fee", "days", "place")
