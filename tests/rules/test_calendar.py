"""Working time: named cases, and properties judged by a count of minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import BadCalendar, Calendar, NoOpenTime, Span, Variant, calendar_from, written_calendar
from rules.hours import CLOSED
from tests.rules.oracle import MINUTE, QUICK, Oracle, calendars

INDIA = ZoneInfo("Asia/Kolkata")
HOURS = {"mon-fri": ["09:30-13:00", "14:00-17:30"]}
OFFICE = calendar_from("office", "Asia/Kolkata", {"hours": HOURS, "holidays": [date(2026, 8, 17)]})
NIGHTS = calendar_from(
    "nights", "Asia/Kolkata", {"hours": {"mon-thu": ["22:00-06:00"]}, "holidays": [date(2026, 8, 13)]}
)


def at(day: int, clock: str) -> datetime:
    """An instant of August 2026 in India: the 14th is a Friday, Monday the 17th a holiday."""
    return datetime.combine(date(2026, 8, day), time.fromisoformat(clock), tzinfo=INDIA).astimezone(UTC)


@pytest.mark.parametrize(
    ("begins", "working", "ends"),
    [
        pytest.param(at(12, "09:30"), timedelta(hours=2), at(12, "11:30"), id="within the morning"),
        pytest.param(at(12, "12:00"), timedelta(hours=2), at(12, "15:00"), id="over lunch"),
        pytest.param(at(12, "12:00"), timedelta(hours=1), at(12, "13:00"), id="ends exactly at lunch"),
        pytest.param(at(12, "16:30"), timedelta(hours=1), at(12, "17:30"), id="ends exactly at the close"),
        pytest.param(
            at(12, "16:30"),
            timedelta(hours=1, microseconds=1),
            at(13, "09:30") + timedelta(microseconds=1),
            id="over the night",
        ),
        pytest.param(at(14, "16:50"), timedelta(hours=1), at(18, "09:50"), id="over a weekend and a holiday"),
        pytest.param(at(16, "11:00"), timedelta(minutes=5), at(18, "09:35"), id="from a Sunday"),
        pytest.param(at(16, "11:00"), timedelta(0), at(16, "11:00"), id="nothing to add"),
        pytest.param(at(12, "09:30"), timedelta(hours=70), at(26, "17:30"), id="two weeks of seven hours"),
    ],
)
def test_working_time_is_added(begins: datetime, working: timedelta, ends: datetime) -> None:
    assert OFFICE.add(begins, working) == ends
    assert OFFICE.working_between(begins, ends) == working


@pytest.mark.parametrize(
    ("begins", "n", "ends"),
    [
        pytest.param(at(14, "16:50"), 1, at(18, "17:30"), id="Friday 16:50, Monday a holiday"),
        pytest.param(at(14, "17:20"), 1, at(18, "17:30"), id="Friday 17:20, Monday a holiday"),
        pytest.param(at(14, "17:30"), 1, at(19, "17:30"), id="Friday's close begins on Tuesday"),
        pytest.param(at(9, "11:00"), 1, at(11, "17:30"), id="Sunday is Monday's opening"),
        pytest.param(at(10, "09:30"), 1, at(11, "17:30"), id="Monday's opening"),
        pytest.param(at(10, "06:00"), 1, at(11, "17:30"), id="before the opening"),
        pytest.param(at(10, "13:30"), 1, at(11, "17:30"), id="at lunch"),
        pytest.param(at(11, "17:30"), 1, at(13, "17:30"), id="from a close, when a tier before it has run out"),
        pytest.param(at(12, "10:00"), 3, at(18, "17:30"), id="three days over the holiday"),
    ],
)
def test_working_days_end_at_a_close(begins: datetime, n: int, ends: datetime) -> None:
    assert OFFICE.close_of_nth_day(begins, n) == ends


@pytest.mark.parametrize(
    ("begins", "n", "ends"),
    [
        pytest.param(at(12, "10:00"), 1, at(14, "00:00"), id="the midnight that ends tomorrow"),
        pytest.param(at(14, "17:45"), 1, at(20, "00:00"), id="begins on Tuesday"),
        pytest.param(at(14, "10:00"), 2, at(17, "00:00"), id="days on which nobody works count"),
    ],
)
def test_calendar_days_end_at_midnight(begins: datetime, n: int, ends: datetime) -> None:
    assert OFFICE.end_of_nth_calendar_day(begins, n) == ends


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        pytest.param(at(11, "02:00"), at(12, "06:00"), id="Monday's night reaches into Tuesday"),
        pytest.param(at(12, "05:59"), at(13, "06:00"), id="Wednesday before six is still Tuesday's night"),
        pytest.param(at(12, "12:00"), at(18, "06:00"), id="Wednesday's night, Thursday is a holiday"),
    ],
)
def test_a_night_belongs_to_the_day_it_opens_on(begins: datetime, ends: datetime) -> None:
    assert NIGHTS.close_of_nth_day(begins, 1) == ends


def test_the_night_before_a_holiday_runs_on_into_it() -> None:
    assert NIGHTS.is_open(at(13, "05:00"))
    assert not NIGHTS.is_open(at(13, "23:00"))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        pytest.param("Europe/Berlin", date(2026, 3, 29), 23, id="the clock is put forward"),
        pytest.param("Europe/Berlin", date(2026, 10, 25), 25, id="the clock is put back"),
        pytest.param("Asia/Beirut", date(2026, 3, 29), 23, id="midnight does not exist"),
        pytest.param("Asia/Kolkata", date(2026, 3, 29), 24, id="no change"),
    ],
)
def test_a_day_round_the_clock_is_as_long_as_it_is(zone: str, day: date, hours: int) -> None:
    calendar = Calendar.round_the_clock(zone)
    begins = calendar.end_of_nth_calendar_day(
        datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - timedelta(days=2), 1
    )
    ends = calendar.close_of_nth_day(begins - timedelta(seconds=1), 1)
    assert ends - begins == timedelta(hours=hours)
    assert calendar.working_between(begins, ends) == ends - begins


def test_hours_the_clock_jumps_over_open_at_the_jump() -> None:
    calendar = calendar_from(
        "small hours", "Europe/Berlin", {"hours": {"sun": ["01:00-02:15", "02:20-02:40", "02:45-04:00"]}}
    )
    one = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    assert calendar.working_between(one, one + timedelta(hours=3)) == timedelta(hours=2)
    assert calendar.is_open(one + timedelta(hours=1))


@pytest.mark.parametrize(
    ("span", "opens", "hours"),
    [
        pytest.param("01:00-02:30", 23, 1.5, id="closes the first time"),
        pytest.param("02:30-04:00", 24.5, 2.5, id="opens the first time"),
    ],
)
def test_hours_the_clock_shows_twice_count_from_the_first_time(span: str, opens: float, hours: float) -> None:
    calendar = calendar_from("small hours", "Europe/Berlin", {"hours": {"sun": [span]}})
    eve = datetime(2026, 10, 24, tzinfo=UTC)
    assert calendar.next_opening(eve) == eve + timedelta(hours=opens)
    assert calendar.working_between(eve, eve + timedelta(days=3)) == timedelta(hours=hours)


def test_time_runs_on_over_years() -> None:
    begins = at(14, "16:50")
    ends = OFFICE.add(begins, timedelta(hours=7 * 261 * 5))
    assert ends.year == 2031
    assert OFFICE.working_between(begins, ends) == timedelta(hours=7 * 261 * 5)


def test_a_year_without_an_open_day_is_passed_over() -> None:
    shut = Variant(date(2026, 1, 1), date(2027, 12, 31), CLOSED)
    calendar = Calendar("office", "Asia/Kolkata", OFFICE.week, variants=(shut,))
    opening = datetime(2028, 1, 3, 4, 0, tzinfo=UTC)
    assert calendar.next_opening(at(14, "10:00")) == opening
    assert calendar.add(at(14, "10:00"), timedelta(hours=1)) == opening + timedelta(hours=1)
    assert calendar.working_between(at(14, "10:00"), opening) == timedelta(0)


@QUICK
@given(st.data(), calendars())
def test_every_answer_is_what_the_minutes_say(data: st.DataObject, tried: tuple[Calendar, datetime]) -> None:
    calendar, begins = tried
    oracle = Oracle(calendar, begins)
    a = begins + data.draw(st.integers(0, 5 * 1440), label="minutes until a") * MINUTE
    b = begins + data.draw(st.integers(0, 7 * 1440), label="minutes until b") * MINUTE
    working = data.draw(st.integers(0, 900), label="working minutes")
    assert calendar.is_open(a) == oracle.is_open(a)
    assert calendar.next_opening(a) == oracle.opening(a)
    assert calendar.working_between(a, b) == oracle.working(a, b)
    assert calendar.add(a, working * MINUTE) == oracle.runs_out(a, working)


@QUICK
@given(st.data(), calendars())
def test_days_end_where_the_minutes_say(data: st.DataObject, tried: tuple[Calendar, datetime]) -> None:
    calendar, begins = tried
    oracle = Oracle(calendar, begins)
    a = begins + data.draw(st.integers(0, 5 * 1440), label="minutes until a") * MINUTE
    n = data.draw(st.integers(1, 3), label="days")
    assert calendar.close_of_nth_day(a, n) == oracle.close_of_nth_day(a, n)
    assert calendar.end_of_nth_calendar_day(a, n) == oracle.end_of_nth_calendar_day(a, n)


@QUICK
@given(calendars(), st.integers(0, 10**12), st.integers(0, 10**11), st.integers(0, 10**11))
def test_adding_twice_is_adding_once(tried: tuple[Calendar, datetime], offset: int, one: int, two: int) -> None:
    calendar, begins = tried
    a, first, second = (timedelta(microseconds=n) for n in (offset, one, two))
    assert calendar.add(calendar.add(begins + a, first), second) == calendar.add(begins + a, first + second)
    assert calendar.working_between(begins + a, calendar.add(begins + a, first)) == first


@QUICK
@given(calendars())
def test_what_is_written_is_read_back(tried: tuple[Calendar, datetime]) -> None:
    calendar, _ = tried
    again = calendar_from(calendar.code, calendar.zone, written_calendar(calendar))
    assert again == calendar
    assert hash(again) == hash(calendar)


VARIANT = {"from": date(2026, 6, 1), "to": date(2026, 6, 30), "hours": {"mon-fri": ["08:00-14:00"]}}


@pytest.mark.parametrize(
    ("written", "key"),
    [
        pytest.param({}, "hours", id="no hours"),
        pytest.param({"hours": {}}, "hours", id="never open"),
        pytest.param({"hours": ["09:30-13:00"]}, "hours", id="hours without days"),
        pytest.param({"hours": {"monday": ["09:30-13:00"]}}, "hours.monday", id="unknown day"),
        pytest.param({"hours": {"mon": "09:30-13:00"}}, "hours.mon", id="a span that is no list"),
        pytest.param({"hours": {"mon": ["9.30 to 13"]}}, "hours.mon", id="unreadable span"),
        pytest.param({"hours": {"mon": ["09:30-25:00"]}}, "hours.mon", id="no time of day"),
        pytest.param({"hours": {"mon": ["09:30-09:30"]}}, "hours.mon", id="no length"),
        pytest.param({"hours": {"mon-wed": ["09:30-13:00"], "tue": []}}, "hours.tue", id="a day twice"),
        pytest.param({"hours": {"mon": ["09:30-13:00", "12:59-17:00"]}}, "hours.mon", id="overlapping spans"),
        pytest.param({"hours": {"mon": ["14:00-17:00", "09:30-13:00"]}}, "hours.mon", id="spans out of order"),
        pytest.param(
            {"hours": {"sun": ["22:00-06:00"], "mon": ["05:00-09:00"]}}, "hours.sun", id="a night over the next morning"
        ),
        pytest.param({"hours": HOURS, "holiday": []}, "holiday", id="unknown key"),
        pytest.param({"hours": HOURS, "holidays": ["2026-02-30"]}, "holidays", id="no such date"),
        pytest.param(
            {"hours": HOURS, "holidays": [datetime(2026, 8, 15, tzinfo=UTC)]}, "holidays", id="an instant as a holiday"
        ),
        pytest.param(
            {"hours": HOURS, "variants": [{**VARIANT, "name": "x"}]}, "variants.0.name", id="unknown key of a variant"
        ),
        pytest.param(
            {"hours": HOURS, "variants": [{**VARIANT, "to": date(2026, 5, 1)}]},
            "variants.0.to",
            id="a variant backwards",
        ),
        pytest.param({"hours": HOURS, "variants": [VARIANT, VARIANT]}, "variants.1.from", id="a variant twice"),
        pytest.param(
            {"hours": HOURS, "variants": [{**VARIANT, "from": None}]},
            "variants.0.from",
            id="a variant without a beginning",
        ),
        pytest.param(
            {"hours": {"sun": ["22:00-09:00"]}, "variants": [{**VARIANT, "hours": {"mon": ["08:00-14:00"]}}]},
            "variants.0.hours",
            id="a night over the first morning of a variant",
        ),
        pytest.param({"round_the_clock": True, "holidays": []}, "holidays", id="holidays round the clock"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_by_its_key(written: Mapping[str, object], key: str) -> None:
    with pytest.raises(BadCalendar) as refused:
        calendar_from("office", "Asia/Kolkata", written)
    assert refused.value.key == key


@pytest.mark.parametrize("zone", ["Asia/Gizri", "", "../etc/passwd", "Asia"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(BadCalendar, match="time zone"):
        Calendar.round_the_clock(zone)


def test_a_calendar_that_never_opens_is_not_made() -> None:
    with pytest.raises(NoOpenTime):
        Calendar(
            "office", "Asia/Kolkata", CLOSED, variants=(Variant(date(2026, 6, 1), date(2026, 6, 30), OFFICE.week),)
        )


def test_a_span_holds_whole_minutes() -> None:
    with pytest.raises(BadCalendar, match="whole minutes"):
        Calendar("office", "Asia/Kolkata", ((Span(30, 3600),), (), (), (), (), (), ()))


def test_nothing_is_taken_away_and_no_naive_instant_taken() -> None:
    with pytest.raises(ValueError, match="only be added"):
        OFFICE.add(at(12, "10:00"), -MINUTE)
    with pytest.raises(ValueError, match="begins at 1"):
        OFFICE.close_of_nth_day(at(12, "10:00"), 0)
    with pytest.raises(ValueError, match="begins at 1"):
        OFFICE.end_of_nth_calendar_day(at(12, "10:00"), 0)
    with pytest.raises(TypeError):
        OFFICE.is_open(datetime(2026, 8, 12, 10))  # noqa: DTZ001
