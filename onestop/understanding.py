"""How a sentence is read, reader by reader, for people who look after the words: everything `nlu` makes of it, and what it means at a question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from dialogs.book import Book
from dialogs.contract import Alternative, Event, Speech, Text
from dialogs.outcome import Wait
from dialogs.question import question
from dialogs.reading import read
from dialogs.session import Session
from dialogs.tools.explore import Visit, explore
from nlu.amounts import find_amount, read_amount
from nlu.commands import read_command
from nlu.corrections import read_correction
from nlu.dates import find_date, read_date
from nlu.digits import read_digits
from nlu.facets import read_facet
from nlu.hearing import find_heard
from nlu.intents import intent_of
from nlu.items import ItemIndex
from nlu.misheard import alternatives_of
from nlu.names import find_name, mask_name, read_name
from nlu.pinyin import fuzzy
from nlu.places import find_place, read_place
from nlu.text import bare, clean, is_cut
from nlu.values import mask_id, mask_mobile, read_id_number, read_mobile
from nlu.wishes import parts, points_back
from nlu.yes_no import read_yes_no
from onestop.talk import CONSOLE
from records import case_number

Read = dict[str, Any]
"""What one reader made of the sentence, as plain data."""

_LONG = 7
"""Figures from which a number may be personal, or the number of a case."""
_MOBILE_AT_MOST = 13
"""Figures up to which a number was meant for a mobile (+86 included); of more, for an identity number."""
_OFFERED = 3


class NoQuestion(Exception):  # noqa: N818  a condition of what was asked for, told in one sentence
    """No question has this name; the text says which do."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """A sentence as every reader reads it; a reader that makes nothing of it is not in `readings`.

    said: as given, or masked. readings: by reader, in the order in which a conversation tries them.
    """

    said: str
    heard: bool
    readings: dict[str, Read]


def understand(texts: Sequence[str], index: ItemIndex, today: date, *, heard: bool = False) -> Understanding:
    """What every reader makes of a sentence. texts: what was typed, or what a recogniser made of it, best first; only services weigh them all."""
    text = texts[0]
    return Understanding(text, heard, {name: found for name, found in _readings(texts, text, index, today, heard) if found})


def _readings(texts: Sequence[str], text: str, index: ItemIndex, today: date, heard: bool) -> Iterator[tuple[str, Read]]:
    others = tuple(dict.fromkeys(other for said in texts for other in alternatives_of(said))) if heard else ()
    cut = {"cut": "only the beginning was read"} if is_cut(text) else {}
    yield "text", {"clean": clean(text), "bare": bare(text), "sounds": " ".join(fuzzy(text)), **cut}
    yield "heard as well", {"alternatives": list(texts[1:])} if texts[1:] else {}
    yield "perhaps misheard", {"tried": list(others)} if others else {}
    yield "command", {"id": command} if (command := read_command(text)) else {}
    yield "yes or no", {} if (said := read_yes_no(text)) is None else {"answer": "yes" if said else "no"}
    yield "correction", _plain(read_correction(text))
    yield "intent", _plain(intent_of(text))
    yield "facet", _plain(read_facet(text))
    yield "services", _services(texts, index, heard)
    pieces = parts(text)
    yield "wishes", {"parts": [_piece(piece, index, heard) for piece in pieces]} if len(pieces) > 1 else {}
    yield "points back", {"to": "what was talked about just now"} if points_back(text) else {}
    yield from _numbers(text)
    yield "date", _whole_or_found(read_date(text, today), find_date(text, today))
    yield "amount", _whole_or_found(read_amount(text), find_amount(text))
    yield "name", _whole_or_found(read_name(text, heard), find_name(text))
    place = read_place(texts, heard=heard)
    yield "place", {"verdict": place.verdict, "places": [one.label for one in place.places], "said": place.said} if place else {}
    mentioned = find_place(text)
    yield "place mentioned", {"place": mentioned.label} if mentioned and not (place and mentioned in place.places) else {}


def _services(texts: Sequence[str], index: ItemIndex, heard: bool) -> Read:
    why = index.why(texts, heard)
    found = find_heard(index, texts) if heard else why.found
    offered = [one.code for one in found.candidates]
    reasons = {reason.candidate.code: reason for reason in why.reasons}
    candidates = [
        {
            "code": one.code,
            "name": one.name,
            "score": one.score,
            "named": one.code in reasons and reasons[one.code].named,
            "evidence": _plain(reasons[one.code].evidence) if one.code in reasons else {},
        }
        for one in (*found.candidates, *(reason.candidate for reason in why.reasons if reason.candidate.code not in offered))
    ][:_OFFERED]
    return {
        "verdict": found.verdict,
        "ours": round(why.ours, 3),
        "compared": why.words,
        "told of": list(why.told),
        "offered": offered,
        "candidates": candidates,
    }


def _piece(piece: str, index: ItemIndex, heard: bool) -> Read:
    found = index.find([piece], heard=heard)
    return {"said": piece, "verdict": found.verdict, "names": [one.name for one in found.candidates]}


def _numbers(text: str) -> Iterator[tuple[str, Read]]:
    digits = read_digits(text, letter_x=True)
    if digits is None:
        return
    yield "digits", _plain(digits)
    if len(digits.value) < _LONG:
        return
    case = next((group for group in (*digits.groups, digits.value) if case_number.valid(group)), "")
    long = len(digits.value) > _MOBILE_AT_MOST
    number = read_id_number(text) if long else read_mobile(text)
    yield "ID number" if long else "mobile", {"value": number.value, "check": number.reason or "ok"}
    yield "case number", {"value": case} if case else {}


def _whole_or_found(whole: Any, found: Any) -> Read:
    """A reader's answer to the sentence as a whole, else what it finds inside."""
    return {**_plain(whole or found), "as": "the whole answer" if whole else "in the sentence"} if whole or found else {}


