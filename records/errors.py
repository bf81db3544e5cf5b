"""The root of this room's errors."""


class RecordsError(Exception):
    """Something about the records that a person can act on; the text says how."""
