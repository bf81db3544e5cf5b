"""A drawn flow: everything is in it, nothing lies on anything else, and its text can be read."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dialogs.actions import SPECS
from dialogs.book import read_universals
from dialogs.flow import KINDS, Flow
from dialogs.load import read_flow, read_flows
from dialogs.tools.clerk import clerk, plain
from dialogs.tools.draw import draw, pictures
from dialogs.tools.drawing.diagram import ways
from dialogs.tools.drawing.layout import Box, Link, lay_out
from dialogs.tools.drawing.lettering import width, wrap
from dialogs.tools.drawing.settle import settle
from dialogs.tools.drawing.shapes import STYLES

ROOT = Path(__file__).parents[3]
SVG = "{http://www.w3.org/2000/svg}"
FLOWS = {name: flow for name, (flow, _) in read_flows().items()}

TANGLED = """
flow: tangled
title: 绕来绕去 <&>
for: Every kind of step, circles, and far jumps.
not_for: Residents.
steps:
  first: {say: "您好，{{ name }}，这是一段很长很长的话，长得一行两行三行都写不下，还要接着写下去，一直写到不能再写为止，这才算完。"}
  which:
    choose: which
    prompt: 哪个？
    choices:
      - {id: a, label: 甲, go: last}
      - {id: b, label: 这个选项的名字特别特别特别特别长, go: first}
      - {id: c, label: 丙, go: which}
      - {id: d, label: 丁}
  number: {ask: number, type: case_number, prompt: "编号？"}
  look: {do: open_item, with: {code: number}, into: x, then: {found: route, missing: which, down: away}}
  route:
    when:
      - {if: "which == 'a' and not number", go: jump}
      - {if: "x.y(3)", go: last}
      - {if: number, go: look}
  kept: {set: {number: "''"}}
  jump: {go: number}
  fields: {form: answers, fields: x.form}
  other: {call: main, with: {}}
  away: {hand_over: records_down, say: 请稍等。}
  last: {end: conversation, say: 再见}
