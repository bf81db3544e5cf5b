"""The catalogue as staff see it."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from records.cases import Case
from records.catalogue import Catalogue
from records.database import Database

from .conftest import FILES

POLICE = """\
office: {id: police, label: 公安局, code: GA, source: 示例目录}
approvals:
  - main: 机动车驾驶证核发
    kind: 行政许可
    basis: [《中华人民共和国道路交通安全法》]
    items:
      - {code: GA-001, name: 驾驶证初次申领, aliases: [考驾照], ways: [想学开车], object: 第一次申请的人, legal_days: 5, promised_days: 1}
      - {code: GA-002, name: 驾驶证增驾, ways: [想升个大车本], object: 驾驶人, promised_days: 0}
"""


@pytest.fixture
async def files(cases: object, database: Database, tmp_path: Path) -> Path:
    """The imported catalogue's files, with a directory; to be changed."""
    folder = Path(shutil.copytree(FILES, tmp_path / "files"))
    (folder / "police.yaml").write_text(POLICE, "utf-8")
    await Catalogue(database).import_files([folder / "police.yaml"])
    return folder


async def test_the_catalogue_is_listed_by_domain_with_level_handling_version_and_source(clerk: httpx.AsyncClient) -> None:
    page = (await clerk.get("/desk/catalogue")).text
    assert page.index("养老服务（3 项）") < page.index("户口证件（2 项）")
    for told in (
        '<h2 class="page-title">事项目录</h2>',
        "老年优待证",
        "代办，可上门",
        "5 个工作日",
        "示例",
        "来源：示例。按公开的法律法规",
        "5 项。",
    ):
        assert told in page


@pytest.mark.parametrize(
    ("query", "there", "missing"),
    [
        ("domain=papers", ["居住证", "社保卡", "2 项，目录里一共 5 项"], ["老年优待证"]),
        ("level=村", ["老年优待证", "社保卡"], ["高龄补贴"]),
        ("domain=elderly&level=村", ["老年优待证"], ["社保卡", "高龄补贴"]),
        ("word=敬老卡", ["老年优待证"], ["高龄补贴"]),
        ("word=zj-00", ["居住证", "社保卡"], ["老年优待证"]),
        ("word=" + "%3Cscript%3E", ["没有这样的事项", "&lt;script&gt;"], ["老年优待证", '<script>"']),
    ],
)
async def test_the_list_is_narrowed_by_domain_level_and_word(
    clerk: httpx.AsyncClient, query: str, there: list[str], missing: list[str]
) -> None:
    page = (await clerk.get(f"/desk/catalogue?{query}")).text
    assert not [told for told in there if told not in page]
    assert not [told for told in missing if told in page]


async def test_a_guide_is_shown_whole_with_its_questions_and_ways(clerk: httpx.AsyncClient) -> None:
    page = (await clerk.get("/desk/catalogue/YL-003")).text
    for told in (
        "养老服务补贴（示例）", "街道，代办，可以上门", "年满六十周岁", "低保、特困证件可以代替", "能力评估", "不收费", "没有规定", "20 个工作日",
        "法定节假日休息", "《中华人民共和国老年人权益保障法》", "老人能自己吃饭、穿衣吗？（是否）", "self_care == &#39;no&#39; 时才问",
        "老太婆瘫在床上",
        "第 1 版", "新增",
    ):  # fmt: skip
        assert told in page, told


async def test_an_older_version_is_marked_and_its_changes_told(
    clerk: httpx.AsyncClient, database: Database, files: Path, case: Case
) -> None:
    elderly = files / "elderly.yaml"
    elderly.write_text(elderly.read_text("utf-8").replace("promised_days: 15", "promised_days: 9"), "utf-8")
    await Catalogue(database).import_files([elderly])
    now = (await clerk.get("/desk/catalogue/YL-002")).text
    assert "承诺时限：15 → 9" in now
    assert "9 个工作日" in now
    assert "不是现在的" not in now
    link = f"/desk/catalogue/YL-002?version={case.item_version}"
    assert link in (await clerk.get(f"/desk/case/{case.id}")).text
    old = (await clerk.get(link)).text
    assert "这是第 1 版，不是现在的" in old
    assert "15 个工作日" in old


async def test_an_item_taken_off_can_still_be_looked_at(clerk: httpx.AsyncClient, database: Database, files: Path) -> None:
    elderly = files / "elderly.yaml"
    elderly.write_text(elderly.read_text("utf-8").replace("    sample: true\n", "    sample: true\n    offered: false\n", 1), "utf-8")
    await Catalogue(database).import_files([elderly])
    assert "老年优待证" not in (await clerk.get("/desk/catalogue")).text
    assert "老年优待证（示例）（停办）" in (await clerk.get("/desk/catalogue/YL-001")).text


@pytest.mark.parametrize("path", ["YL-999", "YL-001?version=7", "YL-001?version=x"])
async def test_an_item_or_version_that_there_is_not_is_a_plain_error(clerk: httpx.AsyncClient, path: str) -> None:
    assert (await clerk.get(f"/desk/catalogue/{path}")).status_code == 404


async def test_the_directory_shows_main_items_with_their_sub_items_by_office(clerk: httpx.AsyncClient, files: Path) -> None:
    page = (await clerk.get("/desk/directory")).text
    for told in (
        "主项 1 项，子项 2 项",
        '<td rowspan="2">机动车驾驶证核发</td>',
        "行政许可",
        "5 个工作日",
        "当场办结",
        "没有规定",
        "来源：示例目录",
    ):
        assert told in page, told
    assert "驾驶证增驾" not in (await clerk.get("/desk/directory?word=考驾照&office=police")).text
    assert "没有这样的审批事项" in (await clerk.get("/desk/directory?office=none")).text


async def test_nothing_of_the_catalogue_can_be_changed_there(clerk: httpx.AsyncClient) -> None:
    for path in ("catalogue", "catalogue/YL-001", "directory"):
        assert (await clerk.post(f"/desk/{path}")).status_code == 405
