"""Danger has one screen; words of danger ask once more; one open already is shown before a new number; reports need no name."""

from __future__ import annotations

import itertools
from datetime import timedelta

import httpx2
import pytest
from sqlmodel import func, select

from languages.catalog import gettext, use
from models.requests import Draft, ServiceRequest
from rules.terms import Act
from tests.web.test_consumer_filing import answered, begun, newest, nowhere
from tests.web.window import Window, checked, words
from web.database import Bounded

PHONES = (f"+9198110{number:05}" for number in itertools.count(1))


async def count(window: Window) -> int:
    async with window.sessions() as session:
        return (await session.exec(select(func.count()).select_from(ServiceRequest))).one()


async def screen(visitor: httpx2.AsyncClient) -> str:
    """The address of a fresh danger screen."""
    answer = await visitor.get("/file/danger")
    assert answer.status_code == 303
    return answer.headers["location"]


async def test_yes_leads_to_one_screen_with_the_number_to_ring_and_one_form(window: Window) -> None:
    async with window.visitor() as visitor:
        answer = await visitor.post("/file", data={"danger": "yes", "category": "wire-down"})
        assert answer.headers["location"].endswith("/now")
        page = checked(await visitor.get(answer.headers["location"]))
    assert 'href="tel:18000004112"' in page.text
    assert page.text.count("<form") == 1
    assert 'value="wire-down" checked' in page.text
    assert "wrong-bill" not in page.text


async def test_danger_is_sent_from_one_screen_without_a_name_and_a_second_tap_is_the_same(window: Window) -> None:
    hints = window.door.hints
    async with window.visitor("hi") as visitor:
        address = await screen(visitor)
        fields = {"category": "wire-down", "locality": "Gizri"}
        sent = await visitor.post(address, data=fields)
        before = await count(window)
        again = await visitor.post(address, data=fields)
        assert sent.headers["location"] == again.headers["location"] == address.replace("/now", "/done")
        assert (await visitor.get(address)).headers["location"] == sent.headers["location"]
        done = checked(await visitor.get(sent.headers["location"]))
        row, consumer, _ = await newest(window, done)
    with use("hi"):
        assert gettext("Stay away. Keep others away.") in words(done)
    assert done.text.count('href="tel:18000004112"') == 1
    assert await count(window) == before
    assert (row.category, row.locality, row.safety, row.language) == ("wire-down", "gizri", True, "hi")
    assert (consumer.phone, consumer.name) == (None, None)
    assert window.door.hints == hints + 1


async def test_a_place_that_is_in_no_list_is_taken_in_the_words_it_was_given(window: Window) -> None:
    async with window.visitor() as visitor:
        address = await screen(visitor)
        told = {"category": "sparks", "locality": "the pole behind the school in Gizri", "phone": "98000 00031"}
        sent = await visitor.post(address, data=told)
        row, consumer, _ = await newest(window, await visitor.get(sent.headers["location"]))
        other = await screen(visitor)
        picked = await visitor.post(other, data={"category": "sparks", "locality": "giz", "pick": "gizri"})
        second, place, _ = await newest(window, await visitor.get(picked.headers["location"]))
    assert (row.locality, consumer.place, consumer.phone) == ("gizri", told["locality"], "+919800000031")
    assert (second.locality, place.place) == ("gizri", "giz")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"locality": "Gizri"}, "Choose what it is about", id="nothing chosen"),
        pytest.param({"category": "wrong-bill", "locality": "Gizri"}, "Choose what it is about", id="no danger"),
        pytest.param({"category": "sparks"}, "Tell us where it is", id="nowhere"),
        pytest.param({"category": "sparks", "locality": "x" * 201}, "at most 200", id="long place"),
        pytest.param(
            {"category": "sparks", "locality": "Gizri", "phone": "98100 0005"}, "not a telephone", id="a digit short"
        ),
        pytest.param(
            {"category": "sparks", "locality": "Gizri", "phone": "twelve"}, "not a telephone", id="wordy phone"
        ),
    ],
)
async def test_what_is_missing_is_said_on_the_same_screen(window: Window, fields: dict[str, str], said: str) -> None:
    before = await count(window)
    async with window.visitor() as visitor:
        answer = checked(await visitor.post(await screen(visitor), data=fields))
    assert answer.status_code == 422
    assert said in words(answer)
    assert 'href="tel:18000004112"' in answer.text
    assert not [value for value in fields.values() if value != "wrong-bill" and value not in answer.text]
    assert await count(window) == before


