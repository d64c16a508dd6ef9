"""A demand note with what its page and its sheet need to say."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.cases import DemandNote, Payment, case_of
from models.requests import Consumer, ServiceRequest


@dataclass(frozen=True)
class NoteOf:
    """The note's row, whose request it is of, who pays it, and what was paid of it and is left (minor units)."""

    note: DemandNote
    request: ServiceRequest
    name: str
    address: str
    paid: int
    to_pay: int


async def note_of(session: AsyncSession, number: str) -> NoteOf | None:
    """The demand note of this number; None when there is none."""
    note = await session.get(DemandNote, number)
    request = await session.get(ServiceRequest, note.reference) if note else None
    if note is None or request is None:
        return None
    who = await session.get(Consumer, request.consumer_id)
    case = await case_of(session, request.reference)
    counts = case.note is not None and case.note.number == number
    paid = min(max(case.balance, 0), note.total) if counts else await _paid_for(session, number)
    left = case.to_pay if counts else 0
    return NoteOf(note, request, (who and who.name) or "", (who and who.address) or "", paid, left)


async def _paid_for(session: AsyncSession, number: str) -> int:
    amounts = (await session.exec(select(Payment.amount).where(col(Payment.note) == number))).all()
    return sum(amounts)


async def number_that_counts(session: AsyncSession, reference: str) -> str | None:
    """The number of the demand note that counts for a request now; None where there is none."""
    note = (await case_of(session, reference)).note
    return None if note is None else note.number
