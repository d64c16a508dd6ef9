"""The process that foretells: nobody waits for it any more, and nothing of it is left."""

from __future__ import annotations

import asyncio
import os

import pytest
from sqlalchemy import text

from drills.processes import children
from models.foretelling import foretold
from tests.embedded.waiting import exists, until
from tests.stories.test_retiming import in_force
from tests.timeline import Timeline

MANY = 4000
COPIED = """
create temp table filed as select r.*, n from service_request r, generate_series(1, :many) n;
update filed set reference = lpad(n::text, 9, 'c'), token = 'copy ' || n;
alter table filed drop column n;
insert into service_request select * from filed
"""


@pytest.mark.sweep("so many requests that a copy of the process reckons half of them")
async def test_when_it_is_cancelled_neither_the_process_nor_its_copy_reckons_on(town: Timeline) -> None:
    await town.file("no-supply", start=False)
    async with town.sessions.begin() as session:
        for line in COPIED.split(";"):
            await session.exec(text(line).bindparams(**({"many": MANY} if ":many" in line else {})))  # type: ignore[call-overload]
    url = town.sessions.kw["bind"].url.render_as_string(hide_password=False)
    before = children(os.getpid()).keys()
    working = asyncio.create_task(foretold(url, await in_force(town), town.now))
    await until(lambda: children(os.getpid()).keys() > before)
    [process] = children(os.getpid()).keys() - before
    await until(lambda: bool(children(process)))
    [copy] = children(process)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    await until(lambda: not exists(process) and not exists(copy))
