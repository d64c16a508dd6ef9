"""People and posts as a manager or an administrator sees them: who is in which post, who is away, who stands in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Fill, Leave, Post, Staff, Zone
from models.posts import FilledPost
from rules.profile import Scope
from rules.terms import Codes

MANAGES = "answerable"
ALL = frozenset({"tune"})
"""Rights that manage everybody; those who are answerable manage whom their own posts reach."""
LOOKS = frozenset({MANAGES, "wall"})
"""Rights that see the work of those in reach counted."""
AT_MOST = 500


@dataclass(frozen=True)
class Held:
    """A person's time in a post; `fill` names the row."""

    fill: Fill
    post: Post
    person: Staff


@dataclass(frozen=True)
class Colleague:
    """One person with his posts of now and to come, and his leave that is not over."""

    person: Staff
    held: list[Held] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)

    def away(self, at: datetime) -> Leave | None:
        """The leave that runs at `at`."""
        return next((one for one in self.leaves if one.since <= at and (one.until is None or one.until > at)), None)


def manages(posts: Sequence[FilledPost], post: Post) -> bool:
    """Whether one of `posts` manages whoever is in `post`."""
    if any(one.rights in ALL for one in posts):
        return True
    return any(one.rights == MANAGES and _reaches(one, post) for one in posts)


def leads(posts: Sequence[FilledPost], post: Post) -> bool:
    """Whether the work of `post` is counted for one of `posts`: who answers above it, a screen on its wall, the audit."""
    return any(one.rights == "audit" or (one.rights in LOOKS and _reaches(one, post)) for one in posts)


def _reaches(one: FilledPost, post: Post) -> bool:
    if one.scope == Scope.COMPANY:
        return True
    return post.zone == one.zone if one.scope == Scope.ZONE else post.office is not None and post.office == one.office


async def posts_in_reach(session: AsyncSession, mine: Sequence[FilledPost], at: datetime) -> list[Post]:
    """The posts there are at `at` whose people `mine` manage, by office and code."""
    there = or_(col(Post.until).is_(None), col(Post.until) > at)
    rows = (await session.exec(select(Post).where(there).order_by(col(Post.zone), col(Post.office), Post.code))).all()
    return [post for post in rows if manages(mine, post)]


async def zone_names(session: AsyncSession) -> dict[str, Codes]:
    """The names of the zones, by language."""
    return {zone.code: zone.names for zone in (await session.exec(select(Zone))).all()}


async def held_in(session: AsyncSession, posts: Sequence[str], at: datetime) -> list[Held]:
    """Who is in these posts now or will be, in person before roster before charge, then by name."""
    asked = (
        select(Fill, Post, Staff)
        .join(Post, col(Post.code) == col(Fill.post))
        .join(Staff, col(Staff.id) == col(Fill.person))
        .where(col(Fill.post).in_(posts), or_(col(Fill.until).is_(None), col(Fill.until) > at))
        .order_by(col(Fill.how) == "charge", col(Fill.how) == "roster", col(Fill.since), col(Staff.name))
    )
    return [Held(fill, post, person) for fill, post, person in (await session.exec(asked)).all()]


async def leaves_of(session: AsyncSession, people: Sequence[int], at: datetime) -> dict[int, list[Leave]]:
    """The leave of these people that is not over at `at`, the next one first."""
    asked = select(Leave).where(col(Leave.person).in_(people), or_(col(Leave.until).is_(None), col(Leave.until) > at))
    found: dict[int, list[Leave]] = {}
    for row in (await session.exec(asked.order_by(col(Leave.since)))).all():
        found.setdefault(row.person, []).append(row)
    return found


async def names_of(session: AsyncSession, people: Collection[int]) -> dict[int, str]:
    """The names of these people."""
    rows = await session.exec(select(Staff.id, Staff.name).where(col(Staff.id).in_(people)))
    return {number: name for number, name in rows.all() if number is not None}


async def colleague(session: AsyncSession, number: int, at: datetime) -> Colleague | None:
    """One person; None when there is none of that number."""
    person = await session.get(Staff, number)
    if person is None:
        return None
    asked = (
        select(Fill, Post)
        .join(Post, col(Post.code) == col(Fill.post))
        .where(Fill.person == number, or_(col(Fill.until).is_(None), col(Fill.until) > at))
        .order_by(col(Fill.how) == "charge", Post.code)
    )
    held = [Held(fill, post, person) for fill, post in (await session.exec(asked)).all()]
    return Colleague(person, held, (await leaves_of(session, [number], at)).get(number, []))


async def named(session: AsyncSession, username: str) -> Staff | None:
    """The person who signs in under this name; None when there is none, or he is gone."""
    asked = select(Staff).where(Staff.username == username.strip().lower(), col(Staff.active))
    return (await session.exec(asked)).first()


async def may_manage(session: AsyncSession, mine: Sequence[FilledPost], number: int, at: datetime) -> bool:
    """Whether `mine` manage a person: by one of the posts he has now or will have himself."""
    if any(one.rights in ALL for one in mine):
        return True
    own = and_(
        col(Fill.person) == number, col(Fill.how) != "charge", or_(col(Fill.until).is_(None), col(Fill.until) > at)
    )
    rows = (await session.exec(select(Post).join(Fill, col(Fill.post) == col(Post.code)).where(own))).all()
    return any(manages(mine, post) for post in rows)


async def idle_people(session: AsyncSession, at: datetime) -> Sequence[Staff]:
    """People who sign in but have no post, now or to come."""
    filled = select(Fill.person).where(or_(col(Fill.until).is_(None), col(Fill.until) > at))
    return (
        await session.exec(select(Staff).where(col(Staff.active), col(Staff.id).not_in(filled)).limit(AT_MOST))
    ).all()
