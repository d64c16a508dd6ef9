"""Whether a request is an officer's own: nobody acts as an officer on what he asked himself."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Staff
from models.requests import Consumer, ServiceRequest

SAME = 9
"""Digits from the end by which two telephone numbers are one, however each is written."""


async def about_himself(session: AsyncSession, row: ServiceRequest, person: int | None) -> bool:
    """Whether the request's phone or e-mail is that of `person`; False where nobody is named."""
    if person is None:
        return False
    officer, consumer = await session.get(Staff, person), await session.get(Consumer, row.consumer_id)
    if officer is None or consumer is None:
        return False
    mails = (officer.email or "").lower(), (consumer.email or "").lower()
    return _same(_digits(officer.phone), _digits(consumer.phone)) or _same(*mails)


def _digits(number: str | None) -> str:
    digits = "".join(letter for letter in number or "" if letter.isdigit())
    return digits[-SAME:] if len(digits) >= SAME else ""


def _same(one: str, other: str) -> bool:
    return bool(one) and one == other
