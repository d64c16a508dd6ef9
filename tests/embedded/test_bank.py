"""The bank of a trial installation: it pays what is asked, once for each form, and tells the utility of it signed."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import html5lib
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from embedded.bank import Bank
from web.api.signed import is_signed

SECRET = "the secret that bank and utility share"
UTILITY = "http://utility.example"
ORDER = {"note": "482719360-1", "amount": "570000", "back": f"{UTILITY}/pay/482719360-1/abc"}


@dataclass
class Utility:
    """A utility that takes every call that is signed."""

    status: int = 200
    calls: list[dict[str, object]] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        """A payment."""
        body = await request.body()
        assert is_signed(SECRET, body, request.headers.get("Onewindow-Signature"), datetime.now(UTC))
        self.calls.append(json.loads(body))
        return Response(status_code=self.status)


@pytest.fixture
async def utility() -> Utility:
    return Utility()


@pytest.fixture
async def visitor(utility: Utility) -> AsyncIterator[httpx2.AsyncClient]:
    taking = Starlette(routes=[Route("/api/v1/payments", utility.take, methods=["POST"])])
    bank = Bank(UTILITY, SECRET, lambda: httpx2.AsyncClient(transport=httpx2.ASGITransport(app=taking)))
    pages = httpx2.ASGITransport(app=Starlette(routes=bank.routes()))
    async with httpx2.AsyncClient(transport=pages, base_url="http://bank.example") as client:
        yield client
    await bank.stop()


async def form(visitor: httpx2.AsyncClient, **changed: str) -> dict[str, str]:
    page = await visitor.get("/bank", params=ORDER | changed)
    html5lib.HTMLParser(strict=True).parse(page.text)
    assert "Pay Rs 5,700.00 in full" in page.text
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))


async def test_the_whole_note_is_paid_and_the_way_back_is_shown(visitor: httpx2.AsyncClient, utility: Utility) -> None:
    answer = await visitor.post("/bank", data={**await form(visitor), "pay": "full"})
    assert "Paid: Rs 5,700.00" in answer.text
    assert "The utility has it." in answer.text
    assert f'href="{ORDER["back"]}"' in answer.text
    call = utility.calls[0]
    assert (call["note"], call["amount"]) == ("482719360-1", 570_000)
    assert datetime.fromisoformat(str(call["paid_at"])).tzinfo is not None


async def test_a_second_tap_tells_of_the_same_payment(visitor: httpx2.AsyncClient, utility: Utility) -> None:
    sent = {**await form(visitor), "pay": "full"}
    await visitor.post("/bank", data=sent)
    await visitor.post("/bank", data=sent)
    assert len({call["id"] for call in utility.calls}) == 1
    assert (await form(visitor))["id"] != sent["id"]


async def test_another_amount_is_paid_in_rupees(visitor: httpx2.AsyncClient, utility: Utility) -> None:
    sent = {**await form(visitor), "pay": "other"}
    for wrong in ("", "0", "-5", "ten", "1.234"):
        assert (await visitor.post("/bank", data={**sent, "other": wrong})).status_code == 422
    assert utility.calls == []
    await visitor.post("/bank", data={**sent, "other": "5000.50"})
    assert utility.calls[0]["amount"] == 500_050


async def test_what_the_utility_refuses_is_said(visitor: httpx2.AsyncClient, utility: Utility) -> None:
    utility.status = 404
    answer = await visitor.post("/bank", data={**await form(visitor), "pay": "full"})
    assert "The utility did not take it." in answer.text


async def test_a_utility_that_is_away_is_told_again(visitor: httpx2.AsyncClient, utility: Utility) -> None:
    utility.status = 503
    answer = await visitor.post("/bank", data={**await form(visitor), "pay": "full"})
    assert "It is told again until it does." in answer.text


async def test_nobody_is_sent_to_another_site_and_no_note_is_no_page(visitor: httpx2.AsyncClient) -> None:
    assert (await form(visitor, back="http://elsewhere.example/"))["back"] == ""
    assert (await form(visitor, back=f"{UTILITY}.elsewhere.example/"))["back"] == ""
    for wrong in ({"note": ""}, {"note": "<b>"}, {"amount": "-1"}, {"amount": "much"}):
        assert (await visitor.get("/bank", params=ORDER | wrong)).status_code == 404
