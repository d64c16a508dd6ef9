"""The link "not your complaint?" of a message: what it stops, and what it takes from the number it was sent to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Submission
from models.notices import stopped_by, token_hash
from models.people import AnswerLink, ConsumerSession, StopLink
from models.requests import ServiceRequest
from models.tray import put
from rules.terms import Act, Actor, Kind


@dataclass(frozen=True)
class Stopping:
    """A request whose messages a link stops. `done`: nothing more goes to that number, by this link or otherwise."""

    reference: str
    done: bool
    application: bool = False


def stop_id(token: str) -> str:
    """The submission's id for a tap on this link: however often it is tapped, it is one."""
    return f"not-mine/{token_hash(token)}"


async def stopping(session: AsyncSession, token: str) -> Stopping | None:
    """What this link stops; None when there is no such link."""
    link = await stopped_by(session, token)
    row = await session.get(ServiceRequest, link.reference) if link else None
    if link is None or row is None:
        return None
    tapped = await session.get(Submission, stop_id(token)) is not None
    return Stopping(link.reference, tapped or _elsewhere(row, link), row.kind != Kind.COMPLAINT)


def _elsewhere(row: ServiceRequest, link: StopLink) -> bool:
    """Whether nothing goes to the link's number any more."""
    return row.contact_refused or row.consumer_id != link.consumer_id


async def stop(session: AsyncSession, token: str, at: datetime) -> bool:
    """Put it into the tray, and take from that number its sessions and its open questions; False: nothing was left to stop."""
    link = await stopped_by(session, token)
    row = await session.get(ServiceRequest, link.reference, with_for_update=True) if link else None
    if link is None or row is None or _elsewhere(row, link):
        return False
    now = (await session.exec(select(func.clock_timestamp()))).one()
    unused = col(AnswerLink.reference) == row.reference, col(AnswerLink.used_at).is_(None)
    await session.exec(update(AnswerLink).where(*unused).values(used_at=now))
    await session.exec(delete(ConsumerSession).where(col(ConsumerSession.reference) == row.reference))
    await put(session, id=stop_id(token), reference=row.reference, act=Act.NOT_MINE, actor=Actor.CONSUMER, at=at)
    return True
