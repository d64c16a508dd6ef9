"""What is known of a message's arrival, and how a question's arrival reaches its request: by the tray."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Submission
from models.outbox import Attempt, Notification
from models.tray import put
from rules.messages import Take
from rules.terms import Act, Actor, NoticeKind

Arrival = Literal["delivered", "failed"]

ARRIVED = {"email": frozenset({"sent", "delivered"}), "sms": frozenset({"delivered"})}
"""States in which a question counts as delivered: a mail not refused, a text message with its report."""


async def record_receipt(session: AsyncSession, gateway_id: str, state: Arrival, at: datetime) -> Take | None:
    """Keep a gateway's delivery report on all that was told in the message it knows by `gateway_id`; repeating changes nothing.

    Answers the submission to be taken when a question is concerned, else None; LookupError for an unknown id.
    """
    asked = select(Attempt.id, Attempt.notification_id).where(
        col(Attempt.channel) == "sms", col(Attempt.sender_id) == gateway_id
    )
    found = (await session.exec(asked.order_by(col(Attempt.notification_id)))).all()
    if not found:
        raise LookupError(gateway_id)
    takes = [await _keep(session, attempt, notification, state, at) for attempt, notification in found]
    return next(filter(None, takes), None)


async def _keep(session: AsyncSession, id: int | None, notification: int, state: Arrival, at: datetime) -> Take | None:
    """Keep a report on one attempt. The order of locks is the outbox's: the notification, then its attempts."""
    row = (
        await session.exec(
            select(Notification).where(col(Notification.id) == notification).with_for_update(),
            execution_options={"populate_existing": True},
        )
    ).one()
    attempt = (
        await session.exec(select(Attempt).where(col(Attempt.id) == id), execution_options={"populate_existing": True})
    ).one()
    if attempt.state == "delivered" or (attempt.receipt_at is not None and state == "failed"):
        return None
    attempt.state, attempt.receipt_at = ("delivered" if state == "delivered" else "refused"), at
    attempt.error = "not delivered" if state == "failed" else None
    await session.flush()
    await _shown(session, row, state)
    return await question_reached(session, row, attempt, at)


async def _shown(session: AsyncSession, row: Notification, state: Arrival) -> None:
    """A notification that reached nobody by any channel shows as failed; one that did after all, as done."""
    if row.state == "waiting":
        return
    well = (
        select(func.count())
        .select_from(Attempt)
        .where(col(Attempt.notification_id) == row.id, col(Attempt.state).in_(("sent", "delivered", "unknown")))
    )
    reached = state == "delivered" or (await session.exec(well)).one() > 0
    await session.exec(
        update(Notification).where(col(Notification.id) == row.id).values(state="done" if reached else "failed")
    )


async def question_reached(session: AsyncSession, row: Notification, attempt: Attempt, at: datetime) -> Take | None:
    """Put the arrival of a question, or that it will not arrive, into the tray, once; None for any other message."""
    arrival = _arrival(row, attempt)
    if arrival is None:
        return None
    id = f"receipt/{attempt.id}/{arrival}"
    if await session.get(Submission, id) is not None:
        return None
    await put(
        session,
        id=id,
        reference=row.reference,
        act=Act.RECEIPT,
        actor=Actor.SYSTEM,
        at=at,
        data={"notification": row.id, "state": arrival, "number": row.number, "channel": attempt.channel},
    )
    return Take(row.reference, id, Act.RECEIPT)


def _arrival(row: Notification, attempt: Attempt) -> Arrival | None:
    if row.kind != NoticeKind.QUESTION:
        return None
    if attempt.state in ARRIVED[attempt.channel]:
        return "delivered"
    return "failed" if attempt.state == "refused" else None
