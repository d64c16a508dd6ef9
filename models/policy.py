"""Policy versions, and the utility's profile as loaded."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.database import codes, instant, text
from rules.policy import Policy
from rules.policy_json import from_json
from rules.terms import Codes

KEPT: dict[int, tuple[Codes, Policy]] = {}
"""Versions read before, by number, each with what it was read from: reading takes a hundred times as long as comparing."""


class PolicyVersion(SQLModel, table=True):
    """Everything a clock or a path is computed from; immutable once saved, numbered, pinned to each request."""

    __tablename__ = "policy_version"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    content: Codes = codes()
    note: str = text()
    author: int | None = None
    at: datetime = instant()
    made_from: int | None = None
    """The version whose values it has but for what changed; None: the one before it."""
    beside: int | None = None
    """The version with the same new calendars, where this one keeps older times."""
    approved_by: int | None = None
    """Who agreed to it, where one person could not save it alone."""

    @property
    def policy(self) -> Policy:
        """What it says, read once: a version never changes, only another database may have another of its number."""
        kept = KEPT.get(self.number)
        if kept is None or kept[0] != self.content:
            kept = KEPT[self.number] = self.content, from_json(self.content)
        return kept[1]


class Names(SQLModel, table=True):
    """The utility's names and texts as they are now, by kind (utility, category, role, cause, reason, ...) and code."""

    kind: str = Field(primary_key=True, max_length=30)
    code: str = Field(primary_key=True, max_length=120)
    place: int = 0
    labels: Codes = codes()
    data: Codes = codes()


class Edition(SQLModel, table=True):
    """A number that rises whenever an administrator's table changes: cached pages older than it are not served."""

    id: int = Field(default=1, primary_key=True)
    number: int = 1


class WorkerHeartbeat(SQLModel, table=True):
    """When each worker last said that it is alive and asks for work, and what its relay healed."""

    __tablename__ = "worker_heartbeat"

    worker: str = Field(primary_key=True, max_length=120)
    at: datetime = instant()
    healed: int = 0


class Healing(SQLModel, table=True):
    """That a relay had to bring so many rows and workflows together; kept for a month."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant(index=True)
    rows: int
