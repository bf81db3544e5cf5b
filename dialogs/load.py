"""Reads the flows from YAML into frozen models; every error names file, line and mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from dialogs.flow import KINDS, AnyStep, Flow

FOLDER = Path(__file__).parent / "flows"

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a file: where (line counts from 1), a code to look up, what, and how to mend it."""

    file: str
    line: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code}: {self.message}"


class FlowError(ValueError):
    """Flows cannot be used; `findings` has every reason."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a flow was read from, and the line of each place in it."""

    file: str
    lines: dict[Place, int]

    def line(self, *place: str | int) -> int:
        """The line of a place, or of the nearest one around it."""
        for length in range(len(place), -1, -1):
            if (line := self.lines.get(place[:length])) is not None:
                return line
        return 1


def _lines(node: yaml.Node, place: Place, into: dict[Place, int]) -> None:
    into.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            into[*place, str(key.value)] = key.start_mark.line + 1
            _lines(value, (*place, str(key.value)), into)
    elif isinstance(node, yaml.SequenceNode):
        for n, value in enumerate(node.value):
            _lines(value, (*place, n), into)


def _doubles(node: yaml.Node, file: str) -> list[Finding]:
    """Keys that stand twice in one mapping (YAML would silently take the last)."""
    found: list[Finding] = []
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                found.append(Finding(file, line, "double", f"{key.value!r} stands already in line {seen[key.value]}; rename one"))
            seen[key.value] = key.start_mark.line + 1
            found += _doubles(value, file)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            found += _doubles(value, file)
    return found


def _step(value: Any) -> AnyStep:
    if not isinstance(value, dict):
        raise ValueError(f"a step is a mapping with one of: {', '.join(KINDS)}")
    for kind, model in KINDS.items():
        if kind in value:
            return model.model_validate(value)
    raise ValueError(f"a step needs one of: {', '.join(KINDS)}; this one has: {', '.join(map(str, value)) or 'nothing'}")


def _problems(wrong: ValidationError, source: Source, place: Place) -> list[Finding]:
    found = []
    for error in wrong.errors(include_url=False, include_context=False):
        where = place + tuple(error["loc"])
        name = ".".join(str(part) for part in where) or "file"
        found.append(Finding(source.file, source.line(*where), "shape", f"{name}: {error['msg']}"))
    return found


def read_flow(text: str, file: str) -> tuple[Flow, Source]:
    """One flow from YAML text. Raises FlowError with every finding."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        raise FlowError([Finding(file, mark.line + 1 if mark else 1, "yaml", str(getattr(wrong, "problem", wrong)))]) from wrong
    lines: dict[Place, int] = {}
    if node is not None:
        _lines(node, (), lines)
    source = Source(file, lines)
    if not isinstance(data, dict) or not isinstance(data.get("steps"), dict):
        raise FlowError([Finding(file, 1, "shape", "a flow is a mapping with flow, title, for, not_for and steps")])
    findings = _doubles(node, file) if node else []
    steps: dict[str, AnyStep] = {}
    for name, value in data["steps"].items():
        try:
            steps[str(name)] = _step(value)
        except ValidationError as wrong:
            findings += _problems(wrong, source, ("steps", name))
        except ValueError as wrong:
            findings.append(Finding(file, source.line("steps", name), "shape", f"steps.{name}: {wrong}"))
    try:
        flow = Flow.model_validate({**data, "steps": steps})
    except ValidationError as wrong:
        findings += _problems(wrong, source, ())
    if findings:
        raise FlowError(sorted(findings, key=lambda f: f.line))
    return flow, source


def read_flows(folder: Path = FOLDER) -> dict[str, tuple[Flow, Source]]:
    """Every flow of the folder by its name. Raises FlowError with all findings of all files."""
    flows: dict[str, tuple[Flow, Source]] = {}
    findings: list[Finding] = []
    for path in sorted(folder.glob("*.yaml")):
        file = str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
        try:
            flow, source = read_flow(path.read_text("utf-8"), file)
        except FlowError as wrong:
            findings += wrong.findings
            continue
        if flow.flow in flows:
            findings.append(
                Finding(file, source.line("flow"), "double", f"{flow.flow!r} is also in {flows[flow.flow][1].file}; rename one")
            )
        flows[flow.flow] = (flow, source)
    if findings:
        raise FlowError(findings)
    return flows
