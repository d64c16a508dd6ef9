"""What would happen if nobody acted and no charge changed: the rules themselves, run ahead over copies of what is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from rules import judge, timers
from rules.assignment import Candidate
from rules.calendar import Calendar
from rules.clocks import pauses, settle
from rules.due import due
from rules.durations import Duration, Unit
from rules.ladder import Seat, present
from rules.policy import Policy, Site, calendar_of, standard_calendar_of, timing_of
from rules.request import Ground, Hold, Request
from rules.retiming import Unfit, retime
from rules.states import ASKED, OPEN
from rules.terms import EventKind, Kind, State, Wake
from rules.turn import Turn

WINDOWS: Mapping[str, timedelta] = {
    "now": timedelta(0),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}
"""Until when is foretold, each window holding the ones before it."""
HORIZON = max(WINDOWS.values())


class Move(NamedTuple):
    """Somebody higher answers for a task from `at` on; `person` None where nobody fills the post."""

    reference: str
    at: datetime
    tier: int
    role: str
    post: str
    person: int | None
    zone: str
    office: str
    category: str
    stage: str


class Open(NamedTuple):
    """An open request, its ground under the timings it has, and under the unsaved ones (None: no place for it there)."""

    request: Request
    ground: Ground
    new: Ground | None


@dataclass
class Course:
    """What happens from `at` until the horizon. `carried`: the tasks each post answers for, by their requests, at first and at last."""

    at: datetime
    loads: Counter[str]
    moves: list[Move] = field(default_factory=list)
    carried: list[Counter[tuple[str, str]]] = field(default_factory=list)
    answering: Counter[tuple[str, str]] = field(default_factory=Counter)
    unfit: list[str] = field(default_factory=list)
    _queue: list[tuple[datetime, int, Turn]] = field(default_factory=list)
    _places: count[int] = field(default_factory=count)

    def stands(self, request: Request) -> None:
        """Count who answers for it now."""
        self.answering.update((task.answerable, request.reference) for task in request.open_tasks)

    def follows(self, request: Request, turn: Turn) -> None:
        """Keep what a first turn did, and go on from there."""
        self._moved(turn, _hands(request))
        self._wait(turn)

    def run(self) -> None:
        """Let everything happen at its instant, the earliest first, until the horizon."""
        for window in (timedelta(0), HORIZON):
            until = self.at + window
            while self._queue and self._queue[0][0] <= until:
                at, _, turn = heappop(self._queue)
                self._step(turn, at)
            self.carried.append(+self.answering)
        self._queue.clear()

    def filled(self, ground: Ground, at: datetime) -> Ground:
        """The ground with who could be given work at `at`, by how much each has then."""
        stages = {code: self.filled(stage, at) for code, stage in ground.stages.items()}
        seats = ground.rungs[0].seats
        known = {one.post: one for one in ground.candidates}
        hands = [self._candidate(known[seat.post], seat, at) for seat in seats if seat.post in known]
        return replace(ground, candidates=hands, stages=stages)

    def _candidate(self, one: Candidate, seat: Seat, at: datetime) -> Candidate:
        return replace(one, open_tasks=self.loads[seat.post], filled=isinstance(present(seat, at), int))

    def _step(self, turn: Turn, at: datetime) -> None:
        before = _hands(turn.request)
        turn.at = at
        if turn.request.kind != Kind.COMPLAINT or turn.request.wake_for == Wake.ACCEPT:
            turn.whole = self.filled(turn.whole, at)
        turn.events.clear()
        turn.lapses.clear()
        turn.wanted.clear()
        timers.it_is_time(turn)
        self._moved(turn, before)
        self._wait(turn)

    def _wait(self, turn: Turn) -> None:
        at = turn.request.wake_at
        if at is not None and at <= self.at + HORIZON and _may_move(turn.request):
            heappush(self._queue, (max(at, self.at), next(self._places), turn))

    def _moved(self, turn: Turn, before: list[tuple[str, str]]) -> None:
        after = _hands(turn.request)
        if before != after:
            for hands, by in ((before, -1), (after, 1)):
                for answerable, handler in hands:
                    self.answering[answerable, turn.request.reference] += by
                    self.loads[handler] += by
        for event in turn.events:
            if event.kind is EventKind.ESCALATED:
                self.moves.append(_move(turn, event.task or "", event.data, event.at))


def _hands(request: Request) -> list[tuple[str, str]]:
    """Of each open task, who answers for it and who does it."""
    return [(task.answerable, task.handler) for task in request.open_tasks]


def _move(turn: Turn, id: str, data: Mapping[str, object], at: datetime) -> Move:
    request = turn.request
    task = next(task for task in request.tasks if task.id == id)
    person = task.answerable_person if task.answerable == data["post"] else None
    where = (request.zone, request.office, request.category, task.stage)
    return Move(request.reference, at, int(str(data["tier"])), str(data["role"]), str(data["post"]), person, *where)


def _may_move(request: Request) -> bool:
    """Whether anybody may still be given it, or it may still close, by time alone: what is left out only reminds."""
    if request.kind != Kind.COMPLAINT:
        return True
    if request.state in ASKED:
        return request.confirm_by is not None
    if request.state not in OPEN:
        return False
    return any(task.beyond_at is None or task.hold is not None for task in request.open_tasks)


def as_it_is(opened: Iterable[Open], at: datetime, loads: Mapping[str, int]) -> Course:
    """The course of all that is open under the timings each request has."""
    course = Course(at, Counter(loads))
    for one in opened:
        course.stands(one.request)
        if _waits(one.request, at):
            continue
        ground = course.filled(one.ground, at) if _given_out(one.request) else one.ground
        course.follows(one.request, judge.caught_up(_turn(one.request, ground, at)))
    course.run()
    return course


def as_it_would_be(opened: Iterable[Open], at: datetime, loads: Mapping[str, int], version: int) -> Course:
    """The course of all that is open if every request came under the unsaved timings at `at`."""
    course = Course(at, Counter(loads))
    for one in opened:
        course.stands(one.request)
        ground, new = one.ground, one.new
        if _given_out(one.request):
            ground, new = course.filled(ground, at), new and course.filled(new, at)
        turn = _turn(one.request, ground, at)
        try:
            if new is None:
                raise Unfit(one.request.reference)
            retime(turn, new, before=0, version=version)
        except Unfit:
            course.unfit.append(one.request.reference)
            judge.caught_up(turn)
        course.follows(one.request, turn)
    course.run()
    return course


def _turn(request: Request, ground: Ground, at: datetime) -> Turn:
    turn = Turn.of(request, ground, at)
    turn.foretold = True
    settle(turn)  # without the reminders: they move nothing, and would be half of all that happens
    return turn


def _given_out(request: Request) -> bool:
    """Whether its next turn may give work to somebody who has little."""
    task = request.task
    return request.kind != Kind.COMPLAINT or task is None or (task.accept_by is not None and task.accepted_at is None)


def _waits(request: Request, at: datetime) -> bool:
    """Whether nothing can happen to it before the horizon."""
    unassigned = request.state is State.RECEIVED and not request.tasks
    return not unassigned and (request.wake_at is None or request.wake_at > at + HORIZON)


class Closed(NamedTuple):
    """A complaint that was closed, as it was at last: whether it kept its promised time, and whether a tier's time ran out.

    Its ladder began at `begins` with `tier`, which had until `ended`: it was put right, or went up by other ways than the timer.
    """

    reference: str
    category: str
    area_class: str
    site_office: str
    site_zone: str
    registered_at: datetime
    put_right_at: datetime
    within: bool
    begins: datetime
    tier: int
    ended: datetime
    up: bool
    holds: Sequence[Hold] = ()


class Limit(NamedTuple):
    """A time allowed in its calendar; until so `long` after its beginning it cannot have run out, whatever the calendar is."""

    time: Duration
    calendar: Calendar
    long: timedelta


def once_more(closed: Iterable[Closed], policy: Policy) -> tuple[list[bool], list[bool]]:
    """Of each whether it would have been within the promised time of `policy`, and whether its first tier's time would have run out.

    Had everybody done what he did at the instants he did it. A promised time that there is none of is as it was.
    The ladder is followed to its first end alone: what somebody higher would have done then, nobody knows.
    """
    known: dict[tuple[str, str, str, str], tuple[Limit | None, Sequence[Limit]]] = {}
    kept, up = [], []
    for one in closed:
        key = (one.category, one.area_class, one.site_office, one.site_zone)
        if key not in known:
            known[key] = _limits(policy, *key)
        standard, tiers = known[key]
        kept.append(one.within if standard is None else _within(one, standard))
        up.append(_ran_out(one, tiers[min(one.tier, len(tiers)) - 1]))
    return kept, up


def _limits(policy: Policy, category: str, area: str, office: str, zone: str) -> tuple[Limit | None, Sequence[Limit]]:
    timing, site = timing_of(policy, category, area), Site(office, zone)
    promised = timing.standard
    standard = None if promised is None else limit(promised, standard_calendar_of(policy, timing, site))
    return standard, [limit(time, calendar_of(policy, timing, site)) for time in timing.tiers]


def limit(time: Duration, calendar: Calendar) -> Limit:
    """Working time runs no faster than any other; of days the last ends late on the day after those before it."""
    days = time.unit in (Unit.DAYS, Unit.WORKING_DAYS)
    return Limit(time, calendar, timedelta(days=time.amount - 1) if days else time.timedelta)


def _within(one: Closed, promised: Limit) -> bool:
    ends = _ends(promised, one.registered_at, one.put_right_at, one.holds, standard=True)
    return ends is None or one.put_right_at <= ends


def _ran_out(one: Closed, tier: Limit) -> bool:
    ends = _ends(tier, one.begins, one.ended, one.holds, standard=False)
    return ends is not None and ends <= one.ended


def _ends(limit: Limit, begins: datetime, until: datetime, holds: Sequence[Hold], *, standard: bool) -> datetime | None:
    """When it runs out; None where it had not by `until`, for sure."""
    if until - begins < limit.long:
        return None
    return due(limit.time, begins, pauses(holds, standard=standard), limit.calendar)
