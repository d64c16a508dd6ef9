"""Every route of the application asked by every role: the whole table of who gets in.

A new route fails here until somebody wrote down who may use it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httpx2
import pytest
from sqlmodel import col, select

from embedded.postgres import Postgres
from models.people import Fill, Staff
from models.requests import Task
from models.staff import open_session
from tests.servers import database_of
from tests.sweeping import widened
from tests.test_agreements import PUBLIC, asks, routes
from tests.web.window import Window, window_on
from web.desk.casefile import Opened
from web.desk.session import signed_in

ROLES = {
    "c": "tara",  # call centre
    "h": "bilal",  # handler of the request
    "z": "imran",  # handler of another zone
    "a": "chitra",  # answerable for the office
    "x": "kabir",  # answerable for another zone
    "r": "lata",  # control room
    "v": "omar",  # vigilance
    "t": "vimla",  # administrator
    "u": "yusuf",  # auditor
    "w": "screen",  # a screen on the wall
}
ALL = "".join(ROLES)
STAFF = {
    "GET /account": ALL,
    "GET /account/password": ALL,
    "POST /account/password": ALL,
    "POST /account/keys": ALL,
    "POST /account/sessions": ALL,
    "POST /account/sessions/{shown}": ALL,
    "GET /account/second": ALL,
    "POST /account/second": ALL,
    "POST /account/second/codes": ALL,
    "POST /account/second/off": ALL,
    "GET /account/kept": ALL,
    "POST /account/kept/{number}": "",  # only its own sender's, and nothing is kept for any of these
    "POST /account/kept/{number}/away": ALL,
    "GET /desk/people": "axt",
    "GET /desk/people/{number}": "at",
    "POST /desk/people/{number}/leave": "at",
    "POST /desk/people/{number}/leave/{row}": "at",
    "GET /desk/people/posts/{post}": "at",
    "POST /desk/people/posts/{post}/charge": "at",
    "POST /desk/people/posts/{post}/fills/{row}": "t",
    "POST /desk/people/posts/{post}/person": "t",
    "GET /desk/people/posts/{post}/roster": "at",
    "POST /desk/people/posts/{post}/roster": "at",
    "POST /desk/people/posts/{post}/work": "t",
    "POST /desk/people/{number}/password": "t",
    "POST /desk/people/{number}/second": "t",
    "POST /desk/people/{number}/sessions": "t",
    "POST /desk/people/{number}/removal": "t",
    "GET /desk/team": "axu",
    "GET /desk/team/requests": "axu",
    "GET /desk/team/record": "axu",
    "GET /desk/away": "axu",
    "GET /desk/wall": "axw",
    "GET /desk": ALL,
    "GET /desk/search": ALL,
    "POST /desk/search": ALL,
    "GET /desk/bulk/{act}": ALL,  # who has no work chooses nothing; each task is judged as the one who sent the list
    "POST /desk/bulk/{act}": ALL,
    "GET /desk/lists/{number}": "",  # one's own alone, and there is none
    "GET /desk/lists/{number}/live/progress": "",
    "POST /desk/lists/{number}/undo": "",
    "POST /desk/next": ALL,
    "GET /desk/requests/{reference}": "charvu",
    "POST /desk/requests/{reference}/{act}": "h",  # a note: whoever has the work
    "POST /desk/requests/{reference}/{act}/documents": "h",
    "POST /desk/requests/{reference}/{act}/draft": "charvu",  # nothing is sent by it
    "POST /desk/requests/{reference}/message/weight": "charvu",
    "GET /desk/documents/{id}": "",  # there is none of this number; `test_documents.py` asks for one there is
    "GET /counter": "cr",
    "POST /counter": "cr",
    "GET /counter/new": "cr",
    "POST /counter/new": "cr",
    "GET /counter/localities": "cr",
    "GET /counter/calls": "cr",
    "POST /counter/calls": "cr",
    "GET /counter/meeting": "cr",
    "GET /counter/applications": "cr",
    "GET /counter/applications/new": "cr",
    "POST /counter/applications/new": "cr",
    "GET /counter/applications/asks": "cr",
    "POST /counter/applications": "cr",
    "GET /counter/requests": "cr",
    "POST /counter/requests": "cr",
    "GET /counter/call-backs": "cr",
    "POST /counter/requests/{reference}/slip": "cr",
    "GET /counter/requests/{reference}": "cr",
    "GET /counter/requests/{reference}/{act}": "cr",
    "POST /counter/requests/{reference}/documents": "",  # a complaint takes no papers
    "POST /counter/requests/{reference}/{act}": "c",  # "called again": the control room takes no calls down
    "GET /admin": "tu",
    "POST /admin": "t",
    "POST /admin/what-if": "t",
    "GET /admin/what-if/{id}": "",  # nothing was foretold, and nothing applied to open requests
    "GET /admin/what-if/{id}/requests": "",
    "GET /admin/retimings": "tu",
    "GET /admin/retimings/{number}": "",
    "GET /admin/retimings/{number}/live/progress": "",
    "POST /admin/retimings/{number}/{what}": "t",
    "GET /admin/calendars": "tu",
    "GET /admin/calendars/{code}": "",  # there is no such calendar, and no day to be confirmed
    "POST /admin/calendars/{code}": "",
    "POST /admin/holidays/{day}/confirmation": "",
    "GET /admin/events": "tu",
    "POST /admin/events": "t",
    "GET /admin/events/{number}": "",  # none was declared
    "POST /admin/events/{number}": "",
    "GET /admin/holiday": "tu",
    "POST /admin/holiday": "t",
    "POST /admin/versions/{version}/take-back": "",
    "GET /admin/proposals": "tu",
    "GET /admin/proposals/{number}": "",  # nothing was proposed
    "POST /admin/proposals/{number}/approval": "",
    "POST /admin/proposals/{number}/refusal": "",
    "POST /admin/proposals/{number}/withdrawal": "",
    "POST /admin/proposals/{number}/what-if": "",
    "GET /admin/versions": "tu",
    "GET /admin/versions/{number}": "tu",
    "GET /admin/policy.toml": "tu",
    "GET /admin/audit": "tu",
    "GET /admin/audit.csv": "tu",
    "GET /admin/messages": "tu",
    "GET /admin/clock": "tu",
    "POST /admin/clock": "t",
    "GET /admin/replies": "tu",
    "GET /admin/replies/new": "t",
    "GET /admin/replies/{code}": "",  # there is none of this code
    "POST /admin/replies/{code}": "",
    "POST /admin/replies/{code}/away": "",
    "GET /admin/places": "tu",
    "GET /admin/places/{kind}/{code}": "",  # there is none of this kind and code
    "POST /admin/places/{kind}/{code}": "",
    "GET /admin/moves/offices/{code}": "",
    "POST /admin/moves/offices/{code}": "",
    "GET /admin/moves/posts/{code}": "",
    "POST /admin/moves/posts/{code}": "",
    "GET /admin/moves/zones/{code}": "",
    "POST /admin/moves/zones/{code}": "",
    "GET /admin/moves/{number}": "",  # nothing was merged
    "POST /admin/moves/{number}/undo": "",
    "GET /admin/moves/{number}/live/progress": "",
    "GET /admin/rights": "tu",
    "POST /admin/rights": "",  # it was not looked at before
    "GET /admin/waits": "tu",
    "POST /admin/waits": "t",
    "GET /admin/settings": "tu",
    "POST /admin/settings": "t",
    "GET /admin/categories": "tu",
    "GET /admin/categories/new": "t",
    "POST /admin/categories/new": "t",
    "POST /admin/categories/{code}/{what}": "",
    "GET /admin/texts": "tu",
    "GET /admin/texts/{recipient}/{notice}/{language}": "",  # the worker has not told yet what it says
    "POST /admin/texts/{recipient}/{notice}/{language}": "",
    "GET /admin/names": "tu",
    "GET /admin/names/{kind}/{code}": "",
    "POST /admin/names/{kind}/{code}": "",
}
"""Who gets in where, on a request of the office of `h` and `a`, and on a colleague and a post of theirs."""

LIVE = {"/desk/live": "/desk", "/desk/wall/live": "/desk/wall", "/desk/requests/{reference}/live": "/desk/requests/{reference}",
        "/track/{reference}/live": "/track/{reference}"}  # fmt: skip
"""Streams, and the page whose guards they share."""
ENDS_SESSIONS = ("/account/", "/desk/people/")
"""Where a form may end the session it is sent in, or a colleague's."""


