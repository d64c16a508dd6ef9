"""Applications in each of their stages, on the town's clock: what the screens of applying are looked at with."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from models import papers
from models.filing import save_draft
from models.intake import New, register
from models.tray import put
from rules.messages import Take
from rules.terms import Act, Actor, Channel, Kind
from tests.web.applicant import PAPERS, Applied, applied
from tests.web.window import PHONE, Window

APPLYING = "a-form-for-every-screen"
SENT = "an-application-that-was-sent"
NUMBERS = itertools.count(1)
EMAIL = "of.more.than.one.part@a-department.of-a-company.example"
"""So long and without a space that a page must break it."""
ANSWERS: dict[str, Any] = {
    "procedure": "new-connection",
    "locality": "gizri",
    "applicant": "tenant",
    "load": "3",
    "name": "Asha Demo",
    "phone": PHONE,
    "typed_phone": "98000 00017",
    "email": EMAIL,
    "address": "12, Lane 3",
    "language": "hi",
}


async def document(session: AsyncSession, draft: str, code: str, at: datetime) -> None:
    """A document of a form, without a file."""
    row = papers.Document(
        id=papers.new_id(), draft=draft, paper=code, content="image/jpeg", bytes=1, sha256="0", received_sha256="0",
        uploaded_at=at, actor="consumer",
    )  # fmt: skip
    await papers.add(session, row)


async def new_application(window: Window, at: datetime, *codes: str, token: str = "") -> Applied:
    """A tenant applied at `at` with these papers."""
    window.now = at
    token = token or f"application-{next(NUMBERS)}"
    new = New(
        Kind.NEW_CONNECTION, "new-connection", Channel.WEB, "en", "", token, at, locality="gizri", phone=PHONE,
        name="Asha Demo", address="12, Lane 3", application={"applicant": "tenant", "load": "3"},
    )  # fmt: skip
    async with window.sessions.begin() as session:
        for code in codes:
            await document(session, token, code, at)
        row = await register(session, new)
    return await applied(window, row.reference)


async def consumer(request: Applied, act: Act, **data: Any) -> None:
    """The applicant does something."""
    id = f"applicant-{next(NUMBERS)}"
    async with request.sessions.begin() as session:
        await put(
            session, id=id, reference=request.reference, act=act, actor=Actor.CONSUMER, at=request.clock(), data=data
        )
    taken = await request.take(Take(request.reference, id, act))
    assert taken.refused is None, taken.refused


async def choose(request: Applied) -> None:
    """The applicant takes the first date."""
    await consumer(request, Act.SLOT, slot=(await request.task("visit")).data["slots"][0]["key"])


async def to_pay(window: Window, at: datetime) -> Applied:
    """Visited and found feasible: the demand note is out."""
    request = await new_application(window, at, *PAPERS)
    await request.finish("documents")
    await choose(request)
    await request.visited()
    await request.finish("feasibility", outcome="feasible")
    await request.finish("note")
    return request


async def energised(window: Window, at: datetime) -> Applied:
    """Paid, fitted and switched on."""
    request = await to_pay(window, at)
    await request.paid()
    for stage in ("agreement", "material", "meter", "handover"):
        await request.finish(stage)
    return request


async def applications(window: Window, now: datetime) -> dict[str, str]:
    """One application in each stage there is something to see of; their numbers by its name."""
    day = timedelta(days=1)
    found = {"closed_well": await energised(window, now - 7 * day)}
    await consumer(found["closed_well"], Act.CONFIRM)
    found["energised"] = await energised(window, now - 5 * day)
    found["to_pay"] = await to_pay(window, now - 5 * day)
    await found["to_pay"].paid(100_000)
    found["refund"] = await to_pay(window, now - 5 * day)
    await found["refund"].paid(100_000)
    await consumer(found["refund"], Act.WITHDRAW)
    found["no_access"] = await visited_in_vain(window, now - 5 * day)
    found["visit_over"] = await new_application(window, now - 5 * day, *PAPERS)
    await found["visit_over"].finish("documents")
    await choose(found["visit_over"])
    found["dates"] = await new_application(window, now - timedelta(hours=3), *PAPERS)
    await found["dates"].finish("documents")
    found["papers_wanted"] = await new_application(window, now - timedelta(hours=2), *PAPERS[:3], token=SENT)
    await found["papers_wanted"].officer("documents", Act.FAULT, faults={"lease": "unreadable"})
    async with window.sessions.begin() as session:
        await save_draft(session, APPLYING, ANSWERS, now)
        await document(session, APPLYING, "photo", now)
        account = {"procedure": "load-change", "language": "en"}
        await save_draft(session, f"{APPLYING}-account", account, now)
    return {name: request.reference for name, request in found.items()}


async def visited_in_vain(window: Window, at: datetime) -> Applied:
    """The office came, and nobody was there."""
    request = await new_application(window, at, *PAPERS)
    await request.finish("documents")
    await choose(request)
    window.now = datetime.fromisoformat((await request.task("visit")).data["slot"]["start"])
    await window.passes(timedelta(hours=1), request.reference)
    await request.officer("visit", Act.MISSED)
    return request
