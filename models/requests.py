"""Service requests, their words and the people who asked: the row is the truth."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, desc
from sqlmodel import Field, SQLModel

from models.database import codes, instant, rows, text
from rules.terms import Codes


class Consumer(SQLModel, table=True):
    """Personal data of one who asked, in one table: erasing a row leaves history whole."""

    __table_args__ = (
        Index("ix_consumer_name", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str | None = Field(default=None, max_length=120)
    phone: str | None = Field(default=None, max_length=20, index=True)
    email: str | None = Field(default=None, max_length=254)
    address: str | None = Field(default=None, max_length=400)
    place: str | None = Field(default=None, max_length=200)
    account: str | None = Field(default=None, max_length=20, index=True)


class Connection(SQLModel, table=True):
    """An account of the utility: where it is and who holds it."""

    account: str = Field(primary_key=True, max_length=20)
    consumer_id: int = Field(foreign_key="consumer.id", index=True)
    locality: str = Field(max_length=60)
    feeder: str | None = Field(default=None, max_length=60)
    load_kw: float = 1.0
    segment: str | None = Field(default=None, max_length=60)
    """The group of consumers the account is marked with."""


class Words(SQLModel, table=True):
    """Free text in one table, by id."""

    __table_args__ = (Index("ix_words_body", "body", postgresql_using="gin", postgresql_ops={"body": "gin_trgm_ops"}),)

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(max_length=9, index=True)
    body: str = text()


class ServiceRequest(SQLModel, table=True):
    """One request. Written once by the web when it comes in, and by the pen from then on."""

    __tablename__ = "service_request"
    __table_args__ = (
        Index("ix_service_request_wake_at", "wake_at", postgresql_where="not over"),
        Index("ix_service_request_not_started", "registered_at", postgresql_where="started_at is null"),
        Index("ix_service_request_consumer", "consumer_id", desc("registered_at")),
        Index("ix_service_request_danger", "registered_at", postgresql_where="safety and not over"),
        Index("ix_service_request_confidential", "reference", postgresql_where="confidential"),
        Index("ix_service_request_closed_at", "closed_at", postgresql_where="closed_at is not null"),
        Index("ix_service_request_proposed", "registered_at", postgresql_where="proposal <> '{}'::jsonb"),
    )

    reference: str = Field(primary_key=True, max_length=9)
    kind: str = Field(max_length=30)
    category: str = Field(max_length=60, index=True)
    state: str = Field(max_length=20, index=True)
    number: int = 1
    changed_at: datetime = instant(index=True)
    registered_at: datetime = instant(index=True)
    policy_version: int
    standard_version: int | None = None
    """The version whose calendar its promised time counts in, once other timings came; None: its own."""
    area_class: str = Field(default="urban", max_length=20)
    office: str = Field(max_length=60, index=True)
    zone: str = Field(max_length=60)
    site_office: str = Field(default="", max_length=60)
    site_zone: str = Field(default="", max_length=60)
    """In whose hours its clocks run: where it was registered. No transfer moves them."""
    locality: str | None = Field(default=None, max_length=60)
    feeder: str | None = Field(default=None, max_length=60)
    channel: str = Field(max_length=10)
    language: str = Field(max_length=5)
    filed_by: int | None = Field(default=None)
    consumer_id: int = Field(foreign_key="consumer.id")
    words_id: int | None = Field(default=None, foreign_key="words.id")
    token: str = Field(max_length=80, unique=True)
    safety: bool = False
    confidential: bool = False
    started_at: datetime | None = instant(optional=True)
    claimed_until: datetime | None = instant(optional=True)

    standard: str | None = Field(default=None, max_length=40)
    standard_calendar: str | None = Field(default=None, max_length=40)
    standard_due: datetime | None = instant(optional=True)
    standard_lapsed_at: datetime | None = instant(optional=True)
    expected_at: datetime | None = instant(optional=True)
    expected_reason: str | None = Field(default=None, max_length=40)
    expected_missed: int = 0
    resolved_at: datetime | None = instant(optional=True)
    put_right_at: datetime | None = instant(optional=True)
    resolution_cause: str | None = Field(default=None, max_length=60)
    confirm_by: datetime | None = instant(optional=True)
    question_number: int | None = None
    question_delivered_at: datetime | None = instant(optional=True)
    closed_at: datetime | None = instant(optional=True)
    closing: str | None = Field(default=None, max_length=20)
    reopen_until: datetime | None = instant(optional=True)
    reopened: int = 0
    within_standard: bool | None = None
    wake_at: datetime | None = instant(optional=True)
    wake_for: str | None = Field(default=None, max_length=20)
    over: bool = False
    proposal: Codes = codes()
    offices: list[str] = rows()
    objected: bool = False
    repeats: int = 0
    call_back_at: datetime | None = instant(optional=True)
    call_back_tries: int = 0
    called_at: datetime | None = instant(optional=True)
    contact_refused: bool = False
    wrote_at: datetime | None = instant(optional=True)
    complete_at: datetime | None = instant(optional=True)
    application: Codes = codes()
    segment: str | None = Field(default=None, max_length=60)
    """The group of consumers it belongs to, with officers of its own."""
    concerned: list[int] = rows()
    """Persons of the staff who may neither handle it nor answer for it: it is about them, or they asked for it."""
    brought_at: datetime | None = instant(optional=True)
    """When it was brought forward, open, from what the utility used before: its ladder begins then, at `brought_tier`."""
    brought_tier: int | None = None
    brought_done: Codes = codes()
    """Of an application: its `stages` that were done with how each came out, when it was `complete`, what was `paid`."""


class Task(SQLModel, table=True):
    """One thing one post must do for a request: its stage, handler, answerable post, tier and clock."""

    __table_args__ = (
        Index("ix_task_queue_handler", "handler", "due", "id", postgresql_where="done_at is null"),
        Index("ix_task_queue_answerable", "answerable", "due", "id", postgresql_where="done_at is null"),
        Index("ix_task_climbed", "due", "id", postgresql_where="done_at is null and tier > 1"),
        Index("ix_task_beyond", "due", "id", postgresql_where="done_at is null and beyond_at is not null"),
        Index(
            "ix_task_storm",
            "storm_for",
            "storm_due",
            "id",
            postgresql_where="done_at is null and storm_for is not null",
        ),
    )

    id: str = Field(primary_key=True, max_length=40)
    reference: str = Field(foreign_key="service_request.reference", index=True, max_length=9)
    stage: str = Field(default="complaint", max_length=40)
    ladder: str = Field(max_length=40)
    tier: int = 1
    handler: str = Field(max_length=80)
    answerable: str = Field(max_length=80)
    answerable_person: int | None = None
    entered: datetime = instant()
    due: datetime | None = instant(optional=True)
    accept_by: datetime | None = instant(optional=True)
    accepted_at: datetime | None = instant(optional=True)
    offered: list[str] = rows()
    answered: list[int] = rows()
    reminder_at: datetime | None = instant(optional=True)
    reminded_at: datetime | None = instant(optional=True)
    top_at: datetime | None = instant(optional=True)
    beyond_at: datetime | None = instant(optional=True)
    done_at: datetime | None = instant(optional=True)
    outcome: str | None = Field(default=None, max_length=40)
    data: Codes = codes()
    storm_at: datetime | None = instant(optional=True)
    storm_due: datetime | None = instant(optional=True)
    storm_for: str | None = Field(default=None, max_length=90)

    @property
    def turn_at(self) -> datetime | None:
        """Its turn in line for one who is given very many in one minute; None where it waits in no line."""
        waits = self.done_at is None and self.storm_due is not None and self.storm_due in (self.due, self.accept_by)
        return self.storm_at if waits else None


class Hold(SQLModel, table=True):
    """A pause of a task's clocks: the consumer's turn (stops both), or the question waiting (stops the tier's alone)."""

    id: int | None = Field(default=None, primary_key=True)
    task_id: str = Field(foreign_key="task.id", index=True, max_length=40)
    reason: str = Field(max_length=40)
    stops_standard: bool = True
    start: datetime = instant()
    end: datetime | None = instant(optional=True)
    limit_at: datetime | None = instant(optional=True)
    author: int | None = None
    remind_at: datetime | None = instant(optional=True)


class Lapse(SQLModel, table=True):
    """A tier that let its time run out keeps that on its record."""

    id: int | None = Field(default=None, primary_key=True)
    task_id: str = Field(foreign_key="task.id", index=True, max_length=40)
    reference: str = Field(index=True, max_length=9)
    tier: int
    post: str = Field(max_length=80, index=True)
    person: int | None = None
    due: datetime = instant()
    at: datetime = instant()


class Draft(SQLModel, table=True):
    """A form half filled in, kept by the web under its token."""

    token: str = Field(primary_key=True, max_length=80)
    answers: Codes = codes()
    saved_at: datetime = instant()


class IdempotencyKey(SQLModel, table=True):
    """A key an API caller sent, and the request it got for it."""

    __tablename__ = "idempotency_key"

    key: str = Field(primary_key=True, max_length=200)
    body_hash: str = Field(max_length=64)
    reference: str = Field(max_length=9)
    at: datetime = instant()