async def test_without_a_database_the_danger_screen_keeps_what_was_typed_and_the_number_to_ring(window: Window) -> None:
    async with window.visitor() as visitor:
        address = await screen(visitor)
        there, window.parts.database = window.parts.database, Bounded(nowhere())
        try:
            answer = checked(await visitor.post(address, data={"category": "sparks", "locality": "Lane 3, Gizri"}))
        finally:
            window.parts.database = there
    assert answer.status_code == 503
    assert "Lane 3, Gizri" in answer.text
    assert "Ring us now" in words(answer)
    assert 'href="tel:18000004112"' in answer.text


SPOKEN = ["There are sparks at the pole", "तार टूट कर गिरा है", "کھمبے میں آگ لگی ہے"]


@pytest.mark.parametrize("text", SPOKEN)
async def test_words_of_danger_in_any_language_ask_once_more_and_lead_to_the_one_screen(
    window: Window, text: str
) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        await visitor.post(f"{form}/where", data={"locality": "Gizri"})
        asked = await visitor.post(f"{form}/words", data={"words": text})
        assert asked.headers["location"] == f"{form}/sure"
        assert text in checked(await visitor.get(f"{form}/sure")).text
        assert (await visitor.get(f"{form}/check")).headers["location"] == f"{form}/sure"
        yes = await visitor.post(f"{form}/sure", data={"danger": "yes"})
        assert yes.headers["location"] == f"{form}/now"
        assert 'value="Gizri"' in checked(await visitor.get(f"{form}/now")).text
        sent = await visitor.post(f"{form}/now", data={"category": "sparks", "locality": "Gizri"})
        row, _, said = await newest(window, await visitor.get(sent.headers["location"]))
    assert (row.category, row.safety, said) == ("sparks", True, text)


