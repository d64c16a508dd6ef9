"""The ground of a request as it would be under another category, or at another office."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.ground import Fillings, ground_of, standard_columns
from models.known import Place
from models.people import Office, Post
from models.requests import ServiceRequest
from models.segments import segment_for
from rules.policy import UNPLACED, Policy, timing_of
from rules.request import Elsewhere


async def elsewhere_of(
    session: AsyncSession,
    row: ServiceRequest,
    policy: Policy,
    at: datetime,
    category: str | None,
    office: str | None,
    place: Place | None = None,
) -> tuple[Elsewhere | None, Fillings]:
    """The request's ground under another category or at another office, and who fills its posts there.

    `place`: where it is, found out meanwhile. None where there is no such category or office. The area class stays the one
    it was registered with, unless nobody knew where it belongs.
    """
    if category == UNPLACED or (category or row.category) not in policy.timings:
        return None, {}
    office = place.office if place else office
    there = await session.get(Office, office or row.office)
    if there is None or (office is not None and there.area_class == UNPLACED):
        return None, {}
    placing = row.area_class == UNPLACED != there.area_class
    area_class = there.area_class if placing else row.area_class
    timing = timing_of(policy, category or row.category, area_class)
    copy = ServiceRequest.model_validate(row.model_dump())
    copy.category, copy.office, copy.zone = category or row.category, there.code, there.zone
    copy.area_class = area_class
    if placing:
        copy.site_office, copy.site_zone = there.code, there.zone
    if category or placing:
        copy.standard, copy.standard_calendar = standard_columns(timing).values()
    if placing and place:
        copy.segment = await segment_for(session, None, {}, place.locality)
    ground, filled = await ground_of(session, copy, policy, at)
    above = await _above_both(session, row.zone, there.zone, at)
    locality, feeder = (place.locality, place.feeder) if place else (None, None)
    found = Elsewhere(ground, copy.category, copy.office, copy.zone, above, area_class, locality, feeder, copy.segment)
    return found, filled


async def _above_both(session: AsyncSession, one: str, other: str, at: datetime) -> str | None:
    """The lowest post above two offices: their zone's head if they share a zone, else the company's never-vacant one."""
    asked = select(Post.code).where(
        col(Post.rights) == "answerable",
        col(Post.office).is_(None),
        or_(col(Post.until).is_(None), col(Post.until) > at),
    )
    if one == other:
        near = (await session.exec(asked.where(Post.zone == one).order_by(Post.code).limit(1))).first()
        if near is not None:
            return near
    company = asked.where(col(Post.zone).is_(None)).order_by(col(Post.never_vacant).desc(), Post.code).limit(1)
    return (await session.exec(company)).first()
