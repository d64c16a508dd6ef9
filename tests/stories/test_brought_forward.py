"""Open complaints brought forward: the standard counts from when they were registered, the ladder from the import, and nothing past is said."""

from __future__ import annotations

import time

import pytest
from sqlmodel import col, select

from models import import_requests
from models.import_requests import COLUMNS
from models.requests import ServiceRequest
from rules.sheet import read
from rules.terms import Act
from tests.stories.test_the_ladder import at, moves, nearest
from tests.timeline import Timeline

SHEET = """number,category,registered,tier,locality,name,phone,words,language
OLD-1,no-supply,2027-05-14 07:00,2,gizri,Rubina,98100 00001,No light since the morning,ur
OLD-2,voltage,2027-05-12 12:00,,rehri,,,Too low,
"""


async def brought(town: Timeline, text: str) -> import_requests.Plan:
    """Check and write a sheet now; what came of it is on the timeline."""
    sheet = read(text.encode(), COLUMNS)
    async with town.sessions.begin() as session:
        plan = await import_requests.plan(session, sheet, town.now)
        assert sheet.faults == []
        await import_requests.write(session, plan, town.now)
    async with town.sessions() as session:
        asked = select(ServiceRequest.reference).where(col(ServiceRequest.brought_at) == town.now)
        for reference in (await session.exec(asked.order_by(ServiceRequest.token))).all():
            await town.follow(reference)
    return plan


async def test_the_standard_counts_from_then_and_the_ladder_from_now(town: Timeline) -> None:
    town.now = at("13:00")
    plan = await brought(town, SHEET)
    assert (len(plan.found), plan.unchanged) == (2, 0)
    first, second = town.references
    row, task = await town.row(first), await town.task(first)
    assert (row.registered_at, row.standard_due, row.standard_lapsed_at) == (at("07:00"), at("11:00"), at("11:00"))
    assert (task.tier, task.answerable, task.entered) == (2, "service-manager-gizri", at("13:00"))
    assert task.due == at("14:00"), "the hour of the second tier, from the import"
    await town.until(at("14:05"))
    assert await moves(town, first) == [(at("14:00"), "zone-head-south", "timer")]
    kinds = await town.kinds(first)
    assert kinds == ["registered", "assigned", "reminded", "escalated"], (
        "the standard that lapsed before is not told again"
    )
    assert await town.notices(first, "acknowledged") == await town.notices(first, "assigned") == []
    other = await town.task(second)
    assert (other.tier, other.entered, nearest((await town.row(second)).registered_at)) == (
        1,
        at("13:00"),
        at("12:00", -2),
    )
    again = await brought(town, SHEET)
    assert (again.found, again.unchanged) == ([], 2)
    assert (await town.consumer(first, Act.SUPPLY_BACK)).refused is None


FAULTS = {
    "1,no-light,2027-05-14 07:00,,gizri": "category: there is no category 'no-light' of complaints",
    "2,no-supply,2027-06-14 07:00,,gizri": "registered: this is not within the last ten years",
    "3,no-supply,yesterday,,gizri": "registered: 'yesterday' is no instant; write 2027-05-14 17:30",
    "4,no-supply,2027-05-14 07:00,4,gizri": "tier: '4' is no tier from 1 to 3",
    "5,no-supply,2027-05-14 07:00,,atlantis": "locality: there is no locality 'atlantis'",
    "6,no-supply,2027-05-14 07:00,,": "locality: write a locality or an account",
    "7,no-supply,,,gizri": "registered: this is empty",
    "7,no-supply,2027-05-14 07:00,1,gizri": "number: 7 stands in an earlier line already",
}


@pytest.mark.parametrize(
    "many", [3_000, pytest.param(100_000, marks=pytest.mark.sweep("a hundred thousand lines, half a minute"))]
)
async def test_what_cannot_be_taken_is_named_by_its_line_also_among_very_many(town: Timeline, many: int) -> None:
    good = [f"N{n},no-supply,2027-05-14 07:{n % 60:02},,gizri" for n in range(many)]
    text = "\n".join(["number,category,registered,tier,locality", *FAULTS, *good])
    begun, heard = time.process_time(), list[int]()
    sheet = read(text.encode(), COLUMNS)
    async with town.sessions() as session:
        plan = await import_requests.plan(session, sheet, at("13:00"), lambda done, of: heard.append(done))
    told = sorted(sheet.faults, key=lambda fault: fault.line)
    assert [str(fault) for fault in told] == [f"line {line}, {said}" for line, said in enumerate(FAULTS.values(), 2)]
    assert len(plan.found) >= len(good)
    assert len(heard) == 1 + (many + len(FAULTS)) // 2_000, "the bar moves"
    assert time.process_time() - begun < 60, "of our own, whatever else the machine does"
