"""One demo request from its plan: registered as by the web, told, and everything said about it brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from sqlmodel.ext.asyncio.session import AsyncSession

from activities import writing
from activities.demo.applied import AppliedPlan
from activities.demo.plan import Plan
from activities.demo.post import Postbag
from activities.demo.told import Telling, with_loads
from activities.demo.words import description
from models.cases import taken_slots
from models.events import Event
from models.intake import New, register
from models.requests import Consumer, ServiceRequest
from rules.case import Case
from rules.request import Request
from rules.terms import Channel, Kind, State

NAMELESS = 0.5
"""The share of confidential requests that are filed without a name."""


async def tell(session: AsyncSession, plan: Plan, now: datetime, takers: Sequence[int]) -> ServiceRequest:
    """Write one request and its whole life until `now`; its row. `takers`: persons who take calls."""
    dice = Random(f"{plan.dice}/telling")
    row = await register(session, new_of(plan, dice, takers))
    first = await session.get_one(Event, (row.reference, 1))
    first.recorded = row.changed_at = row.registered_at + timedelta(milliseconds=dice.uniform(2, 20))
    request = writing.value_of(Request, row, state=State(row.state))
    postbag = Postbag(session, plan.story.reachable)
    consumer = await session.get_one(Consumer, row.consumer_id)
    telling = Telling(session, plan.scene, dice, row, consumer, request, first, postbag)
    with session.no_autoflush:
        if plan.story.goal.state is not State.RECEIVED:
            ground = await with_loads(session, plan.scene.ground)
            await telling.live(plan.course(now, replace(plan.scene, ground=ground)))
        await telling.keep()
        await postbag.bring(row.reference, row.registered_at)
    return row


async def tell_applied(session: AsyncSession, plan: AppliedPlan, now: datetime) -> ServiceRequest:
    """Write one connection request and its whole life until `now`; its row."""
    dice, holder = Random(f"{plan.dice}/telling"), plan.holder
    procedure = plan.scene.ground.procedure
    assert procedure is not None
    new = New(
        kind=procedure.kind,
        category=plan.wish.category,
        channel=Channel.WEB,
        language=holder.language,
        description="",
        token=f"demo/{plan.dice}",
        at=plan.registered_at,
        locality=None if procedure.account else holder.locality,
        account=holder.account if procedure.account else None,
        name=holder.name,
        phone=holder.phone,
        email=holder.email,
        address=holder.address,
        application=plan.application,
    )
    row = await register(session, new)
    first = await session.get_one(Event, (row.reference, 1))
    first.recorded = row.changed_at = row.registered_at + timedelta(milliseconds=dice.uniform(2, 20))
    request = writing.value_of(Request, row, state=State(row.state), tasks=[], case=Case())
    postbag = Postbag(session, True)
    consumer = await session.get_one(Consumer, row.consumer_id)
    telling = Telling(session, plan.scene, dice, row, consumer, request, first, postbag)
    with session.no_autoflush:
        ground = await with_loads(session, plan.scene.ground)
        ground = replace(ground, taken=await taken_slots(session, row.office, plan.registered_at))
        await telling.live(plan.course(now, replace(plan.scene, ground=ground)))
        await telling.keep()
        await postbag.bring(row.reference, row.registered_at)
    return row


def new_of(plan: Plan, dice: Random, takers: Sequence[int]) -> New:
    """What its consumer asks for, or somebody who takes calls for him."""
    holder, category = plan.holder, plan.scene.category
    for_him = plan.channel in (Channel.CALL, Channel.COUNTER) and bool(takers)
    nameless = plan.scene.ground.timing.confidential and dice.random() < NAMELESS
    by_account = plan.by_account and not nameless
    who = New(
        kind=Kind.COMPLAINT,
        category=category,
        channel=plan.channel,
        language=holder.language,
        description=description(category, holder.language, dice),
        token=f"demo/{plan.dice}",
        at=plan.registered_at,
        locality=None if by_account else holder.locality,
        account=holder.account if by_account else None,
        filed_by=dice.choice(takers) if for_him else None,
    )
    if nameless:
        return who
    email = holder.email if plan.story.reachable else None
    return replace(who, name=holder.name, phone=holder.phone, email=email, address=holder.address)
