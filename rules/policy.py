"""Policy: everything a clock or a path is computed from, as values.

Read and written as TOML by `rules.policy_toml`, as a database column by `rules.policy_json`; `rules.policy_check`
says where the tiers do not fit into the standard.
"""

# ruff: noqa: RUF009 (setting() is dataclasses.field() with a default that cannot change)
from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from rules.calendar import Calendar
from rules.durations import Duration, Unit

if TYPE_CHECKING:
    from rules.procedure import Procedure

AREA_CLASSES = ("metro", "urban", "municipal", "rural", "hilly")
"""The area classes an office may have and a timing may differ by."""

SUPPLY = "supply"
"""The ladder of what is wrong with the supply itself."""
UNPLACED = "unplaced"
"""The area class of the office that finds out where a request belongs, and the code of the times it has for that."""

Value = Duration | int | Fraction
"""What a setting may hold."""


@dataclass(frozen=True)
class Tier:
    """One rung of a ladder: the role that becomes answerable. Its title is a name of the profile, not policy."""

    role: str


@dataclass(frozen=True)
class Ladder:
    """Who is answerable in turn. `appeal` are rungs above the last that open on the consumer's word, never by timer."""

    code: str
    tiers: tuple[Tier, ...]
    appeal: tuple[Tier, ...] = ()


@dataclass(frozen=True)
class Timing:
    """The times and flags of one category (in one area class).

    `accept` None: nobody need take it up in a given time. `standard` None: no standard is promised.
    `confirm` None: never put to the consumer's confirmation. `note` says why the tiers need not fit the standard.
    `supply`: it ends when the consumer says that the supply is back.
    `hold_reasons` are what it, or a stage, may wait for the consumer for; none named: any reason.
    `recovery` names the ladder by which recovery of dues is held while it is open, in `recovery_tiers`; None: there is none.
    """

    ladder: str
    tiers: tuple[Duration, ...]
    calendar: str
    standard_calendar: str
    accept: Duration | None = None
    standard: Duration | None = None
    confirm: Duration | None = None
    confidential: bool = False
    safety: bool = False
    supply: bool = False
    holdable: bool = True
    hold_reasons: tuple[str, ...] = ()
    note: str = ""
    recovery: str | None = None
    recovery_tiers: tuple[Duration, ...] = ()


def setting(default: Value, explanation: str, *, at_least: Value, at_most: Value) -> Any:
    """A field of Limits: its default, what it means in one sentence, and its bounds (both allowed)."""
    return field(default=default, metadata={"help": explanation, "at_least": at_least, "at_most": at_most})


def days(amount: int) -> Duration:
    """That many calendar days."""
    return Duration(amount, Unit.DAYS)


def minutes(amount: int) -> Duration:
    """That many minutes."""
    return Duration(amount, Unit.MINUTES)


@dataclass(frozen=True)
class Limits:
    """The settings that belong to no single category."""

    reopening_window: Duration = setting(
        days(7),
        "How long after closing a request may be reopened under its number",
        at_least=minutes(1),
        at_most=days(90),
    )
    reminder_share: Fraction = setting(
        Fraction(1, 4),
        "The share of a tier's working time that is left when its handler is reminded",
        at_least=Fraction(1, 20),
        at_most=Fraction(19, 20),
    )
    hold_limit: Duration = setting(
        days(3), "How long one hold may last where its reason names no limit", at_least=minutes(1), at_most=days(60)
    )
    hold_total: Duration = setting(
        days(10), "How long all holds of a request together may last", at_least=minutes(1), at_most=days(180)
    )
    escalations_per_minute: int = setting(
        60,
        "Requests whose time ran out that go to one person above in a minute; the rest follow in turn, danger at once",
        at_least=1,
        at_most=10_000,
    )
    top_reminder: Duration = setting(
        Duration(1, Unit.WORKING_DAYS),
        "How often the top of a ladder is reminded of a request that is beyond it",
        at_least=minutes(1),
        at_most=days(30),
    )
    expected_ahead: Duration = setting(
        days(30), "How far ahead an expected time may lie", at_least=minutes(30), at_most=days(180)
    )
    call_back_tries: int = setting(
        2, "Telephone calls at different hours before a request closes as unreached", at_least=1, at_most=10
    )
    call_back_apart: Duration = setting(
        minutes(120), "How far apart two telephone calls to one consumer must lie", at_least=minutes(1), at_most=days(2)
    )
    code_lifetime: Duration = setting(
        minutes(10), "How long a one-time code is good", at_least=minutes(2), at_most=minutes(60)
    )
    code_tries: int = setting(5, "Wrong entries before a one-time code is void", at_least=2, at_most=20)
    codes_per_hour: int = setting(
        6, "One-time codes sent for one request or to one phone in an hour", at_least=1, at_most=60
    )
    misses_per_hour: int = setting(
        30, "Look-ups of numbers that do not exist from one address in an hour", at_least=5, at_most=10_000
    )
    filings_per_hour: int = setting(20, "Requests filed with one phone in an hour", at_least=3, at_most=1_000)


