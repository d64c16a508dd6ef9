"""Whether Temporal still sees a worker ask for work: what tells one that works from one that only lives."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from workflows.attributes import TASK_QUEUE

LATELY = timedelta(seconds=75)
"""An idle worker asks anew once a minute, when the server ends the call it waits in."""
BRIEFLY = timedelta(seconds=1)
KEPT = timedelta(seconds=10)
"""How long a good answer is good for."""


class Polled:
    """Asks Temporal when the worker of a client last asked it for work. Begun just now, a worker has time to ask first."""

    def __init__(self, client: Client, begun: datetime | None = None) -> None:
        self.client = client
        self.last = begun or datetime.now(UTC)
        self.good_until = self.last

    async def lately(self) -> bool:
        """Whether it did so lately; of a Temporal that does not answer nothing is known, and nothing is held against it."""
        now = datetime.now(UTC)
        if now < self.good_until:
            return True
        try:
            async with asyncio.timeout(BRIEFLY.total_seconds()):
                self.last = max([self.last, *await self._polls()])
        except (RPCError, RuntimeError, TimeoutError):
            return True
        if now - self.last < LATELY:
            self.good_until = now + KEPT
            return True
        return False

    async def _polls(self) -> list[datetime]:
        asked = DescribeTaskQueueRequest(
            namespace=self.client.namespace,
            task_queue=TaskQueue(name=TASK_QUEUE),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        found = await self.client.workflow_service.describe_task_queue(asked, timeout=BRIEFLY)
        return [p.last_access_time.ToDatetime(UTC) for p in found.pollers if p.identity == self.client.identity]
