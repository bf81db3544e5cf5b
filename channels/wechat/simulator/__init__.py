"""A local WeChat: the platform's side of an official account, for trials, plays and tests.

`Platform` answers the calls we make to api.weixin.qq.com; `Phone` is a resident: it signs, encrypts, delivers with the 5-second cut and
three attempts, and shows what a real phone would show. Neither uses the code it talks to: they are the second opinion.
"""

from channels.wechat.simulator.account import Account
from channels.wechat.simulator.phone import Phone, Seen
from channels.wechat.simulator.platform import Platform
from channels.wechat.simulator.serving import serving

__all__ = ["Account", "Phone", "Platform", "Seen", "serving"]
