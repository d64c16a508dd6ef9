"""Demo data on first start: consumers with accounts, and requests whose histories the real rules have made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random

from sqlalchemy import func
from sqlmodel import select

from activities.demo.plan import NoSuchLife, Plan, planned
from activities.demo.requests import tell
from activities.demo.scenes import Cast
from activities.demo.stories import CLOSED, OPEN, PLAIN, Story
from models.database import Sessions
from models.requests import ServiceRequest

SEED = 20260101
LOCK = 7_405_002
"""Key of the lock that lets one process make the demo's data."""
CASTINGS = 12


def silent(done: int, of: int) -> None:
    """Show nothing."""


async def seed(sessions: Sessions, now: datetime, progress: Callable[[int, int], None] = silent) -> None:
    """Fill an installation that has no request yet, all or nothing; `progress` hears how many requests of how many are written.

    Every instant of the histories lies before `now` (aware), nothing is left to be sent, and requests that are not
    over wait for the relay to start them. Does nothing where there is a request already.
    """
    async with sessions.begin() as session:
        await session.exec(select(func.pg_advisory_xact_lock(LOCK)))
        if (await session.exec(select(ServiceRequest.reference).limit(1))).first() is not None:
            return
        cast = await Cast.assembled(session, now, Random(SEED))
        plans = await all_planned(cast)
        for number, plan in enumerate(plans, 1):
            await tell(session, plan, now, cast.takers)
            progress(number, len(plans))


async def all_planned(cast: Cast) -> list[Plan]:
    """The plans of all requests, the oldest first."""
    plans = [await _plan(cast, story, name) for story, name in _stories()]
    return sorted((plan for plan in plans if plan is not None), key=lambda plan: (plan.registered_at, plan.dice))


def _stories() -> Iterator[tuple[Story, str]]:
    for story in (*CLOSED, *OPEN):
        for number in range(story.count):
            yield story, f"{SEED}/{story.name}/{number}"


async def _plan(cast: Cast, story: Story, name: str) -> Plan | None:
    """The plan of one request; a plain one where the utility has no place for the story, None if not even that."""
    for wanted in (story, PLAIN):
        for casting in range(CASTINGS):
            dice = f"{name}/{casting}"
            chosen = await cast.choose(wanted, Random(dice))
            if chosen is None:
                continue
            try:
                return planned(wanted, *chosen, cast.now, dice)
            except NoSuchLife:
                continue
    return None
