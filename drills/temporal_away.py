"""Temporal killed, then hung: numbers go out, actions are received and not yet done, and all is done once it is back.

How long that may take, a minute and twice the time so many take when all is well, is measured in the same run: away for ten
minutes, it leaves more than a thousand requests that wait to be begun.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime

import httpx2
from sqlmodel import col, select

from drills.busy_minute import signed_in
from drills.ending import counted
from drills.findings import Finding, none_of, within
from drills.many import begun_in_a_second
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
LOOKED_AT = 10
"""Pages of numbers given meanwhile that are opened."""


async def drill(turn: Turn) -> list[Finding]:
    """Both kinds of absence, one after the other, on one stack."""
    [officer] = await signed_in(turn.stack, turn.sessions, (POST,))
    pace = await begun_in_a_second(turn)
    turn.did("measuring")
    found = [Finding("begun in a second when all is well", True, f"{pace:.1f}")]
    for how in turn.chance.sample(("killed", "hung"), 2):
        found += await without(turn, officer, how, pace)
        turn.did(how)
    return [*found, *await counted(turn, MINUTE, [officer])]


async def without(turn: Turn, officer: Officer, how: str, pace: float) -> list[Finding]:
    """File and act while Temporal is away; then everything must be done, at the pace of before."""
    before = await mine(turn, how)
    async with turn.stack.away("temporal", how):
        filing = asyncio.create_task(many(turn, how))
        await asyncio.sleep(turn.chance.uniform(0, 1))
        acted = await acts(officer, before)
        shown = await officer.caller.get(f"/desk/requests/{before[0]}")
        filed = await filing
        states = [await state(turn.stack, number) for number in numbers_of(filed)]
        await looked_at(turn, numbers_of(filed)[:LOOKED_AT])
        ready = await Caller(turn.stack).get("/readyz")
    back = await turn.stack.back()
    enough = MINUTE + 2 * len(filed) / pace
    left, _ = await caught_up(turn.sessions, enough)
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
        within(f"{how}: all done after it was back", took, round(enough, 1)),
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


async def looked_at(turn: Turn, numbers: Sequence[str]) -> None:
    """Open the page of each of these."""
    async with httpx2.AsyncClient(base_url=turn.stack.url, timeout=20, verify=False) as client:
        for number in numbers:
            await turn.onlooker(client).opens(number)


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
