"""What an unsaved policy would do: everything open and the last 90 days' closed, read as columns at one instant, for `rules.whatif`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models import requests as tables
from models.beside import side_by_side
from models.cases import cases_of
from models.events import Event
from models.ground import Policies, Seats, fillings, ground_with, nearest, standard_of, timings_of, utility_zone
from models.people import Post
from models.policy_versions import current, differences, only_calendars
from models.posts import in_force
from models.requests import ServiceRequest
from rules.case import Case
from rules.giving import COMPLAINT
from rules.holidays import with_calendars_of
from rules.ladder import Seat
from rules.policy import Policy, ladder_of
from rules.request import Ground, Hold, Request, Task
from rules.states import OPEN
from rules.terms import Cause, Closing, EventKind, Kind, State
from rules.whatif import Closed, Course, Open, as_it_is, as_it_would_be, once_more

BACK = timedelta(days=90)
"""How far back what was closed is judged once more."""
OWN = frozenset({"tasks", "holds", "case"})
"""Fields of the rules' values that are no columns."""


@dataclass(frozen=True)
class Forecast:
    """Both courses, and of the closed ones: how many had a promised time, how many kept it, as it was and with the new one.

    `kept` and `missed` are all of them by what was, `differs` those whose answer differs. `up` are those whose first tier's time
    ran out before they were put right, `up_then` those of which it would have.
    """

    at: datetime
    open: int
    now: Course
    then: Course
    judged: int
    within: int
    within_then: int
    kept: tuple[str, ...]
    missed: tuple[str, ...]
    differs: tuple[str, ...]
    up: tuple[str, ...]
    up_then: tuple[str, ...]


async def forecast(session: AsyncSession, policy: Policy, at: datetime) -> Forecast:
    """What `policy` would do if it were given to everything open at `at`. Reads only; the session's snapshot should stand still.

    Where nothing but calendars differs from the policy in force, each request keeps the times it has.
    """
    loads = dict((await session.exec(select(Post.code, Post.open_tasks))).all())
    own_times = only_calendars(differences(await current(session), policy))
    opened = await read_open(session, policy, at, own_times=own_times)
    closed = await read_closed(session, policy, at)
    (now, (within, up)), would = side_by_side(
        lambda: (as_it_is(opened, at, loads), once_more(closed, policy)),
        lambda: as_it_would_be(opened, at, loads, policy.version),
        len(opened),
    )
    kept, missed = (tuple(one.reference for one in closed if one.within is was) for was in (True, False))
    differs = tuple(one.reference for one, other in zip(closed, within, strict=True) if other != one.within)
    ran_out = tuple(one.reference for one in closed if one.up)
    would_run_out = tuple(one.reference for one, it in zip(closed, up, strict=True) if it)
    return Forecast(
        at, len(opened), now, would, len(closed), len(kept), sum(within), kept, missed, differs, ran_out, would_run_out
    )


async def read_open(session: AsyncSession, policy: Policy, at: datetime, *, own_times: bool = False) -> list[Open]:
    """Every open request that is not confidential, with its ground under its own timings and under `policy`."""
    found = Grounds(await _posts(session, at), at)
    own = Policies()
    opened = []
    shall: dict[int, Policy] = {}
    for request, version, law in await _requests(session):
        if version not in shall:
            shall[version] = with_calendars_of(await own.of(session, version), policy) if own_times else policy
        ground = found.of(request, await own.of(session, version))
        if law not in (None, version):
            ground = replace(ground, standard=standard_of(request, await own.of(session, law)))
        try:
            new = found.of(request, shall[version])
        except KeyError:
            opened.append(Open(request, ground, None))
        else:
            opened.append(Open(request, ground, replace(new, standard=ground.standard)))
    return opened


