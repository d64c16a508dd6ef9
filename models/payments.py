"""Money that comes in from outside: found by its demand note, put into the tray once, whatever else is away."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.cases import DemandNote, case_of
from models.events import Submission
from models.tray import put
from rules.messages import Take
from rules.terms import Act, Actor


class UnknownNote(LookupError):
    """No demand note has this number."""


class PaymentReused(Exception):
    """A payment's id came again with another note or amount."""


@dataclass(frozen=True)
class Paid:
    """One payment as a bank or gateway sends it: its own id, the note's number, minor units, and when it was paid."""

    id: str
    note: str
    amount: int
    paid_at: datetime


def submission_of(id: str) -> str:
    """The submission's id for a payment: the same payment is the same submission."""
    return f"payment/{hashlib.sha256(id.encode()).hexdigest()}"


async def receive(session: AsyncSession, paid: Paid, at: datetime) -> Take:
    """Put a payment into the tray; a repeated one changes nothing. UnknownNote, or PaymentReused for another one of its id."""
    note = await session.get(DemandNote, paid.note)
    if note is None:
        raise UnknownNote(paid.note)
    id = submission_of(paid.id)
    data = {"note": paid.note, "amount": paid.amount, "payment": id, "paid_at": paid.paid_at.isoformat()}
    await put(session, id=id, reference=note.reference, act=Act.PAY, actor=Actor.SYSTEM, at=at, data=data)
    kept = (await session.exec(select(Submission.data).where(Submission.id == id))).one()
    if (kept["note"], kept["amount"]) != (paid.note, paid.amount):
        raise PaymentReused
    return Take(note.reference, id, Act.PAY)


async def still_to_pay(session: AsyncSession, reference: str) -> int:
    """What is left to pay of the demand note that counts, in minor units."""
    return (await case_of(session, reference)).to_pay
