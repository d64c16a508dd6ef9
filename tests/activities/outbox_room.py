"""An outbox with its servers, everything real, for tests."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, update
from sqlmodel import col, select

from activities.channels import Channel
from activities.channels.email import Email
from activities.channels.sms import Sms
from activities.facts import Place
from activities.outbox import Outbox
from activities.say import Renderer
from embedded.message_store import Store
from models.database import Sessions
from models.events import Submission
from models.outbox import Attempt, Notification
from models.people import Staff
from models.requests import Consumer
from rules.messages import Take
from rules.terms import NoticeKind
from tests.activities.mailroom import MailServer

NUMBERS = itertools.count(1)
PHONE, EMAIL = "+919810000001", "consumer@example.org"
OFFICER_PHONE = "+919810000002"


@dataclass
class Room:
    """An outbox with its servers; everything real."""

    sessions: Sessions
    mail: MailServer
    sms_url: str
    store: Store
    told: list[Take] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def outbox(self) -> Outbox:
        """One more worker's outbox."""
        channels: dict[str, Channel] = {
            "email": Email(f"smtp://127.0.0.1:{self.mail.port}", "Example Power <no-reply@power.example>"),
            "sms": Sms(self.sms_url, ""),
        }
        place = Place("https://onewindow.example", ZoneInfo("Asia/Kolkata"))
        return Outbox(self.sessions, channels, Renderer(place), tell=self.tell)

    async def tell(self, take: Take) -> None:
        """Hear of a receipt."""
        self.told.append(take)
        self.heard.set()

    async def queue(
        self,
        kind: NoticeKind = NoticeKind.CLOSED,
        channels: tuple[str, ...] = ("sms", "email"),
        phone: str | None = PHONE,
        email: str | None = EMAIL,
        language: str = "en",
        **data: Any,
    ) -> int:
        """Queue one notification to a consumer; its id."""
        number = next(NUMBERS)
        async with self.sessions.begin() as session:
            consumer = Consumer(phone=phone, email=email)
            session.add(consumer)
            now = (await session.exec(select(func.now()))).one()
            await session.flush()
            row = Notification(
                key=f"test/{number}", reference="234567895", number=number, kind=kind, consumer_id=consumer.id,
                language=language, channels=list(channels), data=data, queued=now, next_at=now,
            )  # fmt: skip
            session.add(row)
            await session.flush()
            assert row.id is not None
            return row.id

    async def queue_for(
        self, person: int, kind: NoticeKind = NoticeKind.ASSIGNED, reference: str = "", **data: Any
    ) -> int:
        """Queue one notification to an officer by both channels; its id. `next_at` and `together` are the row's own."""
        number = next(NUMBERS)
        async with self.sessions.begin() as session:
            now = (await session.exec(select(func.now()))).one()
            own = {"next_at": data.pop("next_at", now), "together": data.pop("together", False)}
            row = Notification(
                key=f"test/{number}", reference=reference or f"{number:09}", number=number, kind=kind, staff_id=person,
                post="officer", language=data.pop("language", "en"), channels=["sms", "email"], data=data, queued=now, **own,
            )  # fmt: skip
            session.add(row)
            await session.flush()
            assert row.id is not None
            return row.id

    async def officer(self, name: str) -> int:
        """One more officer; his number."""
        async with self.sessions.begin() as session:
            staff = Staff(username=name, name=name, phone=OFFICER_PHONE, email=f"{name}@power.example")
            session.add(staff)
            await session.flush()
            assert staff.id is not None
            return staff.id

    async def row(self, id: int) -> Notification:
        """The notification as it is now."""
        async with self.sessions() as session:
            return (await session.exec(select(Notification).where(Notification.id == id))).one()

    async def attempts(self, id: int) -> dict[str, Attempt]:
        """Its attempts by channel."""
        async with self.sessions() as session:
            rows = await session.exec(select(Attempt).where(Attempt.notification_id == id))
            return {attempt.channel: attempt for attempt in rows.all()}

    async def states(self, id: int) -> tuple[str, dict[str, str]]:
        """The state of the notification and of its attempts."""
        return (await self.row(id)).state, {name: it.state for name, it in (await self.attempts(id)).items()}

    async def hasten(self, id: int, age: timedelta = timedelta(0)) -> None:
        """Let its next try, or the end of its claim, be now; make it older by `age`."""
        changed = {"next_at": func.now(), "queued": col(Notification.queued) - age}
        async with self.sessions.begin() as session:
            await session.exec(update(Notification).where(col(Notification.id) == id).values(**changed))

    async def receipts(self) -> list[Submission]:
        """Receipts in the tray."""
        async with self.sessions() as session:
            return list((await session.exec(select(Submission).order_by(Submission.id))).all())
