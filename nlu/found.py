"""What is looked for, and what was found: the records of `nlu.items`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nlu.judging import Evidence

Verdict = Literal["sure", "near", "none"]


@dataclass(frozen=True, slots=True)
class Item:
    """A service. aliases: its other names; ways: whole sentences in which people ask for it (坐车不要钱的那个证)."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that may be meant. score: 0..1."""

    code: str
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """sure: the first candidate is meant. near: ask which (or whether) of at most three, best first. none: not in the catalogue."""

    verdict: Verdict
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a service stands where it does. named: a name of it stands in the sentence. evidence: None where none was weighed."""

    candidate: Candidate
    named: bool
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a sentence was read. words: what was compared, without noise. told: labels of what it tells of. reasons: best first, also of services
    that are not offered. ours: how likely it is that it means a service at all, 0..1."""

    found: Found
    ours: float
    words: str
    told: tuple[str, ...]
    reasons: tuple[Reason, ...]
