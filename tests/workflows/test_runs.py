"""A list's own workflow brings it to its end, and the workflow of a request on it hears of its new time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from activities.fanout import FanOut
from models import retiming, runs
from models.retiming import Choice, begin
from models.runs import Run, Stage
from rules.durations import parse
from rules.terms import Act
from tests.stories.test_retiming import begun, fan_of, finished, halved, tuned
from tests.timeline import Timeline


async def test_a_workflow_brings_a_run_to_its_end_and_only_one_runs_at_a_time(town: Timeline, fan_out: FanOut) -> None:
    references = [await town.file("voltage") for _ in range(4)]
    version = await tuned(town, halved)
    number = await begun(town, version)
    with pytest.raises(retiming.AlreadyRunning):
        await begun(town, version)
    fan_out.sessions, fan_out.door = town.sessions, town.door
    await town.door.fan_out(number)
    await town.client.get_workflow_handle(f"run-{number}").result()
    async with town.sessions() as session:
        run = await session.get(Run, number)
    assert run is not None
    assert run.state == Stage.DONE
    assert {(await town.row(one)).policy_version for one in references} == {version}
    assert not [one for one in await asleep(town) if one == number]


async def asleep(town: Timeline) -> list[int]:
    """The runs the relay would bring on."""
    async with town.sessions() as session:
        return await runs.asleep(session)


async def test_a_workflow_hears_of_an_earlier_time_before_it_comes(town: Timeline) -> None:
    """Who waits for tomorrow and is due in a minute goes up in a minute."""
    one = await town.file("wrong-bill")
    await town.officer(one, Act.ACCEPT, (await town.task(one)).handler)

    def sooner(policy: Any) -> Any:
        tiers = (parse("1m"), parse("2h"), parse("2h"))
        timing = replace(policy.timings["wrong-bill"], tiers=tiers, calendar="round-the-clock")
        return replace(policy, timings={**policy.timings, "wrong-bill": timing})

    version = await tuned(town, sooner)
    async with town.sessions.begin() as session:
        number = await begin(session, version, Choice(), None, town.now, 6000)
    await finished(town, number, fan_of(town))
    await town.until(town.now + timedelta(minutes=5))
    assert (await town.kinds(one)).count("escalated") == 1
