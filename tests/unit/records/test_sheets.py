"""Catalogue sheets: what a clerk may write, what is told when it cannot be used, and what is refused unread."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from records.catalogue import CatalogueError, Contents, Item, Office, directory_files, read_directory, read_files
from records.catalogue.sheets import Known, read_sheets, write_csv, write_template, write_xlsx
from records.catalogue.sheets.columns import layout
from records.catalogue.sheets.grid import COLUMNS_MOST, FILE_MOST, ROWS_MOST

from .conftest import FILES

CONTENTS: Contents = read_files(sorted(FILES.glob("*.yaml")))
NEW = Known(CONTENTS.domains, {}, CONTENTS.fields)
"""Records without items."""
OLD = Known(CONTENTS.domains, {item.code: item.model_dump(mode="json", exclude={"version"}) for item in CONTENTS.items}, CONTENTS.fields)
"""Records with these very items."""

Edit = Callable[[Worksheet, Callable[[int, str, Any], None]], None]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "items.xlsx"
    write_xlsx(path, CONTENTS.items, CONTENTS.domains, CONTENTS.fields)
    return path


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "items.csv"
    write_csv(path, CONTENTS.items, CONTENTS.domains, CONTENTS.fields)
    return path


def edit(path: Path, *cells: tuple[str, int, str, Any], title: str = "事项") -> Path:
    """Changes cells of the workbook: (sheet, row, column's title, value)."""
    workbook = load_workbook(path)
    for tab, row, column, value in cells:
        worksheet = workbook[tab or title]
        heads = {cell.value: cell.column for cell in worksheet[1]}
        cell = worksheet.cell(row, heads[column])
        cell.number_format = "General"
        cell.value = value
    workbook.save(path)
    return path


def findings(path: Path, known: Known = NEW) -> list[str]:
    with pytest.raises(CatalogueError) as wrong:
        read_sheets([path], known)
    return [finding.removeprefix(f"{path}: ") for finding in wrong.value.findings]


def read(path: Path, known: Known = NEW) -> dict[str, Item]:
    return {item.code: item for item in read_sheets([path], known).items}


def make_csv(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize(
    ("column", "value", "field", "meant"),
    [
        ("承诺时限", 5, "promised_days", 5),
        ("承诺时限", 5.0, "promised_days", 5),
        ("承诺时限", "５", "promised_days", 5),
        ("承诺时限", "5个工作日", "promised_days", 5),
        ("承诺时限", "5 工作日", "promised_days", 5),
        ("承诺时限", "当场办结", "promised_days", 0),
        ("承诺时限", 0, "promised_days", 0),
        ("法定时限", "无", "legal_days", None),
        ("法定时限", None, "legal_days", None),
        ("法定时限", "20个工作日", "legal_days", 20),
        ("上门", "√", "at_home", True),
        ("上门", True, "at_home", True),
        ("上门", False, "at_home", False),
        ("上门", "不可以", "at_home", False),
        ("上门", "Ｙ", "at_home", True),
        ("层级", "村级", "level", "村"),
        ("层级", " 乡 镇 ", "level", "乡镇"),
        ("办理方式", "帮办代办", "handling", "代办"),
        ("收费标准", 40, "fee", "40"),
        ("法定条件", "1.年满六十周岁；\n2.有本地户籍；\n", "conditions", ("年满六十周岁", "有本地户籍")),
        ("法定条件", "（一）年满六十周岁\r\n（二）有本地户籍", "conditions", ("年满六十周岁", "有本地户籍")),
        ("法定条件", "①年满六十周岁；②有本地户籍", "conditions", ("年满六十周岁", "有本地户籍")),
        ("法定条件", "年满六十周岁;有本地户籍", "conditions", ("年满六十周岁", "有本地户籍")),
        ("法定条件", "1.5米以上的大门", "conditions", ("1.5米以上的大门",)),
        ("可办", None, "offered", True),
        ("可办", "否", "offered", False),
        ("示例", None, "sample", False),
        ("表格", None, "forms", ()),
        ("所属领域", "elderly", "domain", "elderly"),
    ],
)
def test_a_cell_may_be_written_in_the_ways_that_people_write_it(book: Path, column: str, value: Any, field: str, meant: Any) -> None:
    assert getattr(read(edit(book, ("", 2, column, value)))["YL-001"], field) == meant


def test_materials_have_four_or_five_parts_with_narrow_or_wide_bars(book: Path) -> None:
    written = "1、居民身份证｜原件｜1份｜本人自备\n2、合影|复印件|2|本人自备|近三个月的"
    first, second = read(edit(book, ("", 2, "申报材料", written)))["YL-001"].materials
    assert (first.name, first.form, first.copies, first.source, first.note) == ("居民身份证", "原件", 1, "本人自备", "")
    assert (second.copies, second.note) == (2, "近三个月的")


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("承诺时限", datetime.date(2026, 5, 1), "is a date or time"),
        ("承诺时限", "soon", "'soon' is not a number of working days; write: 工作日数"),
        ("承诺时限", "15天", "'15天' is not in working days"),
        ("承诺时限", "3个月", "'3个月' is not in working days"),
        ("承诺时限", 5.5, "'5.5' is not a number of working days"),
        ("承诺时限", -1, "'-1' is not a number of working days"),
        ("承诺时限", 400, "less than or equal to 365; write: 工作日数"),
        ("承诺时限", "无", "'无' is no time limit"),
        ("承诺时限", "=1+1", "is a formula without a result; open and save the file in Excel"),
        ("承诺时限", "#REF!", "shows #REF!"),
        ("收费标准", None, "is empty; write: 不收费"),
        ("层级", "县级", "'县级' is none of 乡镇、街道、村、社区"),
        ("办理方式", "网办", "'网办' is none of 直办、代办"),
        ("上门", "看情况", "'看情况' is neither 是 nor 否"),
        ("所属领域", "交通", "there is no domain '交通'; known: 养老服务、户口证件"),
        ("申报材料", "居民身份证", "has 1 of the 4 or 5 parts; write: 每份材料写成 名称|形式"),
        ("申报材料", "居民身份证|原件|若干|本人自备", "'若干', is not how many copies"),
        ("申报材料", "居民身份证|原件|0|本人自备", "greater than or equal to 1"),
        ("别名", "老年证", "at least 3 items"),
        ("口语说明", "长" * 71, "at most 70 characters; write: 电话里念的一段话"),
        ("法定条件", "；", "at least 1 item"),
    ],
)
def test_a_cell_that_cannot_be_used_is_told_with_row_column_and_mend(book: Path, column: str, value: Any, told: str) -> None:
    (finding,) = findings(edit(book, ("", 3, column, value)))
    assert finding.startswith(f"sheet 事项, row 3, column {column}: ")
    assert told in finding


