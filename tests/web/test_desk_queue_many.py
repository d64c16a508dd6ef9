"""Very many open requests: the queue, the search, the relay and the outbox read few lines, by an index."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.outbox_rows import claim
from models import waiting
from models.callers import Caller
from models.database import Sessions
from models.finding import find
from models.posts import FilledPost
from models.queue import COUNTED, PAGE, Bounds, Choice, Place, Sight, View, counts, in_view, queue, shown_rows
from models.queue_heard import heard_lately
from models.requests import Consumer
from rules.terms import State
from tests.web.test_desk_queue import NOON, a_request

MANY = 4_000
POSTS = ("many-1", "many-2")
SIGHT = Sight(POSTS, colleagues=(*POSTS, "many-3"), team=("many-3", "many-4"))
BOUNDS = Bounds(NOON, NOON + timedelta(hours=12))
ZONE_HEAD = FilledPost("many-head", "zone_head", "answerable", "zone", None, "south", {}, "person")
FILL = """
insert into consumer (name, phone, account)
  select 'K' || substr(md5(n::text), 1, 6) || ' B' || substr(md5((n * 3)::text), 1, 7), '+9198' || lpad(n::text, 8, '0'), 'AC' || n from generate_series(1, :many) n;
insert into words (reference, body)
  select lpad((n + 300000000)::text, 9, '0'), substr(md5(n::text), 1, 8) || ' ' || substr(md5((n * 7)::text), 1, 8) from generate_series(1, :many) n;
insert into service_request
  select (jsonb_populate_record(one, jsonb_build_object('reference', c.ref, 'token', 'many-' || c.ref, 'consumer_id', c.id,
    'registered_at', one.registered_at - c.n * interval '1 minute'))).*
  from service_request one, (select id, row_number() over (order by id) as n,
    lpad((row_number() over (order by id) + 300000000)::text, 9, '0') as ref from consumer where account like 'AC%') c
  where one.reference = '300000000';
insert into task (id, reference, stage, ladder, tier, handler, answerable, entered, due, beyond_at, offered, answered, data)
  select reference || '/1', reference, 'complaint', 'supply', 1 + (n % 40 = 0)::int, 'many-' || 1 + n % 4, 'many-' || 1 + n % 2,
    now(), timestamptz '2026-11-23 04:30Z' + n * interval '1 minute', case when n % 400 = 0 then now() end, '[]', '[]', '{}'
  from (select reference, row_number() over (order by reference) as n from service_request where reference > '300000000') r;
insert into task (id, reference, stage, ladder, tier, handler, answerable, entered, done_at, offered, answered, data)
  select t.id || '/' || k, reference, stage, ladder, 1, handler, answerable, entered, now(), '[]', '[]', '{}'
  from task t cross join generate_series(1, 3) k;
