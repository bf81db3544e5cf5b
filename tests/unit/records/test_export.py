"""What is exported is found unchanged when it is imported again: YAML, XLSX and CSV, whatever stands in the texts."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.catalogue import Approval, Catalogue, Contents, Item, Office, directory_files, read_directory, read_files, sample_files
from records.catalogue.export import ExportError, domain_yaml, fields_yaml, office_yaml, themes_yaml, write_files
from records.catalogue.incoming import Records, read_incoming
from records.catalogue.sheets import Known, SheetError, read_sheets, write_csv, write_xlsx

from .conftest import FILES

CONTENTS: Contents = read_files(sorted(FILES.glob("*.yaml")))
ITEM = next(item for item in CONTENTS.items if item.code == "YL-001")
OFFICE = Office(id="police", label="公安局", code="GA", source="示例")
SLOW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])

any_text = st.text(min_size=1, max_size=12)
tricky = st.sampled_from(
    ["yes", "null", "1.5", "- a", "# b", ": c", "{d", "'e", '"f', "=1+1", "-", "@x", "007", "2026-5-1", "TRUE", "x\ny", " g ", "5.0"]
)
plain = st.text(st.characters(categories=("L", "N", "P", "S"), exclude_characters="；;|｜、,，"), min_size=2, max_size=12).filter(
    lambda text: not text.startswith("#") and text[0] not in "0123456789（(①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
)


def items(text: st.SearchStrategy[str]) -> st.SearchStrategy[Item]:
    """Items whose texts are drawn from `text`."""
    several = st.lists(text, min_size=1, max_size=3, unique=True).map(tuple)
    question = st.fixed_dictionaries(
        {"prompt": text, "label": text}, optional={"help": text, "speech": text, "when": st.just("for_whom == 'self'")}
    )
    choice = st.lists(st.fixed_dictionaries({"label": text, "words": several}), min_size=2, max_size=4)

    def make(values: dict[str, Any], ways: list[str], question: dict[str, Any], choices: list[dict[str, Any]]) -> Item:
        own = {"name": "own", "type": "choice", "choices": tuple({"id": f"c{n}", **each} for n, each in enumerate(choices)), **question}
        shared = {each.name: each for each in CONTENTS.fields}
        changed = shared["lives"].model_copy(update={"prompt": question["prompt"]})
        said = {"colloquial": tuple(ways[:4]), "indirect": tuple(ways[4:7]), "typed": tuple(ways[7:]), "misheard": ()}
        form = (shared["for_whom"].model_dump(), own, changed.model_dump(), shared["mobile"].model_dump())
        return Item.model_validate({**ITEM.model_dump(), **values, "ways": said, "form": form})

    material = st.fixed_dictionaries({"name": text, "form": text, "copies": st.integers(1, 9), "source": text}, optional={"note": text})
    values = st.fixed_dictionaries(
        {"name": text, "basis": several,
         "conditions": several, "process": several, "forms": several, "fee": text, "place": text, "benefit": text,
         "object": text, "promised_days": st.integers(0, 365), "at_home": st.booleans(), "offered": st.booleans(), "sample": st.booleans(),
         "aliases": st.lists(text, min_size=3, max_size=5, unique=True).map(tuple),
         "materials": st.lists(material, min_size=1, max_size=3).map(tuple)}
    )  # fmt: skip
    return st.builds(make, values, st.lists(text, min_size=8, max_size=9, unique=True), question, choice)


@SLOW
@given(items(any_text | tricky))
def test_yaml_holds_any_text(item: Item) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "elderly.yaml"
        domain = CONTENTS.domains[0]
        write_files(
            {
                path: domain_yaml(domain, [item], CONTENTS.fields),
                Path(folder) / "themes.yaml": themes_yaml(CONTENTS.themes),
                Path(folder) / "fields.yaml": fields_yaml(CONTENTS.fields),
            },
            replace=False,
        )
        read = read_files([path])
    assert read.items == (item,)
    assert read.fields == CONTENTS.fields
    assert read.domains == (domain,)


@SLOW
@given(items(plain))
def test_sheets_hold_ordinary_texts(item: Item) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (("a.xlsx", write_xlsx), ("a.csv", write_csv)):
            path = Path(folder) / name
            write(path, [item], CONTENTS.domains, CONTENTS.fields)
            known = {item.code: item.model_dump(mode="json", exclude={"version"})}
            assert read_sheets([path], Known(CONTENTS.domains, known, CONTENTS.fields)).items == (item,)


@SLOW
@given(items(any_text | tricky))
def test_a_sheet_that_would_say_something_else_is_not_written(item: Item) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (("a.xlsx", write_xlsx), ("a.csv", write_csv)):
            path = Path(folder) / name
            try:
                write(path, [item], CONTENTS.domains, CONTENTS.fields)
            except SheetError:
                assert list(Path(folder).glob(f"*{path.suffix}")) == []
            else:
                known = {item.code: item.model_dump(mode="json", exclude={"version"})}
                assert read_sheets([path], Known(CONTENTS.domains, known, CONTENTS.fields)).items == (item,)


@SLOW
@given(
    st.lists(
        st.fixed_dictionaries(
            {"main": st.sampled_from(["甲", "yes", "# b"]), "name": any_text | tricky, "ways": st.tuples(any_text), "object": tricky}
        ),
        min_size=1,
        max_size=5,
    )
)
def test_the_directory_holds_any_text_and_keeps_main_items_together(drawn: list[dict[str, Any]]) -> None:
    around = {
        "kind": "行政许可",
        "basis": ("《甲法》",),
        "office": "police",
        "office_label": "公安局",
        "source": "示例",
        "promised_days": 3,
    }
    approvals = tuple(Approval.model_validate({**around, **each, "code": f"GA-{n:03}"}) for n, each in enumerate(drawn))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "police.yaml"
        path.write_text(office_yaml(OFFICE, approvals), "utf-8")
        read = read_directory([path])
    assert read.offices == (OFFICE,)
    assert read.approvals == approvals


def test_the_whole_sample_catalogue_comes_back_unchanged_from_every_kind_of_file(tmp_path: Path) -> None:
    whole, directory = read_files(sample_files()), read_directory(directory_files())
    texts = {tmp_path / "themes.yaml": themes_yaml(whole.themes), tmp_path / "fields.yaml": fields_yaml(whole.fields)}
    for domain in whole.domains:
        own = [item for item in whole.items if item.domain == domain.id]
        texts[tmp_path / f"{domain.id}.yaml"] = domain_yaml(domain, own, whole.fields)
    for office in directory.offices:
        its = [approval for approval in directory.approvals if approval.office == office.id]
        texts[tmp_path / f"directory-{office.id}.yaml"] = office_yaml(office, its)
    write_files(texts, replace=False)
    read = read_incoming(sorted(tmp_path.glob("*.yaml")))
    assert (read.contents, read.directory) == (whole, directory)
    bodies = {item.code: item.model_dump(mode="json", exclude={"version"}) for item in whole.items}
    for name, write in (("all.xlsx", write_xlsx), ("all.csv", write_csv)):
        write(tmp_path / name, whole.items, whole.domains, whole.fields)
        assert read_incoming([tmp_path / name], Records(whole.domains, items=bodies)).contents.items == whole.items


async def test_importing_an_export_makes_no_versions(catalogue: Catalogue, tmp_path: Path) -> None:
    items, domains = await catalogue.items(), await catalogue.domains()
    for name, write in (("all.xlsx", write_xlsx), ("all.csv", write_csv)):
        write(tmp_path / name, items, domains, CONTENTS.fields)
        report = await catalogue.import_files([tmp_path / name], take_off_missing=True)
        assert len(report.unchanged) == 5
        assert not report.changes
    assert await catalogue.version() == 1


async def test_a_sheet_changes_items_of_the_records_and_adds_new_ones(catalogue: Catalogue, tmp_path: Path) -> None:
    items = [item.model_copy(update={"promised_days": 1}) for item in await catalogue.items() if item.code == "YL-001"]
    new = items[0].model_copy(update={"code": "YL-010", "name": "新的证"})
    write_xlsx(tmp_path / "a.xlsx", [*items, new], await catalogue.domains(), CONTENTS.fields)
    report = await catalogue.import_files([tmp_path / "a.xlsx"])
    assert (report.added, report.changed) == (("YL-010",), ("YL-001",))
    assert [item.code for item in await catalogue.items()] == ["YL-001", "YL-002", "YL-003", "YL-010", "ZJ-001", "ZJ-002"]


def test_a_file_that_is_there_is_replaced_only_when_that_is_wanted(tmp_path: Path) -> None:
    first, beside = tmp_path / "elderly.yaml", tmp_path / "themes.yaml"
    first.write_text("old", "utf-8")
    beside.write_text("own", "utf-8")
    with pytest.raises(ExportError, match=r"elderly.yaml is there already.*--force"):
        write_files({first: "new", beside: "new"}, replace=False)
    assert (first.read_text("utf-8"), beside.read_text("utf-8")) == ("old", "own")
    write_files({tmp_path / "other.yaml": "new", beside: "new"}, replace=False)
    assert beside.read_text("utf-8") == "own"
    write_files({first: "new", beside: "new"}, replace=True)
    assert (first.read_text("utf-8"), beside.read_text("utf-8")) == ("new", "new")
