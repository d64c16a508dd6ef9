"""A storm: very many fall due in one minute, and whoever answers next is given them at a rate he can read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from models.figures import figures
from rules.durations import parse
from rules.policy import Policy
from rules.terms import Act, Wake
from tests.stories.test_retiming import tuned
from tests.timeline import Timeline

A_MINUTE = timedelta(minutes=1)
WHOLE = pytest.mark.sweep("the same with 120 requests and twenty a minute")


def a_storm(policy: Policy, most: int) -> Policy:
    """So many a minute to one person; supply that is gone has half an hour at the first tier, like danger."""
    slow = replace(policy.timings["no-supply"], accept=None, tiers=(parse("30m"), parse("1h"), parse("90m")))
    limits = replace(policy.limits, escalations_per_minute=most)
    return replace(policy, timings={**policy.timings, "no-supply": slow}, limits=limits)


@pytest.mark.parametrize(("many", "most"), [pytest.param(17, 3), pytest.param(119, 20, marks=WHOLE)])
async def test_of_all_due_in_one_minute_none_is_lost_and_danger_waits_for_nobody(
    town: Timeline, many: int, most: int
) -> None:
    await tuned(town, lambda policy: a_storm(policy, most))
    began = town.now
    for number in range(many):
        town.now = began + number * timedelta(seconds=48) / many
        await town.file("no-supply", start=False)
    for place in range(0, many, 10):
        await asyncio.gather(*map(town.door.look, town.references[place : place + 10]))
    town.now = began + timedelta(seconds=50)
    danger = await town.file("wire-down")
    await town.officer(danger, Act.ACCEPT, (await town.task(danger)).handler)
    due = {reference: (await town.task(reference)).due for reference in town.references}
    first = began + timedelta(minutes=30)

    await town.until(first + A_MINUTE)
    waiting = town.references[many // 2]
    task = await town.task(waiting)
    assert (task.tier, task.due, task.turn_at) == (1, due[waiting], (await town.row(waiting)).wake_at)
    await town.until(first + 7 * A_MINUTE)

    events = dict(zip(town.references, await asyncio.gather(*map(town.events, town.references)), strict=True))
    went = {ref: [one for one in lines if one.kind == "escalated"] for ref, lines in events.items()}
    assert all([one.due for one in moves] == [due[ref]] for ref, moves in went.items()), (
        "each once, by the instant it fell due"
    )
    at = {ref: moves[0].at for ref, moves in went.items()}
    assert at[danger] - due[danger] < timedelta(seconds=2)  # type: ignore[operator]
    ordinary = [at[ref] for ref in town.references[:many]]
    assert ordinary == sorted(ordinary), "the oldest first"
    assert ordinary[-1] < first + 6 * A_MINUTE
    assert all(later - earlier >= A_MINUTE for earlier, later in zip(ordinary, ordinary[most:], strict=False))
    put_off = [ref for ref in town.references if "put_off" in [one.kind for one in events[ref]]]
    assert put_off == town.references[most:many]
    assert all(bool(went[ref][0].data.get("put_off")) == (ref in put_off) for ref in town.references)
    assert [len(await town.lapses(ref)) for ref in (town.references[0], waiting, danger)] == [1, 1, 1]
    async with town.sessions() as session:
        told = await figures(session)
    assert told.lateness.longest_in_line is not None
    assert 4 * 60 < told.lateness.longest_in_line < 5.5 * 60


async def test_who_is_in_line_and_is_put_right_leaves_it_and_one_sent_up_by_hand_waits_for_nobody(
    town: Timeline,
) -> None:
    await tuned(town, lambda policy: a_storm(policy, 1))
    four = [await town.file("no-supply") for _ in range(4)]
    handlers = [(await town.task(one)).handler for one in four]
    due: datetime | None = (await town.task(four[0])).due
    assert due is not None
    await town.until(due + timedelta(seconds=10))
    assert [(await town.task(one)).tier for one in four] == [2, 1, 1, 1]
    await town.officer(four[1], Act.RESOLVE, handlers[1], words="Fuse.", cause="fuse-blown", put_right=town.now)
    sent = await town.officer(four[2], Act.ESCALATE, handlers[2], words="He must look himself.", reason="beyond-me")
    assert (sent.refused, (await town.task(four[2])).tier) == (None, 2)
    await town.until(due + 6 * A_MINUTE)
    assert [(await town.task(one)).tier for one in four] == [2, 1, 2, 2]
    assert (await town.row(four[1])).wake_for == Wake.CONFIRMATION
