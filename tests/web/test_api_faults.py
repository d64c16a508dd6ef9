"""The public API while its surroundings are away, and delivery reports on their way to the request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2
import pytest
from sqlalchemy import text
from sqlmodel import col, func, select
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.channels import Letter, MayBegin, Outcome, Result, always
from activities.outbox import Outbox
from activities.record import Record
from embedded.postgres import Postgres
from models.database import engine, sessions_of
from models.events import Submission
from models.outbox import Attempt, Notification
from models.requests import IdempotencyKey, ServiceRequest
from rules.messages import Take
from rules.terms import Act
from tests.servers import database_of
from tests.stories.conftest import town_on
from tests.timeline import Mailbox, door_of
from tests.web.desk_town import ADDRESS, MONDAY_NOON, Desk, desk_of
from tests.web.window import MONDAY, PATIENT
from web.api import receipts
from web.api.bodies import FILING
from web.app import create_app
from web.errors import PROBLEM
from web.onewindow import Door, Onewindow

REQUESTS, RECEIPTS = "/api/v1/requests", "/api/v1/receipts/sms"


class Silent(Mailbox):
    """A gateway that takes every message and reports later."""

    async def send(self, letters: Sequence[Letter], may_begin: MayBegin = always) -> Mapping[int, Outcome]:
        """Take all of them."""
        self.letters.extend(letters)
        return {letter.attempt: Outcome(Result.SENT) for letter in letters}


@pytest.fixture(scope="module")
async def desk(postgres: Postgres, temporal: WorkflowEnvironment, pen: Record) -> AsyncIterator[Desk]:
    """A town whose text messages are reported on by the gateway alone."""
    async with (
        database_of(postgres) as url,
        town_on(url, temporal, pen, MONDAY_NOON) as open_town,
        desk_of(open_town) as town,
    ):
        silent = {"sms": Silent("sms"), "email": town.town.email}
        town.town.outbox = Outbox(town.town.sessions, silent, town.town.outbox.renderer)
        yield town


@pytest.fixture
async def away(desk: Desk) -> AsyncIterator[None]:
    """Nobody listens where Temporal should."""
    there = desk.onewindow.door
    nobody = await Client.connect("127.0.0.1:1", lazy=True)
    desk.onewindow.door = await door_of(nobody, desk.onewindow.sessions, patience=timedelta(seconds=0.3))
    yield
    desk.onewindow.door = there


async def ask(desk: Desk, address: str, body: dict[str, Any], **headers: str) -> httpx2.Response:
    async with desk.stranger() as caller:
        return await caller.post(address, json=body, headers=headers)


def report(id: str, state: str = "delivered", at: str = "2027-05-10T06:45:00Z") -> dict[str, Any]:
    return {"id": id, "state": state, "at": at}


async def asked(desk: Desk) -> str:
    """A request that was put right, its question handed to the gateway."""
    reference = await desk.town.file("no-supply")
    handler = (await desk.town.task(reference)).handler
    done = {"cause": "fuse-blown", "put_right": desk.town.now, "words": "The fuse was changed."}
    taken = await desk.town.officer(reference, Act.RESOLVE, handler, **done)
    assert taken.refused is None
    while await desk.town.outbox.step():
        pass
    return reference


async def attempt_of(desk: Desk, reference: str, kind: str = "question") -> Attempt:
    """The newest try to send a text message of a kind."""
    found = (
        select(Attempt)
        .join(Notification, col(Notification.id) == col(Attempt.notification_id))
        .where(Notification.reference == reference, Notification.kind == kind, Attempt.channel == "sms")
    )
    async with desk.town.sessions() as session:
        attempt = (await session.exec(found.order_by(col(Attempt.id).desc()))).first()
    assert attempt is not None
    return attempt


async def delivered(desk: Desk, reference: str) -> bool:
    """Whether the request knows that its question arrived, and arrived now."""
    at = (await desk.town.row(reference)).question_delivered_at
    return at is not None and at - desk.town.now < timedelta(minutes=1)


async def told() -> None:
    """Wait until every report reached its request, or was left to the tray."""
    await asyncio.gather(*receipts.telling)


async def test_a_delivered_question_is_known_to_its_request_once(desk: Desk) -> None:
    reference = await asked(desk)
    attempt = await attempt_of(desk, reference)
    assert not await delivered(desk, reference)
    await desk.town.bring(reference)
    for _ in range(2):
        answer = await ask(desk, RECEIPTS, report(attempt.sender_id or ""))
        assert (answer.status_code, answer.content) == (204, b"")
        await told()
    assert await delivered(desk, reference)
    assert (await desk.town.kinds(reference)).count("delivered") == 1
    assert (await attempt_of(desk, reference)).state == "delivered"
    async with desk.stranger() as caller:
        events = (await caller.get(f"{REQUESTS}/{reference}")).json()["events"]
    assert "delivered" not in [event["kind"] for event in events]


async def test_a_failed_message_is_kept_as_failed(desk: Desk) -> None:
    reference = await asked(desk)
    attempt = await attempt_of(desk, reference, "acknowledged")
    assert (await ask(desk, RECEIPTS, report(attempt.sender_id or "", "failed"))).status_code == 204
    assert not receipts.telling
    assert (await attempt_of(desk, reference, "acknowledged")).state == "refused"


async def test_a_report_from_the_future_counts_from_now(desk: Desk) -> None:
    attempt = await attempt_of(desk, await asked(desk), "acknowledged")
    answer = await ask(desk, RECEIPTS, report(attempt.sender_id or "", at="9999-12-31T23:59:59-12:00"))
    assert answer.status_code == 204
    async with desk.town.sessions() as session:
        kept = await session.get(Attempt, attempt.id)
    assert kept is not None
    assert kept.receipt_at == desk.town.now


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (report("no such message"), 404),
        (report(""), 422),
        (report("a\u0000b"), 422),
        (report("a" * 201), 422),
        (report("x", state="lost"), 422),
        (report("x", at="yesterday"), 422),
        (report("x", at="2027-05-10T06:45:00"), 422),
        (report("x", at="0001-01-01T00:00:00+14:00"), 422),
        ({}, 422),
    ],
)
async def test_a_report_on_nothing_is_a_problem(desk: Desk, body: dict[str, Any], status: int) -> None:
    answer = await ask(desk, RECEIPTS, body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)


async def test_with_temporal_away_a_report_is_taken_and_waits_in_the_tray(desk: Desk, away: None) -> None:
    reference = await asked(desk)
    id = (await attempt_of(desk, reference)).sender_id or ""
    assert (await ask(desk, RECEIPTS, report(id))).status_code == 204
    await told()
    async with desk.town.sessions() as session:
        found = select(Submission).where(Submission.reference == reference, Submission.act == Act.RECEIPT)
        waiting = (await session.exec(found)).one()
    assert waiting.answered is None
    await desk.town.bring(reference)
    await desk.town.door.act(Take(reference, waiting.id, Act.RECEIPT))
    assert await delivered(desk, reference)


async def test_with_temporal_away_a_number_is_given_and_the_work_begins_later(desk: Desk, away: None) -> None:
    answer = await ask(desk, REQUESTS, FILING)
    assert answer.status_code == 201
    reference = answer.json()["reference"]
    async with desk.stranger() as caller:
        assert (await caller.get(f"{REQUESTS}/{reference}")).json()["state"] == "received"
        await desk.town.follow(reference)
        body = (await caller.get(f"{REQUESTS}/{reference}")).json()
    assert (body["state"], body["tier"], body["tier_role"]) == ("assigned", 1, "relationship_officer")
    assert body["registered_at"] == answer.json()["registered_at"]


async def rows(desk: Desk) -> list[int]:
    """How many requests and keys there are."""
    async with desk.town.sessions() as session:
        return [
            (await session.exec(select(func.count()).select_from(table))).one()
            for table in (ServiceRequest, IdempotencyKey)
        ]


async def test_with_the_tables_locked_it_says_so_in_time_and_the_key_makes_the_second_try_safe(desk: Desk) -> None:
    key, before = str(uuid4()), await rows(desk)
    bounded = desk.onewindow.database
    bounded.seconds = 0.3
    try:
        async with desk.town.sessions.begin() as holder:
            await holder.exec(text("lock table event in access exclusive mode"))  # type: ignore[call-overload]
            answer = await ask(desk, REQUESTS, FILING, **{"Idempotency-Key": key})
            assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
            assert int(answer.headers["retry-after"]) > 0
    finally:
        bounded.seconds = PATIENT
    await asyncio.wait(bounded._left or [asyncio.create_task(asyncio.sleep(0))])
    assert await rows(desk) == before
    answer = await ask(desk, REQUESTS, FILING, **{"Idempotency-Key": key})
    assert answer.status_code == 201
    assert await rows(desk) == [count + 1 for count in before]


NOBODY = "postgresql+psycopg://postgres@/none?host=/nonexistent"


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("GET", "/api/v1/catalog", None),
        ("GET", f"{REQUESTS}/482719368", None),
        ("POST", REQUESTS, FILING),
        ("POST", RECEIPTS, report("x")),
    ],
)
async def test_with_the_database_away_it_says_so(method: str, address: str, body: dict[str, Any] | None) -> None:
    door: Door = await door_of(await Client.connect("127.0.0.1:1", lazy=True), sessions_of(engine(NOBODY)))
    parts = Onewindow(sessions_of(engine(NOBODY)), door, lambda: MONDAY, ZoneInfo("UTC"), "a secret of the tests")
    app = create_app(parts)
    began = time.monotonic()
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ADDRESS) as caller:
        answer = await caller.request(method, address, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
    assert answer.json()["type"] == "about:blank"
    assert time.monotonic() - began < 8
