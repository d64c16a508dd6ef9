"""Commands that may take their time go on the moment the database is back; those in a hurry fail at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from temporalio.testing import ActivityEnvironment

from activities import patience
from activities.record import Record
from models.database import Sessions, engine, sessions_of
from models.intake import New, register
from rules.messages import Look
from rules.terms import Channel, Kind, State

NOW = datetime(2027, 5, 10, 4, 30, tzinfo=UTC)


@dataclass
class Away:
    """A database that is away until it is `back`, and a request in it that was only received."""

    record: Record
    look: Look
    link: Path
    home: str

    def back(self) -> None:
        """Let it be found where it is looked for."""
        self.link.symlink_to(self.home)


@pytest.fixture
async def away(sessions: Sessions, database_url: str, tmp_path: Path) -> AsyncIterator[Away]:
    """The module's database under an address that leads nowhere yet."""
    async with sessions.begin() as session:
        row = await register(
            session, New(Kind.COMPLAINT, "no-supply", Channel.WEB, "en", "Dark", str(tmp_path), NOW, locality="gizri")
        )
    url, link = make_url(database_url), tmp_path / "s"
    elsewhere = engine(url.update_query_dict({"host": str(link)}).render_as_string(hide_password=False))
    yield Away(Record(sessions_of(elsewhere)), Look(row.reference, NOW), link, str(url.query["host"]))
    await elsewhere.dispose()


def patient(*, local: bool) -> ActivityEnvironment:
    """Where an activity runs."""
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, is_local=local)
    return environment


async def test_a_patient_command_goes_on_when_the_database_is_back(away: Away) -> None:
    looking = asyncio.create_task(patient(local=False).run(away.record.look, away.look))
    done, _ = await asyncio.wait({looking}, timeout=3 * patience.LOOK_EVERY)
    assert not done
    away.back()
    standing = await asyncio.wait_for(looking, 20)
    assert standing.state is State.ASSIGNED


async def test_many_wait_by_the_looks_of_one(away: Away, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    ask = patience.answers

    async def counted(sessions: Sessions) -> bool:
        nonlocal looks
        looks += 1
        return await ask(sessions)

    monkeypatch.setattr(patience, "answers", counted)
    monkeypatch.setattr(patience, "PATIENCE", 2.2 * patience.LOOK_EVERY)
    many = [patient(local=False).run(away.record.look, away.look) for _ in range(50)]
    failed = await asyncio.gather(*many, return_exceptions=True)
    assert {type(one) for one in failed} == {OperationalError}
    assert looks < len(many) / 2


async def test_a_command_in_a_hurry_fails_at_once(away: Away) -> None:
    with pytest.raises(OperationalError):
        await asyncio.wait_for(patient(local=True).run(away.record.look, away.look), patience.PATIENCE / 2)
