"""The audit can only grow, and whoever changes it in the database itself is found out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit, Checked, Search, checked, entries, head_at
from models.chain import broken_history
from models.database import Sessions
from models.events import Event
from models.intake import register
from tests.models.test_intake import NEW

AT = datetime(2027, 6, 1, 9, tzinfo=UTC)


def entry(subject: str, note: str = "", at: datetime = AT) -> Audit:
    return Audit(at=at, person=1, what="tried", subject=subject, before={"a": "1"}, after={"a": "2"}, note=note)


async def added(sessions: Sessions, *rows: Audit) -> None:
    async with sessions.begin() as session:
        session.add_all(rows)


async def chain(sessions: Sessions) -> Checked:
    async with sessions() as session:
        return await checked(session)


@pytest.fixture
async def unguarded(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """A transaction in which the guards of the table are off, as its owner may have them; undone at the end."""
    async with sessions() as session:
        await session.exec(text("set local session_replication_role = replica"))  # type: ignore[call-overload]
        yield session
        await session.rollback()


async def test_entries_written_at_once_are_one_chain(sessions: Sessions) -> None:
    before = await chain(sessions)
    await asyncio.gather(*(added(sessions, entry(f"at once {number}"), entry("second")) for number in range(8)))
    after = await chain(sessions)
    assert (after.entries, after.broken) == (before.entries + 16, None)
    assert after.head != before.head


@pytest.mark.parametrize("change", ["update audit set note = 'other'", "delete from audit", "truncate audit"])
async def test_nothing_of_it_can_be_changed(sessions: Sessions, change: str) -> None:
    await added(sessions, entry("kept"))
    with pytest.raises(DBAPIError, match="the audit can only grow"):
        async with sessions.begin() as session:
            await session.exec(text(change))  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "change",
    [
        "update audit set note = 'other' where place = :place",
        'update audit set after = \'{"a": "3"}\' where place = :place',
        "update audit set person = null where place = :place",
        "update audit set at = at + interval '1 microsecond' where place = :place",
        "delete from audit where place = :place",
        "update audit set place = null where place = :place",
    ],
)
async def test_a_change_past_the_guards_is_found_where_it_was_made(
    sessions: Sessions, unguarded: AsyncSession, change: str
) -> None:
    await added(sessions, entry("one"), entry("two"))
    last = (await chain(sessions)).entries
    await unguarded.exec(text(change).bindparams(place=last - 1))  # type: ignore[call-overload]
    assert (await checked(unguarded)).broken in (last - 1, last, 0)


async def test_a_chain_cut_at_its_end_lacks_a_head_that_was_kept(sessions: Sessions, unguarded: AsyncSession) -> None:
    await added(sessions, entry("the last"))
    kept = await chain(sessions)
    assert await head_at(unguarded, kept.entries) == kept.head
    await unguarded.exec(text("delete from audit where place = :place").bindparams(place=kept.entries))  # type: ignore[call-overload]
    assert (await checked(unguarded)).broken is None
    assert await head_at(unguarded, kept.entries) is None


async def test_entries_are_found_by_words_subject_and_day(sessions: Sessions) -> None:
    await added(sessions, entry("wall", "100 % of_it"), entry("door", at=datetime(2027, 7, 1, tzinfo=UTC)))
    async with sessions() as session:
        found = [
            [row.subject for row in await entries(session, Search(what="tried", **asked))]
            for asked in ({"words": "100 % OF_"}, {"words": "100 _ of"}, {"since": datetime(2027, 6, 30, tzinfo=UTC)})
        ]
        newest = await entries(session, Search(what="tried"), limit=1)
        below = await entries(session, Search(what="tried"), below=newest[0].id, limit=1)
    assert found == [["wall"], [], ["door"]]
    assert [newest[0].subject, below[0].subject] == ["door", "wall"]


async def test_a_changed_line_of_a_history_is_found(sessions: Sessions, unguarded: AsyncSession) -> None:
    async with sessions.begin() as session:
        row = await register(session, NEW.__class__(**{**NEW.__dict__, "token": "chained", "locality": "gizri"}))
    assert (await broken_history(unguarded))[1] is None
    line = (await unguarded.exec(select(Event).where(col(Event.reference) == row.reference))).one()
    line.data = {**line.data, "office": "elsewhere"}
    await unguarded.flush()
    assert (await broken_history(unguarded))[1] == f"{row.reference}/1"
