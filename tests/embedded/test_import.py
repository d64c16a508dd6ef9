"""Officers and consumers from a file: checked whole, written whole or not at all, and the same again changes nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from models import import_consumers
from models.database import Sessions
from models.people import Fill, Staff
from models.posts import posts_of
from models.requests import Connection, Consumer, ServiceRequest
from rules.sheet import read
from tests.embedded.commands import onewindow
from tests.sweeping import swept

OFFICERS = """username,name,post,language,how,from,to
zoya,Zoya Example,relationship-officer-gizri-1,ur,,,
zoya,Zoya Example,service-manager-gizri,ur,charge,2027-05-14 17:30,2027-05-20
"""


async def imported(what: str, text: str | bytes, folder: Path, url: str, *more: str) -> tuple[int, str]:
    file = folder / f"{what}.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return await onewindow("import", what, str(file), *more, DATABASE_URL=url)


async def test_officers_come_in_with_their_posts_and_the_same_file_changes_nothing(
    database_url: str, sessions: Sessions, tmp_path: Path
) -> None:
    code, said = await imported("officers", OFFICERS, tmp_path, database_url, "--dry-run")
    assert (code, said) == (
        0,
        "1 new people, 2 posts given, 0 lines as they were. Nothing was written: this was a dry run.\n",
    )
    async with sessions() as session:
        assert (await session.exec(select(Staff).where(Staff.username == "zoya"))).first() is None
    assert (await imported("officers", OFFICERS, tmp_path, database_url))[0] == 0
    code, said = await imported("officers", OFFICERS, tmp_path, database_url)
    assert (code, said) == (0, "0 new people, 0 posts given, 2 lines as they were.\n")
    async with sessions() as session:
        zoya = (await session.exec(select(Staff).where(Staff.username == "zoya"))).one()
        assert (zoya.language, zoya.password, zoya.active) == ("ur", "", True)
        charge = (await session.exec(select(Fill).where(Fill.person == zoya.id, Fill.how == "charge"))).one()
        assert charge.since.isoformat().startswith("2027-05-14T12:00")
        assert [post.how for post in await posts_of(session, zoya.id or 0, charge.since, "Asia/Kolkata")] == [
            "person",
            "charge",
        ]


@pytest.mark.parametrize(
    ("text", "told"),
    swept(
        "every other fault",
        ("username,name,post\nnew-one,New One,nowhere\n", "line 2, post: there is no post 'nowhere'"),
        ("username,name,post\nasha,Somebody Else,service-manager-gizri\n", "line 2, name: asha is called Asha Example"),
        ("username,name,post,language\nnew-one,New One,service-manager-gizri,fr\n", "line 2, language: 'fr' is none of"),
        ("username,name,post,from\nnew-one,New One,service-manager-gizri,14.05.27\n", "line 2, from: '14.05.27' is no instant"),
        ("username,name,post,from,to\nnew-one,N,service-manager-gizri,2027-05-14,2027-05-13\n", "line 2, to: the end does not"),
        ("username,name,post\nnew one,New One,service-manager-gizri\n", "line 2, username: use letters a to z"),
        ("username,name\nnew-one,New One\n", "line 1, post: this column is missing"),
        (b"username,name,post\nb\xe9n,B,service-manager-gizri\n", "line 2: this is not UTF-8"),
    ),
)  # fmt: skip
async def test_a_fault_is_told_by_its_line_and_nothing_is_written(
    database_url: str, sessions: Sessions, tmp_path: Path, text: str | bytes, told: str
) -> None:
    good = b"\nfine-one,Fine One,service-manager-gizri"
    data = text.encode() if isinstance(text, str) else text
    if data.count(b",", 0, data.index(b"\n")) == 2:
        data = data.rstrip() + good + b"\n"
    code, said = await imported("officers", data, tmp_path, database_url)
    assert code == 2
    assert said.startswith(told), said
    assert said.endswith("1 fault; nothing was written.\n")
    async with sessions() as session:
        assert (
            await session.exec(select(Staff).where(col(Staff.username).in_(["fine-one", "new-one"])))
        ).first() is None


async def test_consumers_come_in_and_a_later_file_changes_them(
    database_url: str, sessions: Sessions, tmp_path: Path
) -> None:
    text = "account,name,phone,locality,feeder,load_kw\n900001,Asha Demo,98100 00001,gizri,,2.5\n"
    assert await imported("consumers", text, tmp_path, database_url) == (0, "1 new accounts, 0 changed.\n")
    changed = text.replace("Asha Demo", "Asha Changed")
    assert await imported("consumers", changed, tmp_path, database_url) == (0, "0 new accounts, 1 changed.\n")
    async with sessions() as session:
        asked = select(Consumer, Connection).join(Connection, col(Connection.consumer_id) == col(Consumer.id))
        holder, supply = (await session.exec(asked.where(Connection.account == "900001"))).one()
    assert (holder.name, holder.phone, holder.account) == ("Asha Changed", "+919810000001", "900001")
    assert (supply.locality, supply.load_kw) == ("gizri", 2.5)


@pytest.mark.parametrize(
    ("line", "told"),
    swept(
        "every other fault",
        ("900002,A,98100 00001,nowhere,,1", "line 2, locality: there is no locality 'nowhere'"),
        ("900002,A,none,gizri,,1", "line 2, phone: 'none' is no telephone number"),
        ("900002,A,,gizri,nowhere,1", "line 2, feeder: there is no feeder 'nowhere'"),
        ("900002,A,,gizri,,minus", "line 2, load_kw: 'minus' is no load in kW"),
        ("900002,A,,gizri,,1\n900002,B,,gizri,,1", "line 3, account: 900002 stands in an earlier line already"),
    ),
)
async def test_a_consumer_that_cannot_be_is_told_by_its_line(
    database_url: str, tmp_path: Path, line: str, told: str
) -> None:
    text = f"account,name,phone,locality,feeder,load_kw\n{line}\n"
    code, said = await imported("consumers", text, tmp_path, database_url)
    assert (code, said) == (2, f"{told}\n1 fault; nothing was written.\n")


async def accounts(sessions: Sessions) -> int:
    async with sessions() as session:
        return (await session.exec(select(func.count()).select_from(Connection))).one()


@pytest.mark.parametrize(
    "many", [2_000, pytest.param(66_000, marks=pytest.mark.sweep("more lines than one statement may have values"))]
)
async def test_a_towns_accounts_are_taken_in_a_bounded_time(sessions: Sessions, many: int) -> None:
    before = await accounts(sessions)
    lines = [f"{8_000 * many + n},Consumer {n},+9198{n:08d},gizri,{n % 9 + 1}" for n in range(many)]
    data = "\n".join(["account,name,phone,locality,load_kw", *lines]).encode()
    began = time.monotonic()
    sheet = read(data, import_consumers.COLUMNS)
    async with sessions.begin() as session:
        made = await import_consumers.plan(session, sheet)
        assert not sheet.faults
        await import_consumers.write(session, made)
    assert time.monotonic() - began < 80
    assert await accounts(sessions) == before + many


async def test_open_complaints_come_in_once_and_a_file_that_cannot_be_read_is_told_so(
    database_url: str, sessions: Sessions, tmp_path: Path
) -> None:
    text = "number,category,registered,tier,locality,name\nOLD-77,no-supply,2026-01-02 07:00,2,gizri,Rubina\n"
    dry = await imported("requests", text, tmp_path, database_url, "--dry-run")
    assert dry == (0, "1 requests brought forward, 0 there already. Nothing was written: this was a dry run.\n")
    assert await imported("requests", text, tmp_path, database_url) == (
        0,
        "1 requests brought forward, 0 there already.\n",
    )
    assert await imported("requests", text, tmp_path, database_url) == (
        0,
        "0 requests brought forward, 1 there already.\n",
    )
    async with sessions() as session:
        row = (await session.exec(select(ServiceRequest).where(ServiceRequest.token == "brought/OLD-77"))).one()
    assert (row.state, row.brought_tier, row.started_at) == ("received", 2, None)
    code, said = await imported("requests", text.encode("utf-16"), tmp_path, database_url)
    assert (code, said.splitlines()[0]) == (2, "line 1: this file is UTF-16; save it as CSV in UTF-8")
    code, said = await imported("requests", "number,category\n1,no-supply\n", tmp_path, database_url)
    assert (code, said.splitlines()[0]) == (2, "line 1, registered: this column is missing")
