"""An applicant and the officers who work his request, stage by stage, on a story's timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlmodel import col, select

from models import cases, papers
from models.policy_versions import current
from models.requests import Connection, Consumer, ServiceRequest, Task
from rules.case import Case
from rules.messages import Taken
from rules.procedure import Billed, Does, Procedure
from rules.terms import Act, Actor, Kind
from tests.timeline import Timeline

IDS = count(1)
METERS = count(40_001)


@dataclass
class Application:
    """One connection request on a timeline. `outcomes` says how its decisions and bills come out, by stage."""

    town: Timeline
    reference: str
    procedure: Procedure
    outcomes: dict[str, str] = field(default_factory=dict)
    meters: list[str] = field(default_factory=list)

    async def row(self) -> ServiceRequest:
        """Its row."""
        return await self.town.row(self.reference)

    async def tasks(self) -> Sequence[Task]:
        """Its tasks in the order they opened."""
        async with self.town.sessions() as session:
            asked = select(Task).where(Task.reference == self.reference).order_by(col(Task.entered), Task.id)
            return (await session.exec(asked)).all()

    async def open_stages(self) -> list[str]:
        """The stages that are open now."""
        return [task.stage for task in await self.tasks() if task.done_at is None]

    async def task(self, stage: str) -> Task:
        """The newest task of a stage."""
        return [task for task in await self.tasks() if task.stage == stage][-1]

    async def case(self) -> Case:
        """What it gathered."""
        async with self.town.sessions() as session:
            return await cases.case_of(session, self.reference)

    async def hand_in(self, *codes: str) -> list[Taken]:
        """The applicant hands in documents for these papers; all wanted ones if none is named."""
        applicant = (await self.row()).application["applicant"]
        return [await self._hand_in(code) for code in codes or self.procedure.papers[applicant]]

    async def _hand_in(self, code: str) -> Taken:
        row = papers.Document(
            id=papers.new_id(), reference=self.reference, paper=code, content="image/jpeg", bytes=1, sha256="0",
            received_sha256="0", uploaded_at=self.town.now + timedelta(microseconds=next(IDS)), actor="consumer",
        )  # fmt: skip
        async with self.town.sessions.begin() as session:
            await papers.add(session, row)
        return await self.town.consumer(self.reference, Act.DOCUMENT, paper=code, document=row.id)

    async def officer(self, stage: str, act: Act, *, words: str | None = None, **data: Any) -> Taken:
        """The handler of a stage does something with it now."""
        task = await self.task(stage)
        return await self.town.officer(self.reference, act, task.handler, words=words, task=task.id, **data)

    async def choose(self, which: int = 0) -> Taken:
        """The applicant chooses one of the dates offered."""
        slots = (await self.task("visit")).data["slots"]
        return await self.town.consumer(self.reference, Act.SLOT, slot=slots[which]["key"])

    async def pay(self, amount: int | None = None, *, note: str | None = None, by: Actor = Actor.SYSTEM) -> Taken:
        """Money comes in for the note that counts: what is left to pay, unless told otherwise."""
        case = await self.case()
        number = note or (case.note.number if case.note is not None else "")
        id = f"paid-{next(IDS)}"
        sent = {"note": number, "amount": case.to_pay if amount is None else amount, "payment": id}
        return await self.town.act(self.reference, Act.PAY, by, id=id, **sent)

    async def new_meter(self) -> str:
        """A meter in stock."""
        number = f"M{next(METERS)}"
        async with self.town.sessions.begin() as session:
            await cases.stock(session, {number: None})
        self.meters.append(number)
        return number

    async def do(self, code: str) -> None:
        """Whoever's turn it is does what ends this stage."""
        does = self.procedure.stages[code].does
        if does is Does.DOCUMENTS:
            await self.hand_in()
        if does is Does.VISIT:
            await self._be_visited()
        if does is Does.PAYMENT:
            answer = await self.pay()
        else:
            answer = await self.officer(code, Act.FINISH, words="Done as it should be.", **await self._asked_for(code))
        assert answer.refused is None, f"{code}: {answer.refused}"

    async def _be_visited(self) -> None:
        if not (await self.task("visit")).data.get("slot"):
            assert (await self.choose()).refused is None
        slot = (await self.task("visit")).data["slot"]
        await self.town.until(datetime.fromisoformat(slot["start"]) + timedelta(minutes=5))

    async def _asked_for(self, code: str) -> dict[str, Any]:
        stage = self.procedure.stages[code]
        data: dict[str, Any] = {"checks": list(stage.checklist)}
        if stage.does is Does.DECISION:
            data["outcome"] = self.outcomes.get(code, stage.outcomes[0])
        if stage.does is Does.METER:
            data |= {"meter": await self.new_meter(), "seal": "S-1", "reading": 1}
        if stage.does is Does.READING:
            data |= {"reading": 5_210}
        if stage.does is Does.BILL:
            left = {Billed.DUE: (90_000, 60_000), Billed.CREDIT: (40_000, 60_000), Billed.EVEN: (60_000, 60_000)}
            data |= dict(zip(("dues", "security"), left[Billed(self.outcomes.get(code, Billed.DUE))], strict=True))
        return data

    async def walk(self, *, until: str | None = None) -> list[str]:
        """Do what is open, the first one first, until a stage is open (or nothing is); the stages done."""
        done: list[str] = []
        while (stages := await self.open_stages()) and until not in stages:
            await self.do(stages[0])
            done.append(stages[0])
        return done


async def apply(town: Timeline, category: str, applicant: str | None = None, **more: Any) -> Application:
    """Somebody applies now."""
    async with town.sessions() as session:
        procedure = (await current(session)).procedures[category]
    given: dict[str, Any] = {"applicant": applicant or next(iter(procedure.papers))}
    if procedure.loads is not None:
        given["load"] = "3"
    if procedure.account:
        more = {"account": await an_account(town), **more}
    reference = await town.file(
        category, kind=Kind(procedure.kind), application={**given, **more.pop("application", {})}, **more
    )
    return Application(town, reference, procedure)


async def under_way(town: Timeline, reference: str) -> Application:
    """An application that was made before, followed from now on."""
    await town.follow(reference)
    category = (await town.row(reference)).category
    async with town.sessions() as session:
        return Application(town, reference, (await current(session)).procedures[category])


async def an_account(town: Timeline) -> str:
    """An account of the utility, made here."""
    number = f"10{next(IDS):08d}"
    async with town.sessions.begin() as session:
        consumer = Consumer(name="Demo Consumer", phone="+919810000001", account=number)
        session.add(consumer)
        await session.flush()
        session.add(Connection(account=number, consumer_id=consumer.id or 0, locality="gizri"))
    return number
