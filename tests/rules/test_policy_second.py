"""Which timings one person may save alone, and which need a second."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rules.durations import parse
from rules.hours import CLOSED, Span
from rules.policy import Policy
from rules.policy_check import TooLate
from rules.policy_second import Longer, needs_second
from rules.procedure import Law
from tests.world import demo_profile

POLICY = demo_profile().policy


def changed(category: str, **more: Any) -> Policy:
    """The demo's timings with another one of this category."""
    timing = replace(POLICY.timings[category], **more)
    return replace(POLICY, timings={**POLICY.timings, category: timing})


def tiers(*times: str) -> dict[str, Any]:
    return {"tiers": tuple(map(parse, times))}


@pytest.mark.parametrize(
    ("category", "more", "why"),
    [
        pytest.param("no-supply", tiers("80m", "1h", "90m"), [], id="shorter"),
        pytest.param("no-supply", tiers("1h 30m", "60m", "90m"), [], id="the same, written otherwise"),
        pytest.param("no-supply", tiers("91m", "50m", "90m"), [1], id="a tier longer, the whole shorter"),
        pytest.param("no-supply", tiers("90m", "1h", "2h"), [3], id="the last tier longer"),
        pytest.param("no-supply", {"standard": parse("5h")}, [0], id="the time limit longer"),
        pytest.param("no-supply", {"standard": None}, [0], id="no time limit any more"),
        pytest.param("no-supply", {"standard": parse("2h 30m")}, ["late"], id="a limit before the last tier begins"),
        pytest.param(
            "no-supply", {"standard": parse("2h 30m"), "note": "Crews are few"}, ["late"], id="a note excuses nothing"
        ),
        pytest.param("no-supply", {"calendar": "office"}, [1, 2, 3, "late"], id="another calendar"),
        pytest.param(
            "voltage", tiers("24h", "2 working days", "2 working days"), [1, "late"], id="longer on some days only"
        ),
        pytest.param("no-supply", {"accept": parse("40m"), "confirm": parse("2 days")}, [], id="no tier's time"),
    ],
)
def test_what_needs_a_second_person(category: str, more: dict[str, Any], why: list[object]) -> None:
    found = needs_second(POLICY, changed(category, **more))
    assert [one.tier if isinstance(one, Longer) else "late" for one in found if one.path[1] == category] == why
    assert all(one.path[:2] == ("complaint", category) for one in found)


def test_what_was_too_late_before_may_stay_so() -> None:
    before = changed("no-supply", standard=parse("2h 30m"))
    after = replace(before, timings={**before.timings, "no-supply": replace(before.timings["no-supply"], accept=None)})
    assert needs_second(before, after) == []
    assert isinstance(needs_second(POLICY, before)[0], TooLate)


def test_the_stage_of_an_application_and_a_place_that_loses_its_own_times() -> None:
    procedure = POLICY.procedures["new-connection"]
    stage = next(iter(procedure.stages.values()))
    slow = replace(stage, timing=replace(stage.timing, tiers=(parse("9 working days"), *stage.timing.tiers[1:])))
    procedures = {
        **POLICY.procedures,
        "new-connection": replace(procedure, stages={**procedure.stages, stage.code: slow}),
    }
    found = needs_second(POLICY, replace(POLICY, procedures=procedures))
    assert [(one.path, one.tier) for one in found if isinstance(one, Longer)] == [
        (("procedure", "new-connection", "stage", stage.code), 1)
    ]
    short = replace(POLICY.timings["no-supply"], **tiers("10m", "10m", "10m"))
    own = replace(POLICY, areas={**POLICY.areas, ("no-supply", "metro"): short})
    assert {one.path for one in needs_second(own, POLICY)} == {("complaint", "no-supply", "metro")}


def with_laws(*laws: Law) -> Policy:
    """The demo's timings with these regulated times of a new connection."""
    procedure = replace(POLICY.procedures["new-connection"], standards=laws)
    return replace(POLICY, procedures={**POLICY.procedures, "new-connection": procedure})


def law(time: str, **more: Any) -> Law:
    return Law(parse(time), more.pop("calendar", "round-the-clock"), **more)


FEB, TOWN, VILLAGE = date(2024, 2, 22), {"area": "urban"}, {"area": "rural"}


@pytest.mark.parametrize(
    ("after", "why"),
    [
        pytest.param([law("6 days", **TOWN), law("15 days", **VILLAGE)], [], id="shorter"),
        pytest.param([law("15 days", **VILLAGE), law("7 days", **TOWN)], [], id="the same in another order"),
        pytest.param([law("8 days", **TOWN), law("15 days", **VILLAGE)], [("7 days", "8 days")], id="longer"),
        pytest.param(
            [law("7 days", **TOWN, until=FEB), law("9 days", **TOWN, since=FEB), law("15 days", **VILLAGE)],
            [("7 days", "9 days")],
            id="longer from a day on",
        ),
        pytest.param(
            [law("7 days", **TOWN, up_to_kw=Decimal(5)), law("9 days", **TOWN, above_kw=Decimal(5)), law("15 days", **VILLAGE)],
            [("7 days", "9 days")],
            id="longer for large loads",
        ),
        pytest.param([law("7 days")], [], id="one for all, the shorter"),
        pytest.param([law("7 days", **TOWN)], [("15 days", "None")], id="none any more in villages"),
        pytest.param(
            [law("7 days", **TOWN, calendar="office"), law("15 days", **VILLAGE)],
            [("7 days", "7 days")],
            id="another calendar",
        ),
    ],
)  # fmt: skip
def test_a_regulated_time_of_applications_that_becomes_longer_for_anybody(after: list[Law], why: list[object]) -> None:
    found = needs_second(with_laws(law("7 days", **TOWN), law("15 days", **VILLAGE)), with_laws(*after))
    assert [(str(one.before), str(one.after)) for one in found if isinstance(one, Longer)] == why
    assert all(one.path == ("procedure", "new-connection") for one in found)


def test_a_new_category_and_other_hours_of_a_calendar_need_nobody() -> None:
    fewer = replace(POLICY.calendars["office"], week=((Span(36000, 39600),), *CLOSED[1:]))
    assert needs_second(POLICY, replace(POLICY, calendars={**POLICY.calendars, "office": fewer})) == []
    more = replace(POLICY, timings={**POLICY.timings, "new-one": POLICY.timings["no-supply"]})
    assert needs_second(POLICY, more) == []
