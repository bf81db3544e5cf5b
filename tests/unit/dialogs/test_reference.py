"""The reference page tells everything the language has, and is the one that is committed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogs.actions import SPECS
from dialogs.flow import KINDS
from dialogs.load import read_flow, read_flows
from dialogs.slots.table import SLOT_TYPES
from dialogs.tools.reference import EXAMPLE, reference, without_meaning

DOCS = Path(__file__).parents[3] / "docs"
FLOWS = {name: flow for name, (flow, _) in read_flows().items()}


@pytest.fixture(scope="module")
def page() -> str:
    return reference(FLOWS)


def test_the_example_is_a_flow_that_can_be_read() -> None:
    flow, _ = read_flow(EXAMPLE, "example.yaml")
    assert flow.start == "which"


def test_every_kind_of_step_and_every_key_of_it_is_told(page: str) -> None:
    for kind, model in KINDS.items():
        section = page.split(f"### `{kind}`:")[1].split("###")[0]
        assert all(f"| `{field.alias or name}` |" in section for name, field in model.model_fields.items())


def test_every_slot_type_and_action_and_outcome_is_told(page: str) -> None:
    assert all(f"| `{name}` |" in page.split("## Slot types")[1] for name in SLOT_TYPES)
    for name, spec in SPECS.items():
        row = next(line for line in page.split("## Actions")[1].splitlines() if line.startswith(f"| `{name}` |"))
        assert all(f"`{each}`" in row for each in (*spec.arguments, *spec.samples))


def test_every_table_has_the_same_number_of_cells_in_all_rows(page: str) -> None:
    for block in page.split("\n\n"):
        counts = {line.replace("\\|", "").count("|") for line in block.splitlines() if line.startswith("|")}
        assert len(counts) <= 1


def test_our_own_filters_are_told_even_where_jinja_has_one_of_that_name(page: str) -> None:
    filters = page.split("## Filters")[1].split("\n## ")[0]
    assert "| `last` |" in filters
    assert "13800138000 → 138 0013 8000" in filters


def test_every_flow_is_shown_with_its_picture(page: str) -> None:
    for name in FLOWS:
        assert f"(flows/{name}.svg)" in page
        assert (DOCS / "flows" / f"{name}.svg").is_file(), "run: onestop draw --all"


def test_what_the_models_do_not_say_is_named() -> None:
    assert all("." in key for key in without_meaning())
    assert "Step.next" not in without_meaning()


def test_the_committed_page_is_the_one_of_the_models(page: str) -> None:
    assert (DOCS / "flow-language.md").read_text("utf-8") == page, "run: onestop reference --write"
