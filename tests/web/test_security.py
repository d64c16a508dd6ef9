"""What holds for every response: headers, forms from elsewhere, bodies too large, the reader's language."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.web.window import Window
from web.security import CONTENT_SECURITY_POLICY, LARGEST

PATHS = ("/", "/file", "/track/123456789", "/nowhere", "/api/v1/nowhere", "/healthz", "/desk", "/favicon.ico")


@pytest.mark.parametrize("path", PATHS)
async def test_every_response_carries_the_headers(window: Window, path: str) -> None:
    async with window.visitor() as visitor:
        headers = (await visitor.get(path)).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert len(headers["x-request-id"]) == 16


async def test_also_the_response_of_an_error_nobody_foresaw(window: Window) -> None:
    async def broken() -> None:
        raise RuntimeError("a secret detail")

    window.app.add_api_route("/broken", broken)
    async with window.visitor() as visitor:
        answer = await visitor.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["x-request-id"] in answer.text
    assert "secret detail" not in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 422, id="our own page"),
        pytest.param({"Sec-Fetch-Site": "none"}, 422, id="typed by the reader"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="somebody else's page"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a neighbour's page"),
        pytest.param({"Origin": "http://localhost:8000"}, 422, id="older browser, our page"),
        pytest.param({"Origin": "http://evil.example"}, 403, id="older browser, another page"),
        pytest.param({"Origin": "null"}, 403, id="a page without an origin"),
        pytest.param({}, 422, id="a program without cookies"),
        pytest.param({"Cookie": "staff=x"}, 403, id="a session from nobody knows where"),
        pytest.param({"Cookie": "language=hi"}, 422, id="a program that remembers the language"),
    ],
)
async def test_forms_are_taken_from_our_own_pages_alone(window: Window, headers: dict[str, str], status: int) -> None:
    transport = httpx2.ASGITransport(app=window.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000") as visitor:
        answer = await visitor.post("/file", headers={"Accept": "text/html", **headers})
    assert answer.status_code == status


async def test_a_body_too_large_is_refused_with_its_length_told_or_not(window: Window) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(LARGEST // 1024 + 1):
            yield b"w" * 1024

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with window.visitor() as visitor:
        told = await visitor.post("/file", content=b"w" * (LARGEST + 1), headers=form)
        untold = await visitor.post("/file", content=parts(), headers=form)
        api = await visitor.post("/api/v1/requests", content=b"w" * (LARGEST + 1))
    assert told.status_code == untold.status_code == api.status_code == 413
    assert "That is too much at once" in told.text
    assert api.headers["content-type"] == "application/problem+json"


async def test_a_body_of_untold_length_within_the_limit_is_read(window: Window) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"danger=no&"
        yield b"category=no-supply"

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with window.visitor() as visitor:
        assert (await visitor.post("/file", content=parts(), headers=form)).status_code == 303


@pytest.mark.parametrize(
    ("accepts", "cookie", "asked", "spoken"),
    [
        ("hi-IN,hi;q=0.9,en;q=0.5", "", "", "hi"),
        ("fr", "", "", "en"),
        ("en", "language=ur", "", "ur"),
        ("en", "language=ur", "?lang=hi", "hi"),
        ("ur", "language=xx", "?lang=xx", "ur"),
        ("", "language=\x7f;;=", "", "en"),
    ],
)
async def test_the_language_is_the_chosen_one_then_the_browsers(
    window: Window, accepts: str, cookie: str, asked: str, spoken: str
) -> None:
    async with window.visitor(accepts) as visitor:
        answer = await visitor.get(f"/{asked}", headers={"Cookie": cookie} if cookie else {})
    assert f'<html lang="{spoken}" dir="{"rtl" if spoken == "ur" else "ltr"}">' in answer.text
    assert ("language=hi" in answer.headers.get("set-cookie", "")) == (asked == "?lang=hi")


async def test_changing_the_language_keeps_the_rest_of_the_address(window: Window) -> None:
    async with window.visitor() as visitor:
        answer = await visitor.get("/file?category=no-supply&lang=hi")
    assert 'href="?category=no-supply&amp;lang=ur"' in answer.text


async def test_with_https_cookies_are_secure_and_the_browser_is_told_to_stay(window: Window) -> None:
    secure = Window(window.sessions)
    secure.parts.secure_cookies = True
    async with secure.visitor() as visitor:
        answer = await visitor.get("/?lang=hi")
    assert "; Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"].startswith("max-age=")
