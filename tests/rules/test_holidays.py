"""Calendars of zones and offices, holidays at short notice, lists that never end, and a change taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from rules.calendar import Calendar
from rules.durations import parse as time
from rules.exceptional import Exceptional, excuse
from rules.holidays import ChangedSince, check_closed, closed_on, with_calendars_of, without
from rules.hours import BadCalendar, week_from
from rules.policy import BadPolicy, Policy, Site, calendar_at, calendars_at
from rules.policy_json import from_json, to_json
from rules.policy_toml import export, parse

OFFICE = '[calendar.office]\nzone = "Asia/Kolkata"\nhours = { "mon-sat" = ["09:00-17:00"] }\nholidays = [2026-01-26]\n'
SAMPLE = (
    OFFICE
    + '[calendar.round-the-clock]\nround_the_clock = true\n[ladder.supply]\ntiers = ["officer", "head"]\n'
    + '[complaint.dark]\nladder = "supply"\ntiers = ["2h", "4h"]\nstandard = "1 working day"\ncalendar = "office"\nconfirm = "1 day"\n'
)
EID, OFFICES = date(2026, 3, 20), {"gizri": "south", "rehri": "east"}
SOUTH, GIZRI, EAST = Site("malir", "south"), Site("gizri", "south"), Site("rehri", "east")


def holidays(policy: Policy, site: Site) -> set[date]:
    return set(calendar_at(policy, "office", site).holidays)


def test_a_holiday_of_one_zone_closes_that_zone_and_its_offices_alone() -> None:
    own = parse('[calendar.office.offices.gizri]\nhours = { "mon-fri" = ["08:00-14:00"] }\n', parse(SAMPLE))
    policy = closed_on(own, EID, "south", OFFICES)
    assert EID in holidays(policy, SOUTH) & holidays(policy, GIZRI)
    assert EID not in holidays(policy, EAST)
    assert str(calendar_at(policy, "office", GIZRI).week[0][0]) == "08:00-14:00"
    assert calendars_at(policy, SOUTH)["round-the-clock"].never_closes
    everywhere = closed_on(own, EID, None, OFFICES)
    assert all(EID in holidays(everywhere, site) for site in (SOUTH, GIZRI, EAST))


def test_what_is_exported_with_zones_and_offices_is_read_back_as_the_same() -> None:
    text = (
        SAMPLE
        + "[calendar.office.zones.south]\nholidays = [2026-03-20]\nworking = [2026-01-26]\n"
        + '[calendar.office.offices.gizri]\nhours = { fri = ["22:00-06:00"] }\nvariants = ['
        + '{ from = 2026-02-18, to = 2026-03-19, hours = { "mon-thu" = ["09:00-14:00"] } }]\n'
    )
    policy = parse(text)
    assert holidays(policy, SOUTH) == {EID}
    assert parse(export(policy)) == policy
    assert from_json(to_json(policy)) == policy


def test_a_zone_follows_the_general_calendar_where_it_says_nothing_else() -> None:
    policy = closed_on(parse(SAMPLE), EID, "south", OFFICES)
    later = parse(OFFICE.replace("[2026-01-26]", "[2026-01-26, 2026-08-15]"), policy)
    assert holidays(later, SOUTH) == {date(2026, 1, 26), EID, date(2026, 8, 15)}
    assert parse("[calendar.office.zones.south]\n", later).sites == {}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[calendar.office]\nhours = { mon = ["09:00-09:00"] }\n', "calendar.office.hours.mon"),
        ("[calendar.office]\nhours = {}\n", "calendar.office.hours"),
        ('[calendar.office]\nzone = "Asia/Moon"\nhours = { mon = ["09:00-10:00"] }\n', "calendar.office.zone"),
        ('[calendar.office.zones.south]\nhours = { mon = ["soon"] }\n', "calendar.office.zones.south.hours.mon"),
        ('[calendar.office.zones.south]\nworking = ["soon"]\n', "calendar.office.zones.south.working"),
    ],
)
def test_a_calendar_that_cannot_be_is_named_by_its_key(text: str, key: str) -> None:
    with pytest.raises(BadPolicy) as bad:
        parse(text, parse(SAMPLE))
    assert [problem.key for problem in bad.value.problems] == [key]


def test_a_list_of_holidays_that_never_ends_is_refused() -> None:
    week = week_from({"mon-sat": ["09:00-17:00"]}, "hours")
    days = frozenset(EID + timedelta(days=n) for n in range(40))
    with pytest.raises(BadCalendar, match="holidays: from 2026-03-20 on it is closed"):
        check_closed(Calendar("office", "UTC", week, days))
    check_closed(Calendar("office", "UTC", week, frozenset(sorted(days)[:20])))


def test_other_times_keep_themselves_under_new_calendars() -> None:
    old = parse(SAMPLE)
    new = closed_on(parse('[complaint.dark]\ntiers = ["1h", "1h"]\n', old), EID, "south", OFFICES)
    carried = with_calendars_of(old, new)
    assert carried.timings == old.timings
    assert (carried.calendars, carried.sites) == (new.calendars, new.sites)


def test_a_version_is_taken_back_and_what_was_changed_beside_it_stays() -> None:
    before = parse(SAMPLE)
    after = closed_on(before, EID, "south", OFFICES)
    newest = parse('[complaint.dark]\naccept = "30m"\n', after)
    back = without(newest, after, before)
    assert (back.sites, back.timings["dark"].accept) == ({}, time("30m"))
    with pytest.raises(ChangedSince, match="sites office zones south"):
        without(closed_on(after, EID + timedelta(days=1), "south", OFFICES), after, before)
    assert replace(without(after, after, before)) == before


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 7, day, hour, tzinfo=UTC)


FLOOD = Exceptional(1, "flood", "south", frozenset(), at(10), at(12))


@pytest.mark.parametrize(
    ("registered", "promised", "kept", "excused"),
    [
        pytest.param(at(9), at(11), at(13), True, id="its promise fell into the flood"),
        pytest.param(at(9), at(11), at(14), True, id="the whole time once more after it"),
        pytest.param(at(9), at(11), at(14, 1), False, id="later than that"),
        pytest.param(at(1), at(9), at(11), False, id="late before it began"),
        pytest.param(at(12), at(13), at(14), False, id="registered when it was over"),
    ],
)
def test_an_event_excuses_a_promise_that_met_it(
    registered: datetime, promised: datetime, kept: datetime, excused: bool
) -> None:
    assert (excuse([FLOOD], "south", "dark", registered, promised, kept) is FLOOD) is excused


def test_an_event_concerns_its_zone_and_categories_and_goes_on_until_it_is_ended() -> None:
    asked = at(9), at(11), at(20)
    going_on = replace(FLOOD, until=None, categories=frozenset({"dark"}))
    assert excuse([going_on], "south", "dark", *asked) is going_on
    assert excuse([going_on], "south", "bill", *asked) is None
    assert excuse([going_on], "east", "dark", *asked) is None
    assert excuse([replace(going_on, zone=None)], "east", "dark", *asked)
    assert excuse([going_on], "south", "dark", None, *asked[1:]) is None
