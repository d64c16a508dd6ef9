"""The rows of the outbox: claim some so that no other worker has them, and write down what became of them."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Update, case, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from activities.channels import Outcome, Result
from activities.claimed import Claimed as Claimed
from activities.claimed import bundles, side_by_side
from activities.outbox_storm import calmed, due_together
from models.database import database_now
from models.outbox import WELL, Attempt, Notification
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
    for bundle in bundles(claimed):
        for attempts in side_by_side(bundle):
            sender = attempts[0].sender_id or sender_id(bundle[0].row, attempts[0])
            for item, attempt in zip(bundle, attempts, strict=True):
                _try(item, attempt, sender, now)
    await session.flush()


def _try(item: Claimed, attempt: Attempt, sender: str, now: datetime) -> None:
    """Count one more try; a try whose end is not known is asked for under the same id."""
    if attempt.id is not None and attempt.state == "sending":
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
    held = col(Notification.id).in_(item.row.id for item in ours), col(Notification.claimed_until).is_not(None)
    await _quietly(session, update(Notification).where(*held).values(claimed_until=until, next_at=until))
    return len(ours) == len(claimed)


async def settle(session: AsyncSession, claimed: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> list[Take]:
    """Write the outcomes of those claims that are still ours; answers the receipts of questions now in the tray."""
    now = await database_now(session)
    ours = await _still_ours(session, claimed)
    await _write(session, ours, outcomes)
    attempts = await attempts_of(session, [item.row for item in ours])
    ends: dict[tuple[str, datetime], list[int | None]] = defaultdict(list)
    receipts = []
    for row in (item.row for item in ours):
        ends[_end(row, attempts[row.id], now)].append(row.id)
        if row.kind == NoticeKind.QUESTION:
            reached = [await question_reached(session, row, attempt, now) for attempt in attempts[row.id]]
            receipts += [take for take in reached if take]
    for (state, next_at), ids in ends.items():
        ended = update(Notification).where(col(Notification.id).in_(ids))
        await _quietly(session, ended.values(state=state, next_at=next_at, claimed_until=None))
    return receipts


async def _still_ours(session: AsyncSession, claimed: Sequence[Claimed]) -> list[Claimed]:
    """Those that nobody else claimed meanwhile, locked."""
    claims = {item.row.id: item.row.claim for item in claimed}
    asked = select(Notification.id, Notification.claim).where(col(Notification.id).in_(claims))
    now = dict((await session.exec(asked.order_by(col(Notification.id)).with_for_update())).all())
    return [item for item in claimed if now.get(item.row.id) == item.row.claim]


async def _write(session: AsyncSession, claimed: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> None:
    """A delivery report may have come first: only what is still `sending` is written."""
    alike: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    for attempt in (attempt for item in claimed for attempt in item.attempts):
        assert attempt.id is not None
        outcome = outcomes.get(attempt.id, Outcome(Result.UNCLEAR, "cut short"))
        alike[WRITTEN[outcome.result], outcome.error or None].append(attempt.id)
    for (state, error), ids in alike.items():
        sending = update(Attempt).where(col(Attempt.id).in_(ids), col(Attempt.state) == "sending")
        await _quietly(session, sending.values(state=state, error=error))


async def _quietly(session: AsyncSession, written: Update) -> None:
    """Write without looking for the rows among those at hand, which takes longer than writing."""
    await session.exec(written.execution_options(synchronize_session=False))


def _end(row: Notification, attempts: Sequence[Attempt], now: datetime) -> tuple[str, datetime]:
    """Done or failed, or still waiting for the instant to try again."""
    still = [attempt for attempt in attempts if attempt.state in OPEN]
    if still and not gives_up(NoticeKind(row.kind), now - row.queued):
        return row.state, next_try(now, max(attempt.tries for attempt in still))
    for attempt in still:
        attempt.state = "unknown" if attempt.state == "sending" else "refused"
    return "done" if any(attempt.state in WELL for attempt in attempts) else "failed", now
