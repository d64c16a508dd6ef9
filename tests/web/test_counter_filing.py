"""Filing for somebody on one page: danger asked once more, what is open shown first, nobody stopped."""

from __future__ import annotations

import re

from sqlmodel import col, select

from models.people import Staff
from models.requests import Consumer
from tests.web.counter_hall import SPEAKING, agent, by_phone, events, hidden
from tests.web.window import Window, checked, words


def reference_in(location: str) -> str:
    """The number a filed form leads to."""
    found = re.fullmatch(r"/counter/requests/([0-9]{9})\?told=filed", location)
    assert found, location
    return found[1]


async def test_a_call_is_written_down_and_its_number_read_out(window: Window) -> None:
    at_work = await agent(window)
    hints = window.door.hints
    filed = await at_work.files(
        phone="98222 00001", name="Farid Example", words="No light", address="Lane 3", place="near the well"
    )
    reference = reference_in(filed.headers["location"])
    row = await window.row(reference)
    assert (row.channel, row.filed_by, row.language, row.locality) == ("call", at_work.id, "hi", "gizri")
    assert window.door.hints == hints + 1
    first = (await events(window, reference))[0]
    assert (first.kind, first.actor, first.person, first.post) == ("registered", "officer", at_work.id, SPEAKING)
    page = await at_work.page(filed.headers["location"])
    assert f"{reference[:4]}-{reference[4:8]}-{reference[8]}" in page.text
    assert 'lang="hi" dir="ltr" class="spoken"' in page.text
    assert "शिकायत" in page.text.partition('class="spoken"')[2].partition("</div>")[0]


async def test_anyone_sees_the_door_and_the_post_and_never_the_name(window: Window) -> None:
    at_work = await agent(window)
    reference = reference_in((await at_work.files(channel="counter", phone="98222 00002")).headers["location"])
    async with window.visitor() as stranger:
        page = await stranger.get(f"/track/{reference}")
        assert "received at the counter" in page.text
        assert "call centre" in page.text.lower()
        assert "Tara" not in page.text
        told = (await stranger.get(f"/api/v1/requests/{reference}")).json()
    assert (told["channel"], told["filed_by"]) == ("counter", "Call centre 1")


async def test_the_same_form_twice_gives_the_same_number(window: Window) -> None:
    at_work = await agent(window)
    blank = await at_work.page("/counter/new")
    typed = {
        "token": hidden(blank.text, "token"), "danger": "no", "category": "no-supply", "locality": "Gizri",
        "language": "en", "channel": "call", "phone": "98222 00003",
    }  # fmt: skip
    first = await at_work.browser.post("/counter/requests", data=typed)
    second = await at_work.browser.post("/counter/requests", data=typed)
    assert first.headers["location"] == second.headers["location"]
    assert len(await by_phone(window, "+919822200003")) == 1


async def test_what_is_wrong_is_marked_and_nothing_typed_is_lost(window: Window) -> None:
    at_work = await agent(window)
    wrong = await at_work.files(
        danger="", category="", locality="Nowhereville", phone="12", language="xx", words="Dark here"
    )
    assert wrong.status_code == 422
    page = checked(wrong)
    for field in ("danger", "category", "locality", "phone", "language"):
        assert f'href="#{field}"' in page.text, field
    assert "Dark here" in page.text
    assert "Nowhereville" in page.text


async def test_words_of_danger_ask_once_more_and_lead_to_safety(window: Window) -> None:
    at_work = await agent(window)
    asked = await at_work.files(phone="98222 00004", words="Sparks at the pole")
    assert asked.status_code == 200
    page = checked(asked)
    assert "is there danger now?" in words(page)
    assert "File it" not in words(page)
    assert await by_phone(window, "+919822200004") == []
    assert "Sparks at the pole" in page.text
    filed = await at_work.files(phone="98222 00004", words="Sparks at the pole", sure="sparks")
    row = await window.row(reference_in(filed.headers["location"]))
    assert (row.category, row.safety) == ("sparks", True)


async def test_no_danger_now_files_it_as_it_is(window: Window) -> None:
    filed = await (await agent(window)).files(phone="98222 00005", words="घर में आग नहीं, पर रोशनी नहीं", sure="no")
    assert (await window.row(reference_in(filed.headers["location"]))).category == "no-supply"


