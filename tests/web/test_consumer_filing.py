"""Filing a complaint without script: one question a page, nothing typed is lost, sent once."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx2
import pytest
from sqlmodel import func, select

from models.database import Sessions, engine, sessions_of
from models.filing import draft
from models.people import Staff
from models.requests import Connection, Consumer, Draft, ServiceRequest, Words
from tests.web.window import PATIENT, Window, checked, words
from web.about import whom
from web.database import Bounded

PHONE = "98000 00055"
ANSWERS = {
    "where": {"locality": "Gizri"},
    "address": {"address": "12, Lane 3", "place": "behind the school"},
    "words": {"words": "No light since morning"},
    "you": {"phone": PHONE, "name": "Asha Demo", "email": "asha@example.org", "language": "hi"},
}
ANYWAY = {"anyway": "1"}
"""File it although this phone has one of these open already."""


async def begun(visitor: httpx2.AsyncClient, danger: str = "no", category: str = "no-supply") -> str:
    """The address of the second question, without its last part."""
    answer = await visitor.post("/file", data={"danger": danger, "category": category})
    assert answer.status_code == 303
    return answer.headers["location"].rpartition("/")[0]


async def answered(visitor: httpx2.AsyncClient, form: str, **other: dict[str, str]) -> httpx2.Response:
    """Answer the questions in their order, each page checked; the last answer."""
    answer = httpx2.Response(200)
    for step, fields in {**ANSWERS, **other}.items():
        checked(await visitor.get(f"{form}/{step}"))
        answer = await visitor.post(f"{form}/{step}", data=fields)
        assert answer.status_code == 303, words(answer)
    return answer


async def count(window: Window) -> int:
    async with window.sessions() as session:
        return (await session.exec(select(func.count()).select_from(ServiceRequest))).one()


async def newest(window: Window, answer: httpx2.Response) -> tuple[ServiceRequest, Consumer, str]:
    """The row, the consumer and the words of the number on a confirmation."""
    shown = re.search(r'class="huge"><bdi dir="ltr">([0-9-]+)<', answer.text)
    assert shown
    async with window.sessions() as session:
        row = await session.get(ServiceRequest, shown[1].replace("-", ""))
        assert row is not None
        consumer, said = await session.get(Consumer, row.consumer_id), await session.get(Words, row.words_id)
    assert consumer is not None
    assert said is not None
    return row, consumer, said.body


async def test_from_the_tile_to_the_number(window: Window) -> None:
    async with window.visitor() as visitor:
        first = checked(await visitor.get("/"))
        assert 'href="/file?category=no-supply"' in first.text
        checked(await visitor.get("/file?category=no-supply"))
        form = await begun(visitor)
        last = await answered(visitor, form)
        assert last.headers["location"] == f"{form}/check"
        check = words(checked(await visitor.get(f"{form}/check")))
        for shown in ("No supply", "Gizri", "12, Lane 3", "No light since morning", "+919800000055", "हिन्दी"):
            assert shown in check
        sent = await visitor.post(f"{form}/check")
        assert sent.headers["location"] == f"{form}/done"
        done = checked(await visitor.get(f"{form}/done"))
    row, consumer, said = await newest(window, done)
    assert (row.category, row.locality, row.language, row.channel) == ("no-supply", "gizri", "hi", "web")
    assert (consumer.phone, consumer.name, consumer.email) == ("+919800000055", "Asha Demo", "asha@example.org")
    assert said == "No light since morning"
    assert "ends with 0055" in words(done)
    assert "Asha" not in done.text
    assert "<svg" in done.text
    assert "At the latest: today, Monday, 2 in the afternoon." in words(done)


async def test_a_second_tap_gives_the_same_number_and_no_draft_remains(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        await answered(visitor, form)
        before = await count(window)
        await visitor.post(f"{form}/check", data=ANYWAY)
        again = await visitor.post(f"{form}/check", data=ANYWAY)
        assert again.headers["location"] == f"{form}/done"
        assert await count(window) == before + 1
        assert (await visitor.get(f"{form}/words")).headers["location"] == f"{form}/done"
    async with window.sessions() as session:
        assert await session.get(Draft, form.rpartition("/")[2]) is None


async def test_change_returns_to_the_check_page_and_keeps_the_rest(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        await answered(visitor, form)
        page = await visitor.get(f"{form}/words?change=1")
        assert "No light since morning" in page.text
        assert 'name="change"' in page.text
        back = await visitor.post(f"{form}/words", data={"words": "It is back but weak", "change": "1"})
        assert back.headers["location"] == f"{form}/check"
        check = words(await visitor.get(f"{form}/check"))
    assert "It is back but weak" in check
    assert "12, Lane 3" in check


async def test_danger_shows_the_number_to_ring_and_offers_what_is_dangerous(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor, danger="yes")
        page = checked(await visitor.get(f"{form}/what"))
    assert 'href="tel:18000004112"' in page.text
    assert "Stay away" in words(page)
    assert page.text.index('value="wire-down"') < page.text.index('value="wrong-bill"')


async def test_one_who_does_not_know_his_locality_names_something_near(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        await visitor.post(f"{form}/where", data={"unknown": "yes"})
        refused = await visitor.post(f"{form}/address", data={"address": "", "place": ""})
        assert refused.status_code == 422
        nothing_missing = {key: value for key, value in ANSWERS.items() if key not in ("where", "address")}
        await visitor.post(f"{form}/address", data={"place": "near the fish market in Gizri"})
        for step, fields in nothing_missing.items():
            await visitor.post(f"{form}/{step}", data=fields)
        await visitor.post(f"{form}/check", data=ANYWAY)
        row, consumer, _ = await newest(window, await visitor.get(f"{form}/done"))
    assert row.office
    assert consumer.place == "near the fish market in Gizri"


async def test_an_account_says_where_it_is(window: Window) -> None:
    async with window.sessions.begin() as session:
        holder = Consumer(name="Holder Demo")
        session.add(holder)
        await session.flush()
        session.add(Connection(account="4400112233", consumer_id=holder.id or 0, locality="gizri"))
    async with window.visitor() as visitor:
        form = await begun(visitor)
        await answered(visitor, form, where={"account": "4400 1122 33"})
        await visitor.post(f"{form}/check", data=ANYWAY)
        row, consumer, _ = await newest(window, await visitor.get(f"{form}/done"))
    assert (row.locality, consumer.account) == ("gizri", "4400112233")


@pytest.mark.parametrize("typed", ["giz", "GIZRI", "गिज़", "گذر", "990101", "gizry"])
async def test_a_locality_is_found_by_first_letters_of_any_script_its_pin_or_a_near_spelling(
    window: Window, typed: str
) -> None:
    async with window.visitor() as visitor:
        found = await visitor.get("/file/localities", params={"locality": typed}, headers={"HX-Request": "true"})
        assert 'value="gizri"' in found.text
        assert "<html" not in found.text
        form = await begun(visitor)
        answer = await visitor.post(f"{form}/where", data={"locality": typed})
        if answer.status_code == 422:
            assert 'value="gizri"' in answer.text
            answer = await visitor.post(f"{form}/where", data={"locality": typed, "pick": "gizri"})
    assert answer.headers["location"] == f"{form}/address"


@pytest.mark.parametrize(
    ("step", "fields", "said"),
    [
        pytest.param("what", {"category": "nothing-such"}, "Choose what it is about", id="unknown category"),
        pytest.param("what", {}, "Choose what it is about", id="no category"),
        pytest.param("where", {"locality": "Nowhereabad"}, "We do not find this place", id="unknown locality"),
        pytest.param("where", {"account": "99999999"}, "We do not know this account number", id="unknown account"),
        pytest.param("where", {"account": "99\x00' or 1=1"}, "We do not know this account number", id="odd account"),
        pytest.param("where", {}, "Type the first letters", id="nowhere"),
        pytest.param("address", {"address": "a" * 401}, "at most 400", id="long address"),
        pytest.param("words", {"words": "w" * 2001}, "at most 2000", id="long words"),
        pytest.param("you", {"phone": "12", "language": "en"}, "not a telephone number", id="short phone"),
        pytest.param("you", {"phone": "98100 0005", "language": "en"}, "not a telephone number", id="a digit short"),
        pytest.param("you", {"phone": "ring me", "language": "en"}, "not a telephone number", id="wordy phone"),
        pytest.param("you", {"email": "asha", "language": "en"}, "not an e-mail address", id="no e-mail"),
        pytest.param("you", {"email": "a@b..org", "language": "en"}, "not an e-mail address", id="odd e-mail"),
        pytest.param("you", {"phone": PHONE, "language": "fr"}, "language", id="unknown language"),
        pytest.param("you", {"name": "n" * 121, "language": "en"}, "at most 120", id="long name"),
    ],
)
async def test_what_cannot_be_taken_is_said_and_what_was_typed_is_kept(
    window: Window, step: str, fields: dict[str, str], said: str
) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        answer = await visitor.post(f"{form}/{step}", data=fields)
    assert answer.status_code == 422
    assert said in words(answer)
    assert "<title>Error: " in answer.text
    assert 'class="summary"' in answer.text
    kept = [value for name, value in fields.items() if name not in ("category", "language")]
    assert not [value for value in kept if value.isprintable() and value not in answer.text]


async def test_the_first_question_must_be_answered(window: Window) -> None:
    async with window.visitor() as visitor:
        answer = checked(await visitor.post("/file", data={"category": "no-supply"}))
    assert answer.status_code == 422
    assert 'name="category" value="no-supply"' in answer.text


async def test_the_check_page_leads_to_what_is_still_missing(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        assert (await visitor.get(f"{form}/check")).headers["location"] == f"{form}/where"
        assert (await visitor.post(f"{form}/check")).headers["location"] == f"{form}/where"


async def test_a_token_that_never_was_or_is_a_week_old_begins_again(window: Window) -> None:
    async with window.visitor() as visitor:
        assert (await visitor.get("/file/never-given-token-1234/where")).status_code == 404
        assert (await visitor.post("/file/never-given-token-1234/check")).status_code == 404
        form = await begun(visitor)
        window.now += timedelta(days=8)
        answer = checked(await visitor.get(f"{form}/where"))
    assert answer.status_code == 404
    assert "Please begin again" in words(answer)


async def test_only_staff_who_take_calls_can_file_for_others(window: Window) -> None:
    async with window.visitor() as visitor:
        answer = await visitor.post("/file", data={"danger": "no", "category": "no-supply", "channel": "call"})
    token = answer.headers["location"].split("/")[2]
    async with window.sessions() as session:
        kept = await draft(session, token, window.now)
    assert kept is not None
    assert kept["channel"] == "web"
    assert "filed_by" not in kept


async def test_one_phone_cannot_flood_the_intake(window: Window) -> None:
    async with window.visitor() as visitor:
        for place in range(21):
            form = await begun(visitor)
            await answered(visitor, form, you={"phone": "98111 11111", "language": "en"})
            answer = await visitor.post(f"{form}/check", data=ANYWAY)
            assert answer.status_code == (303 if place < 20 else 422)
    assert "Please ring us" in words(answer)


async def test_without_a_database_the_form_says_so_and_keeps_what_was_typed(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        there, window.parts.database = window.parts.database, Bounded(nowhere())
        try:
            answers = {step: await visitor.post(f"{form}/{step}", data=fields) for step, fields in ANSWERS.items()}
            first = await visitor.post("/file", data={"danger": "yes", "category": "no-supply"})
            last = await visitor.post(f"{form}/check")
        finally:
            window.parts.database = there
    assert {answer.status_code for answer in (*answers.values(), first, last)} == {503}
    for step, fields in ANSWERS.items():
        assert "We cannot save this at the moment" in words(answers[step])
        assert not [value for name, value in fields.items() if name != "language" and value not in answers[step].text]
    assert "What you typed is kept" in words(last)


async def test_a_database_that_hangs_is_given_three_seconds(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        token = form.rpartition("/")[2]
        window.parts.database.seconds = 0.3
        try:
            async with window.sessions.begin() as session:
                kept = await session.get(Draft, token, with_for_update=True)
                assert kept is not None
                answer = await visitor.post(f"{form}/words", data=ANSWERS["words"])
        finally:
            window.parts.database.seconds = PATIENT
    assert answer.status_code == 503
    assert "No light since morning" in answer.text


async def test_the_relay_is_hinted_that_a_request_waits_to_be_started(window: Window) -> None:
    hints = window.door.hints
    async with window.visitor() as visitor:
        form = await begun(visitor)
        await answered(visitor, form)
        await visitor.post(f"{form}/check", data=ANYWAY)
        row, _, _ = await newest(window, await visitor.get(f"{form}/done"))
    assert window.door.hints == hints + 1
    assert (await window.row(row.reference)).state == "received"


def nowhere() -> Sessions:
    """Sessions on a database that is not there."""
    return sessions_of(engine("postgresql+psycopg://postgres@/none?host=/nonexistent"))


async def test_nobody_complains_about_a_screen_on_the_wall(window: Window) -> None:
    offered = [code for _, posts in whom(window.parts.book, None, window.now) for code, _ in posts]
    assert "wall-screen-gizri" not in offered
    assert {"relationship-officer-gizri-1", "administrator"} <= set(offered)


async def test_a_report_takes_the_name_of_whom_it_is_about_and_no_other_complaint_does(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor, category="conduct")
        await visitor.post(f"{form}/where", data=ANSWERS["where"])
        page = checked(await visitor.get(f"{form}/you")).text
        assert page.index('label="Gizri') < page.index('label="Defence') < page.index("Managing director")
        assert "Bilal" not in page, "posts are listed, and nobody's name"
        you = {**ANSWERS["you"], "phone": "", "name": "", "called": "Bilal Example " + "x" * 120}
        long = await visitor.post(f"{form}/you", data=you)
        assert long.status_code == 422
        assert "Bilal Example xxx" in checked(long).text
        you |= {"called": "Bilal Example"}
        await answered(visitor, form, you=you)
        assert "Bilal Example" in words(checked(await visitor.get(f"{form}/check")))
        sent = await visitor.post(f"{form}/check")
        row, _, said = await newest(window, checked(await visitor.get(sent.headers["location"])))
        assert said.endswith("Bilal Example")
        async with window.sessions() as session:
            bilal = (await session.exec(select(Staff.id).where(Staff.username == "bilal"))).one()
        assert row.concerned == [bilal]
        plain = await begun(visitor)
        await answered(visitor, plain, you=ANSWERS["you"] | {"phone": ""})
        assert "called" not in checked(await visitor.get(f"{plain}/you")).text
        refused = await visitor.post(f"{plain}/you", data=you)
        assert (refused.status_code, "A name is taken only with a report" in refused.text) == (422, True)
