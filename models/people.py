"""The utility and its people: zones, offices, localities, feeders, posts, staff, and who fills which post when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.database import codes, instant, rows
from rules.terms import Codes


class Zone(SQLModel, table=True):
    """A group of offices, and where its own posts are found. `names` maps a language to a name."""

    code: str = Field(primary_key=True, max_length=60)
    names: Codes = codes()
    addresses: Codes = codes()
    hours: Codes = codes()
    phone: str = Field(default="", max_length=20)


class Office(SQLModel, table=True):
    """A place that owns localities and feeders. `hours` maps a language to its visiting hours in words."""

    code: str = Field(primary_key=True, max_length=60)
    zone: str = Field(foreign_key="zone.code", max_length=60)
    names: Codes = codes()
    addresses: Codes = codes()
    hours: Codes = codes()
    phone: str = Field(max_length=20)
    area_class: str = Field(default="urban", max_length=20)
    since: datetime | None = instant(optional=True)
    until: datetime | None = instant(optional=True)
    successor: str | None = Field(default=None, max_length=60)
    """The office that has its places and requests since it ended."""


class Locality(SQLModel, table=True):
    """A place a consumer can name. `search` holds its names and PIN code in all scripts, for trigrams."""

    __table_args__ = (
        Index("ix_locality_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
    )

    code: str = Field(primary_key=True, max_length=60)
    office: str = Field(foreign_key="office.code", index=True, max_length=60)
    names: Codes = codes()
    pin: str = Field(default="", max_length=10)
    search: str = Field(default="", max_length=600)
    live_from: datetime | None = instant(optional=True)
    """Before this instant nothing is filed there; None: it always was. `ring` is whom to call until then."""
    ring: str = Field(default="", max_length=20)


class Feeder(SQLModel, table=True):
    """A supply line of an office."""

    code: str = Field(primary_key=True, max_length=60)
    office: str = Field(foreign_key="office.code", index=True, max_length=60)
    names: Codes = codes()
    localities: list[str] = rows()


class Post(SQLModel, table=True):
    """A role at a place; requests belong to posts. `office` and `zone` are None for wider posts.

    `able`: the categories it handles, all where there are none; `most_tasks`: the open tasks it is to have, None: any number.
    """

    code: str = Field(primary_key=True, max_length=80)
    role: str = Field(index=True, max_length=60)
    rights: str = Field(max_length=20)
    scope: str = Field(max_length=10)
    office: str | None = Field(default=None, max_length=60, index=True)
    zone: str | None = Field(default=None, max_length=60)
    titles: Codes = codes()
    never_vacant: bool = False
    open_tasks: int = 0
    able: list[str] = rows()
    most_tasks: int | None = None
    since: datetime | None = instant(optional=True)
    until: datetime | None = instant(optional=True)


class Staff(SQLModel, table=True):
    """One who signs in. Names and phones are shown to colleagues only.

    `temporary`: somebody else chose the password, so it opens only the page where it is changed. `totp` is the secret of
    the second factor ("": none), `totp_new` one not confirmed yet, `totp_step` the last half minute whose code was used. `keys`: single keys do something on pages.
    """

    __table_args__ = (
        Index("ix_staff_phone_end", text("right(regexp_replace(coalesce(phone, ''), '[^0-9]', '', 'g'), 9)")),
        Index("ix_staff_email", text("lower(email)")),
    )

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(unique=True, max_length=60)
    name: str = Field(max_length=120)
    password: str = Field(default="", max_length=200)
    phone: str | None = Field(default=None, max_length=20)
    email: str | None = Field(default=None, max_length=254)
    language: str = Field(default="en", max_length=5)
    active: bool = True
    temporary: bool = False
    totp: str = Field(default="", max_length=64)
    totp_new: str = Field(default="", max_length=64)
    totp_step: int = 0
    keys: bool = True


class Fill(SQLModel, table=True):
    """Who fills a post, how (person, roster, charge) and from when to when; `roster` narrows it to weekly spans."""

    id: int | None = Field(default=None, primary_key=True)
    post: str = Field(foreign_key="post.code", index=True, max_length=80)
    person: int = Field(foreign_key="staff.id", index=True)
    how: str = Field(default="person", max_length=10)
    since: datetime = instant()
    until: datetime | None = instant(optional=True)
    roster: Codes = codes()


class Leave(SQLModel, table=True):
    """One is away from an instant to another; additional charge is a Fill of its own."""

    id: int | None = Field(default=None, primary_key=True)
    person: int = Field(foreign_key="staff.id", index=True)
    since: datetime = instant()
    until: datetime | None = instant(optional=True)


class StaffSession(SQLModel, table=True):
    """A signed-in browser; only the hash of its token is kept.

    `pending`: the second factor is still asked for. `ended`: somebody ended it; it stays a day, so that what its
    person was typing can be kept for him.
    """

    __tablename__ = "staff_session"

    token_hash: str = Field(primary_key=True, max_length=64)
    person: int = Field(foreign_key="staff.id", index=True)
    started: datetime = instant()
    used: datetime = instant()
    agent: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=64)
    pending: bool = False
    ended: bool = False


class SignInTry(SQLModel, table=True):
    """A failed sign-in, counted to slow guessing down. All three are hashes; `browser` is "" unless it is a known one."""

    __tablename__ = "sign_in_try"

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(max_length=60, index=True)
    at: datetime = instant()
    address: str = Field(default="", max_length=64, index=True)
    browser: str = Field(default="", max_length=64)


class OneTimeCode(SQLModel, table=True):
    """A code sent to a consumer's phone: keyed hash, purpose, tries left."""

    __tablename__ = "one_time_code"

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(max_length=9, index=True)
    code_hash: str = Field(max_length=64)
    sent_at: datetime = instant()
    expires: datetime = instant()
    tries: int = 0
    used_at: datetime | None = instant(optional=True)


class SlipCode(SQLModel, table=True):
    """The code on a counter slip, good until nothing more can happen to its request; a newer slip replaces it. Keyed hash."""

    __tablename__ = "slip_code"

    reference: str = Field(primary_key=True, max_length=9)
    code_hash: str = Field(max_length=64)
    made_at: datetime = instant()
    made_by: int = Field(foreign_key="staff.id")
    tries: int = 0
    tried_at: datetime | None = instant(optional=True)


class ConsumerSession(SQLModel, table=True):
    """A browser that proved it may see and act on one request."""

    __tablename__ = "consumer_session"

    token_hash: str = Field(primary_key=True, max_length=64)
    reference: str = Field(max_length=9, index=True)
    expires: datetime = instant()


class AnswerLink(SQLModel, table=True):
    """The single-use link of a question; opening it changes nothing, the tap does."""

    __tablename__ = "answer_link"

    token_hash: str = Field(primary_key=True, max_length=64)
    reference: str = Field(max_length=9, index=True)
    number: int
    used_at: datetime | None = instant(optional=True)


class StopLink(SQLModel, table=True):
    """The link "not your complaint?" of one consumer's messages about a request; opening it changes nothing, the tap does."""

    __tablename__ = "stop_link"

    token_hash: str = Field(primary_key=True, max_length=64)
    reference: str = Field(max_length=9, index=True)
    consumer_id: int = Field(foreign_key="consumer.id")


class Missed(SQLModel, table=True):
    """A look-up of a well-formed number that does not exist; only these are limited."""

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(max_length=64, index=True)
    at: datetime = instant()
