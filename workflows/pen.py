"""How a workflow asks the pen: quickly if the database answers, patiently if not, with the same command both times."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar, overload

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from activities.record import Record
    from rules.messages import ItIsTime, Look, Standing, Take, Taken

Answer = TypeVar("Answer", Standing, Taken)

QUICKLY = RetryPolicy(maximum_attempts=2, initial_interval=timedelta(milliseconds=200))
PATIENTLY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=5))


@overload
async def record(command: Take) -> Taken: ...
@overload
async def record(command: Look | ItIsTime) -> Standing: ...
async def record(command: Look | ItIsTime | Take) -> Standing | Taken:
    """The pen's answer to `command`. Raises FailureError only for what will never work."""
    try:
        return await _quickly(command)
    except FailureError as failed:
        told = failed.cause if isinstance(failed, ActivityError) else failed
        if isinstance(told, ApplicationError) and told.non_retryable:
            raise
    return await _patiently(command)


async def _quickly(command: Look | ItIsTime | Take) -> Standing | Taken:
    """A local activity for at most three seconds: cheaper, but it holds a slot of the worker while it waits."""
    limits = workflow.LocalActivityConfig(
        start_to_close_timeout=timedelta(seconds=2),
        schedule_to_close_timeout=timedelta(seconds=3),
        retry_policy=QUICKLY,
    )
    if isinstance(command, Take):
        return await workflow.execute_local_activity_method(Record.take, command, **limits)
    if isinstance(command, ItIsTime):
        return await workflow.execute_local_activity_method(Record.it_is_time, command, **limits)
    return await workflow.execute_local_activity_method(Record.look, command, **limits)


async def _patiently(command: Look | ItIsTime | Take) -> Standing | Taken:
    """A regular activity, tried until the database is back."""
    limits = workflow.ActivityConfig(start_to_close_timeout=timedelta(seconds=10), retry_policy=PATIENTLY)
    if isinstance(command, Take):
        return await workflow.execute_activity_method(Record.take, command, **limits)
    if isinstance(command, ItIsTime):
        return await workflow.execute_activity_method(Record.it_is_time, command, **limits)
    return await workflow.execute_activity_method(Record.look, command, **limits)
