"""An office, a post or a zone changes hands: the work of a request goes to other posts, and not one of its clocks moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rules import judge
from rules.giving import first_hands, lowest
from rules.ladder import Seat, present
from rules.request import HANDLER, Ground, Request, Task
from rules.terms import EventKind, NoticeKind
from rules.turn import Turn


@dataclass(frozen=True)
class Hands:
    """To which office and zone it goes. `left`: the role of each post whose work goes to others.

    `back`: of a task the posts that had it before, to which it goes back where they are there again.
    """

    office: str
    zone: str
    left: Mapping[str, str]
    back: Mapping[str, Sequence[str]] = field(default_factory=dict)


def move(request: Request, ground: Ground, new: Ground, to: Hands, at: datetime) -> Turn:
    """Do what fell due by `at`, then let other posts do the work and answer, each at the tier it stands at.

    `new` is the ground there. Tier, entry, due and time to take it up stay as they are, whoever is in the posts there.
    """
    turn = judge.it_is_time(request, ground, at)
    before, from_post = turn.request.office, None if turn.request.task is None else turn.request.task.handler
    zone = turn.request.zone
    turn.request.office, turn.request.zone = to.office, to.zone
    turn.whole = new
    gone = [task.id for task in turn.request.open_tasks if _moved(task, new.stages.get(task.stage, new), to, at)]
    _ask_others(turn, to, at)
    post = None if turn.request.task is None else turn.request.task.handler
    if post == from_post:
        from_post = post = None
    if before != to.office:
        turn.event(EventKind.MOVED, from_office=before, office=to.office, from_post=from_post, post=post)
    else:
        other = to.zone if zone != to.zone else None
        turn.event(EventKind.HANDED_ON, zone=other, from_post=from_post, post=post)
    for id in gone:
        turn.focus(id)
        turn.tell(NoticeKind.ASSIGNED, HANDLER)
    return turn


def _moved(task: Task, ground: Ground, to: Hands, at: datetime) -> bool:
    """Give the task's posts that lose it to those of the same role; whether somebody else does the work now."""
    was_one = task.handler == task.answerable
    given = task.handler in to.left
    handler, answerable = to.back.get(task.id, ("", ""))
    if given:
        task.handler = _successor(ground, to.left[task.handler], task, handler, at)
        task.offered = [*task.offered, task.handler]
    if task.answerable in to.left:
        one = was_one and lowest(ground, task.handler)
        role = to.left[task.answerable]
        task.answerable = task.handler if one else _successor(ground, role, task, answerable, at)
        task.answerable_person = _person(ground, task.answerable, at)
    return given


def _ask_others(turn: Turn, to: Hands, at: datetime) -> None:
    """What waits for the word of a post that loses it waits for that of the other."""
    asked, tasks = turn.request.proposal, turn.request.open_tasks
    if not asked or not tasks or asked["post"] not in to.left:
        return
    task = next((one for one in tasks if one.id == asked.get("task")), tasks[0])
    ground = turn.whole.stages.get(task.stage, turn.whole)
    turn.request.proposal = {**asked, "post": _successor(ground, to.left[asked["post"]], task, "", at)}


def _successor(ground: Ground, role: str, task: Task, before: str, at: datetime) -> str:
    """The post of this role there: the one that had it `before`, of the first tier the one with the least to do, else one that somebody is in now."""
    seats = [seat for rung in ground.rungs if rung.role == role for seat in rung.seats]
    if any(seat.post == before for seat in seats):
        return before
    if role == ground.rungs[0].role or not seats:
        return first_hands(ground)
    return next((seat.post for seat in seats if isinstance(present(seat, at, task.answered), int)), seats[0].post)


def _person(ground: Ground, post: str, at: datetime) -> int | None:
    seats: Sequence[Seat] = [seat for rung in ground.rungs for seat in rung.seats if seat.post == post]
    who = present(seats[0], at) if seats else None
    return who if isinstance(who, int) else None
