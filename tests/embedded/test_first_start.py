"""The first start loads the profile once, gives known passwords only where they harm nobody, and adds people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest
from sqlmodel import col, select

from embedded.postgres import Postgres
from models import database
from models.database import Sessions
from models.first_start import NotAdded, OtherProfile, UnknownProfile, add_person, install, read_profile
from models.people import Staff
from models.staff import WrongSignIn, sign_in

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
NAME = "first_start"


@pytest.fixture
async def empty(postgres: Postgres) -> AsyncIterator[Sessions]:
    """Sessions on a database with the schema and nothing in it."""
    plain = postgres.url.replace("+psycopg", "", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"create database {NAME}".encode())
    url = postgres.url.replace("/onewindow?", f"/{NAME}?")
    database.migrate(url)
    engine = database.engine(url)
    yield database.sessions_of(engine)
    await engine.dispose()
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"drop database {NAME} with (force)".encode())


async def test_the_profile_is_loaded_once_and_everybody_listed_can_sign_in(empty: Sessions) -> None:
    demo = read_profile("demo")
    made = await install(empty, demo, "lantern-42", NOW)
    assert made
    assert len({one.post for one in made}) == len(made)
    assert await sign_in(empty, made[0].username, "lantern-42", NOW)
    async with empty() as session:
        assert set((await session.exec(select(Staff.temporary))).all()) == {False}, (
            "README says `onewindow` opens the desk"
        )
    assert await install(empty, demo, "another", NOW) is None
    with pytest.raises(OtherProfile, match="belongs to the profile demo"):
        await install(empty, replace(demo, code="elsewhere"), None, NOW)


async def test_without_a_password_nobody_can_sign_in_until_somebody_is_added(empty: Sessions) -> None:
    demo = read_profile("demo")
    assert await install(empty, demo, None, NOW) == []
    async with empty() as session:
        assert set((await session.exec(select(Staff.password))).all()) == {""}
    with pytest.raises(WrongSignIn):
        await sign_in(empty, next(iter(demo.people)), "", NOW)
    post = next(iter(demo.posts))
    async with empty.begin() as session:
        await add_person(session, "new-one", "New One", "a long password", post, NOW)
    assert await sign_in(empty, "new-one", "a long password", NOW)
    async with empty() as session:
        assert (await session.exec(select(Staff.temporary).where(Staff.username == "new-one"))).one()


@pytest.mark.parametrize(("username", "post", "why"), [("new-one", "no-such-post", "no post"), (None, None, "already")])
async def test_who_cannot_be_added_is_refused_with_the_reason(
    sessions: Sessions, username: str | None, post: str | None, why: str
) -> None:
    async with sessions() as session:
        known = (await session.exec(select(Staff.username).order_by(col(Staff.id)).limit(1))).one()
        with pytest.raises(NotAdded, match=why):
            await add_person(session, username or known, "Somebody", "a long password", post or "any", NOW)


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownProfile, match="there is demo"):
        read_profile("nowhere")
