"""Officers are not woken for what can wait, and a storm is a few messages, not three hundred."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.calendar import Calendar
from rules.digest import AT_ONCE, PAUSE, Gathered, may_wait, on_duty, quiet_span, storm, waking
from rules.hours import BadCalendar, week_from
from rules.ladder import Filling
from rules.terms import NoticeKind

ZONE = ZoneInfo("Asia/Kolkata")
LONDON = ZoneInfo("Europe/London")
NIGHT = quiet_span("21:30-07:00")
NOON = quiet_span("13:00-14:00")


def at(clock: str, day: int = 10, zone: ZoneInfo = ZONE) -> datetime:
    return datetime.combine(date(2027, 5, day), time.fromisoformat(clock), zone)


@pytest.mark.parametrize(
    ("clock", "wakes"),
    [
        pytest.param("21:29:59", None, id="just before the night"),
        pytest.param("21:30", at("07:00", 11), id="the night begins"),
        pytest.param("23:59", at("07:00", 11), id="before midnight"),
        pytest.param("00:00", at("07:00"), id="midnight"),
        pytest.param("06:59:59", at("07:00"), id="just before waking"),
        pytest.param("07:00", None, id="waking"),
        pytest.param("13:30", at("14:00"), id="a rest at noon"),
    ],
)
def test_quiet_hours_end_by_the_local_clock(clock: str, wakes: datetime | None) -> None:
    assert waking(at(clock).astimezone(UTC), (NIGHT, NOON), ZONE) == wakes


def test_the_latest_of_several_channels_counts() -> None:
    later = quiet_span("22:00-08:00")
    assert waking(at("23:00"), (NIGHT, later), ZONE) == at("08:00", 11)


def test_a_night_in_which_the_clocks_change_still_ends_at_seven() -> None:
    evening = datetime(2027, 3, 27, 23, 0, tzinfo=LONDON)
    assert waking(evening, (NIGHT,), LONDON) == datetime(2027, 3, 28, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize("written", ["", "21:30", "22-7", "25:00-07:00"])
def test_what_is_no_span_is_refused(written: str) -> None:
    with pytest.raises(BadCalendar):
        quiet_span(written)


@pytest.mark.parametrize("kind", NoticeKind)
def test_nothing_about_danger_waits(kind: NoticeKind) -> None:
    assert not may_wait(kind, safety=True)
    assert may_wait(kind, safety=False) == (kind not in AT_ONCE)


def test_a_night_shift_is_told_at_night() -> None:
    night = Calendar("night", "Asia/Kolkata", week_from({"mon-sun": ["20:00-08:00"]}, "night"))
    since = at("00:00", 1)
    fillings = (Filling(1, "person", since), Filling(2, "roster", since, roster=night))
    assert on_duty(fillings, 2, at("23:00"))
    assert not on_duty(fillings, 2, at("12:00"))
    assert not on_duty(fillings, 1, at("23:00"))


NOW = at("14:05")


@pytest.mark.parametrize(
    ("waiting", "recent", "told", "becomes"),
    [
        pytest.param(1, 1, None, Gathered(1, NOW), id="one message"),
        pytest.param(3, 3, None, Gathered(3, NOW), id="three are no storm"),
        pytest.param(4, 4, None, Gathered(1, NOW + PAUSE), id="of four the first goes and three wait"),
        pytest.param(312, 312, None, Gathered(1, NOW + PAUSE), id="of 312 one goes"),
        pytest.param(1, 4, at("14:03"), Gathered(0, at("14:08")), id="the fourth within the window waits"),
        pytest.param(9, 40, at("13:57"), Gathered(0, NOW), id="the pause is over: together, now"),
        pytest.param(1, 2, at("14:03"), Gathered(1, NOW), id="the storm is over"),
    ],
)
def test_a_storm(waiting: int, recent: int, told: datetime | None, becomes: Gathered) -> None:
    assert storm([object()] * waiting, recent, told, NOW) == becomes


def test_a_storm_of_an_hour_is_a_dozen_messages() -> None:
    sent, told, held = 0, None, 0
    for minute in range(60):
        now = NOW + timedelta(minutes=minute)
        held += 5
        gathered = storm([object()] * held, 50, told, now)
        if gathered.now or gathered.together_at <= now:
            sent, told, held = sent + 1, now, held - (gathered.now or held)
    assert sent == 12
