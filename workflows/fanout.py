"""The story of what concerns many: step by step through a list, at a rate somebody sets, until nothing is left."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.fanout import FanOut
    from rules.messages import Paced

STEPS = 500
"""Steps in one history; the next begins a new one."""
PATIENTLY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=15))


@workflow.defn
class FanOutWorkflow:
    """One list. The list and how it stands are in the tables: it may end, be killed and be started anew at any point."""

    @workflow.run
    async def run(self, number: int) -> None:
        """Go on until it is paused, stopped or done."""
        for _ in range(STEPS):
            paced = await self.step(number)
            if paced.over:
                return
            await workflow.sleep(timedelta(seconds=paced.seconds))
        workflow.continue_as_new(number)

    async def step(self, number: int) -> Paced:
        """One step, tried until it was made."""
        return await workflow.execute_activity_method(
            FanOut.go_on,
            number,
            start_to_close_timeout=timedelta(minutes=3),
            heartbeat_timeout=timedelta(seconds=20),
            retry_policy=PATIENTLY,
        )
