"""The files a television gets: key maps, the script, the words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from channels.tv.keys import KeyMapError, keymaps, read_keymaps
from channels.tv.page import TEMPLATES, script
from dialogs.words import load_words

ROOM = TEMPLATES.parent


def test_the_script_is_es5_and_nothing_newer() -> None:
    es5 = pytest.importorskip("calmjs.parse", reason="calmjs.parse (the ES5 parser of the test extra) is not installed").es5
    es5(str(script()))
    with pytest.raises(Exception, match=r"(?i)mismatched|unexpected|error"):
        es5("const a = () => 1;")


@pytest.mark.parametrize("newer", ["fetch(", "Promise", "classList", "let ", "const ", "=>", "`", ".includes(", "Object.assign", "dataset"])
def test_the_script_uses_nothing_old_boxes_lack(newer: str) -> None:
    assert newer not in str(script())


@pytest.mark.parametrize("newer", ["flex", "grid", "var(--", "transform", "transition", "animation", "vh", "rem"])
def test_the_style_uses_nothing_old_boxes_lack(newer: str) -> None:
    assert newer not in (TEMPLATES / "tv.css").read_text("utf-8")


def test_every_profile_has_arrows_ok_back_and_digits() -> None:
    for profile, codes in keymaps().items():
        assert {"left", "up", "right", "down", "ok", "back", "0", "9"} <= set(codes.values()), profile


def test_the_profile_for_unknown_televisions_holds_only_what_all_agree_on() -> None:
    any_map = keymaps()["any"]
    assert any_map[13] == "ok"
    assert any_map[461] == any_map[8] == any_map[340] == "back"
    assert 65 not in any_map, "the letter A would move the mark of a television with a keyboard"
    for codes in keymaps().values():
        assert all(codes.get(code, name) == name for code, name in any_map.items())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: {left: [1], up: [2], right: [3], down: [4], ok: [5]}", "no code for back"),
        ("a: {left: [1], up: [1], right: [3], down: [4], ok: [5], back: [6]}", "1 cannot be up"),
        ("a: {left: [1], up: [2], right: [3], down: [4], ok: [5], back: [768]}", "virtual event"),
        ("a: {lift: [1]}", "'lift' is no key"),
    ],
)
def test_a_wrong_key_map_says_what_is_wrong(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "keymaps.yaml"
    file.write_text(text)
    with pytest.raises(KeyMapError, match=complaint):
        read_keymaps(file)


def test_every_word_of_the_television_is_used_and_every_used_one_is_there() -> None:
    code = "".join(p.read_text("utf-8") for p in [*ROOM.glob("*.py"), *TEMPLATES.iterdir()])
    used = set(re.findall(r"[\"']tv\.([a-z_]+)[\"']", code))
    there = {name.removeprefix("tv.") for name in load_words().sentences if name.startswith("tv.")}
    assert used - there - {"css", "js", "html"} == set()
    assert {name for name in there - used if not name.startswith("bar_")} == set()
