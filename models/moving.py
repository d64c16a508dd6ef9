"""Offices merged and split: places and posts change in one transaction; the open requests follow as a list, clocks untouched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.access import tunes
from models.ground import fillings, nearest, utility_zone
from models.naming import noted
from models.passwords import end_sessions
from models.people import Feeder, Fill, Locality, Office, Post, Staff
from models.posts import WORKS
from models.requests import ServiceRequest, Task
from models.runs import FASTEST, Run, RunItem
from rules.ladder import Filling
from rules.policy import UNPLACED
from rules.terms import Act

AUDIT = "places"


class CannotMove(Exception):
    """The other office cannot take it: it is the same or no longer there, or lacks posts of these roles, or nobody is in them."""


@dataclass(frozen=True)
class Outlook:
    """What a move would do. `lacking`: roles the other office has no post of; `vacant`: its posts nobody is in.

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
    own = await _in_force(session, at, col(Post.office) == source.code)
    works = {post.role for post in own if post.rights in WORKS}
    wider = or_(col(Post.office) == target.code, col(Post.office).is_(None) & (col(Post.zone) == target.zone),
                col(Post.office).is_(None) & col(Post.zone).is_(None))  # fmt: skip
    there = await _in_force(session, at, wider)
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
    lacking = tuple(role for role, posts in by_role.items() if not posts)
    leaving = await _left_without(session, [post.code for post in own], at) if places is None else ()
    many = select(func.count()).select_from(ServiceRequest).where(*_chosen(source.code, places))
    return Outlook(lacking, tuple(vacant), tuple(away), tuple(leaving), (await session.exec(many)).one())


def _held(fills: Sequence[Filling], at: datetime) -> bool:
    return any(fill.since <= at and (fill.until is None or at < fill.until) for fill in fills)


def _there(fills: Sequence[Filling], at: datetime) -> bool:
    return any(_held([fill], at) and not fill.is_away(at) for fill in fills)


async def _in_force(session: AsyncSession, at: datetime, where: Any) -> Sequence[Post]:
    here = or_(col(Post.until).is_(None), col(Post.until) > at), or_(col(Post.since).is_(None), col(Post.since) <= at)
    return (await session.exec(select(Post).where(where, *here).order_by(Post.code))).all()


async def _left_without(session: AsyncSession, posts: Sequence[str], at: datetime) -> list[str]:
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
    await session.exec(select(func.pg_advisory_xact_lock(7_405_017)))
    one, other = [await session.get(Office, code, with_for_update=True) for code in (source, target)]
    if one is None or other is None or one.code == other.code or not _lives(one, at) or not _lives(other, at):
        raise CannotMove
    if (places is not None and not places) or not (await outlook(session, one, other, at, places)).possible:
        raise CannotMove
    told = await _give_places(session, one, other, places)
    if places is None:
        told |= await _end(session, one, other, by, at)
    before = {key: value[0] for key, value in told.items()}
    after = {key: value[1] for key, value in told.items()}
    await noted(session, AUDIT, f"office/{source}", before, after, by, at)
    data: dict[str, Any] = {"from": source, "to": target}
    if places is not None:
        data["places"] = sorted(places)
    row = Run(act=Act.MOVE.value, by=by, at=at, rate=FASTEST, data=data)
    session.add(row)
    await session.flush()
    await list_again(session, row)
    return row.id or 0


def _lives(office: Office, at: datetime) -> bool:
    return office.successor is None and office.area_class != UNPLACED and (office.until is None or office.until > at)


Told = dict[str, tuple[str, str]]


async def _give_places(session: AsyncSession, one: Office, other: Office, places: Collection[str] | None) -> Told:
    """The places, and the feeders all of whose places go, belong to the other office now."""
    told: Told = {}
    found = (await session.exec(select(Locality).where(Locality.office == one.code))).all()
    for place in found:
        if places is None or place.code in places:
            place.office = other.code
            told[f"locality {place.code}"] = (one.code, other.code)
    for feeder in (await session.exec(select(Feeder).where(Feeder.office == one.code))).all():
        if places is None or (feeder.localities and set(feeder.localities) <= set(places)):
            feeder.office = other.code
            told[f"feeder {feeder.code}"] = (one.code, other.code)
    if places is not None and set(places) - {place.code for place in found}:
        raise CannotMove
    return told


async def _end(session: AsyncSession, one: Office, other: Office, by: int, at: datetime) -> Told:
    """The office ends with its posts and the time of everybody in them, who is signed out; it has a successor from now on."""
    one.until, one.successor = at, other.code
    await session.exec(update(Office).where(col(Office.successor) == one.code).values(successor=other.code))
    told: Told = {"successor": ("", other.code)}
    posts = [post.code for post in await _in_force(session, at, col(Post.office) == one.code)]
    await session.exec(update(Post).where(col(Post.code).in_(posts)).values(until=at))
    open_ = or_(col(Fill.until).is_(None), col(Fill.until) > at)
    for fill in (await session.exec(select(Fill).where(col(Fill.post).in_(posts), open_))).all():
        if fill.since >= at:
            await session.delete(fill)
        else:
            fill.until = at
        if fill.person != by:
            await end_sessions(session, fill.person)
    await session.flush()
    if not await tunes(session, by, at):
        raise CannotMove
    return told | {f"post {code}": ("yes", "") for code in posts}


def _chosen(source: str, places: Collection[str] | None) -> list[Any]:
    wanted = [col(ServiceRequest.office) == source, col(ServiceRequest.over).is_(False)]
    return wanted if places is None else [*wanted, col(ServiceRequest.locality).in_(list(places))]


async def list_again(session: AsyncSession, row: Run) -> int:
    """Put on the list whatever is still at the office it leaves and not on it: danger first, then the soonest due; how many."""
    soonest = select(Task.reference, func.min(Task.due).label("due")).where(col(Task.done_at).is_(None))
    due = soonest.group_by(col(Task.reference)).subquery()
    order = (col(ServiceRequest.safety).desc(), due.c.due.nulls_last(), col(ServiceRequest.reference))
    data = func.jsonb_build_object("from", row.data["from"], "office", row.data["to"])
    asked: Any = select(
        literal(row.id), ServiceRequest.reference, literal(""), data, func.row_number().over(order_by=order), literal(1)
    )  # type: ignore[call-overload]
    asked = asked.outerjoin(due, due.c.reference == ServiceRequest.reference)
    asked = asked.where(*_chosen(row.data["from"], row.data.get("places")))
    listed = insert(RunItem).from_select(("run", "reference", "task_id", "data", "place", "round"), asked)
    listed = listed.on_conflict_do_nothing(index_elements=["run", "reference", "task_id"])
    return len((await session.exec(listed.returning(col(RunItem.reference)))).all())
