"""Is this delivery from WeChat, fresh, and readable? Pure: the clock comes in, nothing is kept.

Protocol: 接入指南 and 消息加解密说明 of the official account documents. The signature is sha1 over the sorted Token, timestamp and nonce; in
safe mode `msg_signature` also covers the ciphertext (`signature` does not: taking it for the other is the classic mistake).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass

from wechatpy.crypto import PrpCrypto, WeChatCrypto


class RefusedError(Exception):
    """The sender did not show that it is WeChat: answer 403. `reason` is a short word for logs and counters."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnreadableError(Exception):
    """The body cannot be decrypted or read at all: answer 400. `reason` is a short word for logs and counters."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Signed:
    """The query of a delivery whose `signature` was right and whose timestamp was fresh."""

    signature: str
    timestamp: str
    nonce: str
    msg_signature: str


def signature_of(*parts: str) -> str:
    """sha1 over the sorted, joined parts, in hexadecimal. The missing boundary between the parts is the protocol's, not ours."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def verify(query: Mapping[str, str], token: str, now: float, freshness_s: float) -> Signed:
    """Checks signature (in constant time) and timestamp (seconds) of a query; raises RefusedError.

    wechatpy's check_signature compares with != and accepts an empty token and any timestamp, so it is not used.
    """
    signature, timestamp, nonce = query.get("signature", ""), query.get("timestamp", ""), query.get("nonce", "")
    if not token:
        raise RefusedError("no_token")
    if (
        not re.fullmatch(r"[0-9a-fA-F]{40}", signature)
        or not re.fullmatch(r"[0-9]{1,12}", timestamp)
        or not re.fullmatch(r"[!-~]{1,128}", nonce)
    ):
        raise RefusedError("malformed_signature")
    if not hmac.compare_digest(signature_of(token, timestamp, nonce), signature.lower()):
        raise RefusedError("wrong_signature")
    if abs(now - int(timestamp)) > freshness_s:
        raise RefusedError("stale_timestamp")
    return Signed(signature.lower(), timestamp, nonce, query.get("msg_signature", "").lower())


class _StrongPrpCrypto(PrpCrypto):  # type: ignore[misc]  # wechatpy has no types
    """wechatpy's block, with its 16 random bytes from the system instead of a predictable generator."""

    def get_random_string(self) -> str:
        return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(16))


class Cipher:
    """Safe mode through wechatpy's crypto, with one guard around everything it can raise."""

    def __init__(self, token: str, aes_key: str, app_id: str) -> None:
        self._token = token
        self._app_id = app_id
        self._crypto = WeChatCrypto(token, aes_key, app_id)

    def decrypt(self, encrypted: str, signed: Signed) -> str:
        """The XML inside. Raises RefusedError when msg_signature is wrong, UnreadableError for every other trouble.

        wechatpy raises UnicodeDecodeError (wrong key), ValueError (cut), KeyError, AssertionError, and does not check the padding.
        """
        expected = signature_of(self._token, signed.timestamp, signed.nonce, encrypted)
        if not hmac.compare_digest(expected.encode(), signed.msg_signature.encode()):
            raise RefusedError("wrong_msg_signature")
        try:
            self._check_padding(encrypted)
            opened = self._crypto.decrypt_message({"Encrypt": encrypted}, signed.msg_signature, signed.timestamp, signed.nonce)
        except Exception as wrong:  # whatever it is, the answer is the same, and tells a prober nothing
            trouble = type(wrong).__name__
        else:
            return str(opened)
        raise UnreadableError(f"cannot_decrypt_{trouble}")

    def encrypt(self, xml: str, timestamp: str, nonce: str) -> str:
        """The encrypted reply envelope."""
        return str(self._crypto._encrypt_message(xml, nonce, timestamp, _StrongPrpCrypto))

    def _check_padding(self, encrypted: str) -> None:
        """PKCS#7 to 32 bytes; raises ValueError when it is not."""
        plain = PrpCrypto(self._crypto.key).cipher.decrypt(base64.b64decode(encrypted, validate=True))
        count = plain[-1]
        if not 1 <= count <= 32 or plain[-count:] != bytes([count]) * count:
            raise ValueError("padding")
