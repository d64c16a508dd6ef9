"""Connection requests from application to their end, by the procedures of the demo's profile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.payments import Paid, receive
from rules.case import NoteState
from rules.terms import Act, Closing, Refused, State
from tests.stories.applying import apply
from tests.stories.test_the_ladder import nearest
from tests.sweeping import swept
from tests.timeline import Timeline

PROCEDURES = ("new-connection", "load-change", "disconnection", "name-change", "meter-shift")


@pytest.mark.parametrize("category", swept("the other procedures", *PROCEDURES))
async def test_a_procedure_runs_from_application_to_its_end(town: Timeline, category: str) -> None:
    request = await apply(town, category)
    assert (await request.row()).complete_at is None
    done = await request.walk()
    row = await request.row()
    assert set(done) <= set(request.procedure.stages)
    assert row.complete_at is not None
    assert row.standard_due is not None
    if request.procedure.confirm is not None:
        assert row.state == State.DONE
        answer = await town.consumer(request.reference, Act.CONFIRM)
        assert (answer.refused, answer.standing.state) == (None, State.CLOSED)
    await town.hours_pass(24 * 8)
    row = await request.row()
    closing = Closing.NOT_ASKED if request.procedure.confirm is None else Closing.WORD
    assert (row.over, row.closing, row.within_standard) == (True, closing, True)


EVERY_STAGE = (
    "documents", "visit", "feasibility", "note", "payment", "extension", "permission", "agreement", "material", "meter", "handover",
)  # fmt: skip


@pytest.mark.parametrize(
    "stage", swept("the same at every other stage", "meter", *(one for one in EVERY_STAGE if one != "meter"))
)
async def test_withdrawal_leaves_no_slot_meter_note_or_money_behind(town: Timeline, stage: str) -> None:
    request = await apply(town, "new-connection")
    assert {*EVERY_STAGE, "refund"} == set(request.procedure.stages)
    request.outcomes["feasibility"] = "extension"
    await request.walk(until=stage)
    if stage == "visit":
        await request.choose()
    if stage == "payment":
        await request.pay(100_000)
    answer = await town.consumer(request.reference, Act.WITHDRAW)
    assert (answer.refused, answer.standing.state) == (None, State.WITHDRAWN)
    case = await request.case()
    assert case.held == []
    assert all(note.state is NoteState.CANCELLED for note in case.notes)
    if case.balance:
        assert await request.open_stages() == ["refund"]
        await request.do("refund")
        case = await request.case()
    assert (case.balance, await request.open_stages(), (await request.row()).over) == (0, [], True)


async def test_the_clock_begins_when_the_last_paper_is_there(town: Timeline) -> None:
    request = await apply(town, "new-connection", "tenant")
    await request.hand_in("photo", "identity", "lease")
    await request.officer("documents", Act.FAULT, faults={})
    events = await town.events(request.reference)
    assert [event.data["faults"] for event in events if event.kind == "deficient"] == [{"landlord-consent": "missing"}]
    assert (await request.row()).complete_at is None
    await town.hours_pass(24 * 12)
    await request.hand_in("landlord-consent")
    row = await request.row()
    assert (row.state, nearest(row.complete_at)) == (State.COMPLETE, town.now)
    assert row.standard_due is not None
    again = await request.hand_in("photo")
    assert again[0].refused is Refused.NOT_ASKED_FOR


@pytest.mark.sweep("one stage alone; test_nobody_acts climbs at each")
async def test_nobody_acts_and_every_stage_climbs_by_itself(town: Timeline) -> None:
    request = await apply(town, "new-connection")
    await request.hand_in()
    await town.hours_pass(24 * 12)
    task = await request.task("documents")
    assert (task.tier, task.beyond_at is not None) == (3, True)


async def test_no_light_goes_back_to_the_meter_at_the_next_tier(town: Timeline) -> None:
    request = await apply(town, "new-connection")
    await request.walk()
    answer = await town.consumer(request.reference, Act.NOT_REPAIRED)
    assert (answer.refused, answer.standing.state) == (None, State.COMPLETE)
    assert await request.open_stages() == ["meter"]
    assert (await request.task("meter")).tier == 2
    await request.walk()
    assert (await request.row()).state == State.DONE
    assert len([taking for taking in (await request.case()).held if taking.what == "meter"]) == 1


async def test_money_that_lies_in_the_tray_is_counted_before_its_note_lapses(town: Timeline) -> None:
    request = await apply(town, "new-connection")
    await request.walk(until="payment")
    note = (await request.case()).note
    assert note is not None
    assert note.expires_at is not None
    await town.until(note.expires_at - timedelta(minutes=1))
    async with town.sessions.begin() as session:
        await receive(session, Paid("BANK-1", note.number, note.total, town.now), town.now)
    await town.until(note.expires_at + timedelta(minutes=1))
    assert (await request.row()).state == State.COMPLETE
    assert "payment" not in await request.open_stages()
    assert (await request.case()).to_pay == 0
