"""What the tables say around one request: its pinned timing and standard, its ladder as filled, who may take the work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.cases import taken_slots
from models.choices import choices, receivers
from models.people import Fill, Leave, Office, Post
from models.policy import Names
from models.policy_versions import version
from models.posts import there
from models.requests import ServiceRequest
from models.segments import segment
from rules.assignment import Candidate, Segment
from rules.calendar import Calendar
from rules.conflict import without
from rules.durations import parse
from rules.hours import week_from
from rules.ladder import Filling, Rung, Seat, present
from rules.policy import (
    Policy,
    Site,
    Timing,
    calendar_at,
    calendar_of,
    calendars_at,
    ladder_of,
    recovery_timing,
    timing_of,
    waits_for,
)
from rules.request import RECOVERY, Ground, Request, Standard
from rules.terms import Act, Kind

CHOOSING = frozenset({Act.RESOLVE, Act.HOLD, Act.EXPECT, Act.REJECT, Act.FINISH})
"""Acts that name a code from a list."""

NONE: frozenset[str] = frozenset()
NOTHING: Mapping[str, frozenset[str]] = {}

Fillings = Mapping[str, tuple[Filling, ...]]
"""Who fills each post, by post code."""


class Policies:
    """Policy versions by number, kept once read: a version never changes."""

    def __init__(self) -> None:
        self.kept: dict[int, Policy] = {}

    async def of(self, session: AsyncSession, number: int) -> Policy:
        """The policy of this number. LookupError if there is none."""
        if number not in self.kept:
            found = await version(session, number)
            if found is None:
                raise LookupError(f"there is no policy {number}")
            self.kept[number] = found
        return self.kept[number]


async def utility_zone(session: AsyncSession) -> str:
    """The utility's IANA time zone; UTC before a profile is loaded."""
    row = await session.get(Names, ("utility", "zone"))
    return str(row.data.get("value")) if row is not None else "UTC"


FILLS = (
    select(Fill, Leave)
    .outerjoin(Leave, col(Leave.person) == col(Fill.person))
    .where(col(Fill.post).in_(bindparam("posts", expanding=True)))
    .order_by(col(Fill.id), col(Leave.id))
)


async def fillings(session: AsyncSession, posts: Iterable[str], zone: str) -> dict[str, tuple[Filling, ...]]:
    """Who fills these posts, with rosters in `zone` and their leave."""
    rows = (await session.exec(FILLS, params={"posts": list(posts)})).all()
    away: dict[int | None, list[tuple[datetime, datetime | None]]] = {row.id: [] for row, _ in rows}
    for row, leave in rows:
        if leave is not None:
            away[row.id].append((leave.since, leave.until))
    found: dict[str, list[Filling]] = {}
    for row in {row.id: row for row, _ in rows}.values():
        roster = Calendar("roster", zone, week_from(row.roster, "roster")) if row.roster else None
        absent = tuple(away[row.id])
        found.setdefault(row.post, []).append(Filling(row.person, row.how, row.since, row.until, roster, absent))
    return {post: tuple(fills) for post, fills in found.items()}


OFFICE: BindParameter[str] = bindparam("office")
LADDER_POSTS = (
    select(Post)
    .where(
        col(Post.role).in_(bindparam("roles", expanding=True)),
        or_(
            col(Post.office)
            == func.coalesce(select(Office.successor).where(Office.code == OFFICE).scalar_subquery(), OFFICE),
            and_(col(Post.office).is_(None), or_(col(Post.zone) == bindparam("zone"), col(Post.zone).is_(None))),
        ),
        *there(bindparam("at")),
    )
    .order_by(Post.code)
    .execution_options(populate_existing=True)
)


async def ladder_posts(
    session: AsyncSession, roles: Sequence[str], row: ServiceRequest, at: datetime, *, locked: bool = False
) -> dict[str, list[Post]]:
    """The posts of each role that answer for the request's office at `at`: its own, else its zone's, else the company's.

    An office that ended has its successor's posts, also before the request itself is brought there.
    With `locked`, the rows are locked in the order of their codes, so that loads are counted one request at a time.
    """
    asked = LADDER_POSTS.with_for_update() if locked else LADDER_POSTS
    values = {"roles": list(roles), "office": row.office, "zone": row.zone, "at": at}
    posts = (await session.exec(asked, params=values)).all()
    return {role: nearest([post for post in posts if post.role == role]) for role in roles}


def nearest(posts: Sequence[Post]) -> list[Post]:
    """Of the posts of one role: the office's own, else the zone's, else the company's."""
    for near in (
        [p for p in posts if p.office is not None],
        [p for p in posts if p.zone is not None and p.office is None],
    ):
        if near:
            return near
    return list(posts)


async def ground_of(
    session: AsyncSession,
    row: ServiceRequest,
    policy: Policy,
    at: datetime,
    *,
    assigning: bool = False,
    act: Act | None = None,
) -> tuple[Ground, Fillings]:
    """The ground of `row` at `at`, and who fills its posts.

    `assigning` locks the first tier's posts to count their loads; what only some acts need is read for that `act` alone.
    A connection request's has a ground for each stage of its procedure.
    """
    own = row.kind == Kind.COMPLAINT
    timings = timings_of(policy, row)
    group = await segment(session, row.segment)
    seats, filled = await _seats(session, row, policy, timings, at, group, locked=assigning or not own)
    refusing = "reject_reason" if own else "refuse_reason"
    names = await choices(session, row.category, refusing) if act in CHOOSING else {}
    receiving = await receivers(session, row, at) if act is Act.GIVE else NONE
    taken = NONE if own else await taken_slots(session, row.office, at)
    ground = ground_with(row, policy, seats, at, names, receiving, taken, group)
    return (without(ground, row.concerned, at) if row.concerned and not row.safety else ground), filled


