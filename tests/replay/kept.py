"""Histories as files: numbered, without the names of the machine they were made on."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from workflows.client import WORKFLOWS
from workflows.fanout import FanOutWorkflow
from workflows.payloads import DATA_CONVERTER

FOLDER = Path(__file__).resolve().parent / "histories"
BLANK = {"identity": "tests", "stackTrace": ""}
"""What says where a history was made, and what is written instead."""
MACHINE = re.compile(rf"\d+@{re.escape(socket.gethostname())}")
"""How a worker names itself in the name of its own queue."""


def saved() -> list[Path]:
    """All saved histories, by name and number."""
    return sorted(FOLDER.glob("*.json"))


def read(file: Path) -> WorkflowHistory:
    """A saved history."""
    kept = json.loads(file.read_text(encoding="utf-8"))
    return WorkflowHistory.from_json(kept.pop("workflow_id"), kept)


def save(name: str, history: WorkflowHistory) -> Path:
    """Write a history under the next number of its name; older ones stay, for requests that run since then."""
    number = 1 + len(list(FOLDER.glob(f"{name}-*.json")))
    file = FOLDER / f"{name}-{number}.json"
    kept = {"workflow_id": history.workflow_id, **blanked(json.loads(history.to_json()))}
    text = MACHINE.sub("tests", json.dumps(kept, separators=(",", ":")))
    file.write_text(text + "\n", encoding="utf-8")
    return file


def blanked(value: Any) -> Any:
    """The same without what names a machine."""
    if isinstance(value, dict):
        return {key: BLANK.get(key) if key in BLANK else blanked(inner) for key, inner in value.items()}
    return [blanked(inner) for inner in value] if isinstance(value, list) else value


async def replayed(history: WorkflowHistory) -> Exception | None:
    """Run today's workflows over a history: where they would go another way, or anything else that went wrong."""
    replayer = Replayer(workflows=[*set(WORKFLOWS.values()), FanOutWorkflow], data_converter=DATA_CONVERTER)
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    return result.replay_failure
