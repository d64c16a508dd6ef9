"""New timings for what is under way: a list first, of the version each request has and shall have, then worked through."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Integer, case, func, literal, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit
from models.people import Zone
from models.policy import Names
from models.policy_beside import carried
from models.policy_calendars import taken_out
from models.policy_proposals import propose, save_alone
from models.policy_versions import current
from models.requests import ServiceRequest, Task
from models.runs import FASTEST, GOING_ON, MEANWHILE, USUAL, Run, RunItem, Stage, bounded, progress
from rules.states import OPEN
from rules.terms import Act

AUDIT = "retiming"


class Outcome(StrEnum):
    """What became of one request of the list."""

    MOVED = "moved"
    ESCALATED = "escalated"
    CLOSED = "closed"
    CHANGED = MEANWHILE
    UNFIT = "unfit"


APPLIED = (Outcome.MOVED.value, Outcome.ESCALATED.value)


class AlreadyRunning(Exception):
    """One retiming at a time."""

    def __init__(self) -> None:
        super().__init__("Other timings are still being applied: wait for their end, or stop them.")


class CannotUndo(Exception):
    """It is still going on, it was an undoing itself, or nothing of it was applied."""

    def __init__(self) -> None:
        super().__init__("There is nothing to take back: it goes on, it takes back another, or nothing was applied.")


class NoSuchChoice(ValueError):
    """Open requests are chosen by a tier, category or zone (`field`) that does not exist."""

    def __init__(self, field: str, value: object) -> None:
        super().__init__(f"There is no {field} {value!r}; nothing was begun.")
        self.field = field


@dataclass(frozen=True)
class Choice:
    """Which open requests: those whose task is at `tier` or below, of one category, in one zone; None: all."""

    tier: int | None = None
    category: str | None = None
    zone: str | None = None


def version_of(row: Run) -> int:
    """The version a retiming applies, or takes back."""
    return int(row.data["version"])


def choice_of(row: Run) -> Choice:
    """To which open requests it applies it."""
    return Choice(row.data.get("tier"), row.data.get("category"), row.data.get("zone"))


def takes_back(row: Run) -> bool:
    """Whether it gives requests back what they had."""
    return row.undoes is not None or "takes_back" in row.data


def named_by(row: Run) -> int:
    """The version it is called by: the one it applies, or the one that is taken back."""
    return int(row.data["takes_back"]) if "takes_back" in row.data else version_of(row)


async def begin(
    session: AsyncSession, version: int, choice: Choice, by: int | None, at: datetime, rate: int = USUAL
) -> int:
    """List what the choice means and let it run; its number. AlreadyRunning while another one goes on.

    Where the version changes nothing but calendars, each request comes under the one that has its own times.
    NoSuchChoice for what chooses by something that does not exist.
    """
    await exists(session, choice)
    own = {str(old): new for old, new in (await carried(session, version)).items()}
    told = {"version": version, **asdict(choice), "carried": own or None}
    data = {key: value for key, value in told.items() if value is not None}
    return await _begin(session, Run(act=Act.RETIME.value, by=by, at=at, rate=bounded(rate), data=data))


async def undo(session: AsyncSession, number: int, by: int | None, at: datetime) -> int:
    """Take a retiming back, request by request: each that was brought under its version goes back to the one before."""
    of = await one(session, number)
    if of is None or of.undoes is not None or of.state in GOING_ON:
        raise CannotUndo
    data = {"version": version_of(of)}
    started = await _begin(session, Run(act=of.act, by=by, at=at, rate=of.rate, data=data, undoes=number))
    if not (await progress(session, started)).total:
        raise CannotUndo
    return started


async def exists(session: AsyncSession, choice: Choice) -> None:
    """NoSuchChoice where the tier, the category or the zone does not exist; one that is retired does."""
    if choice.tier is not None:
        ladders = (await current(session)).ladders.values()
        if not 1 <= choice.tier <= max((len(ladder.tiers) for ladder in ladders), default=0):
            raise NoSuchChoice("tier", choice.tier)
    if choice.category is not None:
        kinds = [await session.get(Names, (kind, choice.category)) for kind in ("category", "procedure")]
        if not any(kinds):
            raise NoSuchChoice("category", choice.category)
    if choice.zone is not None and await session.get(Zone, choice.zone) is None:
        raise NoSuchChoice("zone", choice.zone)


async def take_back(session: AsyncSession, version: int, by: int | None, at: datetime, note: str) -> int:
    """Save the timings without what a version changed, and give each request it was applied to the version it had.

    What was registered under it comes under the new one. The run's number. ChangedSince where what it changed was changed
    again since, LookupError for a version that changed nothing, NeedsSecond where a time becomes longer by it.
    """
    if await going_on(session) is not None:
        raise AlreadyRunning
    policy, base = await taken_out(session, version)
    return await give_back(
        session, await save_alone(session, policy, note, by, at, base, beside=False), version, by, at
    )


async def propose_taking_back(session: AsyncSession, version: int, by: int | None, at: datetime, note: str) -> int:
    """Propose what `take_back` would do, for a second person to agree to; the proposal's number. As `propose`."""
    policy, base = await taken_out(session, version)
    return await propose(session, policy, note, by, at, base, {"takes_back": version})