def settings() -> Iterator[Field[Any]]:
    """The fields of Limits; `metadata` has `help`, `at_least` and `at_most`."""
    return iter(fields(Limits))


class Site(NamedTuple):
    """In whose hours a clock runs: the office a request was registered at, and that office's zone."""

    office: str = ""
    zone: str = ""


EVERYWHERE = Site()
"""No office: the calendars as they are where nothing else is said."""

Own = tuple[str, str, str]
"""A calendar's code, "zones" or "offices", and the code of the one that has a calendar of its own."""


@dataclass(frozen=True)
class Policy:
    """One version of everything a clock or a path is computed from.

    `areas` holds whole timings, already merged with their category's; `sites` whole calendars of zones and offices
    that have other hours or holidays, merged likewise. `holds` limits the hold of a reason.
    """

    version: int
    timings: Mapping[str, Timing]
    areas: Mapping[tuple[str, str], Timing] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    sites: Mapping[Own, Calendar] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    holds: Mapping[str, Duration] = field(default_factory=dict)
    procedures: Mapping[str, Procedure] = field(default_factory=dict)


def timing_of(policy: Policy, category: str, area_class: str) -> Timing:
    """The timing of a category where the office has this area class; KeyError if the category has none.

    While nobody knows where it belongs, the desk that finds out has its own ladder and times; danger and what is
    confidential wait for no desk.
    """
    timing = policy.areas.get((category, area_class)) or policy.timings[category]
    desk = policy.timings.get(UNPLACED) if area_class == UNPLACED else None
    if desk is None or timing.safety or timing.confidential:
        return timing
    return replace(
        timing, ladder=desk.ladder, tiers=desk.tiers, calendar=desk.calendar, accept=desk.accept,
        recovery=None, recovery_tiers=(),
    )  # fmt: skip


def recovery_timing(timing: Timing) -> Timing | None:
    """The timing of the task that holds recovery while a complaint is open; None where there is none."""
    if timing.recovery is None:
        return None
    return Timing(timing.recovery, timing.recovery_tiers, timing.calendar, timing.standard_calendar, holdable=False)


def ladder_of(policy: Policy, timing: Timing) -> Ladder:
    """The ladder a timing names."""
    return policy.ladders[timing.ladder]


def calendar_at(policy: Policy, code: str, site: Site) -> Calendar:
    """The calendar of this code as it is at a site: the office's own, else its zone's, else the general one."""
    own = policy.sites.get((code, "offices", site.office)) or policy.sites.get((code, "zones", site.zone))
    return own or policy.calendars[code]


def calendars_at(policy: Policy, site: Site) -> Mapping[str, Calendar]:
    """Every calendar as it is at a site."""
    return {code: calendar_at(policy, code, site) for code in policy.calendars} if policy.sites else policy.calendars


def calendar_of(policy: Policy, timing: Timing, site: Site = EVERYWHERE) -> Calendar:
    """The calendar the tiers of a timing run in."""
    return calendar_at(policy, timing.calendar, site)


def standard_calendar_of(policy: Policy, timing: Timing, site: Site = EVERYWHERE) -> Calendar:
    """The calendar the standard of a timing runs in."""
    return calendar_at(policy, timing.standard_calendar, site)


def waits_for(timing: Timing, reasons: Collection[str]) -> list[str]:
    """Those of the reasons for which a request of this timing may wait for the consumer, if it may wait at all."""
    return [one for one in reasons if one in (timing.hold_reasons or reasons)]


def hold_limit(policy: Policy, reason: str) -> Duration:
    """How long one hold for this reason may last."""
    return policy.holds.get(reason, policy.limits.hold_limit)


DAY = timedelta(days=1)
ABOUT: Mapping[Unit, timedelta] = {
    Unit.SECONDS: timedelta(seconds=1),
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.DAYS: DAY,
    Unit.WORKING_DAYS: DAY,
}


def about(time: Duration) -> timedelta:
    """A duration's rough length, a working day taken for a day: to compare with bounds, never to compute a clock."""
    return time.amount * ABOUT[time.unit]


@dataclass(frozen=True)
class Problem:
    """What is wrong in a file: the dotted key, its line (None if it has none) and the reason in plain words."""

    key: str
    line: int | None
    reason: str

    def __str__(self) -> str:
        """`line 12, complaint.no-supply.tiers: reason`."""
        return ", ".join(filter(None, (f"line {self.line}" if self.line else "", self.key))) + f": {self.reason}"


class BadPolicy(ValueError):
    """A policy that cannot be used; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
