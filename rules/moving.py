"""An office, a post or a zone changes hands: the work of a request goes to other posts, and not one of its clocks moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rules import judge
from rules.giving import first_hands, lowest
from rules.ladder import Seat, present
from rules.request import ANSWERABLE, HANDLER, Ground, Request, Task
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
    before, zone = turn.request.office, turn.request.zone
    turn.request.office, turn.request.zone = to.office, to.zone
    turn.whole = new
    moved = {task.id: _moved(task, new.stages.get(task.stage, new), to, at) for task in turn.request.open_tasks}
    came = {id: posts for id, posts in moved.items() if posts}
    asked = _ask_others(turn, to, at)
    if before != to.office:
        _written(turn, EventKind.MOVED, came, asked=asked, from_office=before, office=to.office)
    elif zone != to.zone:
        _written(turn, EventKind.HANDED_ON, came, asked=asked, zone=to.zone)
    else:
        turn.focus(next(iter(came), None))
        _written(turn, EventKind.HANDED_ON, came, asked=asked)
    _tell(turn, came, asked)
    return turn


Came = Mapping[str, dict[str, str]]
"""Of each task that came to other posts: who does the work now (`post`, `from_post`) or answers (`answerable`)."""


def _written(turn: Turn, kind: EventKind, came: Came, **told: Any) -> None:
    """The line: of its own task the posts it came to, and of the others likewise."""
    own = None if turn.request.task is None else turn.task.id
    others = [{"task": id, **posts} for id, posts in came.items() if id != own]
    turn.event(kind, **told | came.get(own or "", {}), others=others or None)


def _tell(turn: Turn, came: Came, asked: str | None) -> None:
    """Whoever has it now hears of it, of each task, and whoever must now agree to what is proposed."""
    for id, posts in came.items():
        turn.focus(id)
        turn.tell(NoticeKind.ASSIGNED, *[whom for key, whom in TOLD.items() if key in posts])
    if asked is not None:
        turn.focus(turn.request.proposal.get("task"))
        said = {key: told for key, told in turn.request.proposal.items() if key not in KEPT_OF_A_PROPOSAL}
        turn.tell_post(NoticeKind.PROPOSED, asked, **said)


TOLD = {"post": HANDLER, "answerable": ANSWERABLE}
KEPT_OF_A_PROPOSAL = frozenset({"post", "tier", "by", "from", "task", "number", "hidden"})
"""What is kept with a proposal and is not told of it."""


def _moved(task: Task, ground: Ground, to: Hands, at: datetime) -> dict[str, str]:
    """Give the task's posts that lose it to those of the same role; the posts it came to."""
    was_one, came = task.handler == task.answerable, dict[str, str]()
    handler, answerable = to.back.get(task.id, ("", ""))
    if task.handler in to.left:
        came["from_post"] = task.handler
        task.handler = came["post"] = _successor(ground, to.left[task.handler], task, handler, at)
        task.offered = [*task.offered, task.handler]
    if task.answerable in to.left:
        one = was_one and lowest(ground, task.handler)
        role = to.left[task.answerable]
        task.answerable = task.handler if one else _successor(ground, role, task, answerable, at)
        task.answerable_person = _person(ground, task.answerable, at)
        came["answerable"] = task.answerable
    return came


def _ask_others(turn: Turn, to: Hands, at: datetime) -> str | None:
    """What waits for the word of a post that loses it waits for that of the other, which is answered."""
    asked, tasks = turn.request.proposal, turn.request.open_tasks
    if not asked or not tasks or asked["post"] not in to.left:
        return None
    task = next((one for one in tasks if one.id == asked.get("task")), tasks[0])
    ground = turn.whole.stages.get(task.stage, turn.whole)
    post = _successor(ground, to.left[asked["post"]], task, "", at)
    turn.request.proposal = {**asked, "post": post}
    return post


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
