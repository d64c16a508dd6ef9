"""What is dangerous stands before everything else that waits for a worker."""

from __future__ import annotations

from temporalio import workflow
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from workflows.attributes import SAFETY_FIRST, THE_REST

QUEUE = "a-long-line"
MANY = 40
begun: list[str] = []


@workflow.defn
class Begun:
    """Notes in which order workflows are taken up."""

    @workflow.run
    async def run(self, name: str) -> None:
        """Note that it was."""
        begun.append(name)


async def test_a_danger_reported_behind_a_long_line_is_taken_up_before_it(temporal: WorkflowEnvironment) -> None:
    client = Client(**{**temporal.client.config(), "interceptors": []})
    begun.clear()
    for one in range(MANY):
        name = f"waiting-{one}"
        await client.start_workflow(Begun.run, name, id=f"line-{name}", task_queue=QUEUE, priority=THE_REST)
    danger = await client.start_workflow(Begun.run, "danger", id="line-danger", task_queue=QUEUE, priority=SAFETY_FIRST)
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[Begun],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_concurrent_workflow_tasks=2,
        max_concurrent_workflow_task_polls=2,
        max_cached_workflows=2,
    ):
        await danger.result()
    assert begun.index("danger") < MANY // 4, begun
