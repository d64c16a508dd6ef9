"""What a doctor asks of the work itself: can files be kept and scanned, and does any request, action or message wait too long."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import psycopg

from embedded.checks import Finding
from rules.alarms import Watched, bounds_of
from rules.holidays import few_next_year
from rules.policy_json import from_json

PATIENCE = 10.0
WAITS: tuple[tuple[str, str, str], ...] = (
    (
        "requests not begun",
        "select reference from service_request where started_at is null and not over"
        " and registered_at < now() - make_interval(secs => {not_started}) order by registered_at",
        "see that worker and Temporal run; the workers then begin them by themselves",
    ),
    (
        "timers overdue",
        "select reference from service_request where not over and started_at is not null"
        " and wake_at < now() - make_interval(secs => {overdue}) order by wake_at",
        "see log/worker.log for the reference; `onewindow doctor --rebuild` when Temporal's store was lost",
    ),
    (
        "actions unanswered",
        "select reference from submission where answered is null"
        " and received < now() - make_interval(secs => {unanswered}) order by received",
        "see that worker and Temporal run, then log/worker.log for the reference",
    ),
    (
        "messages unsent",
        "select reference from notification where state = 'waiting' and kind <> 'alarm' and (not together or next_at <= now())"
        " and case when together then next_at else queued end < now() - make_interval(secs => {outbox}) order by queued",
        "see that a worker runs, and SMTP_URL and SMS_URL below",
    ),
    (
        "documents lost",
        "select id from document where state = 'lost' order by uploaded_at",
        "put their files back from a backup, under the same names; consumers were asked for them again",
    ),
)
"""What, which rows beyond the bound set at /admin/clock, and what to do about any."""


class Keeps(Protocol):
    """A storage of documents, as far as a doctor looks at it."""

    async def put(self, key: str, data: bytes) -> None: ...
    async def get(self, key: str) -> bytes: ...
    async def delete(self, key: str) -> None: ...


def work(url: str, today: date | None = None) -> list[Finding]:
    """Whatever waits longer than it should, and next year's holidays from October on.

    Blocking, some seconds at most; nothing where the database is away.
    """
    try:
        with psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=3, autocommit=True) as connection:
            connection.execute("set statement_timeout = 3000")
            return [*_waiting(connection), _holidays(connection, today or datetime.now(UTC).date())]
    except psycopg.Error:
        return []  # told by `checks.database` already


def _waiting(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    limits = _limits(connection)
    for what, asked, do in WAITS:
        which = asked.format_map(limits)
        counted = f"select count(*), (array_agg(name))[1:3] from ({which}) found(name)"  # noqa: S608 (our own text)
        row = connection.execute(counted.encode()).fetchone()
        many, first = row or (0, None)
        shown = f"{many}: {', '.join(map(str, first))}" if first else "none"
        yield Finding(what, not many, shown, do)


def _holidays(connection: psycopg.Connection[Any], today: date) -> Finding:
    kept = connection.execute("select content from policy_version order by number desc limit 1").fetchone()
    few = few_next_year(from_json(kept[0]), today) if kept else []
    shown = [f"{one.code}: {one.next} in {today.year + 1}, {one.these} in {today.year}" for one in few]
    return Finding("holidays of next year", not few, ", ".join(shown) or "none missing", "add them at /admin/calendars")


def _limits(connection: psycopg.Connection[Any]) -> dict[str, float]:
    """The bounds in seconds by what they bound, as administrators set them."""
    kept = connection.execute("select bounds from alarms").fetchone()
    bounds = bounds_of(kept[0] if kept else {})
    return {what.value: bounds.limit(what) for what in Watched}


async def documents(url: str, opened: Callable[[str], Keeps]) -> Finding:
    """Whether a file can be kept, read and deleted where documents lie."""
    what, do = "documents", "make the folder writable or the bucket reachable, or correct DOCUMENTS_URL"
    key, said = secrets.token_hex(16), b"the doctor was here"
    try:
        async with asyncio.timeout(PATIENCE):
            storage = opened(url)
            await storage.put(key, said)
            same = await storage.get(key) == said
            await storage.delete(key)
    except ImportError as missing:
        return Finding(what, False, str(missing), "pip install obstore==0.12.1")
    except Exception as refused:
        return Finding(what, False, f"{url}: {refused.__cause__ or refused or type(refused).__name__}", do)
    return Finding(what, same, f"{url} keeps and gives back", do)


async def scanner(url: str) -> Finding:
    """Whether clamd answers."""
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(PATIENCE):
            if parts.scheme == "unix":
                reader, writer = await asyncio.open_unix_connection(unquote(parts.path))
            else:
                reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            writer.write(b"zPING\0")
            said = (await reader.read(64)).strip(b"\0\n").decode("ascii", "replace")
            writer.close()
    except (OSError, TimeoutError) as refused:
        said = str(refused) or f"no answer within {PATIENCE:.0f} s"
    do = "start clamd, or correct CLAMD_URL; until then no document is taken"
    return Finding("CLAMD_URL", said == "PONG", f"{url}: {said}", do)
