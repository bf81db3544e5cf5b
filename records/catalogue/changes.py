"""What an import would change, field by field, for a clerk to read before it happens. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["new", "changed", "taken off", "back"]
"""taken off: it was offered and is no longer. back: it was taken off and is offered again; its other changes are told too."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value. field: where in the item, like `promised_days`, `materials.居民身份证.copies`, `form.has_card.prompt`. None: nothing there.

    Of a list of texts only what goes and what comes, unless only the order is another.
    """

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one item or approval. version: that it gets. fields: empty for a new one."""

    code: str
    name: str
    kind: Kind
    version: int
    fields: tuple[FieldChange, ...] = ()


def change_of(code: str, version: int, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> Change | None:
    """What becomes of an item when its body (as the records keep it) becomes `new`; None when nothing does. old: None for a new one."""
    if old is None:
        return Change(code, str(new["name"]), "new", version)
    fields = tuple(field_changes(old, new))
    if not fields:
        return None
    was, is_ = bool(old.get("offered", True)), bool(new.get("offered", True))
    kind: Kind = "changed" if was == is_ else "back" if is_ else "taken off"
    return Change(code, str(new["name"]), kind, version, tuple(each for each in fields if each.field != "offered"))


def field_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
    """Every value that differs, in the order of the item. A key that one side lacks and the other has empty is no difference."""
    for key in dict.fromkeys((*old, *new)):
        yield from _differences(key, old.get(key), new.get(key))


def _differences(at: str, old: Any, new: Any) -> Iterator[FieldChange]:
    if old == new or (_is_nothing(old) and _is_nothing(new)):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from _differences(f"{at}.{key}", old.get(key), new.get(key))
    elif (key := _key(old)) and key == _key(new):
        yield from _named(at, key, old, new)
    elif isinstance(old, list) and isinstance(new, list) and set(map(str, old)) != set(map(str, new)):
        gone, come = [each for each in old if each not in new], [each for each in new if each not in old]
        yield FieldChange(at, written(gone), written(come))
    else:
        yield FieldChange(at, written(old), written(new))


def _named(at: str, key: str, old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]) -> Iterator[FieldChange]:
    """Materials, questions and choices are told one by one, by their names."""
    before, after = {each[key]: each for each in old}, {each[key]: each for each in new}
    for name in dict.fromkeys((*before, *after)):
        if name in before and name in after:
            yield from _differences(f"{at}.{name}", before[name], after[name])
        else:
            yield FieldChange(f"{at}.{name}", written(before.get(name)), written(after.get(name)))
    if [name for name in before if name in after] != [name for name in after if name in before]:
        yield FieldChange(f"{at} (order)", "、".join(before), "、".join(after))


def _key(value: Any) -> str | None:
    """What tells the entries of a list apart, where each has a name or an id of its own."""
    if not isinstance(value, list) or not value or not all(isinstance(each, Mapping) for each in value):
        return None
    return next((key for key in ("name", "id") if len({each.get(key) for each in value} - {None}) == len(value)), None)


def _is_nothing(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {})


def written(value: Any) -> str | None:
    """A value in one line; None for nothing."""
    match value:
        case None | "" | []:
            return None
        case bool():
            return "是" if value else "否"
        case list() if not any(isinstance(each, Mapping) for each in value):
            return "；".join(str(each) for each in value)
        case list():
            return "；".join(written(each) or "" for each in value)
        case Mapping():
            return "|".join(text for each in value.values() if (text := written(each)) is not None)
    return str(value)
