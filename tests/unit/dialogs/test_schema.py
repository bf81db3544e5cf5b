"""The exported JSON Schema agrees with the flows we ship, refuses mistakes, and is the one that is committed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from dialogs.actions import SPECS
from dialogs.flow import KINDS
from dialogs.load import FOLDER
from dialogs.slots.table import SLOT_TYPES
from dialogs.tools.schema import flow_schema, written

COMMITTED = Path(__file__).parents[3] / "docs" / "flow.schema.json"
GOOD: dict[str, Any] = {
    "flow": "small",
    "title": "小",
    "for": "Trying the schema.",
    "not_for": "Residents.",
    "steps": {
        "hello": {"say": "您好"},
        "number": {"ask": "number", "type": "case_number", "prompt": {"text": "编号？", "speech": "请说编号。"}},
        "which": {"choose": "which", "prompt": "哪个？", "choices": [{"id": "a", "label": "甲", "go": "finish"}]},
        "finish": {"end": "flow", "say": "再见"},
    },
}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = flow_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_flow_keeps_the_schema(validator: Draft202012Validator, file: Path) -> None:
    errors = [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(yaml.safe_load(file.read_text("utf-8")))]
    assert errors == []


def test_a_small_flow_with_plain_strings_keeps_the_schema(validator: Draft202012Validator) -> None:
    assert list(validator.iter_errors(GOOD)) == []


def _with_step(step: object) -> dict[str, Any]:
    return {**GOOD, "steps": {**GOOD["steps"], "broken": step}}


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({key: value for key, value in GOOD.items() if key != "not_for"}, id="not_for is missing"),
        pytest.param({**GOOD, "steps": {}}, id="no steps"),
        pytest.param({**GOOD, "steps": {"Two Words": {"say": "您好"}}}, id="a step's name with a blank"),
        pytest.param(_with_step({"sya": "您好"}), id="a misspelt kind"),
        pytest.param(_with_step({"say": "您好", "nxt": "finish"}), id="a misspelt key"),
        pytest.param(_with_step({"say": ""}), id="nothing to say"),
        pytest.param(_with_step({"say": "您好", "go": "finish"}), id="two kinds in one step"),
        pytest.param(_with_step({"ask": "x", "prompt": "？"}), id="no slot type"),
        pytest.param(_with_step({"ask": "x", "type": "telepathy", "prompt": "？"}), id="an unknown slot type"),
        pytest.param(_with_step({"do": "conjure", "then": {"done": "finish"}}), id="an unknown action"),
        pytest.param(_with_step({"do": "list_themes", "then": {"found": "finish"}}), id="an outcome without a way on"),
        pytest.param(_with_step({"do": "list_themes", "then": {"found": "finish", "down": "finish", "up": "finish"}}), id="an odd outcome"),
        pytest.param(_with_step({"do": "open_item", "then": {"found": "x", "missing": "x", "down": "x"}}), id="an argument left out"),
        pytest.param(_with_step({"end": "everything"}), id="an end of nothing we know"),
        pytest.param(_with_step({"when": []}), id="a condition without branches"),
        pytest.param(_with_step({"choose": "x", "prompt": "？", "choices": [{"id": "A", "label": "甲"}]}), id="a choice's id in capitals"),
    ],
)
def test_a_mistake_breaks_the_schema(validator: Draft202012Validator, broken: dict[str, Any]) -> None:
    assert not validator.is_valid(broken)


def test_every_kind_of_step_slot_type_and_action_is_offered(validator: Draft202012Validator) -> None:
    kinds = validator.schema["$defs"]
    assert len(kinds["AnyStep"]["oneOf"]) == len(KINDS)
    assert [one["const"] for one in kinds["SlotType"]["oneOf"]] == list(SLOT_TYPES)
    assert kinds["DoStep"]["properties"]["do"]["enum"] == list(SPECS)


def test_the_committed_schema_is_the_one_of_the_models() -> None:
    assert COMMITTED.read_text("utf-8") == written(), "run: onestop schema --write"
