"""The account's custom menu (自定义菜单) as validated data: what the platform would refuse is refused here, with the place named.

Limits: official page api_createcustommenu. 3 buttons with 5 sub-buttons each; a name shows about 4 汉字 (7 in a sub-button) and has at most
16 bytes (60); a key 128 bytes; an address 1024 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_BUTTONS, _CHILDREN = 3, 5
_NAME_BYTES, _CHILD_NAME_BYTES, _KEY_BYTES, _URL_BYTES = 16, 60, 128, 1024


class MenuError(ValueError):
    """The menu cannot be used; the text names the button and the mend."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: exactly one of `key` (a click that reaches us), `url` (opens a page) or `children` (opens a list).

    key: "pick:<choice id>" picks, "say:<words>" says, anything else is a scene (see parse.to_event).
    """

    name: str
    key: str = ""
    url: str = ""
    children: tuple[Button, ...] = ()

    def payload(self) -> dict[str, Any]:
        """As the platform wants it."""
        if self.children:
            return {"name": self.name, "sub_button": [child.payload() for child in self.children]}
        if self.key:
            return {"type": "click", "name": self.name, "key": self.key}
        return {"type": "view", "name": self.name, "url": self.url}


@dataclass(frozen=True, slots=True)
class Menu:
    """A whole menu; raises MenuError when the platform would refuse it."""

    buttons: tuple[Button, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.buttons) <= _BUTTONS:
            raise MenuError(f"a menu has 1 to {_BUTTONS} buttons, this one has {len(self.buttons)}")
        for place, button in enumerate(self.buttons, start=1):
            _check(button, f"button {place}", _NAME_BYTES)
            if len(button.children) > _CHILDREN:
                raise MenuError(f"button {place}: at most {_CHILDREN} sub-buttons, has {len(button.children)}")
            for below, child in enumerate(button.children, start=1):
                where = f"button {place}, sub-button {below}"
                _check(child, where, _CHILD_NAME_BYTES)
                if child.children:
                    raise MenuError(f"{where}: a sub-button cannot open another list")

    def payload(self) -> dict[str, Any]:
        """The body of menu/create."""
        return {"button": [button.payload() for button in self.buttons]}


def load_menu(path: Path) -> Menu:
    """Reads a menu from YAML: a list of {name, key | url | children}. Raises MenuError with the file's name."""
    try:
        return Menu(
            tuple(
                _button(entry, f"button {place}") for place, entry in enumerate(_entries(yaml.safe_load(path.read_text("utf-8"))), start=1)
            )
        )
    except (MenuError, yaml.YAMLError) as wrong:
        raise MenuError(f"{path}: {wrong}") from wrong


def _entries(loaded: object) -> list[Any]:
    if not isinstance(loaded, list):
        raise MenuError("wants a list of buttons")
    return loaded


def _button(entry: object, where: str) -> Button:
    if not isinstance(entry, dict) or not set(entry) <= {"name", "key", "url", "children"}:
        raise MenuError(f"{where}: wants name and one of key, url, children")
    children = tuple(
        _button(child, f"{where}, sub-button {place}") for place, child in enumerate(_entries(entry.get("children", [])), start=1)
    )
    return Button(str(entry.get("name", "")), str(entry.get("key", "")), str(entry.get("url", "")), children)


def _check(button: Button, where: str, name_bytes: int) -> None:
    if not button.name.strip():
        raise MenuError(f"{where}: has no name")
    for name, value, most in (("name", button.name, name_bytes), ("key", button.key, _KEY_BYTES), ("url", button.url, _URL_BYTES)):
        size = len(value.encode())
        if size > most:
            raise MenuError(f"{where}: {name} is {size} bytes, at most {most} (a 汉字 is 3)")
    if sum(map(bool, (button.key, button.url, button.children))) != 1:
        raise MenuError(f"{where}: wants exactly one of key, url, children")
    if button.url and not button.url.startswith(("https://", "http://")):
        raise MenuError(f"{where}: url must begin with https:// or http://")
