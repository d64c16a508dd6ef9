"""What is to be said: one row a recipient with its plan, and the attempts below it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.database import codes, instant, rows
from rules.terms import Codes

WELL = frozenset({"sent", "delivered", "unknown"})
"""States of an attempt that reached its reader, as far as anybody knows."""


class Notification(SQLModel, table=True):
    """One thing said to one recipient. `key` = reference/number/kind/recipient makes it unique.

    One that is about no request has no reference and goes to an `address` an administrator set.

    `together`: it waits to be told in one message with others to the same person.
    """

    __table_args__ = (
        Index("ix_notification_waiting", "next_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_notification_staff", "staff_id", "queued", postgresql_where=text("staff_id is not null")),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=160)
    reference: str = Field(index=True, max_length=9)
    number: int
    kind: str = Field(max_length=30)
    consumer_id: int | None = Field(default=None, foreign_key="consumer.id")
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    post: str | None = Field(default=None, max_length=80)
    address: str | None = Field(default=None, max_length=200)
    language: str = Field(max_length=5)
    channels: list[str] = rows()
    data: Codes = codes()
    queued: datetime = instant()
    next_at: datetime = instant()
    together: bool = False
    state: str = Field(default="waiting", max_length=12)
    claim: int = 0
    claimed_until: datetime | None = instant(optional=True)


class Attempt(SQLModel, table=True):
    """One try by one channel. state: sending, sent, delivered, failed, refused, unknown.

    Notifications told in one message share its `sender_id`.
    """

    __table_args__ = (Index("ix_attempt_receipt", "channel", "sender_id"),)

    id: int | None = Field(default=None, primary_key=True)
    notification_id: int = Field(foreign_key="notification.id", index=True)
    channel: str = Field(max_length=10)
    state: str = Field(max_length=12)
    tries: int = 1
    at: datetime = instant()
    sender_id: str | None = Field(default=None, max_length=200)
    receipt_at: datetime | None = instant(optional=True)
    error: str | None = Field(default=None, max_length=400)
