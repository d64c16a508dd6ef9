"""Temporal killed, then hung: numbers go out, actions are received and not yet done, and all is done once it is back."""

from __future__ import annotations

import asyncio
import json
import random
from datetime import UTC, datetime

from sqlmodel import col, select

from drills.auditor import Promised, audit
from drills.busy_minute import signed_in
from drills.findings import Finding, none_of, within
from drills.flows import flows
from drills.messages import caught_in
from drills.people import Answer, Caller, Officer
from drills.stack import Chosen, Stack, running
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


async def drill(chosen: Chosen) -> list[Finding]:
    """Both kinds of absence, one after the other, on one stack."""
    async with running(chosen) as stack, stack.sessions() as sessions:
        promised = Promised(datetime.now(UTC))
        [officer] = await signed_in(stack, sessions, (POST,))
        found: list[Finding] = []
        for how in ("killed", "hung"):
            found += await without(stack, sessions, promised, officer, how, chosen.away)
        promised.told |= officer.told
        promised.kills += stack.kills
        async with sessions() as session:
            found += await audit(session, promised, lambda: caught_in(stack.messages))
        return [*found, *await flows(stack)]


async def without(
    stack: Stack, sessions: Sessions, promised: Promised, officer: Officer, how: str, away: float
) -> list[Finding]:
    """File and act while Temporal is away; then everything must be done within a minute."""
    before = await mine(stack, sessions, promised, how)
    async with stack.away("temporal", how):
        filing = asyncio.create_task(many(stack, promised, how, away))
        acted = await acts(officer, before)
        shown = await officer.caller.get(f"/desk/requests/{before[0]}")
        filed = await filing
        states = [await state(stack, number) for number in numbers_of(filed)]
        ready = await Caller(stack).get("/readyz")
    back = await stack.back()
    left, _ = await caught_up(sessions, MINUTE)
    took = (datetime.now(UTC) - back).total_seconds()
    refused = await refusals(sessions, promised.since)
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


async def mine(stack: Stack, sessions: Sessions, promised: Promised, how: str) -> list[str]:
    """Two requests the officer handles, assigned while all was well."""
    caller = Caller(stack)
    for number in range(4):
        key = f"before-{how}-{number}-{promised.since.timestamp():.0f}"
        promised.numbers[key] = await caller.filed(key, "no-supply")

    async def handled() -> list[str]:
        async with sessions() as session:
            ours = col(Task.reference).in_(promised.numbers.values())
            asked = select(Task.reference).where(Task.handler == POST, ours, col(Task.accepted_at).is_(None))
            return list((await session.exec(asked.order_by(col(Task.entered).desc()).limit(2))).all())

    found, _ = await until(handled, lambda numbers: len(numbers) == 2, 30)
    return found


async def many(stack: Stack, promised: Promised, how: str, seconds: float) -> list[Answer]:
    """File one complaint after the other for so long."""
    caller, answers = Caller(stack), list[Answer]()
    ends = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < ends:
        key = f"away-{how}-{len(answers)}-{promised.since.timestamp():.0f}"
        answers.append(await caller.file(key, "no-supply"))
        for number in numbers_of(answers[-1:]):
            promised.numbers[key] = number
        await asyncio.sleep(0.5)
    return answers


def numbers_of(answers: list[Answer]) -> list[str]:
    """The numbers given."""
    return [json.loads(answer.text)["reference"] for answer in answers if answer.status == 201]


async def acts(officer: Officer, numbers: list[str]) -> list[Answer]:
    """Accept each of these at the desk, all at once."""

    async def accept(number: str) -> Answer:
        sheet = next(sheet for sheet in await officer.offers(number) if sheet.act == "accept")
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
