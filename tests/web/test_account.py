"""One's own account: forced change, second factor, sessions elsewhere, and what was typed when a session ended."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pyotp
import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models import second_factor, staff
from models.people import Fill, Staff
from models.policy import Names
from models.policy_versions import raise_edition
from models.requests import Task
from tests.passwords import PASSWORD, let_in
from tests.web.desk_town import hidden, plain
from tests.web.files import photograph
from tests.web.window import MONDAY, Window
from tests.wellformed import well_formed

OWN = "a kettle on the stove"


async def browser_of(window: Window, username: str, *, temporary: bool = False) -> httpx2.AsyncClient:
    """A new browser with somebody's password just set, signed in."""
    async with window.sessions.begin() as session:
        await let_in(session, username, temporary=temporary)
        await staff.end_sessions(session, (await the(session, username)).id or 0)
    return await another(window, username)


async def another(window: Window, username: str, password: str = PASSWORD) -> httpx2.AsyncClient:
    """One more browser of the same person."""
    browser = window.visitor()
    answer = await browser.post("/sign-in", data={"username": username, "password": password})
    assert answer.status_code == 303, answer.text
    browser.cookies.set("language", "en", domain="localhost.local")
    return browser


async def person(window: Window, username: str) -> Staff:
    async with window.sessions() as session:
        return await the(session, username)


async def the(session: AsyncSession, username: str) -> Staff:
    return (await session.exec(select(Staff).where(Staff.username == username))).one()


async def handler_of(window: Window, reference: str) -> str:
    """Who has the work of a request."""
    async with window.sessions() as session:
        fills = select(Staff.username).join(Fill, col(Fill.person) == col(Staff.id))
        return (
            await session.exec(fills.join(Task, col(Task.handler) == col(Fill.post)).where(Task.reference == reference))
        ).one()


@pytest.fixture
async def telephone(window: Window) -> AsyncIterator[pyotp.TOTP]:
    """The telephone of Priya, who has a second factor set up."""
    row = await person(window, "priya")
    async with window.sessions.begin() as session:
        assert row.id is not None
        secret = await second_factor.begin(session, row.id)
        before = window.now - timedelta(minutes=5)
        assert await second_factor.confirm(session, row.id, pyotp.TOTP(secret).at(before), before)
    yield pyotp.TOTP(secret)
    async with window.sessions.begin() as session:
        await second_factor.remove(session, row.id)


# The password


async def test_a_password_somebody_else_chose_opens_only_the_page_where_it_is_changed(window: Window) -> None:
    browser = await browser_of(window, "asha", temporary=True)
    for address in ("/desk", "/account", "/account/second"):
        assert (await browser.get(address)).headers["location"] == "/account/password"
    page = well_formed((await browser.get("/account/password")).text)
    assert "Somebody else chose the password you have now." in plain(page)
    data = {"password": PASSWORD, "new": OWN, "again": OWN}
    assert (await browser.post("/account/password", data=data)).headers["location"] == "/account?done=password"
    assert (await browser.get("/desk")).status_code == 200
    assert not (await person(window, "asha")).temporary


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        (PASSWORD, "short", "short", "Write at least 10 characters."),
        (PASSWORD, "password12345", "password12345", "Everybody tries this one first."),
        (PASSWORD, OWN, OWN + "s", "This is not the same as above."),
        (PASSWORD, PASSWORD, PASSWORD, "This is the one you had."),
        ("wrong", OWN, OWN, "This is not your password of now."),
    ],
)
async def test_a_password_that_is_not_taken_says_why(window: Window, old: str, new: str, again: str, said: str) -> None:
    browser = await browser_of(window, "chitra")
    answer = await browser.post("/account/password", data={"password": old, "new": new, "again": again})
    assert answer.status_code == 422
    assert said in plain(well_formed(answer.text))
    assert new not in answer.text


async def test_a_new_password_signs_out_everywhere_else_and_changes_this_token(window: Window) -> None:
    here = await browser_of(window, "danish")
    there = await another(window, "danish")
    before = here.cookies["staff"]
    await here.post("/account/password", data={"password": PASSWORD, "new": OWN, "again": OWN})
    assert here.cookies["staff"] != before
    assert (await here.get("/desk")).status_code == 200
    assert (await there.get("/desk")).status_code == 303
    here.cookies.set("staff", before, domain="localhost.local")
    assert (await here.get("/desk")).status_code == 303


