"""The city directory of approvals (行政审批事项目录): which office decides what, for whom and within what time.

It is not the catalogue of townships and villages: nothing of it is requested here. Who asks for one of its approvals is told where to go, so it
has no guide and no form. One file an office: `office: {id, label, code, source}`, `approvals: [{main, kind, basis, items: [...]}]`, a main
item (主项) with its sub-items (子项).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, Field, ValidationError, model_validator

from records.catalogue.items import Frozen, Line, Name
from records.catalogue.marks import Marked, parse, read, tuples
from records.catalogue.reading import CatalogueError

M = TypeVar("M", bound=BaseModel)

DIRECTORY = Path(__file__).parent / "directory"
KEYS = frozenset({"office", "approvals"})
FROM_AROUND = ("main", "kind", "basis", "office", "office_label", "source", "version")
"""What an item of the file does not say itself: it stands once, around it."""

Kind = Literal["行政许可", "行政确认", "行政给付", "行政奖励", "行政裁决", "行政征收", "其他行政权力", "公共服务"]
"""Of the kinds of power that the State Council's list guide knows, those that somebody applies for, and public services."""


class Office(Frozen):
    """A department (部门) that decides. code: how the codes of its approvals begin. source: where what the file says comes from."""

    id: Name
    label: Line
    code: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    source: Line


class Approval(Frozen):
    """A sub-item (子项) of the directory. main: the main item (主项) it belongs to. ways: sentences in which people ask for it.

    legal_days, promised_days: working days; None where no law sets a limit, 0 is at once. offered: False takes it off.
    version: given by the records, 0 before import.
    """

    code: Annotated[str, Field(pattern=r"^[A-Z]{2}-\d{3}$")]
    name: Line
    main: Line
    kind: Kind
    office: Name
    office_label: Line
    basis: tuple[Line, ...] = Field(min_length=1)
    aliases: tuple[Line, ...] = ()
    ways: tuple[Line, ...] = Field(min_length=1)
    object: Line
    legal_days: int | None = Field(default=None, ge=0, le=365)
    promised_days: int = Field(ge=0, le=365)
    source: Line
    offered: bool = True
    version: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.legal_days is not None and self.promised_days > self.legal_days:
            raise ValueError(f"promises {self.promised_days} days where the law allows {self.legal_days}")
        for name, said in (("aliases", self.aliases), ("ways", self.ways)):
            if len(set(said)) != len(said):
                raise ValueError(f"{name!r} says something twice")
        return self


@dataclass(frozen=True, slots=True)
class Directory:
    """What directory files hold: offices in the order of their files, approvals office by office, by code."""

    offices: tuple[Office, ...] = ()
    approvals: tuple[Approval, ...] = ()


def directory_files() -> tuple[Path, ...]:
    """The directory that comes with the program, as an example: 145 main items, 229 sub-items."""
    return tuple(sorted(DIRECTORY.glob("*.yaml")))


def is_directory(path: Path) -> bool:
    """Whether this file is one of the directory's: it has the key `office`. False for what cannot be read."""
    try:
        value = parse(path.read_text("utf-8")).value
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return False
    return isinstance(value, dict) and bool(KEYS & value.keys())


def read_directory(paths: Iterable[Path]) -> Directory:
    """Reads all files or raises CatalogueError with every finding of every file, "file:line: what is wrong"."""
    reader = _Reader()
    for path in dict.fromkeys(paths):
        reader.read(path)
    if reader.findings:
        raise CatalogueError(reader.findings)
    place = {office.id: number for number, office in enumerate(reader.offices)}
    approvals = sorted(reader.approvals, key=lambda approval: (place[approval.office], approval.code))
    return Directory(tuple(reader.offices), tuple(approvals))


class _Reader:
    def __init__(self) -> None:
        self.findings: list[str] = []
        self.offices: list[Office] = []
        self.approvals: list[Approval] = []
        self._places: dict[str, str] = {}  # "approval GA-001", "office police" -> "file:line"

    def read(self, path: Path) -> None:
        marked, findings = read(path)
        self.findings += findings
        if marked is None:
            return
        value = marked.value
        if not isinstance(value, dict) or not value.keys() >= KEYS:
            self.findings.append(f"{path}:1: wants the keys 'office' and 'approvals'")
            return
        for key in value:
            if key not in KEYS and not str(key).startswith("x-"):
                self.findings.append(f"{path}:{marked.line((str(key),))}: unknown key {key!r}; wants 'office', 'approvals' or 'x-…'")
        office = self._model(Office, value["office"], path, marked, ("office",))
        if office is None:
            return
        self._once(f"office {office.id}", f"{path}:{marked.line(('office', 'id'))}")
        self.offices.append(office)
        for number, main in enumerate(self._list(value, "approvals", path, marked, ())):
            self._read_main(main, office, path, marked, ("approvals", number))

    def _read_main(self, main: Any, office: Office, path: Path, marked: Marked, at: tuple[str | int, ...]) -> None:
        if not isinstance(main, dict) or not main.keys() >= {"main", "kind", "basis", "items"} or len(main) > 4:
            self.findings.append(f"{path}:{marked.line(at)}: an approval wants the keys 'main', 'kind', 'basis' and 'items', and no other")
            return
        self._once(f"main item {main['main']} of {office.id}", f"{path}:{marked.line((*at, 'main'))}")
        around = {key: main[key] for key in ("main", "kind", "basis")}
        around |= {"office": office.id, "office_label": office.label, "source": office.source}
        for number, entry in enumerate(self._list(main, "items", path, marked, at)):
            here = (*at, "items", number)
            if isinstance(entry, dict) and (said := next((key for key in FROM_AROUND if key in entry), None)):
                self.findings.append(f"{path}:{marked.line((*here, said))}: {said!r} is not written in an item: it comes from around it")
                continue
            filled = {**around, **entry} if isinstance(entry, dict) else entry
            approval = self._model(Approval, filled, path, marked, here, around=at)
            if approval is not None:
                self._once(f"approval {approval.code}", f"{path}:{marked.line((*here, 'code'))}")
                if not approval.code.startswith(office.code):
                    line = marked.line((*here, "code"))
                    self.findings.append(f"{path}:{line}: code {approval.code} wants to begin with {office.code}, its office's")
                self.approvals.append(approval)

    def _list(self, value: Mapping[str, Any], key: str, path: Path, marked: Marked, at: tuple[str | int, ...]) -> list[Any]:
        found = value[key]
        if not isinstance(found, list) or not found:
            self.findings.append(f"{path}:{marked.line((*at, key))}: {key!r} wants a list with at least one entry")
            return []
        return found

    def _model(
        self, kind: type[M], value: Any, path: Path, marked: Marked, at: tuple[str | int, ...], around: tuple[str | int, ...] = ()
    ) -> M | None:
        """around: where keys that come from around the value (FROM_AROUND) are written."""
        try:
            return kind.model_validate(tuples(value))
        except ValidationError as wrong:
            for error in wrong.errors(include_url=False, include_input=False):
                loc = error["loc"]
                line = marked.line((*(around if loc and loc[0] in FROM_AROUND and around else at), *loc))
                field = ".".join(str(part) for part in loc) or str(at[-1])
                finding = f"{path}:{line}: {field}: {error['msg'].removeprefix('Value error, ')}"
                if finding not in self.findings:  # what stands around several items is wrong once
                    self.findings.append(finding)
            return None

    def _once(self, what: str, place: str) -> None:
        if (first := self._places.setdefault(what, place)) != place:
            self.findings.append(f"{place}: {what} is there already, at {first}")
