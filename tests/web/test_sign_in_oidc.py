"""Signing in by a directory: a real OpenID Connect server, and everything it may say that must not be believed."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from models.people import Staff
from tests.web.desk_town import plain
from tests.web.test_account import person
from tests.web.window import Window
from tests.wellformed import well_formed
from web.oidc import NotBelieved, OpenID

FOLDER = Path(os.environ.get("OIDC_SERVER") or Path.home() / ".cache" / "onewindow" / "oidc")
"""Where `npm install --prefix FOLDER oauth2-mock-server@8.2.3` put the server."""
MISSING = shutil.which("node") is None or not (FOLDER / "node_modules" / "oauth2-mock-server").is_dir()
REQUIRED = os.environ.get("REQUIRE_OIDC") == "1"

pytestmark = pytest.mark.skipif(
    MISSING and not REQUIRED, reason=f"no node, or no oauth2-mock-server in {FOLDER}: see docs/operations.md"
)


@dataclass
class Server:
    """The directory, and a hand that bends its next answers."""

    process: Process
    issuer: str

    async def answers(self, **bent: Any) -> None:
        """From now on: `payload` lies over the claims; `refuse`, `forged` and `unsigned` do what they say."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(bent).encode() + b"\n")
        await self.process.stdin.drain()
        assert await self.process.stdout.readline() == b"bent\n"


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Server]:
    assert not MISSING, f"REQUIRE_OIDC=1, but there is no node, or no oauth2-mock-server in {FOLDER}"
    script = str(Path(__file__).with_name("oidc_server.mjs"))
    process = await asyncio.create_subprocess_exec("node", script, str(FOLDER), stdin=PIPE, stdout=PIPE)
    assert process.stdout
    assert process.stdin
    issuer = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
    yield Server(process, issuer)
    process.stdin.close()
    await asyncio.wait_for(process.wait(), 10)


@pytest.fixture
async def at_the_door(window: Window, server: Server) -> AsyncIterator[Window]:
    """The application with that directory; it says that everybody is Asha."""
    await server.answers(payload={"preferred_username": "Asha"})
    window.parts.directory = OpenID(server.issuer, "onewindow", "our secret there", name="Staff directory")
    yield window
    window.parts.directory = None


async def went_there(browser: httpx2.AsyncClient, next: str = "") -> str:
    """There, through the directory, and the address it sends the browser back to."""
    away = await browser.get("/sign-in/oidc", params={"next": next})
    assert away.status_code == 303, away.text
    async with httpx2.AsyncClient() as outside:
        answer = await outside.get(away.headers["location"])
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == "http://localhost:8000/sign-in/oidc/back"
    return f"{back.path}?{back.query}"


async def test_one_signs_in_by_the_directory_and_comes_where_one_wanted_to_go(at_the_door: Window) -> None:
    browser = at_the_door.visitor()
    page = well_formed((await browser.get("/sign-in?next=/desk%3Fview%3Dmine")).text)
    assert "Sign in by Staff directory" in plain(page)
    back = await browser.get(await went_there(browser, "/desk?view=mine"))
    assert (back.status_code, back.headers["location"]) == (303, "/desk?view=mine")
    assert (await browser.get("/desk")).status_code == 200


