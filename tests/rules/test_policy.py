"""Policy: written and read as TOML and JSON, merged over what is in force, refused with key, line and reason."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import Calendar
from rules.durations import Duration, Unit
from rules.hours import Span
from rules.policy import (
    AREA_CLASSES,
    BadPolicy,
    Ladder,
    Limits,
    Policy,
    Tier,
    Timing,
    about,
    calendar_of,
    hold_limit,
    ladder_of,
    minutes,
    settings,
    standard_calendar_of,
    timing_of,
)
from rules.policy_calendars import Surroundings
from rules.policy_check import latest_tier, warnings
from rules.policy_json import from_json, to_json
from rules.policy_toml import export, parse
from rules.toml_text import NotToml, line_of, lines_of, read, written_value
from tests.drawn import drawn

SAMPLE = """
[calendar.round-the-clock]
round_the_clock = true

[calendar.office]
zone = "Asia/Kolkata"
hours = { mon-fri = ["09:30-13:00", "14:00-17:30"] }
holidays = [2026-01-26]

[ladder.supply]
tiers = ["relationship_officer", "service_manager", "zone_head"]

[ladder.vigilance]
tiers = ["vigilance_officer", "vigilance_head", "managing_director"]
appeal = ["board"]

[complaint.no-supply]
ladder = "supply"
accept = "20m"
tiers = ["90m", "1h", "90m"]
standard = "4h"
calendar = "round-the-clock"
confirm = "1 day"

[complaint.no-supply.rural]      # only what differs, by the office's area class
standard = "8h"

