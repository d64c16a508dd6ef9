"""A form half filled in, kept under its token; and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.requests import Connection, Consumer, Draft, ServiceRequest
from rules.terms import Codes

KEPT = timedelta(days=7)


async def draft(session: AsyncSession, token: str, at: datetime) -> Codes | None:
    """The answers given so far; None when there are none, or they are older than a week."""
    found = await session.get(Draft, token)
    return found.answers if found and found.saved_at > at - KEPT else None


async def save_draft(session: AsyncSession, token: str, answers: Codes, at: datetime) -> None:
    """Keep the answers given so far."""
    values = {"token": token, "answers": answers, "saved_at": at}
    changed = {"answers": answers, "saved_at": at}
    await session.exec(insert(Draft).values(**values).on_conflict_do_update(index_elements=["token"], set_=changed))


async def filed_as(session: AsyncSession, token: str) -> str | None:
    """The reference of the request filed with this token; None while it was not sent."""
    question = select(ServiceRequest.reference).where(ServiceRequest.token == token)
    return (await session.exec(question)).first()


async def is_account(session: AsyncSession, account: str) -> bool:
    """Whether the utility has this account."""
    return await session.get(Connection, account) is not None


async def sort_and_place(session: AsyncSession, reference: str) -> tuple[str, str | None]:
    """Category and locality of a request there is."""
    question = select(ServiceRequest.category, ServiceRequest.locality)
    return (await session.exec(question.where(ServiceRequest.reference == reference))).one()


async def phone_of(session: AsyncSession, reference: str) -> str | None:
    """The phone given with a request; None when none was."""
    question = (
        select(Consumer.phone)
        .join(ServiceRequest, col(ServiceRequest.consumer_id) == col(Consumer.id))
        .where(ServiceRequest.reference == reference)
    )
    return (await session.exec(question)).first()
