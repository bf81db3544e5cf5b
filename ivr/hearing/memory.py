"""How much memory a worker takes."""

from __future__ import annotations

import os
from pathlib import Path


def memory_of(process: int | str = "self") -> int:
    """Resident bytes of a process, 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
