"""Reads approvals of the city directory from sheets: a row a sub-item, with its main item and office. What has no column stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from records.catalogue.directory import Approval, Office
from records.catalogue.sheets.columns import layout, plain
from records.catalogue.sheets.rows import Findings, Row


def read_approvals(
    rows: Iterable[tuple[str, Row]], offices: tuple[Office, ...], bodies: Mapping[str, Mapping[str, Any]], told: Findings
) -> tuple[Approval, ...]:
    """The approvals of the rows, by code. offices: those that are known. bodies: code -> approval as the records keep it."""
    by_name = {plain(name): office for office in offices for name in (office.id, office.label)}
    sheet = layout().sheets["approvals"]
    found: list[Approval] = []
    for code, row in rows:
        before = len(told.findings)
        filled = {**bodies.get(code, {}), **told.values(row, sheet), "code": code}
        if (name := filled.get("office")) is not None:
            office = by_name.get(plain(str(name)))
            if office is None:
                known = "、".join(office.label for office in offices) or "none: import their YAML files first"
                told.tell(row.place, sheet.id, "office", f"there is no office {name!r}; known: {known}")
            else:
                filled |= {"office": office.id, "office_label": office.label, "source": office.source}
                if not code.startswith(office.code):
                    told.tell(row.place, sheet.id, "code", f"{code} wants to begin with {office.code}, its office's")
        if len(told.findings) > before:
            continue
        checked = told.check(Approval, filled)
        if isinstance(checked, list):
            for loc, what in checked:
                if not loc or loc[0] not in ("office_label", "source"):  # they come with the office
                    told.tell(row.place, sheet.id, str(loc[0]) if loc else None, what, mend=True)
            continue
        told.once(f"approval {code}", row.place)
        found.append(checked)
    return tuple(found)
