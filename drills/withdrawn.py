"""Withdrawn at each stage of a new connection, the worker killed in the middle: no slot, meter, note or money stays behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from sqlmodel import col, select
from temporalio.client import Client

from drills.ending import counted
from drills.findings import Finding, none_of
from drills.people import Caller
from drills.stack import Broken, Stack
from drills.turn import Turn
from drills.waiting import until
from models import cases, waiting
from models.database import Sessions
from models.events import Submission
from models.papers import Document, add, new_id
from models.policy_versions import current
from models.requests import ServiceRequest, Task
from models.tray import put
from rules.case import Case, NoteState
from rules.messages import Take
from rules.procedure import Does, Procedure, Stage
from rules.terms import Act, Actor, Kind
from workflows.client import Door, NotYet, Opening
from workflows.payloads import DATA_CONVERTER

PROCEDURE = "new-connection"
STAGES = ("documents", "visit", "feasibility", "note", "payment", "agreement", "meter", "handover")
"""Where it is withdrawn: with nothing taken yet, a slot, a note, part of the money, all of it, a meter."""
PART = 10_000
CATCHING_UP = 120.0


@dataclass
class Applicant:
    """One connection request on a stack, worked through the door by whoever is asked for."""

    sessions: Sessions
    door: Door
    reference: str
    procedure: Procedure

    async def send(self, act: Act, actor: Actor, task: Task | None = None, **data: Any) -> None:
        """As `taken`; Broken when it is refused."""
        refused = await self.taken(act, actor, task, **data)
        if refused is not None:
            raise Broken(f"{act} was refused: {refused}")

    async def taken(self, act: Act, actor: Actor, task: Task | None = None, **data: Any) -> str | None:
        """Put a submission into the tray and let it be taken; why it was refused, None when it was not."""
        id = f"drill-{uuid4()}"
        post = None if task is None else task.handler
        async with self.sessions.begin() as session:
            await put(
                session, id=id, reference=self.reference, act=act, actor=actor, at=datetime.now(UTC), post=post,
                task_id=None if task is None else task.id, data=data, words="As it should be.",
            )  # fmt: skip
        try:
            return (await self.door.act(Take(self.reference, id, act))).refused
        except NotYet:
            row, _ = await until(partial(self.answered, id), bool, CATCHING_UP)
            if row is None:
                raise Broken(f"{act} was not answered") from None
            return row.refused

    async def answered(self, id: str) -> Submission | None:
        """A submission once it has an outcome."""
        async with self.sessions() as session:
            row = await session.get(Submission, id)
        return row if row is not None and row.answered is not None else None

    async def open_tasks(self) -> list[Task]:
        """What is open now, the first opened first."""
        asked = select(Task).where(Task.reference == self.reference, col(Task.done_at).is_(None))
        async with self.sessions() as session:
            return list((await session.exec(asked.order_by(col(Task.entered), Task.id))).all())

    async def case(self) -> Case:
        """What it gathered."""
        async with self.sessions() as session:
            return await cases.case_of(session, self.reference)

    async def walk(self, to: str) -> None:
        """End stage after stage until `to` is open."""
        tasks = await self.open_tasks()
        while to not in [task.stage for task in tasks]:
            await self.end(tasks[0], self.procedure.stages[tasks[0].stage])
            tasks = await self.open_tasks()

    async def end(self, task: Task, stage: Stage) -> None:
        """Whoever's turn it is does what ends this stage."""
        if stage.does is Does.DOCUMENTS:
            await self.bring_papers()
        if stage.does is Does.VISIT:
            await self.choose(task)
        if stage.does is Does.PAYMENT:
            return await self.pay((await self.case()).to_pay)
        data: dict[str, Any] = {"checks": list(stage.checklist)}
        if stage.does is Does.DECISION:
            data["outcome"] = stage.outcomes[0]
        if stage.does is Does.METER:
            data |= {"meter": await self.meter(), "seal": "S-1", "reading": 1}
        return await self.send(Act.FINISH, Actor.OFFICER, task, **data)

    async def meter(self) -> str:
        """A meter in stock."""
        number = f"D{uuid4().hex[:10]}"
        async with self.sessions.begin() as session:
            await cases.stock(session, {number: None})
        return number

    async def bring_papers(self) -> None:
        """Every paper the first sort of applicant must bring."""
        for code in next(iter(self.procedure.papers.values())):
            row = Document(
                id=new_id(), reference=self.reference, paper=code, content="image/jpeg", bytes=1, sha256="0",
                received_sha256="0", uploaded_at=datetime.now(UTC), actor=Actor.CONSUMER.value,
            )  # fmt: skip
            async with self.sessions.begin() as session:
                await add(session, row)
            await self.send(Act.DOCUMENT, Actor.CONSUMER, paper=code, document=row.id)

    async def choose(self, task: Task) -> None:
        """The first date offered that nobody else has taken meanwhile."""
        for slot in [] if "slot" in task.data else task.data["slots"]:
            if await self.taken(Act.SLOT, Actor.CONSUMER, slot=slot["key"]) is None:
                return

    async def pay(self, amount: int) -> None:
        """Money for the note that counts."""
        note = (await self.case()).note
        if note is None:
            raise Broken("there is no demand note to pay")
        await self.send(Act.PAY, Actor.SYSTEM, note=note.number, amount=amount, payment=f"drill-{uuid4()}")


