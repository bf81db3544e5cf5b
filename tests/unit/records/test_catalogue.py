"""Catalogue files, their errors, and versions."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from records.catalogue import Catalogue, CatalogueError, read_files, sample_files
from records.database import Database

CARE = next(path for path in sample_files() if path.name == "care.yaml")


def changed(folder: Path, old: str, new: str, times: int = 1) -> Path:
    """A copy of care.yaml with one thing changed."""
    text = CARE.read_text("utf-8")
    assert old in text
    path = folder / "care.yaml"
    path.write_text(text.replace(old, new, times), "utf-8")
    return path


def test_the_samples_are_fourteen_items_of_four_themes_all_marked_as_samples() -> None:
    contents = read_files(sample_files())
    assert len(contents.items) == 14
    assert [theme.order for theme in contents.themes] == [1, 2, 3, 4]
    assert all(item.sample for item in contents.items)
    by_theme = [sum(item.theme == theme.id for item in contents.items) for theme in contents.themes]
    assert max(by_theme) <= 4


def test_some_samples_can_be_requested_without_an_id_number() -> None:
    free = [item.code for item in read_files(sample_files()).items if not any(field.type == "id_number" for field in item.form)]
    assert len(free) >= 2


def test_no_way_of_saying_names_two_items() -> None:
    ways: dict[str, str] = {}
    for item in read_files(sample_files()).items:
        for way in (item.name, *item.ways):
            assert ways.setdefault(way, item.code) == item.code, way


def test_samples_hold_no_telephone_numbers() -> None:
    day = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])")  # an example of how a date is given
    for path in sample_files():
        digits = "".join(sign if sign.isdecimal() else " " for sign in path.read_text("utf-8")).split()
        assert not [run for run in digits if len(run) >= 5 and not day.fullmatch(run)], path


@pytest.mark.parametrize(
    ("old", "new", "piece", "told"),
    [
        ("promised_days: 5", "promised_days: soon", "promised_days: soon", "promised_days"),
        ("fee: 不收费", "fees: 不收费", "fees:", "Extra inputs"),
        ("code: YL-002", "code: YL-001", "YL-001", "there already"),
        ("theme: {id: care", "theme: {id: Care", "theme:", "id"),
        ("      - *mobile\n", "", "code: YL-001", "mobile"),
        ("type: yes_no", "type: perhaps", "perhaps", "type"),
        ("spoken: 满六十岁", "spoken: " + "长" * 71 + "满六十岁", "长长长", "at most 70"),
        ("    level: 县级\n", "    level: 县级\n    level: 市级\n", "level: 市级", "twice"),
        ("    sample: true\n", "    sample: true\n    version: 3\n", "version: 3", "not written"),
        ("items:\n", "more: 1\nitems:\n", "more: 1", "unknown key"),
        ("items:\n", "items: [\n", "items: [", "YAML"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, old: str, new: str, piece: str, told: str) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(CatalogueError) as wrong:
        read_files([path])
    fitting = [finding for finding in wrong.value.findings if told in finding]
    assert fitting, wrong.value.findings
    lines = [int(finding.removeprefix(f"{path}:").partition(":")[0]) for finding in fitting]
    wanted = [n for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if piece in line]
    assert told == "YAML" or set(lines) & set(wanted), (lines, wanted)


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    path = changed(tmp_path, "fee: 不收费", "fee: 3", times=2)
    with pytest.raises(CatalogueError) as wrong:
        read_files([path, tmp_path / "missing.yaml"])
    assert len(wrong.value.findings) == 3


def test_promising_less_than_the_law_allows_is_the_only_way(tmp_path: Path) -> None:
    path = changed(tmp_path, "promised_days: 5", "legal_days: 4\n    promised_days: 5")
    with pytest.raises(CatalogueError, match="the law allows 4"):
        read_files([path])


async def test_an_import_counts_and_a_second_one_changes_nothing(database: Database) -> None:
    catalogue = Catalogue(database)
    assert (await catalogue.count(), await catalogue.version()) == (0, 0)
    first = await catalogue.import_files(sample_files())
    assert len(first.added) == await catalogue.count() == 14
    version = await catalogue.version()
    again = await catalogue.import_files(sample_files())
    assert len(again.unchanged) == 14
    assert await catalogue.version() == version


async def test_a_changed_item_gains_a_version_and_the_others_keep_theirs(catalogue: Catalogue, tmp_path: Path) -> None:
    before = await catalogue.version()
    report = await catalogue.import_files([changed(tmp_path, "promised_days: 5", "promised_days: 4")])
    assert report.changed == ("YL-001",)
    assert await catalogue.version() > before
    now = await catalogue.item("YL-001")
    assert now is not None
    assert (now.version, now.promised_days) == (2, 4)
    old = await catalogue.item("YL-001", version=1)
    assert old is not None
    assert old.promised_days == 5
    assert {item.version for item in await catalogue.items() if item.code != "YL-001"} == {1}


async def test_another_process_sees_an_import_at_once(catalogue: Catalogue, database: Database, tmp_path: Path) -> None:
    other = Catalogue(database)
    await other.items()
    await catalogue.import_files([changed(tmp_path, "name: 高龄补贴", "name: 高龄津贴金")])
    assert "高龄津贴金" in {item.name for item in await other.items()}


async def test_a_dry_run_tells_but_changes_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    version = await catalogue.version()
    report = await catalogue.import_files([changed(tmp_path, "promised_days: 5", "promised_days: 4")], dry_run=True)
    assert report.dry_run
    assert report.changed == ("YL-001",)
    assert await catalogue.version() == version
    assert (await catalogue.item("YL-001")).version == 1  # type: ignore[union-attr]


async def test_one_wrong_file_keeps_all_files_out(database: Database, tmp_path: Path) -> None:
    catalogue = Catalogue(database)
    others = [path for path in sample_files() if path != CARE]
    with pytest.raises(CatalogueError):
        await catalogue.import_files([*others, changed(tmp_path, "fee: 不收费", "fee: 3")])
    assert await catalogue.count() == 0


async def test_an_item_taken_off_is_no_longer_offered_but_still_there(catalogue: Catalogue, tmp_path: Path) -> None:
    await catalogue.import_files([changed(tmp_path, "    sample: true\n", "    sample: true\n    offered: false\n")])
    assert await catalogue.count() == 13
    assert await catalogue.item("YL-001") is None
    assert await catalogue.item("YL-001", version=1) is not None


async def test_two_imports_at_once_do_not_make_two_versions(database: Database) -> None:
    await asyncio.gather(*(Catalogue(database).import_files(sample_files()) for _ in range(4)))
    assert {item.version for item in await Catalogue(database).items()} == {1}


async def test_themes_are_in_menu_order_and_fit_a_telephone_menu(catalogue: Catalogue) -> None:
    themes = await catalogue.themes()
    assert [theme.label for theme in themes] == ["养老助残", "生育家庭", "救助保障", "证照教育"]
