"""The count after a drill: what was promised outside against what the tables, the messages and Temporal hold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from drills.findings import Finding, none_of, spread
from drills.hearing import Reading, changes
from drills.messages import kept_for_later, unsent_and_doubled
from drills.reach import reach
from drills.stack import Kill
from drills.truth import untrue
from drills.written import unwritten
from embedded.message_store import Caught
from models.chain import digest
from models.events import Event, Submission
from models.outbox import Notification
from models.requests import Lapse, ServiceRequest
from models.trust import FIRED
from rules.terms import Cause, EventKind

BY_TIMER = frozenset({Cause.TIMER.value, Cause.NOT_TAKEN_UP.value})
AHEAD = timedelta(seconds=5)
"""What is to be told together so soon is waited for, so that none of it falls due while it is counted."""


@dataclass
class Promised:
    """What people outside were told during a drill, and what was killed when."""

    since: datetime
    numbers: dict[str, str] = field(default_factory=dict)
    """The number given for each caller's key."""
    told: dict[str, str] = field(default_factory=dict)
    """What became of each submission, by its id: done, received or refused."""
    kills: list[Kill] = field(default_factory=list)


async def audit(session: AsyncSession, promised: Promised, arrived: Callable[[], Sequence[Caught]]) -> list[Finding]:
    """Every promise of the house, counted in the tables as they are now and in the messages that `arrived` gives after.

    All requests count in whose history something was written since, however old they are.
    """
    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    touched = select(Event.reference).where(col(Event.recorded) >= promised.since)
    rows = (await session.exec(select(ServiceRequest).where(col(ServiceRequest.reference).in_(touched)))).all()
    events = await histories(session, {row.reference for row in rows})
    return [
        *await _numbers(session, promised),
        *await _submissions(session, promised, events),
        *_histories(rows, events),
        *await _timers(session, events),
        *await notices(session, rows, events),
        *await unsent_and_doubled(session, arrived, promised.since, promised.kills),
        *await untrue(session, events, arrived()),
    ]


async def histories(session: AsyncSession, references: Iterable[str]) -> dict[str, list[Event]]:
    """The lines of each request, in order."""
    asked = select(Event).where(col(Event.reference).in_(list(references)))
    found: dict[str, list[Event]] = defaultdict(list)
    for event in (await session.exec(asked.order_by(Event.reference, col(Event.number)))).all():
        found[event.reference].append(event)
    return found


async def settled(session: AsyncSession, quiet: timedelta = timedelta(0)) -> dict[str, int]:
    """How much of what still has to be done; nothing once all is done that falls due before `quiet` from now is over."""
    late = col(ServiceRequest.wake_at) < func.clock_timestamp() + quiet
    later = kept_for_later(func.clock_timestamp() + max(quiet, AHEAD))
    counts = {
        "requests not started": select(func.count()).where(col(ServiceRequest.started_at).is_(None)),
        "timers due": select(func.count()).where(late, col(ServiceRequest.over).is_(False)),
        "submissions unanswered": select(func.count()).where(col(Submission.answered).is_(None)),
        "notices waiting": select(func.count()).where(Notification.state == "waiting", ~later),
    }
    found = {what: (await session.exec(asked)).one() for what, asked in counts.items()}
    return {what: count for what, count in found.items() if count}


async def _numbers(session: AsyncSession, promised: Promised) -> list[Finding]:
    given = list(promised.numbers.values())
    asked = select(ServiceRequest.reference).where(col(ServiceRequest.reference).in_(given))
    kept = set((await session.exec(asked)).all())
    twice = [number for number, times in Counter(given).items() if times > 1]
    return [
        none_of("numbers given and lost", [number for number in given if number not in kept], len(given)),
        none_of("numbers given twice", twice, len(given)),
    ]


async def _submissions(
    session: AsyncSession, promised: Promised, events: Mapping[str, Sequence[Event]]
) -> list[Finding]:
    asked = select(Submission).where(col(Submission.received) >= promised.since)
    rows = {row.id: row for row in (await session.exec(asked)).all()}
    written: dict[str, set[datetime]] = defaultdict(set)
    for event in (event for lines in events.values() for event in lines if event.submission_id):
        written[event.submission_id or ""].add(event.recorded)
    told = promised.told
    wrong = [id for id, row in rows.items() if row.refused and (id in written or told.get(id) == "done")]
    wrong += [id for id, row in rows.items() if not row.refused and told.get(id) == "refused"]
    return [
        none_of("actions taken and lost", [id for id in told if id not in rows], len(told)),
        none_of("submissions without an outcome", [id for id, row in rows.items() if row.answered is None], len(rows)),
        none_of("submissions done twice", [id for id, times in written.items() if len(times) > 1], len(rows)),
        none_of("acts done that wrote nothing", unwritten(rows.values(), events), len(rows)),
        none_of("outcomes other than told", wrong, len(told)),
    ]


def _histories(rows: Iterable[ServiceRequest], events: Mapping[str, Sequence[Event]]) -> list[Finding]:
    broken = [row.reference for row in rows if not whole(events[row.reference], row.number)]
    return [none_of("histories with a gap or a broken chain", broken, len(events))]


def whole(lines: Sequence[Event], number: int) -> bool:
    """Whether a history is numbered 1 to `number` without gap, and its chain verifies from the first line on."""
    before = ""
    for place, line in enumerate(lines, 1):
        if (line.number, line.previous, line.hash) != (place, before, digest(line)):
            return False
        before = line.hash
    return len(lines) == number


async def _timers(session: AsyncSession, events: Mapping[str, Sequence[Event]]) -> list[Finding]:
    fired = [event for lines in events.values() for event in lines if event.due and event.kind in FIRED]
    at = Counter((event.task_id, event.kind, event.due) for event in fired)
    tiers = Counter(
        (event.task_id, event.data["tier"])
        for event in fired
        if event.kind == EventKind.ESCALATED and event.data["cause"] in BY_TIMER
    )
    lapses = (await session.exec(select(Lapse).where(col(Lapse.reference).in_(list(events))))).all()
    kept = Counter((lapse.task_id, lapse.tier, lapse.due) for lapse in lapses)
    return [
        none_of("timers fired twice", _twice(at), len(fired)),
        none_of("tiers climbed twice", _twice(tiers), len(tiers)),
        none_of("lapses kept twice", _twice(kept), len(lapses)),
        spread("lateness of timers", lateness(fired)),
    ]


def lateness(fired: Iterable[Event]) -> list[float]:
    """Seconds from each timer's due instant to its record."""
    return [max((event.recorded - event.due).total_seconds(), 0.0) for event in fired if event.due]


async def notices(
    session: AsyncSession, rows: Sequence[ServiceRequest], events: Mapping[str, Sequence[Event]]
) -> list[Finding]:
    """Whoever must hear of a line of history has a notice of it, and one."""
    asked = select(Notification).where(col(Notification.reference).in_(list(events)))
    told = (await session.exec(asked)).all()
    heard = Counter((one.reference, one.number, one.kind, one.post or one.consumer_id) for one in told)
    known = await reach(session, rows)
    wanted = {
        want
        for row in rows
        for want in Reading(row, known.told(row, changes(events[row.reference]))).wants(events[row.reference])
        if isinstance(want.whom, int) or known.post(want.whom, want.at)
    }
    return [
        none_of("notices never queued", sorted(str(want) for want in wanted if not want.among(heard)), len(wanted)),
        none_of("notices queued twice", _twice(heard), len(told)),
    ]


def _twice(counted: Counter[Any]) -> list[Any]:
    return [what for what, times in counted.items() if times > 1]
