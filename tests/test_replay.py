"""Every saved history replays under the workflows as they are now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.workflow import NondeterminismError

from tests.replay.kept import read, replayed, saved
from workflows.client import WORKFLOWS
from workflows.fanout import FanOutWorkflow


@pytest.mark.parametrize("file", saved(), ids=lambda file: file.stem)
async def test_a_saved_history_replays(file: Path) -> None:
    assert await replayed(read(file)) is None


def test_there_is_a_history_of_every_workflow() -> None:
    kept = {event["workflowExecutionStartedEventAttributes"]["workflowType"]["name"] for event in first_events()}
    assert kept == {workflow.__name__ for workflow in {*WORKFLOWS.values(), FanOutWorkflow}}


def first_events() -> list[dict[str, dict[str, dict[str, str]]]]:
    """How each saved history begins."""
    return [json.loads(file.read_text(encoding="utf-8"))["events"][0] for file in saved()]


def test_the_histories_take_the_patient_half_the_timer_and_the_door() -> None:
    everything = "".join(file.read_text(encoding="utf-8") for file in saved())
    for turn in ("ACTIVITY_TASK_SCHEDULED", "TIMER_FIRED", "TIMER_CANCELED", "UPDATE_COMPLETED", "MARKER_RECORDED"):
        assert turn in everything


async def test_a_workflow_that_went_another_way_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    file = next(file for file in saved() if file.name.startswith("nobody-acts"))
    kept = json.loads(file.read_text(encoding="utf-8"))
    timers = [event for event in kept["events"] if event["eventType"] == "EVENT_TYPE_TIMER_STARTED"]
    timers[0]["eventType"] = "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED"
    timers[0]["activityTaskScheduledEventAttributes"] = {"activityId": "1", "activityType": {"name": "look"}}
    del timers[0]["timerStartedEventAttributes"]
    failure = await replayed(WorkflowHistory.from_json(kept.pop("workflow_id"), kept))
    assert isinstance(failure, NondeterminismError)
