"""A complaint whose place nobody knows: a desk finds out on its own short clock, and its office gets it with nothing lost."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from models.requests import Task
from rules.terms import Act
from tests.web.counter_hall import agent, events, hidden
from tests.web.test_counter_filing import reference_in
from tests.web.window import MONDAY, Window, words


async def task_of(window: Window, reference: str) -> Task:
    """Its task as it is now."""
    async with window.sessions() as session:
        return (await session.exec(select(Task).where(Task.reference == reference))).one()


async def unplaced(window: Window, category: str = "no-supply") -> str:
    """A call about a place nobody knows."""
    return await window.filed(category, locality=None, place="by the big tree", address=None)


async def test_it_climbs_until_somebody_places_it_and_then_has_its_offices_own_time(window: Window) -> None:
    reference = await unplaced(window)
    row, task = await window.row(reference), await task_of(window, reference)
    assert (row.office, row.area_class, task.ladder, task.handler) == (
        "place-desk",
        "unplaced",
        "finding",
        "place-finder",
    )
    assert task.due == MONDAY + timedelta(minutes=20)
    promised = row.standard_due
    await window.passes(timedelta(minutes=25), reference)
    assert (await task_of(window, reference)).answerable == "call-centre-head"

    assert (await window.officer(reference, Act.TRANSFER, data={"office": "rehri"})).refused is None
    row, task = await window.row(reference), await task_of(window, reference)
    assert (row.registered_at, row.office, row.zone, row.area_class) == (MONDAY, "rehri", "east", "rural")
    assert (task.ladder, task.tier, task.answerable) == ("supply", 1, "relationship-officer-rehri")
    assert task.due == window.now + timedelta(hours=3)
    assert promised == MONDAY + timedelta(hours=4)
    assert row.standard_due == MONDAY + timedelta(hours=8)
    assert (await events(window, reference))[-1].kind == "transferred"
    back = await window.officer(reference, Act.TRANSFER, data={"office": "place-desk"})
    assert back.refused == "unknown_code"


async def test_danger_and_what_is_confidential_wait_for_no_desk(window: Window) -> None:
    for category, ladder in (("sparks", "safety"), ("theft-report", "vigilance")):
        reference = await unplaced(window, category)
        assert (await window.row(reference)).office != "place-desk"
        assert (await task_of(window, reference)).ladder == ladder


async def test_what_turns_out_to_be_danger_leaves_the_desk_at_once(window: Window) -> None:
    reference = await unplaced(window)
    at_work = await agent(window)
    assert (await at_work.says(reference, "raise", category="sparks")).status_code == 303
    task = await task_of(window, reference)
    assert (task.ladder, task.answerable) == ("safety", "control-room")


async def test_the_agent_files_it_by_a_landmark_and_the_caller_hears_who_has_it(window: Window) -> None:
    at_work = await agent(window)
    filed = await at_work.files(locality="", unknown="yes", place="by the big tree", phone="98444 00001", language="en")
    reference = reference_in(filed.headers["location"])
    assert (await window.row(reference)).office == "place-desk"
    named = await at_work.files(locality="", unknown="yes", place="behind the school in Akhtar Colony")
    assert (await window.row(reference_in(named.headers["location"]))).office == "quyumabad"
    assert "Place not known yet" in words(await at_work.page(f"/counter/requests/{reference}"))


async def test_the_caller_says_where_it_is_and_the_agent_sends_it_there(window: Window) -> None:
    at_work, reference = await agent(window), await unplaced(window)
    registered = (await window.row(reference)).registered_at
    assert "The place is known now" in words(await at_work.page(f"/counter/requests/{reference}"))
    wrong = await at_work.says(reference, "transfer", locality="nowhere", words="Behind the mosque")
    assert wrong.status_code == 422
    assert "Behind the mosque" in wrong.text
    assert (await at_work.says(reference, "transfer", locality="lath-basti")).status_code == 303
    row, task = await window.row(reference), await task_of(window, reference)
    assert (row.locality, row.office, row.registered_at, task.ladder) == (
        "lath-basti",
        "rehri",
        registered,
        "supply",
    )
    page = words(await at_work.page(f"/counter/requests/{reference}"))
    assert "Lath Basti" in page
    assert "The place is known now" not in page
    assert (await at_work.says(reference, "transfer", locality="gizri")).status_code == 409


async def test_the_desk_sends_it_to_a_locality_or_to_an_office_where_no_more_is_known(window: Window) -> None:
    wasim = await agent(window, "wasim")
    for chosen, locality, office in (("gizri", "gizri", "gizri"), ("@defence", None, "defence")):
        reference = await unplaced(window)
        page = (await wasim.page(f"/desk/requests/{reference}")).text
        form = page.partition('/transfer">')[2]
        sent = {"token": hidden(form, "token"), "seen": hidden(form, "seen"), "task": f"{reference}/complaint"}
        answer = await wasim.browser.post(f"/desk/requests/{reference}/transfer", data={**sent, "locality": chosen})
        assert answer.status_code == 303
        row = await window.row(reference)
        assert (row.locality, row.office) == (locality, office)
