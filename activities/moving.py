"""The pen's part when an office, a post or a zone changes hands: one request of the list, brought to where it belongs now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, false, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Submission
from models.ground import Fillings, Policies, ground_of
from models.people import Office, Post
from models.requests import ServiceRequest
from rules.moving import Hands, move
from rules.request import Ground, Request
from rules.terms import Refused
from rules.turn import Refusal, Turn


async def moved(
    session: AsyncSession,
    row: ServiceRequest,
    request: Request,
    sent: Submission,
    ground: Ground,
    policies: Policies,
    at: datetime,
) -> tuple[Turn, Fillings]:
    """The turn that brings it there, and who fills the posts there; Refusal where it is not at the office the list names, or there already."""
    there = await session.get(Office, str(sent.data["office"]))
    if there is None or row.office != sent.data["from"]:
        raise Refusal(Refused.STALE)
    left = await _left(session, row, there, list(sent.data.get("posts", ())))
    if not left and (row.office, row.zone) == (there.code, there.zone):
        raise Refusal(Refused.STALE)
    copy = ServiceRequest.model_validate(row.model_dump())
    copy.office, copy.zone = there.code, there.zone
    new, filled = await ground_of(session, copy, await policies.of(session, row.policy_version), at, assigning=True)
    to = Hands(there.code, there.zone, left, sent.data.get("back") or {})
    return move(request, ground, new, to, at), filled


async def _left(session: AsyncSession, row: ServiceRequest, there: Office, ended: list[str]) -> dict[str, str]:
    """The role of each post that loses it: those that ended, those of the office it leaves, and of the zone."""
    of_office = col(Post.office) == row.office if row.office != there.code else false()
    of_zone = and_(col(Post.office).is_(None), col(Post.zone) == row.zone) if row.zone != there.zone else false()
    posts = await session.exec(select(Post.code, Post.role).where(or_(col(Post.code).in_(ended), of_office, of_zone)))
    return dict(posts.all())
