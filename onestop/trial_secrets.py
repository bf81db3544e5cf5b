"""The secrets a trial makes for itself, kept in one file that only its owner may read."""

from __future__ import annotations

import os
import secrets
import string
from pathlib import Path

NAME = "trial.env"
HEAD = (
    "# Secrets this trial made for itself. They are this machine's own: keep the file while you keep the data beside it,\n"
    "# because the master secret decrypts it. Delete both to begin anew. Never used in production.\n"
)


def _word(length: int) -> str:
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _made() -> dict[str, str]:
    return {
        "ONESTOP_SECRET": secrets.token_urlsafe(48),
        "ONESTOP_WECHAT_TOKEN": _word(32),
        "ONESTOP_WECHAT_APP_ID": "wx" + secrets.token_hex(8),
        "ONESTOP_WECHAT_APP_SECRET": secrets.token_hex(16),
        "ONESTOP_WECHAT_AES_KEY": _word(42) + "A",  # 43 base64 characters of 32 bytes: the last carries two spare bits, A leaves them zero
        "ONESTOP_AGENT_PASSWORD": _word(24),
        "ONESTOP_AMI_PASSWORD": _word(24),
        "ONESTOP_MEDIA_SECRET": _word(32),
        "ONESTOP_STAFF_PASSWORD": _word(16),
    }


def ensure(var: Path) -> Path:
    """Path of the trial's secrets in `var`; makes the file (mode 0600), or adds what an older one lacks."""
    path = var / NAME
    held = path.read_text("utf-8") if path.is_file() else HEAD
    names = {line.partition("=")[0] for line in held.splitlines()}
    missing = {name: value for name, value in _made().items() if name not in names}
    if not missing and path.is_file():
        return path
    var.mkdir(parents=True, exist_ok=True)
    text = held + "".join(f"{name}={value}\n" for name, value in missing.items())
    beside = path.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)
    return path
