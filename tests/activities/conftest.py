"""The outbox with its servers, emptied after each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlmodel import delete

from models.database import Sessions
from models.events import Submission
from models.outbox import Attempt, Notification
from tests.activities.mailroom import MailServer, gateway
from tests.activities.outbox_room import Room


@pytest.fixture
async def room(sessions: Sessions, tmp_path: Path) -> AsyncIterator[Room]:
    async with AsyncExitStack() as stack:
        mail = await stack.enter_async_context(MailServer().open())
        url, store = await stack.enter_async_context(gateway(tmp_path))
        yield Room(sessions, mail, url, store)
    async with sessions.begin() as session:
        for table in (Submission, Attempt, Notification):
            await session.exec(delete(table))
