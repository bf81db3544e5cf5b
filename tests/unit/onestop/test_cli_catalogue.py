"""`onestop catalogue` from the command line, on the embedded database."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from onestop.cli import app

FILES = Path(__file__).parents[1] / "records" / "files"
"""The small catalogue of the records' tests."""
POLICE = """\
office: {id: police, label: 公安局, code: GA, source: 示例目录}
approvals:
  - main: 机动车驾驶证核发
    kind: 行政许可
    basis: [《中华人民共和国道路交通安全法》]
    items:
      - {code: GA-001, name: 驾驶证初次申领, aliases: [考驾照], ways: [想学开车], object: 第一次申请的人, promised_days: 1}
"""


class Line:
    """The command line on one test's own database."""

    def __init__(self, files: Path) -> None:
        self.files = files
        self._runner = CliRunner()

    def __call__(self, *words: object, code: int = 0) -> Result:
        said = self._runner.invoke(app, ["catalogue", *map(str, words)])
        assert said.exit_code == code, said.output
        assert "Traceback" not in said.output
        return said


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str, redis_url: str) -> Line:
    """An empty production catalogue, and a folder with the small catalogue's files."""
    for name in list(os.environ):
        if name.startswith("ONESTOP_"):
            monkeypatch.delenv(name)
    for name, value in (
        ("ONESTOP_MODE", "production"),
        ("ONESTOP_ASTERISK", "off"),
        ("ONESTOP_VAR", str(tmp_path / "var")),
        ("DATABASE_URL", database_url),
        ("REDIS_URL", redis_url),
        ("ONESTOP_SECRET", "s" * 40),
        ("COLUMNS", "200"),
    ):
        monkeypatch.setenv(name, value)
    files = Path(shutil.copytree(FILES, tmp_path / "files"))
    (files / "police.yaml").write_text(POLICE, "utf-8")
    return Line(files)


def change(path: Path, old: str, new: str) -> Path:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def test_a_catalogue_is_imported_changed_and_looked_at(line: Line) -> None:
    said = line("import", *sorted(line.files.glob("*.yaml")), "--take-off-missing").output
    assert "items: 5 new, 0 changed" in said
    assert "approvals: 1 new, 0 changed, 0 taken off, 0 unchanged" in said

    elderly = change(line.files / "elderly.yaml", "promised_days: 5", "promised_days: 4")
    said = line("import", elderly, "--dry-run").output
    assert "承诺时限" in said
    assert "items: 0 new, 1 changed, 0 taken off, 2 unchanged" in said
    assert "nothing was written (--dry-run)" in said
    assert "5 个工作日" in line("show", "yl-001").output
    line("import", elderly)

    shown = line("show", "YL-001").output
    for told in (
        "老年优待证 (sample)",
        "养老服务 · 村 · 代办，可以上门",
        "4 个工作日",
        "居民身份证，原件 1 份，本人自备",
        "以前办过老年优待证吗？",
        "敬老卡",
    ):
        assert told in shown, told
    assert "5 个工作日" in line("show", "YL-001", "--version", 1).output
    history = line("versions", "YL-001").output
    assert history.index("changed") < history.index("new")
    assert "公安局" in line("show", "GA-001").output
    assert "驾驶证初次申领" in line("list", "--directory").output

    listed = line("list", "--domain", "养老服务", "--level", "村").output
    assert "老年优待证" in listed
    assert not [name for name in ("社保卡", "高龄补贴") if name in listed]


def test_what_there_is_not_is_told_with_what_there_is(line: Line) -> None:
    line("import", *sorted(line.files.glob("*.yaml")))
    assert "domains: elderly (养老服务), papers (户口证件)" in line("list", "--domain", "traffic", code=1).output
    assert "there is no level '县'" in line("list", "--level", "县", code=2).output
    assert "onestop catalogue list" in line("show", "YL-999", code=2).output
    assert "of version 7" in line("show", "YL-001", "--version", 7, code=2).output
    assert "never was an item" in line("versions", "YL-999", code=2).output


def test_a_bad_row_keeps_everything_out_and_is_told_with_its_mend(line: Line) -> None:
    line("import", *sorted(line.files.glob("*.yaml")))
    book = line.files / "items.xlsx"
    line("export", book)
    workbook = load_workbook(book)
    workbook["事项"]["O2"], workbook["事项"]["O3"] = 3, "soon"
    assert workbook["事项"]["O1"].value == "承诺时限"
    workbook.save(book)
    said = line("import", book, code=1).output
    assert f"{book}: sheet 事项, row 3, column 承诺时限: 'soon' is not a number of working days; write: 工作日数，或者 当场办结" in said
    assert "5 个工作日" in line("show", "YL-001").output
    (line.files / "items.doc").write_text("x", "utf-8")
    assert "is neither YAML nor a sheet" in line("import", line.files / "items.doc", code=1).output


@pytest.mark.parametrize("name", ["all.xlsx", "all.csv", "elderly.yaml", "folder"])
def test_an_export_is_imported_without_a_change(line: Line, name: str) -> None:
    line("import", *sorted(line.files.glob("*.yaml")))
    target = line.files / "out" / name
    domain = ("--domain", "elderly") if name == "elderly.yaml" else ()
    line("export", target, *domain)
    made = sorted(target.glob("*.yaml")) if name == "folder" else [target]
    said = line("import", *made, "--take-off-missing").output
    count = 3 if domain else 5
    assert f"items: 0 new, 0 changed, 0 taken off, {count} unchanged" in said
    assert ("approvals: 0 new, 0 changed, 0 taken off, 1 unchanged" in said) == (name in ("folder", "all.xlsx"))
    if name != "folder":
        assert "is there already" in line("export", target, *domain, code=1).output
        line("export", target, *domain, "--force")


def test_an_export_that_cannot_be_is_told_and_writes_nothing(line: Line) -> None:
    out = line.files / "out"
    assert "the catalogue is empty" in line("export", out / "all.xlsx", code=1).output
    line("import", *sorted(line.files.glob("*.yaml")))
    assert "a YAML file holds one domain" in line("export", out / "all.yaml", code=1).output
    assert "write .xlsx, .csv or .yaml" in line("export", out / "all.pdf", code=1).output
    assert "there is no domain 'traffic'" in line("export", out / "all.csv", "--domain", "traffic", code=1).output
    assert not out.exists()


def test_a_template_is_written_once_and_imports_nothing(line: Line) -> None:
    path = line.files / "empty.xlsx"
    assert f"onestop catalogue import {path} --dry-run" in line("template", path).output.replace("\n", "")
    assert "is there already" in line("template", path, code=2).output
    line("template", path, "--force")
    assert "has no items" in line("import", path, code=1).output
    assert "ends with .xlsx" in line("template", line.files / "empty.csv", code=2).output
