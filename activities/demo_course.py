"""How one demo request goes on: what its people do and when, and what falls due in between. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from activities.demo_words import words_for
from models.ground import Fillings
from rules import judge
from rules.ladder import Seat, present
from rules.request import UNDER_QUESTION, Ground, Request, Sent
from rules.terms import Act, Actor, Codes, State
from rules.turn import Turn

Stretch = Callable[[Request], tuple[datetime, datetime]]
FIVE_MINUTES = timedelta(minutes=5)
CREW = ("crew-on-the-way", "fault-sought", "crew-on-site", "material-awaited")
DESK = ("record-checked",)
VISIT = ("premises-locked", "date-asked")
PAPERS = ("document-wanted", "payment-wanted")
AWAKE = (8, 21)
"""Hours of the local day in which consumers answer."""


class By(StrEnum):
    """Who acts."""

    HANDLER = "handler"
    ANSWERABLE = "answerable"
    CONSUMER = "consumer"


def running(request: Request) -> tuple[datetime, datetime]:
    """The time that is running now: of the question, of reopening, of the hold, beyond the ladder, else of the tier."""
    task = request.task
    assert task is not None
    hold = next((hold for hold in request.holds if hold.end is None), None)
    if request.state is State.CLOSED:
        start, end = request.closed_at, request.reopen_until
    elif request.state is State.RESOLVED:
        start, end = request.resolved_at, request.confirm_by
    elif hold is not None:
        start, end = hold.start, hold.limit_at
    elif task.beyond_at is not None:
        start, end = task.beyond_at, task.top_at
    else:
        start, end = task.entered, task.accept_by if task.accepted_at is None and task.accept_by else task.due
    assert start is not None
    return start, end or start


def of_the_standard(request: Request) -> tuple[datetime, datetime]:
    """The time of the whole request's standard."""
    return request.registered_at, request.standard_due or request.registered_at


def at_once(request: Request) -> bool:
    """Nothing to wait for."""
    return True


@dataclass(frozen=True)
class Step:
    """One act: at `share` of a stretch of time, once `until` is so. `reach`: how far ahead an expected time lies, as a share of what is left."""

    act: Act
    share: float
    by: By = By.HANDLER
    until: Callable[[Request], bool] = at_once
    of: Stretch = running
    reach: float = 0.7


@dataclass(frozen=True)
class Move:
    """The next thing that happens: something is sent, or (`sent` None) the time is looked at."""

    at: datetime
    sent: Sent | None = None
    said: str | None = None


@dataclass(frozen=True)
class Scene:
    """Where a request plays: the ground of its category and office, who fills the posts, and in which language they write."""

    category: str
    language: str
    ground: Ground
    filled: Fillings
    zone: ZoneInfo
    staff: Mapping[int, str]
    withdraw_reasons: tuple[str, ...]


Moves = Generator[Move, Request, Request]
"""Gives moves, is sent the request as each left it, and answers how it stands in the end."""


def turn_of(request: Request, ground: Ground, move: Move) -> Turn:
    """The move judged by the rules."""
    if move.sent is None:
        return judge.it_is_time(request, ground, move.at)
    return judge.take(request, ground, move.at, move.sent)


