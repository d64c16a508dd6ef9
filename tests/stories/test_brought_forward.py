"""Open requests brought forward: the standard counts from when they were registered, the ladder from the import, and nothing past is said."""

from __future__ import annotations

import time

import pytest
from sqlmodel import col, select

from models import import_requests
from models.import_requests import COLUMNS
from models.policy_versions import current
from models.requests import ServiceRequest
from rules.sheet import Sheet, read
from rules.terms import Act
from tests.stories.applying import Application
from tests.stories.test_the_ladder import at, moves, nearest
from tests.sweeping import widened
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


APPLICATIONS = """number,category,registered,stage,done,complete,paid,applicant,load,tier,locality,name,phone
APP-1,new-connection,2027-05-03 11:00,material,documents visit feasibility=feasible note payment,2027-05-04 12:00,4500.50,owner,3,2,gizri,Anil,98100 00002
APP-2,new-connection,2027-05-13 11:00,documents,,,,tenant,5,,gizri,,
"""


async def test_an_application_goes_on_where_it_stood_and_what_was_done_stays_done(town: Timeline) -> None:
    town.now = at("13:00")
    assert len((await brought(town, APPLICATIONS)).found) == 2
    first, second = town.references
    async with town.sessions() as session:
        procedure = (await current(session)).procedures["new-connection"]
    asked, row = Application(town, first, procedure), await town.row(first)
    assert (row.kind, row.state, row.complete_at) == ("new_connection", "complete", at("12:00", -10))
    assert row.standard_due == row.standard_lapsed_at == at("00:00", -2), (
        "seven days from its complete instant, long over"
    )
    assert await asked.open_stages() == ["agreement", "material"]
    tasks = {task.stage: task for task in await asked.tasks()}
    assert {task.tier for task in tasks.values() if task.done_at is None} == {2}
    assert {task.entered for task in tasks.values()} == {at("13:00")}
    assert tasks["feasibility"].outcome == "feasible"
    case = await asked.case()
    assert (case.balance, case.to_pay, case.surplus) == (450_050, 0, 0)
    assert await town.notices(first) == [], "nothing past is announced"
    assert await town.kinds(first) == ["registered", "complete", "assigned", "assigned"]
    other = Application(town, second, procedure)
    assert ((await town.row(second)).complete_at, await other.open_stages()) == (None, ["documents"])
    assert (await other.task("documents")).entered == at("13:00")
    again = await brought(town, APPLICATIONS)
    assert (again.found, again.unchanged) == ([], 2)
    assert await asked.walk() == ["agreement", "material", "meter", "handover"]
    assert (await town.row(first)).state == "done"


APPLIED = "new-connection,2027-05-03 11:00,gizri"
GOOD = "documents visit feasibility=feasible"
NOT_APPLIED = {
    f"1,{APPLIED},,,,,owner,3": "",
    f"2,{APPLIED},visit,2027-05-04 12:00,,,owner,3": "done: visit: what comes before is not done, or another way was taken",
    f"3,{APPLIED},{GOOD[:-9]},2027-05-04 12:00,,,owner,3": "done: feasibility: say how it came out, feasibility=feasible or feasibility=extension",
    f"4,{APPLIED},{GOOD} note,2027-05-04 12:00,,,owner,3": "done: note: what was not paid is asked for anew here; leave it out, or say that payment is done",
    f"5,{APPLIED},{GOOD} note payment,2027-05-04 12:00,,,owner,3": "paid: write what was paid, in rupees like 4500 or 4500.50; 0 if nothing was",
    f"6,{APPLIED},documents,,,,owner,3": "complete: write when its papers were complete: its promised time runs from then",
    f"7,{APPLIED},documents,2027-05-01 12:00,,,owner,3": "complete: this is before it was registered",
    f"8,{APPLIED},,,,meter,owner,3": "stage: with this done it stands at documents, not at 'meter'",
    f"9,{APPLIED},,,,,uncle,3": "applicant: this sort of applicant is none of co-owner, company, heir, owner, settlement, tenant",
    f"10,{APPLIED},,,,,owner,a lot": "load: this load cannot be asked for",
    f"11,{APPLIED},dance,,,,owner,3": "done: there is no stage 'dance'; there are documents",
    "12,no-supply,2027-05-14 07:00,gizri,documents,,,,,": "done: this is said of an application alone",
}


async def test_what_an_application_cannot_have_done_is_named_by_its_line(town: Timeline) -> None:
    sheet = read(
        "\n".join(
            ["number,category,registered,locality,done,complete,paid,stage,applicant,load", *NOT_APPLIED]
        ).encode(),
        COLUMNS,
    )
    async with town.sessions() as session:
        await import_requests.plan(session, sheet, at("13:00"))
    found = [str(fault) for fault in sheet.faults]
    for line, said in enumerate(NOT_APPLIED.values(), 2):
        here = [fault for fault in found if fault.startswith(f"line {line}, ")]
        assert any(fault.startswith(f"line {line}, {said}") for fault in here) if said else here == [], here


FAULTS = {
    "1,no-light,2027-05-14 07:00,,gizri": "category: there is no category 'no-light' of complaints or applications",
    "2,no-supply,2027-06-14 07:00,,gizri": "registered: this is not within the last ten years",
    "3,no-supply,yesterday,,gizri": "registered: 'yesterday' is no instant; write 2027-05-14 17:30",
    "4,no-supply,2027-05-14 07:00,4,gizri": "tier: '4' is no tier from 1 to 3",
    "5,no-supply,2027-05-14 07:00,,atlantis": "locality: there is no locality 'atlantis'",
    "6,no-supply,2027-05-14 07:00,,": "locality: write a locality or an account",
    "7,no-supply,,,gizri": "registered: this is empty",
    "7,no-supply,2027-05-14 07:00,1,gizri": "number: 7 stands in an earlier line already",
}


@pytest.mark.parametrize("many", widened("more lines than one statement may have values", 1_000, 66_000))
async def test_what_cannot_be_taken_is_named_by_its_line_also_among_very_many(town: Timeline, many: int) -> None:
    _, _, _, tenth = await planned(town, many // 10)
    sheet, plan, heard, took = await planned(town, many)
    told = sorted(sheet.faults, key=lambda fault: fault.line)
    assert [str(fault) for fault in told] == [f"line {line}, {said}" for line, said in enumerate(FAULTS.values(), 2)]
    assert len(plan.found) >= many
    assert len(heard) == 1 + (many + len(FAULTS)) // 2_000, "the bar moves"
    assert took < 20 * tenth, "ten times the lines, ten times the work, on a machine of any speed"


async def planned(town: Timeline, many: int) -> tuple[Sheet, import_requests.Plan, list[int], float]:
    """A file with every fault and so many good lines, what it would do, how far it was at each step, and our own processor seconds."""
    good = [f"N{n},no-supply,2027-05-14 07:{n % 60:02},,gizri" for n in range(many)]
    text = "\n".join(["number,category,registered,tier,locality", *FAULTS, *good])
    begun, heard = time.process_time(), list[int]()
    sheet = read(text.encode(), COLUMNS)
    async with town.sessions() as session:
        plan = await import_requests.plan(session, sheet, at("13:00"), lambda done, of: heard.append(done))
    return sheet, plan, heard, time.process_time() - begun
