"""The values that settings choose between."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """trial: makes its own secrets and servers, shows the trial page. production: refuses to start without what it must be given."""

    TRIAL = "trial"
    PRODUCTION = "production"


class AsteriskMode(StrEnum):
    """embedded: started and stopped by us. external: runs elsewhere, we log in by AMI. off: no telephone."""

    EMBEDDED = "embedded"
    EXTERNAL = "external"
    OFF = "off"


class WorkerMode(StrEnum):
    """inside: notices are sent by the serving process. separate: by `onestop worker`."""

    INSIDE = "inside"
    SEPARATE = "separate"


class WechatMode(StrEnum):
    """The official account's message mode: 明文 or 安全."""

    PLAIN = "plain"
    SAFE = "safe"
