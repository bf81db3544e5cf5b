"""Reads and checks catalogue files. Pure but for opening the files; every finding names file and line.

A file holds one theme and its items: `theme: {id, label, order, words}`, `items: [...]`. Top-level keys that begin with `x-` hold pieces
for YAML anchors and are passed over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from records.catalogue.items import THEMES_MOST, Item, Theme
from records.catalogue.marks import Marked, parse
from records.errors import RecordsError

M = TypeVar("M", bound=BaseModel)

SAMPLES = Path(__file__).parent / "samples"


class CatalogueError(RecordsError):
    """Catalogue files that cannot be used. findings: one line each, "file:line: what is wrong"."""

    def __init__(self, findings: Iterable[str]) -> None:
        self.findings = tuple(findings)
        super().__init__("the catalogue was not changed:\n" + "\n".join(self.findings))


@dataclass(frozen=True, slots=True)
class Contents:
    """What the files hold, in menu order."""

    themes: tuple[Theme, ...]
    items: tuple[Item, ...]


def sample_files() -> tuple[Path, ...]:
    """The catalogue that comes with the program: sample items of the first batch."""
    return tuple(sorted(SAMPLES.glob("*.yaml")))


def read_files(paths: Iterable[Path]) -> Contents:
    """Reads all files or raises CatalogueError with every finding of every file."""
    reader = _Reader()
    for path in paths:
        reader.read(path)
    reader.check_together()
    if reader.findings:
        raise CatalogueError(reader.findings)
    themes = tuple(sorted(reader.themes, key=lambda theme: theme.order))
    order = {theme.id: theme.order for theme in themes}
    return Contents(themes, tuple(sorted(reader.items, key=lambda item: (order[item.theme], item.code))))


class _Reader:
    def __init__(self) -> None:
        self.findings: list[str] = []
        self.themes: list[Theme] = []
        self.items: list[Item] = []
        self._places: dict[str, str] = {}  # "item YL-001", "name 居住证", "theme care" -> "file:line"

    def read(self, path: Path) -> None:
        try:
            marked = parse(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as wrong:
            self.findings.append(f"{path}:1: cannot be read: {wrong}")
            return
        except yaml.MarkedYAMLError as wrong:
            mark = wrong.problem_mark or wrong.context_mark
            self.findings.append(f"{path}:{mark.line + 1 if mark else 1}: is not YAML: {wrong.problem or wrong.context}")
            return
        self.findings += [f"{path}:{line}: key {name!r} is written twice" for name, line in marked.doubles]
        if not isinstance(marked.value, dict):
            self.findings.append(f"{path}:1: wants the keys 'theme' and 'items'")
            return
        for key in marked.value:
            if key not in ("theme", "items") and not str(key).startswith("x-"):
                self.findings.append(f"{path}:{marked.line((str(key),))}: unknown key {key!r}; wants 'theme', 'items' or 'x-…'")
        theme = self._model(Theme, marked.value.get("theme"), ("theme",), path, marked)
        if theme is None:
            return
        self._once(f"theme {theme.id}", path, marked.line(("theme", "id")))
        self.themes.append(theme)
        entries = marked.value.get("items")
        if not isinstance(entries, list) or not entries:
            self.findings.append(f"{path}:{marked.line(('items',))}: 'items' wants a list with at least one item")
            return
        for position, entry in enumerate(entries):
            self._read_item(entry, ("items", position), theme, path, marked)

    def _read_item(self, entry: Any, at: tuple[str | int, ...], theme: Theme, path: Path, marked: Marked) -> None:
        for key in ("theme", "theme_label", "version"):
            if isinstance(entry, dict) and key in entry:
                line = marked.line((*at, key))
                self.findings.append(f"{path}:{line}: {key!r} is not written in an item: it comes from the file or the records")
                return
        filled = {**entry, "theme": theme.id, "theme_label": theme.label} if isinstance(entry, dict) else entry
        item = self._model(Item, filled, at, path, marked)
        if item is not None:
            self._once(f"item {item.code}", path, marked.line((*at, "code")))
            self._once(f"name {item.name}", path, marked.line((*at, "name")))
            self.items.append(item)

    def _model(self, kind: type[M], value: Any, at: tuple[str | int, ...], path: Path, marked: Marked) -> M | None:
        try:
            return kind.model_validate(_tuples(value))
        except ValidationError as wrong:
            for error in wrong.errors(include_url=False, include_input=False):
                loc = (*error["loc"], *getattr(error.get("ctx", {}).get("error"), "at", ()))
                field = ".".join(str(part) for part in loc) or str(at[-1])
                self.findings.append(f"{path}:{marked.line((*at, *loc))}: {field}: {error['msg'].removeprefix('Value error, ')}")
            return None

    def _once(self, what: str, path: Path, line: int) -> None:
        place = f"{path}:{line}"
        if (first := self._places.setdefault(what, place)) != place:
            self.findings.append(f"{place}: {what} is there already, at {first}")

    def check_together(self) -> None:
        """What no file can know alone."""
        orders = [theme.order for theme in self.themes]
        if len(set(orders)) != len(orders):
            self.findings.append("themes: two themes have the same 'order'; it is their place in the menu")
        if len(self.themes) > THEMES_MOST:
            self.findings.append(f"themes: {len(self.themes)} of them; a telephone menu bears {THEMES_MOST}")


def _tuples(value: Any) -> Any:
    """Lists become tuples: the models are strict, and frozen all through."""
    if isinstance(value, list):
        return tuple(_tuples(part) for part in value)
    if isinstance(value, dict):
        return {key: _tuples(part) for key, part in value.items()}
    return value
