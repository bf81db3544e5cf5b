"""The actions on real records.

An action gets plain arguments and gives an outcome with plain data (JSON); `down` is every action's outcome when the records cannot be
reached. The words in its data come from the catalogue or from the words files.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dialogs.actions.specs import Context
from dialogs.contract import Address, Choice
from dialogs.heard import Done
from dialogs.telling import may_be_known, tell
from dialogs.words import Words
from records.cases import Cases, CaseView, Submission
from records.catalogue import Approval, Catalogue, Domain, Item
from records.catalogue.items import KNOWN
from records.forms import SubmissionError
from records.handovers import HandOvers
from records.residents import Profiles
from records.vault import Vault

Run = Callable[..., Awaitable[Done]]

LONGEST_HEARD = 8
"""Characters of a name that is offered to a recogniser as one phrase; longer ones are heard in parts."""


@dataclass(frozen=True, slots=True)
class Offices:
    """The parts of the records that actions turn to."""

    catalogue: Catalogue
    cases: Cases
    hand_overs: HandOvers
    profiles: Profiles


class Actions:
    """The actions on real records. `run(name, context, arguments)` gives the outcome; what the records raise when down is left to the shell."""

    def __init__(self, offices: Offices, vault: Vault, words: Words, notified: frozenset[str] = frozenset()) -> None:
        """`notified`: channels whose address is one person's, who can be written to later and be remembered."""
        self._catalogue, self._cases = offices.catalogue, offices.cases
        self._hand_overs, self._profiles = offices.hand_overs, offices.profiles
        self._vault, self._words, self._notified = vault, words, notified
        self._run: dict[str, Run] = {
            "list_themes": self._list_themes,
            "list_under": self._list_under,
            "open_item": self._open_item,
            "read_back": self._read_back,
            "submit_request": self._submit_request,
            "find_case": self._find_case,
            "ask_call_back": self._ask_call_back,
            "may_keep": self._may_keep,
            "keep_profile": self._keep_profile,
            "forget_profile": self._forget_profile,
        }

    async def run(self, name: str, context: Context, arguments: Mapping[str, Any]) -> Done:
        """One asking. Raises what the records raise."""
        return await self._run[name](context, **arguments)

    async def _list_themes(self, _: Context) -> Done:
        themes = await self._catalogue.themes()
        return Done("found", [{"id": f"theme:{t.id}", "label": t.label, "words": list(t.words)} for t in themes])

    async def _list_under(self, _context: Context, group: str) -> Done:
        """What a heading of the menu holds: a theme its domains (its items, where it has one domain only), a domain its items."""
        kind, _, name = group.partition(":")
        domains = [domain for domain in await self._catalogue.domains() if name == (domain.theme if kind == "theme" else domain.id)]
        if kind == "theme" and len(domains) > 1:
            return Done("found", [{"id": c.id, "label": c.label, "words": list(c.words)} for c in domain_choices(domains)])
        within = {domain.id for domain in domains}
        items = [item for item in await self._catalogue.items() if item.domain in within]
        return Done("found", [{"id": item.code, "label": item.name, "words": []} for item in items])

    async def _open_item(self, _: Context, code: str) -> Done:
        item = await self._catalogue.item(code)
        if item is not None and item.offered:
            return Done("found", _guide(item, self._words))
        approval = await self._catalogue.approval(code)
        return Done("missing") if approval is None else Done("elsewhere", _where_to(approval))

    async def _read_back(self, _: Context, service: Mapping[str, Any], answers: Mapping[str, Any]) -> Done:
        """The answers as the resident checks them. Personal numbers by their last four: screens and rooms are shared, messages stay."""
        lines = []
        for field in service["form"]:
            if (value := answers.get(field["name"])) is None:
                continue
            text, speech = tell(field, value, self._words)
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
        return Done("done", {"number": case.number, "next": what_next(self._words, service["promised_days"])})

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

    async def _ask_call_back(self, context: Context, reference: str, mobile: str) -> Done:
        """On the hand-over that nobody answered, else on one of its own. Done only when it stands in the records."""
        if reference and await self._hand_overs.add_call_back(reference, mobile):
            return Done("done")
        address = context.address
        await self._hand_overs.open(context.key, "call_back", address.channel, self._index(address), (), call_back_mobile=mobile)
        return Done("done")

    async def _may_keep(self, context: Context, service: Mapping[str, Any], answers: Mapping[str, Any]) -> Done:
        """What could be remembered of the answers and is not yet."""
        if context.address.channel not in self._notified:
            return Done("nothing")
        known = await self._profiles.known(self._index(context.address))
        fresh = {kind: value for kind, value in own_answers(service, answers).items() if known.get(kind) != value}
        labels = [field["label"] for field in service["form"] if field["type"] in fresh]
        return Done("ask", {"labels": "、".join(dict.fromkeys(labels))}) if labels else Done("nothing")

    async def _keep_profile(self, context: Context, service: Mapping[str, Any], answers: Mapping[str, Any]) -> Done:
        await self._profiles.remember(self._index(context.address), own_answers(service, answers))
        return Done("done")

    async def _forget_profile(self, context: Context) -> Done:
        return Done("done" if await self._profiles.forget(self._index(context.address)) else "none")

    def _index(self, address: Address) -> str:
        return self._vault.index(f"{address.channel}:{address.user}", "address")


