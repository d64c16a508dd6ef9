"""What is done with timings as a file, beside writing and reading it: what it changes, what that would do, and to whom it is applied."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer


def add_to(policy: typer.Typer, asked: Callable[..., Any], address: Callable[[], str]) -> None:
    """Add both commands; `asked` runs a question on the database, `address` is where that is."""

    @policy.command("diff")
    def diff(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
        """Say what FILE would change of the timings in force; nothing is saved. Ends with 0: nothing, 1: something, 2: FILE is wrong."""
        from models.policy_versions import NoPolicy, current, differences, read_toml
        from rules.policy import BadPolicy

        text = file.read_text(encoding="utf-8", errors="replace")

        async def changes(session: Any) -> list[Any]:
            return differences(await current(session), await read_toml(session, text))

        found = asked(changes, BadPolicy, NoPolicy)
        for one in found:
            print(f"{'.'.join(one.path)}: {one.before or '-'} -> {one.after or '-'}")
        raise typer.Exit(1 if found else 0)

    @policy.command("what-if")
    def what_if(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
        """Say what the timings in FILE would do to open requests if nobody acted; nothing is saved."""
        from models.foretelling import foretold
        from models.policy_versions import NoPolicy, read_toml
        from rules.policy import BadPolicy

        text = file.read_text(encoding="utf-8", errors="replace")
        unsaved = asked(lambda session: read_toml(session, text), BadPolicy, NoPolicy)
        print("\n".join(_told(asyncio.run(foretold(address(), unsaved, datetime.now(UTC))))))

    @policy.command("apply")
    def apply(
        tier: Annotated[int | None, typer.Option(help="only requests that are not above this tier")] = None,
        category: Annotated[str | None, typer.Option(help="only this category")] = None,
        zone: Annotated[str | None, typer.Option(help="only this zone")] = None,
        rate: Annotated[int, typer.Option(min=10, max=6000, help="requests a minute")] = 600,
    ) -> None:
        """Apply the timings in force to open requests; /admin/retimings shows how far it is."""
        from models.policy_versions import newest
        from models.retiming import AlreadyRunning, Choice, begin

        async def begun(session: Any) -> tuple[int, int]:
            version = (await newest(session)).number
            choice = Choice(tier, category, zone)
            return version, await begin(session, version, choice, None, datetime.now(UTC), rate)

        version, number = asked(begun, AlreadyRunning)
        print(f"Timings no. {version} are being applied: /admin/retimings/{number}")


def _told(result: dict[str, Any]) -> list[str]:
    from rules.whatif import WINDOWS

    at = datetime.fromisoformat(result["at"])
    lines = [f"{result['open']} open requests, if nobody acts and no charge changes. They go to a higher officer:"]
    for window, length in WINDOWS.items():
        many = [
            len({one[0] for one in result[course]["moves"] if datetime.fromisoformat(one[1]) <= at + length})
            for course in ("now", "then")
        ]
        lines.append(f"  within {window:<5} {many[0]:>7} as it is {many[1]:>7} with the new timings")
    if result["judged"]:
        lines.append(
            f"Closed in 90 days and judged: {result['judged']}; within the limit {result['within']},"
            f" within the new one {result['within_then']}."
        )
    if unfit := result["then"]["unfit"]:
        lines.append(f"The new timings do not fit {len(unfit)} open requests; they keep their own.")
    return lines
