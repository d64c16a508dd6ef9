"""The board's questions go by their indexes, however many requests there have been."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import Sessions
from models.people import Post
from models.queue import Bounds
from models.team import begun, groups, lately, oldest_of

NOW = datetime.now(UTC)
BOUNDS, SINCE = Bounds(NOW, NOW + timedelta(hours=6)), NOW - timedelta(days=7)
Question = Callable[[AsyncSession, list[Post]], Awaitable[Any]]


@pytest.mark.parametrize(
    ("question", "indexes"),
    [
        pytest.param(
            lambda session, posts: groups(session, [post.code for post in posts], BOUNDS),
            [{"ix_task_queue_", "ix_service_request_confidential"}],
            id="what is open",
        ),
        pytest.param(
            lambda session, posts: oldest_of(session, [post.code for post in posts]),
            [{"ix_task_queue_"}],
            id="what waits longest",
        ),
        pytest.param(
            lambda session, posts: lately(session, posts, SINCE, BOUNDS),
            [{"ix_service_request_closed_at"}, {"ix_event_kind_at"}],
            id="what went up, what was closed",
        ),
        pytest.param(
            lambda session, posts: begun(session, [post.code for post in posts], SINCE, BOUNDS),
            [{"ix_event_kind_at"}],
            id="what was begun",
        ),
    ],
)
async def test_a_question_of_the_board_goes_by_its_index(
    sessions: Sessions, question: Question, indexes: list[set[str]]
) -> None:
    asked: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    async with sessions() as session:
        posts = list((await session.exec(select(Post).where(Post.office == "gizri"))).all())
        engine = session.get_bind().engine
        event.listen(engine, "before_cursor_execute", keep)
        try:
            await question(session, posts)
        finally:
            event.remove(engine, "before_cursor_execute", keep)
        connection = await session.connection()
        # a database of a test is so small that reading it whole would be quicker
        await connection.execute(text("set local enable_seqscan = off"))
        for (statement, parameters), names in zip(asked, indexes, strict=True):
            plan = await connection.exec_driver_sql(f"explain {statement}", parameters)
            said = "\n".join(row[0] for row in plan.all())
            assert all(name in said for name in names), said
