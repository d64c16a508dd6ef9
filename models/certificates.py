"""The no-dues certificate of a request: what its sheet says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Event
from models.requests import Consumer, ServiceRequest
from rules.terms import EventKind


@dataclass(frozen=True)
class Certificate:
    """A certificate as it was issued. `ended_at`: the last reading of the connection, or the issue where none was taken."""

    number: str
    office: str
    name: str
    address: str
    account: str
    ended_at: datetime
    issued_at: datetime


async def certificate_of(session: AsyncSession, reference: str) -> Certificate | None:
    """The certificate issued for this request; None when none was."""
    asked = select(Event).where(Event.reference == reference, Event.kind == EventKind.STAGE_DONE.value)
    done = (await session.exec(asked.order_by(col(Event.number)))).all()
    issued = next((event for event in reversed(done) if event.data.get("certificate")), None)
    request = await session.get(ServiceRequest, reference)
    if issued is None or request is None:
        return None
    read = next((event for event in reversed(done) if "reading" in event.data), issued)
    who = await session.get(Consumer, request.consumer_id) or Consumer()
    return Certificate(
        str(issued.data["certificate"]),
        request.office,
        who.name or "",
        who.address or "",
        who.account or "",
        read.at,
        issued.at,
    )
