"""A web process's parts, built from addresses: the database, a door that connects when first used, the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.service import RPCError

from models import waiting
from models.database import Sessions, engine, sessions_of
from models.heartbeats import beating
from models.hints import Hints
from models.storage import storage_at
from models.utility import zone_once_there
from rules.terms import Kind
from web.database import Bounded
from web.onewindow import Directory, Onewindow
from web.uploads.clamd import Clamd
from web.uploads.receive import Uploads
from workflows.client import Door, Opening
from workflows.payloads import DATA_CONVERTER

POOL = 20
MILLISECONDS = 2_900
"""Limit of every statement: just below the three seconds a page waits."""
PATIENCE = 2.0
"""Seconds a page waits for a free connection: later there is no time left to answer, and the work would be thrown away."""
log = structlog.get_logger()


@dataclass(frozen=True)
class Addresses:
    """What a web process is told of its surroundings."""

    database: str
    namespace: str
    secret: str
    public_url: str
    secure_cookies: bool
    messages_url: str | None
    documents_url: str
    clamd_url: str | None
    payment_secret: str | None = None
    payment_url: str | None = None
    directory: Directory | None = None


async def parts_of(given: Addresses, held: AsyncExitStack) -> Onewindow:
    """The parts; waits for a database that is not there yet. What must be let go of is pushed on `held`."""
    connected = engine(given.database, pool=POOL, milliseconds=MILLISECONDS, patience=PATIENCE)
    held.push_async_callback(connected.dispose)
    sessions = sessions_of(connected)
    zone = await zone_once_there(sessions, log.info)
    hints = Hints(sessions)
    for loop in (hints.run(), beating(sessions, "web")):
        held.callback(asyncio.create_task(loop).cancel)
    client = await lazy_client(given.namespace)

    async def hint() -> None:
        hints.give()

    return Onewindow(
        sessions=sessions,
        door=Door(client, finder(sessions), hint),
        clock=lambda: datetime.now(UTC),
        zone=ZoneInfo(zone),
        secret=given.secret,
        public_url=given.public_url,
        secure_cookies=given.secure_cookies,
        messages_url=given.messages_url,
        uploads=uploads_of(given),
        payment_secret=given.payment_secret,
        payment_url=given.payment_url,
        listen_url=given.database,
        temporal=answers(client),
        directory=given.directory,
    )


def uploads_of(given: Addresses) -> Uploads:
    """Where documents are kept, and who scans them."""
    return Uploads(storage_at(given.documents_url), Clamd(given.clamd_url) if given.clamd_url else None)


def finder(sessions: Sessions) -> Callable[[str], Awaitable[Opening | None]]:
    """How the door learns what it needs to start a request's workflow."""
    database = Bounded(sessions)

    async def find(reference: str) -> Opening | None:
        row = await database.read(waiting.one, reference)
        return None if row is None else Opening(row.reference, Kind(row.kind), row.category, row.zone, row.safety)

    return find


async def lazy_client(namespace: str) -> Client:
    """A client of Temporal that connects at its first use, so that pages come up without it."""
    quiet = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    runtime = Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=quiet)))
    settings: dict[str, Any] = {
        "target_host": "127.0.0.1:7233",
        **ClientConfig.load_client_connect_config(),
        "namespace": namespace,
    }
    return await Client.connect(**settings, data_converter=DATA_CONVERTER, runtime=runtime, lazy=True)


def answers(client: Client) -> Callable[[], Awaitable[bool]]:
    """Whether Temporal answers, asked anew at each call; two seconds at most."""

    async def ask() -> bool:
        try:
            async with asyncio.timeout(2.5):
                return await client.service_client.check_health(timeout=timedelta(seconds=2))
        except (RPCError, RuntimeError, TimeoutError):
            return False

    return ask
