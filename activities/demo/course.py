"""How one demo request goes on: what its people do and when, and what falls due in between. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from activities.demo.acts import Scene, data_of, daytime
from activities.demo.words import words_for
from rules import judge
from rules.calls import TAKES_CALLS
from rules.ladder import Seat, present
from rules.request import Ground, Request, Sent
from rules.states import ASKED
from rules.terms import Act, Actor, Codes, State
from rules.turn import Turn

A_MOMENT = timedelta(milliseconds=300)
Stretch = Callable[[Request], tuple[datetime, datetime]]


class By(StrEnum):
    """Who acts."""

    HANDLER = "handler"
    ANSWERABLE = "answerable"
    CONSUMER = "consumer"
    CALL_CENTRE = "call_centre"


CALL_CENTRE = "call-centre-1"
"""The post that rings back those whom no question reached."""


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


def of_the_call_back(request: Request) -> tuple[datetime, datetime]:
    """From the last try, or the day it was asked for, until somebody is reminded to ring."""
    end = request.call_back_at or request.registered_at
    return request.called_at or end - timedelta(hours=20), end


def to_be_rung(request: Request) -> bool:
    """Whether somebody must ring the consumer."""
    return request.call_back_at is not None


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
                request = yield from self._falls_due(request, request.wake_at)
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
            request = yield from self._falls_due(request, request.wake_at)
        return request

    def _falls_due(self, request: Request, due: datetime) -> Moves:
        """The time comes at its second; at once where it passed while nothing could fall due."""
        return (yield from self._happens(request, Move(max(due, min(self.last + A_MOMENT, self.now)))))

    def _happens(self, request: Request, move: Move) -> Moves:
        """One move; and where it asks the consumer a question, the report whether that arrived."""
        asked = request.question_number
        self.last = move.at
        request = yield move
        if request.question_number not in (None, asked) and request.state in ASKED:
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
        at = max(at, self.last + min(timedelta(minutes=self.dice.uniform(9, 45)), (end - start) / 10))
        if step.by is By.CONSUMER:
            later = daytime(at, self.scene.zone, self.dice)
            return later if later < end else at
        opens = self.scene.ground.calendar.next_opening(at)
        return at if opens == at else opens + timedelta(minutes=self.dice.uniform(3, 50))

    def _act(self, step: Step, request: Request, at: datetime) -> Move:
        data = data_of(self.scene, step.act, request, at, self.dice, step.reach)
        if step.by is By.CONSUMER:
            said = None if step.act is Act.ESCALATE else self._words(step.act, self.scene.language)
            return Move(at, Sent(step.act, Actor.CONSUMER, data, words=said is not None), said)
        if step.by is By.CALL_CENTRE:
            return Move(at, Sent(step.act, Actor.OFFICER, data, post=CALL_CENTRE, rights=TAKES_CALLS))
        assert request.task is not None
        post = request.task.handler if step.by is By.HANDLER else request.task.answerable
        who = present(Seat(post, self.scene.filled.get(post, ())), at)
        person = who if isinstance(who, int) else None
        said = self._words(step.act, self.scene.staff.get(person or 0, "en"))
        return Move(at, Sent(step.act, Actor.OFFICER, data, person=person, post=post, words=said is not None), said)

    def _words(self, act: Act, language: str) -> str | None:
        return words_for(act, self.scene.category, self.scene.work, language, self.dice)


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
