"""Where plays are performed: a fresh instance with real stores, and a resident at each of its terminals.

WeChat goes through the signed webhook, the television through its pages' links, the telephone through the real call (without its sound).
"""

from onestop.stages.evening import Evening, fresh_house, instance_settings, perform
from onestop.stages.house import House, house

__all__ = ["Evening", "House", "fresh_house", "house", "instance_settings", "perform"]
