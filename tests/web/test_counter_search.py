"""The counter finds who calls: by phone, account or name, in any digits; and shows nothing confidential."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest

from models.requests import Connection, Consumer
from rules.reference import new
from rules.terms import Act
from tests.web.counter_hall import agent, events, hidden
from tests.web.window import Window, checked, words

PHONE = "+919811100001"


@pytest.fixture
async def caller(window: Window) -> str:
    """An open complaint of a named caller."""
    return await window.filed(phone=PHONE, name="Bano Example")


@pytest.mark.parametrize(
    "typed",
    ["98111 00001", "+91 98111-00001", "098111 00001", "९८१११ ००००१", "٩٨١١١ ٠٠٠٠١", "Bano Example", "bano exampel"],
)
async def test_a_caller_is_found_by_phone_and_name(window: Window, caller: str, typed: str) -> None:
    found = await (await agent(window)).look_up(typed)
    assert f"/counter/requests/{caller}" in found.text
    assert "Called again" in words(found)


async def test_a_number_in_groups_goes_to_its_page(window: Window, caller: str) -> None:
    found = await (await agent(window)).look_up(f"{caller[:4]}-{caller[4:8]}-{caller[8]}")
    assert found.headers["location"] == f"/counter/requests/{caller}"


async def test_an_account_is_known_though_nothing_was_ever_asked(window: Window) -> None:
    async with window.sessions.begin() as session:
        holder = Consumer(name="Chandra Example", phone="+919811100002")
        session.add(holder)
        await session.flush()
        session.add(Connection(account="4400771", consumer_id=holder.id or 0, locality="gizri"))
    at_work = await agent(window)
    found = await at_work.look_up("44 00 771")
    assert "Chandra Example" in words(found)
    form = checked(await at_work.browser.post("/counter/new", data={"q": "44 00 771", "channel": "counter"}))
    assert 'value="4400771"' in form.text
    assert 'value="Chandra Example"' in form.text
    assert 'value="+919811100002"' in form.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("98111 99999", "Nothing is open here"),
        ("123456789", "Two digits may be swapped"),
        (new(99_999_999), "There is no complaint with this number"),
        ("?!", "Type a phone number"),
        ("%_'\"--", "Type a phone number"),
    ],
)
async def test_what_is_not_found_is_said_plainly(window: Window, typed: str, said: str) -> None:
    assert said in words(await (await agent(window)).look_up(typed))


async def test_what_was_typed_goes_into_the_new_form(window: Window) -> None:
    form = checked(await (await agent(window)).browser.post("/counter/new", data={"q": "98111 55555"}))
    assert 'value="+919811155555"' in form.text


async def test_what_ended_stays_for_ninety_days(window: Window) -> None:
    reference = await window.filed(phone="+919811100003", name="Dev Example")
    await window.officer(reference, Act.ACCEPT)
    at_work = await agent(window)
    assert (await at_work.says(reference, "supply_back")).status_code == 303
    found = words(await at_work.look_up("98111 00003"))
    assert "Ended in the last 90 days" in found
    assert "Called again" not in found
    await window.passes(timedelta(days=91), reference)
    assert "Ended in the last 90 days" not in words(await (await agent(window)).look_up("98111 00003"))


async def test_nothing_confidential_is_ever_found(window: Window) -> None:
    reference = await window.filed("theft-report", phone="+919811100004", name="Esha Secretive")
    at_work = await agent(window)
    for typed in ("98111 00004", "Esha Secretive"):
        found = await at_work.look_up(typed)
        assert reference not in found.text
        assert (
            'value="+919811100004"'
            not in (await at_work.browser.post("/counter/new", data={"q": "Esha Secretive"})).text
        )
    shown = words(await at_work.page(f"/counter/requests/{reference}"))
    for secret in ("Esha", "98111", "Theft", "Gizri", "vigilance", "Vigilance"):
        assert secret not in shown
    assert "being looked into" in shown or "We have your report" in shown


async def test_called_again_is_one_tap_counted_once(window: Window, caller: str) -> None:
    at_work = await agent(window)
    found = await at_work.look_up("98111 00001")
    data = {"token": hidden(found.text.partition(f"{caller}/called_again")[2], "token"), "seen": "1"}
    for _ in range(2):
        again: httpx2.Response = await at_work.browser.post(f"/counter/requests/{caller}/called_again", data=data)
        assert again.headers["location"] == f"/counter/requests/{caller}?told=called_again"
    assert (await window.row(caller)).repeats == 1
    last = (await events(window, caller))[-1]
    assert (last.kind, last.actor, last.post) == ("called_again", "officer", "call-centre-1")
    assert "asked again 1 time" in words(await at_work.look_up("98111 00001"))


async def test_only_those_who_take_calls_come_in(window: Window) -> None:
    officer = await agent(window, "asha")
    for address in ("/counter", "/counter/new", "/counter/call-backs", "/counter/requests/100000008"):
        assert (await officer.browser.get(address)).status_code == 403, address
