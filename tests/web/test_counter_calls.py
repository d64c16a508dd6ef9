"""Calls that need no number, calls with nothing left to do, and callers with many connections."""

from __future__ import annotations

from models.requests import Connection, Consumer
from rules.terms import Act
from tests.web.counter_hall import agent, hidden
from tests.web.test_counter_filing import reference_in
from tests.web.window import Window, checked, words


async def test_a_wrong_number_is_counted_once_and_no_number_is_given(window: Window) -> None:
    at_work = await agent(window)
    front = await at_work.page("/counter")
    sent = {"token": hidden(front.text, "token"), "ending": "wrong_number"}
    before = words(await at_work.page("/counter/calls"))
    for _ in range(2):
        answer = await at_work.browser.post("/counter/calls", data=sent)
        assert answer.headers["location"] == "/counter?ended=wrong_number"
    assert "Wrong number" in words(await at_work.page("/counter?ended=wrong_number"))
    counted = words(await at_work.page("/counter/calls"))
    assert "Wrong number 1" in counted
    assert "Wrong number 0" in before
    assert (await at_work.browser.post("/counter/calls", data={**sent, "ending": "slammed"})).status_code == 409


async def test_who_wants_to_meet_the_manager_is_told_where_and_when(window: Window) -> None:
    at_work = await agent(window)
    told = words(await at_work.page("/counter/meeting?locality=Rehri"))
    assert "Monday to Friday, 9:30 am to 1 pm" in told
    assert "Jetty Road, Rehri village" in told
    assert "Zone head, East zone" in told
    assert "Vigilance" not in told
    assert "We do not find this place" in words(await at_work.page("/counter/meeting?locality=Xyzzy"))
    form = await at_work.page("/counter/meeting?locality=Rehri")
    done = await at_work.browser.post("/counter/calls", data={"token": hidden(form.text, "token"), "ending": "meeting"})
    assert done.status_code == 303


async def test_what_is_put_right_on_the_telephone_is_closed_and_counted_as_such(window: Window) -> None:
    at_work = await agent(window)
    filed = reference_in((await at_work.files(phone="98333 00001", words="The switch is off")).headers["location"])
    assert (await at_work.says(filed, "solved")).status_code == 422
    assert (await at_work.says(filed, "solved", words="The main switch was off; it is on now")).status_code == 303
    row = await window.row(filed)
    assert (row.state, row.closing, row.within_standard) == ("closed", "first_contact", True)
    assert "Put right on the telephone 1" in words(await at_work.page("/counter/calls"))
    told = words(await at_work.page(f"/counter/requests/{filed}?told=solved"))
    assert "It was put right while you were with us." in told
    assert "Next call" in told
    assert (await at_work.says(filed, "reopen", words="Dark again")).status_code == 303
    assert (await window.row(filed)).state == "in_progress"


async def test_it_is_no_first_contact_once_somebody_works_on_it_or_asked_again_or_there_is_danger(
    window: Window,
) -> None:
    at_work = await agent(window)
    taken = await window.filed(phone="+919833300002")
    await window.officer(taken, Act.ACCEPT)
    asked = await window.filed(phone="+919833300003")
    await at_work.says(asked, "called_again")
    danger = await window.filed("sparks", phone="+919833300004")
    for reference in (taken, asked, danger):
        assert 'id="act-solved"' not in (await at_work.page(f"/counter/requests/{reference}")).text
        refused = await at_work.says(reference, "solved", words="It works")
        assert refused.status_code == 409, reference
    own = await window.filed(phone="+919833300005")
    assert (await window.consumer(own, Act.SOLVED, words="Let me")).refused == "not_yours"


async def test_a_company_sees_all_its_connections_and_what_is_open_about_each(window: Window) -> None:
    async with window.sessions.begin() as session:
        for number in range(3):
            holder = Consumer(name=f"Mill {number} Example", phone="+919833300010", address=f"Shed {number}")
            session.add(holder)
            await session.flush()
            session.add(Connection(account=f"77001{number}", consumer_id=holder.id or 0, locality="gizri"))
    at_work = await agent(window)
    first = reference_in((await at_work.files(account="770010", phone="98333 00010")).headers["location"])
    from_another = reference_in((await at_work.files(account="770012", phone="98333 00099")).headers["location"])
    for typed in ("98333 00010", "770011"):
        page = checked(await at_work.look_up(typed))
        found = words(page)
        assert "Connections 3" in found
        assert first in page.text
        assert from_another in page.text
    second = await at_work.files(account="770011", phone="98333 00010")
    assert reference_in(second.headers["location"]) != first
    again = await at_work.files(account="770010", phone="98333 00010")
    assert "called_again" in again.text
