"""The official account as the environment sets it, in the words of the WeChat room."""

from __future__ import annotations

from channels.wechat import WeChatSettings
from onestop.settings import Settings

OFFICIAL_API = "https://api.weixin.qq.com"


def wechat_settings(settings: Settings, api_base: str = "") -> WeChatSettings:
    """The official account; `api_base` is the trial's own platform. Raises its SettingsError, which names the setting and the mend."""
    return WeChatSettings(
        token=settings.wechat_token.get_secret_value(),
        app_id=settings.wechat_app_id,
        app_secret=settings.wechat_app_secret.get_secret_value(),
        aes_key=settings.wechat_aes_key.get_secret_value() or None,
        mode="safe" if settings.wechat_mode == "safe" else "plain",
        api_base=settings.wechat_api_base or api_base or OFFICIAL_API,
        hand_over="transfer" if settings.wechat_hand_over == "transfer" else "text",
        tappable=settings.wechat_tappable,
    )