[complaint.theft-report]
ladder = "vigilance"
tiers = ["2 working days", "5 working days", "5 working days"]
standard = "30 days"
calendar = "office"
confidential = true
confirm = "never"
"""


@pytest.fixture(scope="module")
def sample() -> Policy:
    return parse(SAMPLE)


def test_what_is_said_of_a_category_is_read(sample: Policy) -> None:
    timing = sample.timings["no-supply"]
    assert timing == Timing(
        ladder="supply",
        accept=Duration(20, Unit.MINUTES),
        tiers=(Duration(90, Unit.MINUTES), Duration(1, Unit.HOURS), Duration(90, Unit.MINUTES)),
        standard=Duration(4, Unit.HOURS),
        calendar="round-the-clock",
        standard_calendar="round-the-clock",
        confirm=Duration(1, Unit.DAYS),
        supply=True,
    )
    assert [tier.role for tier in ladder_of(sample, timing).tiers] == [
        "relationship_officer",
        "service_manager",
        "zone_head",
    ]
    assert calendar_of(sample, timing).never_closes
    assert standard_calendar_of(sample, timing).never_closes


def test_that_the_supply_is_back_ends_what_is_on_its_ladder_unless_it_is_said_otherwise(sample: Policy) -> None:
    assert sample.timings["no-supply"].supply
    other = parse('[complaint.no-supply]\nladder = "supply"\nsupply = false', sample)
    assert not other.timings["no-supply"].supply
    assert not parse("[complaint.no-supply]\nsafety = true\nholdable = false", sample).timings["no-supply"].supply


def test_an_area_class_differs_only_in_what_it_says(sample: Policy) -> None:
    town, country = timing_of(sample, "no-supply", "urban"), timing_of(sample, "no-supply", "rural")
    assert town.standard == Duration(4, Unit.HOURS)
    assert country == replace(town, standard=Duration(8, Unit.HOURS))
    with pytest.raises(KeyError):
        timing_of(sample, "unheard-of", "urban")


def test_what_is_confidential_is_never_put_to_confirmation(sample: Policy) -> None:
    timing = sample.timings["theft-report"]
    assert timing.confidential
    assert timing.confirm is None
    assert sample.ladders["vigilance"].appeal == (Tier("board"),)


def test_a_hold_is_limited_by_its_reason_or_else_by_the_setting(sample: Policy) -> None:
    policy = parse('[holds]\npremises-locked = "2 days"', sample)
    assert hold_limit(policy, "premises-locked") == Duration(2, Unit.DAYS)
    assert hold_limit(policy, "document-wanted") == policy.limits.hold_limit


# Import over what is in force.


def test_an_import_of_one_key_of_one_category_leaves_everything_else(sample: Policy) -> None:
    policy = parse('[complaint.theft-report]\nstandard = "20 days"', sample)
    assert policy.timings["theft-report"] == replace(sample.timings["theft-report"], standard=Duration(20, Unit.DAYS))
    assert replace(policy, timings=sample.timings) == sample


def test_what_an_area_class_says_for_itself_survives_a_change_of_its_category(sample: Policy) -> None:
    policy = parse('[complaint.no-supply]\ntiers = ["5s", "5s", "5s"]\nstandard = "20s"', sample)
    rural = timing_of(policy, "no-supply", "rural")
    assert rural.tiers == (Duration(5, Unit.SECONDS),) * 3
    assert rural.standard == Duration(8, Unit.HOURS)


def test_a_time_is_taken_away_by_the_word_none(sample: Policy) -> None:
    policy = parse('[complaint.no-supply]\naccept = "none"\nstandard = "none"\nconfirm = "never"', sample)
    timing = policy.timings["no-supply"]
    assert (timing.accept, timing.standard, timing.confirm) == (None, None, None)


def test_calendars_of_an_import_are_in_the_zone_of_those_in_force() -> None:
    base = parse('[calendar.office]\nzone = "Asia/Karachi"\nhours = {mon = ["09:00-17:00"]}\n[complaint]')
    assert parse('[calendar.night]\nhours = {mon = ["22:00-06:00"]}', base).calendars["night"].zone == "Asia/Karachi"


def test_a_shorter_ladder_is_refused_while_another_category_still_climbs_the_longer_one(sample: Policy) -> None:
    with pytest.raises(BadPolicy, match=r"no-supply\.tiers: ladder supply has 2 tiers, but 3 times are given"):
        parse('[ladder.supply]\ntiers = ["relationship_officer", "zone_head"]', sample)


def test_a_standard_in_a_calendar_of_its_own_stays_when_the_tiers_move(sample: Policy) -> None:
    apart = parse('[complaint.no-supply]\nstandard_calendar = "office"', sample)
    moved = parse('[complaint.no-supply]\ncalendar = "office"', sample)
    assert apart.timings["no-supply"].calendar == "round-the-clock"
    assert apart.timings["no-supply"].standard_calendar == "office"
    assert moved.timings["no-supply"].standard_calendar == "office"


# Refusals.


@pytest.mark.parametrize(
    ("text", "key", "line", "reason"),
    [
        pytest.param('[complaint.no-suply]\nstandard = "4h"', "complaint.no-suply", 1, "no category", id="category"),
        pytest.param(
            '[complaint.no-supply]\nladder = "x"', "complaint.no-supply.ladder", 2, "no ladder 'x'", id="ladder"
        ),
        pytest.param(
            '[complaint.no-supply]\n\ncalendar = "x"',
            "complaint.no-supply.calendar",
            3,
            "no calendar 'x'",
            id="calendar",
        ),
        pytest.param(
            '[complaint.no-supply]\ntiers = ["1h", "1h"]',
            "complaint.no-supply.tiers",
            2,
            "has 3 tiers, but 2",
            id="tiers",
        ),
        pytest.param(
            '[complaint.no-supply]\ntiers = ["1h", "1h", "soon"]', "complaint.no-supply.tiers", 2, "'soon'", id="soon"
        ),
        pytest.param('[complaint.no-supply]\naccept = "0m"', "complaint.no-supply.accept", 2, "no length", id="zero"),
        pytest.param(
            "[complaint.no-supply]\naccept = 20", "complaint.no-supply.accept", 2, "write it as a text", id="bare"
        ),
        pytest.param(
            '[complaint.no-supply]\naccept = "31 days"',
            "complaint.no-supply.accept",
            2,
            "not from 1s to 30 days",
            id="long",
        ),
        pytest.param('[complaint.no-supply]\nacept = "1h"', "complaint.no-supply.acept", 2, "not known here", id="key"),
        pytest.param(
            '[complaint.no-supply.rurall]\nstandard = "8h"', "complaint.no-supply.rurall", 1, "no area class", id="area"
        ),
        pytest.param(
            '[complaint.theft-report]\nconfirm = "1 day"',
            "complaint.theft-report.confirm",
            2,
            "confidential",
            id="confirm",
        ),
        pytest.param(
            "[complaint.no-supply]\nsafety = true\nholdable = true",
            "complaint.no-supply.holdable",
            3,
            "cannot be held",
            id="held danger",
        ),
        pytest.param(
            '[complaint.no-supply]\nsafety = "yes"', "complaint.no-supply.safety", 2, "neither true", id="flag"
        ),
        pytest.param("[limits]\ncode_tries = 900", "limits.code_tries", 2, "from 2 to 20", id="limit"),
        pytest.param('[limits]\nreminder_share = "2/1"', "limits.reminder_share", 2, "no share", id="share"),
        pytest.param(
            '[limits]\nreopening_window = "1 s"', "limits.reopening_window", 2, "not from 1m to 90 days", id="w"
        ),
        pytest.param("[limits]\nrem = 1", "limits.rem", 2, "not known here", id="unknown limit"),
        pytest.param('[holds]\nx = "400 days"', "holds.x", 2, "not from 1m to 60 days", id="hold"),
        pytest.param('[ladder.supply]\ntiers = ["a", "b", "a"]', "ladder.supply.tiers", 2, "a stands", id="twice"),
        pytest.param("[ladder.supply]\ntiers = []", "ladder.supply.tiers", 2, "one to 8", id="no tier"),
        pytest.param(
            '[calendar.office]\nhours = { mon = ["9-5"] }', "calendar.office.hours.mon", 2, "no span", id="hours"
        ),
        pytest.param(
            '[calendar.office]\nzone = "Mars/Base"\nround_the_clock = true',
            "calendar.office.zone",
            2,
            "no time zone",
            id="z",
        ),
        pytest.param("whole = true", "complaint", None, "is missing", id="whole"),
        pytest.param('[complain.no-supply]\naccept = "1h"', "complain", 1, "not known here", id="table"),
        pytest.param("version = 1\nversion = 2", "", 2, "overwrite", id="not toml"),
    ],
)
def test_a_bad_policy_is_refused_with_key_line_and_reason(
    sample: Policy, text: str, key: str, line: int | None, reason: str
) -> None:
    with pytest.raises(BadPolicy) as refused:
        parse(text, sample)
    [problem] = refused.value.problems
    assert (problem.key, problem.line) == (key, line)
    assert reason in problem.reason


def test_every_fault_is_told_at_once_in_the_order_of_the_file(sample: Policy) -> None:
    text = '[limits]\ncode_tries = 0\n[complaint.no-supply]\naccept = "x"\nladder = "y"\n[complaint.z]\n'
    with pytest.raises(BadPolicy) as refused:
        parse(text, sample)
    assert [problem.line for problem in refused.value.problems] == [2, 4, 5, 6]
    assert str(refused.value).splitlines()[3] == "line 6, complaint.z: there is no category 'z'"


def test_without_a_base_a_category_has_to_be_complete() -> None:
    with pytest.raises(BadPolicy) as refused:
        parse("[complaint.no-supply]\n")
    missing = {problem.key.rpartition(".")[2] for problem in refused.value.problems}
    assert missing == {"ladder", "tiers", "calendar", "standard", "confirm"}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param('[complaint.no-supply]\nhold_reasons = ["x"]', "complaint.no-supply.hold_reasons", id="category"),
        pytest.param('[holds]\nx = "2h"', "holds.x", id="how long"),
    ],
)
def test_a_reason_to_wait_that_does_not_exist_is_refused_where_the_text_names_it(
    sample: Policy, text: str, key: str
) -> None:
    known = Surroundings("Asia/Kolkata", reasons={"premises-locked"})
    with pytest.raises(BadPolicy) as refused:
        parse(text, sample, known)
    assert [problem.key for problem in refused.value.problems] == [key]
    older = parse(text, sample)
    assert parse("version = 2", older, known).holds == older.holds, "what stands there already is no fault of this text"


def test_only_the_categories_of_the_surroundings_are_known() -> None:
    with pytest.raises(BadPolicy, match="there is no category 'theft-report'"):
        parse(SAMPLE, surroundings=Surroundings(categories={"no-supply"}))


# Settings.


def test_every_setting_has_a_help_text_and_a_default_within_its_bounds() -> None:
    def size(value: object) -> object:
        return about(value) if isinstance(value, Duration) else value

    for one in settings():
        assert len(one.metadata["help"]) > 20, one.name
        assert size(one.metadata["at_least"]) <= size(one.default) <= size(one.metadata["at_most"]), one.name  # type: ignore[operator]


# Round trips.


def test_the_sample_is_the_same_after_export_and_after_a_database_column(sample: Policy) -> None:
    assert parse(export(sample)) == sample
    assert parse(export(sample), parse('[complaint.no-supply]\nstandard_calendar = "office"', sample)) == sample
    assert from_json(json.loads(json.dumps(to_json(sample)))) == sample


def test_a_column_written_before_a_setting_existed_is_read_with_its_default(sample: Policy) -> None:
    column = to_json(sample)
    del column["limits"]["code_tries"]
    column["limits"]["a_setting_of_old"] = 3
    assert from_json(column) == sample


durations = st.builds(Duration, st.integers(1, 25), st.sampled_from(Unit))
codes = st.sampled_from(["wrong-bill", "no-supply", "meter-fault", "old"])
words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=12).filter(str.strip)


@st.composite
def timings(draw: st.DrawFn) -> Timing:
    confidential, safety = draw(st.booleans()), draw(st.booleans())
    return Timing(
        ladder="two",
        tiers=(draw(durations), draw(durations)),
        calendar=draw(st.sampled_from(["office", "clock"])),
        standard_calendar=draw(st.sampled_from(["office", "clock"])),
        accept=draw(st.none() | durations),
        standard=draw(st.none() | durations),
        confirm=None if confidential else draw(st.none() | durations),
        confidential=confidential,
        safety=safety,
        supply=not safety and draw(st.booleans()),
        holdable=not safety and draw(st.booleans()),
        hold_reasons=tuple(draw(st.lists(codes, unique=True, max_size=2))),
        note=draw(st.just("") | words),
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    own = draw(st.dictionaries(codes, timings(), min_size=1))
    areas = draw(st.dictionaries(st.tuples(st.sampled_from(sorted(own)), st.sampled_from(AREA_CLASSES)), timings()))
    week = ((Span(34200, 46800), Span(50400, 63000)),) * 5 + ((), (Span(79200, 108000),))
    office = Calendar(
        "office", "Asia/Karachi", week, frozenset(draw(st.sets(st.dates(date(2026, 1, 1), date(2027, 1, 1)))))
    )
    return Policy(
        version=draw(st.integers(1, 99)),
        timings=own,
        areas=areas,
        calendars={"office": office, "clock": Calendar.round_the_clock("Asia/Karachi", "clock")},
        ladders={"two": Ladder("two", (Tier("a"), Tier("b")), draw(st.just(()) | st.just((Tier("c"),))))},
        limits=Limits(reminder_share=Fraction(1, draw(st.integers(2, 9))), code_tries=draw(st.integers(2, 20))),
        holds=draw(st.dictionaries(words, st.just(minutes(90)), max_size=2)),
    )


@drawn(60)
@given(policies(), policies())
def test_any_policy_is_the_same_after_export_and_after_a_database_column(policy: Policy, other: Policy) -> None:
    assert parse(export(policy)) == policy
    in_force = replace(other, timings={**policy.timings, **other.timings})
    assert parse(export(policy), in_force) == policy, "nothing of what it is laid over is left"
    assert from_json(json.loads(json.dumps(to_json(policy)))) == policy


# Tiers against the standard.


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_the_last_tier_begins_when_those_before_have_run_out(sample: Policy) -> None:
    timing = sample.timings["no-supply"]
    begins = latest_tier(timing.tiers, at("2026-03-02T10:00+05:30"), calendar_of(sample, timing))
    assert begins == at("2026-03-02T12:30+05:30")


def test_tiers_that_fit_the_standard_are_not_warned_of(sample: Policy) -> None:
    assert warnings(sample) == []


@pytest.mark.parametrize(
    ("tiers", "standard"),
    [
        pytest.param('["2h", "2h", "2h"]', "4h", id="the last begins as the standard ends"),
        pytest.param('["4h", "4h", "1h"]', "4h", id="the last begins after it"),
    ],
)
def test_a_last_tier_that_comes_too_late_is_warned_of_unless_a_note_says_why(
    sample: Policy, tiers: str, standard: str
) -> None:
    text = f'[complaint.no-supply]\ntiers = {tiers}\nstandard = "{standard}"\n'
    warning = warnings(parse(text, sample))[0]
    assert warning.key == "complaint.no-supply.tiers"
    assert "zone_head becomes answerable" in str(warning)
    assert warnings(parse(text + 'note = "the standard is the sum of two"', sample)) == []


def test_a_holiday_can_push_the_last_tier_past_a_standard_in_days(sample: Policy) -> None:
    text = '[complaint.theft-report]\ntiers = ["1 working day", "1 working day", "1 working day"]\nstandard = "5 days"'
    [warning] = warnings(parse(text, sample))
    assert "filed Wed 21 Jan" in str(warning)
    without = parse('[calendar.office]\nzone="Asia/Kolkata"\nhours = { mon-fri = ["09:30-17:30"] }', sample)
    assert warnings(parse(text, without)) == []


def test_an_accept_time_that_never_matters_is_warned_of(sample: Policy) -> None:
    [warning] = warnings(parse('[complaint.no-supply]\ntiers = ["20m", "1h", "1h"]', sample))[:1]
    assert warning.key == "complaint.no-supply.accept"


# Lines of a text.

TEXT = """# a comment with [brackets
name = "a # b [c"
[one.two]
list = [
  "x", # ]
  "y = 1",
]
words = \"\"\"
[not.a.header]
\"\"\"
after = 1
"quoted key".inner = {a = 1, b = [2]}
[[many]]
first = 1
[[many]]
second = 2
[many.deep]
third = 3
"""


def test_every_key_of_a_document_has_its_line() -> None:
    read(TEXT)
    assert lines_of(TEXT) == {
        ("name",): 2,
        ("one",): 3,
        ("one", "two"): 3,
        ("one", "two", "list"): 4,
        ("one", "two", "words"): 8,
        ("one", "two", "after"): 11,
        ("one", "two", "quoted key", "inner"): 12,
        ("many",): 13,
        ("many", "0"): 13,
        ("many", "0", "first"): 14,
        ("many", "1"): 15,
        ("many", "1", "second"): 16,
        ("many", "deep"): 17,
        ("many", "deep", "third"): 18,
    }


def test_a_value_inside_stands_on_the_line_of_what_is_around_it() -> None:
    lines = lines_of(TEXT)
    assert line_of(lines, ("one", "two", "list", "1")) == 4
    assert line_of(lines, ("nowhere",)) is None


def test_a_text_that_is_no_toml_says_where() -> None:
    with pytest.raises(NotToml) as refused:
        read("a = 1\nb = \n")
    assert refused.value.line == 2
    with pytest.raises(NotToml) as unfinished:
        read('a = "x')
    assert unfinished.value.line == 1


@drawn(100)
@given(
    st.recursive(
        st.booleans() | st.integers(-(2**40), 2**40) | st.dates() | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
        max_leaves=8,
    )
)
def test_any_value_written_is_read_back(value: object) -> None:
    assert read(f"x = {written_value(value)}") == {"x": value}
