"""The demo's data: every history made by the rules, nothing due, nothing left to be sent, and as the pen would have written it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import phonenumbers
import pytest
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities import writing
from activities.demo.course import Move
from activities.demo.plan import QUIET, Plan
from activities.demo.requests import new_of, tell
from activities.demo.scenes import Cast
from activities.demo.seed import SEED, all_planned, seed
from activities.demo.stories import CLOSED, OPEN
from activities.demo.words import LANGUAGES, WITH_WORDS, written
from activities.record import Record
from embedded.postgres import Postgres
from models import database
from models.cases import DemandNote, Meter, Payment, Taken
from models.chain import digest
from models.database import Sessions
from models.events import Event, Submission
from models.intake import register
from models.outbox import Attempt, Notification
from models.papers import Document
from models.people import AnswerLink, Post
from models.requests import Connection, Consumer, Hold, Lapse, ServiceRequest, Task, Words
from models.telephones import telephone
from models.tray import put
from rules import request as rules
from rules.messages import ItIsTime, Look, Take
from rules.states import LEADS_TO
from rules.terms import Act, Closing, Kind, State
from tests.engines import engine
from tests.servers import database_of
from tests.world import demo_profile

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2027, 3, 20, 21, 40, tzinfo=UTC)
LAST_STATE = {
    "assigned": State.ASSIGNED, "held": State.ON_HOLD, "hold_ended": None, "resumed": State.IN_PROGRESS,
    "present": State.IN_PROGRESS, "resolved": State.RESOLVED, "not_repaired": State.IN_PROGRESS,
    "closed": State.CLOSED, "reopened": State.IN_PROGRESS, "withdrawn": State.WITHDRAWN,
}  # fmt: skip
"""To which state an event leads, if it always leads to the same."""


WHOLE = pytest.mark.sweep("all of the demo's data")


@dataclass
class Told:
    """A database with the demo's data, and what was heard of its progress."""

    sessions: Sessions
    heard: list[tuple[int, int]] = field(default_factory=list)


@pytest.fixture(scope="module", params=[pytest.param("all", marks=WHOLE)])
async def told(postgres: Postgres) -> AsyncIterator[Told]:
    """The demo's data in a database of its own."""
    async with database_of(postgres) as url:
        own = engine(url)
        made = Told(database.sessions_of(own))
        await seed(made.sessions, NOW, lambda done, of: made.heard.append((done, of)))
        yield made
        await own.dispose()


@pytest.fixture(scope="module")
def sessions(told: Told) -> Sessions:
    """Sessions on that database."""
    return told.sessions


