"""The queue: soonest due first, held last, a page at a time, and nothing of other posts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select

from models.database import Sessions
from models.queue import PAGE, Bounds, Choice, Page, Place, Sight, View, counts, queue
from models.requests import Consumer, Lapse, ServiceRequest, Task
from rules.terms import State
from web.desk.queue_address import asked_states

NOON = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
BOUNDS = Bounds(NOON, NOON + timedelta(hours=12))
US, BOSS, OTHER = "q-ro", "q-sm", "q-other"
SIGHT = Sight((US,), colleagues=(US, BOSS, OTHER), team=(OTHER,))


async def put(sessions: Sessions, minutes: list[int | None], handler: str = US, answerable: str = US) -> None:
    """Requests whose tasks fall due so many minutes from noon; None is held."""
    async with sessions.begin() as session:
        consumer = Consumer()
        session.add(consumer)
        await session.flush()
        first = 100_000_000 + sum(map(ord, handler + answerable)) * 1000
        for number, due in enumerate(minutes, first):
            session.add(a_request(str(number), consumer.id or 0, State.ON_HOLD if due is None else State.ASSIGNED))
        await session.flush()
        for number, due in enumerate(minutes, first):
            at = None if due is None else NOON + timedelta(minutes=due)
            session.add(
                Task(
                    id=f"{number}/1",
                    reference=str(number),
                    ladder="supply",
                    handler=handler,
                    answerable=answerable,
                    entered=NOON,
                    due=at,
                )
            )


def a_request(reference: str, consumer: int, state: State) -> ServiceRequest:
    return ServiceRequest(
        reference=reference,
        kind="complaint",
        category="no-supply",
        state=state,
        changed_at=NOON,
        registered_at=NOON,
        policy_version=1,
        office="gizri",
        zone="south",
        channel="web",
        language="en",
        consumer_id=consumer,
        token=f"queue-{reference}",
    )


@pytest.fixture(autouse=True)
async def _only_these(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await session.exec(delete(Lapse).where(col(Lapse.post).in_([US, BOSS, OTHER])))
        await session.exec(delete(Task).where(col(Task.handler).in_([US, BOSS, OTHER])))
        await session.exec(delete(ServiceRequest).where(col(ServiceRequest.token).startswith("queue-")))


async def page(
    sessions: Sessions, view: View = View.ALL, after: Place | None = None, posts: tuple[str, ...] = (US,)
) -> Page:
    async with sessions() as session:
        return await queue(session, replace(SIGHT, posts=posts), view, BOUNDS, after)


def dues(found: Page) -> list[int | None]:
    return [None if r.due is None else int((r.due - NOON).total_seconds() // 60) for r in found.rows]


async def test_the_soonest_due_comes_first_and_held_ones_last(sessions: Sessions) -> None:
    await put(sessions, [90, None, -30, 20])
    assert dues(await page(sessions)) == [-30, 20, 90, None]


async def test_each_page_goes_on_where_the_last_ended_also_among_equals_and_held_ones(sessions: Sessions) -> None:
    await put(sessions, [5] * (PAGE + 10) + [None] * (PAGE + 10) + [1])
    seen: list[str] = []
    found = await page(sessions)
    while True:
        assert len(found.rows) <= PAGE
        seen += [row.task for row in found.rows]
        if found.after is None:
            break
        found = await page(sessions, after=found.after)
    assert len(seen) == len(set(seen)) == 2 * PAGE + 21


async def test_a_task_that_is_ours_twice_stands_in_the_queue_once(sessions: Sessions) -> None:
    await put(sessions, [10], US, BOSS)
    assert dues(await page(sessions, posts=(US, BOSS))) == [10]


async def test_the_views_cut_the_queue_and_the_counts_agree_with_them(sessions: Sessions) -> None:
    await put(sessions, [-10, 30, 60 * 13, None])
    await put(sessions, [-20, 40], OTHER, US)
    await put(sessions, [1], OTHER, BOSS)
    expected = {
        View.ALL: [-20, -10, 30, 40, 780, None],
        View.MINE: [-10, 30, 780, None],
        View.ANSWERABLE: [-20, -10, 30, 40, 780, None],
        View.TO_AGREE: [],
        View.UNTAKEN: [-20, -10, 1, 30, 40, 780],
        View.DUE_TODAY: [30, 40],
        View.OVERDUE: [-20, -10],
        View.URGENT: [-20, -10, 30, 40, 780],
        View.ON_HOLD: [None],
        View.BEYOND: [-20],
        View.TEAM: [-20, 1, 40],
    }
    async with sessions.begin() as session:
        due = col(Task.due)
        await session.exec(update(Task).where(due == NOON + timedelta(hours=13)).values(tier=2))
        await session.exec(update(Task).where(due == NOON - timedelta(minutes=20)).values(beyond_at=NOON))
        await session.exec(update(Task).where(due.is_(None), col(Task.handler) == US).values(accepted_at=NOON))
    assert {view: dues(await page(sessions, view)) for view in View} == expected
    async with sessions() as session:
        assert await counts(session, SIGHT, BOUNDS) == {view: len(rows) for view, rows in expected.items()}


async def change(sessions: Sessions, due: int, **columns: object) -> None:
    """Set columns of the request whose task falls due so many minutes from noon."""
    async with sessions.begin() as session:
        asked = select(Task.reference).where(Task.due == NOON + timedelta(minutes=due))
        row = await session.get_one(ServiceRequest, (await session.exec(asked)).one())
        for name, value in columns.items():
            setattr(row, name, value)
        session.add(row)


async def test_danger_stands_on_top_of_the_first_page_and_on_no_later_one(sessions: Sessions) -> None:
    await put(sessions, [-60, *range(1, PAGE + 5)])
    await change(sessions, PAGE + 3, safety=True)
    await change(sessions, 7, safety=True)
    await change(sessions, 9, safety=True, state=State.RESOLVED)
    first = await page(sessions)
    assert dues(first)[:4] == [7, PAGE + 3, -60, 1]
    assert dues(first).count(7) == 1
    assert PAGE + 3 not in dues(await page(sessions, after=first.after))
    assert dues(await page(sessions, View.OVERDUE)) == [-60]


async def test_what_is_proposed_stands_in_the_queue_of_who_must_agree(sessions: Sessions) -> None:
    await put(sessions, [10, 20, 30, 40], US, US)
    await change(sessions, 10, proposal={"what": "correct", "post": BOSS, "from": US, "category": "voltage"})
    await change(sessions, 20, proposal={"what": "hold", "post": BOSS})
    await change(sessions, 30, proposal={"what": "transfer", "post": BOSS, "office": "rehri"}, confidential=True)
    assert dues(await page(sessions, View.TO_AGREE, posts=(BOSS,))) == [10, 20]
    assert dues(await page(sessions, posts=(BOSS,))) == [10, 20]
    assert dues(await page(sessions, View.TO_AGREE)) == [20]  # answers for it, and did not propose it
    async with sessions() as session:
        assert await counts(session, Sight((BOSS,)), BOUNDS) == {
            **dict.fromkeys(View, 0), View.ALL: 2, View.TO_AGREE: 2
        }  # fmt: skip


async def test_of_those_the_consumer_was_asked_about_there_is_one_sort(sessions: Sessions) -> None:
    assert [label for _, label in asked_states()].count("Waiting for the answer") == 1
    await put(sessions, [10, 20, 30])
    await change(sessions, 10, state=State.RESOLVED)
    await change(sessions, 20, state=State.DONE)
    async with sessions() as session:
        found = await queue(session, Sight((US,)), View.ALL, BOUNDS, choice=Choice(state="resolved"))
    assert dues(found) == [10, 20]


async def test_who_let_it_lapse_keeps_it_unless_it_became_confidential(sessions: Sessions) -> None:
    await put(sessions, [10, 20], BOSS, BOSS)
    async with sessions.begin() as session:
        for task in (await session.exec(select(Task).where(Task.handler == BOSS))).all():
            lapse = {"tier": 1, "post": US, "due": NOON, "at": NOON}
            session.add(Lapse(task_id=task.id, reference=task.reference, **lapse))
    assert dues(await page(sessions)) == [10, 20]
    await change(sessions, 20, confidential=True)
    assert dues(await page(sessions)) == [10]


async def test_what_climbed_past_us_stays_in_our_queue_and_is_counted(sessions: Sessions) -> None:
    await put(sessions, [10, 20], OTHER, BOSS)
    async with sessions.begin() as session:
        passed = (await queue(session, Sight((BOSS,)), View.ALL, BOUNDS)).rows[0]
        session.add(Lapse(task_id=passed.task, reference=passed.reference, tier=1, post=US, due=NOON, at=NOON))
    assert dues(await page(sessions)) == [10]
    async with sessions() as session:
        assert (await counts(session, Sight((US,)), BOUNDS))[View.ALL] == 1
        assert (await counts(session, Sight((US, BOSS)), BOUNDS))[View.ALL] == 2


async def test_done_tasks_and_people_without_posts_have_nothing(sessions: Sessions) -> None:
    await put(sessions, [10])
    async with sessions.begin() as session:
        await session.exec(update(Task).where(col(Task.handler) == US).values(done_at=NOON))
    assert dues(await page(sessions)) == []
    assert dues(await page(sessions, posts=())) == []
    async with sessions() as session:
        assert set((await counts(session, Sight(()), BOUNDS)).values()) == {0}
