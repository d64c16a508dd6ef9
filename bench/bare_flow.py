"""The limit beside our workflows: one that only waits for an instant and then runs an empty local activity. `python -m bench.bare_flow ADDRESS QUEUE`."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

QUEUE = "bench-bare"


@activity.defn
async def nothing(instant: float) -> float:
    """An empty activity."""
    return instant


@workflow.defn
class Clock:
    """Waits until `due` (seconds since the epoch), or for ever without; then one empty local activity."""

    @workflow.run
    async def run(self, due: float | None) -> None:
        """Wait, do nothing, end."""
        if due is None:
            await workflow.wait_condition(lambda: False)
        await workflow.sleep(max((due or 0) - workflow.now().timestamp(), 0))
        await self._nothing()

    @workflow.update
    async def touch(self) -> float:
        """One empty local activity."""
        return await self._nothing()

    async def _nothing(self) -> float:
        limit = timedelta(seconds=5)
        return await workflow.execute_local_activity(nothing, 1.0, start_to_close_timeout=limit)


async def start_all(client: Client, many: int, at_once: int, due: float | None) -> None:
    """Start so many, some at once."""
    slots, name = asyncio.Semaphore(at_once), "bare" if due is None else "timed"

    async def one(number: int) -> None:
        async with slots:
            await client.start_workflow(Clock.run, due, id=f"{name}-{number}", task_queue=QUEUE)

    await asyncio.gather(*(one(number) for number in range(many)))


async def main(address: str, queue: str) -> None:
    """One worker, set as ours is, until it is ended."""
    client = await Client.connect(address)
    worker = Worker(
        client, task_queue=queue, workflows=[Clock], activities=[nothing],
        max_cached_workflows=600, max_concurrent_workflow_tasks=16, sticky_queue_schedule_to_start_timeout=timedelta(seconds=3),
    )  # fmt: skip
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
