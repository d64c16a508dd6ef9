"""Groups of consumers with officers of their own, as the profile names them, and the group a consumer is of."""

from __future__ import annotations

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.policy import Names
from models.requests import Connection
from rules.assignment import Segment, segment_of
from rules.terms import Codes

KIND = "segment"
"""The kind of Names by which a group is kept."""


async def segments(session: AsyncSession) -> list[Segment]:
    """All groups, in the profile's order."""
    rows = (await session.exec(select(Names).where(Names.kind == KIND).order_by(Names.place))).all()  # type: ignore[arg-type]
    return [_segment(row) for row in rows]


async def segment(session: AsyncSession, code: str | None) -> Segment | None:
    """The group of that code; None where there is none."""
    row = None if code is None else await session.get(Names, (KIND, code))
    return None if row is None else _segment(row)


def _segment(row: Names) -> Segment:
    data = row.data
    return Segment(row.code, data["role"], data["beside"], data.get("above_kw"), frozenset(data.get("localities", ())))


async def segment_for(
    session: AsyncSession, account: str | None, application: Codes, locality: str | None
) -> str | None:
    """The group a request belongs to: by its account's mark or the applicant's sort, by a load, or by its locality."""
    known = await segments(session)
    if not known:
        return None
    held = await session.get(Connection, account) if account else None
    asked = float(application.get("load") or 0)
    marked, load = (None, asked) if held is None else (held.segment, max(held.load_kw, asked))
    return segment_of(known, marked or application.get("applicant"), load, locality)
