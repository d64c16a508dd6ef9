"""What monitoring is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import delete

from models.chain import linked
from models.database import Sessions
from models.events import Event
from models.figures import figures
from models.intake import register
from tests.models.test_intake import NEW

NOW = datetime.now(UTC)


async def written(
    sessions: Sessions, kind: str, *, due: datetime, before: datetime, put_off: datetime | None = None
) -> None:
    """A request whose second line, at `before`, is followed by a timer's line recorded now."""
    async with sessions.begin() as session:
        await session.exec(delete(Event))
        row = await register(
            session, replace(NEW, token=f"{kind} {due}", locality="gizri", at=NOW - timedelta(hours=5))
        )
        lines = [("not_repaired", before, None), (kind, NOW, due)]
        told = {"put_off": put_off.isoformat()} if put_off else {}
        for number, (what, at, fell_due) in enumerate(lines, 2):
            line = Event(
                reference=row.reference,
                number=number,
                kind=what,
                actor="system",
                at=at,
                due=fell_due,
                recorded=NOW,
                data=told,
            )
            session.add(linked(line, ""))


@pytest.mark.parametrize(
    ("kind", "due", "before", "late"),
    [
        pytest.param("escalated", timedelta(minutes=3), timedelta(hours=1), 180, id="away for three minutes"),
        pytest.param("standard_lapsed", timedelta(hours=3), timedelta(0), 0, id="passed while it was resolved"),
    ],
)
async def test_lateness_is_counted_from_when_a_timer_could_have_fired(
    sessions: Sessions, kind: str, due: timedelta, before: timedelta, late: int
) -> None:
    await written(sessions, kind, due=NOW - due, before=NOW - before)
    async with sessions() as session:
        assert (await figures(session)).lateness.most == pytest.approx(late, abs=1)


async def test_what_waited_in_line_is_told_as_a_storm_and_not_as_lateness_of_ours(sessions: Sessions) -> None:
    due, turn = NOW - timedelta(minutes=5), NOW - timedelta(seconds=2)
    await written(sessions, "escalated", due=due, before=NOW - timedelta(hours=1), put_off=turn)
    async with sessions() as session:
        found = await figures(session)
    assert found.lateness.most == pytest.approx(2, abs=1)
    assert found.lateness.longest_in_line == pytest.approx(300, abs=1)
