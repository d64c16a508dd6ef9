"""Somebody who applies through the pages, and the officers behind them, step by step."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx2
from sqlmodel import col, select

from models import cases, papers
from models.database import Sessions
from models.people import Fill
from models.policy_versions import current
from models.requests import Connection, Consumer, Task
from models.tray import put
from rules.case import Case
from rules.messages import Look, Take, Taken
from rules.procedure import Does, Procedure
from rules.terms import Act, Actor
from tests.web.files import picture
from tests.web.window import PHONE, Window, checked, words

IDS = count(1)
YOU = {"name": "Asha Demo", "phone": PHONE, "email": "", "address": "12, Lane 3", "language": "en"}
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "where": {"locality": "Gizri"},
    "applicant": {"applicant": "tenant"},
    "load": {"load": "3"},
    "you": YOU,
}
PAPERS = ("photo", "identity", "lease", "landlord-consent")


async def begun(visitor: httpx2.AsyncClient, procedure: str = "new-connection") -> str:
    """The address of the form, without its last part."""
    answer = await visitor.post("/apply", data={"procedure": procedure})
    assert answer.status_code == 303, words(answer)
    return str(answer.headers["location"]).rpartition("/")[0]


async def answered(visitor: httpx2.AsyncClient, form: str, answers: Mapping[str, Mapping[str, str]] = ANSWERS) -> None:
    """Answer the questions in their order, each page checked."""
    for step, fields in answers.items():
        checked(await visitor.get(f"{form}/{step}"))
        answer = await visitor.post(f"{form}/{step}", data=dict(fields))
        assert answer.status_code == 303, words(answer)


async def handed_in(visitor: httpx2.AsyncClient, address: str, data: bytes | None = None) -> httpx2.Response:
    """Photograph a paper: `address` is its page."""
    page = checked(await visitor.get(address))
    fresh = re.search(r'name="fresh" value="([^"]+)"', page.text)
    assert fresh is not None, words(page)
    file = {"file": ("a.jpg", picture() if data is None else data, "image/jpeg")}
    return await visitor.post(f"{address}/documents", data={"fresh": fresh[1]}, files=file)


async def laid(window: Window, form: str, *codes: str) -> None:
    """These papers lie with the form as though photographed: for tests of what comes after."""
    data = picture()
    digest = hashlib.sha256(data).hexdigest()
    for code in codes:
        row = papers.Document(
            id=papers.new_id(), draft=form.rpartition("/")[2], paper=code, content="image/jpeg", bytes=len(data), name="a.jpg",
            sha256=digest, received_sha256=digest, uploaded_at=window.now + timedelta(microseconds=next(IDS)), actor="consumer",
        )  # fmt: skip
        await window.parts.uploads.storage.put(row.id, data)
        async with window.sessions.begin() as session:
            await papers.add(session, row)


async def an_account(window: Window, account: str) -> str:
    """An account of the utility at Gizri."""
    async with window.sessions.begin() as session:
        holder = Consumer(name="Holder Demo", account=account)
        session.add(holder)
        await session.flush()
        session.add(Connection(account=account, consumer_id=holder.id or 0, locality="gizri"))
    return account


@dataclass
class Officers:
    """Those who work one application: each step by whoever has its stage in hand, sent through the tray."""

    sessions: Sessions
    take: Callable[[Take], Awaitable[Taken]]
    clock: Callable[[], datetime]
    reference: str
    procedure: Procedure

    async def task(self, stage: str) -> Task:
        """The newest task of a stage."""
        async with self.sessions() as session:
            asked = select(Task).where(Task.reference == self.reference, Task.stage == stage)
            found = (await session.exec(asked.order_by(col(Task.entered).desc(), col(Task.id).desc()))).first()
        assert found is not None, f"{stage} is not open"
        return found

    async def open_stages(self) -> list[str]:
        """The stages that are open now, as they opened."""
        async with self.sessions() as session:
            asked = select(Task.stage).where(Task.reference == self.reference, col(Task.done_at).is_(None))
            return list((await session.exec(asked.order_by(col(Task.entered), Task.id))).all())

    async def case(self) -> Case:
        """What it gathered."""
        async with self.sessions() as session:
            return await cases.case_of(session, self.reference)

    async def officer(self, stage: str, act: Act, *, words: str | None = None, **data: Any) -> Taken:
        """The handler of a stage does something with it now."""
        task, id = await self.task(stage), f"stage-{next(IDS)}"
        async with self.sessions.begin() as session:
            fill = (await session.exec(select(Fill).where(Fill.post == task.handler))).first()
            await put(
                session, id=id, reference=self.reference, act=act, actor=Actor.OFFICER, at=self.clock(),
                post=task.handler, person=fill.person if fill else None, task_id=task.id, data=data, words=words,
            )  # fmt: skip
        taken = await self.take(Take(self.reference, id, act))
        assert taken.refused is None, f"{stage}: {taken.refused}"
        return taken

    async def finish(self, stage: str, **more: Any) -> Taken:
        """The handler ends a stage with what it asks for."""
        known = self.procedure.stages[stage]
        data: dict[str, Any] = {"checks": list(known.checklist), **more}
        if known.does is Does.DECISION:
            data.setdefault("outcome", known.outcomes[0])
        if known.does is Does.METER:
            data |= {"meter": await self._meter(), "seal": "S-1", "reading": 1}
        if known.does is Does.READING:
            data |= {"reading": 5_210}
        if known.does is Does.BILL:
            data |= {"dues": 90_000, "security": 60_000}
        return await self.officer(stage, Act.FINISH, words="Done as it should be.", **data)

    async def _meter(self) -> str:
        number = f"M{next(IDS):06}"
        async with self.sessions.begin() as session:
            await cases.stock(session, {number: None})
        return number


@dataclass
class Applied(Officers):
    """One application of a window, whose clock is moved by hand."""

    window: Window

    async def paid(self, amount: int | None = None) -> Taken:
        """The bank says that money came in: what is left to pay, unless told otherwise."""
        case, id = await self.case(), f"bank-{next(IDS)}"
        assert case.note is not None
        data = {"note": case.note.number, "amount": case.to_pay if amount is None else amount, "payment": id}
        async with self.sessions.begin() as session:
            await put(
                session, id=id, reference=self.reference, act=Act.PAY, actor=Actor.SYSTEM, at=self.clock(), data=data
            )
        return await self.take(Take(self.reference, id, Act.PAY))

    async def visited(self) -> None:
        """It is the chosen day, and the visit is made."""
        self.window.now = datetime.fromisoformat((await self.task("visit")).data["slot"]["start"])
        await self.window.passes(timedelta(minutes=5), self.reference)
        await self.finish("visit")


async def applied(window: Window, reference: str) -> Applied:
    """The application of this number, looked at by the office."""
    await window.record.look(Look(reference, window.now))
    return await standing(window, reference)


async def standing(window: Window, reference: str) -> Applied:
    """The application of this number as it stands."""
    row = await window.row(reference)
    async with window.sessions() as session:
        procedure = (await current(session)).procedures[row.category]
    return Applied(window.sessions, window.record.take, lambda: window.now, reference, procedure, window)


async def sent(window: Window, visitor: httpx2.AsyncClient, *codes: str) -> Applied:
    """A tenant of Gizri applied for 3 kW through the pages, with these papers."""
    form = await begun(visitor)
    # One phone may file only so often in an hour; all of these end alike.
    await answered(visitor, form, {**ANSWERS, "you": {**YOU, "phone": f"98{next(IDS):04}{PHONE[-4:]}"}})
    await laid(window, form, *codes)
    await visitor.post(f"{form}/check")
    page = checked(await visitor.get(f"{form}/sent"))
    shown = re.search(r'class="huge"><bdi dir="ltr">([0-9-]+)<', page.text)
    assert shown is not None, words(page)
    return await applied(window, shown[1].replace("-", ""))
