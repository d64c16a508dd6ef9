"""The sign-in page, and that nothing of the staff's is open without it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import chain

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Route

from embedded.postgres import Postgres
from tests.passwords import PASSWORD
from tests.web.desk_town import Desk, opened, plain
from tests.wellformed import well_formed

STAFF = ("/desk", "/counter", "/admin", "/account")
PUBLIC = (
    "/board",
    "/apply",
    "/pay",
    "/time-limits",
    "/", "/file", "/track", "/answer", "/not-mine", "/static", "/favicon.ico", "/robots.txt", "/sign-in", "/sign-out", "/messages-stop",
    "/api/v1", "/healthz", "/readyz", "/metrics", "/receipts",
)  # fmt: skip
"""Everything that may be reached without signing in; whatever else exists must be the staff's."""


@pytest.fixture(scope="module")
async def desk(postgres: Postgres) -> AsyncIterator[Desk]:
    async with opened(postgres) as town:
        yield town


def routes(desk: Desk) -> list[tuple[str, str]]:
    """Every method and path of the application."""
    included = [router.routes for route in desk.app.routes if (router := getattr(route, "original_router", None))]
    found = [route for route in chain(desk.app.routes, *included) if isinstance(route, Route | APIRoute)]
    return [(method, route.path) for route in found for method in route.methods or ()]


def under(path: str, roots: tuple[str, ...]) -> bool:
    return any(path == root or path.startswith(f"{root.rstrip('/')}/") for root in roots if root != "/") or (
        path == "/" and "/" in roots
    )


async def test_every_page_of_the_staff_is_behind_sign_in_and_every_other_on_the_public_list(desk: Desk) -> None:
    known = routes(desk)
    assert len([path for _, path in known if under(path, STAFF)]) >= 14
    for method, path in known:
        if under(path, PUBLIC):
            continue
        assert under(path, STAFF), f"{method} {path} is neither the staff's nor on the public list"
        address = path.format_map(
            {
                "reference": "100000008",
                "act": "accept",
                "number": "1",
                "row": "1",
                "shown": "a" * 16,
                "post": "none",
                "id": "0" * 32,
                "what": "pause",
                "digest": "0",
                "code": "none",
                "key": "none",
                "kind": "none",
                "language": "en",
                "day": "2027-06-01",
                "version": "1",
                "recipient": "consumer",
                "notice": "code",
            }
        )
        browser = desk.stranger()
        answer = await browser.request(method, address, data={"note": "x"} if method == "POST" else None)
        assert answer.status_code == 303, (method, path, answer.status_code)
        assert answer.headers["location"].startswith("/sign-in?next=")
        await browser.aclose()


async def test_a_live_stream_without_a_session_is_told_so_plainly(desk: Desk) -> None:
    browser = desk.stranger()
    for address in ("/desk/live", "/desk/requests/100000008/live"):
        assert (await browser.get(address, headers={"accept": "text/event-stream"})).status_code == 401
    await browser.aclose()


async def test_signing_in_leads_where_one_wanted_to_go_and_out_again(desk: Desk) -> None:
    await desk.of("asha")
    browser = desk.stranger()
    asked = await browser.get("/desk?view=mine")
    form = await browser.get(asked.headers["location"])
    well_formed(form.text)
    assert 'name="next" value="/desk?view=mine"' in form.text
    data = {"username": "asha", "password": PASSWORD, "next": "/desk?view=mine"}
    entered = await browser.post("/sign-in", data=data)
    assert (entered.status_code, entered.headers["location"]) == (303, "/desk?view=mine")
    cookie = next(one for one in entered.headers.get_list("set-cookie") if one.startswith("staff="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert (await browser.get("/sign-in")).headers["location"] == "/desk"
    kept = browser.cookies["staff"]
    assert (await browser.post("/sign-out")).status_code == 303
    browser.cookies.set("staff", kept, domain="localhost.local")
    assert (await browser.get("/desk")).status_code == 303
    await browser.aclose()


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/sign-out", ""]
)
async def test_signing_in_never_leads_elsewhere(desk: Desk, elsewhere: str) -> None:
    await desk.of("asha")
    browser = desk.stranger()
    entered = await browser.post("/sign-in", data={"username": "asha", "password": PASSWORD, "next": elsewhere})
    assert entered.headers["location"] == "/desk"
    await browser.aclose()


@pytest.mark.parametrize(("username", "home"), [("tara", "/counter"), ("vimla", "/admin"), ("jaya", "/desk")])
async def test_everybody_comes_to_his_own_work(desk: Desk, username: str, home: str) -> None:
    await desk.of(username)
    browser = desk.stranger()
    entered = await browser.post("/sign-in", data={"username": username, "password": PASSWORD})
    assert entered.headers["location"] == home
    await browser.aclose()


async def test_a_wrong_password_keeps_the_name_and_too_many_close_the_door_for_a_while(desk: Desk) -> None:
    await desk.of("danish")
    browser = desk.stranger()
    for _ in range(5):
        answer = await browser.post("/sign-in", data={"username": "danish", "password": "wrong"})
        assert answer.status_code == 422
        assert "The user name or the password is not right." in plain(answer.text)
    assert 'value="danish"' in answer.text
    assert "wrong" not in plain(answer.text)
    assert "<title>Error:" in answer.text
    answer = await browser.post("/sign-in", data={"username": "danish", "password": PASSWORD})
    assert answer.status_code == 429
    assert "Try again in 15 seconds." in plain(answer.text)
    empty = await browser.post("/sign-in", data={"username": "", "password": ""})
    assert empty.status_code == 422
    await browser.aclose()


async def test_the_counter_is_for_those_who_take_calls(desk: Desk) -> None:
    page = await desk.page("tara", "/counter")
    assert 'href="/counter/new"' in page
    assert 'href="/counter/call-backs"' in page
    await desk.page("asha", "/counter", 403)
