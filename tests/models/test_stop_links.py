"""Every message to a consumer carries one link that stops them; one link serves all messages of a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import Sessions
from models.intake import register
from models.notices import queue_code, stop_token, stopped_by, token_hash
from models.outbox import Notification
from models.people import StopLink
from models.requests import Consumer, ServiceRequest
from tests.models.test_intake import NEW

NOW = datetime(2027, 5, 14, 12, 31, tzinfo=UTC)


async def filed(session: AsyncSession, token: str) -> ServiceRequest:
    """A complaint with a telephone number."""
    return await register(session, replace(NEW, token=token, locality="gizri"))


async def test_all_messages_of_a_request_carry_the_same_link(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        row = await filed(session, "one link")
        await queue_code(session, row, "482913", NOW)
        row.number = 2
        again = await stop_token(session, row)
        sent = (await session.exec(select(Notification.data).where(col(Notification.reference) == row.reference))).all()
        assert again in {data["stop"] for data in sent}
        link = await stopped_by(session, again)
        assert link is not None
        assert (link.reference, link.consumer_id) == (row.reference, row.consumer_id)
        assert link.token_hash == token_hash(again)
        assert await stopped_by(session, link.token_hash) is None


async def test_another_number_gets_another_link(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        row = await filed(session, "two links")
        [first] = (await session.exec(select(StopLink).where(StopLink.reference == row.reference))).all()
        new = Consumer(phone="+919810000077")
        session.add(new)
        await session.flush()
        row.consumer_id, row.number = new.id or 0, 2
        link = await stopped_by(session, await stop_token(session, row))
        assert link is not None
        assert link.token_hash != first.token_hash
        assert link.consumer_id == new.id