@pytest.fixture
async def session(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """A session on the database with the demo's data."""
    async with sessions() as opened:
        yield opened


async def all_of(session: AsyncSession, table: type[Any], *order: Any) -> list[Any]:
    """Every row of a table."""
    return list((await session.exec(select(table).order_by(*order))).all())


def test_the_demo_has_as_many_complaints_as_it_says() -> None:
    assert sum(story.count for story in (*CLOSED, *OPEN)) == 150
    assert sum(story.count for story in CLOSED) == 110


async def test_there_are_as_many_as_the_stories_say_and_progress_is_heard(session: AsyncSession, told: Told) -> None:
    rows = [row for row in await all_of(session, ServiceRequest) if row.kind == Kind.COMPLAINT]
    wanted = Counter[State]()
    for story in (*CLOSED, *OPEN):
        wanted[story.goal.state] += story.count
    assert Counter(State(row.state) for row in rows) == wanted
    count = len(await all_of(session, ServiceRequest))
    assert told.heard == [(number, count) for number in range(1, count + 1)]
    assert len(await all_of(session, Connection)) == 300


async def test_every_way_to_end_every_language_and_every_door_is_there(session: AsyncSession) -> None:
    rows = await all_of(session, ServiceRequest)
    assert {row.closing for row in rows} - {None} == set(Closing) - {Closing.REJECTED, Closing.FIRST_CONTACT}
    assert {row.language for row in rows} == {"en", "hi", "ur"}
    assert {row.channel for row in rows} == {"web", "call", "counter"}
    assert sum(row.within_standard is False for row in rows) >= 5
    assert sum(row.confidential for row in rows) == 4
    assert sum(row.safety for row in rows) == 5
    assert {row.office for row in rows} == set(demo_profile().offices) - {"place-desk"}
    oldest = min(row.registered_at for row in rows)
    assert timedelta(days=80) < NOW - oldest <= timedelta(days=90)


async def test_open_requests_stand_at_every_tier_and_beyond(session: AsyncSession) -> None:
    tasks = [task for task in await all_of(session, Task) if task.done_at is None]
    assert Counter(min(task.tier, 3) for task in tasks) >= Counter({1: 20, 2: 7, 3: 4})
    assert sum(task.beyond_at is not None for task in tasks if task.stage == "complaint") == 3


async def test_nothing_falls_due_before_the_worker_is_up_and_all_that_go_on_wait_for_it(session: AsyncSession) -> None:
    for row in await all_of(session, ServiceRequest):
        assert (row.started_at is None) == (not row.over), row.reference
        if row.over or (row.state == State.RECEIVED and row.kind == Kind.COMPLAINT):
            assert row.wake_at is None
        else:
            assert row.wake_at > NOW + QUIET


async def test_a_workflows_first_look_changes_nothing(session: AsyncSession, sessions: Sessions) -> None:
    record = Record(sessions)
    going_on = [row for row in await all_of(session, ServiceRequest) if not row.over and row.state != State.RECEIVED]
    assert len(going_on) >= 12
    for row in going_on[::4]:
        standing = await record.look(Look(row.reference, NOW))
        assert (standing.number, standing.wake_at) == (row.number, row.wake_at)


async def test_every_history_is_numbered_chained_and_past(session: AsyncSession) -> None:
    events = await all_of(session, Event, Event.reference, Event.number)
    rows = {row.reference: row for row in await all_of(session, ServiceRequest)}
    last: dict[str, Event] = {}
    for event in events:
        before = last.get(event.reference)
        assert event.number == (before.number + 1 if before else 1)
        assert event.previous == (before.hash if before else "")
        assert event.hash == digest(event)
        assert event.at >= (before.at if before else rows[event.reference].registered_at)
        assert event.at <= NOW
        assert timedelta(0) < event.recorded - event.at < timedelta(seconds=1)
        assert event.due is None or event.due == event.at
        last[event.reference] = event
    assert {reference: event.number for reference, event in last.items()} == {
        reference: row.number for reference, row in rows.items()
    }


async def test_every_state_was_reached_on_a_way_the_life_of_a_request_knows(session: AsyncSession) -> None:
    state: dict[str, State] = {}
    complaints = {row.reference for row in await all_of(session, ServiceRequest) if row.kind == Kind.COMPLAINT}
    for event in await all_of(session, Event, Event.reference, Event.number):
        if event.reference not in complaints:
            continue
        now = state.setdefault(event.reference, State.RECEIVED)
        to = LAST_STATE.get(event.kind)
        if to is not None and to is not now:
            passing = State.IN_PROGRESS if to not in LEADS_TO[now] else now
            assert passing is now or passing in LEADS_TO[now]
            assert to in LEADS_TO[passing]
            state[event.reference] = to
    for row in await all_of(session, ServiceRequest):
        if row.kind != Kind.COMPLAINT:
            continue
        known = state[row.reference]
        assert row.state == known or (row.state, known) == (State.IN_PROGRESS, State.ASSIGNED) or known is State.ON_HOLD


async def test_everything_said_went_out_and_only_the_unreached_were_not_reached(session: AsyncSession) -> None:
    attempts: dict[int, list[Attempt]] = {}
    for attempt in await all_of(session, Attempt):
        attempts.setdefault(attempt.notification_id, []).append(attempt)
    unreached = {row.reference for row in await all_of(session, ServiceRequest) if row.closing == Closing.UNREACHED}
    for row in await all_of(session, Notification):
        assert sorted(attempt.channel for attempt in attempts[row.id]) == sorted(row.channels)
        failed = row.state == "failed"
        assert failed == (row.kind == "question" and row.reference in unreached)
        assert {attempt.state for attempt in attempts[row.id]} <= ({"refused"} if failed else {"sent", "delivered"})
        assert all(row.queued < attempt.at <= NOW + timedelta(seconds=3) for attempt in attempts[row.id])


async def test_the_tray_is_empty_and_every_line_somebody_caused_lies_in_it(session: AsyncSession) -> None:
    sent = {row.id: row for row in await all_of(session, Submission)}
    assert all(row.answered and row.number and row.refused is None for row in sent.values())
    events = await all_of(session, Event)
    assert all(event.submission_id in sent for event in events if event.number > 1 and event.actor != "system")
    used = [link for link in await all_of(session, AnswerLink) if link.used_at is not None]
    answered = [row for row in sent.values() if row.act in (Act.CONFIRM, Act.NOT_REPAIRED)]
    assert {f"answer/{link.token_hash}" for link in used} == {row.id for row in answered}


async def test_posts_count_what_they_handle(session: AsyncSession) -> None:
    open_tasks = Counter(task.handler for task in await all_of(session, Task) if task.done_at is None)
    assert {post.code: post.open_tasks for post in await all_of(session, Post) if post.open_tasks} == open_tasks


async def test_a_second_time_changes_nothing(sessions: Sessions, told: Told) -> None:
    heard: list[int] = []
    await seed(sessions, NOW + timedelta(days=1), lambda done, of: heard.append(done))
    async with sessions() as session:
        assert len(await all_of(session, ServiceRequest)) == len(told.heard)
    assert heard == []


async def test_numbers_are_nobodys_and_yet_taken_by_the_forms(session: AsyncSession) -> None:
    phones = {row.phone for row in await all_of(session, Consumer)} - {None}
    assert len(phones) == 300
    for phone in phones:
        number = phonenumbers.parse(phone)
        assert telephone(phone, "") == phone
        assert not phonenumbers.is_valid_number(number)
    assert all(row.email is None or row.email.endswith(".example") for row in await all_of(session, Consumer))


async def test_connection_requests_stand_at_every_stage_with_papers_notes_money_and_meters(
    session: AsyncSession,
) -> None:
    rows = {row.reference: row for row in await all_of(session, ServiceRequest) if row.kind != Kind.COMPLAINT}
    stages = {task.stage for task in await all_of(session, Task) if task.done_at is None and task.reference in rows}
    assert len(rows) >= 38
    assert {row.kind for row in rows.values()} == set(Kind) - {Kind.COMPLAINT}
    assert stages >= {"documents", "visit", "feasibility", "note", "payment", "meter", "refund"}
    assert {row.state for row in rows.values()} >= {State.COMPLETE, State.CLOSED, State.WITHDRAWN, State.LAPSED}
    assert {paper.reference for paper in await all_of(session, Document)} <= set(rows)
    assert {note.state for note in await all_of(session, DemandNote)} >= {"open", "paid", "cancelled"}
    assert await all_of(session, Payment)
    over = [row.reference for row in rows.values() if row.state in (State.WITHDRAWN, State.LAPSED)]
    taken = await all_of(session, Taken)
    assert not [one for one in taken if one.reference in over and one.undone_at is None]
    fitted = [one.key for one in taken if one.what == "meter" and one.undone_at is None]
    assert len(fitted) == len(set(fitted)) >= 8
    assert len(await all_of(session, Meter)) == 100


def texts(tree: Any) -> Iterator[dict[str, Any]]:
    """Every table of the words that has languages for keys."""
    if isinstance(tree, dict):
        if LANGUAGES[0] in tree:
            yield tree
        else:
            for below in tree.values():
                yield from texts(below)


def test_every_text_is_there_in_every_language_and_every_category_has_its_own() -> None:
    assert all(set(LANGUAGES) == set(table) and all(table.values()) for table in texts(written()))
    assert set(demo_profile().categories) == set(written()["filed"]) == set(written()["done"])
    assert set(written()["field"]) == WITH_WORDS


# The same plans, elsewhere

PLANNED_AGAIN = pytest.mark.sweep("all of the demo planned once more")


@dataclass
class Elsewhere:
    """A second database without requests, and plans made in it."""

    sessions: Sessions
    cast: Cast
    plans: list[Plan]


@asynccontextmanager
async def plans_at(postgres: Postgres, now: datetime) -> AsyncIterator[Elsewhere]:
    """The plans of a moment, in a database of their own."""
    async with database_of(postgres) as url:
        own = engine(url)
        sessions = database.sessions_of(own)
        async with sessions.begin() as session:
            cast = await Cast.assembled(session, now, Random(SEED))
            plans = await all_planned(cast)
        yield Elsewhere(sessions, cast, plans)
        await own.dispose()


@pytest.fixture(scope="module")
async def elsewhere(postgres: Postgres) -> AsyncIterator[Elsewhere]:
    """The plans of the same moment in another database."""
    async with plans_at(postgres, NOW) as there:
        yield there


async def test_the_same_moment_gives_the_same_data(session: AsyncSession, elsewhere: Elsewhere) -> None:
    rows = [
        row for row in await all_of(session, ServiceRequest, ServiceRequest.registered_at) if row.kind == Kind.COMPLAINT
    ]
    assert [(row.category, row.office, row.registered_at) for row in rows] == [
        (plan.scene.category, plan.holder.office, plan.registered_at) for plan in elsewhere.plans
    ]


@PLANNED_AGAIN
async def test_a_sunday_night_finds_a_life_for_every_story_too(postgres: Postgres) -> None:
    async with plans_at(postgres, SUNDAY_NIGHT) as there:
        assert Counter(plan.story.name for plan in there.plans) == {one.name: one.count for one in (*CLOSED, *OPEN)}


BY_THE_PEN = (
    "put right, no answer", "unreached", "not repaired, sent up by the consumer", "reopened", "held, consumer there",
    "held to its limit", "manager on leave", "beyond the ladder", "not taken up", "given to a colleague",
    "confidential", "withdrawn", "on hold", "with the zone head", "danger now",
)  # fmt: skip
ITS_OWN = frozenset(
    {
        "id", "reference", "consumer_id", "words_id", "token", "changed_at", "started_at", "task_id", "submission_id",
        "recorded", "previous", "hash", "key", "queued", "next_at", "state", "claim", "claimed_until", "hold_id", "together",
    }
)  # fmt: skip
"""Columns in which two tellings of one life differ by nature; the request's own state is compared by its name."""


@PLANNED_AGAIN
@pytest.mark.parametrize("name", BY_THE_PEN)
async def test_the_pen_writes_the_same_rows(elsewhere: Elsewhere, name: str) -> None:
    plan = next(plan for plan in elsewhere.plans if plan.story.name == name)
    async with elsewhere.sessions() as session:
        row = await tell(session, plan, NOW, elsewhere.cast.takers)
        put_together = await rows_of(session, row.reference)
        await session.rollback()
    reference = await told_by_the_pen(elsewhere, plan)
    async with elsewhere.sessions() as session:
        by_the_pen = await rows_of(session, reference)
    assert put_together == by_the_pen


async def told_by_the_pen(elsewhere: Elsewhere, plan: Plan) -> str:
    """The same life, each move a command of the pen in a transaction of its own; its reference."""
    record, numbers = Record(elsewhere.sessions), count(1)
    filed = new_of(plan, Random(f"{plan.dice}/telling"), elsewhere.cast.takers)
    async with elsewhere.sessions.begin() as session:
        row = await register(session, filed)
        request = rules.Request(row.reference, row.kind, row.category, State.RECEIVED, 1, row.registered_at)
    moves = plan.course(NOW).moves(request)
    move: Move | None = next(moves, None)
    while move is not None:
        if move.sent is None:
            await record.it_is_time(ItIsTime(row.reference, move.at))
        else:
            id = f"pen-{row.reference}-{next(numbers)}"
            await put_in_the_tray(elsewhere.sessions, row.reference, id, move)
            taken = await record.take(Take(row.reference, id, move.sent.act))
            assert taken.refused is None
        try:
            move = moves.send(await as_the_rules_see_it(elsewhere.sessions, row.reference))
        except StopIteration:
            move = None
    return row.reference


async def put_in_the_tray(sessions: Sessions, reference: str, id: str, move: Move) -> None:
    sent = move.sent
    assert sent is not None
    async with sessions.begin() as session:
        data = dict(sent.data)
        if sent.act is Act.RECEIPT:
            asked = select(Notification.id).where(Notification.reference == reference, Notification.kind == "question")
            data["notification"] = (await session.exec(asked.order_by(col(Notification.id).desc()))).first()
        await put(
            session, id=id, reference=reference, act=sent.act, actor=sent.actor, at=move.at, person=sent.person,
            post=sent.post, data=data, words=move.said,
        )  # fmt: skip


async def as_the_rules_see_it(sessions: Sessions, reference: str) -> rules.Request:
    async with sessions() as session:
        return await writing.read(session, await session.get_one(ServiceRequest, reference))


async def rows_of(session: AsyncSession, reference: str) -> dict[str, Any]:
    """All rows of a request, without what is each telling's own."""
    row = await session.get_one(ServiceRequest, reference)
    found: dict[str, Any] = {"request": (row.state, plain(row))}
    task_ids = select(Task.id).where(Task.reference == reference)
    tables: tuple[tuple[type[Any], Any], ...] = (
        (Task, Task.entered), (Lapse, Lapse.id), (Event, Event.number), (Notification, Notification.key),
    )  # fmt: skip
    for table, order in tables:
        rows = (await session.exec(select(table).where(col(table.reference) == reference).order_by(order))).all()
        found[table.__name__] = [plain(row) for row in rows]
    holds = select(Hold).where(col(Hold.task_id).in_(task_ids)).order_by(col(Hold.id))
    found["Hold"] = [plain(row) for row in (await session.exec(holds)).all()]
    said = select(Event.number, Words.body).join(Words, col(Words.id) == col(Event.words_id))
    found["words"] = (await session.exec(said.where(Event.reference == reference).order_by(col(Event.number)))).all()
    return found


def plain(row: SQLModel) -> dict[str, Any]:
    kept = {name: value for name, value in row.model_dump().items() if name not in ITS_OWN}
    if isinstance(row, Notification):
        kept["data"] = {
            name: value for name, value in row.data.items() if name not in {"token", "stop", "words_id", "reference"}
        }
    return kept