async def give_back(session: AsyncSession, number: int, version: int, by: int | None, at: datetime) -> int:
    """Bring what has a version, taken back by the one of this number, under what it had before; the run's number."""
    applied = Run.act == Act.RETIME.value, col(Run.data)["version"].as_integer() == version, col(Run.undoes).is_(None)
    run = (await session.exec(select(Run.id).where(*applied).order_by(col(Run.id).desc()))).first()
    data = {"version": number, "takes_back": version}
    return await _begin(session, Run(act=Act.RETIME.value, by=by, at=at, rate=FASTEST, data=data, undoes=run))


async def _begin(session: AsyncSession, row: Run) -> int:
    await session.exec(select(func.pg_advisory_xact_lock(7_405_002)))
    if await going_on(session) is not None:
        raise AlreadyRunning
    session.add(row)
    await session.flush()
    assert row.id is not None
    await list_again(session, row)
    told = {**row.data, "undoes": row.undoes, "carried": None}
    after = {key: str(value) for key, value in told.items() if value is not None}
    session.add(Audit(at=row.at, person=row.by, what=AUDIT, subject=str(row.id), after=after, note=""))
    return row.id


async def one(session: AsyncSession, number: int, *, locked: bool = False) -> Run | None:
    """The retiming of this number; None where there is none."""
    row = await session.get(Run, number, with_for_update=locked or None)
    return row if row is not None and row.act == Act.RETIME else None


async def latest(session: AsyncSession, limit: int = 100) -> list[Run]:
    """The newest of them, newest first."""
    asked = select(Run).where(Run.act == Act.RETIME.value).order_by(col(Run.id).desc())
    return list((await session.exec(asked.limit(limit))).all())


async def going_on(session: AsyncSession) -> Run | None:
    """The one that runs or is paused."""
    asked = select(Run).where(Run.act == Act.RETIME.value, col(Run.state).in_(GOING_ON))
    return (await session.exec(asked)).first()


async def list_again(session: AsyncSession, row: Run) -> int:
    """Put on the list whatever of the choice is behind and not on it; how many. One that was closed then, and is open now, again."""
    if not takes_back(row):
        return await _listed(session, _behind(row), col(RunItem.outcome) == Outcome.CLOSED)
    back = [_undone(row)] if row.undoes is not None else []
    back += [_behind(row)] if "takes_back" in row.data else []
    return sum([await _listed(session, chosen, literal(value=False)) for chosen in back])


