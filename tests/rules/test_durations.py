"""How lengths of time are read and written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.durations import BadDuration, Duration, Unit, parse
from tests.rules.oracle import QUICK


@pytest.mark.parametrize(
    ("text", "meant", "written"),
    [
        pytest.param("5s", Duration(5, Unit.SECONDS), "5s", id="seconds"),
        pytest.param("90m", Duration(90, Unit.MINUTES), "90m", id="minutes stay minutes"),
        pytest.param("4h", Duration(4, Unit.HOURS), "4h", id="hours"),
        pytest.param("1h 30m", Duration(90, Unit.MINUTES), "90m", id="two units become the smaller"),
        pytest.param("1h30m", Duration(90, Unit.MINUTES), "90m", id="two units without a space"),
        pytest.param("1h 5s", Duration(3605, Unit.SECONDS), "3605s", id="the middle unit may be missing"),
        pytest.param("0h 20m", Duration(20, Unit.MINUTES), "20m", id="one part may be nothing"),
        pytest.param("1 day", Duration(1, Unit.DAYS), "1 day", id="one day"),
        pytest.param("30 days", Duration(30, Unit.DAYS), "30 days", id="days"),
        pytest.param("1 working day", Duration(1, Unit.WORKING_DAYS), "1 working day", id="one working day"),
        pytest.param("2 working days", Duration(2, Unit.WORKING_DAYS), "2 working days", id="working days"),
        pytest.param("  2  Working\tDAYS ", Duration(2, Unit.WORKING_DAYS), "2 working days", id="case and spaces"),
        pytest.param(" 4 H ", Duration(4, Unit.HOURS), "4h", id="a space before the unit"),
        pytest.param("4 hours", Duration(4, Unit.HOURS), "4h", id="hours in full"),
        pytest.param("1 hour", Duration(1, Unit.HOURS), "1h", id="one hour in full"),
        pytest.param("4 hrs", Duration(4, Unit.HOURS), "4h", id="hrs"),
        pytest.param("1hr", Duration(1, Unit.HOURS), "1h", id="hr"),
        pytest.param("90 min", Duration(90, Unit.MINUTES), "90m", id="min"),
        pytest.param("90mins", Duration(90, Unit.MINUTES), "90m", id="mins"),
        pytest.param("1 Minute", Duration(1, Unit.MINUTES), "1m", id="one minute in full"),
        pytest.param("30 sec", Duration(30, Unit.SECONDS), "30s", id="sec"),
        pytest.param("30 secs", Duration(30, Unit.SECONDS), "30s", id="secs"),
        pytest.param("1 second", Duration(1, Unit.SECONDS), "1s", id="one second in full"),
        pytest.param("1 hour 30 minutes", Duration(90, Unit.MINUTES), "90m", id="two units in full"),
        pytest.param("1 hour and 30 minutes", Duration(90, Unit.MINUTES), "90m", id="and"),
        pytest.param("1 hr, 5 min and 10 sec", Duration(3910, Unit.SECONDS), "3910s", id="three units as a list"),
        pytest.param("2 weeks", Duration(14, Unit.DAYS), "14 days", id="weeks are days"),
        pytest.param("1 week", Duration(7, Unit.DAYS), "7 days", id="one week"),
    ],
)
def test_a_text_is_read_and_written(text: str, meant: Duration, written: str) -> None:
    assert parse(text) == meant
    assert str(meant) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "0m",
        "0 days",
        "-1h",
        "1.5h",
        "h",
        "4",
        "1d",
        "0 weeks",
        "-2 weeks",
        "1.5 hours",
        "523 weeks",
        "2 working weeks",
        "1 week 2 days",
        "2 months",
        "1 hour 30",
        "and 5 min",
        ", 5m",
        "5 min and",
        "30 minutes 1 hour",
        "two hours",
        "30m 1h",
        "4h 2 days",
        "٤h",
        "4hh",
        "3661 days",
        "999999999h",
    ],
)
def test_what_is_no_length_of_time_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(BadDuration, match="2 working days") as refused:
        parse(text)
    assert refused.value.text == text


@pytest.mark.parametrize("amount", [0, -3])
def test_no_duration_is_made_of_nothing(amount: int) -> None:
    with pytest.raises(BadDuration):
        Duration(amount, Unit.HOURS)


@QUICK
@given(st.builds(Duration, st.integers(1, 3660), st.sampled_from(Unit)))
def test_what_is_written_is_read_back(duration: Duration) -> None:
    assert parse(str(duration)) == duration


@QUICK
@given(st.integers(0, 99), st.integers(0, 99), st.integers(1, 99))
def test_parts_add_up(hours: int, minutes: int, seconds: int) -> None:
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    assert parse(f"{hours}h {minutes}m {seconds}s").timedelta == length


def test_only_a_calendar_knows_how_long_days_are() -> None:
    with pytest.raises(ValueError, match="calendar"):
        _ = parse("2 days").timedelta
