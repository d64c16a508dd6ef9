"""Databases with the demo profile, lent to one test after another: what a test wrote is taken out of it again.

A new one costs the server a copy of several hundred files; putting back the few tables a test wrote costs a tenth of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection, sql

NUMBERS = itertools.count(1)
MANY = 2_000
"""Rows of one table: a database with more is not lent again, nor is one whose schema was changed."""
TABLES = "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1"
SCHEMA = """
select count(*), max(xmin::text::bigint) from (
    select xmin from pg_class where relnamespace = 'public'::regnamespace
    union all select xmin from pg_attribute where attrelid >= 16384
    union all select xmin from pg_constraint union all select xmin from pg_proc union all select xmin from pg_trigger
    union all select xmin from pg_statistic union all select xmin from pg_db_role_setting
)
"""
SEQUENCES = "select sequencename::text, coalesce(last_value, start_value), last_value is not null from pg_sequences"
OTHERS = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()"

Seen = Mapping[str, tuple[int, int]]
"""Of each table, and of the schema as "": how many rows it has and the newest transaction that wrote one."""


@dataclass
class Lent:
    """The copies of `template` on the server at `address`, which names no database."""

    address: str
    template: str
    free: list[str] = field(default_factory=list)
    seen: dict[str, Seen] = field(default_factory=dict)
    """How each database looked when it was last as the template is."""
    rows: dict[str, bytes] = field(default_factory=dict)
    sequences: dict[str, tuple[int, bool]] = field(default_factory=dict)

    async def take(self) -> str:
        """The name of a database that is as the template is."""
        if self.free:
            return self.free.pop()
        if not self.rows:
            await self._learn()
        name = f"lent_{next(NUMBERS)}"
        async with await self._in("postgres") as anywhere:
            await anywhere.execute(f"create database {name} template {self.template}".encode())
        async with await self._in(name) as there:
            self.seen[name] = await self._looks(there, self.rows)
        return name

    async def give_back(self, name: str) -> None:
        """End whoever is still there, and make it as it was; drop it where a new one is the shorter way."""
        async with await self._in(name) as there:
            await there.execute(OTHERS, [name])
            if await self._restored(there, name):
                return self.free.append(name)
        async with await self._in("postgres") as anywhere:
            await anywhere.execute(f"drop database {name} with (force)".encode())
        return None

    async def _restored(self, there: AsyncConnection, name: str) -> bool:
        before, now = self.seen[name], await self._looks(there, self.rows)
        if before.keys() != now.keys() or before[""] != now[""] or any(n > MANY for t, (n, _) in now.items() if t):
            return False
        written = [table for table in now if now[table] != before[table]]
        async with there.transaction():
            # neither foreign keys nor triggers look on
            emptied = [sql.SQL("set local session_replication_role = replica")]
            emptied += [sql.SQL("delete from {}").format(sql.Identifier(table)) for table in written]
            await there.execute(sql.SQL("; ").join(emptied))
            for table in written:
                if self.rows[table]:
                    await self._fill(there, table)
            for sequence, value in (await self._numbers(there)).items():
                if value != self.sequences[sequence]:
                    await there.execute("select setval(%s::regclass, %s, %s)", [sequence, *self.sequences[sequence]])
        self.seen[name] = {**now, **(await self._looks(there, written) if written else {})}
        return True

    async def _fill(self, there: AsyncConnection, table: str) -> None:
        into = sql.SQL("copy {} from stdin (format binary)").format(sql.Identifier(table))
        async with there.cursor() as cursor, cursor.copy(into) as rows:
            await rows.write(self.rows[table])

    async def _learn(self) -> None:
        async with await self._in(self.template) as there:
            for (table,) in await _all(there, TABLES):
                asked = sql.SQL("copy {} to stdout (format binary)").format(sql.Identifier(table))
                async with there.cursor() as cursor, cursor.copy(asked) as rows:
                    self.rows[table] = b"".join([bytes(some) async for some in rows])
            self.sequences = await self._numbers(there)

    async def _looks(self, there: AsyncConnection, at: Iterable[str]) -> Seen:
        newest = sql.SQL("select {}, count(*), coalesce(max(xmin::text::bigint), 0) from {}")
        tables = [newest.format(sql.Literal(table), sql.Identifier(table)) for table in at]
        found = await _all(there, sql.SQL(" union all ").join(tables))
        return {"": (await _all(there, SCHEMA))[0], **{table: (many, last) for table, many, last in found}}

    async def _numbers(self, there: AsyncConnection) -> dict[str, tuple[int, bool]]:
        return {name: (value, called) for name, value, called in await _all(there, SEQUENCES)}

    async def _in(self, name: str) -> AsyncConnection:
        return await AsyncConnection.connect(self.address, dbname=name, autocommit=True)


async def _all(there: AsyncConnection, asked: Any) -> list[Any]:
    return await (await there.execute(asked)).fetchall()
