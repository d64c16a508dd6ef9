"""What the worker's log says of the pen's tries that failed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest

from activities.brief import LOGGER, Brief
from activities.record import Record
from models.database import engine, sessions_of
from tests.timeline import Timeline
from tests.workflows.conftest import Faults, come


@pytest.fixture(autouse=True)
def brief() -> Iterator[None]:
    """The worker's filter, as long as the test lasts."""
    logger, filter = logging.getLogger(LOGGER), Brief()
    logger.addFilter(filter)
    yield
    logger.removeFilter(filter)


async def test_while_the_database_is_away_each_try_is_one_line(
    town: Timeline, pen: Record, caplog: pytest.LogCaptureFixture
) -> None:
    complaint = await town.file("no-supply", start=False)
    there, pen.sessions = pen.sessions, sessions_of(engine("postgresql+psycopg://nobody@127.0.0.1:9/none"))
    looking = asyncio.create_task(town.door.look(complaint))
    await come(lambda: [one for one in caplog.records if complaint in one.getMessage()])
    pen.sessions = there
    assert (await looking).state == "assigned"
    tries = [one for one in caplog.records if one.name == LOGGER and complaint in one.getMessage()]
    assert all(one.exc_info is None and "\n" not in one.getMessage() for one in tries)
    assert tries[0].getMessage().startswith(f"look of {complaint}, try 1: the database is away (OperationalError: ")


def test_a_try_that_was_given_up_is_not_said_to_have_found_no_database() -> None:
    given_up = asyncio.CancelledError("Activity cancelled")
    line = logging.LogRecord(LOGGER, logging.WARNING, "", 0, "failed", (), (asyncio.CancelledError, given_up, None))
    assert Brief().filter(line)
    assert line.getMessage().endswith(": not done in time, and tried again")


async def test_any_other_error_keeps_its_traceback(
    town: Timeline, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    complaint = await town.file("no-supply", start=False)
    faults.error[complaint] = ZeroDivisionError("a mistake of ours")
    looking = asyncio.create_task(town.door.look(complaint))
    await come(lambda: [one for one in caplog.records if one.exc_info and one.exc_info[0] is ZeroDivisionError])
    faults.error.clear()
    assert (await looking).state == "assigned"