"""


def tangled() -> Flow:
    return read_flow(TANGLED, "tangled.yaml")[0]


@pytest.fixture(params=[*FLOWS, "tangled"])
def flow(request: pytest.FixtureRequest) -> Flow:
    return FLOWS.get(request.param) or tangled()


@pytest.fixture
def drawn(flow: Flow) -> ElementTree.Element:
    return ElementTree.fromstring(draw(flow, [each.label for each in read_universals()]))


def _boxes(drawn: ElementTree.Element, of: str) -> dict[str, tuple[float, float, float, float]]:
    found = {}
    for n, group in enumerate(drawn.iter(f"{SVG}g")):
        if of in group.get("class", "").split():
            x, y, w, h = map(float, group.get("data-box", "").split())
            found[group.get("data-step") or str(n)] = (x, y, x + w, y + h)
    return found


def _lines(drawn: ElementTree.Element) -> list[tuple[str, str, list[tuple[float, float]]]]:
    return [
        (
            way.get("data-from", ""),
            way.get("data-to", ""),
            [(float(x), float(y)) for x, y in (p.split(",") for p in way.get("data-points", "").split())],
        )
        for way in drawn.iter(f"{SVG}path")
        if "way" in way.get("class", "").split()
    ]


def _apart(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_every_step_is_drawn_once(flow: Flow, drawn: ElementTree.Element) -> None:
    assert [name for name in _boxes(drawn, "step") if name in flow.steps] == list(flow.steps)


def test_every_way_from_step_to_step_is_drawn(flow: Flow, drawn: ElementTree.Element) -> None:
    marks = {(w.get("data-from"), w.get("data-to"), m) for w in drawn.iter(f"{SVG}path") for m in w.get("data-marks", "").split()}
    for name, step in flow.steps.items():
        for offer in getattr(step, "choices", ()):
            if goal := offer.go or (flow.after(name) if "choose" in type(step).model_fields else None):
                assert (name, goal, offer.id) in marks
        for outcome, goal in getattr(step, "then", {}).items():
            assert (name, goal, outcome) in marks
        for n, branch in enumerate(getattr(step, "when", ())):
            assert (name, branch.go, str(n)) in marks
        if isinstance(goal := getattr(step, "go", None), str):
            assert (name, goal, "go") in marks
        leads_on = not {"go", "hand_over", "end", "do", "choose"} & type(step).model_fields.keys()
        assert not leads_on or any((name, flow.after(name), mark) in marks for mark in ("next", "otherwise"))


def test_no_boxes_and_no_labels_overlap(drawn: ElementTree.Element) -> None:
    boxes = list((_boxes(drawn, "step") | _boxes(drawn, "label")).values())
    assert all(_apart(a, b) for a, b in combinations(boxes, 2))


def test_no_arrow_runs_through_a_box_or_a_label(drawn: ElementTree.Element) -> None:
    boxes = _boxes(drawn, "step") | _boxes(drawn, "label")
    own = {
        str(n): (group.get("data-from"), group.get("data-to"))
        for n, group in enumerate(drawn.iter(f"{SVG}g"))
        if "label" in group.get("class", "").split()
    }
    for source, target, points in _lines(drawn):
        for (x, y), (to_x, to_y) in pairwise(points):
            part = (min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y))
            for name, (a, b, c, d) in boxes.items():
                if own.get(name) != (source, target):
                    assert _apart(part, (a + 1, b + 1, c - 1, d - 1)), f"{source} → {target} runs through {name}"


def test_an_arrow_ends_at_its_step(drawn: ElementTree.Element) -> None:
    boxes = _boxes(drawn, "step")
    for source, target, points in _lines(drawn):
        (x, y), (a, b, c, _) = points[-1], boxes[target]
        assert y == b
        assert a < x < c
        assert points[-2][0] == x, f"{source} → {target} does not come from above"


def test_no_text_is_wider_than_its_box(drawn: ElementTree.Element) -> None:
    checked = 0
    for group in drawn.iter(f"{SVG}g"):
        if "data-box" in group.attrib:
            x, y, w, h = map(float, group.get("data-box", "").split())
            for text in group.iter(f"{SVG}text"):
                half = width(text.text or "") * float(text.get("font-size", "")) / 2
                at, base = float(text.get("x", "")), float(text.get("y", ""))
                if "when" in group.get("class", "").split():
                    low, high = base - y - h / 2, base - float(text.get("font-size", "")) * 0.8 - y - h / 2
                    w *= 1 - max(abs(low), abs(high)) * 2 / h  # a diamond is that much narrower there
                assert half <= w / 2
                assert x <= at - half or "when" in group.get("class", "")
                assert y < base < y + h
                checked += 1
                w = float(group.get("data-box", "").split()[2])
    assert checked


def test_the_picture_holds_all_of_its_boxes_and_lines(drawn: ElementTree.Element) -> None:
    *_, wide, high = map(float, drawn.get("viewBox", "").split())
    moved = next(g for g in drawn.iter(f"{SVG}g") if "translate" in g.get("transform", ""))
    left, top = map(float, re.findall(r"[\d.]+", moved.get("transform", "")))
    ends = [(c, d) for _, _, c, d in (*_boxes(drawn, "step").values(), *_boxes(drawn, "label").values())]
    starts = [(a, b) for a, b, _, _ in (*_boxes(drawn, "step").values(), *_boxes(drawn, "label").values())]
    for x, y in [*ends, *starts, *(p for *_, points in _lines(drawn) for p in points)]:
        assert 0 <= x + left <= wide
        assert 0 <= y + top <= high


def test_the_picture_names_itself_and_every_step_to_a_screen_reader(flow: Flow, drawn: ElementTree.Element) -> None:
    title = drawn.find(f"{SVG}title")
    assert title is not None
    assert flow.title in (title.text or "")
    assert all(group.find(f"{SVG}title") is not None for group in drawn.iter(f"{SVG}g") if "data-step" in group.attrib)


def _light(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("kind", STYLES)
def test_text_stands_out_from_its_box(kind: str) -> None:
    style = STYLES[kind]
    inks = {style.ink, style.edge} if style.ink != style.edge and kind not in ("end", "start") else {style.ink}
    for ink in inks:
        light, dark = sorted((_light(ink), _light(style.fill)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {style.fill}"


def test_every_picture_is_the_same_each_time(flow: Flow) -> None:
    assert draw(flow) == draw(flow)


def test_a_choice_between_equals_says_which_and_a_filled_slot_says_what() -> None:
    main, status = FLOWS["main"], FLOWS["check_status"]
    assert clerk().condition(main, "wish.intent == 'check_status'") == "选了“查进度”？"
    assert clerk().condition(status, "not number").startswith("没有")
    assert (
        clerk().condition(status, "number and tail")
        == f"{clerk().condition(status, 'number')[:-1]}，并且{clerk().condition(status, 'tail')}"
    )
    assert clerk().condition(status, "((") == "(("


def test_a_prompt_is_told_without_its_machinery() -> None:
    assert plain("{% if a %}甲{% endif %}：{{ case.number|case_number }}") == "甲：〈number〉"


def test_lines_break_before_the_edge_but_not_before_a_comma() -> None:
    assert wrap("一二三四五六，七", 6) == ("一二三四五", "六，七")
    assert wrap("一二三四五〈number〉", 8) == ("一二三四五", "〈number〉")
    assert wrap("一二“三四", 3) == ("一二", "“三四")
    assert all(width(line) <= 6 for line in wrap("一二三averylongwordindeed〈number〉四五六", 6))
    assert wrap("一二三四五六七八", 4, most=1) == ("一二三…",)


def test_ways_that_join_the_same_two_steps_are_one_with_both_labels() -> None:
    way = next(way for way in ways(FLOWS["request"]) if way.source == "about")
    assert way.label == "申请、材料、换一件事"


def test_distances_are_kept_and_springs_are_least_stretched() -> None:
    x = settle("abc", [("a", "b", 10), ("b", "c", 10)], [("a", "c", 5, 1), ("a", "b", 12, 3)])
    assert (x["b"] - x["a"], x["c"] - x["b"]) == (12, 10)


def test_only_what_closes_a_circle_goes_back() -> None:
    boxes = [Box(name, 40, 20) for name in "abc"]
    placed = lay_out(boxes, [Link("a", "c"), Link("c", "b"), Link("b", "a")])
    assert placed.back == {2}


def test_every_kind_of_step_has_a_style_and_a_word() -> None:
    assert set(KINDS) <= set(STYLES)
    assert all(clerk().has("kinds", kind) for kind in KINDS)


def test_every_action_and_outcome_has_a_word_for_clerks() -> None:
    unnamed = [name for name in SPECS if not clerk().has("actions", name)]
    unnamed += sorted({outcome for spec in SPECS.values() for outcome in spec.samples if not clerk().has("outcomes", outcome)})
    assert unnamed == [], "name them in dialogs/tools/clerk.yaml"


@pytest.mark.parametrize("name", FLOWS)
def test_the_committed_picture_is_the_one_of_the_flow(name: str) -> None:
    path = ROOT / "docs" / "flows" / f"{name}.svg"
    assert path.is_file(), "run: onestop draw --all"
    assert path.read_text("utf-8") == pictures(FLOWS)[name], "run: onestop draw --all"
