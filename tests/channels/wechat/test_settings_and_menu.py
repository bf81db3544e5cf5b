"""What an operator can get wrong is refused with the mend, and never repeats a secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import channels.wechat
from channels.wechat import BUDGET, ApiError, Menu, MenuError, SettingsError, WeChatSettings, load_menu
from channels.wechat.menu import Button

GOOD: dict[str, Any] = {
    "token": "trialtoken",
    "app_id": "wx1",
    "app_secret": "s3cr3t",
    "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"token": ""}, "token"),
        ({"token": "   "}, "token"),
        ({"token": "with space"}, "token"),
        ({"app_id": ""}, "app_id"),
        ({"app_secret": ""}, "app_secret"),
        ({"aes_key": None}, "aes_key"),
        ({"aes_key": "short"}, "aes_key"),
        ({"aes_key": "ü" * 43}, "aes_key"),
        ({"mode": "secret"}, "mode"),
        ({"hand_over": "shout"}, "hand_over"),
        ({"api_base": "api.weixin.qq.com"}, "api_base"),
        ({"answer_budget_s": 0}, "answer_budget_s"),
        ({"page_bytes": 10}, "page_bytes"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(change: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=named) as refused:
        WeChatSettings(**GOOD | change)
    assert "s3cr3t" not in str(refused.value)


def test_settings_do_not_show_their_secrets() -> None:
    shown = repr(WeChatSettings(**GOOD))
    assert not any(GOOD[name] in shown for name in ("token", "app_secret", "aes_key"))


def test_plain_mode_needs_no_aes_key() -> None:
    assert WeChatSettings(**GOOD | {"aes_key": None, "mode": "plain"}).mode == "plain"


def test_the_budget_agrees_with_the_settings_defaults() -> None:
    settings = WeChatSettings(**GOOD)
    assert (BUDGET.text_bytes, BUDGET.answer_seconds) == (settings.page_bytes, settings.answer_budget_s)


def test_the_menu_of_the_project_is_good_and_the_platform_takes_it() -> None:
    menu = load_menu(Path(channels.wechat.__file__).with_name("menu.yaml"))
    assert [button["name"] for button in menu.payload()["button"]] == ["查进度", "办事", "找人工"]


CLICK = Button("查", key="k")


@pytest.mark.parametrize(
    ("buttons", "named"),
    [
        ((), "1 to 3 buttons"),
        ((CLICK,) * 4, "1 to 3 buttons"),
        ((Button("", key="k"),), "button 1: has no name"),
        ((CLICK, Button("六个字的名字", key="k")), "button 2: name is 18 bytes, at most 16"),
        ((Button("查"),), "exactly one"),
        ((Button("查", key="k", url="https://a.cn"),), "exactly one"),
        ((Button("查", key="k" * 129),), "key is 129 bytes"),
        ((Button("查", url="https://" + "a" * 1020),), "url is 1028 bytes"),
        ((Button("查", url="javascript:1"),), "url must begin"),
        ((Button("查", children=(CLICK,) * 6),), "at most 5 sub-buttons"),
        ((Button("查", children=(Button("长" * 21, key="k"),)),), "sub-button 1: name is 63 bytes"),
        ((Button("查", children=(Button("更", children=(CLICK,)),)),), "cannot open another list"),
    ],
)
def test_a_menu_the_platform_would_refuse_is_refused_with_its_place(buttons: tuple[Button, ...], named: str) -> None:
    with pytest.raises(MenuError, match=named):
        Menu(buttons)


@pytest.mark.parametrize("text", ["a: 1", "- 1", "- {name: 查, color: red}", "- {name: 查, children: 3}", "[", "- {name: 查}"])
def test_a_menu_file_that_is_none_is_refused_by_its_path(tmp_path: Path, text: str) -> None:
    path = tmp_path / "menu.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(MenuError, match=r"menu\.yaml"):
        load_menu(path)


async def test_a_menu_is_pushed(build: Any) -> None:
    house = await build()
    menu = Menu((Button("查", key="say:查"), Button("更多", children=(Button("官网", url="https://example.cn"),))))
    await house.wechat.push_menu(menu)
    assert house.platform.menu == menu.payload()


async def test_a_menu_the_platform_refuses_raises_with_its_code(build: Any) -> None:
    house = await build()
    house.platform.fail("menu/create", 40018)
    with pytest.raises(ApiError, match="40018"):
        await house.wechat.push_menu(Menu((CLICK,)))
