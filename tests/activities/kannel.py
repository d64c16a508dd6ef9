"""A Kannel gateway as Debian packages it, for tests: its two programs, and an operator that takes what it sends."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx2

from embedded.ports import free_ports

PROGRAMS = ("bearerbox", "smsbox")
CONFIGURATION = """
group = core
admin-port = {admin}
admin-password = for-tests
smsbox-port = {smsbox}
box-allow-ip = "127.0.0.1"
dlr-storage = internal
log-file = "{folder}/bearerbox.log"

group = smsc
smsc = fake
smsc-id = operator
port = {operator}
connect-allow-ip = "127.0.0.1"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
http-request-retry = 9
http-queue-delay = 1
log-file = "{folder}/smsbox.log"

group = sendsms-user
username = onewindow
password = for-tests
max-messages = 9
concatenation = true

group = sms-service
keyword = default
max-messages = 0
text = ""
"""


def program(name: str) -> str | None:
    """Where one of Kannel's programs lies; None when it is not installed."""
    return shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")


@dataclass
class Operator:
    """The operator's side of Kannel's "fake" protocol: keeps each line it is handed and so acknowledges it."""

    port: int
    lines: list[str] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[Operator]:
        """Connected for as long as the block lasts."""
        reader, writer = await patiently(lambda: asyncio.open_connection("127.0.0.1", self.port))
        hearing = asyncio.create_task(self._listen(reader))
        try:
            yield self
        finally:
            hearing.cancel()
            writer.close()
            await writer.wait_closed()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            self.lines.append(line.decode("ascii").strip())
            self.heard.set()


@dataclass
class Kannel:
    """A running gateway: where it takes messages, and the operator behind it."""

    sendsms: int
    operator: Operator

    def setting(self, ours: str) -> str:
        """What SMS_URL is for this gateway, with delivery reports to our address `ours`."""
        report = f"{ours}/api/v1/receipts/kannel?id=".replace(":", "%3A").replace("/", "%2F")
        report = report.replace("?", "%3F").replace("=", "%3D")
        return (
            f"GET http://127.0.0.1:{self.sendsms}/cgi-bin/sendsms?username=onewindow&password=for-tests&charset=UTF-8"
            f"&from=ONEWDW&coding={{coding}}&to={{to}}&text={{text}}&dlr-mask=19&dlr-url={report}{{id}}%26state%3D%25d"
        )


@contextlib.asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Kannel]:
    """A gateway on free ports, stopped at the end."""
    admin, smsbox, sendsms, operator = free_ports(4)
    written = folder / "kannel.conf"
    ports = {"admin": admin, "smsbox": smsbox, "sendsms": sendsms, "operator": operator}
    written.write_text(CONFIGURATION.format(folder=folder, **ports), encoding="ascii")
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(process("bearerbox", written))
        peer = await stack.enter_async_context(Operator(operator).connected())
        await patiently(lambda: listening(smsbox))
        await stack.enter_async_context(process("smsbox", written))
        await patiently(lambda: answering(f"http://127.0.0.1:{sendsms}/cgi-bin/sendsms"))
        yield Kannel(sendsms, peer)


@contextlib.asynccontextmanager
async def process(name: str, configuration: Path) -> AsyncIterator[Process]:
    """One of Kannel's programs, in a process of its own."""
    found = program(name)
    assert found is not None
    started = await asyncio.create_subprocess_exec(found, "-v", "4", configuration, stdout=DEVNULL, stderr=DEVNULL)
    try:
        yield started
    finally:
        with contextlib.suppress(ProcessLookupError):
            started.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(started.wait(), 5)
        except TimeoutError:
            started.kill()
            await started.wait()


Given = TypeVar("Given")


async def patiently(ask: Callable[[], Awaitable[Given]], seconds: float = 15) -> Given:
    """What `ask` gives, as soon as somebody listens there."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                return await ask()
            except (OSError, httpx2.HTTPError):
                await asyncio.sleep(0.05)


async def listening(port: int) -> None:
    """OSError while nobody listens there."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    await writer.wait_closed()


async def answering(url: str) -> None:
    """Any answer will do."""
    async with httpx2.AsyncClient() as client:
        await client.get(url)