async def _listed(session: AsyncSession, chosen: Any, again: Any) -> int:
    listed = insert(RunItem).from_select(("run", "reference", "task_id", "data", "place", "round"), chosen)
    anew = {"outcome": None, "at": None, "data": listed.excluded.data, "round": col(RunItem.round) + 1}
    listed = listed.on_conflict_do_update(index_elements=["run", "reference", "task_id"], set_=anew, where=again)
    return len((await session.exec(listed.returning(col(RunItem.reference)))).all())


def _behind(row: Run) -> Any:
    choice = choice_of(row)
    due = (
        select(Task.reference, func.min(Task.due).label("due"), func.max(Task.tier).label("tier"))
        .where(col(Task.done_at).is_(None))
        .group_by(col(Task.reference))
        .subquery()
    )
    order = (col(ServiceRequest.safety).desc(), due.c.due.nulls_last(), col(ServiceRequest.reference))
    wanted = [
        col(ServiceRequest.state).in_([state.value for state in OPEN]),
        ~col(ServiceRequest.over),
        *_versions_behind(row),
    ]
    if choice.tier is not None:
        wanted.append(or_(due.c.tier.is_(None), due.c.tier <= choice.tier))
    if choice.category is not None:
        wanted.append(col(ServiceRequest.category) == choice.category)
    if choice.zone is not None:
        wanted.append(or_(col(ServiceRequest.zone) == choice.zone, col(ServiceRequest.site_zone) == choice.zone))
    place = func.row_number().over(order_by=order)
    versions = _versions(col(ServiceRequest.policy_version), _version_for(row))
    asked: Any = select(literal(row.id), ServiceRequest.reference, literal(""), versions, place, literal(1))  # type: ignore[call-overload]
    return asked.outerjoin(due, due.c.reference == ServiceRequest.reference).where(*wanted)


def _versions_behind(row: Run) -> list[Any]:
    """Which versions a request has that is to be brought under another."""
    has = col(ServiceRequest.policy_version)
    if "takes_back" in row.data:
        return [has == int(row.data["takes_back"])]
    return [has < version_of(row), has.not_in(row.data.get("carried", {}).values())]


def _version_for(row: Run) -> Any:
    """The version a request comes under: the one that has its own times, else the run's."""
    own = {int(old): literal(new, Integer) for old, new in row.data.get("carried", {}).items()}
    version = literal(version_of(row), Integer)
    return case(own, value=col(ServiceRequest.policy_version), else_=version) if own else version


def _undone(row: Run) -> Any:
    was = RunItem
    versions = _versions(col(was.data)["after"], col(was.data)["before"])
    asked: Any = select(literal(row.id), was.reference, was.task_id, versions, was.place, literal(1))  # type: ignore[call-overload]
    return asked.where(was.run == row.undoes, col(was.outcome).in_(APPLIED))


def _versions(before: Any, after: Any) -> Any:
    """What an item says: the version the request has, and the one it shall have."""
    return func.jsonb_build_object("before", before, "after", after)


async def steer(
    session: AsyncSession,
    number: int,
    by: int | None,
    at: datetime,
    *,
    to: Stage | None = None,
    rate: int | None = None,
) -> bool:
    """Pause, resume or stop one that goes on, or set its rate; whether it could be done.

    One that is stopped when nothing was left is done.
    """
    row = await one(session, number, locked=True)
    if row is None or row.state not in GOING_ON:
        return False
    before = {"state": row.state, "rate": str(row.rate)}
    row.rate = row.rate if rate is None else bounded(rate)
    if to is Stage.STOPPED and not (await progress(session, number)).left:
        to = Stage.DONE
    if to is not None:
        row.state, row.looked_at = to.value, None
        row.ended_at = at if to in (Stage.STOPPED, Stage.DONE) else None
    after = {"state": row.state, "rate": str(row.rate)}
    changed = [key for key in before if before[key] != after[key]]
    if changed:
        old, new = ({key: one[key] for key in changed} for one in (before, after))
        session.add(Audit(at=at, person=by, what=AUDIT, subject=str(number), before=old, after=new, note=""))
    return True
