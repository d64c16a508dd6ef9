"""Connection requests over a window: the same hands that work them on a story's timeline."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.database import Sessions
from models.intake import New, register
from models.requests import ServiceRequest
from models.tray import put
from rules.messages import Look, Take, Taken
from rules.terms import Act, Actor, Channel
from tests.stories.applying import Application, apply
from tests.web.window import PHONE, Window

IDS = itertools.count(1)


@dataclass
class Beside:
    """A window that can be asked what a timeline can."""

    window: Window
    references: list[str] = field(default_factory=list)

    @property
    def sessions(self) -> Sessions:
        """Its database."""
        return self.window.sessions

    @property
    def now(self) -> datetime:
        """Its clock."""
        return self.window.now

    async def row(self, reference: str) -> ServiceRequest:
        """A request's row."""
        return await self.window.row(reference)

    async def until(self, at: datetime) -> None:
        """Let time pass for every request that is worked through it."""
        await self.window.passes(at - self.now, *self.references)

    async def file(self, category: str, **more: Any) -> str:
        """A request filed and begun now."""
        given = {"locality": "gizri", "phone": PHONE, "name": "Asha Demo", "address": "12, Lane 3", **more}
        given = {"channel": Channel.WEB, "language": "en", "description": "", **given}
        new = New(category=category, token=f"beside-{next(IDS)}", at=self.now, **given)
        async with self.sessions.begin() as session:
            reference = (await register(session, new)).reference
        self.references.append(reference)
        await self.window.record.look(Look(reference, self.now))
        return reference

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
        task: str | None = None,
        **data: Any,
    ) -> Taken:
        """Put a submission into the tray and let the pen take it."""
        id = id or f"beside-{next(IDS)}"
        plain = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in data.items()}
        async with self.sessions.begin() as session:
            await put(
                session, id=id, reference=reference, act=act, actor=actor, at=self.now, person=person, post=post,
                task_id=task, data=plain, words=words,
            )  # fmt: skip
        return await self.window.record.take(Take(reference, id, act))

    async def officer(self, reference: str, act: Act, post: str, **more: Any) -> Taken:
        """An officer acting for `post` does something now."""
        return await self.act(reference, act, Actor.OFFICER, post=post, **more)

    async def consumer(self, reference: str, act: Act, **more: Any) -> Taken:
        """The applicant does something now."""
        return await self.act(reference, act, Actor.CONSUMER, **more)


async def applied(window: Window, category: str = "new-connection", applicant: str | None = None) -> Application:
    """Somebody applied just now, over this window."""
    return await apply(Beside(window), category, applicant)  # type: ignore[arg-type]
