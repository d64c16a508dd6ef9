"""Following a request: what anyone with the number sees, and what nobody but its consumer does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.people import Missed
from rules.reference import new
from rules.terms import Act
from tests.web.window import PHONE, Window, checked, words

HOUR = timedelta(hours=1)
PERSONAL = (PHONE, "0017", "Asha Demo", "12, Lane 3", "No light in the lane")
NOBODYS = new(12_345_678)


async def test_the_first_lines_say_what_is_happening_by_when_and_whom_to_ring(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        page = words(checked(await visitor.get(f"/track/{reference}")))
    assert "Your complaint is with the relationship officer" in page
    assert "At the latest: today, Monday, 2 in the afternoon." in page
    assert "You need to do nothing." in page
    assert "Ring 1800 000 4827" in page


async def test_nothing_personal_is_on_the_page_of_a_number(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        for path in ("", "/progress"):
            text = (await visitor.get(f"/track/{reference}{path}")).text
            assert not [datum for datum in PERSONAL if datum in text]


async def test_the_ladder_shows_past_present_and_coming_tiers_with_their_instants(window: Window) -> None:
    reference = await window.filed()
    await window.officer(reference, Act.ACCEPT)
    await window.passes(2 * HOUR, reference)
    async with window.visitor() as visitor:
        page = words(await visitor.get(f"/track/{reference}"))
    assert "Had time until today, Monday, 11:30 in the morning. It was not done." in page
    assert "Must act by today, Monday, 12:30 in the afternoon." in page
    assert "Gets it if it is not done by today, Monday, 12:30 in the afternoon." in page
    assert "We are late. The service manager" in page
    for found in ("7 Gizri Lane", "9 Gizri Lane, first floor Monday to Friday, 9:30 am", "1800 000 4811"):
        assert found in page
    assert page.count("Address, hours, telephone") == 3


async def test_nobody_is_said_to_have_what_was_not_given_to_anybody_yet(window: Window) -> None:
    reference = await window.registered()
    async with window.visitor() as visitor:
        page = words(checked(await visitor.get(f"/track/{reference}")))
    assert "Relationship officer It waits to be given to an officer. That happens by itself." in page
    assert not [said for said in ("Has it now", "stands still", "Relationship officer 1") if said in page]


@pytest.mark.parametrize("language", ["hi", "ur"])
async def test_every_state_has_a_page_without_a_word_of_english(window: Window, language: str) -> None:
    references = [await window.filed() for _ in range(3)]
    await window.resolved(references[1])
    await window.passes(5 * HOUR, references[2])
    async with window.visitor(language) as visitor:
        for reference in references:
            page = checked(await visitor.get(f"/track/{reference}"))
            assert f'lang="{language}"' in page.text
            assert not [word for word in words(page).split() if word.isascii() and word.isalpha()]


async def test_a_confidential_report_shows_that_it_is_looked_into_and_nothing_more(window: Window) -> None:
    reference = await window.filed("theft-report")
    async with window.visitor() as visitor:
        page = words(await visitor.get(f"/track/{reference}"))
    assert "Your report is being looked into." in page
    assert not [word for word in ("Theft", "theft", "Gizri", "officer") if word in page]


async def test_an_unchanged_page_is_not_sent_again_and_a_changed_one_is(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        first = await visitor.get(f"/track/{reference}")
        known = {"If-None-Match": first.headers["etag"]}
        assert first.headers["cache-control"] == "private, no-cache"
        assert (await visitor.get(f"/track/{reference}", headers=known)).status_code == 304
        await window.officer(reference, Act.ACCEPT)
        await window.parts.hub.look()
        assert (await visitor.get(f"/track/{reference}", headers=known)).status_code == 200


async def test_a_page_older_than_the_event_just_written_is_not_served(window: Window) -> None:
    reference = await window.filed()
    await window.parts.hub.look()
    async with window.visitor() as visitor:
        await visitor.get(f"/track/{reference}")
        taken = await window.officer(reference, Act.ACCEPT)
        page = await visitor.get(f"/track/{reference}?seen={taken.number}")
    assert f'data-number="{taken.number}"' in page.text


async def test_words_that_are_no_longer_true_are_not_served(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        await window.parts.hub.look()
        assert "We are late" not in words(await visitor.get(f"/track/{reference}"))
        window.now += 5 * HOUR
        await window.parts.hub.look()
        assert "We promised today" in words(await visitor.get(f"/track/{reference}"))


async def test_past_the_last_tier_the_page_says_where_the_forum_is_and_how_it_is_rung(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        assert "2 Forum Street" not in (await visitor.get(f"/track/{reference}")).text
        await window.passes(5 * HOUR, reference)
        page = checked(await visitor.get(f"/track/{reference}"))
    assert "You can now go to: Consumer Grievance Forum (demo)." in words(page)
    assert "2 Forum Street, Gizri" in words(page)
    assert 'href="tel:18000004990"' in page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("98000 00017", "mobile number"),
        ("1234567", "account number"),
        ("", "9 digits"),
        ("my complaint", "9 digits"),
        ("123456789", "two digits are swapped"),
    ],
)
async def test_the_field_says_what_was_typed_instead_of_a_number(window: Window, typed: str, said: str) -> None:
    async with window.visitor() as visitor:
        answer = checked(await visitor.get("/track", params={"reference": typed}))
    assert answer.status_code == 422
    assert said in words(answer)
    assert "<title>Error: " in answer.text
    assert f'value="{typed}"' in answer.text


@pytest.mark.parametrize("spelling", ["{0}", "{0:.4} {1}", " {0} ", "devanagari", "arabic"])
async def test_a_number_is_found_however_it_is_written(window: Window, spelling: str) -> None:
    reference = await window.filed()
    zero = {"devanagari": 0x966, "arabic": 0x660}.get(spelling)
    typed = "".join(chr(zero + int(d)) for d in reference) if zero else spelling.format(reference, reference[4:])
    async with window.visitor() as visitor:
        answer = await visitor.get("/track", params={"reference": typed})
    assert answer.headers["location"] == f"/track/{reference}"


async def test_only_numbers_that_do_not_exist_are_counted(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        for _ in range(40):
            assert (await visitor.get("/track/123456789")).status_code == 404
        answers = [(await visitor.get(f"/track/{NOBODYS}")).status_code for _ in range(31)]
        assert answers == [404] * 30 + [429]
        assert (await visitor.get(f"/track/{reference}")).status_code == 200
    async with window.sessions.begin() as session:
        for row in (await session.exec(Missed.__table__.select())).all():  # type: ignore[attr-defined, call-overload]
            assert "127.0.0.1" not in row.address
        await session.exec(Missed.__table__.delete())  # type: ignore[attr-defined, call-overload]


async def test_tracking_pages_are_not_for_search_engines(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        answer = await visitor.get(f"/track/{reference}")
    assert answer.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.text


async def test_what_nobody_took_up_is_said_once_in_the_log(window: Window) -> None:
    reference = await window.filed(locality="defence-1")
    await window.passes(timedelta(minutes=41), reference)
    async with window.visitor() as visitor:
        told = words(await visitor.get(f"/track/{reference}")).partition("What happened")[2]
    assert told.count("took it up") + told.count("taken it up") == 1, told
