"""The worker process: workflows, the pen, the relay and the outbox, built from their parts and stopped politely."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Coroutine, Iterable
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from temporalio.client import Client
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from uvicorn.loops.auto import auto_loop_factory

from activities.brief import be_brief
from activities.channels.email import Email
from activities.channels.sms import Sms
from activities.examples import Examples
from activities.facts import Place
from activities.fanout import FanOut
from activities.outbox import Outbox
from activities.record import Record
from activities.relay import Relay
from activities.say import Renderer
from activities.unclaimed import Unclaimed
from activities.watch import Watch
from config import Config, load
from models import database, waiting
from models.database import Sessions
from models.heartbeats import beating
from models.hints import Hints, listen
from models.logs import never_in_the_way
from models.storage import storage_at
from models.utility import zone_once_there
from models.waiting import Waiting
from rules.terms import Kind
from workflows.attributes import TASK_QUEUE
from workflows.client import WORKFLOWS, Door, Opening
from workflows.fanout import FanOutWorkflow
from workflows.payloads import DATA_CONVERTER
from workflows.polled import Polled

PENS = 3
"""Activities that write at once, of each sort. More of them only wait for the same posts, and are given up before their turn."""
PEN_MILLISECONDS = 1_800
"""Limit of the pen's statements, locks and transactions: below the two seconds a local activity may take."""

log = structlog.get_logger()


def opening(row: Waiting) -> Opening:
    """What the door needs of a waiting request."""
    return Opening(row.reference, Kind(row.kind), row.category, row.zone, row.safety)


def worker_of(client: Client, record: Record, fan_out: FanOut, task_queue: str = TASK_QUEUE, **more: Any) -> Worker:
    """A Temporal worker with every workflow, the pen and the fan-out; also what the tests run.

    No sandbox: it imports a workflow's module anew for each request. Saved histories are replayed in it instead.
    """
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[*set(WORKFLOWS.values()), FanOutWorkflow],
        activities=[record.look, record.it_is_time, record.take, fan_out.go_on],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=600,
        max_concurrent_workflow_tasks=8,
        max_concurrent_local_activities=PENS,
        max_concurrent_activities=PENS,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=3),
        graceful_shutdown_timeout=timedelta(seconds=3),
        **more,
    )


async def connected(config: Config) -> Client:
    """A client of Temporal by its own conventions; waits for a server that is not there yet."""
    from temporalio.envconfig import ClientConfig

    settings: dict[str, Any] = {"target_host": "127.0.0.1:7233", **ClientConfig.load_client_connect_config()}
    quiet = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    runtime = Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=quiet)))
    settings |= {"namespace": config.temporal_namespace, "identity": f"worker@{socket.gethostname()}/{os.getpid()}"}
    while True:
        try:
            return await Client.connect(**settings, data_converter=DATA_CONVERTER, runtime=runtime)
        except RuntimeError as away:
            log.info("waiting for Temporal", why=str(away)[:200])
            await asyncio.sleep(0.5)


async def main(config: Config) -> None:
    """Work until told to stop, or until one of its loops ended by itself."""
    never_in_the_way()
    be_brief()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _stopping, stop)
    url = config.database_url
    if url is None:
        raise SystemExit("DATABASE_URL is not set: the worker needs a database.")
    async with AsyncExitStack() as held:
        pen = database.engine(url, pool=4 * PENS, milliseconds=PEN_MILLISECONDS)
        own = database.engine(url, pool=4)
        held.push_async_callback(own.dispose)
        held.push_async_callback(pen.dispose)
        sessions = database.sessions_of(own)
        started = asyncio.create_task(_work(config, stop, database.sessions_of(pen), sessions, url))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({started, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not started.done() and not stop.is_set():
            started.cancel()
        stopped.cancel()
        with suppress(asyncio.CancelledError):
            await started


def _stopping(stop: asyncio.Event) -> None:
    stop.set()
    signal.alarm(8)  # whatever still lingers then is of no use


async def _work(config: Config, stop: asyncio.Event, pen: Sessions, sessions: Sessions, url: str) -> None:
    zone = await zone_once_there(sessions, log.info)
    client = await connected(config)
    hints = Hints(sessions)

    async def find(reference: str) -> Opening | None:
        async with sessions() as session:
            row = await waiting.one(session, reference)
        return None if row is None else opening(row)

    door = Door(client, find)

    async def start(row: Waiting) -> bool:
        return await door.start(opening(row))

    relay = Relay(sessions, door, start, f"{socket.gethostname()}/{os.getpid()}", Polled(client).lately)
    renderer = Renderer(Place(config.public_url, ZoneInfo(zone)))
    outbox = Outbox(sessions, channels_of(config), renderer, tell=door.act)
    unclaimed = Unclaimed(sessions, storage_at(config.documents_url))
    loops = [relay.run(), outbox.run(stop), hints.run(), unclaimed.run(), listen(url, relay.hint, outbox.hint)]
    loops += [beating(sessions, "worker"), Examples(sessions, renderer).run(), Watch(sessions).run()]
    record = Record(pen, committed=hints.give)
    async with worker_of(client, record, FanOut(sessions, door, pen=record)):
        log.info("working", zone=zone)
        await together(loops, stop)


async def together(loops: Iterable[Coroutine[Any, Any, None]], stop: asyncio.Event) -> None:
    """Run loops until `stop`, or until one of them ended; raises what it raised.

    A worker without one of its loops would look alive and send no messages, say: whoever started it starts another.
    """
    tasks = [asyncio.create_task(loop) for loop in loops]
    stopped = asyncio.create_task(stop.wait())
    ended, _ = await asyncio.wait({stopped, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    for task in (stopped, *tasks):
        task.cancel()
    await asyncio.gather(stopped, *tasks, return_exceptions=True)
    for task in ended:
        task.result()


def channels_of(config: Config) -> dict[str, Email | Sms]:
    """The channels this installation has: those whose address is set."""
    channels: dict[str, Email | Sms] = {}
    if config.smtp_url:
        channels["email"] = Email(config.smtp_url, config.mail_from)
    if config.sms_url:
        channels["sms"] = Sms(config.sms_url, f"{config.public_url}/api/v1/receipts/sms")
    return channels


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(main(load()))
