"""What is learnt of a catalogue is learnt once, kept, and done without where it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlu.items import Item
from onestop import learning
from onestop.learning import FOLDER, KEPT, index_of

ITEMS = [
    Item("a", "老年优待证", ("老年证",), ("坐公交不要钱的那个证",)),
    Item("b", "残疾人证", ("残疾证",), ("腿脚不好要办的证",)),
]


def test_a_model_is_kept_and_not_learnt_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert index_of(ITEMS, tmp_path).learnt
    monkeypatch.setattr(learning, "train", lambda items: pytest.fail("it was kept"))
    again = index_of(ITEMS, tmp_path)
    assert again.learnt
    assert again.find(["老年证"]).candidates[0].code == "a"


def test_a_kept_file_that_is_damaged_is_learnt_anew(tmp_path: Path) -> None:
    index_of(ITEMS, tmp_path)
    (kept,) = (tmp_path / FOLDER).glob("*.npz")
    kept.write_bytes(b"half a file")
    assert index_of(ITEMS, tmp_path).learnt


def test_without_the_learner_services_are_found_by_likeness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(items: object) -> None:
        raise ImportError("No module named 'sklearn'")

    monkeypatch.setattr(learning, "train", missing)
    index = index_of(ITEMS, tmp_path)
    assert not index.learnt
    assert index.find(["老年优待证"]).candidates[0].code == "a"


def test_a_folder_that_cannot_be_written_costs_the_keeping_alone(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file where the folder should be")
    assert index_of(ITEMS, tmp_path).learnt


def test_only_the_last_catalogues_are_kept(tmp_path: Path) -> None:
    for number in range(KEPT + 2):
        index_of([*ITEMS, Item("c", f"第{number}种证明")], tmp_path)
    assert len(list((tmp_path / FOLDER).iterdir())) == KEPT


def test_an_empty_catalogue_needs_no_model(tmp_path: Path) -> None:
    assert index_of([], tmp_path).items == ()
    assert not (tmp_path / FOLDER).exists()
