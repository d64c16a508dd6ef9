"""Demo data on first start: consumers with accounts, and requests whose histories the real rules have made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from random import Random

from sqlalchemy import func
from sqlmodel import select

from activities.demo.applied import AppliedPlan, Wish, applied, wishes
from activities.demo.course import course_end
from activities.demo.pictures import picture
from activities.demo.plan import NoSuchLife, Plan, planned
from activities.demo.requests import tell, tell_applied
from activities.demo.scenes import Cast
from activities.demo.stories import CLOSED, OPEN, PLAIN, Story
from models.cases import stock
from models.database import Sessions
from models.papers import Document
from models.requests import ServiceRequest
from models.storage import Storage
from rules.request import Request
from rules.terms import Codes, State

SEED = 20260101
LOCK = 7_405_002
"""Key of the lock that lets one process make the demo's data."""
CASTINGS = 12
METERS = tuple(f"DM{number}" for number in range(100_001, 100_101))
"""The meters in stock."""


def silent(done: int, of: int) -> None:
    """Show nothing."""


async def seed(
    sessions: Sessions,
    now: datetime,
    progress: Callable[[int, int], None] = silent,
    storage: Storage | None = None,
) -> None:
    """Fill an installation that has no request yet, all or nothing; `progress` hears how many requests of how many are written.

    Every instant of the histories lies before `now` (aware), nothing is left to be sent, and requests that are not
    over wait for the relay to start them. Their documents are put into `storage`. Does nothing where there is a request already.
    """
    async with sessions.begin() as session:
        await session.exec(select(func.pg_advisory_xact_lock(LOCK)))
        if (await session.exec(select(ServiceRequest.reference).limit(1))).first() is not None:
            return
        cast = await Cast.assembled(session, now, Random(SEED))
        await stock(session, dict.fromkeys(METERS))
        plans, applications = await all_planned(cast), await all_applied(cast)
        count = len(plans) + len(applications)
        for number, plan in enumerate(plans, 1):
            await tell(session, plan, now, cast.takers)
            progress(number, count)
        for number, application in enumerate(applications, len(plans) + 1):
            await tell_applied(session, application, now)
            progress(number, count)
        if storage is not None:
            for document in (await session.exec(select(Document))).all():
                await storage.put(document.id, picture(document.paper))


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


async def all_applied(cast: Cast) -> list[AppliedPlan]:
    """The plans of all connection requests, the oldest first; what a utility's procedures do not have is left out."""
    found: list[AppliedPlan] = []
    for place, wish in enumerate(wishes()):
        for casting in range(CASTINGS):
            dice = f"{SEED}/application {place}/{casting}"
            plan = await _application(cast, wish, METERS[place], dice)
            plan = None if plan is None else applied(plan, cast.now, _lived)
            if plan is not None:
                found.append(plan)
                break
    return sorted(found, key=lambda plan: (plan.registered_at, plan.dice))


async def _application(cast: Cast, wish: Wish, meter: str, dice: str) -> AppliedPlan | None:
    procedure = cast.policy.procedures.get(wish.category)
    if procedure is None:
        return None
    chance = Random(dice)
    holder = chance.choice(cast.holders)
    scene = await cast.scene(wish.category, holder)
    scene = replace(scene, ground=replace(scene.ground, meter="stock"))
    usual = chance.choice(sorted(procedure.papers))
    applicant = wish.applicant if wish.applicant in procedure.papers else usual
    given: Codes = {"applicant": applicant}
    if procedure.loads is not None:
        given["load"] = chance.choice(("1", "2", "3", "5"))
    return AppliedPlan(wish, scene, holder, cast.now, dice, meter, given)


def _lived(plan: AppliedPlan, until: datetime) -> Request:
    """How the request stands then."""
    procedure = plan.scene.ground.procedure
    assert procedure is not None
    beginning = Request("", procedure.kind, plan.wish.category, State.RECEIVED, 1, plan.registered_at)
    beginning.office, beginning.zone = plan.holder.office, plan.holder.zone
    beginning.area_class, beginning.application = plan.holder.area_class, plan.application
    return course_end(plan.course(until), beginning)[0]