async def test_what_is_asked_there_has_a_challenge_a_state_and_a_nonce_each_its_own(at_the_door: Window) -> None:
    asked = [
        parse_qs(urlsplit((await at_the_door.visitor().get("/sign-in/oidc")).headers["location"]).query)
        for _ in range(2)
    ]
    assert asked[0]["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[0][name][0]) >= 43
        assert asked[0][name] != asked[1][name]


async def test_an_answer_for_another_browser_or_another_state_is_refused(at_the_door: Window) -> None:
    browser, other = at_the_door.visitor(), at_the_door.visitor()
    address = await went_there(browser)
    for asking, tried in (
        (other, address),
        (browser, address.replace("state=", "state=x")),
        (browser, "/sign-in/oidc/back?error=access_denied"),
    ):
        answer = await asking.get(tried)
        assert answer.headers["location"] == "/sign-in?why=refused", tried
        assert "staff" not in asking.cookies
    assert "did not work" in plain((await browser.get("/sign-in?why=refused")).text)


async def test_an_answer_that_comes_after_ten_minutes_is_refused(at_the_door: Window) -> None:
    from datetime import timedelta

    browser = at_the_door.visitor()
    address = await went_there(browser)
    at_the_door.now += timedelta(minutes=11)
    assert (await browser.get(address)).headers["location"] == "/sign-in?why=refused"


@pytest.mark.parametrize(
    "bent",
    [
        pytest.param({"payload": {"preferred_username": "asha", "nonce": "another"}}, id="another nonce"),
        pytest.param({"payload": {"preferred_username": "asha", "aud": "somebody-else"}}, id="for somebody else"),
        pytest.param(
            {"payload": {"preferred_username": "asha", "iss": "http://elsewhere.example"}}, id="another issuer"
        ),
        pytest.param({"payload": {"preferred_username": "asha", "exp": 1_000_000_000}}, id="of long ago"),
        pytest.param({"payload": {"preferred_username": "asha", "azp": "somebody-else"}}, id="to somebody else"),
        pytest.param({"payload": {"preferred_username": "asha"}, "forged": True}, id="forged"),
        pytest.param({"payload": {"preferred_username": "asha"}, "unsigned": True}, id="unsigned"),
        pytest.param({"payload": {"preferred_username": "asha"}, "refuse": True}, id="the code is refused"),
    ],
)
async def test_what_is_not_sound_is_not_believed(at_the_door: Window, server: Server, bent: dict[str, Any]) -> None:
    browser = at_the_door.visitor()
    await server.answers(**bent)
    answer = await browser.get(await went_there(browser))
    assert answer.headers["location"] == "/sign-in?why=refused"
    assert "staff" not in browser.cookies


async def test_only_who_has_a_user_name_here_comes_in_and_nobody_is_added(at_the_door: Window, server: Server) -> None:
    for claims in (
        {"preferred_username": "a-stranger"},
        {"preferred_username": ""},
        {"preferred_username": ["asha"]},
        {},
    ):
        await server.answers(payload=claims)
        browser = at_the_door.visitor()
        assert (await browser.get(await went_there(browser))).headers["location"] == "/sign-in?why=unknown"
    async with at_the_door.sessions.begin() as session:
        row = await session.get(Staff, (await person(at_the_door, "salim")).id)
        assert row is not None
        row.active = False
    await server.answers(payload={"preferred_username": "salim"})
    browser = at_the_door.visitor()
    assert (await browser.get(await went_there(browser))).headers["location"] == "/sign-in?why=unknown"


async def test_an_address_counts_only_if_the_directory_has_verified_it(at_the_door: Window, server: Server) -> None:
    assert isinstance(at_the_door.parts.directory, OpenID)
    at_the_door.parts.directory.claim = "email"
    for verified, told in ((False, "/sign-in?why=unknown"), (True, "/sign-in?why=unknown")):
        await server.answers(payload={"email": "asha@demo.example", "email_verified": verified})
        browser = at_the_door.visitor()
        assert (await browser.get(await went_there(browser))).headers["location"] == told
    assert at_the_door.parts.directory._username({"email": "A@b.example", "email_verified": True}) == "a@b.example"
    assert at_the_door.parts.directory._username({"email": "A@b.example", "email_verified": "true"}) is None


async def test_the_second_step_is_asked_after_the_directory_too(at_the_door: Window) -> None:
    asha = await person(at_the_door, "asha")
    async with at_the_door.sessions.begin() as session:
        row = await session.get(Staff, asha.id)
        assert row is not None
        row.totp = "A" * 32
    browser = at_the_door.visitor()
    assert (await browser.get(await went_there(browser))).headers["location"] == "/sign-in/second"
    assert (await browser.get("/desk")).status_code == 303
    async with at_the_door.sessions.begin() as session:
        row = await session.get(Staff, asha.id)
        assert row is not None
        row.totp = ""


async def test_a_directory_that_is_away_or_another_leaves_the_password(window: Window, server: Server) -> None:
    window.parts.directory = OpenID("http://127.0.0.1:9", "onewindow", "secret", name="Staff directory")
    answer = await window.visitor().get("/sign-in/oidc")
    assert answer.headers["location"] == "/sign-in?why=away"
    with pytest.raises(NotBelieved):
        await OpenID(server.issuer + "/", "onewindow", "secret").leave("http://localhost/back", "s", "n", "v" * 43)
    window.parts.directory = None
    assert (await window.visitor().get("/sign-in/oidc")).status_code == 404
