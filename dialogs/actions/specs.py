"""What flows may ask of the records: each action's name, outcomes and, for exploring flows without records, a sample of each outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dialogs.contract import Address


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks and as which asking: `key` is the same however often one asking is repeated."""

    address: Address
    key: str


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """What a `do` step may name. `samples`: outcome -> example data. `commits`: outcomes behind which there is no going
    back, because something was, or may have been, recorded."""

    name: str
    arguments: frozenset[str]
    samples: Mapping[str, Any]
    commits: frozenset[str] = frozenset()


_SAMPLE_FORM = [
    {"name": "for_whom", "label": "给谁办", "type": "choice", "prompt": "给谁办？", "speech": None, "optional": False, "mask": False,
     "choices": [{"id": "self", "label": "本人", "words": ["我"]}, {"id": "parents", "label": "父母", "words": ["老人"]}]},
    {"name": "id_number", "label": "身份证号", "type": "id_number", "prompt": "请输入身份证号。", "speech": None, "optional": False,
     "mask": True, "choices": []},
    {"name": "mobile", "label": "手机号", "type": "mobile", "prompt": "请输入手机号。", "speech": None, "optional": False, "mask": True,
     "choices": []},
]  # fmt: skip
_SAMPLE_SERVICE = {
    "name": "示例事项",
    "code": "SAMPLE-001",
    "version": 1,
    "spoken": "这是一个示例。",
    "level": "村",
    "handling": "代办",
    "at_home": True,
    "promised_days": 5,
    "legal_days": None,
    "fee": "不收费",
    "benefit": "按公布的标准发放",
    "sample": True,
    "materials": ["身份证原件"],
    "object": "示例对象",
    "conditions": ["示例条件"],
    "process": ["申请", "受理", "办结"],
    "place": "便民服务中心",
    "hours": "工作日",
    "contact": "便民服务中心",
    "result": "示例证",
    "basis": ["《示例办法》"],
    "form": _SAMPLE_FORM,
}
_SAMPLE_LIST = [{"id": f"theme:{label}", "label": label, "words": []} for label in ("老人", "医保", "住房补贴", "身份证")]
_SAMPLE_APPROVAL = {
    "name": "示例许可",
    "code": "SAMPLE-002",
    "office": "示例局",
    "object": "示例对象",
    "promised_days": 5,
    "basis": ["《示例办法》"],
    "form": [],
}
_SAMPLE_ITEMS = [
    {"id": f"SAMPLE-00{n}", "label": label, "words": []}
    for n, label in enumerate(("低保", "社保卡", "居住证", "法律援助", "临时救助", "残疾人证"), 1)
]

SPECS: dict[str, ActionSpec] = {
    spec.name: spec
    for spec in (
        ActionSpec("list_themes", frozenset(), {"found": _SAMPLE_LIST, "down": None}),
        ActionSpec("list_under", frozenset({"group"}), {"found": _SAMPLE_ITEMS, "down": None}),
        ActionSpec(
            "open_item",
            frozenset({"code"}),
            {"found": _SAMPLE_SERVICE, "elsewhere": _SAMPLE_APPROVAL, "missing": None, "down": None},
        ),
        ActionSpec(
            "read_back",
            frozenset({"service", "answers"}),
            {"found": [{"id": "mobile", "label": "手机号", "text": "138****8000", "speech": "尾号八零零零"}]},
        ),
        ActionSpec(
            "submit_request",
            frozenset({"service", "answers"}),
            {"done": {"number": "2612304275", "next": "工作人员会联系您。"}, "unfit": None, "down": None},
            commits=frozenset({"done", "down"}),
        ),
        ActionSpec("ask_call_back", frozenset({"reference", "mobile"}), {"done": None, "down": None}, commits=frozenset({"done"})),
        ActionSpec("may_keep", frozenset({"service", "answers"}), {"ask": {"labels": "手机号、身份证号"}, "nothing": None, "down": None}),
        ActionSpec("keep_profile", frozenset({"service", "answers"}), {"done": None, "down": None}),
        ActionSpec("forget_profile", frozenset(), {"done": None, "none": None, "down": None}),
        ActionSpec(
            "find_case",
            frozenset({"number", "tail"}),
            {
                "found": {"item": "示例事项", "state": "办理", "day": "2026-11-23", "meaning": "正在办。", "note": ""},
                "not_found": None,
                "locked": None,
                "down": None,
            },
        ),
    )
}
