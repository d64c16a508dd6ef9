"""Statements in one round trip: the last one's rows, each statement's own view, and errors as anybody else raises them."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from models.database import Sessions
from models.round_trip import in_one_trip

LOCK = ("select pg_advisory_xact_lock(%(key)s)", {"key": 77_001})
ASKED = ("select code, kind from names where kind = %(kind)s", {"kind": "one trip"})


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
