"""A Kannel gateway carries a Hindi text message through the same adapter, and its delivery report comes back."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest

from activities.channels.sms import Sms
from rules.terms import NoticeKind
from tests.activities import kannel
from tests.activities.kannel import Kannel
from tests.activities.outbox_room import Room
from tests.served import served
from tests.web.window import Window
from web.database import DatabaseAway

MISSING = [name for name in kannel.PROGRAMS if kannel.program(name) is None]
pytestmark = [
    pytest.mark.sweep("one gateway more"),
    pytest.mark.skipif(
        bool(MISSING) and os.environ.get("REQUIRE_KANNEL") != "1",
        reason=f"Kannel is not installed here ({', '.join(MISSING)}): apt-get install kannel",
    ),
]


@pytest.fixture
def window(room: Room) -> Window:
    """An application over the outbox's database."""
    return Window(room.sessions)


@pytest.fixture
async def gateway(window: Window, tmp_path: Path) -> AsyncIterator[tuple[Kannel, Sms]]:
    """A gateway whose reports come to that application, and our adapter set to it."""
    assert not MISSING, "REQUIRE_KANNEL=1, but Kannel is not installed: apt-get install kannel"
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(served(window.app))
        running = await stack.enter_async_context(kannel.running(tmp_path))
        yield running, Sms(running.setting(ours), "")


async def sent(room: Room, sms: Sms, kind: NoticeKind, language: str) -> int:
    """One message on its way; the number of its notification."""
    id = await room.queue(kind, ("sms",), language=language, category="no-supply", token="abc")
    box = room.outbox
    box.channels = {"sms": sms}
    await box.step()
    assert (await room.row(id)).state == "done"
    return id


async def delivered(room: Room, id: int) -> None:
    """Wait for the report."""
    async with asyncio.timeout(10):
        while (await room.attempts(id))["sms"].state != "delivered":  # noqa: ASYNC110 - the web tells nobody here
            await asyncio.sleep(0.05)


async def test_a_hindi_question_goes_through_kannel_and_its_report_reaches_the_request(
    room: Room, gateway: tuple[Kannel, Sms]
) -> None:
    running, sms = gateway
    id = await sent(room, sms, NoticeKind.QUESTION, "hi")
    await delivered(room, id)
    [receipt] = await room.receipts()
    assert (receipt.data["notification"], receipt.data["state"]) == (id, "delivered")
    text = b"".join(body(line) for line in running.operator.lines).decode("utf-16-be")
    assert "शिकायत 234567895" in text
    assert "https://onewindow.example/answer/abc" in text


async def test_an_english_message_goes_in_the_alphabet_of_seven_bits(room: Room, gateway: tuple[Kannel, Sms]) -> None:
    running, sms = gateway
    await delivered(room, await sent(room, sms, NoticeKind.CLOSED, "en"))
    assert any("Complaint 234567895 is closed." in line for line in running.operator.lines)


async def test_a_report_that_came_while_the_database_was_away_comes_again(
    room: Room, window: Window, gateway: tuple[Kannel, Sms], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, asked = window.parts.reports.write, list[Any]()

    async def away_at_first(*question: Any) -> Any:
        asked.append(question)
        if len(asked) == 1:
            raise DatabaseAway
        return await keep(*question)

    monkeypatch.setattr(window.parts.reports, "write", away_at_first)
    await delivered(room, await sent(room, gateway[1], NoticeKind.CLOSED, "en"))
    assert len(asked) == 2


def body(line: str) -> bytes:
    """What one part of a message says, without the header that joins the parts."""
    return unquote_to_bytes(line.partition(" data ")[2].replace("+", " "))
