"""Two requests want the same visit, or the same meter, at once: one has it, the other is told."""

from __future__ import annotations

import asyncio

import pytest

from rules.terms import Act, Refused, State
from tests.stories.applying import apply
from tests.timeline import Timeline


@pytest.fixture
def town(through_temporal: Timeline) -> Timeline:
    """With workflows: whose writing comes second is tried again, and finds it taken."""
    return through_temporal


async def test_one_visit_for_two_requests(town: Timeline) -> None:
    two = [await apply(town, "new-connection") for _ in range(2)]
    for request in two:
        await request.walk(until="visit")
    keys = [(await request.task("visit")).data["slots"][0]["key"] for request in two]
    assert keys[0] == keys[1]
    found = await asyncio.gather(*(request.choose() for request in two))
    assert sorted(str(one.refused) for one in found) == ["None", Refused.SLOT_TAKEN]
    held = [taking.key for request in two for taking in (await request.case()).held]
    assert held == keys[:1]


@pytest.mark.sweep("the same once more with a meter")
async def test_one_meter_for_two_requests_of_two_offices(town: Timeline) -> None:
    two = [await apply(town, "new-connection", locality=place) for place in ("gizri", "rehri")]
    for request in two:
        await request.walk(until="meter")
    meter = await two[0].new_meter()
    given = {"meter": meter, "seal": "S-1", "reading": 1}
    checks = list(two[0].procedure.stages["meter"].checklist)
    found = await asyncio.gather(*(one.officer("meter", Act.FINISH, checks=checks, **given) for one in two))
    assert sorted(str(one.refused) for one in found) == ["None", Refused.METER_TAKEN]
    for request in two:
        await request.walk()
        assert (await request.row()).state == State.DONE
