"""What comes in twice is one submission, and waits for nobody."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import Sessions
from models.events import Submission
from models.intake import register
from models.tray import put
from rules.terms import Act, Actor
from tests.models.test_intake import NEW


async def test_what_comes_again_while_it_is_being_answered_waits_for_nobody(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        reference = (await register(session, replace(NEW, token="twice"))).reference

    async def added(session: AsyncSession) -> None:
        await put(session, id="twice", reference=reference, act=Act.ADD, actor=Actor.CONSUMER, at=NEW.at)

    async with sessions.begin() as session:
        await added(session)
    async with sessions.begin() as answering:
        answer = update(Submission).where(col(Submission.id) == "twice").values(answered=func.now())
        await answering.exec(answer)
        async with asyncio.timeout(20), sessions.begin() as session:
            await added(session)
    async with sessions() as session:
        kept = (await session.exec(select(Submission.answered).where(Submission.reference == reference))).all()
    assert len(kept) == 1
    assert kept[0] is not None
