"""The television: server-rendered pages for set-top boxes, walked with arrows and OK alone.

`router` serves them, `BUDGET` says what a screen can bear, `Television` walks them as a resident would.
"""

from channels.tv.budget import BUDGET
from channels.tv.health import health
from channels.tv.remote import Television
from channels.tv.settings import TvSettings
from channels.tv.web import router

__all__ = ["BUDGET", "Television", "TvSettings", "health", "router"]
