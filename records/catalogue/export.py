"""Writes the catalogue as YAML files, one a domain and one an office, that an import finds unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from records.catalogue.directory import FROM_AROUND, Approval, Office
from records.catalogue.items import PERSONAL, Domain, FormField, Item, Theme
from records.catalogue.reading import BESIDE
from records.errors import RecordsError

WIDTH = 150
CHANGED_MOST = 4  # keys of a shared question; with more it is plainer to write it out
FROM_DOMAIN = ("domain", "domain_label", "source", "version")


class ExportError(RecordsError):
    """Files that cannot be written; the text says why."""


def themes_yaml(themes: Iterable[Theme]) -> str:
    """The file of the themes."""
    return _yaml({"themes": [_plain(theme) for theme in themes]})


def fields_yaml(fields: Iterable[FormField]) -> str:
    """The file of the questions that forms share."""
    return _yaml({"fields": [_question(each) for each in fields]})


def domain_yaml(domain: Domain, items: Iterable[Item], fields: Sequence[FormField]) -> str:
    """The file of one domain with its items. fields: the shared questions; an import wants their file beside this one."""
    shared = {each.name: each for each in fields}
    entries = []
    for item in items:
        body = {key: value for key, value in _plain(item).items() if key not in FROM_DOMAIN}
        entries.append({**body, "form": [_asked(each, shared.get(each.name)) for each in item.form]})
    return f"# {domain.label}\n{_yaml({'domain': _plain(domain)})}\n{_spaced(_yaml({'items': entries}))}"


def office_yaml(office: Office, approvals: Iterable[Approval]) -> str:
    """The file of one office with its approvals, sub-items under their main item."""
    mains: dict[str, dict[str, Any]] = {}
    for each in approvals:
        main = mains.setdefault(each.main, {"main": each.main, "kind": each.kind, "basis": list(each.basis), "items": []})
        main["items"].append({key: value for key, value in _plain(each).items() if key not in FROM_AROUND})
    return f"# {office.label}\n{_yaml({'office': _plain(office)})}\n{_spaced(_yaml({'approvals': list(mains.values())}))}"


def write_files(texts: Mapping[Path, str], *, replace: bool) -> None:
    """Writes the files. Raises ExportError, before any is written, when one is there and may not be replaced.

    The files that stand beside others (`themes.yaml`, `fields.yaml`) are left as they are where they are there already.
    """
    there = [path for path in texts if path.exists() and path.name not in BESIDE]
    if there and not replace:
        raise ExportError(f"{there[0]} is there already: choose another name, or replace it with --force")
    for path, text in texts.items():
        if replace or not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")


def _asked(question: FormField, shared: FormField | None) -> str | dict[str, Any]:
    """A question as a form writes it: by its name, as a shared one with some keys changed, or whole."""
    if shared is None or shared.type != question.type:
        return _question(question)
    now, before = question.model_dump(mode="json"), shared.model_dump(mode="json")
    changed = {key: value for key, value in now.items() if value != before[key]}
    if not changed:
        return question.name
    return {"use": question.name, **changed} if len(changed) <= CHANGED_MOST else _question(question)


def _question(question: FormField) -> dict[str, Any]:
    plain = _plain(question)
    if question.type in PERSONAL:
        del plain["mask"]  # it always is
    return plain


def _plain(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_defaults=True)


class _Dumper(yaml.SafeDumper):
    """Puts texts with line breaks into double quotes: PyYAML loses the rarer kinds of them otherwise."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if text.splitlines() == [text] else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)


def _yaml(value: object) -> str:
    """Values that hold no others stand on one line, everything else in blocks."""
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=None, width=WIDTH)


def _spaced(text: str) -> str:
    """An empty line before each entry of the file's list but the first, for readers."""
    return text.replace("\n- ", "\n\n- ").replace("\n\n- ", "\n- ", 1)
