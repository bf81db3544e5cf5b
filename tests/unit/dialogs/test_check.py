"""Each kind of finding, shown by a flow that is broken on purpose (`broken_flows/<code>.yaml`), and none by a whole one.

A broken flow says in its first lines why it is broken, on which terminal that shows (`on`) and by which inputs (`way`); `# <-` marks the line
that must be named. Flows beside it (`<code>.<flow>.yaml`) and those of `whole/` complete the book.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from channels.tv.budget import BUDGET as TV
from channels.wechat.budget import BUDGET as WECHAT
from dialogs.book import Book, read_book
from dialogs.load import FlowError
from dialogs.tools.check import MEANINGS, Code, Finding, Report, check, codes, unreadable
from ivr.budget import TELEPHONE

FLOWS = Path(__file__).parent / "broken_flows"
BROKEN = sorted(path.stem for path in FLOWS.glob("*.yaml") if "." not in path.stem)
BUDGETS = (WECHAT, TV, TELEPHONE)
#: Small, so that a flow that counts without end is given up soon; the whole flows need a tenth of it.
MOST = 400


@dataclass(frozen=True)
class Expected:
    line: int
    on: str
    way: tuple[str, ...]


def expected(code: str) -> Expected:
    written = (FLOWS / f"{code}.yaml").read_text("utf-8").splitlines()
    notes = dict(line[2:].split(": ", 1) for line in written if line.startswith(("# on: ", "# way: ")))
    marked = [n for n, line in enumerate(written, 1) if line.endswith("# <-")]
    assert len(marked) == 1, f"{code}.yaml marks {len(marked)} lines"
    return Expected(marked[0], notes.get("on", ""), tuple(notes["way"].split(" → ")) if "way" in notes else ())


def folder(code: str, into: Path) -> Path:
    """The whole flows with those of one broken book in their place."""
    for path in (FLOWS / "whole").glob("*.yaml"):
        shutil.copy(path, into / path.name)
    for path in FLOWS.glob(f"{code}.*yaml"):
        _, _, flow = path.stem.partition(".")
        shutil.copy(path, into / f"{flow or 'main'}.yaml")
    return into


def hears_chinese(phrase: str) -> bool:
    return all("\u4e00" <= character <= "\u9fff" for character in phrase)


def found(flows: Path) -> Report:
    try:
        book = read_book(folder=flows)
    except FlowError as wrong:
        return unreadable(wrong)
    return check(book, BUDGETS, hears_chinese, most=MOST)


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_flow_is_found_with_code_line_and_the_shortest_way(code: str, tmp_path: Path) -> None:
    report, wanted = found(folder(code, tmp_path)), expected(code)
    assert [str(f.code) for f in report.findings] == [code], [str(f) for f in report.findings]
    finding = report.findings[0]
    assert (Path(finding.file).name, finding.line) == ("main.yaml", wanted.line), str(finding)
    if wanted.way:
        assert finding.path == wanted.way
    if wanted.on:
        assert finding.terminal == wanted.on
    assert finding.message


def test_every_code_has_a_broken_flow() -> None:
    assert set(BROKEN) == set(map(str, Code))


def test_every_code_is_explained_with_its_mend() -> None:
    assert set(MEANINGS) == set(Code)
    assert all(what.endswith(".") and mend.endswith(".") for _, what, mend in codes())


def test_whole_flows_have_no_findings(tmp_path: Path) -> None:
    report = found(folder("whole", tmp_path))
    assert [str(f) for f in report.findings] == []
    assert set(report.situations) == {"wechat", "tv", "telephone"}
    assert all(count >= 3 for count in report.situations.values())


def test_the_same_flows_give_the_same_report_twice(tmp_path: Path) -> None:
    flows = folder("sounds-alike", tmp_path)
    assert found(flows) == found(flows)


def test_a_finding_for_machines_has_every_field_as_plain_data() -> None:
    finding = Finding("flows/x.yaml", 3, Code.TRAP, "goes round", "tv", ("<arrive>", "查进度"))
    assert json.loads(json.dumps(finding.plain())) == {
        "file": "flows/x.yaml",
        "line": 3,
        "code": "trap",
        "message": "goes round",
        "terminal": "tv",
        "path": ["<arrive>", "查进度"],
    }


def test_of_one_kind_at_one_line_the_shortest_way_is_told(tmp_path: Path) -> None:
    report = found(folder("breaks", tmp_path))
    assert [len(f.path) for f in report.findings] == [3]


def test_no_flows_at_all_is_no_pass(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no flows to check"):
        found(tmp_path)


def test_book_is_read_once_and_immutable() -> None:
    book = read_book()
    assert isinstance(book, Book)
    with pytest.raises(AttributeError):
        book.flows = {}  # type: ignore[misc]
