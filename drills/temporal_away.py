"""Temporal killed, then hung: numbers go out, actions are received and not yet done, and all is done once it is back."""

from __future__ import annotations

import asyncio
import json
import random
from datetime import UTC, datetime

from sqlmodel import col, select

from drills.busy_minute import signed_in
from drills.ending import counted
from drills.findings import Finding, none_of, within
from drills.people import Answer, Caller, NotTaken, Officer
from drills.stack import Stack
from drills.turn import Turn
from drills.waiting import caught_up, until
from models.database import Sessions
from models.events import Submission
from models.requests import Task

POST = "relationship-officer-gizri-1"
AT_ONCE = 3.0
"""Seconds in which a number must be out whatever Temporal does."""
HEARD_BY = 16.0
"""Seconds in which an officer must hear that his action was received: twelve for the door, and the pages around it."""
MINUTE = 60.0


async def drill(turn: Turn) -> list[Finding]:
    """Both kinds of absence, one after the other, on one stack."""
    [officer] = await signed_in(turn.stack, turn.sessions, (POST,))
    found: list[Finding] = []
    for how in turn.chance.sample(("killed", "hung"), 2):
        found += await without(turn, officer, how)
        turn.did(how)
    return [*found, *await counted(turn, MINUTE, [officer])]


async def without(turn: Turn, officer: Officer, how: str) -> list[Finding]:
    """File and act while Temporal is away; then everything must be done within a minute."""
    before = await mine(turn, how)
    async with turn.stack.away("temporal", how):
        filing = asyncio.create_task(many(turn, how))
        await asyncio.sleep(turn.chance.uniform(0, 1))
        acted = await acts(officer, before)
        shown = await officer.caller.get(f"/desk/requests/{before[0]}")
        filed = await filing
        states = [await state(turn.stack, number) for number in numbers_of(filed)]
        ready = await Caller(turn.stack).get("/readyz")
    back = await turn.stack.back()
    left, _ = await caught_up(turn.sessions, MINUTE)
    took = (datetime.now(UTC) - back).total_seconds()
    refused = await refusals(turn.sessions, turn.promised.since)
    return [
        none_of(f"{how}: filings without a number", [a for a in filed if a.status != 201], len(filed)),
        within(f"{how}: slowest number", max(answer.seconds for answer in filed), AT_ONCE),
        none_of(
            f"{how}: filed meanwhile and not shown as received", [s for s in states if s != "received"], len(states)
        ),
        none_of(f"{how}: actions not answered 'received'", [a for a in acted if "sent=" not in a.leads_to], len(acted)),
        within(f"{how}: slowest answer to an action", max(answer.seconds for answer in acted), HEARD_BY),
        Finding(f"{how}: pages still shown", shown.status == 200, f"{shown.status}"),
        Finding(f"{how}: /readyz says that Temporal is away", _says_so(ready), f"{ready.status}"),
        none_of(f"{how}: left undone", left, 4),
        within(f"{how}: all done after it was back", took, MINUTE),
        none_of(f"{how}: actions refused afterwards", refused, len(acted)),
    ]


async def mine(turn: Turn, how: str) -> list[str]:
    """Two requests the officer handles, assigned while all was well."""
    caller, numbers = Caller(turn.stack), list[str]()
    for number in range(4):
        key = turn.key("before", how, number)
        turn.promised.numbers[key] = await caller.filed(key, "no-supply")
        numbers.append(turn.promised.numbers[key])

    async def handled() -> list[str]:
        async with turn.sessions() as session:
            ours = col(Task.reference).in_(numbers)
            asked = select(Task.reference).where(Task.handler == POST, ours, col(Task.accepted_at).is_(None))
            return list((await session.exec(asked.limit(2))).all())

    found, _ = await until(handled, lambda found: len(found) == 2, 30)
    if len(found) < 2:
        raise NotTaken(f"{len(found)} of four complaints came to the officer")
    return found


async def many(turn: Turn, how: str) -> list[Answer]:
    """File one complaint after the other for as long as it stays away."""
    caller, answers = Caller(turn.stack), list[Answer]()
    ends = asyncio.get_running_loop().time() + turn.chosen.away
    while asyncio.get_running_loop().time() < ends:
        key = turn.key("away", how, len(answers))
        answers.append(await caller.file(key, "no-supply"))
        for number in numbers_of(answers[-1:]):
            turn.promised.numbers[key] = number
        await asyncio.sleep(0.5)
    return answers


def numbers_of(answers: list[Answer]) -> list[str]:
    """The numbers given."""
    return [json.loads(answer.text)["reference"] for answer in answers if answer.status == 201]


async def acts(officer: Officer, numbers: list[str]) -> list[Answer]:
    """Accept each of these at the desk, all at once."""

    async def accept(number: str) -> Answer:
        sheet = await officer.offered(number, "accept")
        if sheet is None:
            raise NotTaken(f"{number} could not be taken up")
        return await officer.send(sheet.filled(random.Random(number)))

    return list(await asyncio.gather(*(accept(number) for number in numbers)))


async def state(stack: Stack, number: str) -> str:
    """The state of a request as anybody with its number is told."""
    answer = await Caller(stack).get(f"/api/v1/requests/{number}")
    return str(json.loads(answer.text).get("state")) if answer.status == 200 else str(answer.status)


async def refusals(sessions: Sessions, since: datetime) -> list[str]:
    """Submissions refused after all."""
    async with sessions() as session:
        asked = select(Submission.id).where(col(Submission.received) >= since, col(Submission.refused).is_not(None))
        return list((await session.exec(asked)).all())


def _says_so(ready: Answer) -> bool:
    parts = json.loads(ready.text) if ready.status == 503 else {}
    return parts.get("database") == "ok" and parts.get("temporal") not in (None, "ok")
