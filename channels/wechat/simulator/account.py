"""The account as the platform's console knows it."""

from __future__ import annotations

from dataclasses import dataclass, field

from channels.wechat.settings import WeChatSettings


@dataclass(frozen=True, slots=True)
class Account:
    """Token, AppID, AppSecret and, in safe mode, EncodingAESKey. compatible: 兼容模式, plain and encrypted in one delivery."""

    token: str
    app_id: str
    app_secret: str = field(repr=False)
    aes_key: str | None = field(default=None, repr=False)
    name: str = "gh_simulated"
    compatible: bool = False

    @classmethod
    def of(cls, settings: WeChatSettings) -> Account:
        """The account that these settings are for."""
        return cls(settings.token, settings.app_id, settings.app_secret, settings.aes_key if settings.mode == "safe" else None)
