"""New timings for a request under way: every clock is settled anew, the promised time and the tiers climbed stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rules import judge, timers
from rules.clocks import after, settle
from rules.request import Ground, Task
from rules.states import OPEN
from rules.terms import EventKind
from rules.turn import Turn


class Unfit(ValueError):
    """The new timings have no place for this request: its stage is not in them, or its ladder ends below the tier it has."""


def retime(turn: Turn, new: Ground, *, before: int, version: int) -> Turn:
    """Do what fell due under the timings it had, then let it be judged by `new`: what is past due then falls due once.

    The line is for the staff alone where no due instant moves. A request that is not open any more is left as it is. Raises Unfit, and the new timings change nothing.
    """
    judge.caught_up(turn)
    if turn.request.state not in OPEN:
        return turn
    if not all(_fits(task, new) for task in turn.request.open_tasks):
        raise Unfit(turn.request.reference)
    old, turn.whole = turn.whole, replace(new, standard=turn.whole.standard, exceptional=turn.whole.exceptional)
    for task in turn.request.open_tasks:
        _time_to_take_up(task, _of(old, task), _of(new, task))
    turn.focus(None)
    then, due = _dues(turn), None if turn.request.task is None else turn.request.task.due
    settle(turn)
    now = None if turn.request.task is None else turn.request.task.due
    moved = _dues(turn) != then
    turn.event(EventKind.RETIMED, public=moved, from_version=before, version=version, before=due, due_at=now)
    timers.it_is_time(turn)
    return turn


def retimed(turn: Turn) -> bool:
    """Whether the turn brought the request under new timings."""
    return any(event.kind is EventKind.RETIMED for event in turn.events)


def escalated(turn: Turn) -> bool:
    """Whether somebody higher answers because of the new timings."""
    kinds = [event.kind for event in turn.events]
    return retimed(turn) and EventKind.ESCALATED in kinds[kinds.index(EventKind.RETIMED) :]


def _dues(turn: Turn) -> list[datetime | None]:
    return [task.due for task in turn.request.open_tasks]


def _of(ground: Ground, task: Task) -> Ground:
    return ground.stages.get(task.stage, ground)


def _fits(task: Task, new: Ground) -> bool:
    if new.procedure is not None and task.stage not in new.stages:
        return False
    return task.tier <= min(len(_of(new, task).timing.tiers), len(_of(new, task).rungs))


def _time_to_take_up(task: Task, old: Ground, new: Ground) -> None:
    """The time to take it up counts anew where it counts from the instant the tier was entered; once given on, it stays."""
    if task.accept_by is None or old.timing.accept is None or new.timing.accept is None:
        return
    if task.accept_by == after(old.timing.accept, task.entered, old.calendar):
        task.accept_by = after(new.timing.accept, task.entered, new.calendar)
