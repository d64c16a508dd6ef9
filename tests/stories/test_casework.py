"""Casework as real offices have it: the wrong place, danger, rejection, the telephone, an honest "resolved"."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from models.people import Fill, Post, Staff
from models.profile import ALWAYS
from models.requests import Consumer
from rules.terms import Act, Refused, State
from tests.stories.test_the_ladder import at, nearest
from tests.timeline import Timeline

OFFICER = "relationship-officer-gizri-1"
MANAGER = "service-manager-gizri"
DONE: dict[str, Any] = {"words": "All in order.", "cause": "fuse-blown"}


async def handler(town: Timeline, reference: str) -> str:
    return (await town.task(reference)).handler


async def test_wrong_place_and_wrong_category_five_minutes_before_due(town: Timeline) -> None:
    town.now = at("10:00")
    complaint = await town.file("no-supply")
    officer = await handler(town, complaint)
    await town.officer(complaint, Act.ACCEPT, officer)
    await town.until(at("11:25"))
    moved = await town.officer(complaint, Act.TRANSFER, officer, office="rehri")
    assert (moved.refused, moved.standing.tasks[0].tier) == (None, 1)
    assert moved.standing.tasks[0].due == at("11:30")
    there = moved.standing.tasks[0].handler
    assert there == "relationship-officer-rehri"
    asked = await town.officer(complaint, Act.CORRECT, there, category="voltage")
    row = await town.row(complaint)
    assert (asked.refused, row.category, row.standard_due) == (None, "no-supply", at("14:00"))
    assert row.proposal["post"] == "service-manager-rehri"
    assert (await town.officer(complaint, Act.AGREE, there)).refused is Refused.NOT_YOURS
    agreed = await town.officer(complaint, Act.AGREE, "service-manager-rehri")
    row = await town.row(complaint)
    assert (agreed.refused, row.category, row.proposal) == (None, "voltage", {})
    assert row.standard_due is not None
    assert row.standard_due > at("14:00", 5)
    told = [notice.data["standard_due"] for notice in await town.notices(complaint, "corrected") if notice.consumer_id]
    assert len(told) == 1


async def test_a_transfer_is_sent_back_once_and_then_decided_above_both(town: Timeline) -> None:
    complaint = await town.file("wrong-bill")
    gizri = await handler(town, complaint)
    first = await town.officer(complaint, Act.TRANSFER, gizri, office="defence")
    defence = first.standing.tasks[0].handler
    back = await town.officer(complaint, Act.TRANSFER, defence, office="gizri")
    assert (first.refused, back.refused) == (None, None)
    again = await handler(town, complaint)
    quarrel = await town.officer(complaint, Act.TRANSFER, again, office="defence")
    row = await town.row(complaint)
    assert (quarrel.refused, row.office, row.proposal["post"]) == (None, "gizri", "zone-head-south")
    decided = await town.officer(complaint, Act.AGREE, "zone-head-south")
    assert (decided.refused, (await town.row(complaint)).office) == (None, "defence")


async def test_a_shorter_standard_is_corrected_at_once_from_the_registered_instant(town: Timeline) -> None:
    town.now = at("10:00")
    complaint = await town.file("voltage")
    officer = await handler(town, complaint)
    await town.until(at("10:30"))
    corrected = await town.officer(complaint, Act.CORRECT, officer, category="no-supply")
    assert (corrected.refused, corrected.standing.standard_due) == (None, at("14:00"))
    assert corrected.standing.tasks[0].due == at("11:30")


async def test_a_fallen_wire_rings_until_it_is_accepted(town: Timeline) -> None:
    town.now = at("02:10", 3)
    wire = await town.file("wire-down", locality=None, phone=None, description="A wire is down in Gizri.")
    task = await town.task(wire)
    assert (task.handler, task.accept_by) == ("control-room", at("02:15", 3))
    told = {notice.post for notice in await town.notices(wire, "danger")}
    assert told == {"control-room", "service-manager-gizri", "zone-head-south"}
    await town.until(at("02:15:30", 3))
    assert "rang_on" in await town.kinds(wire)
    people = {notice.staff_id for notice in await town.notices(wire, "danger") if notice.post == "control-room"}
    assert len(people) == 2
    await town.until(at("02:20:30", 3))
    assert (await town.task(wire)).answerable == "service-manager-gizri"
    rung = len(await town.notices(wire, "danger"))
    await town.until(at("02:26", 3))
    assert len(await town.notices(wire, "danger")) > rung
    assert (
        await town.officer(wire, Act.HOLD, "control-room", reason="premises-locked")
    ).refused is Refused.NOT_FOR_SAFETY
    no = await town.officer(wire, Act.REJECT, "control-room", reason="nothing-there", words="Nothing.")
    assert no.refused is Refused.NOT_FOR_SAFETY
    lower = await town.officer(wire, Act.CORRECT, "control-room", category="no-supply")
    row = await town.row(wire)
    assert (lower.refused, row.category, row.proposal["what"]) == (None, "wire-down", "lower")
    assert (await town.officer(wire, Act.AGREE, "zone-head-south")).refused is None
    row = await town.row(wire)
    assert (row.category, row.safety) == ("no-supply", False)
    assert (await handler(town, wire)).startswith("relationship-officer-gizri")


async def test_anybody_on_the_staff_raises_to_safety_with_one_tap(town: Timeline) -> None:
    complaint = await town.file("no-supply")
    raised = await town.officer(complaint, Act.RAISE, "call-centre-1", category="sparks")
    row = await town.row(complaint)
    assert (raised.refused, row.safety, raised.standing.tasks[0].handler) == (None, True, "control-room")
    assert {"control-room", MANAGER, "zone-head-south"} <= {n.post for n in await town.notices(complaint, "danger")}


async def test_a_rejection_is_decided_a_tier_above_and_objected_to_once(town: Timeline) -> None:
    complaint = await town.file("wrong-bill")
    officer = await handler(town, complaint)
    refused = await town.officer(complaint, Act.REJECT, officer, reason="not-ours", words="Not ours.")
    assert refused.refused is Refused.UNKNOWN_CODE
    await town.officer(complaint, Act.REJECT, officer, reason="own-wiring", words="Only his own wiring.")
    task = await town.task(complaint)
    assert (task.answerable, task.tier) == (MANAGER, 2)
    assert (await town.officer(complaint, Act.DISAGREE, MANAGER)).refused is None
    assert (await town.row(complaint)).state == "assigned"
    await town.officer(complaint, Act.REJECT, officer, reason="own-wiring", words="Only his own wiring.")
    assert (await town.officer(complaint, Act.AGREE, "zone-head-south")).refused is None
    row = await town.row(complaint)
    assert (row.state, row.closing) == ("rejected", "rejected")
    objected = await town.consumer(complaint, Act.OBJECT, words="It is your line.")
    assert objected.standing.state is State.IN_PROGRESS
    assert (await town.task(complaint)).done_at is None


async def test_who_proposed_may_not_agree_in_another_post(town: Timeline) -> None:
    complaint = await town.file("wrong-bill")
    officer = await handler(town, complaint)
    person = (await town.task(complaint)).answerable_person
    async with town.sessions.begin() as session:
        session.add(Fill(post="zone-head-south", person=person or 0, how="charge", since=ALWAYS))
    await town.act_as(complaint, Act.REJECT, officer, person, reason="own-wiring", words="Only his own wiring.")
    mine = await town.act_as(complaint, Act.AGREE, MANAGER, person)
    assert mine.refused is Refused.OWN_WORK


async def test_a_question_that_reached_nobody_is_called_back_twice_at_different_hours(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await town.file("no-supply")
    officer = await handler(town, complaint)
    await town.officer(complaint, Act.RESOLVE, officer, put_right=town.now, **DONE)
    town.sms.refusing = True
    await town.post()
    await town.until(at("00:05", 2))
    row = await town.row(complaint)
    assert (row.state, row.call_back_at is not None) == ("resolved", True)
    await town.until(at("09:00", 2))
    assert (await town.officer(complaint, Act.CALLED, "call-centre-1")).refused is None
    assert (await town.officer(complaint, Act.CALLED, "call-centre-1")).refused is Refused.SAME_HOUR
    assert (await town.row(complaint)).state == "resolved"
    await town.until(at("11:05", 2))
    assert (await town.officer(complaint, Act.CALLED, "call-centre-1")).refused is None
    row = await town.row(complaint)
    assert (row.state, row.closing) == ("closed", "unreached")


async def test_nobody_answers_for_the_consumer_but_the_call_centre(town: Timeline) -> None:
    complaint = await town.file("no-supply")
    officer = await handler(town, complaint)
    await town.officer(complaint, Act.RESOLVE, officer, put_right=town.now, **DONE)
    assert (await town.officer(complaint, Act.CONFIRM, officer)).refused is Refused.ILLEGAL
    assert (await town.officer(complaint, Act.WITHDRAW, officer)).refused is Refused.ILLEGAL
    answered = await town.officer(complaint, Act.NOT_REPAIRED, "call-centre-1")
    assert (answered.refused, answered.standing.state) == (None, State.IN_PROGRESS)
    event = (await town.events(complaint))[-2]
    assert (event.kind, event.actor, event.post) == ("not_repaired", "officer", "call-centre-1")


async def test_safety_is_never_closed_by_silence(town: Timeline) -> None:
    wire = await town.file("wire-down")
    await town.officer(wire, Act.RESOLVE, "control-room", words="Made safe.", cause="line-broken", put_right=town.now)
    await town.post()
    await town.hours_pass(72)
    row = await town.row(wire)
    assert (row.state, row.call_back_at is not None) == ("resolved", True)


async def test_a_contested_hold_is_judged_by_the_next_tier(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await town.file("no-supply")
    officer = await handler(town, complaint)
    await town.officer(complaint, Act.HOLD, officer, reason="premises-locked")
    await town.until(at("18:40"))
    answer = await town.consumer(complaint, Act.PRESENT, claim="was_there")
    assert nearest(answer.standing.tasks[0].due) == at("20:10")
    assert (await town.row(complaint)).proposal["post"] == MANAGER
    judged = await town.officer(complaint, Act.DISAGREE, MANAGER)
    assert nearest(judged.standing.tasks[0].due) == at("19:30")


async def test_called_again_counts_on_the_same_number(town: Timeline) -> None:
    complaint = await town.file("no-supply")
    await town.officer(complaint, Act.CALLED_AGAIN, "call-centre-1")
    await town.consumer(complaint, Act.CALLED_AGAIN)
    assert (await town.row(complaint)).repeats == 2


async def test_not_my_complaint_stops_the_messages(town: Timeline) -> None:
    complaint = await town.file("no-supply")
    await town.consumer(complaint, Act.NOT_MINE)
    before = len(await town.notices(complaint))
    await town.officer(
        complaint,
        Act.EXPECT,
        await handler(town, complaint),
        until=town.now + timedelta(hours=1),
        reason="crew-on-the-way",
    )
    assert [n.kind for n in (await town.notices(complaint))[before:] if n.consumer_id] == []


async def test_a_changed_number_is_told_to_the_old_one(town: Timeline) -> None:
    complaint = await town.file("no-supply", phone="+919810000001")
    await town.consumer(complaint, Act.CHANGE_PHONE, words="+919810000002")
    await town.post()
    assert len(town.said_to("+919810000001")) == 2
    row = await town.row(complaint)
    async with town.sessions() as session:
        assert (
            await session.exec(select(Consumer.phone).where(Consumer.id == row.consumer_id))
        ).one() == "+919810000002"


async def test_the_consumer_ends_a_hold_himself(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await town.file("no-supply")
    officer = (await town.task(complaint)).handler
    await town.officer(complaint, Act.HOLD, officer, reason="premises-locked")
    await town.until(at("18:30"))
    answer = await town.consumer(complaint, Act.PRESENT)
    assert answer.standing.state is State.IN_PROGRESS
    assert nearest(answer.standing.tasks[0].due) == at("20:00")


async def test_a_broken_expected_time_is_counted_and_moves_no_clock(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await town.file("no-supply")
    officer = (await town.task(complaint)).handler
    due = (await town.task(complaint)).due
    await town.officer(complaint, Act.EXPECT, officer, until=at("18:45"), reason="crew-on-the-way")
    await town.until(at("18:46"))
    row = await town.row(complaint)
    assert (row.expected_missed, row.expected_at) == (1, None)
    assert (await town.task(complaint)).due == due


@pytest.mark.parametrize("post", ["service-manager-gizri", "relationship-officer-defence"])
async def test_only_who_has_it_may_act(town: Timeline, post: str) -> None:
    complaint = await town.file("no-supply")
    assert (await town.officer(complaint, Act.ACCEPT, post)).refused is Refused.NOT_YOURS


async def test_a_repeated_submission_is_answered_with_its_first_outcome(town: Timeline) -> None:
    complaint = await town.file("no-supply")
    officer = (await town.task(complaint)).handler
    first = await town.officer(complaint, Act.ACCEPT, officer, id="the same")
    await town.officer(complaint, Act.NOTE, officer, words="Seen.")
    again = await town.officer(complaint, Act.ACCEPT, officer, id="the same")
    assert (first.refused, again.refused, again.number) == (None, None, first.number)
    assert (await town.kinds(complaint)).count("accepted") == 1


async def test_an_act_decided_on_an_older_page_is_stale_only_if_the_task_moved(town: Timeline) -> None:
    complaint = await town.file("no-supply")
    officer = (await town.task(complaint)).handler
    seen = (await town.row(complaint)).number
    await town.officer(complaint, Act.NOTE, officer, words="The key is with the neighbour.")
    expect = {"until": town.now + timedelta(hours=1), "reason": "crew-on-the-way"}
    assert (await town.officer(complaint, Act.EXPECT, officer, seen=seen, **expect)).refused is None
    await town.officer(complaint, Act.HOLD, officer, reason="premises-locked")
    stale = await town.officer(complaint, Act.EXPECT, officer, seen=seen, **expect)
    assert stale.refused is Refused.STALE


@pytest.mark.sweep("forty; a rule's test shares out any number")
async def test_many_at_once_differ_by_at_most_one(town: Timeline) -> None:
    async with town.sessions.begin() as session:
        staff = (await session.exec(select(Staff).where(Staff.username == "tara"))).one()
        for number in (3, 4, 5):
            await _another_officer(session, number, staff.id or 0)
    for _ in range(40):
        await town.file("no-supply", start=False)
    for place in range(0, 40, 8):
        await asyncio.gather(*map(town.door.look, town.references[place : place + 8]))
    loads = await town.loads("relationship_officer", "gizri")
    assert (sum(loads), max(loads) - min(loads)) == (40, 0)


async def _another_officer(session, number: int, person: int) -> None:  # type: ignore[no-untyped-def]
    code = f"relationship-officer-gizri-{number}"
    session.add(
        Post(code=code, role="relationship_officer", rights="handle", scope="office", office="gizri", zone="south")
    )
    await session.flush()
    session.add(Fill(post=code, person=person, since=ALWAYS))
