"""What a WeChat message can bear."""

from __future__ import annotations

from dialogs.contract import Budget

BUDGET = Budget(
    channel="wechat",
    choices=9,
    text_bytes=2000,
    answer_seconds=4.5,
)
"""The numbers and where they come from.

choices: one digit answers every one of them; ten and more would need two keystrokes and fill an old phone's screen.
text_bytes: text messages break at 2047 or 2048 bytes of UTF-8 in what integrators measured (about 600 to 680 汉字); no official number
    is known, so 2000. Longer replies are split into pages, and each further page costs one of the 5 customer-service messages.
answer_seconds: the platform cuts a delivery after 5 s (official page on passive replies); 0.5 s is kept for the network.
"""
