"""Whether Temporal holds a running workflow for every open request, and none that failed."""

from __future__ import annotations

import asyncio
import time

from sqlmodel import col, select

from drills.findings import Finding, none_of
from drills.stack import Stack
from embedded.temporal import connect
from models.requests import ServiceRequest

READING = "clock-reading"
"""With one such workflow, ended at once, the doctor reads Temporal's clock."""
PATIENCE = 15.0
"""Seconds Temporal's index of workflows may lag behind."""


async def flows(stack: Stack) -> list[Finding]:
    """Every open and started request has its workflow; no workflow ended otherwise than by its own end."""
    async with stack.sessions() as sessions, sessions() as session:
        asked = select(ServiceRequest.reference).where(
            col(ServiceRequest.over).is_(False), col(ServiceRequest.started_at).is_not(None)
        )
        open_ones = set((await session.exec(asked)).all())
    address = stack.addresses()
    client = await connect(address["TEMPORAL_ADDRESS"], address["TEMPORAL_NAMESPACE"], seconds=10)
    deadline = time.monotonic() + PATIENCE
    while True:
        running = {flow.id async for flow in client.list_workflows("ExecutionStatus = 'Running'")}
        if open_ones <= running or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.5)
    ended = "ExecutionStatus != 'Running' AND ExecutionStatus != 'Completed'"
    failed = [flow.id async for flow in client.list_workflows(ended) if not flow.id.startswith(READING)]
    return [
        none_of("open requests without a workflow", sorted(open_ones - running), len(open_ones)),
        none_of("workflows that failed", failed, len(open_ones)),
    ]
