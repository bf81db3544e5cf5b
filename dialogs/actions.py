"""What flows may ask of the records: each action's name, outcomes and, for exploring flows without records, a sample of each outcome.

An action gets plain arguments and gives an outcome with plain data (JSON); `down` is every action's outcome when the records cannot be
reached. The words in its data come from the catalogue or from the words files.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dialogs.contract import Address
from dialogs.heard import Done
from dialogs.words import Words
from nlu.values import as_spoken_digits, mask_id, mask_mobile
from records.cases import Cases, CaseView, Submission
from records.catalogue import Catalogue, FormField, Item
from records.forms import SubmissionError
from records.vault import Vault


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


Run = Callable[..., Awaitable[Done]]

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
    "promised_days": 5,
    "fee": "不收费",
    "sample": True,
    "materials": ["身份证原件"],
    "form": _SAMPLE_FORM,
}
_SAMPLE_LIST = [{"id": f"theme:{label}", "label": label, "words": []} for label in ("老人", "医保", "住房补贴", "身份证")]
_SAMPLE_ITEMS = [
    {"id": f"SAMPLE-00{n}", "label": label, "words": []}
    for n, label in enumerate(("低保", "社保卡", "居住证", "法律援助", "临时救助", "残疾人证"), 1)
]

SPECS: dict[str, ActionSpec] = {
    spec.name: spec
    for spec in (
        ActionSpec("list_themes", frozenset(), {"found": _SAMPLE_LIST, "down": None}),
        ActionSpec("list_items", frozenset({"theme"}), {"found": _SAMPLE_ITEMS, "down": None}),
        ActionSpec("open_item", frozenset({"code"}), {"found": _SAMPLE_SERVICE, "missing": None, "down": None}),
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


def _plain_field(field: FormField) -> dict[str, Any]:
    return field.model_dump(mode="json")


class Actions:
    """The actions on real records. `run(name, context, arguments)` gives the outcome; what the records raise when down is left to the shell."""

    def __init__(self, catalogue: Catalogue, cases: Cases, vault: Vault, words: Words, notified: frozenset[str] = frozenset()) -> None:
        """`notified`: channels on which notices about a case can be sent later."""
        self._catalogue, self._cases, self._vault, self._words = catalogue, cases, vault, words
        self._notified = notified
        self._run: dict[str, Run] = {
            "list_themes": self._list_themes,
            "list_items": self._list_items,
            "open_item": self._open_item,
            "read_back": self._read_back,
            "submit_request": self._submit_request,
            "find_case": self._find_case,
        }

    async def run(self, name: str, context: Context, arguments: Mapping[str, Any]) -> Done:
        """One asking. Raises what the records raise."""
        return await self._run[name](context, **arguments)

    async def _list_themes(self, _: Context) -> Done:
        themes = await self._catalogue.themes()
        return Done("found", [{"id": f"theme:{t.id}", "label": t.label, "words": list(t.words)} for t in themes])

    async def _list_items(self, _: Context, theme: str) -> Done:
        wanted = theme.removeprefix("theme:")
        items = [item for item in await self._catalogue.items() if item.theme == wanted]
        return Done("found", [{"id": item.code, "label": item.name, "words": []} for item in items])

    async def _open_item(self, _: Context, code: str) -> Done:
        item = await self._catalogue.item(code)
        if item is None or not item.offered:
            return Done("missing")
        return Done(
            "found",
            {
                "name": item.name,
                "code": item.code,
                "version": item.version,
                "spoken": item.spoken,
                "promised_days": item.promised_days,
                "fee": item.fee,
                "sample": item.sample,
                "materials": [self._words("common.material", name=m.name, copies=m.copies, source=m.source) for m in item.materials],
                "form": [_plain_field(field) for field in item.form],
            },
        )

    async def _read_back(self, _: Context, service: Mapping[str, Any], answers: Mapping[str, Any]) -> Done:
        """The answers as the resident checks them. Personal numbers by their last four: screens and rooms are shared, messages stay."""
        lines = []
        for field in service["form"]:
            if (value := answers.get(field["name"])) is None:
                continue
            text = speech = str(value)
            match field["type"]:
                case "choice":
                    text = speech = next((c["label"] for c in field["choices"] if c["id"] == value), str(value))
                case "yes_no":
                    text = speech = self._words("common.yes" if value else "common.no")
                case "mobile" | "id_number":
                    hide = mask_mobile if field["type"] == "mobile" else mask_id
                    text, speech = hide(text), self._words("common.ends_with", digits=as_spoken_digits(text[-4:]))
                case "digits":
                    speech = as_spoken_digits(text)
            lines.append({"id": field["name"], "label": field["label"], "text": text, "speech": speech})
        return Done("found", lines)

    async def _submit_request(self, context: Context, service: Mapping[str, Any], answers: Mapping[str, Any]) -> Done:
        plain = {k: ("yes" if v is True else "no" if v is False else str(v)) for k, v in answers.items() if v is not None}
        types = {field["name"]: field["type"] for field in service["form"]}
        ids = [v for k, v in plain.items() if types.get(k) == "id_number"]
        submission = Submission(
            request_key=context.key,
            item_code=service["code"],
            item_version=service["version"],
            answers=plain,
            channel=context.address.channel,
            mobile=next(v for k, v in plain.items() if types.get(k) == "mobile"),
            id_number=ids[0] if ids else None,
            address_index=self._index(context.address),
            notify_user=context.address.user if context.address.channel in self._notified else None,
        )
        try:
            case = await self._cases.submit(submission)
        except SubmissionError:
            return Done("unfit")
        return Done("done", {"number": case.number, "next": self._words("common.what_next", days=service["promised_days"])})

    async def _find_case(self, context: Context, number: str, tail: str) -> Done:
        lookup = await self._cases.look_up(number, tail, asker=self._index(context.address))
        view: CaseView | None = lookup.case
        if view is None:
            return Done(str(lookup.outcome))
        return Done(
            "found",
            {
                "item": view.item_name,
                "state": view.state_label,
                "day": view.last_event.isoformat(),
                "meaning": self._words(f"common.state_{view.standing}"),
                "note": view.note,
            },
        )

    def _index(self, address: Address) -> str:
        return self._vault.index(f"{address.channel}:{address.user}", "address")


def item_ways(items: tuple[Item, ...]) -> tuple[str, ...]:
    """Names a recogniser should listen for at an open question: every item's name and its short ways of saying it."""
    return tuple(dict.fromkeys(name for item in items for name in (item.name, *item.ways) if len(name) <= 8))
