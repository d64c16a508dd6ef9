"""An office is merged or split: a request goes with its place to another office, and not one of its clocks moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from rules import judge
from rules.giving import first_hands, lowest
from rules.ladder import Seat, present
from rules.request import HANDLER, Ground, Request, Task
from rules.terms import EventKind, NoticeKind
from rules.turn import Turn


def move(
    request: Request, ground: Ground, new: Ground, office: str, zone: str, left: Mapping[str, str], at: datetime
) -> Turn:
    """Do what fell due by `at`, then let posts of the other office do the work and answer, each at the tier it stands at.

    `new` is the ground there, `left` the role of each post of the office it leaves. Tier, entry, due and time to take it
    up stay as they are, whoever is in the posts there.
    """
    turn = judge.it_is_time(request, ground, at)
    before, from_post = turn.request.office, None if turn.request.task is None else turn.request.task.handler
    turn.request.office, turn.request.zone = office, zone
    turn.whole = new
    gone = [task.id for task in turn.request.open_tasks if _moved(task, new.stages.get(task.stage, new), left, at)]
    post = None if turn.request.task is None else turn.request.task.handler
    if post == from_post:
        from_post = post = None
    turn.event(EventKind.MOVED, from_office=before, office=office, from_post=from_post, post=post)
    for id in gone:
        turn.focus(id)
        turn.tell(NoticeKind.ASSIGNED, HANDLER)
    return turn


def _moved(task: Task, ground: Ground, left: Mapping[str, str], at: datetime) -> bool:
    """Give the task's posts of the office it leaves to those of the same role; whether somebody else does the work now."""
    was_one = task.handler == task.answerable
    given = task.handler in left
    if given:
        task.handler = _successor(ground, left[task.handler], task, at)
        task.offered = [*task.offered, task.handler]
    if task.answerable in left:
        one = was_one and lowest(ground, task.handler)
        task.answerable = task.handler if one else _successor(ground, left[task.answerable], task, at)
        task.answerable_person = _person(ground, task.answerable, at)
    return given


def _successor(ground: Ground, role: str, task: Task, at: datetime) -> str:
    """The post of this role there: of the first tier the one with the least to do, else one that somebody is in now."""
    if role == ground.rungs[0].role:
        return first_hands(ground)
    seats = [seat for rung in ground.rungs if rung.role == role for seat in rung.seats]
    if not seats:
        return first_hands(ground)
    return next((seat.post for seat in seats if isinstance(present(seat, at, task.answered), int)), seats[0].post)


def _person(ground: Ground, post: str, at: datetime) -> int | None:
    seats: Sequence[Seat] = [seat for rung in ground.rungs for seat in rung.seats if seat.post == post]
    who = present(seats[0], at) if seats else None
    return who if isinstance(who, int) else None
