"""A bank to try payments with: one page that pays a demand note, and tells the utility of it as a bank does, signed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs

import httpx2
import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

HERE = Path(__file__).parent
NOTE = re.compile(r"[0-9A-Za-z-]{1,14}")
ID = re.compile(r"[0-9A-Za-z_-]{8,40}")
RUPEES = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
MINOR = 100
LONGEST_FORM = 8_192
TRIES, LONGEST_WAIT = 20, 60.0
POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Order:
    """What is to be paid: the demand note, the sum asked for (minor units), and the page to go back to ("" for none)."""

    note: str
    amount: int
    back: str


def order_of(given: dict[str, str], onewindow: str) -> Order | None:
    """The order in these fields; None when they name no note. Nobody is sent to another site than the utility's."""
    note, amount, back = (given.get(name, "") for name in ("note", "amount", "back"))
    if not NOTE.fullmatch(note) or not amount.isascii() or not amount.isdigit() or len(amount) > 12:
        return None
    return Order(note, int(amount), back if back.startswith(f"{onewindow}/") else "")


def signature(secret: str, body: bytes, at: datetime) -> str:
    """What the utility asks every bank to write above its call."""
    seconds = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


@dataclass
class Bank:
    """Pays whatever is asked, at the utility at `onewindow`, with the secret both know."""

    onewindow: str
    secret: str
    client: Callable[[], httpx2.AsyncClient] = lambda: httpx2.AsyncClient(timeout=10, follow_redirects=False)
    running: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        loader = jinja2.FileSystemLoader(HERE)
        pages = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
        pages.filters["rupees"] = lambda minor: f"Rs {Decimal(minor) / MINOR:,.2f}"
        self.page = pages.get_template("bank.html.j2")

    def shown(self, order: Order | None, status: int = 200, **more: object) -> Response:
        """The page."""
        told = {"order": order, "id": secrets.token_urlsafe(12), "wrong": "", "paid": None, "answer": "", **more}
        return HTMLResponse(self.page.render(**told), status, HEADERS)

    async def ask(self, request: Request) -> Response:
        """How much of the note shall be paid?"""
        order = order_of(dict(request.query_params), self.onewindow)
        return self.shown(order, 200 if order else 404)

    async def pay(self, request: Request) -> Response:
        """Pay it, once for each form, and tell the utility."""
        given = await fields_of(request)
        order = order_of(given, self.onewindow)
        if order is None:
            return self.shown(None, 404)
        other = given.get("other", "").strip()
        if given.get("pay") == "other" and (not RUPEES.fullmatch(other) or not Decimal(other)):
            return self.shown(order, 422, wrong="Type an amount in rupees, such as 500 or 500.50.")
        amount = int(Decimal(other) * MINOR) if given.get("pay") == "other" else order.amount
        id = given.get("id", "")
        if not ID.fullmatch(id) or not amount:
            return self.shown(order, 422, wrong="There is nothing to pay here.")
        paid_at = datetime.now(UTC).isoformat()
        body = json.dumps({"id": f"bank-{id}", "note": order.note, "amount": amount, "paid_at": paid_at}).encode()
        return self.shown(order, paid=amount, answer=await self.told(body))

    async def told(self, body: bytes) -> str:
        """What the utility said; where it does not answer, it is told again and again."""
        status = await self.call(body)
        if status is not None:
            return "taken" if status < 300 else "refused"
        task = asyncio.create_task(self.until_answered(body))
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        return "later"

    async def call(self, body: bytes) -> int | None:
        """The status of its answer; None when it must be asked again."""
        headers = {
            "Content-Type": "application/json",
            "Onewindow-Signature": signature(self.secret, body, datetime.now(UTC)),
        }
        with suppress(httpx2.HTTPError, httpx2.InvalidURL):
            async with self.client() as client:
                answer = await client.post(f"{self.onewindow}/api/v1/payments", content=body, headers=headers)
            if answer.status_code < 500 and answer.status_code != 429:
                return answer.status_code
        return None

    async def until_answered(self, body: bytes) -> None:
        """Call again until answered."""
        wait = 1.0
        for _ in range(TRIES):
            await asyncio.sleep(wait)
            if await self.call(body) is not None:
                return
            wait = min(wait * 2, LONGEST_WAIT)

    async def stop(self) -> None:
        """Let go of what waits."""
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)

    def routes(self) -> list[Route]:
        """Its one address."""
        return [Route("/bank", self.ask), Route("/bank", self.pay, methods=["POST"])]


async def fields_of(request: Request) -> dict[str, str]:
    """The fields of a small form; none when it is larger."""
    held = b""
    async for piece in request.stream():
        held += piece
        if len(held) > LONGEST_FORM:
            return {}
    return {name: values[0] for name, values in parse_qs(held.decode("utf-8", "replace")).items()}
