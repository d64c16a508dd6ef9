"""A request with more events than one history takes goes on in fresh ones, and one that was over in another workflow."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest, ListWorkflowExecutionsRequest

from rules.terms import Act, Actor, State
from tests.servers import LONG
from tests.stories.applying import apply
from tests.stories.test_the_ladder import at
from tests.timeline import Timeline
from tests.workflows.conftest import is_running
from tests.workflows.test_drift import sent

EVENTS = 5_000
AT_ONCE = 7
"""Temporal takes ten updates of one workflow at a time; whoever comes then is asked to come again."""


@pytest.fixture
def town(through_temporal: Timeline) -> Timeline:
    """The length of a workflow's history is the story."""
    return through_temporal


async def runs(town: Timeline, reference: str) -> list[str]:
    """The runs of a request's workflow, as Temporal lists them."""
    asked = ListWorkflowExecutionsRequest(namespace=town.client.namespace, query=f"WorkflowId = '{reference}'")
    listed = await town.client.workflow_service.list_workflow_executions(asked)
    return [one.execution.run_id for one in listed.executions]


async def kinds_of(town: Timeline, reference: str, run: str) -> list[int]:
    """The kinds of every event of one run."""
    found: list[int] = []
    token = b""
    while True:
        asked = GetWorkflowExecutionHistoryRequest(
            namespace=town.client.namespace,
            execution=WorkflowExecution(workflow_id=reference, run_id=run),
            next_page_token=token,
        )
        page = await town.client.workflow_service.get_workflow_execution_history(asked)
        found += [event.event_type for event in page.history.events]
        token = page.next_page_token
        if not token:
            return found


@pytest.mark.sweep("five thousand events; nothing short takes this way")
async def test_the_history_begins_anew_again_and_again_and_the_clock_goes_on(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await town.file("no-supply")
    officer = (await town.task(complaint)).handler
    await town.officer(complaint, Act.ACCEPT, officer)
    due = (await town.task(complaint)).due
    assert due is not None
    rounds = 0
    while rounds % 20 or await events_of(town, complaint) < EVENTS:
        note = await sent(town, complaint, Act.NOTE, Actor.OFFICER, officer, words=f"Note {rounds}.")
        looks = [town.door.look(complaint) for _ in range(AT_ONCE)]
        taken, *_ = await asyncio.gather(town.door.act(note), *looks)
        assert taken.refused is None
        rounds += 1
    assert await is_running(town, complaint)
    histories = [await kinds_of(town, complaint, run) for run in await runs(town, complaint)]
    assert sum(map(len, histories)) >= EVENTS
    assert max(map(len, histories)) < 2 * LONG
    unfinished = [
        history.count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)
        - history.count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED)
        for history in histories
    ]
    assert unfinished == [0] * len(histories)
    assert (await town.kinds(complaint)).count("noted") == rounds
    await town.until(due + timedelta(minutes=1))
    moves = [event for event in await town.events(complaint) if event.kind == "escalated"]
    assert [(move.due, move.at.replace(microsecond=0)) for move in moves] == [(due, due.replace(microsecond=0))]
    await town.consumer(complaint, Act.WITHDRAW)
    assert (await town.row(complaint)).state == State.WITHDRAWN


async def events_of(town: Timeline, reference: str) -> int:
    """How many events the histories of a request's workflow have, all of them together."""
    return sum([len(await kinds_of(town, reference, run)) for run in await runs(town, reference)])


async def test_one_that_lapsed_by_its_timer_goes_on_for_money_that_comes_late(town: Timeline) -> None:
    request = await apply(town, "new-connection")
    await request.walk(until="payment")
    note = (await request.case()).note
    assert note is not None
    assert note.expires_at is not None
    await town.until(note.expires_at + timedelta(minutes=1))
    row = await request.row()
    assert (row.state, row.over) == (State.LAPSED, True)
    assert (await town.kinds(request.reference)).count("lapsed") == 1
    late = await request.pay(50_000, note=note.number)
    assert late.refused is None
    assert await request.open_stages() == ["refund"]
    await request.do("refund")
    assert ((await request.case()).balance, (await request.row()).over) == (0, True)
