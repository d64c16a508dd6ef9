"""The town of the stories, with a pen that can be made to fail for chosen requests."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.client import WorkflowExecutionStatus

from activities.fanout import FanOut
from activities.record import Record
from models.requests import ServiceRequest
from tests.stories.conftest import through_temporal
from tests.timeline import Timeline
from workflows.client import Door

__all__ = ["through_temporal"]

A_MOMENT = timedelta(milliseconds=700)


@pytest.fixture
def town(through_temporal: Timeline) -> Timeline:
    """Its requests are brought on by their workflows."""
    return through_temporal


@dataclass
class Faults:
    """What goes wrong at the pen's first step, by reference; `tries` counts how often it did. `fan_out`: the worker's."""

    fan_out: FanOut
    error: dict[str, BaseException] = field(default_factory=dict)
    hung: dict[str, asyncio.Event] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)

    async def happen(self, reference: str) -> None:
        """Fail or hang if this request shall; otherwise nothing."""
        if reference in self.hung:
            self.tries[reference] += 1
            await self.hung[reference].wait()
        if reference in self.error:
            self.tries[reference] += 1
            raise self.error[reference]


@pytest.fixture
def faults(pen: Record, fan_out: FanOut, town: Timeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    """Faults of the worker's pen; none until a test sets them."""
    found = Faults(fan_out)
    locked: Callable[[AsyncSession, str], Awaitable[ServiceRequest]] = pen._locked

    async def failing(session: AsyncSession, reference: str) -> ServiceRequest:
        await found.happen(reference)
        return await locked(session, reference)

    monkeypatch.setattr(pen, "_locked", failing)
    yield found
    found.error.clear()
    for hanging in found.hung.values():
        hanging.set()


def impatient(town: Timeline, patience: timedelta = A_MOMENT) -> Door:
    """The same door for one who waits only a moment."""
    return Door(town.client, town.door.opening, patience=patience)


async def come(true: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait until `true` answers something true (it may be a coroutine function); AssertionError if it never does."""
    give_up = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < give_up:
        answer = true()
        if asyncio.iscoroutine(answer):
            answer = await answer
        if answer:
            return answer
        await asyncio.sleep(0.02)
    raise AssertionError(f"it did not come true in {seconds} s")


async def is_running(town: Timeline, reference: str) -> bool:
    """Whether the request's workflow runs; it is never to fail."""
    return (await town.handle(reference).describe()).status is WorkflowExecutionStatus.RUNNING


async def scheduled(town: Timeline, reference: str) -> int:
    """How many regular activities the request's history has: the patient half of the pen."""
    history = await town.handle(reference).fetch_history()
    return sum(event.HasField("activity_task_scheduled_event_attributes") for event in history.events)
