"""The mail catcher and SMS gateway of a trial installation, and the page that shows what was sent."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import html5lib
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from embedded.message_store import Caught, Store
from embedded.messages import catch_mail, linked
from tests.activities.mailroom import gateway
from tests.served import served

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[tuple[httpx2.AsyncClient, Store]]:
    async with gateway(tmp_path) as (url, store), httpx2.AsyncClient(base_url=url.removesuffix("/sms")) as client:
        yield client, store


def sms(**changed: Any) -> dict[str, Any]:
    return {"to": "+919810000001", "text": "Complaint 234567895 is received.", "id": "a1", **changed}


async def test_a_text_message_is_taken_once_however_often_it_comes(room) -> None:
    client, store = room
    first = await client.post("/sms", json=sms())
    again = await client.post("/sms", json=sms(text="another"))
    assert (first.status_code, again.status_code) == (202, 200)
    assert [message.text for message in store.messages.values()] == ["Complaint 234567895 is received."]
    await client.post("/sms", json=sms())
    found = Store(store.path)
    found.close()
    assert found.messages == store.messages
    assert len(found.messages["a1"].again) == 2, "a restart forgot how often it came"


@pytest.mark.parametrize(
    "body",
    [
        sms(to="abc"),
        sms(text=""),
        sms(id=""),
        sms(id="x" * 101),
        sms(callback="file:///etc/passwd"),
        {"to": "+919810000001"},
        [1],
        sms(text="x" * 70_000),
    ],
    ids=["number", "text", "id", "long id", "callback", "fields", "list", "long"],
)
async def test_what_is_no_text_message_is_refused(room, body: Any) -> None:
    client, store = room
    answer = await client.post("/sms", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert not store.messages


async def test_its_sender_hears_what_became_of_it_even_when_busy_at_first(room) -> None:
    client, _ = room
    heard: list[dict[str, str]] = []
    all_heard = asyncio.Event()
    statuses = iter([503, 200, 200])

    async def hear(request: Request) -> Response:
        status = next(statuses)
        if status == 200:
            heard.append(await request.json())
        if len(heard) == 2:
            all_heard.set()
        return Response(status_code=status)

    async with served(Starlette(routes=[Route("/receipts", hear, methods=["POST"])])) as address:
        callback = f"{address}/receipts"
        await client.post("/sms", json=sms(callback=callback))
        await client.post("/sms", json=sms(id="a2", to="+919810000000", callback=callback))
        async with asyncio.timeout(10):
            await all_heard.wait()
    assert {report["id"]: report["state"] for report in heard} == {"a1": "delivered", "a2": "failed"}
    assert (await client.get("/sms/a2")).json() == {"id": "a2", "state": "failed"}
    assert (await client.get("/sms/a3")).status_code == 404


async def test_a_mail_is_shown_beside_the_text_messages_newest_first(room) -> None:
    client, store = room
    await client.post("/sms", json=sms(text="شکایت 234567895 <b>"))
    server = await catch_mail(store, "127.0.0.1", 0)
    await aiosmtplib.send(mail(), hostname="127.0.0.1", port=server.sockets[0].getsockname()[1])
    server.close()
    await server.wait_closed()
    page = await client.get("/")
    html5lib.HTMLParser(strict=True).parse(page.text)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "style=" not in page.text
    assert "<script" not in page.text
    assert 'dir="auto">शिकायत' in page.text
    assert "شکایت 234567895 &lt;b&gt;" in page.text
    assert '<a href="https://onewindow.example/track/234567895">' in page.text
    assert (await client.get("/messages.css")).headers["content-type"].startswith("text/css")
    [message] = (await client.get("/messages.json", params={"channel": "email"})).json()
    assert (message["to"], message["subject"], message["message_id"]) == ("a@x.example", "शिकायत", "<m1@x.example>")
    assert message["dated"] == "2026-11-23T00:00:00+00:00"
    seen = await client.get(f"/mail/{message['id']}")
    assert seen.headers["content-security-policy"].startswith("sandbox")
    assert (await client.get("/mail/nothing")).status_code == 404


def mail() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "power@x.example", "a@x.example", "शिकायत"
    made["Message-ID"], made["Date"] = "<m1@x.example>", "Mon, 23 Nov 2026 00:00:00 +0000"
    made.set_content("देखें: https://onewindow.example/track/234567895.")
    made.add_alternative("<p>देखें</p>", subtype="html")
    return made


@pytest.mark.parametrize("words", ["234567895", "2345-6789-5", "+919810000001", "IS RECEIVED"])
async def test_messages_are_found_by_number_recipient_and_words(room, words: str) -> None:
    client, _ = room
    await client.post("/sms", json=sms())
    await client.post("/sms", json=sms(id="a2", to="+919810000002", text="other"))
    found = (await client.get("/messages.json", params={"q": words})).json()
    assert [message["id"] for message in found] == ["a1"]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("See https://x.example/a.", "https://x.example/a"),
        ("دیکھیں https://x.example/a۔", "https://x.example/a"),
        ("देखें https://x.example/a?b=1&c=2।", "https://x.example/a?b=1&amp;c=2"),
        ('<a href="javascript:x">', None),
    ],
)
def test_addresses_become_links_and_nothing_else_does(text: str, link: str | None) -> None:
    html = str(linked(text))
    assert (f'<a href="{link}">' in html) if link else ("<a" not in html)


def test_a_line_torn_by_a_kill_is_left_out_and_the_rest_is_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "messages.jsonl")
    store.add(Caught("a1", "sms", "+91", "one", "2026-11-23T00:00:00+00:00"))
    store.change("a1", state="delivered")
    store.close()
    with store.path.open("ab") as file:
        file.write(b'{"id": "a2", "channel": "sm')
    again = Store(store.path)
    again.add(Caught("a3", "sms", "+91", "three", "2026-11-23T00:00:00+00:00"))
    again.close()
    last = Store(store.path)
    last.close()
    assert {message.id: message.state for message in last.messages.values()} == {"a1": "delivered", "a3": "accepted"}


@pytest.mark.sweep("the catcher killed by itself")
async def test_killed_and_started_again_it_has_everything_and_reports_what_it_owed(tmp_path: Path) -> None:
    heard = asyncio.Event()

    async def hear(request: Request) -> Response:
        heard.set()
        return Response()

    async with served(Starlette(routes=[Route("/receipts", hear, methods=["POST"])])) as address:
        first, url = await started(tmp_path)
        async with httpx2.AsyncClient() as client:
            await client.post(f"{url}/sms", json=sms(callback=f"{address}/receipts"))
        first.kill()
        await asyncio.to_thread(first.wait)
        assert not heard.is_set()
        second, url = await started(tmp_path)
        async with asyncio.timeout(10):
            await heard.wait()
        async with httpx2.AsyncClient() as client:
            [message] = (await client.get(f"{url}/messages.json")).json()
        second.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(second.wait) in {0, -signal.SIGTERM}
    assert message["id"] == "a1"


async def started(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """The program as `make run` starts it, once it answers."""
    smtp, http = free_port(), free_port()
    command = [sys.executable, "-m", "embedded.messages", "--smtp-port", str(smtp), "--http-port", str(http)]
    child = subprocess.Popen([*command, "--store", str(folder / "messages.jsonl")], cwd=ROOT)  # noqa: ASYNC220
    url = f"http://127.0.0.1:{http}"
    async with asyncio.timeout(20), httpx2.AsyncClient() as client:
        while True:
            with suppress(httpx2.ConnectError):
                await client.get(f"{url}/messages.json")
                return child, url
            await asyncio.sleep(0.05)


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


async def test_what_there_is_no_room_for_is_put_off_and_leaves_no_half_line(
    room: tuple[httpx2.AsyncClient, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, store = room
    before = store.path.read_bytes()

    with monkeypatch.context() as full:
        full.setattr(store, "_file", Half(store._file))
        assert (await client.post("/sms", json=sms())).status_code == 503
    assert store.path.read_bytes() == before
    assert (await client.post("/sms", json=sms())).status_code == 202


class Half:
    """A file on a full disk: half of what is written still fits."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def write(self, data: bytes) -> int:
        return int(self.file.write(data[: len(data) // 2]))

    def truncate(self, size: int) -> int:
        return int(self.file.truncate(size))
