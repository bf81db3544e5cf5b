from pathlib import Path

import pytest
import yaml

from nlu.items import Item, ItemIndex

CATALOGUE = Path(__file__).with_name("catalogue.yaml")


@pytest.fixture(scope="session")
def sentences() -> dict[str, list[list[str]] | list[str]]:
    """The sample sentences, by kind."""
    return yaml.safe_load(CATALOGUE.read_text("utf-8"))


@pytest.fixture(scope="session")
def index(sentences: dict[str, list[dict[str, object]]]) -> ItemIndex:
    """The index of the sample services."""
    return ItemIndex(Item(one["code"], one["name"], tuple(one["aliases"]), tuple(one["ways"])) for one in sentences["items"])
