"""What belongs to signing in beside the session: recovery codes, browsers known by their owners, and forms kept for them."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.database import codes, instant
from rules.terms import Codes


class RecoveryCode(SQLModel, table=True):
    """One of the codes that replace a lost telephone, each good once; only its hash is kept."""

    __tablename__ = "recovery_code"

    code_hash: str = Field(primary_key=True, max_length=64)
    person: int = Field(foreign_key="staff.id", index=True)
    used_at: datetime | None = instant(optional=True)


class KnownBrowser(SQLModel, table=True):
    """A browser somebody has signed in with before: guessing elsewhere does not close the door to it."""

    __tablename__ = "known_browser"

    browser: str = Field(primary_key=True, max_length=64)
    person: int = Field(foreign_key="staff.id", primary_key=True)
    at: datetime = instant()


class KeptForm(SQLModel, table=True):
    """A form sent by somebody whose session had ended, kept half a day for that person alone."""

    __tablename__ = "kept_form"

    id: int | None = Field(default=None, primary_key=True)
    person: int = Field(foreign_key="staff.id", index=True)
    path: str = Field(max_length=300)
    fields: Codes = codes()
    at: datetime = instant()
