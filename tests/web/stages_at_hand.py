"""A connection request brought where a test needs it: officers end its stages, straight through the pen."""

from __future__ import annotations

import hashlib
import itertools
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw
from sqlmodel import col, select

from models import cases, papers
from models.intake import New, register
from models.people import Fill
from models.requests import Task
from models.storage import StorageAway
from models.tray import put
from rules.case import Case
from rules.messages import Look, Take, Taken
from rules.procedure import Procedure
from rules.terms import Act, Actor, Channel, Kind
from tests.web.window import PHONE, Window

NUMBERS = itertools.count(1)


def sheet() -> bytes:
    """A photograph of a written sheet."""
    image, out = Image.new("RGB", (300, 400), "#f4f1e8"), BytesIO()
    pen = ImageDraw.Draw(image)
    for line in range(40, 360, 20):
        pen.line((40, line, 260 - line % 60, line), fill="#334", width=4)
    image.save(out, "JPEG")
    return out.getvalue()


@dataclass
class AtHand:
    """One connection request on a window."""

    window: Window
    reference: str

    async def procedure(self) -> Procedure:
        """Its procedure."""
        row = await self.window.row(self.reference)
        policy = await self.window.parts.database.read(self.window.parts.book.hold_policy, row.policy_version)
        return policy.procedures[row.category]

    async def task(self, stage: str) -> Task:
        """The newest task of a stage."""
        async with self.window.sessions() as session:
            asked = select(Task).where(Task.reference == self.reference, Task.stage == stage)
            found = (await session.exec(asked.order_by(col(Task.entered).desc()))).first()
        assert found is not None, stage
        return found

    async def case(self) -> Case:
        """What it gathered."""
        async with self.window.sessions() as session:
            return await cases.case_of(session, self.reference)

    async def sent(self, act: Act, actor: Actor, words: str | None = None, **more: Any) -> Taken:
        """Through the tray and the pen."""
        id = f"at-hand-{next(NUMBERS)}"
        async with self.window.sessions.begin() as session:
            await put(
                session, id=id, reference=self.reference, act=act, actor=actor, at=self.window.now, words=words, **more
            )
        taken = await self.window.record.take(Take(self.reference, id, act))
        assert taken.refused is None, taken.refused
        return taken

    async def officer(self, stage: str, act: Act, **data: Any) -> Taken:
        """The handler of a stage does something with it."""
        task = await self.task(stage)
        async with self.window.sessions() as session:
            person = (await session.exec(select(Fill.person).where(Fill.post == task.handler))).first()
        return await self.sent(
            act, Actor.OFFICER, "Done as it should be.", person=person, post=task.handler, task_id=task.id, data=data
        )

    async def finish(self, *stages: str, **data: Any) -> None:
        """The handlers of these stages end them, their lists complete."""
        procedure = await self.procedure()
        for stage in stages:
            checks = list(procedure.stages[stage].checklist)
            await self.officer(stage, Act.FINISH, **{"checks": checks, **data})

    async def hand_in(self, *codes: str) -> None:
        """The applicant hands in these papers."""
        data = sheet()
        digest = hashlib.sha256(data).hexdigest()
        for code in codes:
            row = papers.Document(
                id=papers.new_id(), reference=self.reference, paper=code, content="image/jpeg", bytes=len(data),
                sha256=digest, received_sha256=digest, uploaded_at=self.window.now + timedelta(microseconds=next(NUMBERS)), actor="consumer",
            )  # fmt: skip
            with suppress(StorageAway):  # where no test looks at the file there is no place for it
                await self.window.parts.uploads.storage.put(row.id, data)
            async with self.window.sessions.begin() as session:
                await papers.add(session, row)
            await self.sent(Act.DOCUMENT, Actor.CONSUMER, data={"paper": code, "document": row.id})

    async def visited(self) -> None:
        """A date is chosen, the day comes, and the visit is done."""
        slots = (await self.task("visit")).data["slots"]
        await self.sent(Act.SLOT, Actor.CONSUMER, data={"slot": slots[0]["key"]})
        self.window.now = datetime.fromisoformat(slots[0]["start"]) + timedelta(minutes=20)
        await self.finish("visit")

    async def paid(self) -> None:
        """The demand note is paid in full."""
        case = await self.case()
        assert case.note is not None
        data = {"note": case.note.number, "amount": case.to_pay, "payment": f"bank-{next(NUMBERS)}"}
        await self.sent(Act.PAY, Actor.SYSTEM, data=data)


async def applied_for(window: Window, category: str = "new-connection", **more: Any) -> AtHand:
    """Somebody applies now, and the first stages open."""
    given: dict[str, Any] = {
        "application": {"applicant": "owner", "load": "3"},
        "locality": "gizri",
        "phone": PHONE,
        "name": "Rubina Demo",
        "address": "12, Lane 3",
        **more,
    }
    new = New(
        Kind(category.replace("-", "_")), category, Channel.WEB, "en", "For the new house.", f"applied-{next(NUMBERS)}",
        window.now, **given,
    )  # fmt: skip
    async with window.sessions.begin() as session:
        row = await register(session, new)
    await window.record.look(Look(row.reference, window.now))
    return AtHand(window, row.reference)
