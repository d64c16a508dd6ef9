"""The first start of an installation: its profile in the tables, and who can sign in to try it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import Sessions
from models.holidays import public_holidays
from models.people import Fill, Post, Staff
from models.policy import Names
from models.profile import is_loaded, load_profile
from models.staff import password_hash
from rules import profile_toml
from rules.profile import Profile

SHIPPED = Path(__file__).resolve().parent.parent / "profiles"


class UnknownProfile(ValueError):
    """There is no profile of that name and no file at that path."""


class OtherProfile(ValueError):
    """The database already belongs to another utility."""


class NotAdded(ValueError):
    """A person could not be added; the text says why."""


@dataclass(frozen=True)
class SignIn:
    """One of the demo's people: with what to sign in, and as whom."""

    username: str
    password: str
    post: str


def read_profile(named: str) -> Profile:
    """The profile of that name, or in that file. UnknownProfile, or BrokenProfile with file, line and reason."""
    path = Path(named) if named.endswith(".toml") else SHIPPED / f"{named}.toml"
    if not path.is_file():
        there = ", ".join(sorted(one.stem for one in SHIPPED.glob("*.toml")))
        raise UnknownProfile(f"PROFILE is {named!r}: there is {there}; or give the path of a .toml file.")
    return profile_toml.load(path.read_text(encoding="utf-8"), str(path), public_holidays)


async def install(sessions: Sessions, profile: Profile, password: str | None, at: datetime) -> list[SignIn] | None:
    """Load `profile` into an empty database; None when one is there already, OtherProfile when it is another's.

    With a password everybody in the profile gets it and is in the answer (for trying it out); without, nobody can
    sign in until somebody is given one.
    """
    async with sessions.begin() as session:
        if await is_loaded(session):
            await _same(session, profile)
            return None
    kept = {} if password is None else dict.fromkeys(profile.people, await password_hash(password))
    async with sessions.begin() as session:
        await load_profile(session, profile, kept, at)
    return [] if password is None else list(_one_for_each_role(profile, password))


async def add_person(session: AsyncSession, username: str, name: str, password: str, post: str, at: datetime) -> None:
    """A new person who fills `post` from `at` on, and chooses a password of his own at the first sign-in.

    NotAdded when the username is taken or there is no such post.
    """
    if (await session.exec(select(Staff.id).where(col(Staff.username) == username))).first() is not None:
        raise NotAdded(f"There is already somebody called {username}.")
    if await session.get(Post, post) is None:
        raise NotAdded(f"There is no post {post}.")
    person = Staff(username=username, name=name, password=await password_hash(password), temporary=True)
    session.add(person)
    await session.flush()
    assert person.id is not None
    session.add(Fill(post=post, person=person.id, since=at))


async def _same(session: AsyncSession, profile: Profile) -> None:
    there = await session.get(Names, ("utility", "profile"))
    code = there.data.get("value") if there else None
    if code != profile.code:
        raise OtherProfile(
            f"This database belongs to the profile {code}; for {profile.code} give another DATA_DIR or DATABASE_URL."
        )


def _one_for_each_role(profile: Profile, password: str) -> Iterable[SignIn]:
    seen: set[str] = set()
    for fill in profile.fills:
        post = profile.posts[fill.post]
        if post.role not in seen:
            seen.add(post.role)
            yield SignIn(fill.person, password, post.titles.get("en") or post.code)
