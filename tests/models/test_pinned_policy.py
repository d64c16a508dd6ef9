"""Which policy a request is pinned to: the newest at its commit, whatever is saved in the same milliseconds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from models import database, policy_versions
from models.database import Sessions
from models.intake import register
from models.policy import PolicyVersion
from rules.durations import parse
from rules.policy import Policy
from rules.policy_json import to_json
from tests.models.test_intake import NEW
from tests.world import demo_profile

MOST_STATEMENTS = 14
ACCEPT = (f"{minutes}m" for minutes in range(21, 60))


async def saved(session: AsyncSession) -> int:
    """The next version, in which the accept time of a category is another; its number."""
    policy = await policy_versions.current(session)
    timings = {**policy.timings, "no-supply": replace(policy.timings["no-supply"], accept=parse(next(ACCEPT)))}
    return await policy_versions.save(session, replace(policy, timings=timings), "Another", None, NEW.at)


async def one_waits(sessions: Sessions) -> None:
    """Come back once somebody waits for a lock of this database."""
    waiting = text(
        "select count(*) from pg_locks where locktype = 'advisory' and not granted"
        " and database = (select oid from pg_database where datname = current_database())"
    )
    async with asyncio.timeout(10):
        while True:
            async with sessions() as session:
                if (await session.exec(waiting)).scalar_one():  # type: ignore[call-overload]
                    return


async def test_a_version_is_not_saved_while_a_request_that_chose_its_own_is_written(sessions: Sessions) -> None:
    async with sessions.begin() as filing:
        row = await register(filing, replace(NEW, token="first of both", locality="gizri"))
        before = row.policy_version

        async def save() -> int:
            async with sessions.begin() as saving:
                return await saved(saving)

        later = asyncio.create_task(save())
        await one_waits(sessions)
        assert not later.done()
    assert await later == before + 1


async def test_a_request_filed_while_a_version_is_being_saved_gets_that_version(sessions: Sessions) -> None:
    kept: dict[int, Policy] = {}
    async with sessions.begin() as session:
        await register(session, replace(NEW, token="before it", locality="gizri"), kept)
    async with sessions.begin() as saving:
        number = await saved(saving)

        async def file() -> int:
            async with sessions.begin() as filing:
                row = await register(filing, replace(NEW, token="second of both", locality="gizri"), kept)
                return row.policy_version

        filed = asyncio.create_task(file())
        await one_waits(sessions)
    assert await filed == number
    assert set(kept) == {number - 1, number}


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine of the test's own, whose statements are counted."""
    own = database.engine(database_url)
    yield own
    await own.dispose()


@contextmanager
def listed(engine: AsyncEngine) -> Iterator[list[str]]:
    """Every statement sent while the block lasts."""
    told: list[str] = []

    def hear(_: object, __: object, statement: str, *___: object) -> None:
        told.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", hear)
    yield told
    event.remove(engine.sync_engine, "before_cursor_execute", hear)


async def test_a_filing_reads_no_policy_it_has_read_before(engine: AsyncEngine) -> None:
    sessions, kept = database.sessions_of(engine), dict[int, Policy]()
    async with sessions.begin() as session:
        await register(session, replace(NEW, token="reads it", locality="gizri"), kept)
    with listed(engine) as statements:
        async with sessions.begin() as session:
            row = await register(session, replace(NEW, token="has read it", locality="gizri"), kept)
    assert row.policy_version in kept
    assert not [statement for statement in statements if "policy_version.content" in statement.lower()]
    assert len(statements) <= MOST_STATEMENTS, statements


def test_a_version_is_read_once_and_one_of_another_database_is_another() -> None:
    policy = demo_profile().policy
    here, again = (PolicyVersion(number=900, content=to_json(policy), note="First", at=NEW.at) for _ in range(2))
    assert here.policy is again.policy
    assert here.policy == policy
    other = replace(policy, limits=replace(policy.limits, reminder_share=policy.limits.reminder_share / 2))
    assert PolicyVersion(number=900, content=to_json(other), note="First", at=NEW.at).policy == other
    assert here.policy == policy
