"""The only door in: whatever reaches a request's workflow goes through here, before it was started, while it runs, after."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import Priority, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError

from rules.messages import Standing, Take, Taken
from rules.terms import Kind
from workflows.attributes import SAFETY_FIRST, TASK_QUEUE, THE_REST, attributes
from workflows.complaint import ComplaintWorkflow
from workflows.connection import ConnectionWorkflow
from workflows.fanout import FanOutWorkflow

WORKFLOWS: dict[Kind, Any] = {
    kind: ComplaintWorkflow if kind is Kind.COMPLAINT else ConnectionWorkflow for kind in Kind
}
"""Which workflow tells the story of which kind."""

PATIENCE = timedelta(seconds=12)
"""How long a person waits for an action before hearing that it was received and is not yet done."""


AWAY = (TimeoutError, RPCError, RuntimeError, WorkflowUpdateRPCTimeoutOrCancelledError)
"""How Temporal's absence shows; a client that connects when first used raises RuntimeError."""


class NotYet(Exception):
    """Received and not yet done: the tray has it, and it will be done."""


class NoSuchRequest(LookupError):
    """There is no request of this number, or no submission of this id."""


@dataclass(frozen=True)
class Opening:
    """What the door must know of a request to start its workflow."""

    reference: str
    kind: Kind = Kind.COMPLAINT
    category: str = ""
    zone: str = ""
    safety: bool = False


class Door:
    """The door to the workflows of one Temporal namespace. `opening` reads what is needed to start a request's workflow."""

    def __init__(
        self,
        client: Client,
        opening: Callable[[str], Awaitable[Opening | None]],
        hint: Callable[[], Awaitable[None]] | None = None,
        patience: timedelta = PATIENCE,
    ) -> None:
        self.client = client
        self.opening = opening
        self.hint = hint
        self.patience = patience

    async def act(self, take: Take) -> Taken:
        """What became of a submission. Raises NotYet when it was not done in time, NoSuchRequest when there is none."""
        answer: Taken = await self._through(take.reference, "act", f"act/{take.submission}", take)
        return answer

    async def look(self, reference: str) -> Standing:
        """Let the workflow read its row again, starting it if need be. Raises NotYet or NoSuchRequest."""
        standing: Standing = await self._through(reference, "look", None)
        return standing

    async def start(self, opening: Opening) -> bool:
        """Start a request's workflow; False where one runs already. Raises when Temporal is away."""
        options = {**_options(opening), "id_conflict_policy": WorkflowIDConflictPolicy.FAIL}
        try:
            await self.client.start_workflow(WORKFLOWS[opening.kind].run, opening.reference, **options)
        except WorkflowAlreadyStartedError:
            return False
        return True

    async def fan_out(self, number: int) -> None:
        """Let a list go on; one that goes on already is left alone. Raises when Temporal is away."""
        with suppress(WorkflowAlreadyStartedError):
            await self.client.start_workflow(
                FanOutWorkflow.run, number, id=f"run-{number}", task_queue=TASK_QUEUE, priority=THE_REST
            )

    async def wake(self) -> None:
        """Hint that a request waits to be started; allowed to be lost."""
        if self.hint is not None:
            with suppress(Exception):
                await self.hint()

    async def _through(self, reference: str, update: str, id: str | None, *arguments: Any) -> Any:
        opening = await self.opening(reference)
        if opening is None:
            raise NoSuchRequest(reference)
        flow = WORKFLOWS[opening.kind]
        start = WithStartWorkflowOperation(flow.run, reference, **_options(opening))
        call = self.client.execute_update_with_start_workflow(
            getattr(flow, update), args=list(arguments), start_workflow_operation=start, id=id
        )
        try:
            async with asyncio.timeout(self.patience.total_seconds()):
                return await call
        except AWAY as late:
            raise NotYet(reference) from late
        except WorkflowUpdateFailedError as failed:
            if id is None:
                raise _why(reference, failed) from failed
        finally:
            # unless somebody asks for it, the handle's failure is reported as never retrieved
            with suppress(Exception, asyncio.CancelledError):
                async with asyncio.timeout(0):
                    await start.workflow_handle()
        # a failure is kept under the update's id for ever; what failed then may work now, and the pen does nothing twice
        return await self._through(reference, update, None, *arguments)


def _why(reference: str, failed: WorkflowUpdateFailedError) -> NotYet | NoSuchRequest:
    unknown = isinstance(failed.cause, ApplicationError) and failed.cause.type in {"NoRequest", "NoSubmission"}
    return NoSuchRequest(reference) if unknown else NotYet(reference)


def _options(opening: Opening) -> dict[str, Any]:
    priority: Priority = SAFETY_FIRST if opening.safety else THE_REST
    return {
        "id": opening.reference,
        "task_queue": TASK_QUEUE,
        "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
        "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        "search_attributes": attributes(opening.kind.value, opening.category, opening.zone),
        "priority": priority,
        "static_summary": f"{opening.category} {opening.reference}",
        "task_timeout": timedelta(seconds=5),
    }
