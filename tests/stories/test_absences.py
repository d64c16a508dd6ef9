"""Leave and charge entered once at their page, and what the running ladders make of them at the timer's second."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import select

from models import absences
from models.people import Fill, Leave, Staff
from rules.terms import Act
from tests.stories.test_the_ladder import at, moves, nearest
from tests.timeline import Timeline

MANAGER = "service-manager-gizri"


async def number(town: Timeline, username: str) -> int:
    """The person of that user name."""
    async with town.sessions() as session:
        return (await session.exec(select(Staff.id).where(Staff.username == username))).one() or 0


async def leave(town: Timeline, username: str, since: datetime, until: datetime, stand_in: str = "") -> None:
    """As the page enters it: the leave, and the stand-in's charge of every post he fills himself."""
    person = await number(town, username)
    async with town.sessions.begin() as session:
        await absences.add_leave(session, person, since, until, town.now, None)
        fills = (await session.exec(select(Fill).where(Fill.person == person, Fill.how == "person"))).all()
    if stand_in:
        async with town.sessions.begin() as session:
            for fill in fills:
                await absences.add_charge(
                    session, fill.post, await number(town, stand_in), since, until, town.now, None
                )


async def taken_up(town: Timeline, locality: str = "gizri") -> str:
    """A complaint whose handler has taken it up."""
    complaint = await town.file("no-supply", locality=locality)
    await town.officer(complaint, Act.ACCEPT, (await town.task(complaint)).handler)
    return complaint


async def test_a_charge_that_is_itself_absent_passes_the_tier_and_counts_again_when_it_is_back(town: Timeline) -> None:
    town.now = at("17:00")
    await leave(town, "chitra", at("17:30"), at("17:30", 3), stand_in="esha")
    await leave(town, "esha", at("18:00"), at("20:00"))
    town.now = at("18:00")
    first = await taken_up(town)
    await town.until(at("19:30", 0))
    assert await moves(town, first) == [(at("19:30"), "zone-head-south", "timer")]
    assert nearest((await town.task(first)).due) == at("21:00")
    town.now = at("20:30")
    second = await taken_up(town)
    await town.until(at("22:01"))
    assert (await moves(town, second))[0] == (at("22:00"), MANAGER, "timer")


async def test_two_charges_on_one_person_both_answer_until_they_end_by_themselves(town: Timeline) -> None:
    town.now = at("17:00")
    await leave(town, "chitra", at("17:30"), at("23:00"), stand_in="harun")
    town.now = at("18:00")
    gizri, rehri = await taken_up(town), await taken_up(town, "rehri")
    await town.until(at("19:31"))
    assert (await moves(town, gizri))[0] == (at("19:30"), MANAGER, "timer")
    late = await taken_up(town)
    await town.until(at("23:00"))
    async with town.sessions() as session:
        rows = (await session.exec(select(Fill).where(Fill.post == MANAGER, Fill.how == "charge"))).all()
    assert [row.until for row in rows] == [at("23:00")]
    assert (await moves(town, late))[0][1] == MANAGER
    assert (await moves(town, rehri))[0][1] == "service-manager-rehri"


async def test_one_who_stands_in_above_himself_is_passed_over(town: Timeline) -> None:
    """The officer has charge of his own manager's post: nobody answers twice, so it goes to the zone head."""
    town.now = at("17:00")
    complaint = await taken_up(town)
    handler = (await town.task(complaint)).handler
    async with town.sessions() as session:
        officer = (await session.exec(select(Staff.username).join(Fill).where(Fill.post == handler))).one()
    await leave(town, "chitra", at("17:30"), at("23:00"), stand_in=officer)
    await town.until(at("18:31"))
    assert await moves(town, complaint) == [(at("18:30"), "zone-head-south", "timer")]


async def test_a_person_transferred_with_open_work_leaves_it_at_the_post_and_no_clock_moves(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await taken_up(town)
    before = await town.task(complaint)
    chitra = await number(town, "chitra")
    async with town.sessions.begin() as session:
        own = (await session.exec(select(Fill).where(Fill.post == MANAGER, Fill.person == chitra))).one()
        await absences.end_fill(session, own.id or 0, MANAGER, at("18:30"), town.now, 1)
        await absences.put_in_post(session, "service-manager-defence", chitra, at("18:30"), town.now, 1)
    after = await town.task(complaint)
    assert (after.handler, after.due) == (before.handler, before.due)
    await town.until(at("19:31"))
    assert await moves(town, complaint) == [(at("19:30"), "zone-head-south", "timer")]


async def test_a_leave_cut_short_counts_from_that_second(town: Timeline) -> None:
    town.now = at("17:00")
    await leave(town, "chitra", at("17:30"), at("17:30", 3))
    chitra = await number(town, "chitra")
    town.now = at("18:00")
    complaint = await taken_up(town)
    town.now = at("18:30")
    async with town.sessions.begin() as session:
        row = (await session.exec(select(Leave).where(Leave.person == chitra))).one()
        await absences.end_leave(session, row.id or 0, chitra, at("19:30"), town.now, 1)
    await town.until(at("19:31"))
    assert await moves(town, complaint) == [(at("19:30"), MANAGER, "timer")]
