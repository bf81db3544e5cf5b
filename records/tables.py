"""The tables. What is personal is in `sealed_*` columns (records.vault), what is looked up by is in `*_index` columns (blind indexes).

Nothing here is deleted by the program except attempts that ran out (`throttles`), what a resident wants forgotten (`profiles`) and pictures
that no request came for (`attachments`); `case_events` and `notice_attempts` only grow, and triggers of the first migration refuse to change
or delete a case's event.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Moment = DateTime(timezone=True)


class Base(DeclarativeBase):
    """Root of the table classes."""

    type_annotation_map = {str: Text, datetime: Moment, bytes: LargeBinary, dict[str, Any]: JSONB, date: Date}  # noqa: RUF012


class ThemeRow(Base):
    """A heading of the catalogue's menu."""

    __tablename__ = "themes"
    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    body: Mapped[dict[str, Any]]


class DomainRow(Base):
    """A part of a theme, with its items."""

    __tablename__ = "domains"
    id: Mapped[str] = mapped_column(primary_key=True)
    theme: Mapped[str]
    position: Mapped[int]
    body: Mapped[dict[str, Any]]


class OfficeRow(Base):
    """An office of the city directory of approvals."""

    __tablename__ = "offices"
    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    body: Mapped[dict[str, Any]]


class ApprovalRow(Base):
    """One version of an approval of the city directory; the highest is the current one."""

    __tablename__ = "approvals"
    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    offered: Mapped[bool]
    digest: Mapped[str]  # SHA-256 of the body: equal bodies keep their version
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class ItemRow(Base):
    """One version of a service item (事项); the highest is the current one, older ones stay for the cases made under them."""

    __tablename__ = "items"
    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    offered: Mapped[bool]
    digest: Mapped[str]  # SHA-256 of the body: equal bodies keep their version
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class ImportRow(Base):
    """An import that changed something; its number is the catalogue's version."""

    __tablename__ = "catalogue_imports"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    files: Mapped[dict[str, Any]]


class ResidentRow(Base):
    """Somebody who requested something: by ID number where the item asks for it, else by mobile."""

    __tablename__ = "residents"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    key_index: Mapped[str] = mapped_column(unique=True)
    mobile_index: Mapped[str] = mapped_column(index=True)
    sealed: Mapped[bytes]  # {"mobile", "id_number"}
    since: Mapped[datetime]


class ProfileRow(Base):
    """What the resident at one address let us remember, to be offered instead of asked for. Its life is the consent's."""

    __tablename__ = "profiles"
    address_index: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]  # type of field -> answer
    since: Mapped[datetime]
    consented_at: Mapped[datetime]  # the last time the resident said yes


class CaseRow(Base):
    """A request for an item (办件)."""

    __tablename__ = "cases"
    __table_args__ = (
        ForeignKeyConstraint(["item_code", "item_version"], ["items.code", "items.version"]),
        CheckConstraint(
            "state IN ('submitted','accepted','supplement','processing','approved','refused','delivered','withdrawn')", name="case_state"
        ),
        Index("cases_of_address", "channel", "address_index"),
        Index("cases_by_time", "submitted_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    request_index: Mapped[str] = mapped_column(unique=True)
    item_code: Mapped[str]
    item_version: Mapped[int]
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"), index=True)
    state: Mapped[str]
    decision: Mapped[str | None]  # "approved" or "refused", kept when the result has been delivered
    channel: Mapped[str]
    address_index: Mapped[str]
    sealed_address: Mapped[bytes | None]  # whom to notify on `channel`; none: nobody asked for notices
    tail_salt: Mapped[bytes]
    tail_index: Mapped[str]  # of the last four digits of the mobile, with this row's salt
    sealed_answers: Mapped[bytes]
    submitted_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class EventRow(Base):
    """Something that happened to a case; never changed afterwards."""

    __tablename__ = "case_events"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    act: Mapped[str]
    state: Mapped[str]
    by: Mapped[str]
    note: Mapped[str]
    at: Mapped[datetime]


class AttachmentRow(Base):
    """A picture that a resident sent; without a case while its request is not made."""

    __tablename__ = "attachments"
    __table_args__ = (Index("attachments_waiting", "address_index", "at", postgresql_where=text("case_id IS NULL")),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    address_index: Mapped[str]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    size: Mapped[int]  # bytes, before sealing
    sealed: Mapped[bytes]
    at: Mapped[datetime]


class HandOverRow(Base):
    """A conversation that wants a person."""

    __tablename__ = "hand_overs"
    __table_args__ = (
        CheckConstraint("state IN ('waiting','call_back','taken','closed')", name="hand_over_state"),
        Index("hand_overs_by_state", "state", "opened_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    key_index: Mapped[str] = mapped_column(unique=True)
    reason: Mapped[str]
    channel: Mapped[str]
    address_index: Mapped[str]
    sealed: Mapped[bytes]  # {"lines", "call_back"}
    state: Mapped[str]
    opened_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    call_back_at: Mapped[datetime | None]  # since when the resident waits to be called back
    unanswered_at: Mapped[datetime | None]  # when the terminal last called for a person in vain
    by: Mapped[str | None]
    note: Mapped[str]


class NoticeRow(Base):
    """A message owed to a resident about one event of a case; written in that event's transaction."""

    __tablename__ = "notices"
    __table_args__ = (CheckConstraint("state IN ('waiting','sent','dead')", name="notice_state"), Index("notices_by_state", "state"))
    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("case_events.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    channel: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int]
    detail: Mapped[str]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class NoticeAttemptRow(Base):
    """One try to deliver a notice."""

    __tablename__ = "notice_attempts"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notices.id"), index=True)
    at: Mapped[datetime]
    outcome: Mapped[str]
    detail: Mapped[str]


class ThrottleRow(Base):
    """How often something was counted since a moment; the key is an index, never a number in the clear."""

    __tablename__ = "throttles"
    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)


class StaffRow(Base):
    """Somebody who may enter the desk."""

    __tablename__ = "staff"
    name: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str]
    active: Mapped[bool]
    since: Mapped[datetime]
