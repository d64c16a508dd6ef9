"""Rows of several tables by one statement are what they would be one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from models.at_once import add_at_once
from models.database import Sessions
from models.people import Missed
from models.policy import Names
from models.requests import Consumer, Draft

AT = datetime(2027, 5, 14, 12, 30, 0, 123456, tzinfo=UTC)
PERSON = 987_654_321


async def test_every_value_comes_back_as_it_was_given(sessions: Sessions) -> None:
    draft = Draft(token="at once", answers={"words": "बत्ती 💡 \"\\ '", "n": [1, None]}, saved_at=AT)
    async with sessions.begin() as session:
        await add_at_once(session, [Consumer(id=PERSON, name="Meena: :x %s"), draft])
    async with sessions() as session:
        kept = (await session.exec(select(Draft).where(Draft.token == "at once"))).one()
        person = await session.get(Consumer, PERSON)
    assert (kept.answers, kept.saved_at) == (draft.answers, AT)
    assert person is not None
    assert (person.name, person.phone) == ("Meena: :x %s", None)


async def test_one_row_that_cannot_be_writes_none(sessions: Sessions) -> None:
    rows = [Names(kind="at once", code="one"), Consumer(id=PERSON + 1)]
    with pytest.raises(IntegrityError):
        async with sessions.begin() as session:
            await add_at_once(session, [*rows, Draft(token="none", saved_at=None)])  # type: ignore[arg-type]
    async with sessions() as session:
        assert await session.get(Names, ("at once", "one")) is None


async def test_the_session_knows_what_was_written(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        row = Consumer(id=PERSON + 2, name="Asha")
        await add_at_once(session, [row])
        row.name = "Asha Example"
    async with sessions() as session:
        assert (await session.exec(select(Consumer.name).where(Consumer.id == PERSON + 2))).one() == "Asha Example"


async def test_what_is_no_value_of_a_row_is_refused(sessions: Sessions) -> None:
    with pytest.raises(TypeError):
        async with sessions.begin() as session:
            await add_at_once(session, [Missed(address=Path("/"), at=AT)])  # type: ignore[arg-type]
