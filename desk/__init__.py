"""The staff's pages at /desk: see and move cases as a named person, take hand-overs, look at the catalogue. Changes nothing but through `records`."""

from desk.pages import mount
from desk.people import ensure_staff

__all__ = ["ensure_staff", "mount"]
