"""Profiles: the shipped ones are whole and honest, and a broken one is refused with file, line and reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from models.holidays import public_holidays
from rules.calendar import Calendar
from rules.due import due
from rules.durations import Duration, Unit
from rules.fees import ESTIMATE
from rules.hours import week_from
from rules.policy import AREA_CLASSES, UNPLACED, Policy, calendar_of, standard_calendar_of, timing_of
from rules.policy_calendars import Surroundings
from rules.policy_check import latest_tier, warnings
from rules.policy_toml import export, parse
from rules.procedure import REFUSED, Does, Lapse, Procedure, ended, opening, outcomes_of
from rules.procedure_laws import law_of
from rules.profile import BrokenProfile, Fill, How, Post, Profile, Rights, Scope
from rules.profile_requests import Described
from rules.profile_toml import load
from rules.terms import Kind
from rules.toml_text import read
from tests.sweeping import swept

FOLDER = Path(__file__).parents[2] / "profiles"
SHIPPED = sorted(path.stem for path in FOLDER.glob("*.toml"))
ICONS = frozenset(re.findall(r'id="([^"]+)"', (FOLDER.parent / "web/static/icons.svg").read_text("utf-8")))


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.toml").read_text("utf-8")


@pytest.fixture(scope="module", params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> Profile:
    return load(text_of(request.param), f"{request.param}.toml", public_holidays)


@pytest.fixture(scope="module")
def demo() -> Profile:
    return load(text_of("demo"), "demo.toml", public_holidays)


@pytest.fixture(scope="module")
def tpddl() -> Profile:
    return load(text_of("tpddl"), "tpddl.toml", public_holidays)


@pytest.fixture(scope="module")
def kesco() -> Profile:
    return load(text_of("kesco"), "kesco.toml", public_holidays)


@pytest.fixture(scope="module")
def kelectric() -> Profile:
    return load(text_of("kelectric"), "kelectric.toml", public_holidays)


# Every shipped profile.


@pytest.mark.parametrize("years", swept("a year more or less has other holidays", 1, 6))
def test_the_last_tier_begins_while_the_standard_can_still_be_kept_or_the_file_says_why(
    shipped: Profile, years: int
) -> None:
    assert warnings(shipped.policy, years=years) == []


def test_every_category_has_a_timing_causes_and_a_picture(shipped: Profile) -> None:
    assert {*shipped.categories, UNPLACED} == set(shipped.policy.timings)
    assert len(shipped.categories) >= 12
    for category in shipped.categories.values():
        assert category.icon in ICONS, category.code
        assert len(category.causes) >= 2, category.code


def test_the_policy_of_a_profile_survives_export(shipped: Profile) -> None:
    known = Surroundings(zone=shipped.zone, categories={*shipped.categories, UNPLACED})
    assert parse(export(shipped.policy), surroundings=known) == shipped.policy


def test_everything_people_read_is_there_in_every_language(shipped: Profile) -> None:
    texts: list[Mapping[str, str]] = [shipped.names, shipped.forum.texts]
    texts += [one.names for one in shipped.zones.values()] + [one.names for one in shipped.offices.values()]
    texts += [one.names for one in shipped.localities.values()] + [one.names for one in shipped.feeders.values()]
    texts += [one.hours for one in shipped.offices.values()] + [one.titles for one in shipped.posts.values()]
    texts += [one.labels for one in shipped.categories.values()] + [one.labels for one in shipped.causes.values()]
    for table in fields(shipped.requests):
        for one in getattr(shipped.requests, table.name).values():
            texts += [one.labels, one.descriptions] if isinstance(one, Described) else [one.labels]
    for text in texts:
        assert set(text) == set(shipped.languages)
        assert all(text.values())


def test_hindi_and_urdu_names_are_in_their_own_script(shipped: Profile) -> None:
    scripts = {"hi": re.compile(r"[\u0900-\u097f]"), "ur": re.compile(r"[\u0600-\u06ff]")}
    for locality in shipped.localities.values():
        for language, script in scripts.items():
            if language in locality.names:
                assert script.search(locality.names[language]), locality.code


def test_the_control_room_is_never_empty(shipped: Profile) -> None:
    rosters = [
        Calendar("roster", shipped.zone, week_from({day: list(spans) for day, spans in fill.roster.items()}, "roster"))
        for fill in shipped.fills
        if shipped.roles[shipped.posts[fill.post].role].rights is Rights.CONTROL_ROOM
    ]
    for hour in range(7 * 24):
        at = datetime(2026, 3, 2 + hour // 24, hour % 24, 30, tzinfo=UTC)
        assert sum(roster.is_open(at) for roster in rosters) == 1, at


def test_a_role_may_ask_for_a_second_factor_and_the_demo_asks_for_none(demo: Profile) -> None:
    assert not any(role.second_factor for role in demo.roles.values())
    asking = text_of("demo").replace(
        'rights = "confidential", scope', 'second_factor = true, rights = "confidential", scope'
    )
    roles = load(asking, "demo.toml", public_holidays).roles
    assert {code for code, role in roles.items() if role.second_factor} == {"vigilance_officer", "vigilance_head"}
    broken = asking.replace("second_factor = true", 'second_factor = "yes"')
    with pytest.raises(BrokenProfile, match="neither true nor false"):
        load(broken, "demo.toml", public_holidays)


def test_what_is_confidential_has_no_post_of_an_office_on_its_ladder(shipped: Profile) -> None:
    policy = shipped.policy
    confidential = [timing for timing in policy.timings.values() if timing.confidential]
    assert len(confidential) >= 2
    for timing in confidential:
        roles = [shipped.roles[tier.role] for tier in policy.ladders[timing.ladder].tiers]
        assert all(role.scope is Scope.COMPANY for role in roles)
        assert timing.confirm is None


def test_danger_cannot_be_held_and_comes_to_the_control_room(shipped: Profile) -> None:
    dangers = [(code, timing) for code, timing in shipped.policy.timings.items() if timing.safety]
    assert {code for code, _ in dangers} == {code for code, one in shipped.categories.items() if one.emergency}
    for _, timing in dangers:
        first = shipped.policy.ladders[timing.ladder].tiers[0].role
        assert not timing.holdable
        assert timing.accept is not None
        assert shipped.roles[first].rights is Rights.CONTROL_ROOM


FIGURES = re.compile(r"^\[\[?(complaint\.|procedure\.|limits|holds|calendar\.)")
SAID = re.compile(r"#\s*(.+)$")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_figure_says_where_it_is_from_or_that_it_is_assumed(name: str) -> None:
    text = text_of(name)
    sources = (*read(text)["sources"], "assumed")
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        inside = bool(FIGURES.match(line)) if line.startswith("[") else inside
        _, _, value = line.partition(" = ")
        if inside and re.search(r"\d", value.partition("#")[0]):
            said = SAID.search(value)
            assert said, f"{name}.toml:{number} has no source"
            assert said[1].startswith(sources), f"{name}.toml:{number} names no source of [sources]"


@pytest.mark.parametrize("name", SHIPPED)
def test_every_source_named_is_used(name: str) -> None:
    text = text_of(name)
    for source in read(text)["sources"]:
        assert re.search(rf"# {source}\b", text), source


# Procedures of every shipped profile.


def test_all_five_sorts_of_request_can_be_applied_for(shipped: Profile) -> None:
    procedures = shipped.policy.procedures
    assert {one.kind for one in procedures.values()} == set(Kind) - {Kind.COMPLAINT}
    assert list(shipped.requests.procedures) == list(procedures)
    for code, one in shipped.requests.procedures.items():
        assert one.icon in ICONS, code
        assert procedures[code].account is (procedures[code].kind is not Kind.NEW_CONNECTION)
        assert procedures[code].standards, code


def test_every_word_of_a_procedure_is_used(shipped: Profile) -> None:
    procedures = shipped.policy.procedures.values()
    stages = [stage for one in procedures for stage in one.stages.values()]
    used = {
        "stages": {stage.code for stage in stages},
        "papers": {paper for one in procedures for papers in one.papers.values() for paper in papers},
        "applicants": {applicant for one in procedures for applicant in one.papers},
        "fees": {ESTIMATE} | {fee.code for one in procedures for fee in one.fees},
        "checks": {check for stage in stages for check in stage.checklist},
        "outcomes": {outcome for stage in stages for outcome in outcomes_of(stage)},
    }
    for table, codes in used.items():
        assert set(getattr(shipped.requests, table)) == codes, table


def ways(procedure: Procedure, done: dict[str, str | None]) -> Iterator[dict[str, str | None]]:
    """Every way a procedure can go from here to its end, each stage that is open done in turn."""
    if ended(procedure, done):
        yield done
        return
    first = next(opening(procedure, done, ()))
    for outcome in tuple(one for one in outcomes_of(first) if one != REFUSED) or (None,):
        yield from ways(procedure, {**done, first.code: outcome})


def test_every_way_through_a_procedure_comes_to_its_handover(shipped: Profile) -> None:
    for procedure in shipped.policy.procedures.values():
        ends = list(ways(procedure, {}))
        reached = set[str]().union(*ends)
        assert reached == procedure.stages.keys() - {procedure.refund}, procedure.code
        for done in ends:
            last = [code for code in done if procedure.stages[code].does is Does.HANDOVER]
            assert last == [list(done)[-1]], procedure.code


def test_stages_run_side_by_side_in_a_new_connection(shipped: Profile) -> None:
    procedure = shipped.policy.procedures["new-connection"]
    done = dict.fromkeys(("documents", "visit", "note", "payment")) | {"feasibility": "extension"}
    assert [stage.code for stage in opening(procedure, done, ())] == [
        "extension",
        "permission",
        "agreement",
        "material",
    ]
    assert [stage.code for stage in opening(procedure, {**done, "feasibility": "feasible"}, ())] == [
        "agreement",
        "material",
    ]


def test_less_load_needs_no_visit_no_line_and_no_money(shipped: Profile) -> None:
    procedure = shipped.policy.procedures["load-change"]
    less = [done for done in ways(procedure, {}) if done["review"] == "less"]
    assert [list(done) for done in less] == [["documents", "review", "load-set", "load-changed"]]


# The demo.


def test_the_demo_climbs_from_relationship_officer_to_service_manager_to_zone_head(demo: Profile) -> None:
    ladder = [tier.role for tier in demo.policy.ladders["supply"].tiers]
    assert ladder == ["relationship_officer", "service_manager", "zone_head"]
    assert {"supply", "commercial", "safety", "vigilance", "hearing"} <= set(demo.policy.ladders)
    assert demo.languages == ("en", "hi", "ur")


def test_the_demo_has_a_ladder_to_watch_in_minutes(demo: Profile) -> None:
    timing = demo.policy.timings["try-it"]
    assert timing.tiers == (Duration(1, Unit.MINUTES), Duration(1, Unit.MINUTES), Duration(2, Unit.MINUTES))
    assert (timing.accept, timing.standard) == (None, Duration(4, Unit.MINUTES))


def test_every_rule_for_a_wait_that_runs_out_is_in_the_demo(demo: Profile) -> None:
    waits = [stage for one in demo.policy.procedures.values() for stage in one.stages.values() if stage.limit]
    assert {stage.lapse for stage in waits} == set(Lapse)


def test_a_new_connection_in_the_country_has_twice_the_time_since_2024(demo: Profile) -> None:
    procedure = demo.policy.procedures["new-connection"]
    for area, before, now in (("urban", 15, 7), ("rural", 30, 15)):
        for day, time in ((date(2024, 2, 21), before), (date(2024, 2, 22), now)):
            law = law_of(procedure, area, Decimal(3), None, day)
            assert law is not None
            assert law.time == Duration(time, Unit.DAYS)


def test_the_country_office_has_longer_times(demo: Profile) -> None:
    office = demo.offices["rehri"]
    assert timing_of(demo.policy, "no-supply", office.area_class).standard == Duration(8, Unit.HOURS)
    assert timing_of(demo.policy, "no-supply", demo.offices["gizri"].area_class).standard == Duration(4, Unit.HOURS)


def test_two_relationship_officers_share_an_office_and_one_stands_alone(demo: Profile) -> None:
    posts = [post for post in demo.posts.values() if post.role == "relationship_officer"]
    at = {office: [post.code for post in posts if post.office == office] for office in demo.offices}
    assert at["gizri"] == ["relationship-officer-gizri-1", "relationship-officer-gizri-2"]
    assert at["rehri"] == ["relationship-officer-rehri"]


def test_a_post_is_known_by_its_title_and_place(demo: Profile) -> None:
    assert demo.posts["relationship-officer-gizri-2"] == Post(
        code="relationship-officer-gizri-2",
        role="relationship_officer",
        scope=Scope.OFFICE,
        titles={"en": "Relationship officer 2, Gizri", "hi": "संपर्क अधिकारी 2, गिज़री", "ur": "رابطہ افسر 2، گذری"},
        office="gizri",
        zone="south",
    )
    assert demo.posts["zone-head-east"].titles["en"] == "Zone head, East zone"
    assert (demo.posts["zone-head-east"].office, demo.posts["zone-head-east"].zone) == (None, "east")
    assert demo.posts["managing-director"].titles["en"] == "Managing director"


def test_a_post_nobody_has_is_filled_by_additional_charge(demo: Profile) -> None:
    assert Fill("service-manager-rehri", "harun", How.CHARGE) in demo.fills
    assert Fill("service-manager-quyumabad", "harun", How.PERSON) in demo.fills


def test_a_monday_can_be_a_holiday(demo: Profile) -> None:
    days = {holiday.day: holiday for holiday in demo.holidays}
    assert date(2026, 1, 26).weekday() == 0
    assert date(2026, 1, 26) in demo.policy.calendars["office"].holidays
    assert days[date(2027, 3, 22)].names["ur"] == "ہولی"
    assert {day for day, holiday in days.items() if holiday.estimated} == {date(2027, 3, 10), date(2027, 5, 17)}
    assert len([day for day in days if (day.month, day.day) == (10, 2)]) == 6


# Delhi.


def test_delhi_opens_two_more_rungs_on_the_consumers_word(tpddl: Profile) -> None:
    ladder = tpddl.policy.ladders["supply"]
    assert [tier.role for tier in ladder.tiers] == [
        "customer_relation_officer",
        "customer_service_manager",
        "district_manager",
    ]
    assert [tier.role for tier in ladder.appeal] == ["circle_head", "head_customer_services"]
    assert (len(tpddl.offices), tpddl.phone) == (13, "19124"), "twelve districts, and the desk that finds places"


def test_delhi_has_the_holidays_of_the_calendar_of_the_land(tpddl: Profile) -> None:
    days = {holiday.day: holiday for holiday in tpddl.holidays}
    assert days[date(2026, 10, 2)].names["en"] == "Mahatma Gandhi's Birthday"
    eid = days[date(2027, 3, 10)]
    assert (eid.names["en"], eid.estimated) == ("Eid al-Fitr", True)
    assert tpddl.policy.calendars["office"].holidays == frozenset(days)


def test_a_cut_in_delhi_reaches_the_district_manager_within_the_hour(tpddl: Profile) -> None:
    registered = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
    timing = tpddl.policy.timings["no-supply"]
    begins = latest_tier(timing.tiers, registered, calendar_of(tpddl.policy, timing))
    assert begins == datetime(2026, 3, 2, 18, 40, tzinfo=UTC)
    assert timing.standard is not None
    ends = due(timing.standard, registered, (), standard_calendar_of(tpddl.policy, timing))
    assert ends == datetime(2026, 3, 2, 19, 0, tzinfo=UTC)


# Kanpur.


def test_kanpur_climbs_from_junior_engineer_to_executive_engineer(kesco: Profile) -> None:
    for ladder in ("supply", "commercial"):
        tiers = [tier.role for tier in kesco.policy.ladders[ladder].tiers]
        assert tiers == ["junior_engineer", "sub_divisional_officer", "executive_engineer"]
    assert (kesco.channels["sms"].language, kesco.currency, kesco.phone) == ("en", "INR", "1912")


def test_a_transformer_in_kanpur_goes_by_the_area_class(kesco: Profile) -> None:
    hours = {area: timing_of(kesco.policy, "transformer", area).standard for area in ("metro", "urban", "rural")}
    assert hours == {area: Duration(time, Unit.HOURS) for area, time in (("metro", 6), ("urban", 8), ("rural", 24))}
    assert {office.area_class for office in kesco.offices.values()} == {"metro", "unplaced"}


def test_a_connection_in_kanpur_is_due_in_seven_days_everywhere(kesco: Profile) -> None:
    procedure = kesco.policy.procedures["new-connection"]
    for area in AREA_CLASSES:
        law = law_of(procedure, area, Decimal(4), None, date(2026, 1, 1))
        assert law is not None
        assert law.time == Duration(7, Unit.DAYS)


# Karachi.


def test_karachi_speaks_english_and_urdu_and_counts_in_its_own_rupees(kelectric: Profile) -> None:
    assert (kelectric.languages, kelectric.currency, kelectric.zone) == (("en", "ur"), "PKR", "Asia/Karachi")
    assert kelectric.policy.ladders["supply"].tiers[-1].role == "general_manager"
    assert kelectric.localities["gizri"].office == "defence"
    assert "गिज़री" in kelectric.localities["gizri"].aliases


def test_a_tenant_of_three_kilowatts_in_karachi_brings_the_landlords_consent_and_has_thirty_days(
    kelectric: Profile,
) -> None:
    procedure = kelectric.policy.procedures["new-connection"]
    assert "landlord-consent" in procedure.papers["tenant"]
    assert "landlord-consent" not in procedure.papers["owner"]
    law = law_of(procedure, "urban", Decimal(3), None, date(2026, 1, 1))
    assert law is not None
    assert law.time == Duration(30, Unit.DAYS)
    assert procedure.stages["payment"].lapse is Lapse.OFFICER


def test_fridays_and_ramadan_are_shorter_in_karachi(kelectric: Profile) -> None:
    office = kelectric.policy.calendars["office"]
    assert not office.is_open(datetime(2026, 11, 27, 8, 0, tzinfo=UTC))
    assert office.is_open(datetime(2026, 11, 26, 9, 30, tzinfo=UTC))
    assert not office.is_open(datetime(2027, 2, 11, 10, 30, tzinfo=UTC))


# Broken ones.


def broken(old: str, new: str) -> tuple[str, int]:
    """The demo with its first `old` replaced, and the line of that."""
    text = text_of("demo")
    assert old in text
    return text.replace(old, new, 1), text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        pytest.param(
            'zone = "south"\nphone', 'zone = "north"\nphone', "offices.gizri.zone", "no zone 'north'", id="zone"
        ),
        pytest.param(
            'tnt-colony = { office = "gizri"',
            'tnt-colony = { office = "gizry"',
            "tnt-colony.office",
            "no office",
            id="office",
        ),
        pytest.param(
            'tnt-colony = { office = "gizri", pin = "990101", en = "T&T Colony"',
            'tnt-colony = { office = "defence", pin = "990101", en = "Gizri"',
            "localities.tnt-colony.office",
            "Gizri is owned by two offices, gizri and defence",
            id="locality of two offices",
        ),
        pytest.param(
            'gizri-1 = { office = "gizri", localities = ["gizri", "tnt-colony"]',
            'gizri-1 = { office = "gizri", localities = ["gizri", "rehri"]',
            "feeders.gizri-1.localities",
            "rehri belongs to office rehri, not to gizri",
            id="feeder across offices",
        ),
        pytest.param(
            "akhtar-colony = { office", "quyumabad = { office", "Cannot overwrite", "value", id="a locality given twice"
        ),
        pytest.param(
            'language = "recipient", quiet = "21:30-07:00"',
            'quiet = "late"',
            "channels.sms.quiet",
            "no span",
            id="quiet",
        ),
        pytest.param('country = "IN"', 'country = ""', "utility.country", "is empty", id="nothing said"),
        pytest.param('zone = "Asia/Kolkata"', 'zone = "Asia/Gizri"', "utility.zone", "no time zone", id="time zone"),
        pytest.param(
            'languages = ["en", "hi", "ur"]', "languages = []", "utility.languages", "no language", id="languages"
        ),
        pytest.param("01-26 = {", "02-30 = {", "holidays.annual.02-30", "no day of 2026", id="no such day"),
        pytest.param(', ur = "ہولی" }', " }", "holidays.dates.2026-03-04.ur", "is missing", id="text of one language"),
        pytest.param(
            'accept = "20m"', 'accept = "20 moons"', "complaint.no-supply.accept", "no length of time", id="time"
        ),
        pytest.param(
            'ladder = "hearing"',
            'ladder = "hering"',
            "complaint.billing-old-dues.ladder",
            "no ladder 'hering'",
            id="ladder",
        ),
        pytest.param(
            'tiers = ["90m", "1h", "90m"]', 'tiers = ["90m"]', "complaint.no-supply.tiers", "3 tiers, but 1", id="tiers"
        ),
        pytest.param("[complaint.voltage]", "[complaint.voltages]", "complaint.voltages", "no category", id="category"),
        pytest.param('scope = "office"', 'scope = "city"', "roles.relationship_officer.scope", "none of", id="scope"),
        pytest.param(
            'rights = "handle"', 'rights = "rule"', "roles.relationship_officer.rights", "none of", id="rights"
        ),
        pytest.param('posts = ["auditor"]', 'posts = ["editor"]', "people.yusuf.posts", "no post 'editor'", id="post"),
        pytest.param('person = "lata"', 'person = "leila"', "fills.0.person", "no person 'leila'", id="person"),
        pytest.param(
            'roster = { mon-sun = ["06:00-14:00"] }',
            "roster = { mon-day = [] }",
            "fills.0.roster.mon-day",
            "write a day",
            id="r",
        ),
        pytest.param(
            'icon = "zap-off"', 'picture = "zap-off"', "categories.no-supply.picture", "not known here", id="key"
        ),
        pytest.param('currency = "INR"', 'currency = "USD"', "utility.currency", "none of INR, PKR", id="currency"),
        pytest.param(
            'owner = ["photo", "identity", "ownership"]',
            'owner = ["photo", "ration-card"]',
            "procedure.new-connection.papers.owner",
            "ration-card has no words; write them in [papers]",
            id="a paper without words",
        ),
        pytest.param(
            'checklist = ["poles-set", "line-drawn"',
            'checklist = ["poles-up", "line-drawn"',
            "procedure.new-connection.stage.5.checklist",
            "poles-up has no words; write them in [checks]",
            id="a check without words",
        ),
        pytest.param(
            "[procedures.meter-shift]",
            "[procedures.meter-moved]",
            "procedures.meter-moved",
            "has no stages; write [procedure.meter-moved]",
            id="a procedure without stages",
        ),
        pytest.param('"fuse-blown", "mcb', '"fuse-grown", "mcb', "categories.no-supply.causes", "no cause", id="cause"),
    ],
)
def test_a_broken_profile_is_refused_with_file_line_and_reason(old: str, new: str, key: str, reason: str) -> None:
    text, line = broken(old, new)
    with pytest.raises(BrokenProfile) as refused:
        load(text, "profiles/demo.toml", public_holidays)
    first = str(refused.value).splitlines()
    assert any(said.startswith(f"profiles/demo.toml:{line}: ") and key in said and reason in said for said in first), (
        first
    )


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param(
            'role = "zone_head"\nnever_vacant = true',
            'role = "zone_head"',
            "ladder.supply.tiers: ends in post zone-head-south, which is not declared never_vacant",
            id="a top that may be vacant",
        ),
        pytest.param(
            ', posts = ["zone-head-south"]',
            "",
            "ladder.supply.tiers: ends in post zone-head-south, which nobody fills",
            id="a top that nobody fills",
        ),
        pytest.param(
            'at = ["defence", "rehri"]',
            'at = ["defence"]',
            "ladder.supply.tiers: role relationship_officer has no post at office rehri",
            id="an office without the role",
        ),
        pytest.param(
            'tiers = ["vigilance_officer", "vigilance_head", "managing_director"]',
            'tiers = ["relationship_officer", "vigilance_head", "managing_director"]',
            "complaint.theft-report.ladder: is confidential, but its ladder passes through relationship_officer",
            id="an informer's report at the office",
        ),
        pytest.param(
            'tiers = ["hearing_officer", "zone_head", "managing_director"]',
            'tiers = ["service_manager", "zone_head", "managing_director"]',
            "ladder.hearing.tiers: the first tier, service_manager, has no right to handle",
            id="a first tier that cannot handle",
        ),
        pytest.param(
            'premises-locked = "2 days"',
            'premises-shut = "2 days"',
            "holds.premises-shut: there is no hold reason 'premises-shut'",
            id="the limit of no reason",
        ),
    ],
)
def test_a_profile_that_breaks_its_own_promises_is_refused(old: str, new: str, reason: str) -> None:
    text, _ = broken(old, new)
    text = text.replace(', posts = ["relationship-officer-rehri"]', "") if "rehri" in reason else text
    with pytest.raises(BrokenProfile) as refused:
        load(text, "demo.toml", public_holidays)
    assert reason in str(refused.value)
    assert all(re.match(r"demo\.toml:[1-9]\d*: ", line) for line in str(refused.value).splitlines())


def test_a_category_without_a_timing_is_refused_at_its_own_line() -> None:
    text = re.sub(r"\[complaint\.try-it\]\n(?:[^\n]+\n)+", "", text_of("demo"))
    with pytest.raises(BrokenProfile) as refused:
        load(text, "demo.toml", public_holidays)
    line = text[: text.index("[categories.try-it]")].count("\n") + 1
    assert refused.value.problems == [(line, "categories.try-it: has no timing; write [complaint.try-it]")]


def test_a_file_that_is_no_toml_says_the_line() -> None:
    text, line = broken('phone = "1800 000 4827"', 'phone = "1800 000 4827')
    with pytest.raises(BrokenProfile) as refused:
        load(text, "demo.toml", public_holidays)
    assert str(refused.value).startswith(f"demo.toml:{line}: ")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(BrokenProfile, match=r"nothing\.toml:1: utility: is missing"):
        load("", "nothing.toml", public_holidays)


def test_an_office_whose_area_no_standard_covers_is_refused() -> None:
    text, _ = broken('area_class = "rural"', 'area_class = "hilly"')
    with pytest.raises(BrokenProfile, match=r"no standard covers hilly, 0\.5 kW"):
        load(text, "demo.toml", public_holidays)


def test_a_country_without_known_holidays_is_refused() -> None:
    text = text_of("tpddl").replace('subdivision = "DL"', 'subdivision = "XX"')
    with pytest.raises(BrokenProfile, match="no holidays are known of IN XX"):
        load(text, "tpddl.toml", public_holidays)


TEMPORARY = """
[procedure.fair]
kind = "new_connection"
note_valid = "1 day"
refund = "refund"

