"""When each demo request was filed: searched so that the rules bring its story to where it must stand now."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from activities.demo.acts import Scene, daytime
from activities.demo.course import Course, course_end
from activities.demo.people import Holder
from activities.demo.stories import Goal, Story
from rules.request import Request
from rules.states import OPEN
from rules.terms import Channel, Kind, State
from rules.turn import Turn

TRIES = 400
QUIET = timedelta(minutes=3)
"""Nothing falls due before this from now on: the worker must be up by then."""
CHANNELS = {Channel.WEB: 55, Channel.CALL: 28, Channel.COUNTER: 17}
"""Of a hundred requests, how many come by each door."""
BY_ACCOUNT = 0.7


@dataclass(frozen=True)
class Plan:
    """One request to be told: its story, who files it and how, and the dice that decide the rest."""

    story: Story
    scene: Scene
    holder: Holder
    channel: Channel
    by_account: bool
    registered_at: datetime
    dice: str

    def course(self, now: datetime, scene: Scene | None = None) -> Course:
        """Its course from the beginning; the same dice fall the same way each time."""
        return Course(self.story.steps, scene or self.scene, now, Random(self.dice), self.story.reachable)


class NoSuchLife(LookupError):
    """No instant was found from which a story comes to where it must stand now."""


def planned(story: Story, scene: Scene, holder: Holder, now: datetime, dice: str) -> Plan:
    """The plan of one request; NoSuchLife if none was found."""
    first = Random(dice)
    channel = first.choices(list(CHANNELS), list(CHANNELS.values()))[0]
    if story.goal.state is State.RECEIVED:
        channel = Channel.WEB
    by_account = first.random() < BY_ACCOUNT
    for plan in _tries(Plan(story, scene, holder, channel, by_account, now, dice), now):
        if plan.story.goal.state is State.RECEIVED or _reached(story.goal, *_end(plan, now), now):
            return plan
    raise NoSuchLife(f"{story.name}, {scene.category} at {holder.office}")


def _tries(plan: Plan, now: datetime) -> Iterator[Plan]:
    """The plan with instants to begin at: for open ones evenly over the powers of age, else evenly over the time."""
    shortest, longest = (age.total_seconds() for age in plan.story.ages)
    lately = plan.story.goal.state in OPEN
    for number in range(TRIES):
        dice = Random(f"{plan.dice}/{number}")
        age = (
            math.exp(dice.uniform(math.log(shortest), math.log(longest))) if lately else dice.uniform(shortest, longest)
        )
        at = now - timedelta(seconds=age)
        awake = daytime(at, plan.scene.zone, dice)
        urgent = plan.scene.ground.calendar.never_closes and plan.channel is Channel.WEB
        if not urgent and not lately:
            at = awake
        channel = plan.channel if at == awake else Channel.WEB
        if at < now:
            yield replace(plan, registered_at=at, channel=channel, dice=f"{plan.dice}/{number}")


def _end(plan: Plan, now: datetime) -> tuple[Request, list[Turn]]:
    beginning = Request("", Kind.COMPLAINT, plan.scene.category, State.RECEIVED, 1, plan.registered_at)
    return course_end(plan.course(now), beginning)


def _reached(goal: Goal, request: Request, turns: list[Turn], now: datetime) -> bool:
    """Whether the request stands where the goal says, nothing on the way was late, and nothing is due in the next minutes."""
    task, events = request.task, [event for turn in turns for event in turn.events]
    return (
        request.state is goal.state
        and (request.over or (request.wake_at is not None and request.wake_at > now + QUIET))
        and (goal.tier is None or (task is not None and task.tier == goal.tier))
        and goal.closing in (None, request.closing)
        and goal.seen <= {event.kind for event in events}
        and all(event.due is None or event.due == event.at for event in events)
        and (not goal.promised or request.expected_at is not None)
        and (request.state not in OPEN or goal.beyond == (task is not None and task.beyond_at is not None))
        and (not goal.passed_over or any("skipped" in event.data for event in events))
    )