"""
"""Dues a minute apart from two hours ago on; one in forty escalated, one in four hundred beyond the ladder; and three that are done for each."""


@pytest.fixture(scope="module")
async def many(sessions: Sessions) -> Sessions:
    """So many open requests of two posts and two colleagues."""
    async with sessions.begin() as session:
        consumer = Consumer(name="First")
        session.add(consumer)
        await session.flush()
        session.add(a_request("300000000", consumer.id or 0, State.ASSIGNED))
        await session.flush()
        for statement in FILL.replace(":many", str(MANY)).split(";\n"):
            if statement.strip():
                await session.exec(text(statement))  # type: ignore[call-overload]
    async with sessions.begin() as session:
        await session.exec(text("analyze"))  # type: ignore[call-overload]
    return sessions


@contextmanager
def statements(sessions: Sessions) -> Iterator[list[tuple[str, Any]]]:
    """What is sent to the database meanwhile."""
    sent: list[tuple[str, Any]] = []
    engine = sessions.kw["bind"].sync_engine

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", hear)
    yield sent
    event.remove(engine, "before_cursor_execute", hear)


async def plan(sessions: Sessions, sent: list[tuple[str, Any]]) -> str:
    """How the database would answer these statements."""
    async with sessions() as session:
        return await plan_within(session, sent)


async def plan_within(session: AsyncSession, sent: list[tuple[str, Any]]) -> str:
    """The same, in a transaction of its own surroundings."""
    lines: list[str] = []
    connection = await session.connection()
    for statement, parameters in sent:
        if "set_config" in statement:
            await connection.exec_driver_sql(statement, parameters)
        else:
            rows = await connection.exec_driver_sql(f"explain {statement}", parameters)
            lines += [row[0] for row in rows]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("view", "index"),
    [
        (View.ALL, "ix_task_queue_handler"),
        (View.ALL, "ix_task_queue_answerable"),
        (View.MINE, "ix_task_queue_handler"),
        (View.UNTAKEN, "ix_task_queue_handler"),
        (View.URGENT, "ix_task_climbed"),
        (View.BEYOND, "ix_task_beyond"),
        (View.TEAM, "ix_task_queue_handler"),
        (View.TO_AGREE, "ix_service_request_proposed"),
    ],
)
async def test_a_page_is_read_by_its_index_and_never_by_looking_at_everything(
    many: Sessions, view: View, index: str
) -> None:
    for after in (None, Place(NOON + timedelta(minutes=20), "300001000/1")):
        with statements(many) as sent:
            async with many() as session:
                found = await queue(session, SIGHT, view, BOUNDS, after)
        assert len(sent) <= 2
        asked = await plan(many, sent)
        assert index in asked
        assert "Seq Scan on task" not in asked, asked
        assert "Seq Scan on service_request" not in asked, asked
        assert len(found.rows) == (PAGE if view not in (View.TO_AGREE, View.BEYOND) else len(found.rows))


async def test_counting_stops_and_is_one_statement(many: Sessions) -> None:
    with statements(many) as sent:
        async with many() as session:
            numbers = await counts(session, SIGHT, BOUNDS)
    assert len(sent) == 1
    assert "Seq Scan on task" not in await plan(many, sent)
    assert numbers[View.ALL] == numbers[View.MINE] == numbers[View.TEAM] == COUNTED
    assert numbers[View.OVERDUE] == 119
    assert numbers[View.BEYOND] == MANY // 400


async def test_an_open_page_is_looked_at_again_by_the_keys_of_its_lines(many: Sessions) -> None:
    async with many() as session:
        page = [row.task for row in (await queue(session, SIGHT, View.ALL, BOUNDS)).rows]
        with statements(many) as sent:
            assert list(await shown_rows(session, page)) == page
            assert await in_view(session, SIGHT, View.OVERDUE, BOUNDS, page) == set(page)
            assert await in_view(session, SIGHT, View.OVERDUE, BOUNDS, page, Choice(state="on_hold")) == frozenset()
            await heard_lately(session, SIGHT, page)
    asked = await plan(many, sent)
    assert len(sent) == 4
    assert "pk_task" in asked
    assert "ix_service_request_changed_at" in asked
    assert "Seq Scan on task" not in asked, asked
    assert "Seq Scan on service_request" not in asked, asked


@pytest.mark.parametrize(
    ("caller", "words", "index"),
    [
        (Caller(phone="+919800000077"), "", "ix_consumer_phone"),
        (Caller(account="AC77"), "", "ix_consumer_account"),
        (Caller(name="K28dd2c B"), "", "ix_consumer_name"),
        (Caller(), "28dd2c79", "ix_words_body"),
    ],
)
async def test_a_search_follows_the_index_of_what_was_typed(
    many: Sessions, caller: Caller, words: str, index: str
) -> None:
    with statements(many) as sent:
        async with many() as session:
            found = await find(session, caller, words, (ZONE_HEAD,))
    assert "300000077" in {row.reference for row in found.open}
    assert len(found.open) < PAGE
    assert len(sent) == 5
    assert index in await plan(many, sent)


QUIET = """
update service_request set started_at = registered_at, wake_at = now() + interval '1 hour';
update service_request set started_at = null where reference < '300000004';
update service_request set wake_at = now() - interval '1 minute' where reference > '300003996';
insert into submission (id, reference, act, actor, data, at, received, answered)
  select 'many-' || reference, reference, 'note', 'officer', '{}', now(), now() - interval '1 hour',
    case when reference > '300000004' then now() end from service_request;
insert into notification (key, reference, number, kind, consumer_id, language, channels, data, queued, next_at, together, state, claim)
  select 'many-' || reference, reference, 1, 'acknowledged', consumer_id, 'en', '[]', '{}', now(), now() - interval '1 minute',
    false, case when reference > '300000004' then 'sent' else 'waiting' end, 0 from service_request;
analyze
"""
"""A quiet hour: nearly all is begun, ahead of its time, answered and sent; a few of each are not. It is rolled back."""


@pytest.mark.parametrize(
    ("question", "index"),
    [
        (lambda session, many: waiting.not_started(session, many, many), "ix_service_request_not_started"),
        (waiting.overdue, "ix_service_request_wake_at"),
        (waiting.unanswered, "ix_submission_unanswered"),
        (claim, "ix_notification_waiting"),
    ],
    ids=["not started", "timers overdue", "not answered", "not sent"],
)
async def test_what_waits_for_the_relay_and_the_outbox_is_found_by_its_index(
    many: Sessions, question: Callable[[AsyncSession, int], Awaitable[Sequence[Any]]], index: str
) -> None:
    async with many() as session:
        for statement in QUIET.split(";\n"):
            await session.exec(text(statement))  # type: ignore[call-overload]
        with statements(many) as sent:
            found = await question(session, 50)
        asked = await plan_within(session, sent)
        await session.rollback()
    assert 0 < len(found) < 10
    assert index in asked, asked
    for table in ("service_request", "submission", "notification"):
        assert f"Seq Scan on {table}" not in asked, asked
