"""The posts of a profile: roles, posts at their places, people, and who fills which post."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from rules.assignment import Segment
from rules.hours import BadCalendar, week_from
from rules.policy import UNPLACED
from rules.profile import Fill, Group, How, Locality, Office, Person, Post, Rights, Role, Scope, Texts, Zone
from rules.profile_texts import Reader, known
from rules.toml_table import Table

COMMA = {"ur": "،"}
MOST_POSTS = 50
MOST_TASKS = 10_000
MOST_KW = 1_000_000


class Place(Protocol):
    """An office or a zone."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def names(self) -> Texts:
        """Its name by language."""


def read_roles(reader: Reader, table: Table) -> dict[str, Role]:
    """The roles by code."""
    roles = {}
    for code, one in table.tables():
        rights = Rights(one.choice("rights", tuple(Rights)))
        scope = Scope(one.choice("scope", tuple(Scope)))
        roles[code] = Role(code, reader.texts(one), rights, scope, one.flag("second_factor"))
        one.close()
    return roles


def read_posts(
    entries: list[Table], roles: Mapping[str, Role], offices: Mapping[str, Office], zones: Mapping[str, Zone]
) -> dict[str, Post]:
    """The posts by code: each entry stands for a role at some or all places of its scope, once or several times."""
    posts: dict[str, Post] = {}
    places: Mapping[Scope, Mapping[str, Place]] = {
        Scope.OFFICE: dict(offices),
        Scope.ZONE: dict(zones),
        Scope.COMPANY: {},
    }
    for entry in entries:
        code = entry.text("role")
        if not known(entry, "role", code, roles, "role"):
            continue
        for post in _at_places(entry, roles[code], places[roles[code].scope]):
            if post.code in posts:
                entry.wrong("", f"post {post.code} is given twice")
            posts[post.code] = post
    return posts


def _at_places(entry: Table, role: Role, places: Mapping[str, Place]) -> Iterator[Post]:
    """The posts of one entry: at the places it names, or at every place of the role's scope."""
    at = entry.listed("at", ())
    count, never_vacant = entry.whole("count", 1, 1, MOST_POSTS), entry.flag("never_vacant")
    able, most = entry.listed("able", ()), entry.whole("most_tasks", 0, 0, MOST_TASKS) or None
    entry.close()
    if role.scope is Scope.COMPANY and at:
        entry.wrong("at", f"{role.code} reaches the whole company and stands at no single place")
    everywhere = [code for code, place in places.items() if not finds_places(place)]
    there: list[Place | None] = [None] if role.scope is Scope.COMPANY else []
    if not there:
        there += [places[code] for code in at or everywhere if known(entry, "at", code, places, role.scope)]
    for place in there:
        for post in _numbered(role, place, count, never_vacant):
            yield replace(post, able=able, most_tasks=most)


def _numbered(role: Role, place: Place | None, count: int, never_vacant: bool) -> Iterator[Post]:
    for number in range(1, count + 1):
        suffix = str(number) if count > 1 else ""
        parts = [role.code.replace("_", "-"), place.code if place else "", suffix]
        yield Post(
            code="-".join(part for part in parts if part),
            role=role.code,
            scope=role.scope,
            titles={language: _title(role, place, suffix, language) for language in role.titles},
            office=place.code if place and role.scope is Scope.OFFICE else None,
            zone=_zone_of(place),
            never_vacant=never_vacant,
        )


def finds_places(place: Place) -> bool:
    """Whether this is no office of consumers, but the desk that finds out where requests belong."""
    return isinstance(place, Office) and place.area_class == UNPLACED


def _zone_of(place: Place | None) -> str | None:
    return place.zone if isinstance(place, Office) else place.code if place else None


def _title(role: Role, place: Place | None, suffix: str, language: str) -> str:
    title = f"{role.titles[language]} {suffix}".strip()
    return (
        f"{title}{COMMA.get(language, ',')} {place.names[language]}" if place and place.names.get(language) else title
    )


def read_segments(
    reader: Reader, table: Table, roles: Mapping[str, Role], localities: Mapping[str, Locality]
) -> dict[str, Group]:
    """The groups of consumers with officers of their own, by code."""
    groups = {}
    for code, one in table.tables():
        role, beside, places = one.text("role"), one.text("beside"), one.listed("localities", ())
        for key, named in (("role", role), ("beside", beside)):
            known(one, key, named, roles, "role")
        for place in places:
            known(one, "localities", place, localities, "locality")
        above = one.whole("above_kw", 0, 0, MOST_KW) or None
        groups[code] = Group(Segment(code, role, beside, above, frozenset(places)), reader.texts(one))
        one.close()
    return groups


def read_people(reader: Reader, table: Table, posts: Mapping[str, Post]) -> tuple[dict[str, Person], list[Fill]]:
    """The staff by username, and the posts each fills in person."""
    people: dict[str, Person] = {}
    fills: list[Fill] = []
    for username, one in table.tables():
        people[username] = Person(
            username,
            one.text("name"),
            one.text("phone", ""),
            one.text("email", ""),
            one.choice("language", reader.languages),
        )
        for post in one.listed("posts", ()):
            if known(one, "posts", post, posts, "post"):
                fills.append(Fill(post, username, How.PERSON))
        one.close()
    return people, fills


def read_fills(
    reader: Reader, entries: list[Table], posts: Mapping[str, Post], people: Mapping[str, Person]
) -> list[Fill]:
    """What is filled otherwise: by roster, by additional charge, or for a time."""
    fills = []
    for entry in entries:
        post, person = entry.text("post"), entry.text("person")
        known(entry, "post", post, posts, "post")
        known(entry, "person", person, people, "person")
        how = How(entry.choice("how", tuple(How), How.PERSON))
        since, until = reader.first_instant(entry, "from"), reader.last_instant(entry, "to")
        fills.append(Fill(post, person, how, since, until, _roster(entry, how)))
        entry.close()
    return fills


def _roster(entry: Table, how: How) -> dict[str, tuple[str, ...]]:
    table = entry.table("roster", how is How.ROSTER)
    roster = {day: table.listed(day) for day in table.content}
    try:
        week_from({day: list(spans) for day, spans in roster.items()}, "roster")
    except BadCalendar as error:
        table.findings.wrong((*entry.path, *error.key.split(".")), error.reason)
    return roster