def test_every_bad_row_is_told_and_none_is_taken(book: Path) -> None:
    told = findings(edit(book, ("", 2, "收费标准", None), ("", 4, "层级", "县"), ("", 4, "上门", "?"), ("", 6, "承诺时限", "soon")))
    assert [finding.split(":")[0] for finding in told] == [
        "sheet 事项, row 2, column 收费标准",
        "sheet 事项, row 4, column 层级",
        "sheet 事项, row 4, column 上门",
        "sheet 事项, row 6, column 承诺时限",
    ]


def test_what_holds_over_several_cells_is_told_with_the_row(book: Path) -> None:
    (finding,) = findings(edit(book, ("", 2, "法定时限", 3)))
    assert finding == "sheet 事项, row 2: promises 5 days where the law allows 3"


def test_a_code_and_a_name_stand_there_once(book: Path) -> None:
    assert "item YL-001 is there already, at" in findings(edit(book, ("", 3, "事项编码", "yl-001")))[0]
    (finding,) = findings(edit(book, ("", 3, "事项编码", "YL-002"), ("", 3, "事项名称", "老年优待证")))
    assert finding.startswith("sheet 事项, row 3: name 老年优待证 is there already, at ")


@pytest.mark.parametrize(
    ("code", "told"), [(None, "is empty; write: 两个大写字母"), ("YL1", "should match pattern"), (datetime.date(2026, 1, 1), "is a date")]
)
def test_a_row_without_a_usable_code_is_told(book: Path, code: Any, told: str) -> None:
    (finding,) = [each for each in findings(edit(book, ("", 3, "事项编码", code)), OLD) if "事项编码" in each]
    assert finding.startswith("sheet 事项, row 3, column 事项编码: ")
    assert told in finding


