"""A post that ends, an office that comes to another zone: done in one transaction; the open requests follow as a list, clocks untouched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.moving import (
    AUDIT,
    CannotMove,
    Outlook,
    alone,
    beyond_offices,
    end_posts,
    how_many,
    in_their_place,
    keep,
    left_without,
    lives,
    of_zone,
)
from models.moving_list import begin
from models.naming import noted
from models.people import Office, Post, Zone
from models.policy_versions import current
from models.posts import WORKS, in_force
from rules.needed import on_ladders


async def if_ended(session: AsyncSession, post: Post, at: datetime) -> Outlook:
    """What ending a post would do: who of its role has its work then. One without work needs nobody, unless a ladder names its role."""
    others = [one for one in await _others(session, post, at) if one.role == post.role]
    open_ = await how_many(session, {"posts": [post.code]})
    without = await left_without(session, [post.code], at)
    if post.rights not in WORKS or not (open_ or post.role in on_ladders([await current(session)])):
        return Outlook((), (), (), tuple(without), open_)
    lacking, vacant, away = await in_their_place(session, [post], others, at)
    if post.never_vacant and not any(one.never_vacant for one in others):
        lacking = (post.role,)
    return Outlook(lacking, vacant, away, tuple(without), open_)


async def _others(session: AsyncSession, post: Post, at: datetime) -> Sequence[Post]:
    near = beyond_offices(post.zone)
    if post.office is not None:
        near = or_(near, col(Post.office) == post.office)
    return await in_force(session, at, near & (col(Post.code) != post.code))


async def end_post(session: AsyncSession, code: str, by: int, at: datetime) -> int:
    """End a post in this instant; its open work goes to those of its role: the number of the list. CannotMove."""
    await alone(session)
    post = await session.get(Post, code, with_for_update=True, populate_existing=True)
    if (
        post is None
        or (post.until is not None and post.until <= at)
        or not (await if_ended(session, post, at)).possible
    ):
        raise CannotMove
    await end_posts(session, [code], by, at)
    await noted(session, AUDIT, f"post/{code}", {"in_force": "yes"}, {}, by, at)
    return await begin(session, {"posts": [code]}, by, at)


async def if_in_zone(session: AsyncSession, office: Office, zone: str, at: datetime) -> Outlook:
    """What bringing an office to another zone would do: who there has the work of the posts of the zone it leaves."""
    there = await in_force(session, at, beyond_offices(zone))
    hands = await in_their_place(session, await of_zone(session, at, office.zone), there, at)
    return Outlook(*hands, (), await how_many(session, {"from": office.code, "zone": zone}))


async def to_zone(session: AsyncSession, code: str, zone: str, by: int, at: datetime) -> int:
    """Bring an office with its posts and its open requests to another zone: the number of the list. CannotMove."""
    await alone(session)
    office = await session.get(Office, code, with_for_update=True, populate_existing=True)
    if office is None or not lives(office, at) or office.zone == zone or await session.get(Zone, zone) is None:
        raise CannotMove
    if not (await if_in_zone(session, office, zone, at)).possible:
        raise CannotMove
    before, office.zone = office.zone, zone
    await session.exec(update(Post).where(col(Post.office) == code).values(zone=zone))
    await keep(session, code, {"zone": (before, zone)}, by, at)
    return await begin(session, {"from": code, "zone": zone, "zone_before": before}, by, at)


async def zones(session: AsyncSession) -> Sequence[Zone]:
    """Every zone by code."""
    return (await session.exec(select(Zone).order_by(Zone.code))).all()
