"""A utility's profile written into the tables: names, places, posts, people, and its policy as version 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.holidays import given as holidays
from models.people import Feeder, Fill, Locality, Office, Post, Staff, Zone
from models.policy import Names, PolicyVersion
from models.policy_versions import raise_edition, save
from rules import profile as given
from rules.profile import Scope
from rules.profile_requests import Described, Requests

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
"""The instant from which a filling without a beginning counts."""


async def is_loaded(session: AsyncSession) -> bool:
    """Whether a profile was ever loaded into this database."""
    return (await session.exec(select(PolicyVersion.number).limit(1))).first() is not None


async def load_profile(
    session: AsyncSession, profile: given.Profile, passwords: Mapping[str, str], at: datetime
) -> None:
    """Write the profile once, in the caller's transaction; `passwords` are hashes by username. Does nothing if loaded."""
    if await is_loaded(session):
        return
    for rows in places(profile):
        session.add_all(rows)
        await session.flush()
    await _people(session, profile, passwords)
    session.add_all([*names(profile), *holidays(profile.holidays)])
    await save(session, profile.policy, f"The timings of the profile {profile.code}", None, at)
    await raise_edition(session)


def places(profile: given.Profile) -> Iterator[list[SQLModel]]:
    """Rows in the order in which they refer to one another."""
    yield [_zone(zone) for zone in profile.zones.values()]
    yield [_office(office) for office in profile.offices.values()]
    yield [
        *(_locality(place) for place in profile.localities.values()),
        *(_feeder(feeder) for feeder in profile.feeders.values()),
        *(_post(post, profile.roles[post.role]) for post in profile.posts.values()),
    ]


def _zone(zone: given.Zone) -> Zone:
    return Zone(
        code=zone.code,
        names=dict(zone.names),
        addresses=dict(zone.addresses),
        hours=dict(zone.hours),
        phone=zone.phone,
    )


def _feeder(feeder: given.Feeder) -> Feeder:
    return Feeder(code=feeder.code, office=feeder.office, names=dict(feeder.names), localities=list(feeder.localities))


def _office(office: given.Office) -> Office:
    return Office(
        code=office.code,
        zone=office.zone,
        names=dict(office.names),
        addresses=dict(office.addresses),
        hours=dict(office.hours),
        phone=office.phone,
        area_class=office.area_class,
        since=office.since,
        until=office.until,
    )


def _locality(place: given.Locality) -> Locality:
    search = " ".join(dict.fromkeys([*place.names.values(), *place.aliases, place.pin])).lower()
    return Locality(code=place.code, office=place.office, names=dict(place.names), pin=place.pin, search=search)


def _post(post: given.Post, role: given.Role) -> Post:
    return Post(
        code=post.code,
        role=post.role,
        rights=role.rights.value,
        scope=Scope(post.scope).value,
        office=post.office,
        zone=post.zone,
        titles=dict(post.titles),
        never_vacant=post.never_vacant,
        able=list(post.able),
        most_tasks=post.most_tasks,
    )


async def _people(session: AsyncSession, profile: given.Profile, passwords: Mapping[str, str]) -> None:
    ids: dict[str, int | None] = {}
    for person in profile.people.values():
        row = Staff(
            username=person.username,
            name=person.name,
            password=passwords.get(person.username, ""),
            phone=person.phone or None,
            email=person.email or None,
            language=person.language,
        )
        session.add(row)
        await session.flush()
        ids[person.username] = row.id
    for fill in profile.fills:
        person_id = ids[fill.person]
        assert person_id is not None
        session.add(
            Fill(
                post=fill.post,
                person=person_id,
                how=fill.how.value,
                since=fill.since or ALWAYS,
                until=fill.until,
                roster={days: list(spans) for days, spans in fill.roster.items()},
            )
        )