def test_the_usual_other_names_of_columns_are_known_with_stars_units_and_breaks(book: Path) -> None:
    others = {"事项编码": "*实施编码", "法定依据": "设定依据", "实施对象": "服务对象", "法定条件": "受理条件", "申报材料": "申请材料"}
    others |= {"承诺时限": "承诺办结时限\n（工作日）", "办理流程": "办 事 流 程：", "联系方式": "咨询电话(全)"}
    cells = [("", 1, old, new) for old, new in others.items()]
    assert read(edit(book, *cells)) == {item.code: item for item in CONTENTS.items}


def test_an_unknown_column_is_told_with_the_nearest_known_one_and_some_are_passed_over(book: Path) -> None:
    (finding,) = findings(edit(book, ("", 1, "待遇标准", "待遇标淮")))
    assert finding == "sheet 事项, row 1: unknown column '待遇标淮': is it 待遇标准? Rename it, delete it, or begin its name with x-"
    (finding,) = findings(edit(book, ("", 1, "待遇标淮", "天气")))
    assert "unknown column '天气': rename it" in finding
    for passed in ("备注", "x-内部", "序号"):
        assert read(edit(book, ("", 1, "天气", passed)), OLD)["YL-002"].benefit
        edit(book, ("", 1, passed, "天气"))


def test_a_column_that_is_there_twice_is_told(book: Path) -> None:
    (finding,) = [each for each in findings(edit(book, ("", 1, "待遇标准", "收费"))) if "twice" in each]
    assert finding == "sheet 事项, row 1: column 收费标准 is there twice: keep one"


def test_without_a_column_of_codes_nothing_can_be_read(book: Path) -> None:
    told = findings(edit(book, ("", 1, "事项编码", "x-编码")))
    assert "sheet 事项, row 1: there is no column 事项编码: every row wants one" in told


def test_titles_above_the_headings_and_empty_rows_between_are_passed_over(book: Path) -> None:
    workbook = load_workbook(book)
    tab = workbook["事项"]
    tab.insert_rows(4, 3)
    tab.insert_rows(1, 2)
    tab["A1"] = "镇村服务事项目录（2026年版）"
    tab["A2"] = "填表单位：便民服务中心"
    tab.merge_cells("A1:H1")
    tab.merge_cells("A2:C2")
    workbook.save(book)
    assert read(book) == {item.code: item for item in CONTENTS.items}
    edit_row = load_workbook(book)
    edit_row["事项"].cell(4, 13).value = None
    edit_row.save(book)
    assert findings(book)[0].startswith("sheet 事项, row 4, column 收费标准: is empty")


def test_a_cell_merged_downwards_counts_for_all_its_rows(book: Path) -> None:
    workbook = load_workbook(book)
    tab = workbook["事项"]
    tab.merge_cells("C2:C4")
    workbook.save(book)
    assert {item.domain for item in read(book).values() if item.code.startswith("YL")} == {"elderly"}


def test_a_cell_merged_sideways_is_told(book: Path) -> None:
    workbook = load_workbook(book)
    workbook["事项"].merge_cells("M3:N3")
    workbook.save(book)
    assert any("row 3: the cells M3:N3 are merged across columns: unmerge them" in each for each in findings(book))