async def drill(turn: Turn) -> list[Finding]:
    """One request for each stage: brought there, withdrawn while the worker is killed, two at a time, then counted."""
    door = await door_of(turn.stack, turn.sessions)
    requests = dict(zip(STAGES, await asyncio.gather(*(applied(turn, door, stage) for stage in STAGES)), strict=True))
    await asyncio.gather(*(prepared(request, stage) for stage, request in requests.items()))
    turn.did("bringing each to its stage")
    order = turn.chance.sample(STAGES, len(STAGES))
    for pair in zip(order[::2], order[1::2], strict=True):
        await withdrawn(turn, [requests[stage] for stage in pair])
    turn.did("withdrawing")
    found = await counted(turn, CATCHING_UP)
    left = [f"{stage}: {one}" for stage, request in requests.items() for one in await left_behind(request)]
    return [none_of("slots, meters, notes and money left behind", left, len(STAGES)), *found]


async def door_of(stack: Stack, sessions: Sessions) -> Door:
    """The door to the stack's workflows."""
    where = stack.addresses()
    client = await Client.connect(
        where["TEMPORAL_ADDRESS"],
        namespace=where["TEMPORAL_NAMESPACE"],
        data_converter=DATA_CONVERTER,
        lazy=True,
    )

    async def opening(reference: str) -> Opening | None:
        async with sessions() as session:
            row = await waiting.one(session, reference)
        return None if row is None else Opening(row.reference, Kind(row.kind), row.category, row.zone, row.safety)

    return Door(client, opening)


async def applied(turn: Turn, door: Door, stage: str) -> Applicant:
    """Somebody applied by program; its first stage is open."""
    async with turn.sessions() as session:
        procedure = (await current(session)).procedures[PROCEDURE]
    key, applicant = turn.key("withdrawn", stage), next(iter(procedure.papers))
    answer = await Caller(turn.stack).file(key, PROCEDURE, kind=procedure.kind.value, applicant=applicant, load="3")
    if answer.status != 201:
        raise Broken(f"applying was answered {answer.status}: {answer.text[:300]}")
    turn.promised.numbers[key] = str(json.loads(answer.text)["reference"])
    request = Applicant(turn.sessions, door, turn.promised.numbers[key], procedure)
    await door.look(request.reference)
    return request


async def prepared(request: Applicant, stage: str) -> None:
    """Bring it to the stage, with what that stage takes taken."""
    await request.walk(stage)
    if stage == "visit":
        await request.choose((await request.open_tasks())[0])
    if stage == "payment":
        await request.pay(PART)


async def withdrawn(turn: Turn, requests: Sequence[Applicant]) -> None:
    """The applicants withdraw; the worker is killed somewhere in the middle of it."""
    sending = [asyncio.create_task(request.send(Act.WITHDRAW, Actor.CONSUMER)) for request in requests]
    await asyncio.sleep(turn.chance.uniform(0, 0.08))
    turn.stack.kill("worker")
    await asyncio.gather(*sending)
    for request in requests:
        done, _ = await until(partial(is_withdrawn, request), bool, CATCHING_UP)
        if not done:
            raise Broken(f"{request.reference} was not withdrawn")
    await turn.stack.back()
    for request in requests:
        for task in await request.open_tasks():
            await request.send(Act.FINISH, Actor.OFFICER, task)


async def is_withdrawn(request: Applicant) -> bool:
    """Whether the withdrawal is done."""
    async with request.sessions() as session:
        row = await session.get(ServiceRequest, request.reference)
    return row is not None and row.state == "withdrawn"


async def left_behind(request: Applicant) -> list[str]:
    """What is still taken, owed or open."""
    case = await request.case()
    found = [f"{taking.what} {taking.key}" for taking in case.held]
    found += [f"note {note.number}" for note in case.notes if note.state is not NoteState.CANCELLED]
    found += [f"money {case.balance}"] if case.balance else []
    return found + [f"task {task.stage}" for task in await request.open_tasks()]
