"""The trial clerk: shows recent cases and moves them as a clerk would, through the records' own state machine."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from records.cases import TRANSITIONS, Act, Cases, State

NAME = "试用办事员"
"""Who the records say moved the case."""

ACTS = {
    Act.ACCEPT: "受理",
    Act.SUPPLEMENT: "要求补正",
    Act.PROCESS: "开始办理",
    Act.APPROVE: "办结",
    Act.REFUSE: "不予",
    Act.DELIVER: "送达",
}
"""What a clerk does; withdrawing is the resident's."""

NOTES = {Act.SUPPLEMENT: "请补交一张近期照片（试用）", Act.REFUSE: "不符合条件（试用）"}
"""Asking for more and refusing want a reason."""

CHANNELS = {"wechat": "微信", "tv": "电视", "telephone": "电话", "console": "终端"}


class Clerk:
    """Recent cases as the page shows them, and the moves."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases

    async def recent(self, limit: int = 12) -> list[dict[str, Any]]:
        """Newest first; numbers masked."""
        rows = await self._cases.recent(limit)
        return [
            {
                "id": str(row.id),
                "number": row.number_masked,
                "item": row.item_name,
                "state": str(row.state),
                "state_name": row.state_label,
                "channel": CHANNELS.get(row.channel, row.channel),
                "when": row.submitted.strftime("%m-%d %H:%M"),
                "moves": [{"to": str(act), "name": ACTS[act]} for act in TRANSITIONS.get(State(row.state), {}) if act in ACTS],
            }
            for row in rows
        ]

    async def move(self, case: UUID, act: str, seen_state: str) -> None:
        """One act on a case that the page saw in `seen_state`. Raises RecordsError (moved meanwhile, not possible), KeyError, ValueError."""
        wanted, seen = Act(act), State(seen_state)
        number = await self._cases.number_of(case)
        if number is None:
            raise KeyError(case)
        await self._cases.move(number, wanted, NAME, NOTES.get(wanted, ""), expected=seen)
