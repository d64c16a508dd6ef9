"""What a Kannel gateway reports by GET: the last word on a message, and nothing from anybody who does not know its id."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from models.outbox import Attempt, Notification
from tests.web.window import Window

ADDRESS = "/api/v1/receipts/kannel"


async def sent(window: Window, id: str) -> int:
    """A text message the gateway knows by `id`; its attempt."""
    reference = await window.filed()
    async with window.sessions.begin() as session:
        row = (await session.exec(select(Notification).where(Notification.reference == reference).limit(1))).one()
        attempt = Attempt(notification_id=row.id or 0, channel="sms", state="sent", at=datetime.now(UTC), sender_id=id)
        session.add(attempt)
        await session.flush()
        return attempt.id or 0


async def state(window: Window, attempt: int) -> str:
    """How far it got."""
    async with window.sessions() as session:
        return (await session.exec(select(Attempt.state).where(Attempt.id == attempt))).one()


@pytest.mark.parametrize(
    ("said", "became"),
    [
        pytest.param(1, "delivered", id="delivered"),
        pytest.param(2, "refused", id="not delivered"),
        pytest.param(4, "sent", id="waiting at the operator"),
        pytest.param(8, "sent", id="taken by the operator"),
        pytest.param(16, "refused", id="refused by the operator"),
    ],
)
async def test_only_the_last_word_counts(window: Window, said: int, became: str) -> None:
    attempt = await sent(window, f"known-{said}")
    async with window.visitor() as gateway:
        answer = await gateway.get(ADDRESS, params={"id": f"known-{said}", "state": said})
    assert answer.status_code == 200, "to Kannel any other is a failure, and it repeats"
    assert await state(window, attempt) == became


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param("id=nobody-knows&state=1", 404, id="an id of none of ours"),
        pytest.param("id=nobody-knows&state=%25d", 422, id="a gateway that did not fill in its state"),
        pytest.param("state=1", 422, id="no id"),
        pytest.param("id=%00&state=1", 422, id="an id that is none"),
    ],
)
async def test_anything_else_is_a_clear_error(window: Window, query: str, status: int) -> None:
    async with window.visitor() as gateway:
        answer = await gateway.get(f"{ADDRESS}?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