class Grounds:
    """The grounds of an instant, each made once for all requests it is the same for."""

    def __init__(self, posts: Sequence[tuple[Post, Seat]], at: datetime) -> None:
        self.posts = posts
        self.at = at
        self.kept: dict[tuple[Any, ...], Ground] = {}
        self.seats: dict[tuple[str, str, str], list[tuple[Seat, Post]]] = {}

    def of(self, row: Request, policy: Policy) -> Ground:
        """The ground of a request under `policy`; KeyError where that has no place for it."""
        key: tuple[Any, ...] = (id(policy), row.kind, row.category, row.area_class, row.office, row.zone)
        key += (row.standard, row.standard_calendar, row.site_office, row.site_zone)
        if key not in self.kept:
            roles = {tier.role for timing in timings_of(policy, row) for tier in ladder_of(policy, timing).tiers}
            seats: Seats = {role: self._seats(role, row.office, row.zone) for role in roles}
            self.kept[key] = ground_with(row, policy, seats, self.at)
        return self.kept[key]

    def _seats(self, role: str, office: str, zone: str) -> list[tuple[Seat, Post]]:
        key = (role, office, zone)
        if key not in self.seats:
            seats = {post.code: seat for post, seat in self.posts}
            here = [post for post, _ in self.posts if post.role == role and _answers(post, office, zone)]
            self.seats[key] = [(seats[post.code], post) for post in nearest(here)]
        return self.seats[key]


def _answers(post: Post, office: str, zone: str) -> bool:
    return post.office == office if post.office is not None else post.zone in (None, zone)


async def _posts(session: AsyncSession, at: datetime) -> list[tuple[Post, Seat]]:
    posts = await in_force(session, at)
    filled = await fillings(session, [post.code for post in posts], await utility_zone(session))
    return [(post, Seat(post.code, filled.get(post.code, ()), post.never_vacant)) for post in posts]


def _columns(table: type[Any], value: type[Any]) -> tuple[list[str], list[Any]]:
    names = [field.name for field in fields(value) if field.name not in OWN]
    return names, [getattr(table, name) for name in names]


async def _requests(session: AsyncSession) -> list[tuple[Request, int, int | None]]:
    tasks = await _tasks(session)
    names, columns = _columns(ServiceRequest, Request)
    asked: Any = select(ServiceRequest.policy_version, ServiceRequest.standard_version, *columns).where(*_wanted())
    rows = (await session.exec(asked.order_by(ServiceRequest.registered_at, ServiceRequest.reference))).all()
    own = [row[2 + names.index("reference")] for row in rows if row[2 + names.index("kind")] != Kind.COMPLAINT]
    cases = await cases_of(session, own) if own else {}
    return [(_request(dict(zip(names, row[2:], strict=True)), tasks, cases), *row[:2]) for row in rows]


def _wanted() -> list[Any]:
    return [
        ~col(ServiceRequest.over),
        col(ServiceRequest.confidential).is_(False),
        col(ServiceRequest.state).in_([state.value for state in OPEN]),
    ]


def _request(row: dict[str, Any], tasks: Mapping[str, list[Task]], cases: Mapping[str, Case]) -> Request:
    row["state"] = State(row["state"])
    reference = row["reference"]
    return Request(**row, case=cases.get(reference) or Case(), tasks=tasks.get(reference, []))


async def _tasks(session: AsyncSession) -> dict[str, list[Task]]:
    names, columns = _columns(tables.Task, Task)
    ours = col(tables.Task.reference) == col(ServiceRequest.reference)
    asked: Any = select(tables.Task.reference, *columns).join(ServiceRequest, ours).where(*_wanted())
    found: dict[str, list[Task]] = {}
    by_id: dict[str, Task] = {}
    for reference, *row in await session.exec(asked.order_by(tables.Task.entered, tables.Task.id)):
        task = Task(**dict(zip(names, row, strict=True)))
        found.setdefault(reference, []).append(task)
        by_id[task.id] = task
    names, columns = _columns(tables.Hold, Hold)
    of_task = col(tables.Hold.task_id) == col(tables.Task.id)
    held: Any = select(tables.Hold.task_id, *columns).join(tables.Task, of_task).join(ServiceRequest, ours)
    for id, *row in await session.exec(held.where(*_wanted()).order_by(tables.Hold.id)):
        by_id[id].holds.append(Hold(**dict(zip(names, row, strict=True))))
    return found


