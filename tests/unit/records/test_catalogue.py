"""Imports into the records, versions, and what is offered."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from records.catalogue import Catalogue, CatalogueError
from records.database import MIGRATIONS, Database

from .conftest import FILES

ALL = sorted(FILES.glob("*.yaml"))
OFFICE = """\
office: {id: police, label: 公安局, code: GA, source: 示例}
approvals:
  - main: 机动车驾驶证核发
    kind: 行政许可
    basis: [《中华人民共和国道路交通安全法》]
    items:
      - {code: GA-002, name: 驾驶证增驾, ways: [想升个大车本], object: 驾驶人, promised_days: 1}
      - {code: GA-001, name: 驾驶证初次申领, ways: [想学开车去哪考], object: 第一次申请的人, legal_days: 5, promised_days: 1}
"""


def changed(folder: Path, old: str, new: str, name: str = "elderly.yaml") -> Path:
    """The file of that name with the first `old` changed."""
    path = folder / name
    written = path.read_text("utf-8")
    assert old in written
    path.write_text(written.replace(old, new, 1), "utf-8")
    return path


@pytest.fixture
def office(tmp_path: Path) -> Path:
    path = tmp_path / "police.yaml"
    path.write_text(OFFICE, "utf-8")
    return path


async def test_an_import_counts_and_a_second_one_changes_nothing(database: Database) -> None:
    catalogue = Catalogue(database)
    assert (await catalogue.count(), await catalogue.version()) == (0, 0)
    first = await catalogue.import_files(ALL)
    assert len(first.added) == await catalogue.count() == 5
    assert {change.kind for change in first.changes} == {"new"}
    version = await catalogue.version()
    again = await catalogue.import_files(ALL)
    assert len(again.unchanged) == 5
    assert not again.changes
    assert not again.headings
    assert await catalogue.version() == version


async def test_a_changed_item_gains_a_version_and_the_others_keep_theirs(catalogue: Catalogue, files: Path) -> None:
    before = await catalogue.version()
    report = await catalogue.import_files([changed(files, "promised_days: 5", "promised_days: 4")])
    assert report.changed == ("YL-001",)
    assert [(each.field, each.old, each.new) for each in report.changes[0].fields] == [("promised_days", "5", "4")]
    assert await catalogue.version() > before
    now = await catalogue.item("YL-001")
    assert now is not None
    assert (now.version, now.promised_days) == (2, 4)
    old = await catalogue.item("YL-001", version=1)
    assert old is not None
    assert old.promised_days == 5
    assert {item.version for item in await catalogue.items() if item.code != "YL-001"} == {1}


async def test_another_process_sees_an_import_at_once(catalogue: Catalogue, database: Database, files: Path) -> None:
    other = Catalogue(database)
    await other.items()
    await catalogue.import_files([changed(files, "name: 高龄补贴", "name: 高龄津贴金")])
    assert "高龄津贴金" in {item.name for item in await other.items()}


async def test_a_dry_run_tells_but_changes_nothing(catalogue: Catalogue, files: Path, office: Path) -> None:
    version = await catalogue.version()
    report = await catalogue.import_files([changed(files, "promised_days: 5", "promised_days: 4"), office], dry_run=True)
    assert report.dry_run
    assert report.changed == ("YL-001",)
    assert report.approvals.added == ("GA-001", "GA-002")
    assert report.headings == ("公安局",)
    assert await catalogue.version() == version
    assert (await catalogue.item("YL-001")).version == 1  # type: ignore[union-attr]
    assert await catalogue.approvals() == ()


async def test_one_wrong_file_keeps_all_files_out_whatever_its_kind(database: Database, files: Path, office: Path) -> None:
    catalogue = Catalogue(database)
    office.write_text(OFFICE.replace("promised_days: 1}", "promised_days: soon}"), "utf-8")
    changed(files, "fee: 不收费", "fee: 3")
    with pytest.raises(CatalogueError) as wrong:
        await catalogue.import_files([*sorted(files.glob("*.yaml")), office])
    assert {finding.split(":")[0].rpartition("/")[2] for finding in wrong.value.findings} == {"elderly.yaml", "police.yaml"}
    assert (await catalogue.count(), await catalogue.version()) == (0, 0)


async def test_an_item_taken_off_is_no_longer_offered_but_still_there(catalogue: Catalogue, files: Path) -> None:
    report = await catalogue.import_files([changed(files, "    sample: true\n", "    sample: true\n    offered: false\n")])
    assert report.items.taken_off == ("YL-001",)
    assert await catalogue.count() == 4
    assert await catalogue.item("YL-001") is None
    assert await catalogue.item("YL-001", version=1) is not None
    back = await catalogue.import_files(ALL)
    assert [change.kind for change in back.changes] == ["back"]
    assert (await catalogue.item("YL-001")).version == 3  # type: ignore[union-attr]


async def test_what_a_domain_no_longer_has_is_taken_off_only_when_that_is_wanted(catalogue: Catalogue, files: Path) -> None:
    head, _, rest = (files / "elderly.yaml").read_text("utf-8").partition("  - code: YL-001")
    (files / "elderly.yaml").write_text(head + rest[rest.index("  - code: YL-002") :], "utf-8")
    assert not (await catalogue.import_files([files / "elderly.yaml"])).items.taken_off
    assert await catalogue.count() == 5
    report = await catalogue.import_files([files / "elderly.yaml"], take_off_missing=True)
    assert report.items.taken_off == ("YL-001",)
    assert {item.code for item in await catalogue.items()} == {"YL-002", "YL-003", "ZJ-001", "ZJ-002"}


async def test_two_imports_at_once_do_not_make_two_versions(database: Database) -> None:
    await asyncio.gather(*(Catalogue(database).import_files(ALL) for _ in range(4)))
    assert {item.version for item in await Catalogue(database).items()} == {1}


async def test_themes_and_domains_without_an_item_are_not_in_the_menu(catalogue: Catalogue, files: Path) -> None:
    assert [theme.id for theme in await catalogue.themes()] == ["care", "papers"]
    assert [domain.id for domain in await catalogue.domains()] == ["elderly", "papers"]
    written = (files / "papers.yaml").read_text("utf-8")
    (files / "papers.yaml").write_text(written.replace("    sample: true\n", "    sample: true\n    offered: false\n"), "utf-8")
    await catalogue.import_files([files / "papers.yaml"])
    assert [theme.id for theme in await catalogue.themes()] == ["care"]
    assert [domain.id for domain in await catalogue.domains()] == ["elderly"]


async def test_a_renamed_domain_is_stored_and_told(catalogue: Catalogue, files: Path) -> None:
    report = await catalogue.import_files([changed(files, "label: 养老服务", "label: 养老的事")])
    assert report.headings == ("养老的事",)
    assert [domain.label for domain in await catalogue.domains()] == ["养老的事", "户口证件"]
    assert {item.domain_label for item in await catalogue.items() if item.domain == "elderly"} == {"养老的事"}


async def test_the_history_of_an_item_says_what_each_version_changed(catalogue: Catalogue, files: Path) -> None:
    await catalogue.import_files([changed(files, "promised_days: 5", "promised_days: 4")])
    await catalogue.import_files([changed(files, "copies: 2", "copies: 1")])
    first, second, third = await catalogue.history("YL-001")
    assert first.change is not None
    assert first.change.kind == "new"
    assert second.change is not None
    assert second.change.fields[0].field == "promised_days"
    assert third.change is not None
    assert [(each.field, each.old, each.new) for each in third.change.fields] == [("materials.近期一寸免冠照片.copies", "2", "1")]
    assert await catalogue.history("YL-999") == ()


async def test_the_directory_of_approvals_has_versions_of_its_own(catalogue: Catalogue, office: Path) -> None:
    await catalogue.import_files([office])
    assert [approval.code for approval in await catalogue.approvals()] == ["GA-001", "GA-002"]
    assert [each.label for each in await catalogue.offices()] == ["公安局"]
    office.write_text(OFFICE.replace("object: 驾驶人", "object: 要增驾的驾驶人"), "utf-8")
    report = await catalogue.import_files([office])
    assert report.approvals.changed == ("GA-002",)
    assert report.items.added == ()
    changed_one = await catalogue.approval("GA-002")
    assert changed_one is not None
    assert (changed_one.version, changed_one.object, changed_one.main) == (2, "要增驾的驾驶人", "机动车驾驶证核发")
    office.write_text("\n".join(line for line in OFFICE.splitlines() if "GA-002" not in line), "utf-8")
    report = await catalogue.import_files([office], take_off_missing=True)
    assert report.approvals.taken_off == ("GA-002",)
    assert await catalogue.approval("GA-002") is None


async def test_items_from_before_there_were_domains_can_still_be_read(empty_database_url: str) -> None:
    body = {
        "code": "YL-001", "name": "老年优待证", "ways": ["老年证", "老人证", "敬老卡", "老年卡"], "theme": "care", "theme_label": "养老助残",
        "sample": True, "offered": True, "level": "县级",
        "basis": ["《中华人民共和国老年人权益保障法》"], "object": "老年人", "conditions": ["年满六十周岁"],
        "materials": [{"name": "居民身份证", "form": "原件", "copies": 1, "source": "本人自备", "note": ""}],
        "process": ["提出申请"], "fee": "不收费",
        "legal_days": None, "promised_days": 5, "contact": "便民服务中心", "place": "便民服务中心", "forms": [],
        "result": "老年优待证", "spoken": "可以办。",
        "form": [{"name": "mobile", "label": "手机", "type": "mobile", "prompt": "手机号？"}],
    }  # fmt: skip
    database = Database(empty_database_url)
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(_migrate_to, "0004")
            theme = {"id": "care", "label": "养老助残", "order": 1, "words": []}
            await connection.execute(
                text("INSERT INTO themes (id, position, body) VALUES ('care', 1, CAST(:body AS jsonb))"), {"body": json.dumps(theme)}
            )
            await connection.execute(
                text(
                    "INSERT INTO items (code, version, name, offered, digest, body, at) VALUES ('YL-001', 1, 'n', true, '', :body, now())"
                ),
                {"body": json.dumps(body)},
            )
        await database.migrate()
        (item,) = await Catalogue(database).items()
        assert item.aliases == ("老年证", "老人证", "敬老卡", "老年卡")
        assert [domain.label for domain in await Catalogue(database).domains()] == ["养老助残"]
        async with database.engine.begin() as connection:
            await connection.run_sync(_migrate_to, "0004")
            back = (await connection.execute(text("SELECT body FROM items"))).scalar_one()
        assert back == body
    finally:
        await database.close()


def _migrate_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    known = connection.dialect.has_table(connection, "domains")
    (command.downgrade if known else command.upgrade)(config, revision)
