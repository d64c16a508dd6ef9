"""The pen on a real database: one transaction by one command, once, however often and by whomever it is asked."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel, col, func, select
from temporalio.exceptions import ApplicationError

from activities import writing
from activities.record import Record
from models import database
from models.chain import digest
from models.database import Sessions
from models.events import Event, Submission
from models.intake import New, register
from models.outbox import Notification
from models.people import Post, Staff
from models.policy_proposals import import_toml
from models.requests import Hold, ServiceRequest, Task
from models.tray import put
from rules.messages import ItIsTime, Look, Take
from rules.terms import Act, Actor, Channel, Kind, Refused, State

NOW = datetime(2027, 5, 14, 12, 30, tzinfo=UTC)
"""Friday 14 May 2027, six in the evening in the demo's zone."""
NUMBERS = itertools.count(1)


@pytest.fixture
def record(sessions: Sessions) -> Record:
    """A pen on this module's database."""
    return Record(sessions)


async def filed(
    sessions: Sessions, category: str = "no-supply", locality: str = "gizri", phone: str = "+919810000001"
) -> str:
    """A complaint that was only received."""
    new = New(
        kind=Kind.COMPLAINT, category=category, channel=Channel.WEB, language="hi", description="No light.",
        token=f"form-{next(NUMBERS)}", at=NOW, locality=locality, phone=phone,
    )  # fmt: skip
    async with sessions.begin() as session:
        return (await register(session, new)).reference


async def put_in(
    sessions: Sessions, reference: str, act: Act, *, post: str | None = None, words: str | None = None, **more: Any
) -> Take:
    """Something in the tray; from the consumer unless a post is named."""
    id, actor = f"sent-{next(NUMBERS)}", Actor.OFFICER if post else Actor.CONSUMER
    async with sessions.begin() as session:
        await put(session, id=id, reference=reference, act=act, actor=actor, at=NOW, post=post, words=words, **more)
    return Take(reference, id, act, NOW + timedelta(minutes=5))


async def rows(sessions: Sessions, table: type[SQLModel], reference: str) -> list[Any]:
    """Every row of a table that belongs to a request."""
    async with sessions() as session:
        column: Any = table.reference  # type: ignore[attr-defined]
        return list((await session.exec(select(table).where(column == reference))).all())


async def row(sessions: Sessions, reference: str) -> ServiceRequest:
    """The request's row."""
    return (await rows(sessions, ServiceRequest, reference))[0]  # type: ignore[no-any-return]


async def handler(sessions: Sessions, reference: str) -> str:
    """Who does the work."""
    return str((await rows(sessions, Task, reference))[0].handler)


async def test_a_look_gives_it_to_somebody_once(sessions: Sessions, record: Record) -> None:
    reference = await filed(sessions)
    first = await record.look(Look(reference, NOW))
    again = await record.look(Look(reference, NOW + timedelta(hours=1)))
    assert first == again
    assert (first.state, first.number, first.wake_at) == (State.ASSIGNED, 2, NOW + timedelta(minutes=20))
    assert [event.kind for event in await rows(sessions, Event, reference)] == ["registered", "assigned"]
    assert (await row(sessions, reference)).started_at is not None


async def test_ten_pens_at_once_write_what_one_writes(sessions: Sessions) -> None:
    reference = await filed(sessions)
    pens = [Record(sessions) for _ in range(10)]
    looks = await asyncio.gather(*(pen.look(Look(reference, NOW)) for pen in pens))
    take = await put_in(sessions, reference, Act.ACCEPT, post=await handler(sessions, reference))
    taken = await asyncio.gather(*(pen.take(take) for pen in pens))
    due = (await row(sessions, reference)).wake_at
    assert due is not None
    await asyncio.gather(*(pen.it_is_time(ItIsTime(reference, due)) for pen in pens))
    assert len(set(map(str, looks))) == len(set(map(str, taken))) == 1
    kinds = [event.kind for event in await rows(sessions, Event, reference)]
    assert kinds == ["registered", "assigned", "accepted", "reminded"]
    keys = [notice.key for notice in await rows(sessions, Notification, reference)]
    assert len(keys) == len(set(keys))


