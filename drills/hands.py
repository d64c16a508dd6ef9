"""What was in the hand of a worker when it was killed, as Temporal's histories tell it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from temporalio.api.enums.v1 import EventType, TimeoutType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from drills.stack import Stack
from embedded.temporal import connect

ANSWERED = frozenset({EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED})
AT_ONCE = 8


async def in_hand(stack: Stack, numbers: Sequence[str], worker: int, killed: datetime) -> dict[str, datetime]:
    """Those of these requests of which this process was doing something when it was killed, with when Temporal gave it up."""
    address = stack.addresses()
    client = await connect(address["TEMPORAL_ADDRESS"], address["TEMPORAL_NAMESPACE"], seconds=10)
    few = asyncio.Semaphore(AT_ONCE)

    async def held(number: str) -> datetime | None:
        async with few:
            return given_up(await _events(client, number), f"/{worker}", killed)

    found = await asyncio.gather(*(held(number) for number in numbers))
    return {number: at for number, at in zip(numbers, found, strict=True) if at is not None}


async def _events(client: Client, number: str) -> Sequence[HistoryEvent]:
    return (await client.get_workflow_handle(number).fetch_history()).events


def given_up(events: Iterable[HistoryEvent], worker: str, killed: datetime) -> datetime | None:
    """When a step of this workflow was given up that one whose name ends so had before that instant and never answered.

    Either the workflow's own next step, or what it had asked to be done: of that only a later attempt is written down,
    and how the one before it ended, not when: that instant stands for it then. None where there is no such step.
    """
    given, asked = False, False
    for event in events:
        at = event.event_time.ToDatetime(UTC)
        match event.event_type:
            case EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
                given = at <= killed and event.workflow_task_started_event_attributes.identity.endswith(worker)
            case EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT if given and at > killed:
                return at
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                asked = at <= killed
            case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED if asked and at > killed:
                before = event.activity_task_started_event_attributes.last_failure
                if before.timeout_failure_info.timeout_type == TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE:
                    return killed
        if event.event_type in ANSWERED:
            given = False
    return None
