"""When a time allowed runs out: named cases, and properties judged by a count of minutes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from rules.calendar import Calendar, calendar_from
from rules.due import Pause, due, reminder
from rules.durations import Duration, Unit, parse
from tests.rules.oracle import MINUTE, QUICK, WINDOW, Oracle, calendars, pauses

INDIA = ZoneInfo("Asia/Kolkata")
OFFICE = calendar_from(
    "office", "Asia/Kolkata", {"hours": {"mon-fri": ["09:30-13:00", "14:00-17:30"]}, "holidays": [date(2026, 8, 17)]}
)
ALWAYS = Calendar.round_the_clock("Asia/Kolkata")


def at(day: int, clock: str) -> datetime:
    """An instant of August 2026 in India: the 14th is a Friday, Monday the 17th a holiday."""
    return datetime.combine(date(2026, 8, day), time.fromisoformat(clock), tzinfo=INDIA).astimezone(UTC)


def held(day: int, clock: str, until: datetime | None) -> Pause:
    return Pause(at(day, clock), until)


@pytest.mark.parametrize(
    ("time_allowed", "entered", "calendar", "runs_out"),
    [
        pytest.param("90m", at(14, "18:00"), ALWAYS, at(14, "19:30"), id="minutes round the clock"),
        pytest.param("5s", at(14, "18:00"), ALWAYS, at(14, "18:00:05"), id="seconds"),
        pytest.param("4h", at(14, "16:00"), OFFICE, at(18, "12:00"), id="hours of the office"),
        pytest.param("90m", at(14, "16:00"), OFFICE, at(14, "17:30"), id="exactly until the close"),
        pytest.param("1 working day", at(14, "16:50"), OFFICE, at(18, "17:30"), id="Friday 16:50 and a Monday off"),
        pytest.param(
            "1 working day", at(9, "12:00"), OFFICE, at(11, "17:30"), id="a Sunday counts from Monday's opening"
        ),
        pytest.param(
            "1 working day",
            at(14, "16:50"),
            ALWAYS,
            at(16, "00:00"),
            id="a working day round the clock ends at midnight",
        ),
        pytest.param("7 days", at(12, "10:00"), ALWAYS, at(20, "00:00"), id="days"),
        pytest.param("7 days", at(15, "10:00"), OFFICE, at(26, "00:00"), id="days of an office begin at its opening"),
    ],
)
def test_without_a_pause(time_allowed: str, entered: datetime, calendar: Calendar, runs_out: datetime) -> None:
    assert due(parse(time_allowed), entered, [], calendar) == runs_out


HALF_HOUR = held(14, "18:30", at(14, "19:00"))


@pytest.mark.parametrize(
    ("time_allowed", "entered", "calendar", "stood", "runs_out"),
    [
        pytest.param("90m", at(14, "18:00"), ALWAYS, [HALF_HOUR], at(14, "20:00"), id="held time is given back"),
        pytest.param(
            "90m", at(14, "18:00"), ALWAYS, [HALF_HOUR, HALF_HOUR], at(14, "20:00"), id="what overlaps counts once"
        ),
        pytest.param("90m", at(14, "18:45"), ALWAYS, [HALF_HOUR], at(14, "20:30"), id="entered in a pause"),
        pytest.param("90m", at(14, "19:00"), ALWAYS, [HALF_HOUR], at(14, "20:30"), id="entered at its end"),
        pytest.param("30m", at(14, "18:00"), ALWAYS, [HALF_HOUR], at(14, "18:30"), id="run out when the pause begins"),
        pytest.param("90m", at(14, "18:00"), ALWAYS, [held(14, "19:00", None)], None, id="an open pause"),
        pytest.param(
            "90m", at(14, "18:00"), ALWAYS, [held(14, "19:30", None)], at(14, "19:30"), id="an open pause too late"
        ),
        pytest.param(
            "4h", at(14, "16:00"), OFFICE, [held(14, "17:30", at(18, "09:30"))], at(18, "12:00"), id="held while closed"
        ),
        pytest.param(
            "1 working day",
            at(13, "10:00"),
            OFFICE,
            [held(13, "12:00", at(13, "15:00"))],
            at(18, "11:30"),
            id="two hours of a working day",
        ),
        pytest.param(
            "1 working day",
            at(12, "10:00"),
            OFFICE,
            [held(12, "17:30", at(13, "09:30"))],
            at(13, "17:30"),
            id="a night costs no working day",
        ),
        pytest.param(
            "1 working day",
            at(12, "10:00"),
            OFFICE,
            [held(12, "16:30", at(12, "17:30")), held(14, "10:00", at(14, "12:00"))],
            at(14, "12:30"),
            id="a pause in the time given back",
        ),
        pytest.param(
            "1 working day",
            at(12, "10:00"),
            OFFICE,
            [held(13, "17:00", None)],
            None,
            id="an open pause on the last day",
        ),
        pytest.param(
            "1 working day",
            at(12, "10:00"),
            OFFICE,
            [held(13, "17:30", None)],
            at(13, "17:30"),
            id="an open pause after the close",
        ),
        pytest.param(
            "2 days",
            at(12, "10:00"),
            ALWAYS,
            [held(13, "10:00", at(13, "15:20"))],
            at(15, "05:20"),
            id="days give back elapsed time",
        ),
        pytest.param(
            "2 days",
            at(15, "10:00"),
            OFFICE,
            [held(15, "11:00", at(16, "11:00"))],
            at(21, "00:00"),
            id="a pause before the opening costs no day",
        ),
    ],
)
def test_with_pauses(
    time_allowed: str, entered: datetime, calendar: Calendar, stood: list[Pause], runs_out: datetime | None
) -> None:
    assert due(parse(time_allowed), entered, stood, calendar) == runs_out


def test_a_pause_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        held(14, "18:30", at(14, "18:29"))


@pytest.mark.parametrize(
    ("entered", "runs_out", "calendar", "stood", "left", "reminded"),
    [
        pytest.param(
            at(14, "18:00"), at(14, "22:00"), ALWAYS, [], Fraction(1, 4), at(14, "21:00"), id="a quarter of four hours"
        ),
        pytest.param(
            at(13, "17:30"), at(18, "17:30"), OFFICE, [], Fraction(1, 2), at(14, "17:30"), id="half of two working days"
        ),
        pytest.param(
            at(14, "18:00"),
            at(14, "22:00"),
            ALWAYS,
            [held(14, "18:00", at(14, "20:00"))],
            Fraction(1, 4),
            at(14, "21:30"),
            id="held time is no time",
        ),
        pytest.param(
            at(14, "18:00"),
            at(14, "22:00"),
            ALWAYS,
            [held(14, "22:00", None)],
            Fraction(1, 4),
            at(14, "21:00"),
            id="an open pause after all is over",
        ),
        pytest.param(
            at(15, "10:00"), at(17, "00:00"), OFFICE, [], Fraction(1, 4), at(17, "00:00"), id="no working time between"
        ),
        pytest.param(at(14, "18:00"), at(14, "22:00"), ALWAYS, [], Fraction(0), at(14, "22:00"), id="nothing left"),
        pytest.param(at(14, "18:00"), at(14, "22:00"), ALWAYS, [], Fraction(1), at(14, "18:00"), id="everything left"),
    ],
)
def test_the_reminder(
    entered: datetime, runs_out: datetime, calendar: Calendar, stood: list[Pause], left: Fraction, reminded: datetime
) -> None:
    assert reminder(entered, runs_out, calendar, left, stood) == reminded


def test_a_share_is_between_nothing_and_all() -> None:
    with pytest.raises(ValueError, match="share"):
        reminder(at(14, "18:00"), at(14, "22:00"), ALWAYS, Fraction(5, 4))


clock_times = st.builds(Duration, st.integers(1, 900), st.just(Unit.MINUTES))
day_times = st.builds(Duration, st.integers(1, 3), st.sampled_from([Unit.DAYS, Unit.WORKING_DAYS]))
moments = st.integers(0, 3 * 1440).map(lambda n: n * MINUTE)


def in_window(runs_out: datetime | None, begins: datetime) -> None:
    if runs_out is not None and runs_out >= begins + timedelta(days=WINDOW - 1):
        reject()


@QUICK
@given(st.data(), calendars(), moments, clock_times)
def test_hours_run_out_when_the_minutes_say(
    data: st.DataObject, tried: tuple[Calendar, datetime], offset: timedelta, allowed: Duration
) -> None:
    calendar, begins = tried
    stood = data.draw(pauses(begins))
    runs_out = due(allowed, begins + offset, stood, calendar)
    assert runs_out == Oracle(calendar, begins).runs_out(begins + offset, allowed.amount, stood)


@QUICK
@given(st.data(), calendars(), moments, day_times)
def test_days_run_out_when_the_minutes_say(
    data: st.DataObject, tried: tuple[Calendar, datetime], offset: timedelta, allowed: Duration
) -> None:
    calendar, begins = tried
    stood = data.draw(pauses(begins, may_stay_open=False))
    runs_out = due(allowed, begins + offset, stood, calendar)
    in_window(runs_out, begins)
    office, counting = Oracle(calendar, begins), Oracle(Calendar.round_the_clock(calendar.zone), begins)
    entered = office.opening(begins + offset)
    unpaused = office.end_of_nth_calendar_day(entered, allowed.amount)
    if allowed.unit is Unit.WORKING_DAYS:
        counting, unpaused = office, office.close_of_nth_day(entered, allowed.amount)
    assert runs_out == counting.runs_out(unpaused, counting.held(entered, unpaused, stood), stood)


@QUICK
@given(st.data(), calendars(), moments, st.one_of(clock_times, day_times))
def test_pauses_only_lengthen_and_empty_ones_do_nothing(
    data: st.DataObject, tried: tuple[Calendar, datetime], offset: timedelta, allowed: Duration
) -> None:
    calendar, begins = tried
    entered = begins + offset
    stood = data.draw(pauses(begins, may_stay_open=False))
    more = data.draw(pauses(begins, may_stay_open=False))
    empty = [Pause(pause.start, pause.start) for pause in more]
    never, some, all_of_them = (due(allowed, entered, list_of, calendar) for list_of in ([], stood, stood + more))
    assert never is not None
    assert some is not None
    assert all_of_them is not None
    assert entered < never <= some <= all_of_them
    assert due(allowed, entered, stood + empty, calendar) == some


@QUICK
@given(st.data(), calendars(), moments, st.one_of(clock_times, day_times))
def test_an_open_pause_ends_no_sooner_than_it_is_ended(
    data: st.DataObject, tried: tuple[Calendar, datetime], offset: timedelta, allowed: Duration
) -> None:
    calendar, begins = tried
    stood = data.draw(pauses(begins, may_stay_open=False))
    start = begins + data.draw(moments)
    still = due(allowed, begins + offset, [*stood, Pause(start, None)], calendar)
    ended = due(allowed, begins + offset, [*stood, Pause(start, start + 600 * MINUTE)], calendar)
    assert still in (None, ended)


@QUICK
@given(st.data(), calendars(), moments, moments, clock_times)
def test_hours_entered_later_or_longer_run_out_no_sooner(
    data: st.DataObject, tried: tuple[Calendar, datetime], offset: timedelta, later: timedelta, allowed: Duration
) -> None:
    calendar, begins = tried
    stood = data.draw(pauses(begins, may_stay_open=False))
    runs_out = due(allowed, begins + offset, stood, calendar)
    entered_later = due(allowed, begins + offset + later, stood, calendar)
    allowed_more = due(Duration(allowed.amount + 1, allowed.unit), begins + offset, stood, calendar)
    assert runs_out is not None
    assert entered_later is not None
    assert allowed_more is not None
    assert runs_out <= entered_later
    assert runs_out < allowed_more


@QUICK
@given(st.data(), calendars(), moments, moments, day_times)
def test_days_entered_later_run_out_no_sooner_if_the_pauses_come_after(
    data: st.DataObject, tried: tuple[Calendar, datetime], offset: timedelta, later: timedelta, allowed: Duration
) -> None:
    calendar, begins = tried
    last = calendar.next_opening(begins + offset + later)
    stood = data.draw(pauses(last, may_stay_open=False))
    runs_out = due(allowed, begins + offset, stood, calendar)
    entered_later = due(allowed, begins + offset + later, stood, calendar)
    allowed_more = due(Duration(allowed.amount + 1, allowed.unit), begins + offset, stood, calendar)
    assert runs_out is not None
    assert entered_later is not None
    assert allowed_more is not None
    assert runs_out <= entered_later
    assert runs_out < allowed_more


@QUICK
@given(st.data(), calendars(), moments, clock_times)
def test_the_reminder_leaves_its_share(
    data: st.DataObject, tried: tuple[Calendar, datetime], offset: timedelta, allowed: Duration
) -> None:
    calendar, begins = tried
    entered = begins + offset
    stood = data.draw(pauses(begins, may_stay_open=False))
    runs_out = due(allowed, entered, stood, calendar)
    assert runs_out is not None
    reminded = reminder(entered, runs_out, calendar, Fraction(1, 3), stood)
    assert reminded == due(Duration(allowed.amount * 40, Unit.SECONDS), entered, stood, calendar)
    assert entered <= reminded <= runs_out
