"""Signing in: sessions that end by themselves, guessing that slows down, and posts that come and go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from models import staff
from models.database import Sessions
from models.people import Fill, Leave, Post, SignInTry, Staff, StaffSession
from models.posts import FilledPost, may_see, posts_of
from models.tries import Caller, count_try, try_key
from tests.passwords import kept_cheaply

NOON = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
ZONE = "Asia/Kolkata"
PASSWORD = "correct horse battery"


async def somebody(sessions: Sessions, username: str) -> int:
    """A member of staff with the password above."""
    async with sessions.begin() as session:
        person = Staff(username=username, name="Asha Example", password=kept_cheaply(PASSWORD), language="hi")
        session.add(person)
        await session.flush()
        assert person.id is not None
        return person.id


async def who(sessions: Sessions, token: str, at: datetime, *, using: bool = True) -> staff.Account | None:
    async with sessions.begin() as session:
        account = await staff.signed_in(session, token, at)
        if using and account is not None and account.to_be_marked(at):
            await staff.mark_used(session, token, at)
        return account


async def test_a_session_ends_after_half_an_hour_without_use(sessions: Sessions) -> None:
    await somebody(sessions, "idle.one")
    token = await staff.sign_in(sessions, " Idle.One ", PASSWORD, NOON)
    account = await who(sessions, token, NOON + timedelta(minutes=29))
    assert account is not None
    assert (account.username, account.language) == ("idle.one", "hi")
    assert await who(sessions, token, NOON + timedelta(minutes=58), using=False)
    assert await who(sessions, token, NOON + timedelta(minutes=59)) is None


async def test_a_session_ends_after_twelve_hours_however_busy(sessions: Sessions) -> None:
    await somebody(sessions, "busy.one")
    token = await staff.sign_in(sessions, "busy.one", PASSWORD, NOON)
    for quarters in range(1, 48):
        assert await who(sessions, token, NOON + timedelta(minutes=15 * quarters))
    assert await who(sessions, token, NOON + timedelta(hours=12)) is None


async def test_signing_in_again_and_a_new_password_end_what_was_open(sessions: Sessions) -> None:
    await somebody(sessions, "twice.one")
    first = await staff.sign_in(sessions, "twice.one", PASSWORD, NOON)
    second = await staff.sign_in(sessions, "twice.one", PASSWORD, NOON, old=first)
    assert await who(sessions, first, NOON) is None
    assert await who(sessions, second, NOON)
    async with sessions.begin() as session:
        assert await staff.set_password(session, "twice.one", "another long password")
        assert not await staff.set_password(session, "no.such.name", "another long password")
    assert await who(sessions, second, NOON) is None
    async with sessions() as session:
        kept = (await session.exec(select(Staff.password).where(Staff.username == "twice.one"))).one()
    assert kept is not None
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,")
    with pytest.raises(staff.WrongSignIn):
        await staff.sign_in(sessions, "twice.one", PASSWORD, NOON)


async def test_only_a_hash_of_the_token_is_kept(sessions: Sessions) -> None:
    person = await somebody(sessions, "hashed.one")
    token = await staff.sign_in(sessions, "hashed.one", PASSWORD, NOON, agent="b" * 900)
    async with sessions() as session:
        kept = (await session.exec(select(StaffSession).where(StaffSession.person == person))).one()
    assert token not in kept.token_hash
    assert len(kept.agent) == 200


async def test_guessing_is_slowed_down_and_the_right_password_waits_too(sessions: Sessions) -> None:
    await somebody(sessions, "guessed.one")
    for _ in range(5):
        with pytest.raises(staff.WrongSignIn):
            await staff.sign_in(sessions, "guessed.one", "wrong", NOON)
    with pytest.raises(staff.TooManyTries) as closed:
        await staff.sign_in(sessions, "guessed.one", PASSWORD, NOON)
    assert closed.value.until == NOON + timedelta(seconds=15)
    assert await staff.sign_in(sessions, "guessed.one", PASSWORD, closed.value.until)
    with pytest.raises(staff.WrongSignIn):
        await staff.sign_in(sessions, "guessed.one", "wrong", closed.value.until)


async def test_a_name_that_does_not_exist_is_answered_and_slowed_alike(sessions: Sessions) -> None:
    for _ in range(5):
        with pytest.raises(staff.WrongSignIn):
            await staff.sign_in(sessions, "nobody.here", "wrong", NOON)
    with pytest.raises(staff.TooManyTries):
        await staff.sign_in(sessions, "nobody.here", "wrong", NOON)


async def test_somebody_without_a_password_or_not_active_cannot_sign_in(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        session.add(Staff(username="empty.one", name="Empty Example"))
        session.add(Staff(username="gone.one", name="Gone", password=kept_cheaply(PASSWORD), active=False))
    for username, password in (("empty.one", ""), ("gone.one", PASSWORD)):
        with pytest.raises(staff.WrongSignIn):
            await staff.sign_in(sessions, username, password, NOON)


async def guessed(sessions: Sessions, tries: list[tuple[str, str]]) -> None:
    """So many tries of names from addresses, from browsers nobody knows; the last of them is still free."""
    async with sessions.begin() as session:
        for username, address in tries[:-1]:
            session.add(SignInTry(username=try_key(username), at=NOON, address=Caller(address).place))
    username, address = tries[-1]
    async with sessions.begin() as session:
        await count_try(session, username, Caller(address), NOON)


async def test_guessing_from_everywhere_leaves_the_browser_he_uses_open(sessions: Sessions) -> None:
    """Whoever tries to lock somebody out locks out only browsers that person never used."""
    await somebody(sessions, "sought.one")
    await staff.sign_in(sessions, "sought.one", PASSWORD, NOON, address="10.0.0.1", browser="his own browser")
    await guessed(sessions, [("sought.one", f"192.0.2.{number}") for number in range(30)])
    with pytest.raises(staff.TooManyTries) as closed:
        await staff.sign_in(sessions, "sought.one", PASSWORD, NOON, address="198.51.100.7", browser="one never seen")
    assert closed.value.until > NOON
    assert await staff.sign_in(sessions, "sought.one", PASSWORD, NOON, address="192.0.2.3", browser="his own browser")


async def test_a_known_browser_is_slowed_by_its_own_mistakes(sessions: Sessions) -> None:
    await somebody(sessions, "clumsy.one")
    await staff.sign_in(sessions, "clumsy.one", PASSWORD, NOON, browser="the clumsy browser")
    for _ in range(5):
        with pytest.raises(staff.WrongSignIn):
            await staff.sign_in(sessions, "clumsy.one", "wrong", NOON, browser="the clumsy browser")
    with pytest.raises(staff.TooManyTries):
        await staff.sign_in(sessions, "clumsy.one", PASSWORD, NOON, browser="the clumsy browser")


async def test_one_address_that_tries_many_names_is_closed_but_the_office_behind_it_works_on(
    sessions: Sessions,
) -> None:
    await somebody(sessions, "office.one")
    await staff.sign_in(sessions, "office.one", PASSWORD, NOON, address="203.0.113.9", browser="the office's")
    await guessed(sessions, [(f"guess.{number // 4}", "203.0.113.9") for number in range(100)])
    with pytest.raises(staff.TooManyTries):
        await staff.sign_in(sessions, "office.one", PASSWORD, NOON, address="203.0.113.9")
    assert await staff.sign_in(sessions, "office.one", PASSWORD, NOON, address="203.0.113.9", browser="the office's")


async def test_a_rotated_session_goes_on_under_its_new_token_alone(sessions: Sessions) -> None:
    await somebody(sessions, "turned.one")
    first = await staff.sign_in(sessions, "turned.one", PASSWORD, NOON)
    async with sessions.begin() as session:
        second = await staff.rotate(session, first)
    assert await who(sessions, first, NOON) is None
    assert await who(sessions, second, NOON)
    assert await who(sessions, second, NOON + timedelta(minutes=31)) is None, "a rotation is no use of it"


async def test_one_removed_is_out_at_once(sessions: Sessions) -> None:
    person = await somebody(sessions, "removed.one")
    token = await staff.sign_in(sessions, "removed.one", PASSWORD, NOON)
    async with sessions.begin() as session:
        row = await session.get(Staff, person)
        assert row is not None
        row.active = False
    assert await who(sessions, token, NOON) is None


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (4, 0), (5, 15), (6, 30), (8, 120), (11, 900), (5000, 900)])
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    assert staff.wait_after(failures) == timedelta(seconds=seconds)


async def test_posts_follow_roster_charge_and_leave(sessions: Sessions) -> None:
    person = await somebody(sessions, "rostered.one")
    async with sessions.begin() as session:
        for code, how, roster in (
            ("ro-sign", "person", {}),
            ("night-sign", "roster", {"mon-sun": ["22:00-06:00"]}),
            ("sm-sign", "charge", {}),
        ):
            session.add(Post(code=code, role=code[:2], rights="handle", scope="office", office="gizri", zone="south"))
            await session.flush()
            session.add(Fill(post=code, person=person, how=how, since=NOON - timedelta(days=1), roster=roster))
        session.add(Leave(person=person, since=NOON + timedelta(days=2), until=NOON + timedelta(days=3)))

    async def codes(at: datetime) -> list[str]:
        async with sessions() as session:
            return [post.code for post in await posts_of(session, person, at, ZONE)]

    assert await codes(NOON - timedelta(days=2)) == []
    assert await codes(NOON) == ["ro-sign", "sm-sign"]
    assert await codes(NOON + timedelta(hours=12)) == ["night-sign", "ro-sign", "sm-sign"]
    assert await codes(NOON + timedelta(days=2)) == []
    assert await codes(NOON + timedelta(days=3)) == ["ro-sign", "sm-sign"]


def post(rights: str, scope: str, office: str | None = "gizri", zone: str | None = "south") -> FilledPost:
    return FilledPost("a-post", "role", rights, scope, office, zone, {}, "person")


@pytest.mark.parametrize(
    ("filled", "confidential", "allowed"),
    [
        pytest.param(post("handle", "office"), False, True, id="own office"),
        pytest.param(post("handle", "office", "defence"), False, False, id="office next door"),
        pytest.param(post("answerable", "zone", None), False, True, id="own zone"),
        pytest.param(post("answerable", "zone", None, "north"), False, False, id="another zone"),
        pytest.param(post("answerable", "company", None, None), False, True, id="whole company"),
        pytest.param(post("take_calls", "office", "defence", "north"), False, True, id="call centre sees every zone"),
        pytest.param(post("audit", "company", None, None), True, True, id="audit reads confidential ones"),
        pytest.param(post("tune", "company", None, None), False, False, id="administrator reads no requests"),
        pytest.param(post("handle", "office"), True, False, id="confidential is closed to its office"),
        pytest.param(post("take_calls", "company"), True, False, id="confidential is closed to the call centre"),
        pytest.param(post("confidential", "zone", None), True, True, id="vigilance opens confidential ones"),
    ],
)
def test_who_may_open_a_request(filled: FilledPost, confidential: bool, allowed: bool) -> None:
    assert may_see([filled], "gizri", "south", frozenset({"other"}), confidential) is allowed
    assert may_see([filled], "gizri", "south", frozenset({"a-post"}), confidential)