def timings_of(policy: Policy, row: ServiceRequest | Request) -> list[Timing]:
    """The timings a request may come under: a complaint's one and what runs beside it, or those of every stage, of which any turn may open one.

    KeyError where the policy knows no such category or procedure.
    """
    if row.kind == Kind.COMPLAINT:
        timing = timing_of(policy, row.category, row.area_class)
        return [timing, *filter(None, [recovery_timing(timing)])]
    return [stage.timing for stage in policy.procedures[row.category].stages.values()]


Seats = Mapping[str, Sequence[tuple[Seat, Post]]]
"""The seats of each role that answer for a request, with the post each is of."""


async def _seats(
    session: AsyncSession,
    row: ServiceRequest,
    policy: Policy,
    timings: Sequence[Timing],
    at: datetime,
    group: Segment | None,
    *,
    locked: bool,
) -> tuple[Seats, Fillings]:
    """The seats of every role on the ladders of these timings; `locked` locks those of the first tiers."""
    ladders = [ladder_of(policy, timing).tiers for timing in timings]
    own = {group.role} if group else set()
    by_role = await ladder_posts(session, sorted({tier.role for ladder in ladders for tier in ladder} | own), row, at)
    posts = {post.code for found in by_role.values() for post in found}
    filled = await fillings(session, posts, await utility_zone(session))
    if locked:  # last of all that is read: nobody else is given work there until this transaction ends
        first = {ladder[0].role for ladder in ladders} | own
        by_role |= await ladder_posts(session, sorted(first), row, at, locked=True)
    return {
        role: [(Seat(p.code, filled.get(p.code, ()), p.never_vacant), p) for p in found]
        for role, found in by_role.items()
    }, filled


def _ground(
    row: ServiceRequest | Request,
    policy: Policy,
    timing: Timing,
    seats: Seats,
    at: datetime,
    names: Mapping[str, frozenset[str]],
    receiving: frozenset[str],
    group: Segment | None,
) -> Ground:
    roles = [tier.role for tier in ladder_of(policy, timing).tiers]
    beside = seats[group.role] if group is not None and group.beside == roles[0] else ()
    hands = [*seats[roles[0]], *beside]
    tiers = [hands, *(seats[role] for role in roles[1:])]
    return Ground(
        timing=timing,
        limits=policy.limits,
        holds=policy.holds,
        calendar=calendar_of(policy, timing, site_of(row)),
        standard=standard_of(row, policy),
        rungs=[
            Rung(tier, role, tuple(seat for seat, _ in there))
            for tier, (role, there) in enumerate(zip(roles, tiers, strict=True), 1)
        ],
        candidates=[_candidate(seat, post, row.category, group, at) for seat, post in hands],
        causes=names.get("cause", NONE),
        hold_reasons=frozenset(waits_for(timing, names.get("hold_reason", NONE))),
        expected_reasons=names.get("expected_reason", NONE),
        receivers=receiving,
        reject_reasons=names.get("reject_reason", NONE),
    )


def _candidate(seat: Seat, post: Post, category: str, group: Segment | None, at: datetime) -> Candidate:
    return Candidate(
        seat.post,
        post.open_tasks,
        isinstance(present(seat, at), int),
        able=not post.able or category in post.able,
        group=group is not None and post.role == group.role,
        most=post.most_tasks,
    )


def ground_with(
    row: ServiceRequest | Request,
    policy: Policy,
    seats: Seats,
    at: datetime,
    names: Mapping[str, frozenset[str]] = NOTHING,
    receiving: frozenset[str] = NONE,
    taken: frozenset[str] = NONE,
    group: Segment | None = None,
) -> Ground:
    """The ground of a request whose seats are known; a connection request's has one for each stage of its procedure."""
    if row.kind == Kind.COMPLAINT:
        timing = timing_of(policy, row.category, row.area_class)
        ground, beside = _ground(row, policy, timing, seats, at, names, receiving, group), recovery_timing(timing)
        if beside is None:
            return ground
        return replace(ground, stages={RECOVERY: _ground(row, policy, beside, seats, at, names, receiving, group)})
    procedure = policy.procedures[row.category]
    stages = {
        code: _ground(row, policy, stage.timing, seats, at, names, receiving, group)
        for code, stage in procedure.stages.items()
    }
    first = next(iter(stages.values()))
    return replace(first, stages=stages, procedure=procedure, calendars=calendars_at(policy, site_of(row)), taken=taken)


def standard_of(row: ServiceRequest | Request, policy: Policy) -> Standard | None:
    """The regulated standard the request took with it when it was registered; None if it has none."""
    if row.standard is None or row.standard_calendar is None:
        return None
    return Standard(parse(row.standard), calendar_at(policy, row.standard_calendar, site_of(row)))


def site_of(row: ServiceRequest | Request) -> Site:
    """In whose hours the clocks of a request run."""
    return Site(row.site_office, row.site_zone)


def standard_columns(timing: Timing) -> dict[str, Any]:
    """The standard of a timing as a request keeps it for life."""
    has = timing.standard is not None
    return {
        "standard": str(timing.standard) if has else None,
        "standard_calendar": timing.standard_calendar if has else None,
    }
