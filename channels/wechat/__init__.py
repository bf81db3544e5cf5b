"""The WeChat official account: deliveries in, replies and notices out, within the platform's rules.

`WeChat(settings, talk, words, redis, vault, photos=…)` is the whole part; `simulator` is a local WeChat for trials, plays and tests.
"""

from channels.wechat.budget import BUDGET
from channels.wechat.errors import ApiError, Fault
from channels.wechat.menu import Menu, MenuError, load_menu
from channels.wechat.part import WeChat
from channels.wechat.photos import PhotoKeeper
from channels.wechat.sending import Delivered
from channels.wechat.settings import SettingsError, WeChatSettings

__all__ = [
    "BUDGET",
    "ApiError",
    "Delivered",
    "Fault",
    "Menu",
    "MenuError",
    "PhotoKeeper",
    "SettingsError",
    "WeChat",
    "WeChatSettings",
    "load_menu",
]
