"""Everything people read by name, in one reading, and the edition that says when to read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.exceptional import standing
from models.people import Locality, Office, Post, Zone
from models.policy import Edition, Names
from models.texts import Texts, own_texts
from rules.exceptional import Exceptional


@dataclass(frozen=True)
class Everything:
    """The administrator's names at one edition."""

    edition: int
    names: Mapping[tuple[str, str], Names] = field(default_factory=dict)
    by_kind: Mapping[str, list[Names]] = field(default_factory=dict)
    offices: Mapping[str, Office] = field(default_factory=dict)
    localities: Mapping[str, Locality] = field(default_factory=dict)
    zones: Mapping[str, Zone] = field(default_factory=dict)
    posts: Mapping[str, Post] = field(default_factory=dict)
    exceptional: Sequence[Exceptional] = ()
    texts: Texts = field(default_factory=dict)


NOTHING = Everything(0)
"""Before the first reading."""


async def newest_edition(session: AsyncSession) -> int:
    """The number of the edition in force; 0 when nothing was ever loaded."""
    return (await session.exec(select(Edition.number).where(Edition.id == 1))).first() or 0


async def everything(session: AsyncSession) -> Everything:
    """All names, offices, localities, posts and own words of messages as they are now."""
    edition = await newest_edition(session)
    rows = (await session.exec(select(Names).order_by(Names.kind, col(Names.place), Names.code))).all()
    by_kind: dict[str, list[Names]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    return Everything(
        edition,
        {(row.kind, row.code): row for row in rows},
        by_kind,
        {office.code: office for office in (await session.exec(select(Office))).all()},
        {place.code: place for place in (await session.exec(select(Locality).order_by(Locality.code))).all()},
        {zone.code: zone for zone in (await session.exec(select(Zone))).all()},
        {post.code: post for post in (await session.exec(select(Post))).all()},
        await standing(session),
        await own_texts(session),
    )