# Where one is signed in


async def test_one_sees_where_one_is_signed_in_and_signs_out_there(window: Window) -> None:
    here = await browser_of(window, "jaya")
    there = await another(window, "jaya")
    page = well_formed((await here.get("/account")).text)
    [shown] = re.findall(r'action="/account/sessions/(\w{16})"', page)
    stranger = await browser_of(window, "kabir")
    assert (await stranger.post(f"/account/sessions/{shown}")).status_code == 303
    assert (await there.get("/desk")).status_code == 200, "somebody else ended it"
    await here.post(f"/account/sessions/{shown}")
    assert (await there.get("/desk")).status_code == 303
    assert (await here.get("/desk")).status_code == 200
    there = await another(window, "jaya")
    await here.post("/account/sessions")
    assert ((await there.get("/desk")).status_code, (await here.get("/desk")).status_code) == (303, 200)


# What was typed under the hand


async def test_what_was_sent_after_the_session_ended_is_offered_again_to_that_person(window: Window) -> None:
    reference = await window.filed()
    handler = await handler_of(window, reference)
    browser = await browser_of(window, handler)
    opened = (await browser.get(f"/desk/requests/{reference}")).text
    form = {"token": hidden(opened, "token"), "seen": hidden(opened, "seen"), "words": "The key is with the neighbour."}
    async with window.sessions.begin() as session:
        await staff.end_sessions(session, (await person(window, handler)).id or 0)
    photo = {"note-photo": ("pole.jpg", photograph(), "image/jpeg")}  # which nobody keeps; the words are
    answer = await browser.post(f"/desk/requests/{reference}/note/documents", data=form, files=photo)
    assert answer.headers["location"] == f"/sign-in?next=%2Fdesk%2Frequests%2F{reference}&kept=1"
    assert "What you typed is kept" in plain((await browser.get(answer.headers["location"])).text)

    other = await browser_of(window, "chitra")
    assert (await other.get("/account/kept")).headers["location"] == "/desk"

    again = await browser.post("/sign-in", data={"username": handler, "password": PASSWORD, "next": "/desk"})
    assert again.headers["location"] == "/account/kept"
    page = well_formed((await browser.get("/account/kept")).text)
    assert "The key is with the neighbour." in plain(page)
    [number] = re.findall(r'action="/account/kept/(\d+)"', page)
    assert (await other.post(f"/account/kept/{number}", data=form)).status_code == 404
    sent = await browser.post(f"/account/kept/{number}", data=form)
    assert (sent.status_code, sent.headers["location"]) == (307, f"/desk/requests/{reference}/note/documents")
    done = await browser.post(sent.headers["location"], data=form)
    assert "done=note" in done.headers["location"]
    assert (await browser.get("/account/kept")).status_code == 303


async def test_what_an_idle_session_sends_is_kept_but_nothing_of_a_stranger_and_no_password(window: Window) -> None:
    browser = await browser_of(window, "asha")
    window.now = MONDAY + timedelta(minutes=31)
    kept = await browser.post("/desk/requests/100000008/note", data={"words": "Half typed", "password": "secret one"})
    assert "kept=1" in kept.headers["location"]
    stranger = window.visitor()
    lost = await stranger.post("/desk/requests/100000008/note", data={"words": "Half typed"})
    assert "kept" not in lost.headers["location"]
    back = await another(window, "asha")
    page = (await back.get("/account/kept")).text
    assert "Half typed" in page
    assert "secret one" not in page
    [number] = re.findall(r'action="/account/kept/(\d+)"', page)
    await back.post(f"/account/kept/{number}/away")
    assert (await back.get("/account/kept")).status_code == 303


async def test_one_whose_post_changed_is_told_so_and_keeps_his_words(window: Window) -> None:
    reference = await window.filed(category="theft-report")
    browser = await browser_of(window, "asha")
    answer = await browser.post(f"/desk/requests/{reference}/note", data={"words": "What I wrote before I was moved."})
    assert answer.status_code == 403
    assert "What I wrote before I was moved." in well_formed(answer.text)


# The second factor