def _plain(found: Any) -> Read:
    """A reader's record as plain data, without what is empty."""
    if found is None:
        return {}
    rows = ((field.name, getattr(found, field.name)) for field in fields(found))
    return {name: _simple(value) for name, value in rows if value not in ("", None, (), False)}


def _simple(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_simple(one) for one in value]
    return round(value, 3) if isinstance(value, float) else value if isinstance(value, int | bool) else str(value)


# --- at a question ---------------------------------------------------------------------------------------------------------------------


def at_question(book: Book, name: str, texts: Sequence[str], now: float, *, heard: bool = False) -> Read:
    """What a sentence means to a question (`request.fill_in.mobile`), by walking the flows to it. now: seconds since 1970. Raises NoQuestion."""
    session = replace(_session_at(book, name), touched=now)
    event: Event = Speech(tuple(Alternative(text) for text in texts)) if heard else Text(texts[0])
    meant = read(book, session, event, CONSOLE)
    asked = question(book, session)
    return {"question": name, "kind": asked.slot.name, "meant": type(meant).__name__, **{k: v for k, v in _fields(meant).items() if v}}


def _fields(record: Any) -> Read:
    return {name: value if isinstance(value, dict | str | int | None) else str(value) for name, value in asdict(record).items()}


def _session_at(book: Book, name: str) -> Session:
    seen: dict[str, None] = {}
    for visit in explore(book, CONSOLE):
        if isinstance(visit, Visit) and isinstance(visit.turn.then, Wait):
            asked = question(book, visit.session).name
            if asked == name:
                return visit.session
            seen[asked] = None
    near = [one for one in seen if name.rpartition(".")[2] in one] or list(seen)
    raise NoQuestion(f"no question is called {name!r}; there are {', '.join(near[:12])}{' …' if len(near) > 12 else ''}")


# --- masks -----------------------------------------------------------------------------------------------------------------------------


def masked(of: Understanding, said: str) -> Understanding:
    """The same without personal data: numbers by their ends, names by their surname. said: the sentence as it may be shown."""
    readings: dict[str, Read] = {}
    for name, found in of.readings.items():
        match name:
            case "text":
                readings[name] = {"clean": said}
            case "mobile" | "case number":
                readings[name] = {**found, "value": mask_mobile(found["value"])}
            case "ID number":
                readings[name] = {**found, "value": mask_id(found["value"])}
            case "name" if "value" in found:
                readings[name] = {**found, "value": mask_name(found["value"])}
            case "digits" | "wishes" | "place" | "place mentioned" | "date" | "correction" | "heard as well" | "perhaps misheard":
                readings[name] = {"read": "hidden"}
            case "at":
                readings[name] = {key: found[key] for key in ("question", "kind", "meant")}
            case "services":
                readings[name] = {key: value for key, value in found.items() if key != "compared"}
            case _:
                readings[name] = found
    return Understanding(said, of.heard, readings)