@dataclass(frozen=True)
class Things:
    """What there is to be asked about."""

    reference: str
    handler: str
    fill: int
    post: str
    colleague: int

    def address(self, path: str) -> str:
        """A path with something that exists in every place: what is refused then is refused for want of a right."""
        number = self.colleague if "/people/" in path else 1
        given = {"reference": self.reference, "post": self.post, "number": number, "row": self.fill}
        act = "called_again" if path.startswith("/counter") else "note"
        return path.format_map({**given, "act": act, "shown": "a" * 16, "token": "a-token-of-nobody", "step": "what", "id": "a" * 32,
                                "digest": "0", "name": "none.css", "what": "pause", "day": "2026-01-01", "version": 1, "code": "none",
                                "key": "none", "kind": "role", "recipient": "consumer", "notice": "code", "language": "en"})  # fmt: skip


async def things(window: Window, **more: object) -> Things:
    reference = await window.filed(**more)  # type: ignore[arg-type]
    async with window.sessions() as session:
        task = (await session.exec(select(Task).where(Task.reference == reference))).one()
        people = select(Staff.username, Fill.id, Fill.post).join(Fill, col(Fill.person) == col(Staff.id))
        handler, fill, post = (await session.exec(people.where(Fill.post == task.handler))).one()
        other = "asha" if handler == "bilal" else "bilal"
        colleague = (await session.exec(select(Staff.id).where(Staff.username == other))).one()
    return Things(reference, handler, fill or 0, post, colleague or 0)


