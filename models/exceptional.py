"""Exceptional events as an administrator declares, corrects, ends and withdraws them. What they excuse is read, never written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, exists, func, literal, or_
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit
from models.database import codes, instant, rows
from models.naming import Overtaken, as_seen
from models.policy_versions import raise_edition
from models.requests import ServiceRequest
from rules.exceptional import Exceptional
from rules.terms import Codes, Kind

AUDIT = "exceptional"


class ExceptionalEvent(SQLModel, table=True):
    """One event. It is no policy: no clock is computed from it, so a correction needs no new version."""

    __tablename__ = "exceptional_event"

    id: int | None = Field(default=None, primary_key=True)
    what: str = Field(max_length=20)
    zone: str | None = Field(default=None, max_length=60)
    categories: list[str] = rows()
    since: datetime = instant()
    until: datetime | None = instant(optional=True)
    note: Codes = codes()
    by: int | None = None
    at: datetime = instant()
    withdrawn_at: datetime | None = instant(optional=True)

    def value(self) -> Exceptional:
        """The event as the rules see it."""
        zone, names = self.zone, frozenset(self.categories)
        return Exceptional(self.id or 0, self.what, zone, names, self.since, self.until, dict(self.note))


STANDING = (
    select(ExceptionalEvent).where(col(ExceptionalEvent.withdrawn_at).is_(None)).order_by(col(ExceptionalEvent.since))
)


async def standing(session: AsyncSession) -> list[Exceptional]:
    """Every event that was not withdrawn, the oldest first."""
    return [row.value() for row in (await session.exec(STANDING)).all()]


async def declared(session: AsyncSession) -> list[ExceptionalEvent]:
    """Every event, the newest first, withdrawn ones too."""
    asked = select(ExceptionalEvent).order_by(col(ExceptionalEvent.since).desc(), col(ExceptionalEvent.id).desc())
    return list((await session.exec(asked.limit(200))).all())


async def one(session: AsyncSession, number: int) -> ExceptionalEvent | None:
    """The event of this number."""
    return await session.get(ExceptionalEvent, number)


async def declare(session: AsyncSession, values: Mapping[str, Any], by: int, at: datetime) -> int:
    """Declare an event; its number."""
    row = ExceptionalEvent(**values, by=by, at=at)
    session.add(row)
    await session.flush()
    assert row.id is not None
    await _written(session, row.id, {}, _plain(values), by, at)
    return row.id


def fingerprint(row: ExceptionalEvent) -> str:
    """What tells whether the event is still the one that was looked at."""
    told = ("what", "zone", "categories", "since", "until", "note", "withdrawn_at")
    return as_seen(_plain({key: getattr(row, key) for key in told}))


async def change(
    session: AsyncSession, number: int, values: Mapping[str, Any], seen: str, by: int, at: datetime
) -> None:
    """Correct, end or withdraw an event. Overtaken where it is not the one that was `seen`, LookupError where there is none."""
    row = await session.get(ExceptionalEvent, number, with_for_update=True)
    if row is None:
        raise LookupError(f"no event {number}")
    if fingerprint(row) != seen:
        raise Overtaken
    new = {key: value for key, value in values.items() if getattr(row, key) != value}
    before = _plain({key: getattr(row, key) for key in new})
    for key, value in new.items():
        setattr(row, key, value)
    if new:
        await _written(session, number, before, _plain(new), by, at)


async def _written(session: AsyncSession, number: int, before: Codes, after: Codes, by: int, at: datetime) -> None:
    session.add(Audit(at=at, person=by, what=AUDIT, subject=str(number), before=before, after=after, note=""))
    await raise_edition(session)


def _plain(values: Mapping[str, Any]) -> dict[str, str]:
    return {f"exceptional.{key}": _said(value) for key, value in values.items()}


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return " / ".join(map(str, value.values()))
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)


def excused_at(at: datetime) -> Any:
    """Whether an event excuses the promise of a request, as `rules.exceptional` says, in the words of the database."""
    event, row = ExceptionalEvent, ServiceRequest
    begins = case((col(row.kind) == Kind.COMPLAINT, col(row.registered_at)), else_=col(row.complete_at))
    until = func.coalesce(col(row.put_right_at), at)
    categories: Any = col(event.categories)
    return exists().where(
        col(event.withdrawn_at).is_(None),
        or_(col(event.zone).is_(None), col(event.zone) == col(row.zone)),
        or_(categories == literal([], event.__table__.c.categories.type), categories.has_key(col(row.category))),  # type: ignore[attr-defined]
        col(event.since) < col(row.standard_due),
        or_(
            col(event.until).is_(None),
            and_(col(event.until) > begins, until <= col(event.until) + (col(row.standard_due) - begins)),
        ),
    )
