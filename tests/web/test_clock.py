"""The page of trust in the clock: what is good and what is broken in words, and the form that sets the alarms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, delete, select

from embedded.postgres import Postgres
from languages.alarms import HEADINGS, MEANINGS
from models import alarms
from models.audit import Audit
from models.intake import register
from models.outbox import Notification
from models.policy import WorkerHeartbeat
from rules.alarms import Bounds, Watched, settings
from rules.durations import Duration, Unit
from tests.models.test_intake import NEW
from tests.web.desk_town import Desk, opened, plain
from web.admin.clock import as_typed

ADMIN, AUDITOR = "vimla", "yusuf"
NOW = datetime.now(UTC)
GOOD = as_typed(alarms.Settings(Bounds(), ("desk@power.example",)))


@pytest.fixture(scope="module")
async def desk(postgres: Postgres) -> AsyncIterator[Desk]:
    async with opened(postgres) as town:
        yield town


async def kept(desk: Desk) -> alarms.Settings:
    return alarms.settings_of(await desk.onewindow.database.read(alarms.current))


async def test_what_is_broken_is_said_in_words_with_its_oldest_request(desk: Desk) -> None:
    async with desk.onewindow.sessions.begin() as session:
        session.add(WorkerHeartbeat(worker="a worker", at=NOW + timedelta(days=1)))
    assert "Everything is within its bound." in plain(await desk.page(ADMIN, "/admin/clock"))
    async with desk.onewindow.sessions.begin() as session:
        row = await register(session, replace(NEW, token="old", at=NOW - timedelta(hours=2)))
        row.registered_at = NOW - timedelta(hours=2)
        session.add(row)
        await session.flush()
        await session.exec(delete(Notification))
    page = await desk.page(AUDITOR, "/admin/clock")
    assert f'href="/desk/requests/{row.reference}"' in page
    assert "1 bound is broken." in plain(page)
    assert "Broken" in plain(page)
    assert "Oldest request not begun" in plain(page)
    assert '<form class="panel' not in page
    metrics = (await desk.stranger().get("/metrics")).text
    assert 'onewindow_bound_broken{bound="not_started"} 1.0' in metrics
    assert 'onewindow_bound_broken{bound="workers"} 0.0' in metrics


async def test_bounds_and_addresses_are_set_with_a_line_in_the_audit(desk: Desk) -> None:
    sent = {
        **GOOD,
        "outbox": "90s",
        "workers": "2",
        "addresses": "a@power.example\n b@power.example, a@power.example",
        "language": "ur",
    }
    answer = await (await desk.of(ADMIN)).post("/admin/clock", data=sent)
    assert answer.status_code == 303
    bounds = Bounds(outbox=Duration(90, Unit.SECONDS), workers=2)
    assert await kept(desk) == alarms.Settings(bounds, ("a@power.example", "b@power.example"), "ur")
    assert "at most 1 min" in plain(await desk.page(ADMIN, answer.headers["location"]))
    async with desk.onewindow.sessions() as session:
        row = (
            await session.exec(select(Audit).where(Audit.what == alarms.WHAT).order_by(col(Audit.id).desc()))
        ).first()
    assert row is not None
    assert (row.before["alarms.outbox"], row.after["alarms.outbox"]) == ("5m", "90s")
    assert "Trust in the clock" in plain(await desk.page(AUDITOR, "/admin/audit"))


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("outbox", "soon", "This is no length of time."),
        ("outbox", "2 days", "From 30 seconds to 24 hours."),
        ("workers", "0", "From 1 to 1000."),
        ("healed", "", "From 0 to 100000."),
        ("addresses", "desk@power.example nobody", "This is no e-mail address: nobody"),
        ("addresses", " ".join(f"{one}@power.example" for one in range(11)), "Write at most 10 addresses."),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_refused_by_its_field_and_nothing_is_saved(
    desk: Desk, field: str, text: str, said: str
) -> None:
    before = await kept(desk)
    answer = await (await desk.of(ADMIN)).post("/admin/clock", data={**GOOD, "lateness": "7s", field: text})
    assert answer.status_code == 422
    assert said in plain(answer.text)
    assert 'value="7s"' in answer.text
    assert await kept(desk) == before


def test_everything_watched_has_its_words_and_every_setting_what_it_means() -> None:
    assert set(HEADINGS) == set(Watched)
    assert set(MEANINGS) == {setting.name for setting in settings()}