async def test_a_refusal_is_kept_and_answered_again(sessions: Sessions, record: Record) -> None:
    reference = await filed(sessions)
    await record.look(Look(reference, NOW))
    before = await row(sessions, reference)
    take = await put_in(sessions, reference, Act.ACCEPT, post="zone-head-south")
    first, again = await record.take(take), await record.take(take)
    assert (first.refused, again) == (Refused.NOT_YOURS, first)
    kept = (await rows(sessions, Submission, reference))[0]
    assert (kept.refused, kept.number, kept.answered is not None) == ("not_yours", None, True)
    assert (await row(sessions, reference)).changed_at == before.changed_at


async def test_nothing_of_a_transition_is_written_when_its_last_part_fails(
    sessions: Sessions, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await filed(sessions)
    await record.look(Look(reference, NOW))
    take = await put_in(
        sessions, reference, Act.HOLD, post=await handler(sessions, reference), data={"reason": "premises-locked"}
    )
    everything = [await counted(sessions, table) for table in TABLES]
    with monkeypatch.context() as patch:
        patch.setattr(writing, "queue", failing)
        with pytest.raises(ConnectionError):
            await record.take(take)
    assert [await counted(sessions, table) for table in TABLES] == everything
    assert (await row(sessions, reference)).state == State.ASSIGNED
    assert (await record.take(take)).standing.state is State.ON_HOLD


TABLES = (Event, Hold, Notification, Task)


async def counted(sessions: Sessions, table: type[SQLModel]) -> int:
    """How many rows a table has."""
    async with sessions() as session:
        return (await session.exec(select(func.count()).select_from(table))).one()


async def failing(*_: object, **__: object) -> None:
    """The connection is lost before the notices are written."""
    raise ConnectionError("server closed the connection")


async def test_what_there_is_not_is_never_tried_again(sessions: Sessions, record: Record) -> None:
    reference, other = await filed(sessions), await filed(sessions)
    foreign = await put_in(sessions, other, Act.ADD, words="Hello.")
    for call, kind in [
        (record.look(Look("999999990", NOW)), "NoRequest"),
        (record.it_is_time(ItIsTime("999999990", NOW)), "NoRequest"),
        (record.take(Take("999999990", foreign.submission, Act.ADD)), "NoRequest"),
        (record.take(Take(reference, "never sent", Act.ADD)), "NoSubmission"),
        (record.take(Take(reference, foreign.submission, Act.ADD)), "NoSubmission"),
    ]:
        with pytest.raises(ApplicationError) as refused:
            await call
        assert (refused.value.type, refused.value.non_retryable) == (kind, True)


async def test_a_cases_clock_never_goes_back(sessions: Sessions, record: Record) -> None:
    reference = await filed(sessions)
    await record.look(Look(reference, NOW))
    later = await put_in(sessions, reference, Act.ADD, words="Later.")
    await record.take(later)
    earlier = await put_in(sessions, reference, Act.ADD, words="By a clock that is slow.")
    await record.take(Take(reference, earlier.submission, Act.ADD, NOW - timedelta(hours=3)))
    instants = [event.at for event in await rows(sessions, Event, reference)]
    assert instants == sorted(instants)
    assert instants[-1] == later.at


async def test_the_history_is_a_chain_that_any_change_breaks(sessions: Sessions, record: Record) -> None:
    reference = await filed(sessions)
    await record.it_is_time(ItIsTime(reference, NOW + timedelta(hours=2)))
    await record.it_is_time(ItIsTime(reference, NOW + timedelta(hours=9)))
    events: list[Event] = sorted(await rows(sessions, Event, reference), key=lambda event: event.number)
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert len(events) > 6
    assert [event.previous for event in events] == ["", *(event.hash for event in events[:-1])]
    assert all(event.hash == digest(event) for event in events)
    events[3].data = {**events[3].data, "post": "somebody-else"}
    assert events[3].hash != digest(events[3])


async def test_what_fell_due_in_the_transition_of_an_act_is_told_as_it_was_before_the_act(
    sessions: Sessions, record: Record
) -> None:
    reference = await filed(sessions)
    await record.look(Look(reference, NOW))
    hers = await handler(sessions, reference)
    await record.take(await put_in(sessions, reference, Act.ACCEPT, post=hers))
    moved = await put_in(sessions, reference, Act.TRANSFER, post=hers, data={"office": "quyumabad"}, words="Theirs.")
    taken = await record.take(replace(moved, at=NOW + timedelta(days=2)))
    assert taken.refused is None
    told = {one.kind: one.data for one in await rows(sessions, Notification, reference) if one.consumer_id}
    before, after = told["escalated"], told["transferred"]
    assert (before["office"], before["handler"], before["post"]) == ("gizri", hers, "service-manager-gizri")
    assert (after["office"], after["handler"]) == ("quyumabad", (await rows(sessions, Task, reference))[0].handler)


async def test_lateness_is_what_the_database_recorded_after_the_due_instant(sessions: Sessions, record: Record) -> None:
    reference = await filed(sessions)
    await record.it_is_time(ItIsTime(reference, NOW + timedelta(minutes=20)))
    event = (await rows(sessions, Event, reference))[-1]
    assert (event.kind, event.due, event.at) == (
        "not_taken_up", NOW + timedelta(minutes=20), NOW + timedelta(minutes=20),
    )  # fmt: skip
    assert abs(datetime.now(UTC) - event.recorded) < timedelta(minutes=1)


async def test_loads_are_those_of_the_open_tasks_whatever_happens_to_them(sessions: Sessions, record: Record) -> None:
    references = [await filed(sessions) for _ in range(4)]
    await asyncio.gather(*(record.look(Look(reference, NOW)) for reference in references))
    given, resolved, withdrawn, _ = references
    await record.take(await put_in(sessions, given, Act.REASSIGN, post=await handler(sessions, given)))
    await record.take(await put_in(sessions, resolved, Act.SUPPLY_BACK))
    await record.take(await put_in(sessions, withdrawn, Act.WITHDRAW))
    await record.take(await put_in(sessions, resolved, Act.REOPEN))
    async with sessions() as session:
        asked = select(Task.handler, func.count()).where(col(Task.done_at).is_(None)).group_by(Task.handler)
        open_tasks = dict((await session.exec(asked)).all())
        loads = dict((await session.exec(select(Post.code, Post.open_tasks).where(Post.open_tasks != 0))).all())
    assert loads == open_tasks


@pytest.fixture
async def impatient(database_url: str) -> AsyncIterator[Record]:
    """A pen bounded as the worker's is, but sooner."""
    engine = database.engine(database_url, milliseconds=300)
    yield Record(database.sessions_of(engine))
    await engine.dispose()


async def test_a_locked_row_is_given_up_within_the_pens_bounds(sessions: Sessions, impatient: Record) -> None:
    reference, other = await filed(sessions), await filed(sessions)
    async with sessions.begin() as session:
        await session.exec(select(ServiceRequest).where(ServiceRequest.reference == reference).with_for_update())
        with pytest.raises(OperationalError):
            await impatient.look(Look(reference, NOW))
        assert (await impatient.look(Look(other, NOW))).state is State.ASSIGNED
    assert (await impatient.look(Look(reference, NOW))).state is State.ASSIGNED


async def test_a_hint_follows_every_commit_and_no_failure(sessions: Sessions) -> None:
    given: list[str] = []
    record = Record(sessions, committed=lambda: given.append("look"))
    reference = await filed(sessions)
    await record.look(Look(reference, NOW))
    assert given == ["look"]
    with pytest.raises(ApplicationError):
        await record.look(Look("999999990", NOW))
    assert given == ["look"]


async def test_a_request_keeps_the_timings_it_was_registered_under(sessions: Sessions, record: Record) -> None:
    old = await filed(sessions)
    async with sessions.begin() as session:
        await import_toml(session, '[complaint.no-supply]\naccept = "10m"\n', "Shorter", None, NOW)
    new = await filed(sessions)
    standings = [await record.look(Look(reference, NOW)) for reference in (old, new)]
    assert [standing.wake_at for standing in standings] == [NOW + timedelta(minutes=20), NOW + timedelta(minutes=10)]


async def test_nobody_acts_as_an_officer_on_a_request_of_his_own(sessions: Sessions, record: Record) -> None:
    reference = await filed(sessions, phone="+91 55500 00101")
    await record.look(Look(reference, NOW))
    async with sessions() as session:
        asha = (await session.exec(select(Staff.id).where(Staff.username == "asha"))).one()
    for act in (Act.NOTE, Act.RESOLVE, Act.CONFIRM):
        sent = await put_in(
            sessions, reference, act, post=await handler(sessions, reference), words="Mine.", person=asha
        )
        assert (await record.take(sent)).refused is Refused.OWN_WORK
    other = await put_in(
        sessions, reference, Act.NOTE, post=await handler(sessions, reference), words="Seen.", person=0
    )
    assert (await record.take(other)).refused is None
