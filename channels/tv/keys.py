"""Key maps as data: which code of a remote means what, by device profile."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

FILE = Path(__file__).parent / "keymaps.yaml"
_WORDS = "left up right down ok back exit home menu pageup pagedown red green yellow blue delete star hash"
NAMES = frozenset({*_WORDS.split(), *"0123456789"})
DIGITS = {str(n): (48 + n,) for n in range(10)}
#: The profile of a television that says nothing: every code that means the same wherever it is known.
ANY = "any"
#: IPTV middleware announces player and system messages as this key; it is nobody's finger.
VIRTUAL_EVENT = 768

KeyMap = Mapping[int, str]


class KeyMapError(ValueError):
    """The key maps cannot be used; the text names file, profile and key."""


def read_keymaps(path: Path = FILE) -> Mapping[str, KeyMap]:
    """The key maps by profile, with "any" made of all of them. Raises KeyMapError."""
    loaded = yaml.safe_load(path.read_text("utf-8"))
    profiles: dict[str, KeyMap] = {}
    for profile, keys in loaded.items():
        codes: dict[int, str] = {}
        for name, numbers in {**keys, **DIGITS}.items():
            if name not in NAMES:
                raise KeyMapError(f"{path}: {profile}: {name!r} is no key; the names are {', '.join(sorted(NAMES))}")
            for code in numbers:
                if code in codes or code == VIRTUAL_EVENT:
                    raise KeyMapError(f"{path}: {profile}: {code} cannot be {name}: it is {codes.get(code, 'the virtual event')} already")
                codes[code] = name
        missing = {"left", "up", "right", "down", "ok", "back"} - set(codes.values())
        if missing:
            raise KeyMapError(f"{path}: {profile}: no code for {', '.join(sorted(missing))}")
        profiles[profile] = MappingProxyType(codes)
    profiles[ANY] = MappingProxyType(_agreed(profiles))
    return MappingProxyType(profiles)


def _agreed(profiles: Mapping[str, KeyMap]) -> dict[int, str]:
    meanings: dict[int, set[str]] = {}
    for codes in profiles.values():
        for code, name in codes.items():
            meanings.setdefault(code, set()).add(name)
    agreed = {code: min(names) for code, names in meanings.items() if len(names) == 1}
    # a keyboard's letters must not move the mark of a television that has one; X is a letter of identity numbers
    return {code: name for code, name in agreed.items() if not 65 <= code <= 90 or name == "star"}


@cache
def keymaps() -> Mapping[str, KeyMap]:
    """The key maps that come with the product."""
    return read_keymaps()