async def test_a_second_factor_is_set_up_with_its_first_code_and_shows_the_recovery_codes_once(window: Window) -> None:
    here = await browser_of(window, "lata")
    there = await another(window, "lata")
    page = well_formed((await here.get("/account/second")).text)
    secret = "".join(re.findall(r'<code class="key" dir="ltr">([A-Z2-7 ]+)<', page)[0].split())
    assert "<svg" in page
    wrong = await here.post("/account/second", data={"code": "000000"})
    assert wrong.status_code == 422
    done = await here.post("/account/second", data={"code": pyotp.TOTP(secret).at(window.now)})
    codes = re.findall(r"<li><code>(\w{5}-\w{5})</code>", well_formed(done.text))
    assert len(set(codes)) == 10
    assert (await there.get("/desk")).status_code == 303, "the others have to sign in with it"
    assert "10 recovery codes are left" in plain((await here.get("/account")).text)
    row = await person(window, "lata")
    assert row.totp == secret
    window.now += timedelta(minutes=1)
    off = await here.post("/account/second/off", data={"code": pyotp.TOTP(secret).at(window.now)})
    assert off.headers["location"] == "/account?done=off"


async def test_the_password_alone_opens_nothing_and_a_code_opens_once(window: Window, telephone: pyotp.TOTP) -> None:
    browser = await browser_of(window, "priya")
    pending = browser.cookies["staff"]
    assert (await browser.get("/desk")).status_code == 303
    well_formed((await browser.get("/sign-in/second")).text)
    code = telephone.at(window.now)
    assert (await browser.post("/sign-in/second", data={"code": "111111"})).status_code == 422
    assert (await browser.post("/sign-in/second", data={"code": code})).status_code == 303
    assert browser.cookies["staff"] != pending
    assert (await browser.get("/desk")).status_code == 200
    thief = await another(window, "priya")
    assert (await thief.post("/sign-in/second", data={"code": code})).status_code == 422, "the code was used"
    thief.cookies.set("staff", pending, domain="localhost.local")
    assert (await thief.get("/desk")).status_code == 303


@pytest.mark.parametrize(("late", "right"), [(-30, True), (30, True), (-60, False), (60, False)])
async def test_a_telephone_may_be_half_a_minute_wrong(
    window: Window, telephone: pyotp.TOTP, late: int, right: bool
) -> None:
    browser = await browser_of(window, "priya")
    code = telephone.at(window.now + timedelta(seconds=late))
    assert (await browser.post("/sign-in/second", data={"code": code})).status_code == (303 if right else 422)


async def test_a_recovery_code_opens_once_and_digits_of_any_script_count(window: Window, telephone: pyotp.TOTP) -> None:
    row = await person(window, "priya")
    async with window.sessions.begin() as session:
        codes = await second_factor.new_recovery_codes(session, row.id or 0)
    browser = await browser_of(window, "priya")
    assert (await browser.post("/sign-in/second", data={"code": codes[0].upper()})).status_code == 303
    again = await another(window, "priya")
    assert (await again.post("/sign-in/second", data={"code": codes[0]})).status_code == 422
    hindi = telephone.at(window.now).translate(str.maketrans("0123456789", "०१२३४५६७८९"))
    assert (await again.post("/sign-in/second", data={"code": hindi})).status_code == 303


async def test_guessing_the_second_code_is_slowed_and_waits_ten_minutes_at_most(
    window: Window, telephone: pyotp.TOTP
) -> None:
    browser = await browser_of(window, "priya")
    for _ in range(5):
        assert (await browser.post("/sign-in/second", data={"code": "222222"})).status_code == 422
    assert (await browser.post("/sign-in/second", data={"code": telephone.at(window.now)})).status_code == 429
    window.now += timedelta(minutes=11)
    late = await browser.post("/sign-in/second", data={"code": telephone.at(window.now)})
    assert late.headers["location"] == "/sign-in"


async def test_a_role_that_asks_for_a_second_factor_has_it_set_up_first(window: Window) -> None:
    async def asks(whether: bool) -> None:
        async with window.sessions.begin() as session:
            row = await session.get(Names, ("role", "vigilance_officer"))
            assert row is not None
            row.data = {"second_factor": whether}
            await raise_edition(session)
        await window.parts.database.read(window.parts.book.refresh)

    await asks(True)
    browser = await browser_of(window, "omar")
    assert (await browser.get("/desk")).headers["location"] == "/account/second"
    assert "Your post signs in with a second step." in plain((await browser.get("/account/second")).text)
    assert (await browser.post("/account/second/off", data={"code": "1"})).status_code == 403
    await asks(False)
    assert (await browser.get("/desk")).status_code == 200
