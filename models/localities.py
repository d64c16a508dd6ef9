"""Finding a locality from its first letters, its PIN code, or a spelling that comes near, in three scripts."""

from __future__ import annotations

from sqlalchemy import case, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Locality

MOST = 8
NEAR = 0.45
LONGEST = 80


async def find(session: AsyncSession, typed: str, most: int = MOST) -> list[str]:
    """Codes of the localities a text may mean, best first: those that begin so, then those written much like it."""
    words = " ".join(typed.lower().split())[:LONGEST]
    if not words:
        return []
    search = col(Locality.search)
    begins = or_(search.startswith(words, autoescape=True), search.contains(f" {words}", autoescape=True))
    alike = func.word_similarity(words, search)
    question = (
        select(Locality.code)
        .where(or_(begins, alike > NEAR) if len(words) > 2 else begins)
        .order_by(case((begins, 0), else_=1), alike.desc(), Locality.code)
        .limit(most)
    )
    return list((await session.exec(question)).all())


def means(place: Locality, typed: str) -> bool:
    """Whether a text is just this locality's name in one of its scripts, or its PIN code."""
    words = " ".join(typed.lower().split())
    return words in {name.lower() for name in place.names.values()} or (bool(place.pin) and words == place.pin)