def names(profile: given.Profile) -> list[SQLModel]:
    rows: list[SQLModel] = [*_utility(profile)]
    for category in profile.categories.values():
        data = {
            "icon": category.icon,
            "descriptions": dict(category.descriptions),
            "causes": list(category.causes),
            "emergency": category.emergency,
            "message": dict(category.message),
        }
        rows.append(
            Names(kind="category", code=category.code, place=category.order, labels=dict(category.labels), data=data)
        )
    for place, role in enumerate(profile.roles.values()):
        asked = {"second_factor": True} if role.second_factor else {}
        rows.append(Names(kind="role", code=role.code, place=place, labels=dict(role.titles), data=asked))
    rows += [_segment(place, group) for place, group in enumerate(profile.segments.values())]
    lists = {
        "cause": profile.causes,
        "hold_reason": profile.hold_reasons,
        "expected_reason": profile.expected_reasons,
        "withdraw_reason": profile.withdraw_reasons,
        "reject_reason": profile.reject_reasons,
    }
    for kind, choices in lists.items():
        for place, choice in enumerate(choices.values()):
            rows.append(Names(kind=kind, code=choice.code, place=place, labels=dict(choice.labels)))
    for place, reply in enumerate(profile.replies.values()):
        data = {"use": reply.use.value, "texts": dict(reply.texts)}
        rows.append(Names(kind="reply", code=reply.code, place=place, labels=dict(reply.titles), data=data))
    return [*rows, *_requests(profile.requests)]


def _segment(place: int, group: given.Group) -> Names:
    one = group.segment
    data = {"role": one.role, "beside": one.beside, "above_kw": one.above_kw, "localities": sorted(one.localities)}
    return Names(kind="segment", code=one.code, place=place, labels=dict(group.labels), data=data)


def _requests(words: Requests) -> Iterator[Names]:
    """The words of connection requests: those with a sentence keep it, and a procedure its picture, beside the label."""
    lists: Mapping[str, Mapping[str, given.Choice]] = {
        "stage": words.stages,
        "applicant": words.applicants,
        "fee": words.fees,
        "check": words.checks,
        "outcome": words.outcomes,
        "third_party": words.third_parties,
    }
    for kind, choices in lists.items():
        for place, choice in enumerate(choices.values()):
            yield Names(kind=kind, code=choice.code, place=place, labels=dict(choice.labels))
    described: Mapping[str, Mapping[str, Described]] = {
        "procedure": words.procedures,
        "paper": words.papers,
        "refuse_reason": words.refuse_reasons,
    }
    for kind, entries in described.items():
        for place, one in enumerate(entries.values()):
            data: dict[str, Any] = {"descriptions": dict(one.descriptions)}
            data |= {"icon": one.icon} if one.icon else {}
            yield Names(kind=kind, code=one.code, place=place, labels=dict(one.labels), data=data)


def _utility(profile: given.Profile) -> list[Names]:
    values: dict[str, Any] = {
        "profile": profile.code,
        "zone": profile.zone,
        "country": profile.country,
        "currency": profile.currency,
        "phone": profile.phone,
        "safety_phone": profile.safety_phone,
        "languages": list(profile.languages),
    }
    rows = [Names(kind="utility", code=code, data={"value": value}) for code, value in values.items()]
    rows.append(Names(kind="utility", code="name", labels=dict(profile.names)))
    forum = {
        "addresses": dict(profile.forum.addresses),
        "texts": dict(profile.forum.texts),
        "phone": profile.forum.phone,
    }
    rows.append(Names(kind="utility", code="forum", labels=dict(profile.forum.names), data=forum))
    head = profile.head_office
    found = {"addresses": dict(head.addresses), "hours": dict(head.hours), "phone": head.phone}
    rows.append(Names(kind="utility", code="head_office", data=found))
    channels = {plan.code: {"language": plan.language, "quiet": plan.quiet} for plan in profile.channels.values()}
    dangers = {language: list(words) for language, words in profile.danger_words.items()}
    rows.append(Names(kind="utility", code="danger_words", data={"value": dangers}))
    rows.append(Names(kind="utility", code="channels", data={"value": channels}))
    return rows
