"""A post ends, an office comes to another zone: what is open goes to others of the same role, and no clock of any request moves."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from models import handing_on
from models.events import Event
from models.moving import CannotMove
from models.people import Fill, Office, Post, Zone
from models.requests import ServiceRequest, Task
from rules.terms import Act, EventKind
from tests.stories.applying import Application, apply
from tests.stories.test_an_office_merged import administrator, clocks, hands
from tests.stories.test_retiming import fan_of, finished, outcomes
from tests.timeline import Timeline

OFFICER, COLLEAGUE = "relationship-officer-gizri-1", "relationship-officer-gizri-2"
MANAGER = "service-manager-gizri"


async def post(town: Timeline, code: str) -> Post:
    async with town.sessions() as session:
        return await session.get_one(Post, code)


async def test_what_is_open_at_a_post_that_ends_goes_to_its_colleague_and_nothing_new_comes(town: Timeline) -> None:
    filed = [await town.file("no-supply", locality="gizri") for _ in range(6)]
    had = {one for one in filed if (await town.task(one)).handler == OFFICER}
    assert 0 < len(had) < len(filed)
    before, by = await clocks(town), await administrator(town)
    async with town.sessions.begin() as session:
        number = await handing_on.end_post(session, OFFICER, by, town.now)
    await finished(town, number, fan_of(town))
    assert await outcomes(town, number) == dict.fromkeys(had, "done")
    assert await clocks(town) == before
    assert set((await hands(town)).values()) == {(COLLEAGUE, COLLEAGUE)}
    assert (await town.task(await town.file("no-supply", locality="gizri"))).handler == COLLEAGUE
    assert (await post(town, OFFICER)).open_tasks == 0
    async with town.sessions() as session:
        told = (await session.exec(select(Event).where(Event.kind == EventKind.HANDED_ON.value))).all()
        left = (await session.exec(select(Fill).where(Fill.post == OFFICER, col(Fill.until).is_(None)))).all()
    assert {(event.reference, event.data["from_post"], event.data["post"]) for event in told} == {
        (one, OFFICER, COLLEAGUE) for one in had
    }
    assert not left
    async with town.sessions.begin() as session:
        with pytest.raises(CannotMove):
            await handing_on.end_post(session, OFFICER, by, town.now)


async def test_of_two_stages_that_come_to_the_same_colleague_he_is_told_each(town: Timeline) -> None:
    application = await two_stages(town, OFFICER, OFFICER)
    line = await ended(town, OFFICER, application)
    told = [one for one in await town.notices(application.reference, "assigned") if one.number == line.number]
    assert {(one.post, one.data["stage"]) for one in told} == {(COLLEAGUE, "agreement"), (COLLEAGUE, "material")}
    assert len(told) == 2


async def test_the_line_is_about_the_stage_whose_post_ended_though_another_opened_before(town: Timeline) -> None:
    application = await two_stages(town, OFFICER, COLLEAGUE)
    line = await ended(town, COLLEAGUE, application)
    material = await application.task("material")
    assert (line.kind, line.task_id, line.data) == (
        EventKind.HANDED_ON, material.id, {"from_post": COLLEAGUE, "post": OFFICER, "answerable": OFFICER},
    )  # fmt: skip
    told = [one for one in await town.notices(application.reference, "assigned") if one.number == line.number]
    assert [(one.post, one.data["stage"]) for one in told] == [(OFFICER, "material")]


async def two_stages(town: Timeline, agreement: str, material: str) -> Application:
    """An application at two stages at once, each done by one of these."""
    application = await apply(town, "new-connection")
    await application.walk(until="agreement")
    for stage, officer in {"agreement": agreement, "material": material}.items():
        if (await application.task(stage)).handler != officer:
            assert (await application.officer(stage, Act.GIVE, to=officer)).refused is None
    return application


async def ended(town: Timeline, post: str, application: Application) -> Event:
    """A post ends, and all its work goes to others: the line by which the application is told so."""
    async with town.sessions.begin() as session:
        number = await handing_on.end_post(session, post, await administrator(town), town.now)
    await finished(town, number, fan_of(town))
    return (await town.events(application.reference))[-1]


async def test_a_post_nobody_could_stand_in_for_stays(town: Timeline) -> None:
    by = await administrator(town)
    async with town.sessions.begin() as session:
        lacking = (await handing_on.if_ended(session, await session.get_one(Post, MANAGER), town.now)).lacking
        assert lacking == ("service_manager",), "a ladder names it"
        for code in (MANAGER, "managing-director"):
            with pytest.raises(CannotMove):
                await handing_on.end_post(session, code, by, town.now)
        tuning = (await session.exec(select(Post.code).where(Post.rights == "tune"))).all()
        own = (await session.exec(select(Fill.post).where(Fill.person == by, col(Fill.post).in_(tuning)))).one()
    with pytest.raises(CannotMove):
        async with town.sessions.begin() as session:
            await handing_on.end_post(session, own, by, town.now)
    assert (await post(town, own)).until is None


async def test_an_office_comes_to_another_zone_with_its_open_requests(town: Timeline) -> None:
    climbed, waits = await town.file("no-supply", locality="gizri"), await town.file("wrong-bill", locality="gizri")
    await town.hours_pass(1.6)
    officer = (await town.task(climbed)).handler
    asked = await town.officer(climbed, Act.REJECT, officer, reason="own-wiring", words="Only his own wiring.")
    assert asked.refused is None
    assert (await town.task(climbed)).answerable == "zone-head-south"
    before, by = await clocks(town), await administrator(town)
    async with town.sessions.begin() as session:
        other = (await session.exec(select(Zone.code).where(Zone.code != "south").order_by(Zone.code))).first() or ""
        number = await handing_on.to_zone(session, "gizri", other, by, town.now)
    await finished(town, number, fan_of(town))
    assert await outcomes(town, number) == {climbed: "done", waits: "done"}
    assert await clocks(town) == before
    assert (await town.task(climbed)).answerable == f"zone-head-{other}"
    assert (await town.row(climbed)).proposal["post"] == f"zone-head-{other}", "he is asked now"
    assert (await town.task(waits)).handler.startswith("relationship-officer-gizri")
    async with town.sessions() as session:
        office = await session.get_one(Office, "gizri")
        zones = set((await session.exec(select(Post.zone).where(Post.office == "gizri"))).all())
        rows = (await session.exec(select(ServiceRequest.zone, ServiceRequest.office))).all()
        tasks = (await session.exec(select(Task.answerable_person).where(Task.reference == climbed))).one()
        head = (await session.exec(select(Fill.person).where(Fill.post == f"zone-head-{other}"))).first()
    assert (office.zone, zones, set(rows)) == (other, {other}, {(other, "gizri")})
    assert tasks == head
