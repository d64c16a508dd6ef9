"""One timeline for all requests of a story: a fortnight runs in a second, and nothing is due twice or never."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.channels import Letter, MayBegin, Outcome, Result, always
from activities.facts import Place
from activities.outbox import Outbox
from activities.say import Renderer
from models import waiting
from models.database import Sessions
from models.events import Event
from models.intake import New, register
from models.outbox import Notification
from models.people import Post
from models.requests import Lapse, ServiceRequest, Task
from models.tray import put
from rules.messages import Take, Taken
from rules.policy import Policy
from rules.terms import Act, Actor, Channel, Kind
from workflows.client import Door, Opening

IDS = itertools.count(1)
PATIENCE = 10.0
A_LOOK = 0.1
"""Seconds after which a row is looked at again though no pen said that it wrote."""


@dataclass
class Mailbox:
    """A channel that keeps what it is handed and reports it delivered; it refuses while `refusing`."""

    name: str
    letters: list[Letter] = field(default_factory=list)
    refusing: bool = False

    async def send(self, letters: Sequence[Letter], may_begin: MayBegin = always) -> Mapping[int, Outcome]:
        """Take all of them."""
        if self.refusing:
            return {letter.attempt: Outcome(Result.REFUSED, "no such number") for letter in letters}
        self.letters.extend(letters)
        return {letter.attempt: Outcome(Result.DELIVERED) for letter in letters}


@dataclass
class Timeline:
    """The clock of a story. `now` is what everybody's clock says; requests' workflows are brought to it when needed.

    `written` is set by the pen whenever it wrote.
    """

    environment: WorkflowEnvironment
    client: Client
    door: Door
    sessions: Sessions
    now: datetime
    references: list[str] = field(default_factory=list)
    policies: dict[int, Policy] = field(default_factory=dict)
    written: asyncio.Event = field(default_factory=asyncio.Event)
    sms: Mailbox = field(default_factory=lambda: Mailbox("sms"))
    email: Mailbox = field(default_factory=lambda: Mailbox("email"))

    def __post_init__(self) -> None:
        place = Place("http://onewindow.example", ZoneInfo("Asia/Kolkata"))
        self.outbox = Outbox(self.sessions, {"sms": self.sms, "email": self.email}, Renderer(place), tell=self._told)

    async def _told(self, take: Take) -> None:
        await self._forward(take.reference)
        await self.door.act(take)

    async def post(self) -> None:
        """Let everything waiting in the outbox go out, and its receipts come back."""
        while await self.outbox.step():
            await asyncio.gather(*self.outbox.telling)

    def said_to(self, number: str, channel: str = "sms") -> list[str]:
        """The texts that reached one number or address, oldest first."""
        mailbox = self.sms if channel == "sms" else self.email
        return [letter.message.text for letter in mailbox.letters if letter.to == number]

    async def file(self, category: str, *, start: bool = True, **more: Any) -> str:
        """A consumer files a request now, a complaint unless told otherwise; its number. Its workflow is started likewise."""
        words: dict[str, Any] = {
            "description": "The light is gone in our lane.",
            "locality": "gizri",
            "phone": "+919810000001",
            "language": "en",
            "kind": Kind.COMPLAINT,
            "channel": Channel.WEB,
        }
        new = New(
            category=category,
            token=f"form-{next(IDS)}",
            at=self.now,
            **{**words, **more},
        )
        async with self.sessions.begin() as session:
            reference = (await register(session, new, self.policies)).reference
        await self.follow(reference, start=start)
        return reference

    async def follow(self, reference: str, *, start: bool = True) -> None:
        """Bring a request onto this timeline, starting its workflow."""
        self.references.append(reference)
        if start:
            await self.door.look(reference)

    async def until(self, at: datetime) -> None:
        """Let time pass until `at`, everything due on the way happening at its second."""
        while True:
            row = await self._next(at)
            if row is None or row.wake_at is None:
                break
            self.now = max(self.now, row.wake_at)
            await self._comes(row)
        self.now = max(self.now, at)

    async def hours_pass(self, hours: float) -> None:
        """Let so many hours pass."""
        await self.until(self.now + timedelta(hours=hours))

    async def officer(
        self,
        reference: str,
        act: Act,
        post: str,
        *,
        words: str | None = None,
        seen: int | None = None,
        id: str | None = None,
        **data: Any,
    ) -> Taken:
        """An officer acting for `post` does something now."""
        return await self.act(reference, act, Actor.OFFICER, post=post, words=words, seen=seen, id=id, **data)

    async def act_as(self, reference: str, act: Act, post: str, person: int | None, **more: Any) -> Taken:
        """An officer who is known by name does something now."""
        return await self.act(reference, act, Actor.OFFICER, post=post, person=person, **more)

    async def consumer(
        self, reference: str, act: Act, *, words: str | None = None, id: str | None = None, **data: Any
    ) -> Taken:
        """The consumer does something now."""
        return await self.act(reference, act, Actor.CONSUMER, words=words, id=id, **data)

    async def act(
        self,
        reference: str,
        act: Act,
        actor: Actor,
        *,
        id: str | None = None,
        words: str | None = None,
        post: str | None = None,
        person: int | None = None,
        seen: int | None = None,
        task: str | None = None,
        to: str | None = None,
        **data: Any,
    ) -> Taken:
        """Put a submission into the tray and let it be taken; `to` is the post work is given to."""
        id = id or f"sent-{next(IDS)}"
        data |= {"post": to} if to else {}
        plain = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in data.items()}
        async with self.sessions.begin() as session:
            await put(
                session,
                id=id,
                reference=reference,
                act=act,
                actor=actor,
                at=self.now,
                person=person,
                post=post,
                task_id=task,
                seen=seen,
                data=plain,
                words=words,
            )
        await self._forward(reference)
        return await self.door.act(Take(reference, id, act))

    async def door_only(self, reference: str, act: Act) -> Taken:
        """The consumer does something through the door alone, whatever his workflow's own clock says."""
        id = f"sent-{next(IDS)}"
        async with self.sessions.begin() as session:
            await put(session, id=id, reference=reference, act=act, actor=Actor.CONSUMER, at=self.now)
        return await self.door.act(Take(reference, id, act))

    async def start_all(self) -> None:
        """Start every workflow that was not started yet, all at once."""
        await asyncio.gather(*(self.door.look(reference) for reference in self.references))

    async def loads(self, role: str, office: str) -> list[int]:
        """How many open tasks each post of a role at an office has, in the order of their codes."""
        async with self.sessions() as session:
            posts = select(Post.open_tasks).where(Post.role == role, Post.office == office).order_by(Post.code)
            return list((await session.exec(posts)).all())

    async def bring(self, reference: str) -> None:
        """Bring a request's own clock to the timeline's now: for acts that come by the web."""
        await self._forward(reference)

    async def row(self, reference: str) -> ServiceRequest:
        """The request's row as it is."""
        async with self.sessions() as session:
            return (await session.exec(select(ServiceRequest).where(ServiceRequest.reference == reference))).one()

    async def task(self, reference: str) -> Task:
        """The request's newest task."""
        async with self.sessions() as session:
            asked = select(Task).where(Task.reference == reference).order_by(col(Task.entered).desc())
            return (await session.exec(asked)).first()  # type: ignore[return-value]

    async def events(self, reference: str) -> list[Event]:
        """The request's history."""
        async with self.sessions() as session:
            asked = select(Event).where(Event.reference == reference).order_by(col(Event.number))
            return list((await session.exec(asked)).all())

    async def kinds(self, reference: str) -> list[str]:
        """The kinds of the request's history."""
        return [event.kind for event in await self.events(reference)]

    async def lapses(self, reference: str) -> list[Lapse]:
        """The lapses on record, oldest first."""
        async with self.sessions() as session:
            return list(
                (await session.exec(select(Lapse).where(Lapse.reference == reference).order_by(col(Lapse.id)))).all()
            )

    async def notices(self, reference: str, kind: str | None = None) -> list[Notification]:
        """What was queued to be said about it."""
        async with self.sessions() as session:
            asked = select(Notification).where(Notification.reference == reference).order_by(col(Notification.id))
            rows = (await session.exec(asked)).all()
        return [row for row in rows if kind is None or row.kind == kind]

    def handle(self, reference: str) -> WorkflowHandle[Any, Any]:
        """Temporal's own handle of the request's workflow."""
        return self.client.get_workflow_handle(reference)

    async def _next(self, at: datetime) -> ServiceRequest | None:
        async with self.sessions() as session:
            asked = select(ServiceRequest).where(
                col(ServiceRequest.reference).in_(self.references),
                col(ServiceRequest.over).is_(False),
                col(ServiceRequest.wake_at) <= at,
            )
            return (
                await session.exec(
                    asked.order_by(col(ServiceRequest.wake_at), col(ServiceRequest.consumer_id)).limit(1)
                )
            ).first()

    async def _forward(self, reference: str) -> None:
        handle = self.handle(reference)
        ahead = self.now - await self.environment.get_current_time(handle)
        if ahead > timedelta(0):
            with suppress(RPCError):  # one that ended has no clock any more; the door starts it anew
                await self.environment.fast_forward(handle, ahead)

    async def _comes(self, row: ServiceRequest) -> None:
        """Bring a request what falls due for it now."""
        self.written.clear()
        await self._forward(row.reference)
        await self._changed(row)

    async def _changed(self, before: ServiceRequest) -> None:
        give_up = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < give_up:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.written.wait(), A_LOOK)
            self.written.clear()
            row = await self.row(before.reference)
            if (row.number, row.wake_at, row.over) != (before.number, before.wake_at, before.over):
                return
        raise AssertionError(f"{before.reference} slept over {before.wake_for} at {before.wake_at}")


async def door_of(client: Client, sessions: Sessions, **more: Any) -> Door:
    """The real door over these sessions."""

    async def opening(reference: str) -> Opening | None:
        async with sessions() as session:
            row = await waiting.one(session, reference)
        return row and Opening(row.reference, Kind(row.kind), row.category, row.zone, row.safety)

    return Door(client, opening, **more)
