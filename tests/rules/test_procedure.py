"""Procedures: read and written as TOML and JSON, refused with key, line and reason, and never at a dead end."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rules.durations import Duration, Unit
from rules.policy import BadPolicy, Policy, Timing, days
from rules.policy_json import from_json, to_json
from rules.policy_toml import export, parse
from rules.procedure import (
    Does,
    Fee,
    Lapse,
    Law,
    Loads,
    Procedure,
    Slots,
    Stage,
    Whose,
    ended,
    opening,
    outcomes_of,
)
from rules.procedure_check import faults
from rules.procedure_laws import law_of
from rules.terms import Kind
from tests.drawn import drawn

AROUND = """
[calendar.office]
zone = "Asia/Kolkata"
hours = { mon-fri = ["09:30-13:00", "14:00-17:30"] }

[calendar.every-day]
zone = "Asia/Kolkata"
round_the_clock = true

[ladder.commercial]
tiers = ["relationship_officer", "service_manager"]

[complaint.no-supply]
ladder = "commercial"
tiers = ["1h", "1h"]
standard = "4h"
calendar = "every-day"
confirm = "1 day"
"""

SAMPLE = """
[procedure.new-connection]
kind = "new_connection"
loads = { least = "0.5", most = "150", step = "0.5" }
note_valid = "15 days"
confirm = "3 days"
refund = "refund"
slots = { spans = ["10:00-13:00"], at_once = 3, days_ahead = 8 }

[procedure.new-connection.papers]
owner = ["photo", "ownership"]
tenant = ["photo", "landlord-consent"]

[[procedure.new-connection.standard]]
time = "7 days"
calendar = "every-day"
area = "urban"
until = 2024-02-22

[[procedure.new-connection.standard]]
time = "3 days"
calendar = "every-day"
area = "urban"
up_to_kw = "20"
since = 2024-02-22

[[procedure.new-connection.standard]]
time = "9 days"
calendar = "every-day"
area = "urban"
above_kw = "20"
since = 2024-02-22

[[procedure.new-connection.fee]]
code = "security"
amount = "600.00"
per_kw = true
up_to_kw = "2"
refundable = true

[[procedure.new-connection.fee]]
code = "security"
amount = "900.50"
per_kw = true
above_kw = "2"
applicants = ["owner"]

[[procedure.new-connection.stage]]
code = "documents"
does = "documents"
ladder = "commercial"
tiers = ["2 working days", "1 working day"]
calendar = "office"
limit = "30 days"
remind = "5 days"
lapse = "lapsed"

[[procedure.new-connection.stage]]
code = "visit"
does = "visit"
after = ["documents"]
ladder = "commercial"
accept = "4h"
tiers = ["2 working days", "1 working day"]
calendar = "office"
limit = "15 days"
remind = "3 days"
checklist = ["wiring"]

[[procedure.new-connection.stage]]
code = "feasibility"
does = "decision"
after = ["visit"]
ladder = "commercial"
tiers = ["2 working days", "1 working day"]
calendar = "office"
outcomes = ["feasible", "extension", "refused"]

[[procedure.new-connection.stage]]
code = "extension"
does = "work"
after = ["feasibility"]
when = "feasibility: extension"
ladder = "commercial"
tiers = ["9 working days", "9 working days"]
calendar = "office"
checklist = ["pole"]

[[procedure.new-connection.stage]]
code = "permission"
does = "permission"
after = ["feasibility"]
when = "feasibility: extension"
ladder = "commercial"
tiers = ["9 working days", "9 working days"]
calendar = "office"
whose = "third_party"
limit = "60 days"
remind = "10 days"
holdable = false
hold_reasons = ["date-asked"]

[[procedure.new-connection.stage]]
code = "note"
does = "note"
after = ["feasibility"]
ladder = "commercial"
tiers = ["1 working day", "1 working day"]
calendar = "office"

