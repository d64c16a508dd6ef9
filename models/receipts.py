"""What is known of a message's arrival, and how a question's arrival reaches its request: by the tray."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, case, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import INSTANT
from models.events import Submission
from models.outbox import WELL, Attempt, Notification
from models.tray import put
from rules.messages import Take
from rules.terms import Act, Actor, NoticeKind

Arrival = Literal["delivered", "failed"]

ARRIVED = {"email": frozenset({"sent", "delivered"}), "sms": frozenset({"delivered"})}
"""States in which a question counts as delivered: a mail not refused, a text message with its report."""


THEIRS = col(Attempt.channel) == "sms", col(Attempt.sender_id) == bindparam("gateway_id")
# The order of locks is the outbox's: the notifications, then their attempts.
LOCKED = (
    select(Notification.id, Notification.kind)
    .where(col(Notification.id).in_(select(Attempt.notification_id).where(*THEIRS)))
    .order_by(col(Notification.id))
    .with_for_update()
)
KEEP = (
    update(Attempt)
    .where(*THEIRS, col(Attempt.state) != "delivered")
    .values(receipt_at=bindparam("reported", type_=INSTANT))
    .returning(col(Attempt.id))
    .execution_options(synchronize_session=False)
)
KEPT = {
    "delivered": KEEP.values(state="delivered", error=None),
    "failed": KEEP.where(col(Attempt.receipt_at).is_(None)).values(state="refused", error="not delivered"),
}
OURS = col(Attempt.id).in_(bindparam("attempts", expanding=True))
TOLD = (
    update(Notification)
    .where(col(Notification.id).in_(select(Attempt.notification_id).where(OURS)), col(Notification.state) != "waiting")
    .execution_options(synchronize_session=False)
)
OTHER = aliased(Attempt)
REACHED = select(OTHER.id).where(col(OTHER.notification_id) == Notification.id, col(OTHER.state).in_(WELL))
SHOWN = {
    "delivered": TOLD.values(state="done"),
    "failed": TOLD.values(state=case((REACHED.exists(), "done"), else_="failed")),
}
"""A notification that reached nobody by any channel shows as failed; one that did after all, as done."""
QUESTION = (
    select(Notification, Attempt)
    .join(Attempt, col(Attempt.notification_id) == col(Notification.id))
    .where(OURS, col(Notification.kind) == NoticeKind.QUESTION)
    .execution_options(populate_existing=True)
)


async def record_receipt(session: AsyncSession, gateway_id: str, state: Arrival, at: datetime) -> Take | None:
    """Keep a gateway's delivery report on all that was told in the message it knows by `gateway_id`; repeating changes nothing.

    Answers the submission to be taken when a question is concerned, else None; LookupError for an unknown id.
    """
    theirs = {"gateway_id": gateway_id}
    told = (await session.exec(LOCKED, params=theirs)).all()
    if not told:
        raise LookupError(gateway_id)
    kept = (await session.exec(KEPT[state], params={**theirs, "reported": at})).scalars().all()
    if not kept:
        return None
    ours = {"attempts": kept}
    await session.exec(SHOWN[state], params=ours)
    if NoticeKind.QUESTION not in {kind for _, kind in told}:  # which goes alone
        return None
    found = (await session.exec(QUESTION, params=ours)).first()
    return None if found is None else await question_reached(session, *found, at)


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
