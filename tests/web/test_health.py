"""Whether the parts answer, which does not, and the figures for monitoring."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col, func, select

from models.database import engine, sessions_of
from models.events import Event
from models.outbox import Notification
from models.policy import WorkerHeartbeat
from models.requests import ServiceRequest, Task
from tests.web.window import Window
from web.database import Bounded


async def beat(window: Window, ago: timedelta) -> None:
    """A worker said it was alive that long ago."""
    async with window.sessions.begin() as session:
        now = (await session.exec(select(func.clock_timestamp()))).one()
        await session.merge(WorkerHeartbeat(worker="a worker", at=now - ago, healed=3))


async def late(window: Window, reference: str) -> None:
    """Its task is overdue and its timer has not fired, the message waits, all for a minute and a half; what fired was 7 s late."""
    since = func.now() - timedelta(seconds=90)
    async with window.sessions.begin() as session:
        for change in (
            update(Task).values(due=since),
            update(ServiceRequest).values(wake_at=since, started_at=since),
            update(Notification).values(queued=since),
            update(Event).values(at=since, due=Event.recorded - timedelta(seconds=7)),
        ):
            await session.exec(change.where(col(change.table.c.reference) == reference))


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def test_ready_only_when_all_three_answer_and_says_which_does_not(window: Window) -> None:
    async with window.visitor() as visitor:
        await beat(window, timedelta(seconds=11))
        window.parts.temporal = no
        answer = await visitor.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"database": "ok", "temporal": "does not answer", "worker": "does not answer"}
        await beat(window, timedelta(seconds=1))
        window.parts.temporal = yes
        answer = await visitor.get("/readyz")
        assert answer.status_code == 200
        assert set(answer.json().values()) == {"ok"}


async def test_a_database_that_is_away_is_named_and_the_process_still_lives(window: Window) -> None:
    there = window.parts.database
    window.parts.database = Bounded(sessions_of(engine("postgresql+psycopg://postgres@/none?host=/nonexistent")))
    try:
        async with window.visitor() as visitor:
            answer = await visitor.get("/readyz")
            assert answer.status_code == 503
            assert answer.json()["database"] == "does not answer"
            assert (await visitor.get("/healthz")).status_code == 200
    finally:
        window.parts.database = there


async def test_the_figures(window: Window) -> None:
    first, second = await window.filed(), await window.filed()
    await window.resolved(first)
    await beat(window, timedelta(seconds=1))
    await window.passes(timedelta(hours=2), second)
    await late(window, second)
    async with window.visitor() as visitor:
        answer = await visitor.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    figures = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    assert figures['onewindow_open_requests{state="resolved"}'] == "1.0"
    assert figures['onewindow_open_requests{state="assigned"}'] == "1.0"
    assert figures["onewindow_not_started_requests"] == "0.0"
    assert figures["onewindow_rows_healed"] == "3.0"
    assert float(figures["onewindow_outbox_waiting"]) > 0
    assert figures["onewindow_overdue_tasks"] == "1.0"
    assert figures['onewindow_timer_lateness_seconds{quantile="1"}'] == "7.0"
    for age in ("overdue_timer_age", "outbox_age"):
        assert float(figures[f"onewindow_{age}_seconds"]) >= 90, age
