"""A utility's profile from TOML: every fault is named by file, line and reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from rules.policy import UNPLACED
from rules.policy_calendars import Surroundings
from rules.policy_toml import read_policy
from rules.profile import BrokenProfile, Profile
from rules.profile_catalog import HolidaySource, read_categories, read_channels, read_forum, read_holidays
from rules.profile_check import check
from rules.profile_places import (
    read_feeders,
    read_head_office,
    read_localities,
    read_offices,
    read_visiting_hours,
    read_zones,
)
from rules.profile_posts import read_fills, read_people, read_posts, read_roles, read_segments
from rules.profile_requests import check_requests, read_requests
from rules.profile_texts import LANGUAGES, Reader
from rules.replies import read_replies
from rules.toml_table import Findings, Table
from rules.toml_text import NotToml, lines_of, read

CURRENCIES = ("INR", "PKR")
"""The currencies sums of money are written in."""


def load(text: str, filename: str, holiday_source: HolidaySource) -> Profile:
    """The profile a text means; BrokenProfile with everything that is wrong. Holidays of a country are asked of the source."""
    try:
        document = read(text)
    except NotToml as error:
        raise BrokenProfile(filename, [(error.line, str(error))]) from None
    top = Table(document, (), Findings(lines_of(text)))
    profile = _profile(top, holiday_source)
    if profile:
        top.close()
    if profile and not top.findings.problems:
        check(profile, top.findings)
        check_requests(profile, top.findings)
    if top.findings.problems or profile is None:
        found = top.findings.in_order()
        raise BrokenProfile(filename, [(one.line or 1, f"{one.key}: {one.reason}") for one in found])
    return profile


@dataclass(frozen=True)
class Utility:
    """Who the utility is and how its profile is read."""

    code: str
    country: str
    currency: str
    names: Mapping[str, str]
    phone: str
    safety_phone: str
    reader: Reader


def _profile(top: Table, source: HolidaySource) -> Profile | None:
    utility = _utility(top.table("utility"))
    if utility is None:
        return None
    reader = utility.reader
    holidays = read_holidays(reader, top.table("holidays", False), source)
    parts = _people(reader, top) | _catalog(reader, top)
    surroundings = Surroundings(
        zone=reader.zone.key,
        holidays=frozenset(one.day for one in holidays),
        categories={*parts["categories"], UNPLACED},
        sites={"zones": parts["zones"], "offices": parts["offices"]},
        reasons=parts["hold_reasons"],
    )
    return Profile(
        code=utility.code,
        names=utility.names,
        zone=reader.zone.key,
        country=utility.country,
        currency=utility.currency,
        languages=reader.languages,
        phone=utility.phone,
        safety_phone=utility.safety_phone,
        forum=read_forum(reader, top.table("forum")),
        holidays=holidays,
        channels=read_channels(reader, top.table("channels")),
        sources=_sources(top.table("sources", False)),
        policy=read_policy(top, None, surroundings),
        **parts,
    )


def _utility(table: Table) -> Utility | None:
    languages = table.listed("languages")
    if "languages" in table and not languages:
        table.wrong("languages", "names no language")
    for language in languages:
        if language not in LANGUAGES:
            table.wrong("languages", f"there are no pages in {language!r}; there are {', '.join(LANGUAGES)}")
    zone = _zone(table)
    reader = Reader(tuple(language for language in languages if language in LANGUAGES), zone) if zone else None
    if reader is None or not reader.languages:
        return None
    utility = Utility(
        table.text("code"),
        table.text("country"),
        table.choice("currency", CURRENCIES),
        reader.named_texts(table, "names"),
        table.text("phone"),
        table.text("safety_phone"),
        reader,
    )
    table.close()
    return utility


def _zone(table: Table) -> ZoneInfo | None:
    name = table.text("zone")
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, LookupError):
        table.wrong("zone", f"{name!r} is no time zone; write one like Asia/Kolkata")
        return None


def _people(reader: Reader, top: Table) -> dict[str, Any]:
    """The places, posts and people of a document."""
    hours = read_visiting_hours(reader, top.table("visiting_hours"))
    zones = read_zones(reader, top.table("zones"), hours)
    offices = read_offices(reader, top.table("offices"), zones, hours)
    localities = read_localities(reader, top.table("localities"), offices)
    feeders = read_feeders(reader, top.table("feeders", False), offices, localities)
    roles = read_roles(reader, top.table("roles"))
    posts = read_posts(top.entries("posts"), roles, offices, zones)
    people, fills = read_people(reader, top.table("people"), posts)
    fills += read_fills(reader, top.entries("fills", False), posts, people)
    return {
        "head_office": read_head_office(reader, top.table("head_office"), hours),
        "zones": zones,
        "offices": offices,
        "localities": localities,
        "feeders": feeders,
        "roles": roles,
        "posts": posts,
        "people": people,
        "fills": tuple(fills),
        "segments": read_segments(reader, top.table("segments", False), roles, localities),
    }


def _catalog(reader: Reader, top: Table) -> dict[str, Any]:
    """What people choose from."""
    causes = reader.choices(top.table("causes"))
    return {
        "categories": read_categories(reader, top.table("categories"), causes),
        "causes": causes,
        "hold_reasons": reader.choices(top.table("hold_reasons")),
        "expected_reasons": reader.choices(top.table("expected_reasons")),
        "withdraw_reasons": reader.choices(top.table("withdraw_reasons")),
        "reject_reasons": reader.choices(top.table("reject_reasons")),
        "requests": read_requests(reader, top),
        "replies": read_replies(reader, top.table("replies", False)),
        "danger_words": _danger_words(top.table("danger_words")),
    }


def _danger_words(table: Table) -> dict[str, tuple[str, ...]]:
    """Words by language after which the question of danger is asked once more."""
    return {language: table.listed(language) for language in table.content}


def _sources(table: Table) -> dict[str, str]:
    return {key: table.text(key) for key in table.content}
