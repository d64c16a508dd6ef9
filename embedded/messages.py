"""Mail catcher, SMS gateway, bank, and the one page that shows what was sent: `python -m embedded.messages`."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import jinja2
import uvicorn
from aiosmtpd.smtp import SMTP
from markupsafe import Markup, escape
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from embedded.bank import Bank
from embedded.message_gateway import MailCatcher, Reports
from embedded.message_store import Caught, Store, stamp
from rules.sms import parts

HERE = Path(__file__).parent
ADDRESS = re.compile(r"https?://[^\s<>\"\u2066-\u2069]+[^\s<>\"\u2066-\u2069.,;:!?)\u06d4\u0964]")
NUMBER = re.compile(r"\+?[0-9]{4,15}")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAIL_POLICY = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
LONGEST_BODY = 65_536


def linked(text: str) -> Markup:
    """`text` escaped, with its web addresses as links."""
    pieces, end = [], 0
    for found in ADDRESS.finditer(text):
        pieces += [escape(text[end : found.start()]), Markup('<a href="{0}">{0}</a>').format(found.group())]
        end = found.end()
    return Markup("").join([*pieces, escape(text[end:])])


def environment() -> jinja2.Environment:
    """The page's templates, escaped."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {"linked": linked, "parts": parts}
    return made


class Pages:
    """The routes over one store."""

    def __init__(self, store: Store, reports: Reports) -> None:
        self.store = store
        self.reports = reports
        self.page = environment().get_template("messages.html.j2")

    async def show(self, request: Request) -> Response:
        """Messages newest first, text messages beside mails; `q` keeps those that hold it."""
        words = request.query_params.get("q", "")
        live = request.query_params.get("live") == "1"
        columns = {channel: self.store.newest(channel, words) for channel in ("sms", "email")}
        html = self.page.render(columns=columns, words=words, live=live, total=len(self.store.messages))
        headers = HEADERS | {"Content-Security-Policy": POLICY}
        return HTMLResponse(html, headers=headers | ({"Refresh": "5"} if live else {}))

    async def listed(self, request: Request) -> Response:
        """The same as JSON; `channel` narrows it."""
        asked = request.query_params
        found = self.store.newest(asked.get("channel"), asked.get("q", ""))
        return JSONResponse([asdict(message) for message in found], headers=HEADERS)

    async def mail(self, request: Request) -> Response:
        """The mail as its reader sees it, in a page that may do nothing."""
        message = self.store.messages.get(request.path_params["id"])
        if message is None or not message.html:
            return Response("No such mail.", status_code=404)
        return HTMLResponse(message.html, headers=HEADERS | {"Content-Security-Policy": MAIL_POLICY})

    async def style(self, _: Request) -> Response:
        """The page's stylesheet."""
        return Response((HERE / "messages.css").read_text("utf-8"), media_type="text/css", headers=HEADERS)

    async def accept(self, request: Request) -> Response:
        """Take a text message: JSON to, text, id (the sender's own; a repeated one is taken once) and callback."""
        try:
            message = self.read(await body_of(request))
        except (ValueError, KeyError, TypeError) as wrong:
            return JSONResponse({"error": f"not accepted: {wrong}"}, status_code=422)
        known = message.id in self.store.messages
        try:
            kept = self.store.add(message)
        except OSError:
            return JSONResponse({"error": "no room, try again later"}, status_code=503)
        if not known:
            self.reports.begin(kept)
        return JSONResponse({"id": kept.id, "state": kept.state}, status_code=200 if known else 202)

    def read(self, sent: dict[str, str]) -> Caught:
        """What was sent as a message; ValueError or KeyError says what is wrong with it."""
        to, text, id, callback = str(sent["to"]), str(sent["text"]), str(sent["id"]), str(sent.get("callback") or "")
        if not NUMBER.fullmatch(to):
            raise ValueError("`to` is not a telephone number")
        if not text or not 1 <= len(id) <= 100:
            raise ValueError("`text` and `id` are needed")
        if callback and not callback.startswith(("http://", "https://")):
            raise ValueError("`callback` is not a web address")
        return Caught(id=id, channel="sms", to=to, text=text, callback=callback, at=stamp(datetime.now(UTC)))

    async def state(self, request: Request) -> Response:
        """What became of the message with the sender's id; 404 when it never came here."""
        message = self.store.messages.get(request.path_params["id"])
        if message is None or message.channel != "sms":
            return JSONResponse({"error": "no such message"}, status_code=404)
        return JSONResponse({"id": message.id, "state": message.state})

    def routes(self) -> list[Route]:
        """Every address of the page and the gateway."""
        return [
            Route("/", self.show),
            Route("/messages.json", self.listed),
            Route("/messages.css", self.style),
            Route("/mail/{id}", self.mail),
            Route("/sms", self.accept, methods=["POST"]),
            Route("/sms/{id}", self.state),
        ]


async def body_of(request: Request) -> dict[str, str]:
    """The JSON object in the body; ValueError when it is another thing or too long."""
    held = b""
    async for piece in request.stream():
        held += piece
        if len(held) > LONGEST_BODY:
            raise ValueError("too long")
    sent = json.loads(held)
    if not isinstance(sent, dict):
        raise ValueError("a JSON object is wanted")
    return sent


def create_app(store: Store, report_after: float = 1.0, bank: Bank | None = None) -> Starlette:
    """Page, gateway and bank over `store`; delivery reports go out `report_after` seconds after a message came."""
    reports = Reports(store, report_after)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        reports.resume()
        yield
        await reports.stop()
        if bank is not None:
            await bank.stop()

    routes = Pages(store, reports).routes() + (bank.routes() if bank is not None else [])
    return Starlette(routes=routes, lifespan=lifespan)


async def catch_mail(store: Store, host: str, port: int) -> asyncio.Server:
    """An SMTP server on `host`:`port` (0 finds one) that keeps every mail in `store`."""
    loop = asyncio.get_running_loop()
    catcher = MailCatcher(store)
    return await loop.create_server(lambda: SMTP(catcher, enable_SMTPUTF8=True, hostname="onewindow"), host, port)


async def serve(host: str, smtp_port: int, http_port: int, store: Store, bank: Bank | None = None) -> None:
    """Serve all doors until told to stop."""
    mail = await catch_mail(store, host, smtp_port)
    config = uvicorn.Config(
        create_app(store, bank=bank), host=host, port=http_port, log_level="warning", timeout_graceful_shutdown=2
    )
    try:
        await uvicorn.Server(config).serve()
    finally:
        mail.close()
        store.close()


def main() -> None:
    """Read the arguments and serve."""
    arguments = argparse.ArgumentParser(prog="python -m embedded.messages", description=__doc__)
    arguments.add_argument("--host", default="127.0.0.1")
    arguments.add_argument("--smtp-port", type=int, required=True)
    arguments.add_argument("--http-port", type=int, required=True)
    arguments.add_argument("--store", type=Path, required=True)
    arguments.add_argument("--onewindow", help="the utility that a bank pays; none without it")
    arguments.add_argument("--payment-secret", type=Path, help="the file with what its calls are signed with")
    given = arguments.parse_args()
    secret = given.payment_secret.read_text("ascii").strip() if given.payment_secret else ""
    bank = Bank(given.onewindow, secret) if given.onewindow and secret else None
    asyncio.run(serve(given.host, given.smtp_port, given.http_port, Store(given.store), bank))


if __name__ == "__main__":
    main()
