"""What happened and what was sent in: the append-only history, and the tray."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.database import codes, instant
from rules.terms import Codes


class Event(SQLModel, table=True):
    """One line of a request's history; numbered within the request; `recorded` is the database's clock."""

    __table_args__ = (
        Index("ix_event_kind_at", "kind", "at"),
        Index("ix_event_due_recorded", "recorded", postgresql_where=text("due is not null")),
    )

    reference: str = Field(primary_key=True, foreign_key="service_request.reference", max_length=9)
    number: int = Field(primary_key=True)
    kind: str = Field(max_length=30)
    actor: str = Field(max_length=10)
    at: datetime = instant()
    due: datetime | None = instant(optional=True)
    recorded: datetime = instant()
    task_id: str | None = Field(default=None, max_length=40)
    post: str | None = Field(default=None, max_length=80)
    person: int | None = None
    data: Codes = codes()
    words_id: int | None = Field(default=None, foreign_key="words.id")
    submission_id: str | None = Field(default=None, max_length=80)
    public: bool = True
    previous: str = Field(default="", max_length=64)
    hash: str = Field(default="", max_length=64)


class Submission(SQLModel, table=True):
    """What a person or another system sent, kept with its outcome: one insert by the web, taken by the pen.

    `run` is the list it stands on, if it concerns many.
    """

    __table_args__ = (Index("ix_submission_unanswered", "received", postgresql_where=text("answered is null")),)

    id: str = Field(primary_key=True, max_length=80)
    reference: str = Field(index=True, max_length=9)
    act: str = Field(max_length=20)
    actor: str = Field(max_length=10)
    person: int | None = None
    post: str | None = Field(default=None, max_length=80)
    task_id: str | None = Field(default=None, max_length=40)
    seen: int | None = None
    data: Codes = codes()
    words_id: int | None = Field(default=None, foreign_key="words.id")
    at: datetime = instant()
    received: datetime = instant()
    answered: datetime | None = instant(optional=True)
    claimed_until: datetime | None = instant(optional=True)
    refused: str | None = Field(default=None, max_length=30)
    number: int | None = None
    run: int | None = Field(default=None, foreign_key="run.id")