async def read_closed(session: AsyncSession, policy: Policy, at: datetime) -> list[Closed]:
    """The complaints of the last 90 days that were put right and had a promised time."""
    wanted = [
        ServiceRequest.kind == Kind.COMPLAINT,
        col(ServiceRequest.closed_at) > at - BACK,
        col(ServiceRequest.within_standard).is_not(None),
        col(ServiceRequest.put_right_at).is_not(None),
        col(ServiceRequest.confidential).is_(False),
        col(ServiceRequest.closing) != Closing.WITHDRAWN,
        col(ServiceRequest.category).in_(list(policy.timings)),
    ]
    holds, up = await _pauses(session, wanted), await _ran_out(session, wanted)
    sent_up = await _sent_up(session, wanted)
    columns: Any = (
        ServiceRequest.reference,
        ServiceRequest.category,
        ServiceRequest.area_class,
        ServiceRequest.site_office,
        ServiceRequest.site_zone,
        ServiceRequest.registered_at,
        ServiceRequest.put_right_at,
        ServiceRequest.within_standard,
        ServiceRequest.brought_at,
        ServiceRequest.brought_tier,
        func.nullif(ServiceRequest.resolved_at, ServiceRequest.put_right_at),
    )
    asked: Any = select(*columns).where(*wanted)
    rows: list[Any] = list(await session.exec(asked))
    found = []
    for *row, registered, right, within, brought, tier, resolved in rows:
        reference, ended = row[0], resolved or right
        if reference in sent_up:
            ended = min(ended, sent_up[reference])
        ladder = brought or registered, tier or 1, ended, reference in up
        found.append(Closed(*(*row, registered, right, within, *ladder, holds.get(reference, ()))))
    return found


async def _pauses(session: AsyncSession, wanted: Sequence[Any]) -> dict[str, list[Hold]]:
    """What stopped the clocks of each: the waits, and each question but the last."""
    stood = or_(col(tables.Hold.stops_standard).is_(True), col(tables.Hold.start) < col(ServiceRequest.resolved_at))
    asked: Any = (
        select(tables.Task.reference, tables.Hold.start, tables.Hold.end, tables.Hold.stops_standard)
        .join(tables.Task, col(tables.Hold.task_id) == col(tables.Task.id))
        .join(ServiceRequest, col(tables.Task.reference) == col(ServiceRequest.reference))
        .where(stood, *wanted)
    )
    holds: dict[str, list[Hold]] = {}
    for reference, start, end, stops_standard in await session.exec(asked):
        holds.setdefault(reference, []).append(Hold("", start, end, stops_standard=stops_standard))
    return holds


async def _ran_out(session: AsyncSession, wanted: Sequence[Any]) -> set[str]:
    """Those of which whoever answered first let his time run out."""
    lapsed = tables.Lapse
    asked = select(lapsed.reference).join(ServiceRequest, col(lapsed.reference) == col(ServiceRequest.reference))
    first = lapsed.tier == func.coalesce(ServiceRequest.brought_tier, 1)
    return set((await session.exec(asked.where(_itself(lapsed), first, *wanted))).all())


async def _sent_up(session: AsyncSession, wanted: Sequence[Any]) -> dict[str, datetime]:
    """When each first went up though nobody's time had run out."""
    asked = select(Event.reference, func.min(Event.at)).join(
        ServiceRequest, col(Event.reference) == col(ServiceRequest.reference)
    )
    others = col(Event.data)["cause"].as_string() != Cause.TIMER.value
    mine = asked.where(Event.kind == EventKind.ESCALATED, others, _itself(Event), *wanted)
    return dict((await session.exec(mine.group_by(col(Event.reference)))).all())


def _itself(table: Any) -> Any:
    """Of the complaint, not of what is done beside it."""
    return col(table.task_id) == func.concat(table.reference, f"/{COMPLAINT}")
