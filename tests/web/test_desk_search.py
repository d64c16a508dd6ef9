"""Finding a request at the desk: in three scripts, and never past what one may see."""

from __future__ import annotations

import httpx2
import pytest
from sqlmodel import select

from models.intake import New, register
from models.people import Staff
from models.staff import open_session
from rules.messages import Look
from rules.terms import Act, Channel, Kind
from tests.web.window import NUMBERS, Window, checked, words

TOLD = {
    "en": ("Rukhsana Parveen", "The meter box is broken open and children play there", "meter box broken"),
    "hi": ("रुख़साना परवीन", "खंभे का तार टूट कर सड़क पर पड़ा है", "तार टूट"),
    "ur": ("رخسانہ پروین", "گلی کا ٹرانسفارمر رات بھر شور کرتا ہے", "ٹرانسفارمر شور"),
}


async def filed(window: Window, language: str, category: str = "voltage", **more: str) -> str:
    """A complaint in somebody's own words, at Gizri."""
    name, told, _looked_for = TOLD[language]
    new = New(
        Kind.COMPLAINT, category, Channel.WEB, language, told, f"search-{next(NUMBERS)}", window.now,
        locality=more.get("locality", "gizri"), name=name, phone=more.get("phone"), account=more.get("account"),
    )  # fmt: skip
    async with window.sessions.begin() as session:
        row = await register(session, new)
    await window.record.look(Look(row.reference, window.now))
    return row.reference


async def looked(window: Window, username: str, typed: str) -> httpx2.Response:
    """What somebody finds."""
    async with window.sessions.begin() as session:
        person = (await session.exec(select(Staff).where(Staff.username == username))).one()
        token = await open_session(session, person, window.now)
    browser = window.visitor()
    browser.cookies.set("staff", token, domain="localhost.local")
    browser.cookies.set("language", "en", domain="localhost.local")
    answer = await browser.post("/desk/search", data={"q": typed})
    await browser.aclose()
    return answer


@pytest.mark.parametrize("language", TOLD)
async def test_a_name_and_words_are_found_in_every_script(window: Window, language: str) -> None:
    reference, other = await filed(window, language), await window.filed("no-supply")
    name, _told, looked_for = TOLD[language]
    for typed in (name, name[:-2], name.split()[0], looked_for):
        page = checked(await looked(window, "chitra", typed)).text
        assert f'data-reference="{reference}"' in page, typed
        assert other not in page, typed


async def test_a_number_an_account_and_a_phone_as_people_type_them(window: Window) -> None:
    reference = await filed(window, "en", phone="+919810055501", account="400055501")
    for typed in ("98100 55501", "+91 9810055501", "९८१००५५५०१", "۹۸۱۰۰۵۵۵۰۱", "400055501"):
        assert f'data-reference="{reference}"' in (await looked(window, "chitra", typed)).text, typed
    for typed in (reference, f"{reference[:4]} {reference[4:8]} {reference[8]}"):
        assert (await looked(window, "chitra", typed)).headers["location"] == f"/desk/requests/{reference}"


async def test_what_has_ended_is_found_too_below_what_is_open(window: Window) -> None:
    phone = "+919810055502"
    ended, still = await filed(window, "en", phone=phone), await filed(window, "en", phone=phone)
    await window.consumer(ended, Act.WITHDRAW)
    page = (await looked(window, "chitra", phone)).text
    assert page.index(still) < page.index('id="ended-title"') < page.index(f'data-reference="{ended}"')


async def test_another_offices_requests_are_not_found_unless_the_post_reaches_them(window: Window) -> None:
    phone = "+919810055503"
    await filed(window, "en", phone=phone)
    for username, sees in (("chitra", True), ("jaya", True), ("qasim", True), ("yusuf", True), ("tara", True),
                           ("kabir", False), ("imran", False), ("vimla", False)):  # fmt: skip
        page = words(await looked(window, username, phone))
        assert ("Nothing you may see was found." not in page) is sees, username


async def test_a_confidential_report_is_found_by_vigilance_alone_by_any_way(window: Window) -> None:
    secret = await filed(window, "ur", "theft-report", phone="+919810055504")
    for typed in ("+919810055504", TOLD["ur"][0], TOLD["ur"][2]):
        for username in ("asha", "bilal", "chitra", "jaya", "qasim", "lata", "tara", "vimla"):
            assert secret not in (await looked(window, username, typed)).text, (username, typed)
        for username in ("omar", "yusuf"):
            assert secret in (await looked(window, username, typed)).text, (username, typed)


async def test_too_little_or_nothing_found_is_said(window: Window) -> None:
    for typed, said in (
        ("", "Type a number, an account, a phone, a name or some words."),
        ("ab", "Type a number, an account, a phone, a name or some words."),
        ("123456789", "Two digits may be swapped."),
        ("100000006", "There is no complaint with this number."),
        ("Nobody of this name at all", "Nothing you may see was found."),
        ("%' or 1=1 --", "Type a number, an account"),
        ("x" * 5000, "Nothing you may see was found."),
    ):
        answer = checked(await looked(window, "chitra", typed))
        assert (answer.status_code, said in words(answer)) == (200, True), typed
