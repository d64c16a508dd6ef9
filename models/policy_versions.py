"""Policy versions: the one in force, saving the next, what differs between two, and TOML in and out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit
from models.people import Office, Zone
from models.policy import Edition, Names, PolicyVersion
from models.policy_beside import older_with
from rules import policy_toml
from rules.offered import must_stay
from rules.policy import BadPolicy, Policy, Problem
from rules.policy_calendars import Surroundings
from rules.policy_json import to_json

SAVING = 7_405_001
"""Key of the lock that lets one save at a time, and none while a request chooses its version; registering shares it."""
LONGEST_NOTE = 500
AUDIT = "policy"
LAST = "cannot go, nor lose its danger: it is the last of its sort"


class NoPolicy(LookupError):
    """No policy was ever saved: the profile is not loaded."""


class Outdated(Exception):
    """Somebody saved a newer version meanwhile; `newest` is its number."""

    def __init__(self, newest: int) -> None:
        super().__init__(f"version {newest} was saved meanwhile")
        self.newest = newest


class NothingChanged(Exception):
    """What was to be saved is what is in force."""

    def __init__(self) -> None:
        super().__init__("Nothing is different from the timings in force.")


class NoteMissing(ValueError):
    """A version needs a note of at most 500 characters that says why."""


@dataclass(frozen=True)
class Change:
    """One value that differs: its path (`complaint`, category, perhaps area class, key) and both values; "" is absent."""

    path: tuple[str, ...]
    before: str
    after: str


async def current(session: AsyncSession) -> Policy:
    """The policy new requests get. NoPolicy when there is none."""
    return (await newest(session)).policy


async def newest(session: AsyncSession) -> PolicyVersion:
    """The row of the newest version. NoPolicy when there is none."""
    row = (await session.exec(select(PolicyVersion).order_by(col(PolicyVersion.number).desc()).limit(1))).first()
    if row is None:
        raise NoPolicy("no policy is saved yet; load a profile first")
    return row


async def version(session: AsyncSession, number: int) -> Policy | None:
    """The policy of this number; None if there is none."""
    row = await session.get(PolicyVersion, number)
    return row.policy if row else None


async def save(
    session: AsyncSession,
    policy: Policy,
    note: str,
    author: int | None,
    at: datetime,
    *,
    base: int | None = None,
    alone: bool = False,
) -> int:
    """Save `policy` as the next version, with its audit row, and raise the edition; the new number.

    Where nothing but calendars changed, the older versions that open requests have are saved with them too, unless `alone`.

    Raises NoteMissing, NothingChanged, and Outdated when `base` is given and no longer the newest.
    """
    note = note.strip()
    if not 1 <= len(note) <= LONGEST_NOTE:
        raise NoteMissing("say in at most 500 characters why it changes")
    await session.exec(select(func.pg_advisory_xact_lock(SAVING)))
    row = (await session.exec(select(PolicyVersion).order_by(col(PolicyVersion.number).desc()).limit(1))).first()
    if row and base is not None and base != row.number:
        raise Outdated(row.number)
    changes = differences(row.policy if row else None, policy)
    if row and not changes:
        raise NothingChanged
    older = await older_with(session, policy, row.number) if row and not alone and only_calendars(changes) else {}
    number = (row.number if row else 0) + len(older) + 1
    for new, (old, own) in enumerate([*older.items(), (row.number if row else None, policy)], number - len(older)):
        content = to_json(replace(own, version=new))
        made = {"made_from": old, "beside": None if new == number else number}
        session.add(PolicyVersion(number=new, content=content, note=note, author=author, at=at, **made))
    session.add(_audit(number, changes if row else [], note, author, at))
    await raise_edition(session)
    await session.flush()
    return number


def only_calendars(changes: Sequence[Change]) -> bool:
    """Whether nothing but calendars changed."""
    return bool(changes) and all(change.path[0] == "calendar" for change in changes)


def _audit(number: int, changes: list[Change], note: str, author: int | None, at: datetime) -> Audit:
    before = {".".join(change.path): change.before for change in changes}
    after = {".".join(change.path): change.after for change in changes}
    return Audit(at=at, person=author, what=AUDIT, subject=str(number), before=before, after=after, note=note)


async def raise_edition(session: AsyncSession) -> None:
    """Say that an administrator's table changed: kept pages and names are read again."""
    row = insert(Edition).values(id=1, number=1)
    await session.exec(row.on_conflict_do_update(index_elements=["id"], set_={"number": col(Edition.number) + 1}))


async def versions(session: AsyncSession, limit: int = 100) -> list[PolicyVersion]:
    """The newest versions, newest first."""
    rows = await session.exec(select(PolicyVersion).order_by(col(PolicyVersion.number).desc()).limit(limit))
    return list(rows.all())


def differences(before: Policy | None, after: Policy) -> list[Change]:
    """What differs, in the order of the newer one; the version's own number is left out."""
    old = dict(_flat(before)) if before else {}
    new = dict(_flat(after))
    paths = [*new, *(path for path in old if path not in new)]
    return [
        Change(path, old.get(path, ""), new.get(path, "")) for path in paths if old.get(path, "") != new.get(path, "")
    ]


def _flat(policy: Policy) -> Iterator[tuple[tuple[str, ...], str]]:
    plain = to_json(policy)
    for category, timing in plain["timings"].items():
        yield from _leaves(("complaint", category), timing)
    for category, area_class, timing in plain["areas"]:
        yield from _leaves(("complaint", category, area_class), timing)
    for code, of, one, calendar in plain["sites"]:
        yield from _leaves(("calendar", code, of, one), calendar)
    for key, kind in (("ladders", "ladder"), ("calendars", "calendar"), ("limits", "limits"), ("holds", "holds")):
        yield from _leaves((kind,), plain[key])
    yield from _leaves(("procedure",), plain["procedures"])


def _leaves(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves((*path, str(key)), inner)
    elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        for number, inner in enumerate(value, 1):
            yield from _leaves((*path, _step(path[-1], number, inner)), inner)
    else:
        yield path, _written(value)


def _step(of: str, number: int, inner: Mapping[str, Any]) -> str:
    """What one of a list is called in a path: a stage by its code, a regulated time by its place and its area class."""
    if of == "stage":
        return str(inner["code"])
    return f"{number} {inner['area']}" if of == "standard" and "area" in inner else str(number)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_written, value))
    return "" if value is None else str(value)


async def export_toml(session: AsyncSession) -> str:
    """The policy in force as TOML. NoPolicy when there is none."""
    return policy_toml.export(await current(session))


async def read_toml(session: AsyncSession, text: str) -> Policy:
    """What `text` says over the policy in force, unsaved. BadPolicy with every problem, NoPolicy."""
    policy = await current(session)
    sites = {
        "zones": (await session.exec(select(Zone.code))).all(),
        "offices": (await session.exec(select(Office.code))).all(),
    }
    reasons = (await session.exec(select(Names.code).where(Names.kind == "hold_reason"))).all()
    read = policy_toml.parse(text, policy, replace(around(policy), sites=sites, reasons=reasons))
    if lost := must_stay(policy, read):
        raise BadPolicy([Problem(f"complaint.{code}", None, LAST) for code in lost])
    return read


def around(policy: Policy) -> Surroundings:
    """What a text is read against when it is laid over this policy."""
    zones = {calendar.zone for calendar in policy.calendars.values()} or {"UTC"}
    holidays = frozenset().union(*(calendar.holidays for calendar in policy.calendars.values()))
    return Surroundings(zone=sorted(zones)[0], holidays=holidays)