[[procedure.new-connection.stage]]
code = "payment"
does = "payment"
after = ["note"]
ladder = "commercial"
tiers = ["1 working day", "1 working day"]
calendar = "office"
whose = "applicant"
limit = "15 days"
remind = "4 days"
lapse = "refund"

[[procedure.new-connection.stage]]
code = "meter"
does = "meter"
after = ["payment", "extension", "permission"]
ladder = "commercial"
tiers = ["1 working day", "1 working day"]
calendar = "office"

[[procedure.new-connection.stage]]
code = "handover"
does = "handover"
after = ["meter"]
ladder = "commercial"
tiers = ["1 working day", "1 working day"]
calendar = "office"
back = "meter"

[[procedure.new-connection.stage]]
code = "refund"
does = "refund"
ladder = "commercial"
tiers = ["5 working days", "5 working days"]
calendar = "office"
"""


@pytest.fixture(scope="module")
def sample() -> Policy:
    return parse(AROUND + SAMPLE)


@pytest.fixture(scope="module")
def procedure(sample: Policy) -> Procedure:
    return sample.procedures["new-connection"]


def test_what_is_said_of_a_procedure_is_read(procedure: Procedure) -> None:
    assert (procedure.kind, procedure.confirm, procedure.refund) == (Kind.NEW_CONNECTION, days(3), "refund")
    assert procedure.loads == Loads(Decimal("0.5"), Decimal(150), Decimal("0.5"))
    assert procedure.slots == Slots(("10:00-13:00",), 3, 8)
    assert procedure.papers == {"owner": ("photo", "ownership"), "tenant": ("photo", "landlord-consent")}
    assert procedure.fees[1] == Fee("security", 90050, True, Decimal(2), None, ("owner",))
    assert procedure.standards[1] == Law(days(3), "every-day", "urban", up_to_kw=Decimal(20), since=date(2024, 2, 22))


def test_what_is_said_of_a_stage_is_read(procedure: Procedure) -> None:
    assert list(procedure.stages)[:3] == ["documents", "visit", "feasibility"]
    working = (Duration(9, Unit.WORKING_DAYS), Duration(9, Unit.WORKING_DAYS))
    assert procedure.stages["permission"] == Stage(
        code="permission",
        does=Does.PERMISSION,
        timing=Timing("commercial", working, "office", "office", holdable=False, hold_reasons=("date-asked",)),
        after=("feasibility",),
        when=("feasibility", "extension"),
        whose=Whose.THIRD_PARTY,
        limit=days(60),
        remind=days(10),
    )
    assert procedure.stages["payment"].lapse is Lapse.REFUND
    assert procedure.stages["visit"].timing.accept == Duration(4, Unit.HOURS)


def test_a_procedure_is_the_same_after_export_and_after_a_database_column(sample: Policy) -> None:
    assert parse(export(sample)) == sample
    assert from_json(json.loads(json.dumps(to_json(sample)))) == sample


def test_a_policy_saved_before_there_were_procedures_is_read(sample: Policy) -> None:
    column = to_json(sample)
    del column["procedures"]
    assert from_json(column) == replace(sample, procedures={})


def test_a_procedure_that_is_written_takes_the_place_of_the_old_one_whole(sample: Policy) -> None:
    unasked = parse(SAMPLE.replace('confirm = "3 days"\n', ""), sample)
    assert unasked.procedures["new-connection"].confirm is None
    assert parse('[holds]\nx = "2 days"', sample).procedures == sample.procedures


# Which standard rules a request.


@pytest.mark.parametrize(
    ("area", "load", "day", "time"),
    [
        pytest.param("urban", "5", date(2024, 2, 21), days(7), id="the day before the new rule"),
        pytest.param("urban", "20", date(2024, 2, 22), days(3), id="the first day, at the bound"),
        pytest.param("urban", "20.5", date(2030, 1, 1), days(9), id="above the bound"),
        pytest.param("rural", "5", date(2030, 1, 1), None, id="an area nothing is promised to"),
    ],
)
def test_the_standard_goes_by_area_load_and_day(
    procedure: Procedure, area: str, load: str, day: date, time: Duration | None
) -> None:
    law = law_of(procedure, area, Decimal(load), None, day)
    assert (law.time if law else None) == time


# Refused ones.


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        pytest.param('kind = "new_connection"', 'kind = "complaint"', "kind", "is none of", id="kind"),
        pytest.param('step = "0.5"', "step = 0.5", "loads.step", "no number of kilowatts", id="a number as a number"),
        pytest.param('step = "0.5"', 'step = "0.4"', "loads", "do not come to both", id="a step that does not divide"),
        pytest.param('least = "0.5"', 'least = "0"', "loads", "from something to something more", id="no load at all"),
        pytest.param('"600.00"', '"600"', "fee.0.amount", "no sum of money", id="money"),
        pytest.param('"10:00-13:00"', '"10-13"', "slots.spans", "no span", id="span"),
        pytest.param('up_to_kw = "2"', 'up_to_kw = "3"', "fee.1.code", "charged twice", id="a fee twice"),
        pytest.param('applicants = ["owner"]', 'applicants = ["heir"]', "fee.1.applicants", "no sort", id="applicant"),
        pytest.param('tenant = ["photo", "landlord-consent"]', "tenant = []", "papers.tenant", "no paper", id="papers"),
        pytest.param('area = "urban"\nuntil', 'area = "town"\nuntil', "standard.0.area", "is none of", id="area"),
        pytest.param(
            "until = 2024-02-22", "until = 2024-02-23", "standard.1", "covered twice on 2024-02-22", id="law 2"
        ),
        pytest.param(
            "until = 2024-02-22", "until = 2024-02-21", "standard", "no standard covers urban, 0.5 kW on", id="0"
        ),
        pytest.param(
            'above_kw = "20"\n', 'above_kw = "30"\n', "standard", "no standard covers urban, 20.5 kW", id="band"
        ),
        pytest.param(
            'calendar = "every-day"', 'calendar = "any"', "standard.0.calendar", "no calendar 'any'", id="cal"
        ),
        pytest.param('ladder = "commercial"', 'ladder = "comercial"', "stage.0.ladder", "no ladder", id="ladder"),
        pytest.param(
            'tiers = ["2 working days", "1 working day"]',
            'tiers = ["2 working days"]',
            "stage.0.tiers",
            "2 tiers",
            id="t",
        ),
        pytest.param('limit = "30 days"\n', "", "stage.0.limit", "is missing: a wait for", id="no limit"),
        pytest.param('remind = "10 days"\n', "", "stage.4.remind", "is missing: a wait for", id="no reminder"),
        pytest.param('remind = "5 days"', 'remind = "30 days"', "stage.0.remind", "is no reminder", id="reminder"),
        pytest.param('whose = "applicant"', 'whose = "office"', "stage.6.whose", "applicant's turn", id="whose"),
        pytest.param(
            'does = "meter"\n', 'does = "meter"\nwhose = "applicant"\n', "stage.7.whose", "only a payment", id="meter"
        ),
        pytest.param('does = "handover"', 'does = "work"', "confirm", "no stage does", id="nobody hands over"),
        pytest.param('checklist = ["pole"]\n', "", "stage.3.checklist", "is missing", id="work without a list"),
        pytest.param('"feasible", "extension", "refused"', '"refused"', "stage.2.outcomes", "goes on", id="only no"),
        pytest.param(
            'checklist = ["wiring"]', 'outcomes = ["seen"]', "stage.1.outcomes", "outcomes of its own", id="o"
        ),
        pytest.param('"feasibility: extension"', '"feasibility"', "stage.3.when", "like", id="when"),
        pytest.param('"feasibility: extension"', '"visit: seen"', "stage.3.when", "no outcome 'seen'", id="outcome"),
        pytest.param('"feasibility: extension"', '"study: done"', "stage.3.when", "no stage 'study'", id="decider"),
        pytest.param('"feasibility: extension"', '"feasibility: refused"', "stage.3.when", "nobody can", id="ended"),
        pytest.param('after = ["visit"]', 'after = ["handover"]', "stage.2.after", "a loop: feasibility", id="a loop"),
        pytest.param('after = ["visit"]', 'after = ["visits"]', "stage.2.after", "no stage 'visits'", id="stage"),
        pytest.param(
            'after = ["visit"]', 'after = ["refund"]', "stage.2.after", "only when a request ends", id="refund"
        ),
        pytest.param('after = ["documents"]\n', "", "stage.1.after", "only the documents open at once", id="at once"),
        pytest.param('does = "documents"', 'does = "work"', "stage", 'exactly one stage does "documents"', id="doc"),
        pytest.param('code = "visit"', 'code = "documents"', "stage.1.code", "two stages 'documents'", id="twice"),
        pytest.param('code = "visit"', 'code = "Site visit"', "stage.1.code", "is no code", id="a code"),
        pytest.param('after = ["note"]', 'after = ["visit"]', "stage.6.after", "before any demand note", id="pay"),
        pytest.param(
            'does = "note"\n', 'does = "note"\nwhen = "feasibility: extension"\n', "stage.6.after", "is sure", id="sure"
        ),
        pytest.param('back = "meter"', 'back = "metre"', "stage.8.back", "no stage 'metre'", id="back"),
        pytest.param('back = "meter"', 'back = "handover"', "stage.8.back", "is not before", id="back to later"),
        pytest.param('back = "meter"', 'back = "extension"', "stage.8.back", "may have been skipped", id="back to no"),
        pytest.param('refund = "refund"\n', "", "refund", "no stage gives it back", id="nothing given back"),
        pytest.param('refund = "refund"', 'refund = "meter"', "refund", 'that does "refund"', id="what gives back"),
        pytest.param('note_valid = "15 days"\n', "", "note_valid", "is missing", id="a note for ever"),
        pytest.param('lapse = "lapsed"', 'lapse = "gone"', "stage.0.lapse", "is none of", id="lapse"),
        pytest.param('confirm = "3 days"', 'confirms = "3 days"', "confirms", "is not known here", id="key"),
    ],
)
def test_a_procedure_with_a_hole_is_refused_with_line_and_reason(old: str, new: str, key: str, reason: str) -> None:
    text = AROUND + SAMPLE
    at = text.index(old, text.index("[procedure"))
    with pytest.raises(BadPolicy) as refused:
        parse(text[:at] + new + text[at + len(old) :])
    found = [one for one in refused.value.problems if one.key == f"procedure.new-connection.{key}"]
    assert any(reason in one.reason and one.line for one in found), str(refused.value)


def test_a_fault_says_its_line() -> None:
    text = AROUND + SAMPLE.replace('back = "meter"', 'back = "metre"')
    with pytest.raises(BadPolicy) as refused:
        parse(text)
    [fault] = refused.value.problems
    assert fault.line == text[: text.index('"metre"')].count("\n") + 1


FINAL = """
[procedure.disconnection]
kind = "disconnection"
refund = "money-back"
account = true
papers = { owner = ["identity"] }
"""


def closing(*stages: str) -> str:
    rest = 'ladder = "commercial"\ntiers = ["1 working day", "1 working day"]\ncalendar = "office"\n'
    return AROUND + FINAL + "".join(f"[[procedure.disconnection.stage]]\n{stage}\n{rest}" for stage in stages)


DOCUMENTS = 'code = "documents"\ndoes = "documents"\nlimit = "9 days"\nremind = "2 days"'
BILL = 'code = "bill"\ndoes = "bill"\nafter = ["documents"]'
PAID = (
    'code = "payment"\ndoes = "payment"\nafter = ["bill"]\nwhen = "bill: due"\n'
    'whose = "applicant"\nlimit = "9 days"\nremind = "2 days"'
)
BACK = 'code = "money-back"\ndoes = "refund"'


def test_a_final_bill_is_paid_only_if_something_is_due() -> None:
    procedure = parse(closing(DOCUMENTS, BILL, PAID, BACK)).procedures["disconnection"]
    done: dict[str, str | None] = {"documents": None, "bill": "due"}
    assert [stage.code for stage in opening(procedure, done, ())] == ["payment"]
    assert not ended(procedure, done)
    assert ended(procedure, {**done, "bill": "even"})
    assert ended(procedure, {**done, "bill": "credit"})


def test_a_final_bill_nobody_pays_is_refused() -> None:
    with pytest.raises(BadPolicy, match='no stage does "payment" when = "bill: due"'):
        parse(closing(DOCUMENTS, BILL, BACK))


def test_money_is_given_back_in_one_stage_alone() -> None:
    second = 'code = "give-back"\ndoes = "refund"\nafter = ["bill"]\nwhen = "bill: credit"'
    with pytest.raises(BadPolicy, match="is not the stage that refund names"):
        parse(closing(DOCUMENTS, BILL, PAID, second, BACK))


# No procedure that is accepted comes to a dead end.

WORKS = Timing("commercial", (days(1), days(1)), "office", "office")
OUTCOMES = ("yes", "other", "refused")


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    """Procedures of any shape: now and then with a loop, a stage that is not there or one nobody reaches."""
    codes = [f"s{number}" for number in range(draw(st.integers(2, 8)))]
    stages = {"s0": Stage("s0", Does.DOCUMENTS, WORKS, limit=days(9), remind=days(2))}
    for number, code in enumerate(codes[1:], 1):
        nearly_any = codes if draw(st.integers(0, 9)) == 0 else codes[:number]
        after = tuple(draw(st.lists(st.sampled_from(nearly_any), min_size=1, max_size=3, unique=True)))
        when = (draw(st.sampled_from(nearly_any)), draw(st.sampled_from(OUTCOMES[:2]))) if draw(st.booleans()) else None
        does = draw(st.sampled_from((Does.DECISION, Does.DECISION, Does.WORK)))
        if when and when[0] in stages and stages[when[0]].does is not Does.DECISION:
            when = None
        stages[code] = Stage(
            code,
            does,
            WORKS,
            after,
            when,
            outcomes=OUTCOMES if does is Does.DECISION else (),
            checklist=("all",) if does is Does.WORK else (),
        )
    return Procedure("any", Kind.NEW_CONNECTION, stages, {"owner": ("photo",)})


@drawn(300)
@given(procedures(), st.data())
def test_an_accepted_procedure_always_comes_to_its_end(procedure: Procedure, data: st.DataObject) -> None:
    if list(faults(procedure)):
        return
    done: dict[str, str | None] = {}
    open_now: set[str] = set()
    while not ended(procedure, done):
        new = [stage.code for stage in opening(procedure, done, open_now)]
        assert not set(new) & open_now
        open_now |= set(new)
        assert open_now, f"a dead end after {done}"
        code = data.draw(st.sampled_from(sorted(open_now)))
        ways = [one for one in outcomes_of(procedure.stages[code]) if one != "refused"]
        done[code] = data.draw(st.sampled_from(ways)) if ways else None
        open_now.remove(code)
    assert not open_now
    assert not list(opening(procedure, done, ()))


@drawn(150)
@given(procedures())
def test_any_accepted_procedure_is_the_same_after_export(procedure: Procedure) -> None:
    if not list(faults(procedure)):
        policy = replace(parse(AROUND), procedures={"any": procedure})
        assert parse(export(policy)) == policy
        assert from_json(json.loads(json.dumps(to_json(policy)))) == policy


def test_most_shapes_drawn_are_accepted_and_some_are_not() -> None:
    counts = {True: 0, False: 0}

    @hypothesis_settings(max_examples=200, deadline=None, derandomize=True)
    @given(procedures())
    def counted(procedure: Procedure) -> None:
        counts[not list(faults(procedure))] += 1

    counted()
    assert min(counts.values()) > 20, counts