@dataclass
class Course:
    """The moves of one request until `now`. `reachable`: whether its consumer's telephone takes the question."""

    steps: tuple[Step, ...]
    scene: Scene
    now: datetime
    dice: Random
    reachable: bool = True

    def moves(self, request: Request) -> Moves:
        """Everything from assignment to `now`."""
        self.last = request.registered_at
        request = yield from self._happens(request, Move(self._seconds_later(0.3, 2)))
        for step in self.steps:
            while not step.until(request) and request.wake_at is not None and request.wake_at <= self.now:
                request = yield from self._happens(request, Move(request.wake_at))
            if not step.until(request):
                return request
            at = self._instant(step, request)
            request = yield from self._through(request, at)
            if at > self.now:
                return request
            request = yield from self._happens(request, self._act(step, request, at))
        return (yield from self._through(request, self.now))

    def _through(self, request: Request, until: datetime) -> Moves:
        """What falls due by itself until then."""
        while request.wake_at is not None and request.wake_at <= min(until, self.now):
            request = yield from self._happens(request, Move(request.wake_at))
        return request

    def _happens(self, request: Request, move: Move) -> Moves:
        """One move; and where it asks the consumer a question, the report whether that arrived."""
        asked = request.question_number
        self.last = move.at
        request = yield move
        if request.question_number not in (None, asked) and request.state is State.RESOLVED:
            at = self._seconds_later(3, 9)
            if at <= self.now:
                arrival = "delivered" if self.reachable else "failed"
                data: Codes = {"question": request.question_number, "state": arrival}
                request = yield Move(at, Sent(Act.RECEIPT, Actor.SYSTEM, data))
                self.last = at
        return request

    def _seconds_later(self, least: float, most: float) -> datetime:
        return self.last + timedelta(seconds=self.dice.uniform(least, most))

    def _instant(self, step: Step, request: Request) -> datetime:
        start, end = step.of(request)
        at = start + (end - start) * (step.share * self.dice.uniform(0.9, 1.1))
        at = max(at, self.last + min(timedelta(seconds=self.dice.uniform(90, 240)), (end - start) / 10))
        if step.by is By.CONSUMER:
            later = daytime(at, self.scene.zone, self.dice)
            return later if later < end else at
        opens = self.scene.ground.calendar.next_opening(at)
        return at if opens == at else opens + timedelta(minutes=self.dice.uniform(3, 50))

    def _act(self, step: Step, request: Request, at: datetime) -> Move:
        if step.by is By.CONSUMER:
            said = words_for(step.act, self.scene.category, self.scene.language, self.dice)
            data = self._data(step, request, at)
            return Move(at, Sent(step.act, Actor.CONSUMER, data, words=said is not None), said)
        assert request.task is not None
        post = request.task.handler if step.by is By.HANDLER else request.task.answerable
        who = present(Seat(post, self.scene.filled.get(post, ())), at)
        person = who if isinstance(who, int) else None
        said = words_for(step.act, self.scene.category, self.scene.staff.get(person or 0, "en"), self.dice)
        data = self._data(step, request, at)
        return Move(at, Sent(step.act, Actor.OFFICER, data, person=person, post=post, words=said is not None), said)

    def _data(self, step: Step, request: Request, at: datetime) -> Codes:
        ground = self.scene.ground
        in_the_field = ground.calendar.never_closes or ground.timing.ladder == "supply"
        match step.act:
            case Act.EXPECT:
                reason = self._one_of(ground.expected_reasons, CREW if in_the_field else DESK)
                return {"until": self._ahead(request, at, step.reach).isoformat(), "reason": reason}
            case Act.HOLD:
                return {"reason": self._one_of(ground.hold_reasons, VISIT if in_the_field else PAPERS)}
            case Act.RESOLVE:
                cause = self._one_of(ground.causes - {"something-else", "nothing-found"} or ground.causes)
                return {"cause": cause, "put_right": self._put_right(request, at).isoformat()}
            case Act.DIRECT:
                return {"by": self._ahead(request, at, 0.4).isoformat()}
            case Act.WITHDRAW:
                return {"reason": self.dice.choice(self.scene.withdraw_reasons)}
            case Act.CONFIRM | Act.NOT_REPAIRED:
                return {"question": request.question_number}
        return {}

    def _one_of(self, codes: frozenset[str], liked: tuple[str, ...] = ()) -> str:
        return self.dice.choice([code for code in liked if code in codes] or sorted(codes))

    def _ahead(self, request: Request, at: datetime, reach: float) -> datetime:
        """An instant on a round five minutes, so far ahead of what is left of the tier, in working time."""
        due = request.task.due if request.task is not None else None
        left = due - at if due is not None and due > at else timedelta(hours=4)
        then = self.scene.ground.calendar.next_opening(at + max(left * reach, FIVE_MINUTES))
        return (
            then + FIVE_MINUTES - timedelta(minutes=then.minute % 5, seconds=then.second, microseconds=then.microsecond)
        )

    def _put_right(self, request: Request, at: datetime) -> datetime:
        """Some minutes before it is said, but never before the consumer denied it."""
        denied = [hold.end for hold in request.holds if hold.reason == UNDER_QUESTION and hold.end is not None]
        return max([request.registered_at, *denied, at - timedelta(minutes=self.dice.uniform(3, 20))])


def daytime(at: datetime, zone: ZoneInfo, dice: Random) -> datetime:
    """`at`, or some time in the next morning if people sleep then."""
    local = at.astimezone(zone)
    if AWAKE[0] <= local.hour < AWAKE[1]:
        return at
    morning = local.replace(hour=AWAKE[0], minute=0) + timedelta(days=local.hour >= AWAKE[1])
    return (morning + timedelta(minutes=dice.uniform(0, 150))).astimezone(UTC)


def course_end(course: Course, request: Request) -> tuple[Request, list[Turn]]:
    """The whole course in memory: how the request stands in the end, and every turn on the way."""
    turns: list[Turn] = []
    moves = course.moves(request)
    try:
        move = next(moves)
        while True:
            turns.append(turn_of(request, course.scene.ground, move))
            request = replace(turns[-1].request)
            move = moves.send(request)
    except StopIteration as end:
        return end.value, turns