async def test_no_danger_is_asked_once_for_the_same_words_and_again_for_others(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        await visitor.post(f"{form}/where", data={"locality": "Gizri"})
        burnt = {"words": "There was smoke yesterday"}
        await visitor.post(f"{form}/words", data=burnt)
        assert (await visitor.post(f"{form}/sure", data={})).headers["location"] == f"{form}/sure"
        no = await visitor.post(f"{form}/sure", data={"danger": "no"})
        assert no.headers["location"] == f"{form}/you"
        await visitor.post(f"{form}/you", data={"language": "en"})
        assert (await visitor.post(f"{form}/words", data={**burnt, "change": "1"})).headers[
            "location"
        ] == f"{form}/check"
        assert (await visitor.get(f"{form}/check")).status_code == 200
        changed = await visitor.post(f"{form}/words", data={"words": "There is fire now", "change": "1"})
        assert (await visitor.get(changed.headers["location"])).headers["location"] == f"{form}/sure"


async def test_words_without_danger_and_dangers_own_categories_are_not_asked_twice(window: Window) -> None:
    async with window.visitor() as visitor:
        for category, text in (("no-supply", "Nobody came since morning"), ("wire-down", "The wire sparks")):
            form = await begun(visitor, category=category)
            await visitor.post(f"{form}/where", data={"locality": "Gizri"})
            assert (await visitor.post(f"{form}/words", data={"words": text})).headers["location"] == f"{form}/you"


async def test_changing_the_first_answer_to_danger_leads_to_the_one_screen(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        await answered(visitor, form)
        changed = await visitor.post(f"{form}/danger", data={"danger": "yes", "change": "1"})
    assert changed.headers["location"] == f"{form}/now"


async def filling(window: Window, visitor: httpx2.AsyncClient, phone: str, category: str = "no-supply") -> str:
    """A form about `category` answered up to its last page; its address."""
    form = await begun(visitor, category=category)
    await answered(visitor, form, you={"phone": phone, "language": "en"})
    return form


async def test_the_open_one_is_shown_before_a_new_number_and_asking_again_only_counts(window: Window) -> None:
    phone = next(PHONES)
    reference = await window.filed(phone=phone)
    before = await count(window)
    async with window.visitor() as visitor:
        form = await filling(window, visitor, phone)
        sent = await visitor.post(f"{form}/check")
        assert sent.headers["location"] == f"{form}/alike"
        shown = checked(await visitor.get(f"{form}/alike"))
        assert f"{reference[:4]}-{reference[4:8]}-{reference[8]}" in words(shown)
        assert "Asha" not in shown.text
        taps = [await visitor.post(f"{form}/alike", data={"reference": reference}) for _ in range(2)]
        page = words(await visitor.get(taps[0].headers["location"]))
    assert taps[0].headers["location"] == taps[1].headers["location"]
    assert "We wrote down that you asked again." in page
    assert (await window.row(reference)).repeats == 1
    assert await count(window) == before


async def test_nobody_is_stopped_from_filing_anew(window: Window) -> None:
    phone = next(PHONES)
    await window.filed(phone=phone)
    before = await count(window)
    async with window.visitor() as visitor:
        form = await filling(window, visitor, phone)
        await visitor.post(f"{form}/check")
        sent = await visitor.post(f"{form}/check", data={"anyway": "1"})
        assert sent.headers["location"] == f"{form}/done"
        assert (await visitor.get(f"{form}/alike")).headers["location"] == f"{form}/check"
    assert await count(window) == before + 1


@pytest.mark.parametrize("other", ["another category", "another phone", "ended", "confidential", "not his"])
async def test_only_an_open_one_of_the_same_phone_and_category_is_shown(window: Window, other: str) -> None:
    phone = next(PHONES)
    category = "theft-report" if other == "confidential" else "no-supply"
    reference = await window.filed(
        "voltage" if other == "another category" else category,
        phone=next(PHONES) if other == "another phone" else phone,
    )
    if other == "ended":
        await window.consumer(reference, Act.SUPPLY_BACK)
    if other == "not his":
        await window.consumer(reference, Act.NOT_MINE)
    async with window.visitor() as visitor:
        form = await filling(window, visitor, phone, category)
        assert (await visitor.get(f"{form}/alike")).headers["location"] == f"{form}/check"
        stolen = await visitor.post(f"{form}/alike", data={"reference": reference})
        assert stolen.headers["location"] == f"{form}/check"
        assert (await visitor.post(f"{form}/check")).headers["location"] == f"{form}/done"
    assert (await window.row(reference)).repeats == 0


async def test_theft_is_reported_without_name_or_phone_and_its_pages_say_what_is_shown(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor, category="theft-report")
        await visitor.post(f"{form}/where", data={"locality": "Gizri"})
        await visitor.post(f"{form}/words", data={"words": "A hook on the line at night"})
        asked = words(checked(await visitor.get(f"{form}/you")))
        assert "You need not say who you are." in asked
        await visitor.post(f"{form}/you", data={"language": "en"})
        await visitor.post(f"{form}/check")
        done = checked(await visitor.get(f"{form}/done"))
        row, consumer, _ = await newest(window, done)
        track = words(await visitor.get(f"/track/{row.reference}"))
    assert (row.confidential, consumer.phone, consumer.name) == (True, None, None)
    assert "We have your report" in words(done)
    for shown in (words(done), track):
        assert not [word for word in ("heft", "Gizri", "vigilance", "hook") if word in shown]


async def test_a_draft_of_danger_is_gone_once_it_is_sent(window: Window) -> None:
    async with window.visitor() as visitor:
        address = await screen(visitor)
        await visitor.post(address, data={"category": "sparks", "locality": "Gizri"})
        window.now += timedelta(minutes=1)
    async with window.sessions() as session:
        assert await session.get(Draft, address.split("/")[2]) is None


async def test_who_gets_a_danger_when_is_said_only_once_it_is_taken_up(window: Window) -> None:
    reference = await window.filed("wire-down")
    soon = "Gets it if it is not done by"
    async with window.visitor() as visitor:
        assert soon not in words(await visitor.get(f"/track/{reference}"))
        taken = await window.officer(reference, Act.ACCEPT)
        assert soon in words(await visitor.get(f"/track/{reference}?seen={taken.number}"))
