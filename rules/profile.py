"""A utility's profile as values: names, places, posts, people and the policy it starts with.

Read from TOML by `rules.profile_toml.load`. Every mapping goes by code and keeps the order of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from rules.assignment import Segment
from rules.policy import Policy

if TYPE_CHECKING:
    from rules.profile_requests import Requests
    from rules.replies import Reply

Texts = Mapping[str, str]
"""A text by language code."""


class Rights(StrEnum):
    """What the holder of a post may do."""

    HANDLE = "handle"
    ANSWERABLE = "answerable"
    CONTROL_ROOM = "control_room"
    CONFIDENTIAL = "confidential"
    TAKE_CALLS = "take_calls"
    TUNE = "tune"
    AUDIT = "audit"
    WALL = "wall"


class Scope(StrEnum):
    """How far a role's rights reach."""

    OFFICE = "office"
    ZONE = "zone"
    COMPANY = "company"


class How(StrEnum):
    """How somebody fills a post."""

    PERSON = "person"
    ROSTER = "roster"
    CHARGE = "charge"


@dataclass(frozen=True)
class Zone:
    """A group of offices, and where its own posts are found: `hours` are its visiting hours in words."""

    code: str
    names: Texts
    addresses: Texts
    phone: str
    hours: Texts


@dataclass(frozen=True)
class HeadOffice:
    """Where the posts of the whole company are found."""

    addresses: Texts
    phone: str
    hours: Texts


@dataclass(frozen=True)
class Office:
    """A place that owns localities and feeders. `hours` are its visiting hours in words; `since` and `until` None: always."""

    code: str
    zone: str
    names: Texts
    addresses: Texts
    phone: str
    hours: Texts
    area_class: str = "urban"
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Locality:
    """A place a consumer can name; `aliases` are other spellings it is found by."""

    code: str
    office: str
    names: Texts
    pin: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feeder:
    """A supply line of an office and the localities on it."""

    code: str
    office: str
    names: Texts
    localities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Role:
    """A kind of post: what it may do and how far that reaches; `second_factor`: its holders sign in with one."""

    code: str
    titles: Texts
    rights: Rights
    scope: Scope
    second_factor: bool = False


@dataclass(frozen=True)
class Post:
    """A role at a place. `titles` are what people read, place included. `office` and `zone` are None for wider posts.

    `able`: the categories it handles, all where none is named; `most_tasks`: the open tasks it is to have.
    """

    code: str
    role: str
    scope: Scope
    titles: Texts
    office: str | None = None
    zone: str | None = None
    never_vacant: bool = False
    able: tuple[str, ...] = ()
    most_tasks: int | None = None


@dataclass(frozen=True)
class Group:
    """A group of consumers with officers of its own, and what people read for it."""

    segment: Segment
    labels: Texts


@dataclass(frozen=True)
class Person:
    """One of the staff."""

    username: str
    name: str
    phone: str
    email: str
    language: str


@dataclass(frozen=True)
class Fill:
    """Who fills a post and how. `since` and `until` None: always; `roster` empty: at all hours of that time.

    `roster` maps days ("mon", "mon-fri") to spans ("22:00-06:00") in the utility's time zone.
    """

    post: str
    person: str
    how: How
    since: datetime | None = None
    until: datetime | None = None
    roster: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """One entry of a list people choose from: a cause, a reason."""

    code: str
    labels: Texts


@dataclass(frozen=True)
class Category:
    """How a sort of complaint is shown. `message` is said before filing; `emergency` puts the safety phone first."""

    code: str
    labels: Texts
    descriptions: Texts
    icon: str
    order: int
    causes: tuple[str, ...]
    emergency: bool = False
    message: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Holiday:
    """A closed day; `estimated` where its date depends on the moon and may yet move."""

    day: date
    names: Texts
    estimated: bool = False


@dataclass(frozen=True)
class ChannelPlan:
    """How a channel is used: `language` None means the recipient's own; `quiet` is a span in which it is silent."""

    code: str
    language: str | None = None
    quiet: str | None = None


@dataclass(frozen=True)
class Forum:
    """Where a consumer may go when the ladder has ended."""

    names: Texts
    addresses: Texts
    texts: Texts
    phone: str = ""


@dataclass(frozen=True)
class Profile:
    """Everything a utility brings: data, one TOML file. `zone` is its IANA time zone, `currency` an ISO 4217 code."""

    code: str
    names: Texts
    zone: str
    country: str
    currency: str
    languages: tuple[str, ...]
    phone: str
    safety_phone: str
    head_office: HeadOffice
    forum: Forum
    zones: Mapping[str, Zone]
    offices: Mapping[str, Office]
    localities: Mapping[str, Locality]
    feeders: Mapping[str, Feeder]
    roles: Mapping[str, Role]
    posts: Mapping[str, Post]
    people: Mapping[str, Person]
    fills: tuple[Fill, ...]
    segments: Mapping[str, Group]
    categories: Mapping[str, Category]
    causes: Mapping[str, Choice]
    hold_reasons: Mapping[str, Choice]
    expected_reasons: Mapping[str, Choice]
    withdraw_reasons: Mapping[str, Choice]
    reject_reasons: Mapping[str, Choice]
    requests: Requests
    replies: Mapping[str, Reply]
    danger_words: Mapping[str, tuple[str, ...]]
    holidays: tuple[Holiday, ...]
    channels: Mapping[str, ChannelPlan]
    sources: Mapping[str, str]
    policy: Policy


class BrokenProfile(ValueError):
    """A profile that cannot be used; its text is one `file:line: reason` a line. `problems` are (line, reason)."""

    def __init__(self, filename: str, problems: list[tuple[int, str]]) -> None:
        super().__init__("\n".join(f"{filename}:{line}: {reason}" for line, reason in problems))
        self.filename = filename
        self.problems = problems
