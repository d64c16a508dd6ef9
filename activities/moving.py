"""The pen's part in an office that is merged or split: one request of the list, brought to the office its place belongs to now."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Submission
from models.ground import Fillings, Policies, ground_of
from models.people import Office, Post
from models.requests import ServiceRequest
from rules.moving import move
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
    """The turn that brings it there, and who fills the posts there; Refusal where it is not at the office the list names."""
    there = await session.get(Office, str(sent.data["office"]))
    if there is None or row.office != sent.data["from"]:
        raise Refusal(Refused.STALE)
    copy = ServiceRequest.model_validate(row.model_dump())
    copy.office, copy.zone = there.code, there.zone
    new, filled = await ground_of(session, copy, await policies.of(session, row.policy_version), at, assigning=True)
    posts = await session.exec(select(Post.code, Post.role).where(col(Post.office) == row.office))
    return move(request, ground, new, there.code, there.zone, dict(posts.all()), at), filled