async def test_danger_said_without_a_safety_category_asks_which(window: Window) -> None:
    at_work = await agent(window)
    asked = words(await at_work.files(danger="yes", phone="98222 00006"))
    assert "Yes: " in asked
    straight = await at_work.files(danger="yes", category="wire-down", phone="98222 00006")
    assert (await window.row(reference_in(straight.headers["location"]))).safety


async def test_what_is_open_is_shown_before_a_second_number_is_given(window: Window) -> None:
    at_work = await agent(window)
    first = reference_in((await at_work.files(phone="98222 00007")).headers["location"])
    asked = checked(await at_work.files(phone="98222 00007", words="Still dark"))
    assert asked.status_code == 200
    assert f'formaction="/counter/requests/{first}/called_again"' in asked.text
    assert len(await by_phone(window, "+919822200007")) == 1
    again = await at_work.browser.post(
        f"/counter/requests/{first}/called_again", data={"token": hidden(asked.text, "token"), "words": "Still dark"}
    )
    assert again.status_code == 303
    assert (await window.row(first)).repeats == 1
    anyway = await at_work.files(phone="98222 00007", anyway="yes")
    assert reference_in(anyway.headers["location"]) != first


async def test_another_category_or_a_closed_one_asks_nothing(window: Window) -> None:
    at_work = await agent(window)
    first = reference_in((await at_work.files(phone="98222 00008")).headers["location"])
    other = await at_work.files(phone="98222 00008", category="wrong-bill")
    reference_in(other.headers["location"])
    assert (await at_work.says(first, "supply_back")).status_code == 303
    reference_in((await at_work.files(phone="98222 00008")).headers["location"])


async def test_a_theft_is_told_at_the_counter_without_name_or_phone(window: Window) -> None:
    at_work = await agent(window)
    filed = await at_work.files(
        category="theft-report", words="A hook on the line", channel="counter", locality="Gizri"
    )
    reference = reference_in(filed.headers["location"])
    row = await window.row(reference)
    async with window.sessions() as session:
        consumer = await session.get(Consumer, row.consumer_id)
    assert consumer is not None
    assert (row.confidential, consumer.name, consumer.phone) == (True, None, None)
    shown = words(await at_work.page(filed.headers["location"]))
    assert "hook" not in shown
    assert "Theft" not in shown


async def test_two_places_of_one_name_are_asked_apart_and_letters_find_places(window: Window) -> None:
    at_work = await agent(window)
    listed = await at_work.browser.get("/counter/localities", params={"locality": "giz"})
    assert '<option value="Gizri">' in listed.text
    near = await at_work.files(locality="giz")
    assert near.status_code == 422
    assert 'name="pick" value="gizri"' in checked(near).text
    picked = await at_work.files(locality="giz", pick="gizri", phone="98222 00009")
    assert (await window.row(reference_in(picked.headers["location"]))).locality == "gizri"


async def test_a_bill_of_long_ago_is_filed_and_the_agent_knows_what_to_say(window: Window) -> None:
    at_work = await agent(window)
    filed = await at_work.files(category="wrong-bill", words="The bill of 2019", phone="98222 00019", language="en")
    assert filed.headers["location"].endswith("&old=2019")
    assert re.search(r"It speaks of 2019 ?\. We look into it", words(await at_work.page(filed.headers["location"])))
    assert (await by_phone(window, "+919822200019"))[0].category == "wrong-bill"


async def test_many_calls_from_one_phone_are_all_written_down(window: Window) -> None:
    at_work = await agent(window)
    for _ in range(12):
        filed = await at_work.files(phone="98222 00010", anyway="yes")
        assert filed.status_code == 303
    assert len(await by_phone(window, "+919822200010")) == 12


async def test_a_report_of_conduct_names_a_post_and_never_reaches_it(window: Window) -> None:
    filed = await (await agent(window)).files(
        category="conduct", about="service-manager-gizri", words="He asked for money."
    )
    row = await window.row(reference_in(filed.headers["location"]))
    assert row.confidential
    async with window.sessions() as session:
        named = (await session.exec(select(Staff.id).where(col(Staff.username).in_(("chitra", "asha"))))).all()
    assert set(named) <= set(row.concerned)
