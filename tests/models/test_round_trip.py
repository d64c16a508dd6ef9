"""Statements in one round trip: the last one's rows, each statement's own view, and errors as anybody else raises them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from models.database import Sessions, engine, sessions_of
from models.round_trip import in_one_trip

LOCK = ("select pg_advisory_xact_lock(%(key)s)", {"key": 77_001})
MANY: Any = text("insert into names (kind, code, place, labels, data) values ('given up', :code, 0, '{}', '{}')")
ASKED = ("select code, kind from names where kind = %(kind)s", {"kind": "one trip"})


class GivenUp(Exception):
    """Nothing is to be kept."""


async def test_a_question_behind_a_lock_sees_what_whoever_had_it_wrote(sessions: Sessions) -> None:
    async with sessions() as session:
        async with sessions.begin() as first:
            await in_one_trip(first, LOCK)
            behind = asyncio.create_task(in_one_trip(session, LOCK, ASKED))
            await asyncio.sleep(0.2)
            assert not behind.done()
            await first.exec(
                text("insert into names (kind, code, place, labels, data) values ('one trip', 'a', 0, '{}', '{}')")
            )  # type: ignore[call-overload]
        [row] = await behind
    assert (row.code, row.kind) == ("a", "one trip")


async def test_an_error_is_the_one_that_is_known_everywhere(sessions: Sessions) -> None:
    twice = ("insert into names (kind, code, place, labels, data) values ('twice', 'a', 0, '{}', '{}')", {})
    with pytest.raises(IntegrityError):
        async with sessions.begin() as session:
            await in_one_trip(session, twice, twice, ASKED)
    async with sessions() as session:
        assert not await in_one_trip(session, ("select 1 from names where kind = 'twice'", {}))


async def test_a_connection_that_is_gone_is_not_used_again(sessions: Sessions) -> None:
    async with sessions() as session:
        with pytest.raises(DBAPIError) as gone:
            await in_one_trip(session, ("select pg_terminate_backend(pg_backend_pid())", {}), ASKED)
        assert isinstance(gone.value, OperationalError)
        assert gone.value.connection_invalidated
    async with sessions() as session:
        [row] = await in_one_trip(session, ("select 1 as one", {}))
    assert row.one == 1


@pytest.mark.parametrize("trip", [True, False], ids=["one trip", "many rows"])
async def test_whoever_is_cancelled_at_any_moment_leaves_no_connection_in_its_midst(
    database_url: str, monkeypatch: pytest.MonkeyPatch, trip: bool
) -> None:
    """On a loop that is always behind, psycopg lets others go first in many places, at each of which one may be cancelled."""
    monkeypatch.setattr("psycopg.waiting.MAX_BUSY_TIME", -1.0)
    own = engine(database_url, pool=1, milliseconds=1_000)
    sessions = sessions_of(own)
    rows = [{"code": f"given up {one}"} for one in range(3)]

    async def work() -> None:
        async with sessions.begin() as session:
            if trip:
                await in_one_trip(session, LOCK, ASKED)
            await session.exec(MANY, params=rows)
            raise GivenUp

    try:
        for turns in range(60):
            working = asyncio.create_task(work())
            for _ in range(turns):
                await asyncio.sleep(0)
            working.cancel()
            await asyncio.wait({working})
            with pytest.raises(GivenUp):
                await asyncio.wait_for(work(), 3)
    finally:
        await own.dispose()
