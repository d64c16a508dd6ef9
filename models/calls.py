"""Calls that ended without a number, and what came of the calls of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import instant
from models.events import Event
from models.requests import ServiceRequest
from rules.calls import Ending
from rules.terms import Actor, Channel, Closing, EventKind


class EndedCall(SQLModel, table=True):
    """One call that ended without a number. Nothing of who called: `id` is the token of the agent's form."""

    __tablename__ = "ended_call"

    id: str = Field(primary_key=True, max_length=80)
    person: int = Field(foreign_key="staff.id")
    ending: str = Field(max_length=20)
    at: datetime = instant(index=True)


async def end(session: AsyncSession, token: str, person: int, ending: Ending, at: datetime) -> None:
    """Count a call; the same form sent twice is one call."""
    row = {"id": f"{person}/{token}", "person": person, "ending": ending.value, "at": at}
    await session.exec(insert(EndedCall).values(**row).on_conflict_do_nothing())


@dataclass(frozen=True)
class Day:
    """The calls of a day. `filed` includes what was `solved` at once; `endings` are those without a number."""

    filed: int
    again: int
    solved: int
    endings: dict[Ending, int]

    @property
    def first_contact(self) -> int:
        """With how many callers nothing was left to do: put right, or answered, in the first call."""
        return self.solved + self.endings[Ending.ANSWERED] + self.endings[Ending.MEETING]

    @property
    def whole(self) -> int:
        """All calls that were written down."""
        return self.filed + self.again + sum(self.endings.values())


async def day(session: AsyncSession, since: datetime) -> Day:
    """What came of the calls since `since`, of everybody who takes calls."""
    by_call = col(ServiceRequest.channel) == Channel.CALL.value, col(ServiceRequest.registered_at) >= since
    solved = func.count().filter(col(ServiceRequest.closing) == Closing.FIRST_CONTACT.value)
    filed, done = (await session.exec(select(func.count(), solved).where(*by_call))).one()
    asked = select(func.count()).where(
        Event.kind == EventKind.CALLED_AGAIN.value, Event.actor == Actor.OFFICER.value, col(Event.at) >= since
    )
    counted = select(EndedCall.ending, func.count()).where(col(EndedCall.at) >= since).group_by(col(EndedCall.ending))
    ended = dict((await session.exec(counted)).all())
    return Day(filed, (await session.exec(asked)).one(), done, {one: ended.get(one.value, 0) for one in Ending})
