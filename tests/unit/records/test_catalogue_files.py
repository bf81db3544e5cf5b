"""Catalogue files and their errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from records.catalogue import CatalogueError, read_directory, read_files

OFFICE = """\
office: {id: police, label: 公安局, code: GA, source: 示例}
approvals:
  - main: 机动车驾驶证核发
    kind: 行政许可
    basis: [《中华人民共和国道路交通安全法》]
    items:
      - code: GA-001
        name: 驾驶证初次申领
        aliases: [考驾照]
        ways: [想学开车去哪考]
        object: 第一次申请的人
        legal_days: 5
        promised_days: 1
      - {code: GA-002, name: 驾驶证增驾, ways: [想升个大车本], object: 驾驶人, promised_days: 1}
"""


def lines_told(findings: tuple[str, ...], path: Path, told: str) -> set[int]:
    fitting = [finding for finding in findings if told in finding]
    assert fitting, findings
    return {int(finding.removeprefix(f"{path}:").partition(":")[0]) for finding in fitting}


def lines_with(path: Path, piece: str) -> set[int]:
    return {number for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if piece in line}


@pytest.mark.parametrize(
    ("old", "new", "piece", "told"),
    [
        ("promised_days: 5", "promised_days: soon", "promised_days: soon", "promised_days"),
        ("fee: 不收费", "fees: 不收费", "fees:", "Extra inputs"),
        ("code: YL-002", "code: YL-001", "YL-001", "there already"),
        ("id: elderly", "id: Elderly", "Elderly", "id"),
        ("theme: care", "theme: caring", "caring", "no theme"),
        ("      - mobile\n", "", "code: YL-001", "mobile"),
        ("      - mobile\n", "      - mobil\n", "- mobil", "no shared field"),
        ("type: yes_no", "type: perhaps", "perhaps", "type"),
        ("spoken: 满六十岁", "spoken: " + "长" * 71 + "满六十岁", "长长长", "at most 70"),
        ("    level: 村\n", "    level: 县级\n", "level: 县级", "level"),
        ("    level: 村\n", "    level: 村\n    level: 社区\n", "level: 社区", "twice"),
        ("    sample: true\n", "    sample: true\n    version: 3\n", "version: 3", "not written"),
        ("items:\n", "more: 1\nitems:\n", "more: 1", "unknown key"),
        ("items:\n", "items: [\n", "items: [", "YAML"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(files: Path, old: str, new: str, piece: str, told: str) -> None:
    path = files / "elderly.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueError) as wrong:
        read_files([path])
    found = lines_told(wrong.value.findings, path, told)
    assert told == "YAML" or found & lines_with(path, piece)


def test_all_mistakes_of_all_files_are_told_at_once(files: Path) -> None:
    path = files / "elderly.yaml"
    path.write_text(path.read_text("utf-8").replace("fee: 不收费", "fee: 3", 2), "utf-8")
    with pytest.raises(CatalogueError) as wrong:
        read_files([path, files / "missing.yaml"])
    assert len(wrong.value.findings) == 3


def test_promising_less_than_the_law_allows_is_the_only_way(files: Path) -> None:
    path = files / "elderly.yaml"
    path.write_text(path.read_text("utf-8").replace("promised_days: 5", "legal_days: 4\n    promised_days: 5", 1), "utf-8")
    with pytest.raises(CatalogueError, match="the law allows 4"):
        read_files([path])


def test_a_directory_file_is_read_office_by_office_and_by_code(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(OFFICE, "utf-8")
    (tmp_path / "b.yaml").write_text(OFFICE.replace("police", "roads").replace("GA", "JT"), "utf-8")
    read = read_directory([tmp_path / "b.yaml", tmp_path / "a.yaml"])
    assert [office.id for office in read.offices] == ["roads", "police"]
    assert [approval.code for approval in read.approvals] == ["JT-001", "JT-002", "GA-001", "GA-002"]
    first = read.approvals[0]
    assert (first.main, first.kind, first.office_label, first.legal_days) == ("机动车驾驶证核发", "行政许可", "公安局", 5)
    assert (read.approvals[1].legal_days, read.approvals[1].aliases) == (None, ())


@pytest.mark.parametrize(
    ("old", "new", "piece", "told"),
    [
        ("promised_days: 1\n", "promised_days: soon\n", "soon", "promised_days"),
        ("promised_days: 1\n", "promised_days: 6\n", "code: GA-001", "the law allows 5"),
        ("code: GA-002", "code: GA-001", "GA-001", "there already"),
        ("code: GA-002", "code: JT-002", "JT-002", "wants to begin with GA"),
        ("kind: 行政许可", "kind: 许可", "kind: 许可", "kind"),
        ("    kind: 行政许可\n", "", "- main:", "wants the keys"),
        ("        object: 第一次", "        office: police\n        object: 第一次", "office: police\n", "comes from around it"),
        ("    items:\n", "    items: []\n    x:\n", "- main", "wants the keys"),
        ("ways: [想学开车去哪考]", "ways: [甲, 甲]", "code: GA-001", "twice"),
        ("ways: [想学开车去哪考]", "ways: []", "ways: []", "ways"),
        ("label: 公安局, ", "", "office: {", "label"),
        ("approvals:", "approval:", "office: {", "wants the keys 'office' and 'approvals'"),
        ("approvals:", "more: 1\napprovals:", "more: 1", "unknown key"),
        ("approvals:", "approvals: [", "approvals: [", "YAML"),
    ],
)
def test_a_mistake_in_a_directory_file_is_told_with_file_and_line(tmp_path: Path, old: str, new: str, piece: str, told: str) -> None:
    path = tmp_path / "police.yaml"
    assert old in OFFICE
    path.write_text(OFFICE.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueError) as wrong:
        read_directory([path])
    found = lines_told(wrong.value.findings, path, told)
    assert told == "YAML" or found & lines_with(path, piece.strip())


def test_a_main_item_whose_basis_is_wrong_is_told_once_for_all_its_sub_items(tmp_path: Path) -> None:
    path = tmp_path / "police.yaml"
    path.write_text(OFFICE.replace("basis: [《中华人民共和国道路交通安全法》]", "basis: 道路交通安全法"), "utf-8")
    with pytest.raises(CatalogueError) as wrong:
        read_directory([path])
    assert [finding for finding in wrong.value.findings if "basis" in finding] == list(wrong.value.findings)
    assert lines_told(wrong.value.findings, path, "basis") == {5}
    assert len(wrong.value.findings) == 1
