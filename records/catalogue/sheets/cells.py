"""One cell: what its text means by the kind of its column, and how a value is written there. Pure.

Lists are written with ； between their parts, or a line each; numbers before the lines (1. ② （三）) are the layout's, not the text's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from records.catalogue.sheets.columns import Column, layout, plain

NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.．、)）](?!\d)|[（(][\d一二三四五六七八九十]{1,3}[)）]|[①-⑳])\s*")
BAR = re.compile(r"[|｜]")
MATERIAL = ("name", "form", "copies", "source", "note")
MATERIAL_LEAST = 4


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a cell cannot be used for, and how to mend it."""

    what: str
    mend: str


class CellError(ValueError):
    """A cell whose text does not fit its column."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.trouble = Trouble(what, mend)


def read_cell(column: Column, text: str) -> Any:
    """The value of a cell that is not empty. Raises CellError."""
    match column.kind:
        case "list":
            return tuple(parts(text))
        case "days":
            return _days(column, text)
        case "yes_no":
            return _yes_no(column, text)
        case "number":
            return _number(column, text)
        case "value":
            return _value(column, text)
        case "materials":
            return tuple(_material(column, part) for part in parts(text))
        case "choices":
            return tuple(_choice(column, part) for part in parts(text))
    return text


def empty_cell(column: Column) -> Any:
    """What an empty cell means."""
    if column.empty is not None:
        return column.empty
    return {"list": (), "materials": (), "choices": (), "days": None, "yes_no": False, "number": 0}.get(column.kind, "")


def write_cell(column: Column, value: Any) -> str | int:
    """How a value is written. `read_cell` reads it again, unless its parts hold the separators."""
    match column.kind:
        case "list":
            return _joined([str(each) for each in value])
        case "days":
            return "" if value is None else int(value)
        case "yes_no":
            return layout().said["yes"][0] if value else layout().said["no"][0]
        case "number":
            return int(value) or ""
        case "value":
            return column.titles_of.get(value, "")
        case "materials":
            return _joined(["|".join(str(each[key]) for key in MATERIAL if each[key] != "") for each in value])
        case "choices":
            return _joined(["|".join((each["id"], each["label"], "、".join(each.get("words", ())))).rstrip("|") for each in value])
    return "" if value is None else str(value)


def parts(text: str) -> list[str]:
    """The parts of a list: a line each when there are several lines, else what stands between ；"""
    text = text.strip()
    pieces = text.split("\n") if "\n" in text else re.split(r"[；;]", text)
    stripped = (NUMBERED.sub("", piece).strip().rstrip("；;").strip() for piece in pieces)
    return [piece for piece in stripped if piece]


def _joined(pieces: list[str]) -> str:
    """Lines where a part holds the sign that separates parts."""
    return ("\n" if any(re.search(r"[；;]", piece) for piece in pieces) else "；").join(pieces)


def _days(column: Column, text: str) -> int | None:
    said, word = layout().said, plain(text)
    if word in said["at_once"]:
        return 0
    if word in said["none"]:
        if column.need:
            raise CellError(f"{text!r} is no time limit", column.mend)
        return None
    number = re.fullmatch(r"(\d+)(\D*)", word)
    if number is None or number[2] not in ("", *said["working_days"]):
        if number is not None and number[2] in said["other_days"]:
            raise CellError(f"{text!r} is not in working days", "count it in working days (工作日) and write the number only")
        raise CellError(f"{text!r} is not a number of working days", column.mend)
    return int(number[1])


def _yes_no(column: Column, text: str) -> bool:
    said, word = layout().said, plain(text)
    for answer, truth in (("yes", True), ("no", False)):
        if word in said[answer]:
            return truth
    raise CellError(f"{text!r} is neither 是 nor 否", column.mend)


def _number(column: Column, text: str) -> int:
    word = plain(text)
    if not re.fullmatch(r"\d{1,9}", word):
        raise CellError(f"{text!r} is not a whole number", column.mend)
    return int(word)


def _value(column: Column, text: str) -> str:
    if (meant := column.values.get(plain(text))) is None:
        raise CellError(f"{text!r} is none of {'、'.join(column.titles_of.values())}", column.mend)
    return meant


def _material(column: Column, part: str) -> Mapping[str, Any]:
    pieces = [piece.strip() for piece in BAR.split(part)]
    if not MATERIAL_LEAST <= len(pieces) <= len(MATERIAL):
        raise CellError(f"{part!r} has {len(pieces)} of the 4 or 5 parts", column.mend)
    found: dict[str, Any] = dict(zip(MATERIAL, pieces, strict=False))
    copies = re.fullmatch(r"(\d{1,3})份?", plain(found["copies"]))
    if copies is None:
        raise CellError(f"{part!r}: the third part, {found['copies']!r}, is not how many copies", column.mend)
    return {**found, "copies": int(copies[1])}


def _choice(column: Column, part: str) -> Mapping[str, Any]:
    pieces = [piece.strip() for piece in BAR.split(part)]
    if len(pieces) not in (2, 3):
        raise CellError(f"{part!r} has {len(pieces)} of the 2 or 3 parts", column.mend)
    words = tuple(word.strip() for word in re.split("[、,，]", pieces[2]) if word.strip()) if len(pieces) == 3 else ()
    return {"id": pieces[0], "label": pieces[1], "words": words}
