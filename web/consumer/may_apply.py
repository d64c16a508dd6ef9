"""What an applicant may do with his request at an instant, after proving who he is. The pen has the last word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from languages.applied import Application
from models.tracked_stages import TrackedStage
from rules.case import Wait
from rules.terms import State
from web.consumer.stages import Ground, told_stage

WORKING = frozenset({State.RECEIVED, State.COMPLETE})


def may(ground: Ground, rows: Sequence[TrackedStage], story: Application) -> frozenset[str]:
    """What he may do at `now`."""
    if story.state in WORKING:
        return frozenset({"add", "withdraw", "complain", *_at_stages(ground, rows), *_above(ground, rows, story)})
    if story.state is State.DONE:
        return frozenset({"confirm", "not_repaired", "add"})
    if story.state is State.LAPSED:
        return frozenset({"claim"} if story.kept or not ground.own else ())  # a stranger is not told of money
    if story.reopen_until is None or ground.now >= story.reopen_until:
        return frozenset()
    if story.state is State.CLOSED:
        return frozenset({"reopen"})
    return frozenset({"object"} if story.state is State.REJECTED and not story.objected else ())


def _at_stages(ground: Ground, rows: Sequence[TrackedStage]) -> set[str]:
    found = set()
    for row in rows:
        told = told_stage(row, ground)
        if told.held or told.wait is Wait.NO_ACCESS:
            found.add("present")
        if told.visit is not None and told.visit.end <= ground.now:
            found.add("missed")
    return found | ({"slot"} if stage_to_choose(rows, ground.now) else set())


def stage_to_choose(rows: Sequence[TrackedStage], now: datetime) -> TrackedStage | None:
    """The stage for whose visit a date can be chosen; None if there is none."""
    return next((row for row in rows if row.data.get("slots") and not row.data.get("slot")), None)


def _above(ground: Ground, rows: Sequence[TrackedStage], story: Application) -> set[str]:
    """Send it up once our time is over, where somebody is above."""
    lapsed = story.standard_lapsed or (story.standard_due is not None and story.standard_due <= ground.now)
    ours = [row for row in climbing(ground, rows) if row.pause is None]
    return {"escalate"} if lapsed and ours else set()


def climbing(ground: Ground, rows: Sequence[TrackedStage]) -> list[TrackedStage]:
    """Those of the stages above whose officer there is another."""
    ladders = ground.book.policies[ground.tracked.policy_version].ladders
    return [row for row in rows if row.tier < len(ladders[ground.procedure.stages[row.stage].timing.ladder].tiers)]
