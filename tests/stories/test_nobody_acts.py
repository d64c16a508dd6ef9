"""Nobody acts: every stage of every procedure climbs by itself, and every wait for somebody else ends once, as its rule says."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rules.procedure import Does
from rules.terms import Act, State
from tests.stories.applying import Application, apply
from tests.stories.test_connections import PROCEDURES
from tests.sweeping import swept
from tests.timeline import Timeline

A_MINUTE = timedelta(minutes=1)
NOT_THE_OFFICES = {Does.PAYMENT, Does.PERMISSION}


@pytest.mark.parametrize("category", swept("the other procedures", *PROCEDURES))
async def test_every_stage_goes_to_the_next_tier_when_nobody_acts(town: Timeline, category: str) -> None:
    request = await apply(town, category)
    climbed = []
    while stages := await request.open_stages():
        code = stages[0]
        if request.procedure.stages[code].does not in NOT_THE_OFFICES:
            await climbs(request, code)
            climbed.append(code)
        await finished(request, code)
    row = await request.row()
    assert row.state == (State.CLOSED if request.procedure.confirm is None else State.DONE)
    kinds = await town.kinds(request.reference)
    assert kinds.count("escalated") >= len(climbed) >= 4


async def climbs(request: Application, code: str) -> None:
    """The office's time for this stage runs out."""
    if request.procedure.stages[code].does is Does.VISIT:
        await request.choose()
        slot = (await request.task(code)).data["slot"]
        await request.town.until(datetime.fromisoformat(slot["start"]) + A_MINUTE)
    task = await request.task(code)
    if task.tier == 1:
        assert task.due is not None
        await request.town.until(task.due + A_MINUTE)
    assert (await request.task(code)).tier >= 2


async def finished(request: Application, code: str) -> None:
    """Then it is done after all."""
    stage = request.procedure.stages[code]
    if stage.does is not Does.VISIT:
        return await request.do(code)
    answer = await request.officer(code, Act.FINISH, checks=list(stage.checklist))
    assert answer.refused is None
    return None


@pytest.mark.parametrize(
    ("stage", "days", "state"),
    swept(
        "papers that never come, as a note that is never paid",
        ("payment", 40, State.LAPSED),
        ("documents", 100, State.LAPSED),
    ),
)
async def test_a_wait_that_ends_the_request_does_so_once(town: Timeline, stage: str, days: int, state: State) -> None:
    request = await apply(town, "new-connection")
    if stage == "documents":
        await request.hand_in("photo")
        await request.officer("documents", Act.FAULT, faults={})
    else:
        await request.walk(until=stage)
    await town.hours_pass(24 * days)
    row = await request.row()
    kinds = await town.kinds(request.reference)
    assert (row.state, row.over, kinds.count("lapsed")) == (state, True, 1)
    assert "turn_reminded" in kinds
    assert (await request.case()).held == []


async def test_a_date_nobody_chooses_is_the_officers_again(town: Timeline) -> None:
    request = await apply(town, "new-connection")
    await request.walk(until="visit")
    await town.hours_pass(24 * 30)
    kinds = await town.kinds(request.reference)
    assert kinds.count("hold_ended") == 1
    assert (await request.row()).state == State.COMPLETE
    assert (await request.task("visit")).tier > 1


async def test_what_was_paid_in_part_goes_back_by_itself_where_the_procedure_says_so(town: Timeline) -> None:
    request = await apply(town, "meter-shift")
    await request.walk(until="payment")
    await request.pay(10_000)
    await town.hours_pass(24 * 40)
    row, kinds = await request.row(), await town.kinds(request.reference)
    assert (row.state, row.over, kinds.count("lapsed")) == (State.LAPSED, False, 1)
    assert await request.open_stages() == ["refund"]
    await request.do("refund")
    assert ((await request.case()).balance, (await request.row()).over) == (0, True)


@pytest.mark.sweep("two months of waiting, which end as the choice of a date does")
async def test_a_permission_that_never_comes_is_the_officers_again(town: Timeline) -> None:
    request = await apply(town, "new-connection")
    request.outcomes["feasibility"] = "extension"
    await request.walk(until="permission")
    before = (await request.row()).standard_due
    assert before is None, "while another must permit it, nobody can say when it will be done"
    await town.hours_pass(24 * 61)
    events = [event for event in await town.events(request.reference) if event.data.get("reason") == "permission"]
    assert [event.kind for event in events if event.kind != "held"] == ["turn_reminded", "hold_ended"]
    task = await request.task("permission")
    assert (task.done_at, task.due is not None) == (None, True)
    assert (await request.row()).standard_due is not None