def what_next(words: Words, days: int) -> str:
    """What comes after a request, by the promised working days; 0 is at once."""
    return words("common.what_next", days=days) if days else words("common.what_next_at_once")


def own_answers(service: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, str]:
    """The answers about the resident themself, by slot type: their mobile, and what the form says is their own."""
    return {
        field["type"]: str(answers[field["name"]])
        for field in service["form"]
        if field["type"] in KNOWN and answers.get(field["name"]) and may_be_known(field, answers)
    }


def _guide(item: Item, words: Words) -> dict[str, Any]:
    """What is told of a service, and its form."""
    return {
        "name": item.name,
        "code": item.code,
        "version": item.version,
        "sample": item.sample,
        "spoken": item.spoken,
        "level": item.level,
        "handling": item.handling,
        "at_home": item.at_home,
        "promised_days": item.promised_days,
        "legal_days": item.legal_days,
        "fee": item.fee,
        "benefit": item.benefit,
        "object": item.object,
        "conditions": list(item.conditions),
        "process": list(item.process),
        "place": item.place,
        "hours": item.hours,
        "contact": item.contact,
        "result": item.result,
        "basis": list(item.basis),
        "materials": [words("common.material", name=m.name, copies=m.copies, source=m.source) for m in item.materials],
        "form": [field.model_dump(mode="json") for field in item.form],
    }


def _where_to(approval: Approval) -> dict[str, Any]:
    """What the city's directory says of an approval; there is no form, it is requested at the office."""
    return {
        "name": approval.name,
        "code": approval.code,
        "office": approval.office_label,
        "object": approval.object,
        "promised_days": approval.promised_days,
        "basis": list(approval.basis),
        "form": [],
    }


def domain_choices(domains: Iterable[Domain]) -> tuple[Choice, ...]:
    """Domains as headings of the menu."""
    return tuple(Choice(f"domain:{domain.id}", domain.label, words=domain.words) for domain in domains)


def names_to_hear(items: Iterable[Item], approvals: Iterable[Approval], domains: Iterable[Domain]) -> tuple[str, ...]:
    """Names a recogniser should listen for at an open question: what every service and domain is called, where that is short."""
    services: list[Item | Approval] = [*items, *approvals]
    names = [name for one in services for name in (one.name, *one.aliases)]
    names += [name for domain in domains for name in (domain.label, *domain.words)]
    return tuple(dict.fromkeys(name for name in names if len(name) <= LONGEST_HEARD))
