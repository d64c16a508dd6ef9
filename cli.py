"""The `onewindow` command; what a command does lives in its own room and is imported when it is called."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar
from urllib.parse import unquote, urlsplit

import typer

import cli_audit
import cli_backup
import cli_import
import cli_policy
import cli_users
from config import BadConfig, Config, beside, load

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession
    from temporalio.client import Client

    from embedded.backup import Places
    from models.database import Sessions
    from rules.profile import Profile

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

REFUSED = 2
DEMO_PASSWORD = "onewindow"  # noqa: S105 (given only where nobody but this machine can reach the web)
DEMO = "demo"
"""The profile that comes with demo consumers and requests."""


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
    from models import first_start
    from rules.profile import BrokenProfile

    try:
        profile = first_start.read_profile(config.profile)
        _migrate(_database(config))
        _end(_prepared(config, profile))
    except (BrokenProfile, first_start.UnknownProfile, first_start.OtherProfile) as refused:
        _refuse(str(refused))


@app.command()
def migrate() -> None:
    """Bring the schema to the newest version."""
    _migrate(_database(_config(beside)))


@app.command()
def doctor(
    rebuild: Annotated[bool, typer.Option(help="start a workflow for every open request again")] = False,
) -> None:
    """Look at connections, clocks and versions; say what to do about what is wrong."""
    config = _config(beside)
    from embedded import checks, stuck
    from models.storage import storage_at

    if rebuild:
        from models.waiting import rebuild as start_again

        print(f"{_asked(start_again)} open requests: the workers start their workflows now.")

    database = _database(config)
    findings = [checks.disk(config.data_dir), *checks.database(database), *stuck.work(database)]
    findings += asyncio.run(checks.temporal(lambda: _temporal(config)))
    findings.append(checks.web(config.host, config.port))
    doors = {"SMTP_URL": config.smtp_url, "SMS_URL": config.sms_url}
    findings += [checks.door(name, url) for name, url in doors.items() if url]
    findings.append(asyncio.run(stuck.documents(config.documents_url, storage_at)))
    findings += [asyncio.run(stuck.scanner(config.clamd_url))] if config.clamd_url else []
    checks.show(findings)
    _leave(0 if all(one.good for one in findings) else 1)


async def _prepared(config: Config, profile: Profile) -> None:
    from embedded.temporal import NEW, prepare_namespace
    from models.first_start import install
    from models.waiting import rebuild

    new = config.data_dir / "temporal" / NEW

    async with _sessions(config) as sessions:
        made = await install(sessions, profile, DEMO_PASSWORD if config.for_trying_out else None, datetime.now(UTC))
        if profile.code == DEMO and config.for_trying_out:
            await _filled(sessions, config.documents_url)
        if new.exists():
            async with sessions.begin() as session:
                await rebuild(session)
            new.unlink()
    if made:
        people = json.dumps([asdict(one) for one in made], ensure_ascii=False, indent=1)
        (config.data_dir / "sign-ins.json").write_text(people, encoding="utf-8")
    elif made is not None:
        print("Nobody can sign in yet: `onewindow users password NAME` gives somebody a password.")
    await prepare_namespace(await _temporal(config, seconds=60))


async def _filled(sessions: Sessions, documents: str) -> None:
    """Demo consumers and requests, with a bar that shows how far it is."""
    from rich.progress import Progress

    from activities.demo.seed import seed
    from models.storage import storage_at

    with Progress() as bars:
        bar = bars.add_task("Demo data")
        await seed(
            sessions,
            datetime.now(UTC),
            lambda done, of: bars.update(bar, completed=done, total=of),
            storage_at(documents),
        )


@asynccontextmanager
async def _sessions(config: Config) -> AsyncIterator[Sessions]:
    from models.database import engine, sessions_of

    opened = engine(_database(config), pool=2)
    try:
        yield sessions_of(opened)
    finally:
        await opened.dispose()


def _asked(work: Callable[[AsyncSession], Awaitable[T]], *refusals: type[Exception]) -> T:
    """What `work` answers in a transaction on the running stack's database; a refusal ends the command."""
    from sqlalchemy.exc import OperationalError

    async def in_a_transaction(config: Config) -> T:
        async with _sessions(config) as sessions, sessions.begin() as session:
            return await work(session)

    try:
        return asyncio.run(in_a_transaction(_config(beside)))
    except OperationalError as away:
        _refuse(f"The database does not answer: {str(away.orig).splitlines()[0]}")
    except refusals as refused:
        _refuse(str(refused))


async def _temporal(config: Config, seconds: float = 0) -> Client:
    from embedded.temporal import connect

    return await connect(_address(config), config.temporal_namespace, seconds)


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


def _places(running: bool) -> Places:
    """Where everything is by our settings; with `running`, by those of the stack that runs on our folder too."""
    from embedded.backup import Places
    from embedded.locks import is_running

    config = _config(load)
    url = urlsplit(config.documents_url)
    documents = Path(unquote(url.path)) if url.scheme == "file" else None
    database = _config(beside).database_url if running and is_running(config.data_dir) else config.database_url
    return Places(config.data_dir, database, documents, config.temporal_address is None)


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


app.add_typer(cli_import.commands(_asked, _leave), name="import")
app.add_typer(cli_audit.commands(_asked, _leave), name="audit")
app.add_typer(cli_users.commands(_asked, _refuse), name="users")
app.add_typer(cli_policy.commands(_asked, lambda: _database(_config(beside))), name="policy")
cli_backup.add(app, _places, _refuse)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
