"""Work is given out as a task: a post handles it, and the first tier that somebody fills answers for it."""

from __future__ import annotations

from datetime import datetime

from rules.assignment import choose
from rules.clocks import after
from rules.escalation import enter, in_seat, skipped
from rules.ladder import Answering, answers
from rules.request import Ground, Task
from rules.terms import EventKind
from rules.turn import Turn

COMPLAINT = "complaint"
"""The one stage of a complaint."""


def give_out(turn: Turn, stage: str, id: str, since: datetime, tier: int = 1) -> Answering:
    """Open a task of `stage` under `id`, whose first clock counts `since`, and say who answers; what follows concerns it."""
    ground = turn.whole.stages.get(stage, turn.whole)
    handler = first_hands(ground)
    task = Task(id, ground.timing.ladder, handler, handler, turn.at, stage=stage, offered=[handler])
    turn.request.tasks.append(task)
    turn.focus(id)
    found = _answering(turn, handler, tier)
    enter(turn, found, at=since if found.tier == (1 if turn.request.brought_at is None else tier) else turn.at)
    if ground.timing.accept is not None and found.tier == 1:
        task.accept_by = after(ground.timing.accept, since, ground.calendar)
    turn.event(
        EventKind.ASSIGNED, post=handler, tier=found.tier, role=found.role, answerable=found.post,
        skipped=skipped(found.passed) or None, stage=None if stage == COMPLAINT else stage,
    )  # fmt: skip
    return found


def first_hands(ground: Ground) -> str:
    """The post that is to do the work; where nobody at the first tier may, the lowest that may."""
    return choose(ground.candidates) or next(seat.post for rung in ground.rungs for seat in rung.seats)


def lowest(ground: Ground, post: str) -> bool:
    """Whether a post is of the first tier."""
    return any(seat.post == post for seat in ground.rungs[0].seats)


def _answering(turn: Turn, handler: str, tier: int) -> Answering:
    """The first tier from `tier` on that is filled: at the first the handler's own post, else whoever fills the next."""
    person = in_seat(turn, handler)
    if tier == 1 and person is not None and lowest(turn.ground, handler):
        return Answering(1, turn.ground.rungs[0].role, handler, person)
    found = answers(turn.ground.rungs, min(tier, len(turn.ground.rungs)), turn.at)
    assert found is not None, "every ladder ends in a post that is never vacant"
    return found
