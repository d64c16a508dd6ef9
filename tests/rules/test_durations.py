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
        "2 weeks",
        "1d",
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
