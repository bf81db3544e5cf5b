"""The tables."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Root of the table classes."""
