"""The demo's messages as they went out: every notification done, with its attempts and their delivery reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.outbox_rows import sender_id
from models.outbox import Attempt, Notification
from rules.terms import Codes, NoticeKind

SENT = timedelta(seconds=1.2)
ARRIVED = timedelta(seconds=2.5)
SMS = "sms"


@dataclass(frozen=True)
class Asked:
    """A question on its way: its notification with the number of its event, and the attempt that brings it."""

    notification: int
    number: int
    attempt: int


@dataclass
class Postbag:
    """The messages of one request. `reachable`: whether the telephone took its questions."""

    session: AsyncSession
    reachable: bool
    asked: list[Asked] = field(default_factory=list)

    async def question(self, key: str) -> None:
        """A question was queued under this key: its attempt gets its number now, the report is called by it."""
        attempt = func.nextval(func.pg_get_serial_sequence(Attempt.__tablename__, "id"))
        found = await self.session.exec(
            select(Notification.id, Notification.number, attempt).where(Notification.key == key)
        )
        self.asked.append(Asked(*found.one()))

    def receipt(self, state: str) -> tuple[str, Codes]:
        """Id and data of the submission that reports on the newest question."""
        asked = self.asked[-1]
        data = {"notification": asked.notification, "state": state, "number": asked.number, "channel": SMS}
        return f"receipt/{asked.attempt}/{state}", data

    async def bring(self, reference: str, registered_at: datetime) -> None:
        """Everything said about a request has gone out when it was queued; its questions only if the telephone took them."""
        numbers = {asked.notification: asked.attempt for asked in self.asked}
        rows = select(Notification).where(Notification.reference == reference).order_by(col(Notification.id))
        for told in (await self.session.exec(rows)).all():
            assert told.id is not None
            if told.kind == NoticeKind.ACKNOWLEDGED:
                told.queued = registered_at
            failed = told.kind == NoticeKind.QUESTION and not self.reachable
            told.state, told.next_at, told.claim = "failed" if failed else "done", told.queued, 1
            for channel in told.channels:
                attempt = _attempt(told, channel, failed)
                if channel == SMS and told.id in numbers:
                    attempt.id = numbers[told.id]
                self.session.add(attempt)
        await self.session.flush()


def _attempt(told: Notification, channel: str, failed: bool) -> Attempt:
    assert told.id is not None
    made = Attempt(notification_id=told.id, channel=channel, state="sent", at=told.queued + SENT)
    made.sender_id = sender_id(told, made)
    if channel == SMS:
        made.state, made.receipt_at = "delivered", told.queued + ARRIVED
    if failed:
        made.state, made.error = "refused", "not delivered"
    return made
