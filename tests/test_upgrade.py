"""What older versions left goes on under this one: their tables with requests under way, and the last one's Temporal."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from sqlmodel import col, func, select
from temporalio.client import Client, WorkflowExecutionStatus

from drills.profile import empty_profile
from drills.stack import Stack
from drills.waiting import until
from embedded.archive import Manifest
from embedded.backup import ask_pg, own_database, plain
from embedded.postgres import Postgres
from models import database
from models.chain import digest
from models.database import Sessions
from models.events import Event, Submission
from models.requests import ServiceRequest
from rules.messages import Take
from rules.terms import Act, Kind, State
from rules.wake import Wake
from tests.by_the_pen import town_by_the_pen
from tests.fixtures.kept import saved, unpacked, version_of
from tests.stories.applying import under_way
from tests.timeline import Timeline

LONGEST = 60.0
WITHOUT_A_LINE = (Wake.CONFIRMATION, Wake.REOPENING)
"""What ends in an instant that its line of history does not name as due."""


@dataclass(frozen=True)
class Upgraded:
    """An older database, brought to this version's tables: where it is, and when it was left."""

    version: str
    url: str
    left: datetime


@pytest.fixture(scope="module", params=saved(), ids=version_of)
def upgraded(request: pytest.FixtureRequest, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Upgraded:
    """Each of them."""
    folder = tmp_path_factory.mktemp("older")
    manifest = unpacked(request.param, folder)
    name = f"of_{manifest.schema}"
    url = make_url(postgres.url).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(plain(postgres.url), autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    put_back(url, folder, manifest)
    database.migrate(url)
    return Upgraded(manifest.schema, url, datetime.fromisoformat(manifest.made))


def put_back(url: str, folder: Path, manifest: Manifest) -> None:
    """Fill an empty database with an older one."""
    ask_pg("pg_restore", url, "--exit-on-error", "--no-owner", "--no-comments", folder / "database.dump")
    with psycopg.connect(plain(url)) as connection:
        assert connection.execute("select version_num from alembic_version").fetchone() == (manifest.schema,)


@pytest.fixture
async def town(upgraded: Upgraded) -> AsyncIterator[Timeline]:
    """The older town under today's pen; its clock stands where it was left."""
    async with town_by_the_pen(upgraded.url, upgraded.left) as made:
        yield made


async def the_first(town: Timeline, state: State) -> str:
    """The first complaint in a state that nobody brought on yet."""
    async with town.sessions() as session:
        asked = select(ServiceRequest.reference).where(ServiceRequest.state == state.value)
        return (await session.exec(asked.order_by(col(ServiceRequest.registered_at)).limit(1))).one()


async def unbroken(town: Timeline, reference: str) -> bool:
    """Whether the chain of its history holds across the versions."""
    before = ""
    for event in await town.events(reference):
        if (event.previous, event.hash) != (before, digest(event)):
            return False
        before = event.hash
    return bool(before)


async def test_requests_of_an_older_version_go_on_where_they_were(town: Timeline) -> None:
    assigned = await the_first(town, State.ASSIGNED)
    row = await town.row(assigned)
    await town.follow(assigned)
    standing = await town.door.look(assigned)
    assert (standing.state, standing.wake_at) == (State.ASSIGNED, row.wake_at)
    due = (await town.task(assigned)).due
    assert due is not None
    await town.until(due + timedelta(minutes=1))
    events = await town.events(assigned)
    assert next(event.due for event in events if event.kind == "not_taken_up") == standing.wake_at
    assert [event.data["post"] for event in events if event.kind == "escalated"] == ["service-manager-gizri"]
    assert (await town.task(assigned)).answerable == "service-manager-gizri"
    assert await unbroken(town, assigned)


async def test_what_waited_in_the_tray_is_taken(town: Timeline) -> None:
    async with town.sessions() as session:
        in_hand = (await session.exec(select(Submission.reference).where(Submission.id == "waiting"))).one()
    taken = await town.door.act(Take(in_hand, "waiting", Act.NOTE))
    assert (taken.refused, taken.standing.state) == (None, State.IN_PROGRESS)
    await town.follow(in_hand)
    officer = (await town.task(in_hand)).handler
    words = {"words": "Fuse replaced.", "cause": "fuse-blown"}
    resolved = await town.officer(in_hand, Act.RESOLVE, officer, put_right=town.now, **words)
    assert (resolved.refused, resolved.standing.state) == (None, State.RESOLVED)


async def test_what_was_only_received_is_given_to_somebody(town: Timeline) -> None:
    received = await the_first(town, State.RECEIVED)
    assert (await town.door.look(received)).state == State.ASSIGNED


async def test_applications_under_way_come_to_their_ends(town: Timeline, upgraded: Upgraded) -> None:
    async with town.sessions() as session:
        applications = select(ServiceRequest.reference).where(ServiceRequest.kind != Kind.COMPLAINT.value)
        references = (await session.exec(applications.order_by(col(ServiceRequest.registered_at)))).all()
    assert references or upgraded.version == "0001"
    for reference in references:
        application = await under_way(town, reference)
        assert await application.walk()
        assert await unbroken(town, reference)


# The whole stack

KEPT = "select reference, wake_at, wake_for from service_request where not over order by 1"


async def laid_out(file: Path, folder: Path) -> Mapping[str, tuple[datetime | None, str | None]]:
    """A data folder as the older version left it; of every open request when it was to wake, and what for."""
    manifest = await asyncio.to_thread(unpacked, file, folder / "unpacked")
    async with own_database(folder, lambda line: None) as url:
        await asyncio.to_thread(put_back, url, folder / "unpacked", manifest)
        with psycopg.connect(plain(url)) as connection:
            found = connection.execute(KEPT).fetchall()
    if manifest.temporal:
        (folder / "unpacked" / "temporal.version").write_text(f"{manifest.temporal}\n", encoding="ascii")
        (folder / "unpacked").rename(folder / "temporal")
    return {reference: (wake_at, wake_for) for reference, wake_at, wake_for in found}


async def undone(sessions: Sessions) -> list[str]:
    """Requests that nobody began, whose time came and nothing was done, or whose note nobody took."""
    late = col(ServiceRequest.started_at).is_(None) | (col(ServiceRequest.wake_at) < func.clock_timestamp())
    async with sessions() as session:
        rows = await session.exec(select(ServiceRequest.reference).where(late, ~col(ServiceRequest.over)))
        sent = await session.exec(select(Submission.reference).where(col(Submission.answered).is_(None)))
        return [*rows.all(), *sent.all()]


@pytest.mark.sweep("the whole stack, started on each")
@pytest.mark.parametrize("file", saved(), ids=version_of)
async def test_a_data_folder_of_an_older_version_starts_and_its_clocks_go_on(file: Path, tmp_path: Path) -> None:
    profile = "demo" if version_of(file) == "0001" else str(empty_profile(tmp_path))
    stack = Stack(tmp_path / "data", PROFILE=profile)
    before = await laid_out(file, stack.folder)
    await stack.start()
    try:
        client = await Client.connect(stack.addresses()["TEMPORAL_ADDRESS"])
        async with stack.sessions() as sessions:
            left, _ = await until(lambda: undone(sessions), lambda found: not found, LONGEST)
            assert left == []
            async with sessions() as session:
                rows = {row.reference: row for row in (await session.exec(select(ServiceRequest))).all()}
                events = (await session.exec(select(Event).order_by(Event.reference, col(Event.number)))).all()
        gone = [one for one in before if not (rows[one].over or await is_running(client, one))]
    finally:
        await stack.stop()
    assert gone == []
    for reference, (wake_at, wake_for) in before.items():
        due = [event.kind for event in events if event.reference == reference and event.due == wake_at]
        assert wake_at in (None, rows[reference].wake_at) or due or wake_for in WITHOUT_A_LINE, (reference, wake_for)
    told = Counter((event.reference, event.kind, event.task_id, event.due) for event in events if event.due)
    assert [line for line, times in told.items() if times > 1] == []


async def is_running(client: Client, reference: str) -> bool:
    """Whether the request's workflow runs."""
    return (await client.get_workflow_handle(reference).describe()).status is WorkflowExecutionStatus.RUNNING
