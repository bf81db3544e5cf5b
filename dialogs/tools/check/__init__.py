"""The proof of the flows: findings with file, line and the shortest way that shows them. `onestop check` is its face."""

from dialogs.tools.check.findings import MEANINGS, Code, Finding, codes
from dialogs.tools.check.prove import Report, check, unreadable

__all__ = ["MEANINGS", "Code", "Finding", "Report", "check", "codes", "unreadable"]
