"""Reads and checks catalogue files. Pure but for opening the files; every finding names file and line.

Three kinds of file, known by their keys: `domain` and `items` (a domain of services, the usual one), `themes` (the headings of the menu) and
`fields` (questions that many forms share). What a domain's file needs of the latter two is also looked for beside it, in `themes.yaml` and
`fields.yaml`, so that one file can be read alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from records.catalogue.items import DOMAINS_MOST, THEMES_MOST, Domain, FormField, Item, Theme
from records.catalogue.marks import Marked, read, tuples
from records.errors import RecordsError

M = TypeVar("M", bound=BaseModel)

SAMPLES = Path(__file__).parent / "samples"
KINDS = ({"domain", "items"}, {"themes"}, {"fields"})
BESIDE = ("themes.yaml", "fields.yaml")


class CatalogueError(RecordsError):
    """Catalogue files that cannot be used. findings: one line each, "file:line: what is wrong"."""

    def __init__(self, findings: Iterable[str]) -> None:
        self.findings = tuple(findings)
        super().__init__("the catalogue was not changed:\n" + "\n".join(self.findings))


@dataclass(frozen=True, slots=True)
class Contents:
    """What the files hold, in menu order. fields: the questions that forms share."""

    themes: tuple[Theme, ...]
    domains: tuple[Domain, ...]
    items: tuple[Item, ...]
    fields: tuple[FormField, ...] = ()


def sample_files() -> tuple[Path, ...]:
    """The catalogue that comes with the program: 144 services of townships, streets, villages and communities, as examples."""
    return tuple(sorted(SAMPLES.glob("*.yaml")))


def read_files(paths: Iterable[Path]) -> Contents:
    """Reads all files or raises CatalogueError with every finding of every file."""
    given = list(dict.fromkeys(paths))
    names = {path.name for path in given}
    beside = [path.parent / name for path in given for name in BESIDE if name not in names]
    reader = _Reader()
    for path in [*dict.fromkeys(each for each in beside if each.exists()), *given]:
        reader.open(path)
    reader.read()
    if reader.findings:
        raise CatalogueError(reader.findings)
    themes = tuple(sorted(reader.themes, key=lambda theme: theme.order))
    place = {theme.id: theme.order for theme in themes}
    domains = tuple(sorted(reader.domains, key=lambda domain: (place[domain.theme], domain.order)))
    order = {domain.id: number for number, domain in enumerate(domains)}
    items = tuple(sorted(reader.items, key=lambda item: (order[item.domain], item.code)))
    return Contents(themes, domains, items, tuple(reader.fields[name] for name in reader.fields))


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    marked: Marked

    def at(self, *place: str | int) -> str:
        return f"{self.path}:{self.marked.line(place)}"


class _Reader:
    def __init__(self) -> None:
        self.findings: list[str] = []
        self.themes: list[Theme] = []
        self.domains: list[Domain] = []
        self.items: list[Item] = []
        self.fields: dict[str, FormField] = {}
        self._raw_fields: dict[str, dict[str, Any]] = {}
        self._files: list[_File] = []
        self._places: dict[str, str] = {}  # "item YL-001", "name 居住证", "theme care" -> "file:line"

    def open(self, path: Path) -> None:
        marked, findings = read(path)
        self.findings += findings
        if marked is None:
            return
        file = _File(path, marked)
        keys = {key for key in marked.value if not str(key).startswith("x-")} if isinstance(marked.value, dict) else set()
        if not any(keys and keys <= kind for kind in KINDS):
            known = set().union(*KINDS)
            odd = next((key for key in keys if key not in known), None)
            self.findings.append(
                f"{file.at(str(odd))}: unknown key {odd!r}; wants 'domain' and 'items', or 'themes', or 'fields'"
                if odd is not None
                else f"{path}:1: wants the keys 'domain' and 'items', or 'themes', or 'fields'"
            )
            return
        self._files.append(file)

    def read(self) -> None:
        """What the files hold: first what they share."""
        for file in self._files:
            for number, _ in enumerate(self._list(file, "themes")):
                if theme := self._model(Theme, file, file.marked.value["themes"][number], ("themes", number)):
                    self._once(f"theme {theme.id}", file.at("themes", number, "id"))
                    self._once(f"theme number {theme.order}", file.at("themes", number, "order"))
                    self.themes.append(theme)
            for number, raw in enumerate(self._list(file, "fields")):
                if field := self._model(FormField, file, raw, ("fields", number)):
                    self._once(f"field {field.name}", file.at("fields", number, "name"))
                    self.fields[field.name] = field
                    self._raw_fields[field.name] = raw
        for file in self._files:
            if "domain" in file.marked.value or "items" in file.marked.value:
                self._read_domain(file)
        if len(self.themes) > THEMES_MOST:
            self.findings.append(f"themes: {len(self.themes)} of them; a telephone menu bears {THEMES_MOST}")
        for theme in self.themes:
            if (count := sum(domain.theme == theme.id for domain in self.domains)) > DOMAINS_MOST:
                self.findings.append(f"theme {theme.id}: {count} domains; a telephone menu bears {DOMAINS_MOST}")

    def _read_domain(self, file: _File) -> None:
        domain = self._model(Domain, file, file.marked.value.get("domain"), ("domain",))
        if domain is None:
            return
        self._once(f"domain {domain.id}", file.at("domain", "id"))
        known = ", ".join(theme.id for theme in self.themes) or "none: give themes.yaml too"
        if domain.theme not in {theme.id for theme in self.themes}:
            self.findings.append(f"{file.at('domain', 'theme')}: there is no theme {domain.theme!r}; themes: {known}")
            return
        self._once(f"place {domain.order} in theme {domain.theme}", file.at("domain", "order"))
        self.domains.append(domain)
        entries = file.marked.value.get("items")
        if not isinstance(entries, list) or not entries:
            self.findings.append(f"{file.at('items')}: 'items' wants a list with at least one item")
            return
        for position, entry in enumerate(entries):
            self._read_item(file, entry, ("items", position), domain)

    def _read_item(self, file: _File, entry: Any, at: tuple[str | int, ...], domain: Domain) -> None:
        filled = entry
        if isinstance(entry, dict):
            for key in ("domain", "domain_label", "source", "version"):
                if key in entry:
                    self.findings.append(f"{file.at(*at, key)}: {key!r} is not written in an item: it comes from the file or the records")
                    return
            filled = {**entry, "domain": domain.id, "domain_label": domain.label, "source": domain.source}
            if isinstance(entry.get("form"), list):
                filled["form"] = [self._whole(file, field, (*at, "form", number)) for number, field in enumerate(entry["form"])]
        item = self._model(Item, file, filled, at)
        if item is not None:
            self._once(f"item {item.code}", file.at(*at, "code"))
            self._once(f"name {item.name}", file.at(*at, "name"))
            self.items.append(item)

    def _whole(self, file: _File, field: Any, at: tuple[str | int, ...]) -> Any:
        """A question of a form: written out, a shared one by its name, or a shared one with some keys changed (`use`)."""
        name = field if isinstance(field, str) else field.get("use") if isinstance(field, dict) else None
        if name is None:
            return field
        if name not in self._raw_fields:
            known = ", ".join(self._raw_fields) or "none: give fields.yaml too"
            self.findings.append(f"{file.at(*at)}: there is no shared field {name!r}; shared: {known}")
        changed = {key: value for key, value in field.items() if key != "use"} if isinstance(field, dict) else {}
        return {**self._raw_fields.get(name, {}), **changed}

    def _list(self, file: _File, key: str) -> list[Any]:
        value = file.marked.value.get(key, [])
        if not isinstance(value, list):
            self.findings.append(f"{file.at(key)}: {key!r} wants a list")
            return []
        return value

    def _model(self, kind: type[M], file: _File, value: Any, at: tuple[str | int, ...]) -> M | None:
        try:
            return kind.model_validate(tuples(value))
        except ValidationError as wrong:
            for error in wrong.errors(include_url=False, include_input=False):
                loc = (*error["loc"], *getattr(error.get("ctx", {}).get("error"), "at", ()))
                field = ".".join(str(part) for part in loc) or str(at[-1])
                self.findings.append(f"{file.at(*at, *loc)}: {field}: {error['msg'].removeprefix('Value error, ')}")
            return None

    def _once(self, what: str, place: str) -> None:
        if (first := self._places.setdefault(what, place)) != place:
            self.findings.append(f"{place}: {what} is there already, at {first}")
