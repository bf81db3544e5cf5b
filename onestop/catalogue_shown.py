"""The catalogue in a terminal window: lists, one guide, what an import changes, a history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from records.catalogue import Approval, FormField, ImportReport, Item
from records.catalogue.changes import Change, FieldChange
from records.catalogue.importing import Tally
from records.catalogue.sheets.columns import layout
from records.catalogue.store import Version
from records.clock import local

LONGEST = 60  # characters of a value in a table of changes
KINDS = {"new": "green", "changed": "yellow", "taken off": "red", "back": "cyan"}
ITEM_FIELDS = (
    "object", "conditions", "materials", "process", "fee", "legal_days", "promised_days", "place", "hours", "contact", "benefit",
    "forms", "result", "basis", "aliases",
)  # fmt: skip


def report_lines(report: ImportReport) -> Iterator[RenderableType]:
    """What an import did or would do: a table of every value that changes, then the counts."""
    if report.changes:
        yield _changes_table(report.changes)
    if report.headings:
        yield f"headings new or changed: {'、'.join(report.headings)}"
    yield _counts("items", report.items)
    if any((report.approvals.added, report.approvals.changed, report.approvals.taken_off, report.approvals.unchanged)):
        yield _counts("approvals", report.approvals)
    if report.dry_run:
        yield "nothing was written (--dry-run)"


def items_table(items: Sequence[Item]) -> Table:
    """The items, one a line."""
    table = Table("code", "事项", "领域", "层级", "办理", "上门", "承诺", "收费", title=f"Service items 事项 ({len(items)})")
    for item in items:
        name = item.name + (" (sample)" if item.sample else "")
        at_home = "上门" if item.at_home else ""
        table.add_row(item.code, name, item.domain_label, item.level, item.handling, at_home, _days(item.promised_days), item.fee)
    return table


def approvals_table(approvals: Sequence[Approval]) -> Table:
    """The city directory, one a line."""
    mains = len({(approval.office, approval.main) for approval in approvals})
    table = Table(
        "code", "子项", "主项", "部门", "类型", "承诺", title=f"City directory 审批事项 ({mains} main items, {len(approvals)} sub-items)"
    )
    for each in approvals:
        table.add_row(each.code, each.name, each.main, each.office_label, each.kind, _days(each.promised_days))
    return table


def item_shown(item: Item) -> RenderableType:
    """One guide, field by field, with its questions."""
    title = f"{item.code} {item.name}" + (" (sample)" if item.sample else "") + ("" if item.offered else " (taken off)")
    guide = Table("", title, show_header=True, title_justify="left")
    guide.add_row("版本", f"{item.version}" if item.version else "")
    at_home = "，可以上门" if item.at_home else ""
    guide.add_row("领域", f"{item.domain_label} · {item.level} · {item.handling}{at_home}")
    guide.add_row("口语说明", item.spoken)
    titles = {column.field: column.title for column in layout().sheets["items"].columns}
    for name in ITEM_FIELDS:
        if text := _text(item, name):
            guide.add_row(titles[name], text)
    guide.add_row("来源", item.source)
    form = Table("字段", "类型", "问题", "什么时候问", title="表单")
    for question in item.form:
        form.add_row(question.name, question.type + ("（可不填）" if question.optional else ""), _asked(question), question.when or "")
    ways = Table("类型", "问法", title="问法")
    for kind, word in layout().sheets["ways"].columns[1].titles_of.items():
        ways.add_row(word, "\n".join(getattr(item.ways, kind)))
    return Group(guide, form, ways)


def approval_shown(approval: Approval) -> RenderableType:
    """One approval of the city directory."""
    table = Table("", f"{approval.code} {approval.name}")
    days = "没有规定" if approval.legal_days is None else _days(approval.legal_days)
    for title, text in (
        ("主项", approval.main), ("类型", approval.kind), ("部门", approval.office_label), ("实施对象", approval.object),
        ("法定依据", "；".join(approval.basis)), ("法定时限", days), ("承诺时限", _days(approval.promised_days)),
        ("别名", "；".join(approval.aliases)), ("问法", "\n".join(approval.ways)), ("来源", approval.source),
    ):  # fmt: skip
        table.add_row(title, text)
    return table


def versions_table(history: Sequence[Version]) -> Table:
    """A history, newest first."""
    item = history[-1].item
    table = Table("version", "imported", "what", "field", "before", "after", title=f"{item.code} {item.name}")
    for version in reversed(history):
        change = version.change
        fields = change.fields if change else ()
        rows = [(_field(each.field), _short(each.old), _short(each.new)) for each in fields] or [("", "", "")]
        for number, row in enumerate(rows):
            head = (str(version.item.version), f"{local(version.at):%Y-%m-%d %H:%M}", change.kind if change else "rewritten")
            table.add_row(*(head if number == 0 else ("", "", "")), *row)
    return table


def _changes_table(changes: Iterable[Change]) -> Table:
    table = Table("code", "事项", "what", "field", "before", "after", title="Changes 变化")
    for change in changes:
        kind = Text(change.kind, KINDS[change.kind])
        rows: Sequence[FieldChange | None] = change.fields or (None,)
        for number, each in enumerate(rows):
            told = ("", "", "") if each is None else (_field(each.field), _short(each.old), _short(each.new))
            table.add_row(*((change.code, change.name, kind) if number == 0 else ("", "", "")), *told)
    return table


def _counts(what: str, tally: Tally) -> str:
    return (
        f"{what}: {len(tally.added)} new, {len(tally.changed)} changed, {len(tally.taken_off)} taken off, {len(tally.unchanged)} unchanged"
    )


def _field(path: str) -> str:
    """A path of `FieldChange` with its first part as the sheets call it."""
    first, _, rest = path.partition(".")
    column = layout().sheets["items"].column(first.removesuffix(" (order)"))
    return (column.title if column else first) + (f" · {rest}" if rest else "") + (" (order)" if first.endswith(" (order)") else "")


def _short(value: str | None) -> str:
    if value is None:
        return "—"
    return value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"


def _text(item: Item, name: str) -> str:
    value = getattr(item, name)
    match name:
        case "materials":
            return "\n".join(
                f"{each.name}，{each.form} {each.copies} 份，{each.source}" + (f"（{each.note}）" if each.note else "") for each in value
            )
        case "process":
            return "\n".join(f"{number}. {step}" for number, step in enumerate(value, 1))
        case "legal_days" | "promised_days":
            return "没有规定" if value is None else _days(value)
    return "；".join(value) if isinstance(value, tuple) else str(value)


def _asked(question: FormField) -> str:
    return "\n".join([question.prompt, *(f"  {choice.label}" for choice in question.choices)])


def _days(days: int) -> str:
    return f"{days} 个工作日" if days else "当场办结"