def in_or_not(answer: httpx2.Response) -> bool:
    """Whether the caller got in: neither sent to sign in, nor refused, nor told that there is nothing."""
    to_sign_in = answer.headers.get("location", "").startswith("/sign-in?next=")
    return not to_sign_in and answer.status_code not in (401, 403, 404, 409)


async def asked(
    window: Window, username: str, method: str, address: str, kept: dict[str, str] | None = None
) -> httpx2.Response:
    """The answer to somebody, "": to a stranger; in a session of his own, or in the one `kept` while it lasts."""
    browser = window.visitor()
    tokens = {} if kept is None else kept
    if username:
        if username not in tokens:
            async with window.sessions.begin() as session:
                person = (await session.exec(select(Staff).where(Staff.username == username))).one()
                tokens[username] = await open_session(session, person, window.now)
        browser.cookies.set("staff", tokens[username], domain="localhost.local")
    form = {
        "base": "1",
        "words": "A note",
        "token": f"a-form-sent-by-{username}",
        "ending": "answered",
    }
    data = form if method == "POST" else None
    answer = await browser.request(method, address, data=data)
    await browser.aclose()
    if method == "POST" and address.startswith(ENDS_SESSIONS):
        tokens.clear()
    assert answer.status_code < 500 or address == "/readyz", (username, method, address)
    return answer


def walked(*, public: bool) -> list[tuple[str, str]]:
    """Every method and path, live streams apart; who fills a post is changed when all else was asked."""
    found = [(method, route.path) for route in routes() for method in sorted(route.methods or ())]
    found.sort(key=lambda one: "/posts/" in one[1])
    return [(method, path) for method, path in found if path not in LIVE and bool(PUBLIC.fullmatch(path)) == public]


def by_turns(may: str, place: int) -> str:
    """The first role that may, or one that may not, by turns: at each place another."""
    others = "".join(role for role in ROLES if role not in may)
    return others[place % len(others)] if others and (place % 2 or not may) else may[:1]


def every(may: str, place: int) -> str:
    """All of them."""
    return "".join(ROLES)


@pytest.fixture
async def alone(postgres: Postgres) -> AsyncIterator[Window]:
    """An application of one's own: the walk removes people and ends fills."""
    async with database_of(postgres) as url, window_on(url) as window:
        yield window


@pytest.mark.parametrize("some", widened("every role at every route: more than a thousand pages", by_turns, every))
async def test_every_route_of_the_staff_by_role(alone: Window, some: Callable[[str, int], str]) -> None:
    there = await things(alone)
    who = {**ROLES, "h": there.handler}
    found: dict[str, str] = {}
    wrong: list[str] = []
    kept: dict[str, str] = {}
    for place, (method, path) in enumerate(walked(public=False)):
        route, address = f"{method} {path}", there.address(path)
        if some is every:  # that each is behind sign-in, test_sign_in_pages tells every time
            stranger = await asked(alone, "", method, address)
            assert stranger.headers.get("location", "").startswith("/sign-in?next="), route
        may = STAFF.get(route, "")
        roles = some(may, place)
        found[route] = "".join(
            [role for role in roles if in_or_not(await asked(alone, who[role], method, address, kept))]
        )
        if found[route] != "".join(role for role in roles if role in may):
            wrong.append(f"{route}: {found[route]} of {roles}, not {may}")
    new = [f"{route}: say who gets in" for route in found if route not in STAFF]
    gone = [f"{route}: is no more" for route in STAFF if route not in found]
    assert not new + wrong + gone, "\n".join(new + wrong + gone)


async def test_a_confidential_request_is_open_to_vigilance_and_the_auditor_alone(window: Window) -> None:
    """The counter finds by its number only that it was received."""
    there = await things(window, category="wrong-bill")
    reference = await window.filed(category="theft-report")
    for path, roles in (("/desk/requests/{}", "vu"), ("/counter/requests/{}", "cr")):
        got_in = [
            role
            for role, username in {**ROLES, "h": there.handler}.items()
            if in_or_not(await asked(window, username, "GET", path.format(reference)))
        ]
        assert "".join(got_in) == roles, path


async def test_a_public_address_answers_staff_as_it_answers_a_stranger(window: Window) -> None:
    there = await things(window)
    for method, path in walked(public=True):
        if path.startswith(("/sign-", "/metrics")) or (method, path) == ("POST", "/track/{reference}/code"):
            continue
        address = there.address(path)
        stranger = await asked(window, "", method, address)
        officer = await asked(window, "chitra", method, address)
        assert (officer.status_code, officer.headers.get("location", "")[:6]) == (
            stranger.status_code, stranger.headers.get("location", "")[:6]
        ), (method, path)  # fmt: skip


def test_a_stream_has_every_guard_of_its_page() -> None:
    """What decides who gets in is asked for the stream too; what a page needs beside that, it need not."""
    of = {route.path: set(asks(route.dependant)) for route in routes() if "GET" in (route.methods or ())}
    assert {path for path in of if path.endswith("/live")} == set(LIVE)
    for stream, page in LIVE.items():
        guards = {one for one in of[page] if one in (signed_in, Opened.__metadata__[0].dependency)}
        assert guards <= of[stream], stream
