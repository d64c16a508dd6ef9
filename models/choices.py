"""What an officer's act may name: reasons, causes, and posts the work may be given to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Fill, Post
from models.policy import Names
from models.requests import ServiceRequest


async def choices(session: AsyncSession, category: str, refusing: str = "reject_reason") -> dict[str, frozenset[str]]:
    """The codes of each list an act may name one of."""
    kinds = ("hold_reason", "expected_reason", refusing)
    rows = (await session.exec(select(Names.kind, Names.code).where(col(Names.kind).in_(kinds)))).all()
    found = {kind: frozenset(code for of, code in rows if of == kind) for kind in kinds}
    data = (await session.exec(select(Names.data).where(Names.kind == "category", Names.code == category))).first()
    return {**found, "reject_reason": found[refusing], "cause": frozenset((data or {}).get("causes", ()))}


async def receivers(session: AsyncSession, row: ServiceRequest, at: datetime) -> frozenset[str]:
    """Posts of the request's office and zone to which its work may be given."""
    asked = select(Post.code).where(
        col(Post.rights).in_(("handle", "answerable")),
        or_(col(Post.office) == row.office, and_(col(Post.office).is_(None), col(Post.zone) == row.zone)),
        or_(col(Post.until).is_(None), col(Post.until) > at),
    )
    if row.concerned:
        theirs = select(Fill.post).where(
            col(Fill.person).in_(row.concerned), or_(col(Fill.until).is_(None), col(Fill.until) > at)
        )
        asked = asked.where(col(Post.code).not_in(theirs))
    return frozenset((await session.exec(asked)).all())