[procedure.fair.papers]
organiser = ["identity"]

[[procedure.fair.standard]]
time = "2 days"
calendar = "round-the-clock"

[[procedure.fair.stage]]
code = "documents"
does = "documents"
ladder = "commercial"
tiers = ["2h", "2h", "2h"]
calendar = "office"
limit = "1 day"
remind = "3h"

[[procedure.fair.stage]]
code = "payment"
does = "payment"
after = ["note"]
ladder = "commercial"
tiers = ["2h", "2h", "2h"]
calendar = "office"
whose = "applicant"
limit = "1 day"
remind = "3h"

[[procedure.fair.stage]]
code = "note"
does = "note"
after = ["documents"]
ladder = "commercial"
tiers = ["2h", "2h", "2h"]
calendar = "office"

[[procedure.fair.stage]]
code = "lights"
does = "meter"
after = ["documents", "payment"]
ladder = "supply"
tiers = ["2h", "2h", "2h"]
calendar = "round-the-clock"

[[procedure.fair.stage]]
code = "refund"
does = "refund"
ladder = "commercial"
tiers = ["1 day", "1 day", "1 day"]
calendar = "office"

[procedures.fair]
icon = "lightbulb"
label = { en = "Lights for a fair", hi = "मेले की बिजली", ur = "میلے کی بجلی" }
description = { en = "For some days", hi = "कुछ दिनों के लिए", ur = "کچھ دنوں کے لیے" }
"""


def test_a_procedure_of_another_shape_is_a_piece_of_the_file_and_no_code() -> None:
    words = {
        "[stages]": 'lights = { en = "Lights up", hi = "बत्तियाँ", ur = "بتیاں" }',
        "[applicants]": 'organiser = { en = "Organiser", hi = "आयोजक", ur = "منتظم" }',
    }
    text = text_of("demo") + TEMPORARY
    for table, line in words.items():
        text = text.replace(f"\n{table}\n", f"\n{table}\n{line}\n")
    procedure = load(text, "demo.toml", public_holidays).policy.procedures["fair"]
    [done] = ways(procedure, {})
    assert list(done) == ["documents", "note", "payment", "lights"]


def test_an_office_may_open_and_close_on_local_days() -> None:
    text, _ = broken('area_class = "rural"', 'area_class = "rural"\nfrom = 2026-04-01\nto = 2027-03-31')
    office = load(text, "demo.toml", public_holidays).offices["rehri"]
    assert office.since == datetime(2026, 3, 31, 18, 30, tzinfo=UTC)
    assert office.until == datetime(2027, 3, 31, 18, 30, tzinfo=UTC)


def test_a_policy_alone_is_no_part_of_people_or_places(demo: Profile) -> None:
    policy: Policy = demo.policy
    assert "Example" not in export(policy)
    assert "Gizri" not in export(policy)
