"""Short lives of complaints that between them take every turn a workflow has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import Any

from sqlalchemy.exc import OperationalError
from temporalio.exceptions import ApplicationError

from activities.fanout import wall
from models import bulk, policy_versions
from models.retiming import Choice, begin
from rules.terms import Act, Actor
from tests.stories.applying import apply
from tests.stories.test_lists import listed, outcomes
from tests.timeline import Timeline
from tests.workflows.conftest import Faults, come, scheduled
from tests.workflows.test_drift import sent

DONE: dict[str, Any] = {"words": "Fuse replaced.", "cause": "fuse-blown"}
Scenario = Callable[[Timeline, Faults], Awaitable[str]]


def later(town: Timeline, minutes: int) -> datetime:
    """So many minutes from now."""
    return town.now + timedelta(minutes=minutes)


async def handler(town: Timeline, reference: str) -> str:
    """Who does the work."""
    return (await town.task(reference)).handler


async def nobody_acts(town: Timeline, faults: Faults) -> str:
    """Not taken up, reminded, through three tiers, past the top, the standard lapsed, the top reminded again."""
    complaint = await town.file("no-supply")
    await town.hours_pass(80)
    assert {"not_taken_up", "escalated", "beyond", "standard_lapsed"} <= set(await town.kinds(complaint))
    return complaint


async def resolved_falsely_and_reopened(town: Timeline, faults: Faults) -> str:
    """Resolved, denied, resolved, silent, closed, reopened, confirmed, and over."""
    complaint = await town.file("no-supply")
    officer = await handler(town, complaint)
    await town.officer(complaint, Act.ACCEPT, officer)
    await town.officer(complaint, Act.RESOLVE, officer, put_right=town.now, **DONE)
    await town.until(later(town, 90))
    await town.consumer(complaint, Act.NOT_REPAIRED)
    await town.officer(complaint, Act.RESOLVE, officer, put_right=town.now, **DONE)
    await town.post()
    await town.hours_pass(72)
    await town.consumer(complaint, Act.REOPEN)
    await town.until(later(town, 10))
    await town.officer(complaint, Act.RESOLVE, officer, put_right=town.now, **DONE)
    await town.consumer(complaint, Act.CONFIRM)
    await town.hours_pass(8 * 24)
    await town.handle(complaint).result()
    return complaint


async def held_until_the_consumer_came(town: Timeline, faults: Faults) -> str:
    """Expected and missed, held, ended by the consumer, sent up, held by the manager to the limit, closed by word."""
    complaint = await town.file("no-supply")
    officer = await handler(town, complaint)
    await town.officer(complaint, Act.EXPECT, officer, until=later(town, 5), reason="crew-on-the-way")
    await town.until(later(town, 10))
    await town.officer(complaint, Act.HOLD, officer, reason="premises-locked")
    await town.until(later(town, 30))
    await town.consumer(complaint, Act.PRESENT)
    await town.officer(complaint, Act.ESCALATE, officer, words="A transformer is needed.")
    manager = (await town.task(complaint)).answerable
    await town.officer(complaint, Act.HOLD, manager, reason="premises-locked", limit=later(town, 60))
    await town.until(later(town, 61))
    await town.consumer(complaint, Act.SUPPLY_BACK)
    return complaint


async def withdrawn_before_it_began(town: Timeline, faults: Faults) -> str:
    """The first that its workflow hears is that it is over."""
    complaint = await town.file("no-supply", start=False)
    await town.door.act(await sent(town, complaint, Act.WITHDRAW, Actor.CONSUMER))
    await town.handle(complaint).result()
    return complaint


async def handed_about(town: Timeline, faults: Faults) -> str:
    """Refused, noted, reassigned, directed, taken over, told from behind and looked at."""
    complaint = await town.file("voltage")
    officer = await handler(town, complaint)
    await town.officer(complaint, Act.RESUME, officer)
    await town.officer(complaint, Act.NOTE, officer, words="The key is with the neighbour.")
    await town.officer(complaint, Act.REASSIGN, officer)
    await town.officer(complaint, Act.ESCALATE, await handler(town, complaint), words="Too much for one.")
    manager = (await town.task(complaint)).answerable
    await town.officer(complaint, Act.DIRECT, manager, words="Go now.", by=later(town, 30))
    await town.officer(complaint, Act.TAKE_OVER, manager)
    await town.door.look(complaint)
    await town.consumer(complaint, Act.WITHDRAW)
    return complaint


async def the_database_was_away(town: Timeline, faults: Faults) -> str:
    """An act and the timer, first quickly, then patiently; the first look too."""
    complaint = await town.file("no-supply", start=False)
    for step in (town.door.look(complaint), town.consumer(complaint, Act.ADD, words="Hurry.")):
        faults.error[complaint] = OperationalError("select 1", {}, ConnectionError("server closed the connection"))
        before = await scheduled(town, complaint) if await town.kinds(complaint) != ["registered"] else 0
        waiting = asyncio.ensure_future(step)
        await come(lambda before=before: patiently(town, complaint, before))  # type: ignore[misc]
        faults.error.clear()
        await waiting
    faults.error[complaint] = OperationalError("select 1", {}, ConnectionError("server closed the connection"))
    before = await scheduled(town, complaint)
    town.now = later(town, 20)
    await town.bring(complaint)
    await come(lambda: patiently(town, complaint, before))
    faults.error.clear()
    await come(lambda: has(town, complaint, "not_taken_up"))
    return complaint


async def patiently(town: Timeline, reference: str, before: int) -> bool:
    """Whether a regular activity was scheduled since."""
    try:
        return await scheduled(town, reference) > before
    except Exception:
        return False


async def has(town: Timeline, reference: str, kind: str) -> bool:
    """Whether its history has a line of this kind."""
    return kind in await town.kinds(reference)


async def the_pen_refused_to_work(town: Timeline, faults: Faults) -> str:
    """What will never work was asked of it: the loop waited a minute and tried again, the act failed alone."""
    complaint = await town.file("no-supply")
    faults.error[complaint] = ApplicationError("this will never work", non_retryable=True)
    town.now = later(town, 20)
    await town.bring(complaint)
    await come(lambda: faults.tries[complaint])
    faults.error.clear()
    await town.environment.fast_forward(town.handle(complaint), timedelta(minutes=2))
    await come(lambda: has(town, complaint, "not_taken_up"))
    town.now = later(town, 3)
    await town.consumer(complaint, Act.WITHDRAW)
    return complaint


async def connected_and_back_again(town: Timeline, faults: Faults) -> str:
    """An application from its papers to the light, no light, the light again, and over."""
    request = await apply(town, "new-connection")
    request.outcomes["feasibility"] = "extension"
    await town.hours_pass(40)
    await request.walk(until="payment")
    await request.pay(100_000)
    await request.walk()
    await town.consumer(request.reference, Act.NOT_REPAIRED)
    await request.walk()
    await town.consumer(request.reference, Act.CONFIRM)
    await town.hours_pass(8 * 24)
    await town.handle(request.reference).result()
    return request.reference


async def lapsed_and_paid_too_late(town: Timeline, faults: Faults) -> str:
    """Nobody paid, the request lapsed; the money that came too late goes back."""
    request = await apply(town, "new-connection")
    await request.walk(until="payment")
    note = (await request.case()).note
    assert note is not None
    await town.hours_pass(24 * 20)
    await request.pay(50_000, note=note.number)
    await request.do("refund")
    return request.reference


async def new_timings_for_what_is_open(town: Timeline, faults: Faults) -> str:
    """A list worked through step by step to its end."""
    for _ in range(3):
        await town.file("voltage")
    async with town.sessions.begin() as session:
        policy = await policy_versions.current(session)
        other = replace(policy, timings={**policy.timings, "voltage": policy.timings["no-supply"]})
        version = await policy_versions.save(session, other, "Tuned", None, town.now)
        number = await begin(session, version, Choice(), None, town.now, 6000)
    faults.fan_out.sessions, faults.fan_out.door = town.sessions, town.door
    await town.door.fan_out(number)
    await town.handle(f"run-{number}").result()
    return f"run-{number}"


async def many_put_right_at_once(town: Timeline, faults: Faults) -> str:
    """What somebody does to many: ten seconds for his second thought, then each through the door, until none is left."""
    references = [await town.file("no-supply") for _ in range(3)]
    number = await listed(town, Act.RESOLVE, references, cause="fuse-blown", put_right=town.now.isoformat())
    faults.fan_out.sessions, faults.fan_out.door = town.sessions, town.door
    passing = chain([town.now], repeat(town.now + bulk.SECOND_THOUGHT))
    faults.fan_out.clock = lambda: next(passing)
    try:
        await town.door.fan_out(number)
        await town.handle(f"run-{number}").result()
    finally:
        faults.fan_out.clock = wall
    assert bulk.DONE in (await outcomes(town, number)).values()
    return f"run-{number}"


SCENARIOS: tuple[Scenario, ...] = (
    nobody_acts,
    resolved_falsely_and_reopened,
    held_until_the_consumer_came,
    withdrawn_before_it_began,
    handed_about,
    the_database_was_away,
    the_pen_refused_to_work,
    connected_and_back_again,
    lapsed_and_paid_too_late,
    new_timings_for_what_is_open,
    many_put_right_at_once,
)
