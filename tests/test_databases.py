"""What one test wrote into its database, the next one that is lent it does not find."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import AsyncConnection

from embedded.postgres import Postgres
from tests.databases import Lent
from tests.servers import TEMPLATE, plain


async def asked(lent: Lent, name: str, *statements: str) -> list[Any]:
    async with await AsyncConnection.connect(lent.address, dbname=name, autocommit=True) as there:
        for statement in statements:
            last = await there.execute(statement.encode())
        return await last.fetchall() if last.description else []


EVERYTHING = (
    "select (select count(*) from words), (select sum(open_tasks) from post), (select count(*) from fill),"
    " (select md5(string_agg(p::text, ',' order by code)) from post p), (select count(*) from audit)"
)
"""What the test below changes: a table that was empty, two that were not, one whose rows a trigger keeps."""


@pytest.fixture
def lent(postgres: Postgres) -> Lent:
    return Lent(plain(postgres.url), TEMPLATE)


async def test_what_was_written_changed_and_deleted_is_put_back_and_numbers_begin_anew(lent: Lent) -> None:
    name = await lent.take()
    clean = await asked(lent, name, EVERYTHING)
    told = "insert into words (reference, body) values ('123456789', 'No light') returning id"
    audited = (
        "insert into audit (at, what, subject, before, after, note, previous, hash)"
        " values (now(), 'staff', '1', '{}', '{}', '', '', '') returning id"
    )
    first = await asked(lent, name, told), await asked(lent, name, audited)
    await asked(lent, name, "update post set open_tasks = 7", "delete from fill")
    assert await asked(lent, name, EVERYTHING) != clean
    await lent.give_back(name)
    assert await lent.take() == name
    assert await asked(lent, name, EVERYTHING) == clean
    assert (await asked(lent, name, told), await asked(lent, name, audited)) == first
    await lent.give_back(name)


async def test_one_whose_schema_was_changed_is_not_lent_again(lent: Lent) -> None:
    name = await lent.take()
    await asked(lent, name, "alter table words add column more int")
    await lent.give_back(name)
    assert lent.free == []
    assert await asked(lent, "postgres", f"select 1 from pg_database where datname = '{name}'") == []
