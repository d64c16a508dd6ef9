"""The `onewindow` command; what a command does lives in its own room and is imported when it is called."""

from __future__ import annotations

import asyncio
import atexit
import os
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from config import BadConfig, Config, beside, load

if TYPE_CHECKING:
    from temporalio.client import Client

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
policy = typer.Typer(no_args_is_help=True, help="Timings, ladders and calendars as one file.")
users = typer.Typer(no_args_is_help=True, help="People who sign in.")
app.add_typer(policy, name="policy")
app.add_typer(users, name="users")

REFUSED = 2


@app.command()
def run() -> None:
    """Start everything, say when it is ready, and keep it up until Ctrl-C."""
    config = _config(load)
    from embedded.stack import Stack
    from embedded.supervisor import Supervisor
    from embedded.terminal import take_the_terminal

    async def supervised() -> int:
        stack = Stack(config.data_dir, dict(os.environ), config.host, say=lambda line: print(line, flush=True))
        return await Supervisor(stack).run()

    take_the_terminal()
    sys.exit(asyncio.run(supervised()))


@app.command()
def prepare() -> None:
    """Bring schema, profile and Temporal's namespace to where this version wants them; safe at every start."""
    config = _config(load)
    _migrate(_database(config))
    _end(_prepared(config))


@app.command()
def migrate() -> None:
    """Bring the schema to the newest version."""
    _migrate(_database(_config(beside)))


@app.command()
def doctor() -> None:
    """Look at connections, clocks and versions; say what to do about what is wrong."""
    config = _config(beside)
    from rich.console import Console
    from rich.table import Table

    from embedded.checks import as_rows, database, disk, door, temporal

    findings = [disk(config.data_dir), *database(_database(config))]
    findings += asyncio.run(temporal(lambda: _temporal(config)))
    findings.append(door("web", f"http://{config.host}:{config.port}"))
    findings += [door(name, url) for name, url in (("SMTP_URL", config.smtp_url), ("SMS_URL", config.sms_url)) if url]
    table = Table(box=None, pad_edge=False)
    for heading in ("", "what", "found", "do"):
        table.add_column(heading, overflow="fold")
    for row in as_rows(findings):
        table.add_row(*row.values(), style="" if row[""] == "ok" else "bold yellow")
    Console().print(table)
    _leave(0 if all(one.good for one in findings) else 1)


async def _prepared(config: Config) -> None:
    from embedded.temporal import prepare_namespace

    await prepare_namespace(await _temporal(config, seconds=60))


async def _temporal(config: Config, seconds: float = 0) -> Client:
    """A client by Temporal's own conventions, tried again for `seconds` while it does not answer."""
    from temporalio.client import Client
    from temporalio.envconfig import ClientConfig

    settings = ClientConfig.load_client_connect_config()
    settings |= {"target_host": _address(config), "namespace": config.temporal_namespace}
    for _ in range(round(seconds * 10)):
        try:
            return await Client.connect(**settings)
        except RuntimeError:
            await asyncio.sleep(0.1)
    return await Client.connect(**settings)


def _migrate(url: str) -> None:
    from models.database import migrate as upgrade

    upgrade(url)


def _database(config: Config) -> str:
    if config.database_url is None:
        _refuse(f"Onewindow is not running on {config.data_dir}: start it with `make run`, or set DATABASE_URL.")
    return config.database_url


def _address(config: Config) -> str:
    if config.temporal_address is None:
        _refuse(f"Onewindow is not running on {config.data_dir}: start it with `make run`, or set TEMPORAL_ADDRESS.")
    return config.temporal_address


def _config(read: Any) -> Config:
    try:
        found: Config = read()
    except BadConfig as bad:
        _refuse(str(bad))
    return found


def _refuse(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr, flush=True)
    _leave(REFUSED)


def _end(work: Coroutine[Any, Any, None]) -> NoReturn:
    asyncio.run(work)
    _leave(0)


def _leave(code: int) -> NoReturn:
    # an interpreter that used a Temporal client and ends normally sometimes aborts after correct work
    sys.stdout.flush()
    sys.stderr.flush()
    atexit._run_exitfuncs()
    os._exit(code)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
