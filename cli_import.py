"""`onewindow import`: officers, consumers and open requests from a CSV file, checked whole before anything is written."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from rules.sheet import Columns, Sheet

Asked = Callable[[Callable[["AsyncSession"], Awaitable[Any]]], Any]
"""Runs work in one transaction on the running stack's database."""

SHOWN = 40
LARGEST = 200_000_000
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV in UTF-8, names of columns first")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="say what would be done and do nothing")]


def commands(asked: Asked, leave: Callable[[int], Any]) -> typer.Typer:
    """The commands; `asked` reaches the database, `leave` ends the program with a code."""
    app = typer.Typer(no_args_is_help=True, help="Officers, consumers and open requests from a CSV file.")

    @app.command()
    def officers(file: File, dry_run: DryRun = False) -> None:
        """People and the posts they fill: username, name, post; phone, email, language, how, from, to."""
        from models import import_officers

        sheet = _sheet(file, import_officers.COLUMNS)

        async def work(session: AsyncSession) -> str:
            now = datetime.now(UTC)
            plan = await import_officers.plan(session, sheet, now)
            if not sheet.faults and not dry_run:
                await import_officers.write(session, plan, now)
            return f"{len(plan.people)} new people, {len(plan.fills)} posts given, {plan.unchanged} lines as they were"

        leave(_said(sheet, asked(work), dry_run))

    @app.command()
    def consumers(file: File, dry_run: DryRun = False) -> None:
        """Accounts and who holds them: account, locality; name, phone, email, address, place, feeder, load_kw, segment."""
        from models import import_consumers

        sheet = _sheet(file, import_consumers.COLUMNS)

        async def work(session: AsyncSession) -> str:
            with _bar("Checking") as told:
                plan = await import_consumers.plan(session, sheet, told)
            if not sheet.faults and not dry_run:
                with _bar("Writing") as told:
                    await import_consumers.write(session, plan, told)
            return f"{len(plan.accounts) - len(plan.there)} new accounts, {len(plan.there)} changed"

        leave(_said(sheet, asked(work), dry_run))

    @app.command()
    def requests(file: File, dry_run: DryRun = False) -> None:
        """Open complaints and applications of what was used before: number, category, registered, tier; stages done, place, name and so on."""
        from models import import_requests

        sheet = _sheet(file, import_requests.COLUMNS)

        async def work(session: AsyncSession) -> str:
            now = datetime.now(UTC)
            with _bar("Checking") as told:
                plan = await import_requests.plan(session, sheet, now, told)
            if not sheet.faults and not dry_run:
                with _bar("Writing") as told:
                    await import_requests.write(session, plan, now, told)
            return f"{len(plan.found)} requests brought forward, {plan.unchanged} there already"

        leave(_said(sheet, asked(work), dry_run))

    return app


def _sheet(file: Path, columns: Columns) -> Sheet:
    from rules.sheet import Sheet, read

    if file.stat().st_size > LARGEST:
        sheet = Sheet()
        sheet.wrong(1, "", f"this file is larger than {LARGEST // 1_000_000} MB; cut it in pieces")
        return sheet
    return read(file.read_bytes(), columns)


def _said(sheet: Sheet, summary: str, dry_run: bool) -> int:
    """Say what became of it; the exit code."""
    if sheet.faults:
        for fault in sorted(sheet.faults, key=lambda one: one.line)[:SHOWN]:
            print(fault, file=sys.stderr)
        count = len(sheet.faults) + sheet.more
        rest = f" The first {SHOWN} are above." if count > SHOWN else ""
        print(f"{count} {'fault' if count == 1 else 'faults'}; nothing was written.{rest}", file=sys.stderr)
        return 2
    print(f"{summary}. Nothing was written: this was a dry run." if dry_run else f"{summary}.")
    return 0


@contextmanager
def _bar(word: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bars:
        bar = bars.add_task(word)
        yield lambda done, of: bars.update(bar, completed=done, total=of)
