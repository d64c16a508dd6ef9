"""Whatever is typed into whatever form: no error of ours, no markup of theirs, no way to another address or file."""

from __future__ import annotations

import random
import re
from collections import Counter
from functools import cache
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from models.people import Staff
from models.requests import Words
from models.staff import open_session
from rules.terms import Act
from tests import drawn
from tests.sweeping import swept
from tests.web.test_rights_walk import things, walked
from tests.web.window import Window, words
from web.forms import MOST_FIELDS

ROOT = Path(__file__).resolve().parents[2]
MARKUP = '"><img src=x onerror=alert(1)>{{7*191}}${7*191}<%=7*191%>'
TURNED = "\u202eevil\u2066\u0000\x1b[2J\x07"
FOUR_BYTES = "\U0001f4a1\U00020bb7" * 40
HOSTILE = (MARKUP, TURNED, FOUR_BYTES, "%0d%0aSet-Cookie: a=b", "\r\nBcc: all@example.org", "../../../../etc/passwd",
           "a" * 20_000, "-1", "9" * 40, "२०२७-०५-१४", "' or 1=1 --")  # fmt: skip
FORMS_IN = re.compile(r'name="([a-z_]+)"|(?:typed|form)(?:\.get\(|\[)"(\w+)"')


def sendable(text: str) -> str:
    """A text a browser can send: halves of pairs are no letters there."""
    return text.encode("utf-8", "replace").decode()


@cache
def field_names() -> list[str]:
    """Every name a form of ours has, by the templates and by what the handlers read."""
    files = [*(ROOT / "web").rglob("*.html"), *(ROOT / "web").rglob("*.py")]
    found = {one or other for file in files for one, other in FORMS_IN.findall(file.read_text(encoding="utf-8"))}
    assert len(found) > 40
    return sorted(found)


async def browser_of(window: Window, username: str | None) -> httpx2.AsyncClient:
    """A browser, signed in where there is a name."""
    browser = window.visitor()
    if username:
        async with window.sessions.begin() as session:
            person = (await session.exec(select(Staff).where(Staff.username == username))).one()
            browser.cookies.set("staff", await open_session(session, person, window.now), domain="localhost.local")
    return browser


def hostile_form(chance: random.Random, texts: list[str]) -> dict[str, str]:
    """As many fields as a form may have, with hostile words in most and what some forms need in a few.

    The longest words stand in one field: several of them were refused unread, as more than any form has.
    """
    names, [*texts, longest] = field_names(), sorted(texts, key=len)
    names = chance.sample(names, min(len(names), MOST_FIELDS - 6))
    form = {name: chance.choice(texts) for name in names}
    form[chance.choice(names)] = longest
    usual = {"base": "1", "token": f"a-hostile-form-{chance.random()}", "category": "no-supply", "danger": "no"}
    return form | {name: value for name, value in usual.items() if chance.random() < 0.7}


async def send(browser: httpx2.AsyncClient, address: str, form: dict[str, str]) -> httpx2.Response:
    """The answer to a form, which is never an error of ours and never shows markup as such."""
    answer = await browser.post(address, data=form)
    assert answer.status_code < 500, (address, form, answer.text[-400:])
    assert "<img src=x" not in answer.text, address
    assert "1337" not in answer.text, address
    assert "set-cookie: a=b" not in str(answer.headers).lower(), address
    assert (answer.headers.get("location") or "/").startswith("/"), address
    assert not answer.headers.get("location", "").startswith(("//", "/\\")), address
    return answer


@pytest.mark.parametrize("username", swept("everybody else", "tara", None, "chitra", "vimla"))
async def test_every_form_takes_whatever_is_typed(window: Window, username: str | None) -> None:
    there = await things(window)
    chance = random.Random(username or "a stranger")
    forms = [path for method, path in walked(public=not username) if method == "POST"]
    answers = Counter()
    times = 1 if drawn.some_only else 2
    for path in forms * times:
        browser = await browser_of(window, username)  # some forms end the session they are sent with
        answers[(await send(browser, there.address(path), hostile_form(chance, list(HOSTILE)))).status_code] += 1
        await browser.aclose()
    assert answers.total() == times * len(forms)
    assert answers[422], f"no form was read: {answers}"
    assert not answers[413]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    texts=st.lists(st.text(st.characters(), max_size=60).map(sendable), min_size=2, max_size=6),
    seed=st.integers(0, 999),
)
async def test_every_question_of_the_filing_takes_any_text(window: Window, texts: list[str], seed: int) -> None:
    chance = random.Random(seed)
    browser = window.visitor()
    begun = await browser.post("/file", data={"danger": "no", "category": "no-supply"})
    form = begun.headers["location"].rpartition("/")[0]
    for step in ("where", "address", "words", "you", "check"):
        await send(browser, f"{form}/{step}", hostile_form(chance, texts))
    await browser.aclose()


