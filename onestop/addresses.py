"""The small table printed at the start: where each terminal is reached, and what is missing and why."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from onestop.modes import AsteriskMode
from onestop.parts import Report
from onestop.settings import Settings
from onestop.trial_secrets import NAME

TITLES = {
    "watchdog": "看门狗",
    "postgres": "数据库",
    "redis": "会话",
    "catalogue": "事项目录",
    "engine": "对话引擎",
    "wechat": "微信",
    "tv": "电视",
    "voice": "语音合成",
    "recogniser": "语音识别",
    "asterisk": "电话交换机",
    "ami": "电话控制",
    "worker": "通知",
    "desk": "办事员后台",
}
"""What people call the parts; /healthz uses the names."""


def rows(settings: Settings, report: Report) -> list[tuple[str, str]]:
    """(what, where) of all that can be reached now."""
    base = settings.address
    found: list[tuple[str, str]] = []
    if settings.trial:
        found.append(("试用页 Trial page", f"{base}/"))
    if _on(report, "wechat"):
        found.append(("微信 WeChat webhook", f"{base}/wechat"))
    if _on(report, "tv"):
        found.append(("电视 TV page", f"{base}/tv"))
    if _on(report, "asterisk"):
        if settings.asterisk is AsteriskMode.EMBEDDED:
            found.append(
                ("电话 Telephone", f"拨 dial {settings.hotline} · sip:{settings.hotline}@{settings.sip_address}:{settings.sip_port}")
            )
        else:
            found.append(("电话 Telephone", f"拨 dial {settings.hotline} (Asterisk at {settings.ami_host})"))
    if _on(report, "desk"):
        where = f"用户 user {settings.staff_user}"
        if settings.trial:
            where += f" · 密码 password: ONESTOP_STAFF_PASSWORD in {settings.var / NAME}"
        found.append(("办事员 Desk", f"{base}/desk · {where}"))
    found.append(("健康 Health", f"{base}/healthz"))
    return found


def missing(report: Report) -> list[tuple[str, str]]:
    """(part, reason) of all that is not well."""
    return [
        (f"{TITLES.get(name, name)} {name}: {part.state}", part.reason or "no reason given")
        for name, part in report.parts.items()
        if part.state != "ok"
    ]


def show(settings: Settings, report: Report, console: Console) -> None:
    """Prints both."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for what, where in rows(settings, report):
        table.add_row(what, where)
    console.print()
    console.print("[bold]一站通 Onestop[/bold] " + ("试用模式 trial mode" if settings.trial else "production"), highlight=False)
    console.print(table, highlight=False)
    away = missing(report)
    if away:
        console.print("[yellow]现在没有的 Not available:[/yellow]")
        for part, reason in away:
            console.print(f"  • {part} – {reason}", markup=False, highlight=False, soft_wrap=True)
    if settings.trial:
        console.print(
            f"试用的密钥在 The trial made its own secrets: {settings.var / NAME}",
            style="dim",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    console.print("Ctrl-C 结束 ends it", style="dim")


def _on(report: Report, name: str) -> bool:
    part = report.parts.get(name)
    return part is not None and part.state != "off"
