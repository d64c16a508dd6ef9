"""The rows of the outbox: claim some so that no other worker has them, and write down what became of them."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import case, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from activities.channels import Outcome, Result
from activities.claimed import Claimed as Claimed
from activities.claimed import bundles, side_by_side
from activities.outbox_storm import calmed, due_together
from models.database import database_now
from models.outbox import Attempt, Notification
from models.people import Staff
from models.receipts import question_reached
from models.requests import Consumer, Words
from rules.messages import Take
from rules.retry import gives_up, next_try
from rules.terms import NoticeKind

LEASE = timedelta(seconds=30)
"""How long a claim holds, unless it is renewed: the most that a killed worker delays what it had in hand."""
OPEN = frozenset({"sending", "failed"})
"""States of an attempt that may still be tried."""
Row = TypeVar("Row", Consumer, Staff, Words)
WELL = frozenset({"sent", "delivered", "unknown"})
WRITTEN: Mapping[Result, str] = {
    Result.SENT: "sent",
    Result.DELIVERED: "delivered",
    Result.REFUSED: "refused",
    Result.FAILED: "failed",
    Result.UNCLEAR: "sending",
    Result.UNKNOWN: "unknown",
}


async def claim(session: AsyncSession, batch: int) -> list[Claimed]:
    """Take up to `batch` notifications that are due, codes first, and with them all that officers are told together.

    The caller commits before sending.
    """
    rows = await calmed(session, await _taken(session, _due(batch)))
    rows += await _taken(session, await due_together(session))
    claimed = await _recipients(session, sorted(rows, key=lambda row: (row.kind != NoticeKind.CODE, row.id or 0)))
    await _begin(session, claimed)
    return claimed


def _due(batch: int) -> SelectOfScalar[int | None]:
    """Those that are due and go alone."""
    return (
        select(col(Notification.id))
        .where(
            col(Notification.state) == "waiting",
            col(Notification.next_at) <= func.now(),
            ~col(Notification.together),
        )
        .order_by(case((col(Notification.kind) == NoticeKind.CODE, 0), else_=1), col(Notification.next_at))
        .limit(batch)
        .with_for_update(skip_locked=True)
    )


async def _taken(session: AsyncSession, due: SelectOfScalar[int | None] | None) -> list[Notification]:
    """The rows of `due`, claimed."""
    if due is None:
        return []
    until = func.now() + LEASE
    taken = await session.exec(
        update(Notification)
        .where(col(Notification.id).in_(due))
        .values(claim=col(Notification.claim) + 1, claimed_until=until, next_at=until)
        .returning(Notification)
        .execution_options(populate_existing=True)
    )
    return list(taken.scalars().all())


async def _recipients(session: AsyncSession, rows: Sequence[Notification]) -> list[Claimed]:
    consumers = await _by_id(session, Consumer, (row.consumer_id for row in rows))
    staff = await _by_id(session, Staff, (row.staff_id for row in rows))
    words = await _by_id(session, Words, (row.data.get("words_id") for row in rows))
    return [
        Claimed(
            row,
            consumers.get(row.consumer_id or 0),
            staff.get(row.staff_id or 0),
            said.body if (said := words.get(row.data.get("words_id") or 0)) else None,
        )
        for row in rows
    ]


async def _by_id(session: AsyncSession, table: type[Row], ids: Iterable[int | None]) -> dict[int, Row]:
    wanted = {id for id in ids if id is not None}
    if not wanted:
        return {}
    found = (await session.exec(select(table).where(col(table.id).in_(wanted)))).all()
    return {row.id: row for row in found if row.id is not None}


async def _begin(session: AsyncSession, claimed: Sequence[Claimed]) -> None:
    """Mark every attempt to be made as begun, before anything leaves."""
    now = await database_now(session)
    before = await attempts_of(session, [item.row for item in claimed])
    for item in claimed:
        assert item.row.id is not None
        known = {attempt.channel: attempt for attempt in before[item.row.id]}
        for channel in dict.fromkeys(item.row.channels):
            attempt = known.get(channel)
            if attempt is None:
                attempt = Attempt(notification_id=item.row.id, channel=channel, state="sending", tries=0, at=now)
                session.add(attempt)
            elif attempt.state not in OPEN:
                continue
            item.attempts.append(attempt)
    await session.flush()
    for bundle in bundles(claimed):
        for attempts in side_by_side(bundle):
            sender = attempts[0].sender_id or sender_id(bundle[0].row, attempts[0])
            for item, attempt in zip(bundle, attempts, strict=True):
                _try(item, attempt, sender, now)


def _try(item: Claimed, attempt: Attempt, sender: str, now: datetime) -> None:
    """Count one more try; a try whose end is not known is asked for under the same id."""
    assert attempt.id is not None
    if attempt.state == "sending" and attempt.tries:
        item.again.add(attempt.id)
    attempt.sender_id = sender
    attempt.state, attempt.tries, attempt.at = "sending", attempt.tries + 1, now


def sender_id(row: Notification, attempt: Attempt) -> str:
    """The id a letter keeps over all its tries: a mail's Message-ID, a text message's number at the gateway."""
    if attempt.channel == "email":
        return f"notice.{row.id}.{row.reference}"
    # A delivery report is believed by this id alone: nobody may guess it.
    return secrets.token_hex(16)


async def attempts_of(session: AsyncSession, rows: Iterable[Notification]) -> dict[int | None, list[Attempt]]:
    """The attempts below each of `rows`, by its id."""
    found: dict[int | None, list[Attempt]] = defaultdict(list)
    ids = [row.id for row in rows]
    for attempt in (await session.exec(select(Attempt).where(col(Attempt.notification_id).in_(ids)))).all():
        found[attempt.notification_id].append(attempt)
    return found


async def renew(session: AsyncSession, claimed: Sequence[Claimed]) -> bool:
    """Hold these claims for another lease, but for those settled meanwhile; whether all of them are still ours."""
    ours, until = await _still_ours(session, claimed), func.now() + LEASE
    await session.exec(
        update(Notification)
        .where(col(Notification.id).in_(ours), col(Notification.claimed_until).is_not(None))
        .values(claimed_until=until, next_at=until)
        .execution_options(synchronize_session=False)
    )
    return len(ours) == len(claimed)


async def settle(session: AsyncSession, claimed: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> list[Take]:
    """Write the outcomes of those claims that are still ours; answers the receipts of questions now in the tray."""
    now = await database_now(session)
    ours = await _still_ours(session, claimed)
    for item in claimed:
        if item.row.id in ours:
            await _write(session, item, outcomes)
    attempts = await attempts_of(session, ours.values())
    receipts = []
    for id, row in ours.items():
        _conclude(row, attempts[id], now)
        receipts += [take for attempt in attempts[id] if (take := await question_reached(session, row, attempt, now))]
    return receipts


async def _still_ours(session: AsyncSession, claimed: Sequence[Claimed]) -> dict[int, Notification]:
    claims = {item.row.id: item.row.claim for item in claimed}
    rows = await session.exec(
        select(Notification)
        .where(col(Notification.id).in_(claims))
        .order_by(col(Notification.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows.all() if row.id is not None and row.claim == claims[row.id]}


async def _write(session: AsyncSession, item: Claimed, outcomes: Mapping[int, Outcome]) -> None:
    """A delivery report may have come first: only what is still `sending` is written."""
    for attempt in item.attempts:
        assert attempt.id is not None
        outcome = outcomes.get(attempt.id, Outcome(Result.UNCLEAR, "cut short"))
        await session.exec(
            update(Attempt)
            .where(col(Attempt.id) == attempt.id, col(Attempt.state) == "sending")
            .values(state=WRITTEN[outcome.result], error=outcome.error or None)
        )


def _conclude(row: Notification, attempts: Sequence[Attempt], now: datetime) -> None:
    """Done, failed, or when to try again."""
    row.claimed_until = None
    still = [attempt for attempt in attempts if attempt.state in OPEN]
    if still and not gives_up(NoticeKind(row.kind), now - row.queued):
        row.next_at = next_try(now, max(attempt.tries for attempt in still))
        return
    for attempt in still:
        attempt.state = "unknown" if attempt.state == "sending" else "refused"
    row.state = "done" if any(attempt.state in WELL for attempt in attempts) else "failed"