@pytest.mark.parametrize("address", ["/file", "/sign-in", "/track", "/language", "/api/v1/requests"])
async def test_megabytes_are_refused_before_they_are_read(window: Window, address: str) -> None:
    async with window.visitor() as browser:
        answer = await browser.post(address, data={"words": "w" * 3_000_000})
    assert answer.status_code == 413


async def test_more_fields_than_any_form_has_are_refused_in_the_readers_language(window: Window) -> None:
    async with window.visitor("hi") as browser:
        answer = await browser.post("/file", data={f"field{number}": "a" for number in range(MOST_FIELDS + 1)})
    assert answer.status_code == 400
    assert 'lang="hi"' in answer.text
    assert "Bad Request" not in answer.text
    assert "पन्ना फिर से खोलें" in words(answer)


@pytest.mark.parametrize(("many", "status"), [(900_000, 413), (3_000_000, 400)])
async def test_megabytes_of_words_are_refused_where_a_file_may_be_as_large(
    window: Window, many: int, status: int
) -> None:
    async with window.visitor("ur") as browser:
        address = f"/apply/{'a' * 20}/papers/photo/documents"
        answer = await browser.post(address, data={"fresh": "w" * many})
    assert answer.status_code == status
    assert 'lang="ur"' in answer.text
    assert "Bad Request" not in answer.text


async def test_a_table_that_is_sent_by_one_who_may_not_is_given_back_whole(window: Window) -> None:
    browser = await browser_of(window, "chitra")
    table = {f"no-supply-{number}.tier1": f"{number} minutes" for number in range(400)}
    answer = await browser.post("/admin", data=table)
    assert answer.status_code == 403
    assert all(f'name="{name}" value="{text}"' in answer.text for name, text in table.items())


async def test_what_people_write_is_shown_as_it_was_written_and_run_nowhere(window: Window) -> None:
    reference = await window.filed(name=MARKUP[:60], address=MARKUP)
    await window.officer(reference, Act.NOTE, words=MARKUP)
    seen = 0
    for username, address in (
        ("chitra", "/desk/requests/{}"),
        ("tara", "/counter/requests/{}"),
        ("vimla", "/admin/audit"),
    ):
        browser = await browser_of(window, username)
        answer = await browser.get(address.format(reference))
        await browser.aclose()
        assert answer.status_code == 200, username
        assert "<img src=x" not in answer.text
        assert "1337" not in answer.text
        seen += "onerror=alert(1)" in words(answer)
    assert seen  # somebody did see it, as text
    async with window.sessions() as session:
        kept = (await session.exec(select(Words.body).where(Words.reference == reference))).all()
    assert MARKUP in kept


@pytest.mark.parametrize(
    "path",
    [
        "/static/../config.py",
        "/static/%2e%2e/config.py",
        "/static/0/..%2f..%2fconfig.py",
        "/static/0/%2e%2e%2f%2e%2e%2fconfig.py",
        "/static//etc/passwd",
        "/desk/documents/..%2f..%2fsecret",
        "/track/..%2f..%2fadmin",
    ],
)
async def test_no_path_leads_out_of_its_folder(window: Window, path: str) -> None:
    for username in (None, "chitra"):
        browser = await browser_of(window, username)
        answer = await browser.get(path)
        await browser.aclose()
        assert answer.status_code in (303, 404), path
        assert "BadConfig" not in answer.text
        assert "root:" not in answer.text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
@pytest.mark.parametrize("address", ["/sign-in?next={}", "/language?back={}&lang=hi", "/sign-in/second?next={}"])
async def test_no_address_sends_its_reader_elsewhere(window: Window, address: str, elsewhere: str) -> None:
    for username in (None, "chitra"):
        browser = await browser_of(window, username)
        for answer in (
            await browser.get(address.format(elsewhere)),
            await browser.post(address.partition("?")[0], data={"back": elsewhere, "next": elsewhere, "lang": "hi"}),
        ):
            location = answer.headers.get("location", "/")
            assert location.startswith("/"), (address, location)
            assert not location.startswith(("//", "/\\")), (address, location)
        await browser.aclose()


async def test_cookies_are_for_the_server_alone(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as browser:
        await window.proves(browser, reference)
        given_: list[str] = []
        for answer in (
            await browser.get("/?lang=hi"),
            await browser.post("/sign-in", data={"username": "nobody", "password": "wrong password"}),
            await browser.post(f"/track/{reference}/session", data={"code": "000000"}),
        ):
            given_ += answer.headers.get_list("set-cookie")
        held = {cookie.name for cookie in browser.cookies.jar}
    assert held
    for cookie in given_:
        assert "samesite" in cookie.lower(), cookie
        assert "httponly" in cookie.lower() or cookie.startswith("language="), cookie
