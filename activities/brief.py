"""The worker's log while the database is away or slow: one line a try of the pen, where a traceback would say no more."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

LOGGER = "temporalio.activity"
AWAY = (DBAPIError, PoolTimeout, OSError, asyncio.CancelledError)
"""What a try ends with when the database does not answer, or not in time; any other error keeps its traceback."""


class Brief(logging.Filter):
    """Lets everything through, a failed try for want of the database in one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; the record is shortened in its place."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, AWAY):
            record.msg, record.args = f"{_try(record)}: {_why(error)}", ()
            record.exc_info = record.exc_text = None
        return True


def _try(record: logging.LogRecord) -> str:
    info = getattr(record, "temporal_activity", {})
    return f"{info.get('activity_type')} of {info.get('workflow_id')}, try {info.get('attempt')}"


def _why(error: BaseException) -> str:
    """A try that was given up after its time may have waited for a lock or on a busy machine: nobody knows that the database is away."""
    if isinstance(error, asyncio.CancelledError):
        return "not done in time, and tried again"
    return f"the database is away ({_first_line(error)})"


def _first_line(error: BaseException) -> str:
    said = str(getattr(error, "orig", error)).strip().splitlines()
    return ": ".join([type(error).__name__, *said[:1]])


def be_brief() -> None:
    """Shorten them from now on."""
    logging.getLogger(LOGGER).addFilter(Brief())
