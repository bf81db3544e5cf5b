"""Processes that the reliability tests start and kill. Run as: python records_children.py WHAT DATABASE_URL MORE…"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from records.cases import Cases, Submission
from records.database import Database
from records.notices import DeliveryResult
from records.vault import Vault
from records.worker import work

SECRET = "a test's secret, forty characters or more"
MOBILE = "13800138000"


def submission(key: str, notify: str | None = None) -> Submission:
    answers = {"for_whom": "self", "has_card": "no", "mobile": MOBILE}
    return Submission(key, "YL-001", 1, answers, "wechat", MOBILE, None, "0" * 32, notify)


async def submit(url: str, first: str, many: str) -> None:
    """Submits request `first`, `first` + 1 … and tells each when it is recorded."""
    cases = Cases(Database(url), Vault(SECRET))
    for n in range(int(first), int(first) + int(many)):
        case = await cases.submit(submission(f"request-{n}"))
        print(n, case.number, flush=True)


def note(log: str, key: str) -> None:
    with Path(log).open("a") as file:
        file.write(f"{key}\n")


async def deliver(url: str, log: str, hang: str) -> None:
    """A worker whose terminal writes each delivery down; with hang = "yes" it then never answers, so that it can be killed in between."""

    async def terminal(channel: str, user: str, text: str, key: str) -> DeliveryResult:
        note(log, key)
        if hang == "yes":
            print("delivering", flush=True)
            await asyncio.sleep(3600)
        return DeliveryResult("delivered")

    await work(Database(url), Vault(SECRET), terminal, lambda notice: notice.item_name, until_idle=hang == "no")


if __name__ == "__main__":
    asyncio.run({"submit": submit, "deliver": deliver}[sys.argv[1]](*sys.argv[2:]))