def test_a_formula_with_a_result_counts_as_its_result(tmp_path: Path, book: Path) -> None:
    edit(book, ("", 2, "承诺时限", "=2+2"))
    data = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(data, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                assert b"<f>2+2</f><v />" in content or b"<f>2+2</f><v></v>" in content
                content = content.replace(b"<f>2+2</f><v />", b"<f>2+2</f><v>4</v>").replace(b"<f>2+2</f><v></v>", b"<f>2+2</f><v>4</v>")
            new.writestr(part, content)
    book.write_bytes(data.getvalue())
    assert read(book)["YL-001"].promised_days == 4


def test_an_unknown_tab_is_told_and_an_empty_or_marked_one_passed_over(book: Path) -> None:
    workbook = load_workbook(book)
    workbook.create_sheet("Sheet2")
    workbook.create_sheet("x-旧的")["A1"] = "什么都可以"
    workbook.save(book)
    assert len(read(book)) == 5
    workbook.create_sheet("草稿")["A1"] = "事项"
    workbook.save(book)
    (finding,) = findings(book)
    assert finding == "sheet 草稿, is none of 事项、问法、表单、审批目录、说明: rename it, delete it, or begin its name with x-"


def test_a_workbook_with_one_tab_of_any_name_is_a_list_of_items(tmp_path: Path) -> None:
    workbook = Workbook()
    tab = workbook.active
    assert tab is not None
    tab.append(["事项编码", "承诺时限"])
    tab.append(["YL-001", 2])
    workbook.save(tmp_path / "one.xlsx")
    assert read(tmp_path / "one.xlsx", OLD)["YL-001"].promised_days == 2


def test_what_has_no_column_and_empty_cells_for_ways_and_questions_leave_the_item_as_it_is(tmp_path: Path) -> None:
    rows = [["事项编码", "承诺时限", "表单", "口语问法"], ["YL-001", "2", "", ""]]
    before = next(item for item in CONTENTS.items if item.code == "YL-001")
    assert read(make_csv(tmp_path / "few.csv", rows), OLD) == {"YL-001": before.model_copy(update={"promised_days": 2})}


def test_a_new_item_wants_everything_that_it_lacks(tmp_path: Path) -> None:
    told = findings(make_csv(tmp_path / "few.csv", [["事项编码", "事项名称"], ["YL-009", "新事项"]]))
    columns = {finding.partition("column ")[2].partition(":")[0] for finding in told}
    needed = {column.title for column in layout().sheets["items"].columns if column.need and column.field not in ("code", "name")}
    assert columns == needed | {"口语问法", "表单"}
    assert all("row 2" in finding and "Field required; write: " in finding for finding in told)


def test_the_form_of_a_csv_names_shared_questions(sheet: Path) -> None:
    rows = list(csv.reader(io.StringIO(sheet.read_text("utf-8-sig"))))
    at = rows[0].index("表单")
    rows[1][at] = "for_whom；born；mobile"
    item = read(make_csv(sheet, rows), OLD)["YL-001"]
    assert [question.name for question in item.form] == ["for_whom", "born", "mobile"]
    rows[1][at] = "for_whom；birthday；mobile"
    (finding,) = findings(make_csv(sheet, rows), OLD)
    assert "row 2, column 表单: there is no shared question 'birthday'; shared: for_whom、id_number" in finding


def test_questions_are_shared_ones_changed_ones_or_their_own(book: Path) -> None:
    workbook = load_workbook(book)
    tab = workbook["表单"]
    tab.delete_rows(2, 100)
    tab.append(["YL-001", "for_whom"])
    tab.append(
        ["YL-001", "lives", "老人住哪", None, "老人住在哪个镇？", *[None] * 3, None, "for_whom != 'self'", None, None, None, None, "乡镇"]
    )
    tab.append(["YL-001", "why", "为什么", "选择", "为什么办？", None, None, "lost|丢了|不见了、掉了；new|新办"])
    tab.append(["YL-001", "mobile"])
    workbook.save(book)
    form = {question.name: question for question in read(book, OLD)["YL-001"].form}
    shared = {question.name: question for question in CONTENTS.fields}
    assert (form["for_whom"], form["mobile"]) == (shared["for_whom"], shared["mobile"])
    lives = shared["lives"].model_copy(
        update={"label": "老人住哪", "prompt": "老人住在哪个镇？", "when": "for_whom != 'self'", "level": "town"}
    )
    assert form["lives"] == lives
    assert [(choice.id, choice.label, choice.words) for choice in form["why"].choices] == [
        ("lost", "丢了", ("不见了", "掉了")),
        ("new", "新办", ()),
    ]
    assert [question.name for question in read(book, OLD)["YL-002"].form] == ["for_whom", "id_number", "mobile"]


@pytest.mark.parametrize(
    ("row", "column", "value", "told"),
    [
        (3, "类型", "表情", "sheet 表单, row 3, column 类型: '表情' is none of 选择、是否"),
        (3, "什么时候问", "whom == 'self'", "sheet 表单, row 3, column 什么时候问: "),
        (3, "字段", None, "sheet 表单, row 3, column 字段: is empty"),
        (3, "选项", "a|甲；b|乙", "sheet 表单, row 3: 'choices' belong to type choice"),
        (3, "选项", "甲", "sheet 表单, row 3, column 选项: '甲' has 1 of the 2 or 3 parts"),
        (2, "字段", "nobody", "sheet 表单, row 2, column 字段: there is no shared question 'nobody'"),
        (2, "事项编码", "YL-777", "sheet 表单, row 2: there is no item YL-777: write its row into sheet 事项 too"),
    ],
)
def test_a_mistake_in_a_question_is_told_with_its_own_row(book: Path, row: int, column: str, value: Any, told: str) -> None:
    assert any(finding.startswith(told) for finding in findings(edit(book, ("表单", row, column, value))))


def test_ways_are_a_sheet_of_their_own_and_too_few_are_told(book: Path) -> None:
    workbook = load_workbook(book)
    tab = workbook["问法"]
    tab.delete_rows(2, 100)
    tab.append(["YL-001", "口语", "怎么办老年证"])
    workbook.save(book)
    (finding,) = findings(book, OLD)
    assert finding.startswith("sheet 问法, row 2, column 口语问法: wants at least 8 sentences")
    workbook["问法"].append(["YL-001", "吆喝", "老年证嘞"])
    workbook.save(book)
    assert (
        "sheet 问法, row 3, column 类型: '吆喝' is none of 口语、间接、错字、误听; write: 口语、间接、错字、误听 四个里选一个"
        in findings(book, OLD)
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_the_encodings_that_spreadsheets_write(sheet: Path, encoding: str) -> None:
    text = sheet.read_text("utf-8-sig")
    sheet.write_bytes(text.encode(encoding))
    assert read(sheet, OLD) == {item.code: item for item in CONTENTS.items}


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_a_csv_may_have_tabs_or_semicolons(sheet: Path, delimiter: str) -> None:
    rows = list(csv.reader(io.StringIO(sheet.read_text("utf-8-sig"))))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    sheet.write_text(text.getvalue(), "utf-8")
    assert read(sheet, OLD) == {item.code: item for item in CONTENTS.items}


def test_a_csv_row_is_counted_as_a_spreadsheet_counts_it(tmp_path: Path) -> None:
    rows = [["事项编码", "法定条件", "承诺时限"], ["YL-001", "年满六十周岁\n有本地户籍", "5"], [], ["YL-002", "年满八十周岁", "soon"]]
    (finding,) = findings(make_csv(tmp_path / "a.csv", rows), OLD)
    assert finding.startswith("row 4, column 承诺时限: ")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xff\x00\x81", "is neither UTF-8 nor GB18030 text"),
        ("事项编码,承诺时限\nYL-001,\0".encode(), "is neither UTF-8 nor GB18030 text"),
        ('事项编码,承诺时限\nYL-001,"5'.encode(), "row 2: is not CSV"),
        ("事项编码,承诺时限\n".encode(), "has no items"),
        (b"", "has no items"),
        (("事项编码\n" + "YL-001\n" * ROWS_MOST).encode(), f"has more than {ROWS_MOST} rows"),
        (b"x" * (FILE_MOST + 1), f"at most {FILE_MOST:,}"),
    ],
)
def test_a_csv_that_is_none_is_refused(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    (finding,) = findings(tmp_path / "a.csv")
    assert told in finding


def test_a_text_that_a_spreadsheet_would_reckon_is_only_text(tmp_path: Path) -> None:
    item = CONTENTS.items[0].model_copy(update={"fee": "=1+1", "place": "-", "contact": "@所里", "hours": "2026-5-1", "object": "007"})
    for name, write in (("a.xlsx", write_xlsx), ("a.csv", write_csv)):
        write(tmp_path / name, [item], CONTENTS.domains, CONTENTS.fields)
        assert read(tmp_path / name, OLD) == {item.code: item}
    assert "'=1+1" in (tmp_path / "a.csv").read_text("utf-8-sig")
    assert load_workbook(tmp_path / "a.xlsx")["事项"]["M2"].data_type == "s"


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread(book: Path) -> None:
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/zeros.bin", b"\0" * 40_000_000)
    assert book.stat().st_size < FILE_MOST
    (finding,) = findings(book)
    assert "unpacks to 40," in finding


def test_a_workbook_whose_xml_would_grow_is_refused(book: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
    data = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(data, "w") as new:
        for part in old.infolist():
            new.writestr(part, bomb if part.filename == "xl/workbook.xml" else old.read(part))
    book.write_bytes(data.getvalue())
    (finding,) = findings(book)
    assert "is not a workbook that Excel or WPS wrote" in finding


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"PK\x03\x04 but no more", "is not a workbook that Excel or WPS wrote"),
        (b"just text", "is not a workbook that Excel or WPS wrote"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest", "is an old .xls, or locked with a password"),
    ],
)
def test_what_is_no_workbook_is_refused_with_the_mend(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "a.xlsx").write_bytes(data)
    (finding,) = findings(tmp_path / "a.xlsx")
    assert told in finding


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as packed:
        packed.writestr("hello.txt", "hello")
    (finding,) = findings(tmp_path / "a.xlsx")
    assert "is not a workbook that Excel or WPS wrote" in finding


