"""The television's entry on the health page."""

from __future__ import annotations

from channels.tv.keys import keymaps
from channels.tv.settings import TvSettings
from dialogs.contract import PartHealth


def health(settings: TvSettings) -> PartHealth:
    """Degraded without a hotline: a television cannot bring a person in, it can only say where one is reached."""
    facts: dict[str, str | int | float] = {"key_maps": len(keymaps()), "hotline": settings.hotline or "not set"}
    if settings.hotline:
        return PartHealth("ok", facts=facts)
    return PartHealth("degraded", "no hotline is set, so the pages can only send residents to the service window", facts)
