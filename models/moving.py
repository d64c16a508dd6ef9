"""Offices merged and split: places and posts change in one transaction; the open requests follow as a list, clocks untouched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.access import tunes
from models.ground import fillings, nearest, utility_zone
from models.moving_list import about, begin
from models.naming import noted
from models.passwords import end_sessions
from models.people import Feeder, Fill, Locality, Office, Post, Staff
from models.posts import WORKS, in_force
from models.requests import ServiceRequest
from models.runs import Run
from rules.ladder import Filling
from rules.policy import UNPLACED
from rules.terms import Act, Codes

AUDIT = "places"


class CannotMove(Exception):
    """The other office cannot take it: it is the same or no longer there, or lacks posts of these roles, or nobody is in them."""


@dataclass(frozen=True)
class Outlook:
    """What a change would do. `lacking`: roles that have no post there; `vacant`: posts there that nobody is in.

    `away`: posts whose people are all on leave; `without`: the names of those who would have no post left; `open`: requests.
    """

    lacking: tuple[str, ...]
    vacant: tuple[str, ...]
    away: tuple[str, ...]
    without: tuple[str, ...]
    open: int

    @property
    def possible(self) -> bool:
        """Whether somebody is there for every sort of work."""
        return not self.lacking and not self.vacant


async def outlook(
    session: AsyncSession, source: Office, target: Office, at: datetime, places: Collection[str] | None = None
) -> Outlook:
    """What moving these places would do; `places` None: all of them, and the office ends."""
    own = await in_force(session, at, col(Post.office) == source.code)
    losing = [*own, *(await of_zone(session, at, source.zone) if source.zone != target.zone else ())]
    there = or_(col(Post.office) == target.code, beyond_offices(target.zone))
    hands = await in_their_place(session, losing, await in_force(session, at, there), at)
    leaving = await left_without(session, [post.code for post in own], at) if places is None else ()
    data = {"from": source.code} if places is None else {"from": source.code, "places": list(places)}
    return Outlook(*hands, tuple(leaving), await how_many(session, data))


Lacking = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


async def in_their_place(session: AsyncSession, losing: Sequence[Post], there: Sequence[Post], at: datetime) -> Lacking:
    """Of the roles that lose work: those no post `there` has, the posts nobody is in, and those whose people are all away."""
    works = {post.role for post in losing if post.rights in WORKS}
    by_role = {role: nearest([post for post in there if post.role == role]) for role in sorted(works)}
    filled = await fillings(
        session, {post.code for posts in by_role.values() for post in posts}, await utility_zone(session)
    )
    vacant, away = [], []
    for posts in by_role.values():
        if posts and not any(_held(filled.get(post.code, ()), at) for post in posts):
            vacant += [post.code for post in posts if not post.never_vacant]
        elif posts and not any(_there(filled.get(post.code, ()), at) for post in posts):
            away += [post.code for post in posts]
    return tuple(role for role, posts in by_role.items() if not posts), tuple(vacant), tuple(away)


async def how_many(session: AsyncSession, data: Codes) -> int:
    """How many open requests such a list would be of."""
    many = select(func.count()).select_from(ServiceRequest).where(*about(Run(act=Act.MOVE.value, data=data)))
    return (await session.exec(many)).one()


def beyond_offices(zone: str | None) -> Any:
    """Posts of the zone, and of the whole company."""
    wide = col(Post.office).is_(None)
    return wide & (col(Post.zone).is_(None) | (col(Post.zone) == zone))


async def of_zone(session: AsyncSession, at: datetime, zone: str) -> Sequence[Post]:
    """The posts that stand in a zone and at none of its offices."""
    return await in_force(session, at, col(Post.office).is_(None) & (col(Post.zone) == zone))


def _held(fills: Sequence[Filling], at: datetime) -> bool:
    return any(fill.since <= at and (fill.until is None or at < fill.until) for fill in fills)


def _there(fills: Sequence[Filling], at: datetime) -> bool:
    return any(_held([fill], at) and not fill.is_away(at) for fill in fills)


async def left_without(session: AsyncSession, posts: Sequence[str], at: datetime) -> list[str]:
    """The names of those who are in one of these posts and in no other."""
    open_ = or_(col(Fill.until).is_(None), col(Fill.until) > at)
    elsewhere = select(Fill.person).where(open_, col(Fill.post).not_in(posts))
    asked = select(Staff.name).join(Fill, col(Fill.person) == col(Staff.id)).where(open_, col(Fill.post).in_(posts))
    asked = asked.where(col(Staff.id).not_in(elsewhere), col(Staff.active)).distinct().order_by(Staff.name)
    return list((await session.exec(asked)).all())


async def move(
    session: AsyncSession, source: str, target: str, by: int, at: datetime, places: Collection[str] | None = None
) -> int:
    """Give the places of one office to another, with their open requests; the number of the list that brings those there.

    `places` None: all of them, and the office ends in this instant with its posts, and whoever was in them. Raises CannotMove.
    """
    await alone(session)
    one, other = [await session.get(Office, code, with_for_update=True) for code in (source, target)]
    if one is None or other is None or one.code == other.code or not lives(one, at) or not lives(other, at):
        raise CannotMove
    if (places is not None and not places) or not (await outlook(session, one, other, at, places)).possible:
        raise CannotMove
    told, done = await _give_places(session, one, other, places)
    if places is None:
        more, ended = await _end(session, one, other, by, at)
        told, done = told | more, done | ended
    await keep(session, source, told, by, at)
    data: Codes = {"from": source, "to": target, "done": done}
    return await begin(session, data if places is None else {**data, "places": sorted(places)}, by, at)


async def alone(session: AsyncSession) -> None:
    """One such change at a time."""
    await session.exec(select(func.pg_advisory_xact_lock(7_405_017)))


def lives(office: Office | None, at: datetime) -> bool:
    """Whether it is an office of consumers that has not ended."""
    if office is None or office.successor is not None or office.area_class == UNPLACED:
        return False
    return office.until is None or office.until > at


Told = dict[str, tuple[str, str]]
"""For the audit: what was before and what is after."""


async def keep(session: AsyncSession, office: str, told: Told, by: int, at: datetime) -> None:
    """Write into the audit what changed about an office."""
    before = {key: value[0] for key, value in told.items()}
    after = {key: value[1] for key, value in told.items()}
    await noted(session, AUDIT, f"office/{office}", before, after, by, at)


async def _give_places(
    session: AsyncSession, one: Office, other: Office, places: Collection[str] | None
) -> tuple[Told, Codes]:
    """The places, and the feeders all of whose places go, belong to the other office now; which they are."""
    found = (await session.exec(select(Locality).where(Locality.office == one.code))).all()
    if places is not None and set(places) - {place.code for place in found}:
        raise CannotMove
    feeders = (await session.exec(select(Feeder).where(Feeder.office == one.code))).all()
    given = [place for place in found if places is None or place.code in places]
    fed = [one for one in feeders if places is None or (one.localities and set(one.localities) <= set(places))]
    for row in (*given, *fed):
        row.office = other.code
    told = {f"locality {row.code}": (one.code, other.code) for row in given}
    told |= {f"feeder {row.code}": (one.code, other.code) for row in fed}
    return told, {"localities": [row.code for row in given], "feeders": [row.code for row in fed]}


async def _end(session: AsyncSession, one: Office, other: Office, by: int, at: datetime) -> tuple[Told, Codes]:
    """The office ends with its posts; it has a successor from now on."""
    one.until, one.successor = at, other.code
    heir = col(Office.successor) == one.code
    heirs = (await session.exec(select(Office.code).where(heir))).all()
    await session.exec(update(Office).where(heir).values(successor=other.code))
    posts = [post.code for post in await in_force(session, at, col(Post.office) == one.code)]
    ended = await end_posts(session, posts, by, at)
    told: Told = {"successor": ("", other.code)}
    return told | {f"post {code}": ("yes", "") for code in posts}, {**ended, "heirs": list(heirs)}


async def end_posts(session: AsyncSession, posts: Sequence[str], by: int, at: datetime) -> Codes:
    """Posts end with the time of everybody in them, who is signed out; what ended. CannotMove where `by` could tune no more."""
    await session.exec(update(Post).where(col(Post.code).in_(posts)).values(until=at))
    open_ = or_(col(Fill.until).is_(None), col(Fill.until) > at)
    ended: dict[str, str | None] = {}
    planned = []
    for fill in (await session.exec(select(Fill).where(col(Fill.post).in_(posts), open_))).all():
        if fill.since >= at:
            planned.append(fill.model_dump(mode="json", exclude={"id"}))
            await session.delete(fill)
        else:
            ended[str(fill.id)] = None if fill.until is None else fill.until.isoformat()
            fill.until = at
        if fill.person != by:
            await end_sessions(session, fill.person)
    await session.flush()
    if not await tunes(session, by, at):
        raise CannotMove
    return {"posts": list(posts), "fills": ended, "planned": planned}
