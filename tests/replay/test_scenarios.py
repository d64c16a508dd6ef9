"""What the workflows write today replays today; with SAVE_HISTORIES set it is kept for tomorrow."""

from __future__ import annotations

import os

import pytest

from tests.replay.kept import replayed, save, saved
from tests.replay.scenarios import SCENARIOS, Scenario
from tests.sweeping import swept
from tests.timeline import Timeline
from tests.workflows.conftest import Faults, is_running

SAVING = "SAVE_HISTORIES"


@pytest.mark.parametrize(
    "scenario",
    swept("the other lives; what was saved of each replays in every run", *SCENARIOS),
    ids=lambda scenario: scenario.__name__.replace("_", "-"),
)
async def test_a_history_made_now_replays_now(town: Timeline, faults: Faults, scenario: Scenario) -> None:
    town.now = town.now.replace(hour=12, minute=30)
    reference = await scenario(town, faults)
    history = await town.handle(reference).fetch_history()
    assert await replayed(history) is None
    name = scenario.__name__.replace("_", "-")
    if os.environ.get(SAVING):
        save(name, history)
    elif reference in town.references and not (await town.row(reference)).over:
        assert await is_running(town, reference)
    assert any(file.name.startswith(f"{name}-") for file in saved()), "save it: python -m tests.replay.save"
