"""What a doctor looks at: connections, clocks and versions, with what to do about each finding."""

from __future__ import annotations

import asyncio
import shutil
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psycopg

from embedded.answers import answer
from embedded.temporal import RETENTION, SEARCH_ATTRIBUTES

if TYPE_CHECKING:
    from temporalio.client import Client

LARGEST_DIFFERENCE = 0.5
LEAST_SPACE = 1_000_000_000
LEAST_POSTGRES = 18
PARTS = ("web", "worker")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is good, what was found, and what to do when it is not."""

    what: str
    good: bool
    found: str
    do: str = ""


def disk(folder: Path) -> Finding:
    """Whether the data folder has room."""
    there = folder if folder.exists() else folder.parent
    free = shutil.disk_usage(there).free
    return Finding("disk", free > LEAST_SPACE, f"{free / 1e9:.1f} GB free in {there}", "make room, or move DATA_DIR")


def database(url: str) -> list[Finding]:
    """Version, encoding, search in Indian scripts and clock of the database. Blocking, a few seconds at most."""
    plain = url.replace("+psycopg", "", 1)
    try:
        with psycopg.connect(plain, connect_timeout=3, autocommit=True) as connection:
            connection.execute("set statement_timeout = 3000")
            found = [_version(connection), _encoding(connection), _trigrams(connection), _database_clock(connection)]
            return [*found, *_clocks_of_processes(connection)]
    except psycopg.Error as refused:
        do = "start it (make run), or correct DATABASE_URL"
        return [Finding("database", False, str(refused).strip().splitlines()[0], do)]


async def temporal(connect: Callable[[], Any]) -> list[Finding]:
    """Version, namespace, search attributes and clock of Temporal; `connect` gives a client to await."""
    try:
        async with asyncio.timeout(10):
            client: Client = await connect()
            return [await _server(client), await _namespace(client), await _temporal_clock(client)]
    except (RuntimeError, TimeoutError) as refused:
        said = str(refused).splitlines()[0] if str(refused) else "no answer within 10 s"
        return [Finding("temporal", False, said, "start it (make run), or correct TEMPORAL_ADDRESS")]


def door(what: str, url: str) -> Finding:
    """Whether something listens where `url` points."""
    parts = urlsplit(next(word for word in url.split() if "://" in word))
    port = parts.port or {"https": 443, "smtp": 25, "smtps": 465}.get(parts.scheme, 80)
    where = f"{parts.hostname}:{port}"
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=3):
            return Finding(what, True, f"{where} answers")
    except OSError as refused:
        return Finding(what, False, f"{where}: {refused}", f"start it, or correct the address of {what}")


def web(host: str, port: int) -> Finding:
    """What the web says of itself, and through it of the workers. Blocking."""
    status, said = answer(host, port, "/readyz")
    found = "is ready" if status == 200 else said or f"nothing listens on {host}:{port}"
    return Finding("web and worker", status == 200, found, "start it (make run); the log of what is missing says why")


def clock(what: str, theirs: datetime, began: float, ended: float) -> Finding:
    """How far `theirs`, read between two instants (seconds since 1970) of ours, lies outside them."""
    at = theirs.timestamp()
    apart = max(began - at, at - ended, 0.0)
    found = f"{apart:.3f} s from ours"
    return Finding(f"clock of {what}", apart <= LARGEST_DIFFERENCE, found, "let both machines follow one time server")


def _version(connection: psycopg.Connection[Any]) -> Finding:
    major = connection.info.server_version // 10_000
    do = f"PostgreSQL {LEAST_POSTGRES} or later is needed"
    return Finding("database", major >= LEAST_POSTGRES, f"PostgreSQL {major}", do)


def _encoding(connection: psycopg.Connection[Any]) -> Finding:
    found = _one(connection, "show server_encoding")
    return Finding("database encoding", found == "UTF8", str(found), "make the database with encoding UTF8")


def _trigrams(connection: psycopg.Connection[Any]) -> Finding:
    do = "run `onewindow migrate`; if it stays, make the cluster with --lc-ctype=C.UTF-8 and the builtin provider"
    if not _one(connection, "select count(*) from pg_extension where extname = 'pg_trgm'"):
        return Finding("search in Hindi and Urdu", False, "pg_trgm is not there", do)
    many = _one(connection, "select cardinality(show_trgm('बिजली')) + cardinality(show_trgm('بجلی'))")
    return Finding("search in Hindi and Urdu", bool(many), f"{many} trigrams", do)


def _database_clock(connection: psycopg.Connection[Any]) -> Finding:
    began = time.time()
    theirs = _one(connection, "select clock_timestamp()")
    return clock("database", theirs, began, time.time())


def _clocks_of_processes(connection: psycopg.Connection[Any]) -> list[Finding]:
    """The clocks of every web and worker process that spoke within the last half minute, against the database's."""
    if not _one(connection, "select to_regclass('heartbeat') is not null"):
        return [Finding("clocks of web and worker", False, "no table for them", "run `onewindow migrate`")]
    asked = (
        "select process, part, extract(epoch from clock - recorded)::float8 from heartbeat"
        " where recorded > now() - interval '30 seconds' order by process"
    )
    rows = connection.execute(asked).fetchall()
    silent = [part for part in PARTS if part not in {part for _, part, _ in rows}]
    do = "start it (make run); its log says why it cannot reach the database"
    return [
        *(_apart(f"clock of {process}", apart) for process, _, apart in rows),
        *(Finding(f"clock of {part}", False, "nothing heard for 30 s", do) for part in silent),
    ]


def _apart(what: str, apart: float) -> Finding:
    found = f"{apart:+.3f} s from the database's"
    return Finding(what, abs(apart) <= LARGEST_DIFFERENCE, found, "let both machines follow one time server")


def _one(connection: psycopg.Connection[Any], question: str) -> Any:
    row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


async def _server(client: Client) -> Finding:
    from temporalio.api.workflowservice.v1 import GetSystemInfoRequest

    found = await client.workflow_service.get_system_info(GetSystemInfoRequest())
    return Finding("temporal", True, f"server {found.server_version}")


async def _namespace(client: Client) -> Finding:
    from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
    from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    kept: timedelta = described.config.workflow_execution_retention_ttl.ToTimedelta()
    missing = sorted(set(SEARCH_ATTRIBUTES) - set(known.custom_attributes))
    found = f"{client.namespace}, kept {kept.days} days" + (f", without {', '.join(missing)}" if missing else "")
    good = not missing and kept >= RETENTION
    return Finding("temporal namespace", good, found, "run `onewindow prepare`")


async def _temporal_clock(client: Client) -> Finding:
    # the server tells its time only with something it did: a workflow nobody will take, ended again at once
    began = time.time()
    handle = await client.start_workflow(
        "ClockReading",
        id=f"clock-reading-{uuid.uuid4()}",
        task_queue="clock-reading",
        execution_timeout=timedelta(seconds=5),
    )
    ended = time.time()
    described = await handle.describe()
    await handle.terminate("clock read")
    return clock("temporal", described.start_time.astimezone(UTC), began, ended)


def show(findings: list[Finding]) -> None:
    """Print them as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("", "what", "found", "what to do"):
        table.add_column(heading, overflow="fold")
    for one in findings:
        style, word = ("", "ok") if one.good else ("bold yellow", "LOOK")
        table.add_row(word, one.what, one.found, "" if one.good else one.do, style=style)
    Console().print(table)
