"""What was closed, once more under other timings: within the promised time, and out of the first officer's time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.due import due
from rules.durations import parse
from rules.policy import Policy
from rules.request import UNDER_QUESTION, Hold
from rules.whatif import Closed, limit, once_more
from tests.world import demo_profile

BEGAN = datetime(2027, 5, 14, 3, 30, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return BEGAN + timedelta(minutes=minutes)


WAIT = Hold("premises-locked", after(20), after(50))
QUESTION = Hold(UNDER_QUESTION, after(20), after(50), stops_standard=False)


def closed(minutes: float, *holds: Hold, **more: Any) -> Closed:
    """Put right so many minutes after it came in; within its time and by its first officer, as it was."""
    when = after(minutes)
    one = Closed("100000001", "no-supply", "urban", "gizri", "south", BEGAN, when, True, BEGAN, 1, when, False, holds)
    return one._replace(**more)


@pytest.fixture(scope="module")
def shorter() -> Policy:
    """Fifty minutes for the first officer, ten for the next, and seventy for all."""
    policy = demo_profile().policy
    tiers = (parse("50m"), parse("10m"), parse("9m"))
    supply = replace(policy.timings["no-supply"], standard=parse("70m"), tiers=tiers)
    return replace(policy, timings={**policy.timings, "no-supply": supply})


@pytest.mark.parametrize(
    ("one", "within", "up"),
    [
        pytest.param(closed(40), True, False, id="quick"),
        pytest.param(closed(50), True, True, id="at the very second its time runs out, the timer is first"),
        pytest.param(closed(71), False, True, id="late"),
        pytest.param(closed(79, WAIT), True, False, id="a wait is given back to both"),
        pytest.param(
            closed(79, QUESTION), False, False, id="while the consumer is asked, the tier's clock alone stands"
        ),
        pytest.param(closed(100, ended=after(30)), False, False, id="sent up by hand before"),
        pytest.param(closed(70, begins=after(55), tier=2), True, True, id="brought forward at the second tier"),
        pytest.param(closed(64, begins=after(55), tier=2), True, False, id="brought forward and quick"),
        pytest.param(closed(900, area_class="rural"), False, True, id="by the times of its own area"),
    ],
)
def test_closed_once_more(one: Closed, within: bool, up: bool, shorter: Policy) -> None:
    assert once_more([one], shorter) == ([within], [up])


def test_where_no_time_is_promised_any_more_it_is_judged_as_it_was(shorter: Policy) -> None:
    none = replace(shorter.timings["no-supply"], standard=None)
    policy = replace(shorter, timings={**shorter.timings, "no-supply": none})
    assert once_more([closed(900), closed(1, within=False)], policy) == ([True, False], [True, False])


@pytest.mark.parametrize("time", ["90m", "4h", "1 day", "3 days", "1 working day", "2 working days"])
def test_no_time_runs_out_sooner_than_is_taken_for_sure(time: str, shorter: Policy) -> None:
    for calendar in shorter.calendars.values():
        by = limit(parse(time), calendar)
        for hours in range(0, 14 * 24, 5):
            entered = BEGAN + timedelta(hours=hours, minutes=hours % 60)
            ends = due(by.time, entered, (), calendar)
            assert ends is not None
            assert ends >= entered + by.long
