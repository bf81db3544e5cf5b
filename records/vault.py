"""Personal data at rest: sealed with AES-256-GCM, found again through a keyed blind index.

Keys are derived from the one secret of the settings with HKDF-SHA256 (RFC 5869), one for sealing and one for indexes, so that neither
tells anything about the other. What may be read from a stolen database without the secret: nothing but equality of indexed values.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from records.errors import RecordsError

LEAST_SECRET = 32  # characters; 256 bits when drawn as hex halves, and no password that somebody thought of
VERSION = b"\x01"  # first byte of everything sealed, so that a later way of sealing can live beside this one
NONCE_BYTES = 12  # NIST SP 800-38D, section 8.2.2: random nonces, safe up to 2**32 sealings with one key
INDEX_HEX = 32  # 128 bits: two residents out of a billion share an index with probability 2**-69


class VaultError(RecordsError):
    """The secret cannot be used, or something sealed was changed, moved to another place, or sealed with another secret."""


class Vault:
    """Seals and indexes personal data with keys derived from `secret` (at least 32 characters)."""

    def __init__(self, secret: str) -> None:
        if len(secret) < LEAST_SECRET:
            raise VaultError(
                f"the vault's secret has {len(secret)} characters and wants at least {LEAST_SECRET}; "
                'make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        self._aead = AESGCM(_derive(secret, b"onestop seal v1"))
        self._index_key = _derive(secret, b"onestop index v1")

    def seal(self, data: bytes, context: str) -> bytes:
        """Seals `data` for one place (`context`, e.g. "case.answers:<id>"): it opens only under the same context."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + nonce + self._aead.encrypt(nonce, data, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """What was sealed. Raises VaultError when it was changed, belongs to another context, or the secret is another."""
        if sealed[:1] != VERSION:
            raise VaultError("this was not sealed by this vault: its first byte names another version")
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self._aead.decrypt(nonce, body, context.encode())
        except (InvalidTag, ValueError) as wrong:
            raise VaultError(
                f"something sealed as {context.partition(':')[0]!r} does not open: it was changed, or the secret is not the one it was "
                "sealed with; set the secret that was in use when the data folder was made"
            ) from wrong

    def index(self, value: str, context: str) -> str:
        """A keyed blind index (HMAC-SHA256, 32 hex digits) to look `value` up without storing it. Equal only within one context."""
        message = len(context.encode()).to_bytes(4, "big") + context.encode() + value.encode()
        return hmac.new(self._index_key, message, hashlib.sha256).hexdigest()[:INDEX_HEX]


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
