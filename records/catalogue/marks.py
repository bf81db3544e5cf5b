"""YAML that remembers the line of every value, so that an error can say where."""

from __future__ import annotations

import pathlib
from dataclasses import dataclass
from typing import Any

import yaml

Path = tuple[str | int, ...]

Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is about ten times faster, and not on every machine


@dataclass(frozen=True, slots=True)
class Marked:
    """A parsed file: its value, the line (from 1) of each value by path, and the keys that were written twice with their lines."""

    value: Any
    lines: dict[Path, int]
    doubles: tuple[tuple[str, int], ...]

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(text: str) -> Marked:
    """Parses one YAML document. Raises yaml.YAMLError, whose text has the line."""
    lines: dict[Path, int] = {}
    doubles: list[tuple[str, int]] = []

    def walk(node: yaml.Node, path: Path) -> None:
        lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                name = str(key.value)
                if name in seen:
                    doubles.append((name, key.start_mark.line + 1))
                seen.add(name)
                walk(value, (*path, name))
                lines[(*path, name)] = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode):
            for position, value in enumerate(node.value):
                walk(value, (*path, position))

    loader = Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return Marked(None, {}, ())
        walk(node, ())
        return Marked(loader.construct_document(node), lines, tuple(doubles))
    finally:
        loader.dispose()


def read(path: pathlib.Path) -> tuple[Marked | None, list[str]]:
    """A file, and what is wrong with it as YAML, each "file:line: what"; None where it cannot be used at all."""
    try:
        marked = parse(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as wrong:
        return None, [f"{path}:1: cannot be read: {wrong}"]
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        return None, [f"{path}:{mark.line + 1 if mark else 1}: is not YAML: {wrong.problem or wrong.context}"]
    return marked, [f"{path}:{line}: key {name!r} is written twice" for name, line in marked.doubles]


def tuples(value: Any) -> Any:
    """Lists become tuples: the models are strict, and frozen all through."""
    if isinstance(value, list):
        return tuple(tuples(part) for part in value)
    if isinstance(value, dict):
        return {key: tuples(part) for key, part in value.items()}
    return value