@pytest.mark.parametrize("cell", [(ROWS_MOST + 1, 1), (2, COLUMNS_MOST + 1)])
def test_a_sheet_with_an_entry_far_away_is_refused_with_the_mend(book: Path, cell: tuple[int, int]) -> None:
    workbook = load_workbook(book)
    workbook["事项"].cell(*cell).value = "x"
    workbook.save(book)
    (finding,) = findings(book)
    assert "delete the empty rows and columns behind the last entry" in finding


def test_the_template_has_every_column_with_its_note_and_its_example_is_not_imported(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    write_template(path)
    (finding,) = findings(path)
    assert finding == "has no items: write a row for each below the headings"
    workbook = load_workbook(path)
    assert workbook.sheetnames == ["事项", "问法", "表单", "审批目录", "说明"]
    for sheet in layout().sheets.values():
        assert [cell.value for cell in workbook[sheet.title][1]][: len(sheet.columns)] == [
            column.title for column in sheet.columns
        ] or not (sheet.columns)
    assert workbook["事项"]["A2"].value == "例YL-001"
    comment = workbook["事项"]["A1"].comment
    assert comment is not None
    assert "两个大写字母" in comment.text
    assert len(list(workbook["说明"].rows)) == 1 + sum(len(sheet.columns) for sheet in layout().sheets.values())


def test_the_examples_of_the_template_are_themselves_right(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    write_template(path)
    edit(path, ("", 2, "事项编码", "YL-001"), ("", 2, "口语问法", "\n".join(f"第{n}种问法怎么说" for n in "一二三四五六七八")))
    item = read(path)["YL-001"]
    assert (item.name, item.level, item.promised_days, [question.name for question in item.form]) == (
        "老年优待证",
        "村",
        5,
        ["for_whom", "id_number", "mobile"],
    )


def test_no_two_columns_of_a_sheet_share_a_name() -> None:
    from records.catalogue.sheets.columns import plain

    for sheet in layout().sheets.values():
        names = [plain(name) for column in sheet.columns for name in {column.title, *column.also}]
        assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
        for column in sheet.columns:
            assert column.note, (sheet.id, column.field)


POLICE = Office(id="police", label="公安局", code="GA", source="示例")
APPROVALS = [["子项编码", "主项名称", "子项名称", "事项类型", "实施机关", "设定依据", "服务对象", "法定期限", "承诺期限", "问法"]]
APPROVALS += [
    [
        "GA-001",
        "驾驶证核发",
        "初次申领",
        "许可",
        "公安局",
        "《中华人民共和国道路交通安全法》",
        "驾驶人",
        "5",
        "即办",
        "想学开车；考驾照找谁",
    ]
]


def test_the_directory_is_read_from_a_sheet_with_the_columns_of_such_lists(tmp_path: Path) -> None:
    known = Known((), {}, (), (POLICE,))
    (approval,) = read_sheets([make_csv(tmp_path / "a.csv", APPROVALS)], known).approvals
    assert (approval.main, approval.name, approval.kind, approval.office) == ("驾驶证核发", "初次申领", "行政许可", "police")
    assert (approval.office_label, approval.source, approval.legal_days, approval.promised_days) == ("公安局", "示例", 5, 0)
    assert (approval.ways, approval.aliases, approval.offered) == (("想学开车", "考驾照找谁"), (), True)
    old = {approval.code: approval.model_dump(mode="json", exclude={"version"})}
    few = make_csv(tmp_path / "b.csv", [["事项编码", "主项", "承诺时限"], ["GA-001", "驾驶证核发", "3"]])
    (changed,) = read_sheets([few], Known((), {}, (), (POLICE,), old)).approvals
    assert changed == approval.model_copy(update={"promised_days": 3})


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        (0, "JT-001", "row 2, column 事项编码: JT-001 wants to begin with GA, its office's"),
        (0, "", "row 2, column 事项编码: is empty; write: 部门的字母"),
        (3, "处罚", "row 2, column 事项类型: '处罚' is none of 行政许可、"),
        (4, "交通局", "row 2, column 部门: there is no office '交通局'; known: 公安局"),
        (7, "一周", "row 2, column 法定时限: '一周' is not a number of working days"),
        (8, "6", "row 2: promises 6 days where the law allows 5"),
        (8, "", "row 2, column 承诺时限: is empty; write: 工作日数"),
        (9, "", "row 2, column 问法: Field required; write: 居民怎么问"),
    ],
)
def test_a_mistake_in_the_directory_is_told_with_row_column_and_mend(tmp_path: Path, column: int, value: str, told: str) -> None:
    rows = [list(row) for row in APPROVALS]
    rows[1][column] = value
    found = findings(make_csv(tmp_path / "a.csv", rows), Known((), {}, (), (POLICE,)))
    assert any(finding.startswith(told) for finding in found), found


def test_the_whole_directory_comes_back_from_a_workbook(tmp_path: Path) -> None:
    directory = read_directory(directory_files())
    path = tmp_path / "all.xlsx"
    write_xlsx(path, CONTENTS.items, CONTENTS.domains, CONTENTS.fields, directory.approvals, directory.offices)
    read = read_sheets([path], Known(CONTENTS.domains, {}, CONTENTS.fields, directory.offices))
    assert read.approvals == directory.approvals
    assert read.items == CONTENTS.items
