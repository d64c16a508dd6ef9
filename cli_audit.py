"""`onewindow audit verify` and `audit export`: whether anything was changed afterwards, and all of it as a file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

HEAD = re.compile(r"([0-9]+):([0-9a-f]{64})")


def commands(asked: Callable[..., Any], leave: Callable[[int], Any]) -> typer.Typer:
    """Both commands; `asked` runs a question on the database, `leave` ends with a code."""
    audit = typer.Typer(no_args_is_help=True, help="who changed what, and whether it is still as it was written")

    @audit.command("verify")
    def verify(
        head: Annotated[str | None, typer.Option(help="what an earlier verify printed: it must still be there")] = None,
    ) -> None:
        """Compute every hash of the audit and of all histories anew; 1 when something was changed, taken out or cut off."""
        from models.audit import checked
        from models.chain import broken_history

        place, hashed = _head(head)
        found = asked(checked)
        lines, broken = asked(broken_history)
        print(
            f"audit: {found.entries} entries"
            + (f", BROKEN at entry {found.broken}" if found.broken is not None else ", whole")
        )
        print(f"histories: {lines} lines" + (f", BROKEN at {broken}" if broken else ", whole"))
        cut = place is not None and asked(lambda session: _hash(session, place)) != hashed
        if cut:
            print(f"audit: entry {place} is NOT the one that was there: entries were taken out or rewritten")
        if found.entries:
            print(f"Keep this elsewhere: {found.entries}:{found.head}")
        leave(1 if found.broken is not None or broken or cut else 0)

    @audit.command("export")
    def export(file: Annotated[Path, typer.Argument(dir_okay=False)]) -> None:
        """Write every entry to FILE, one JSON object a line, oldest first."""
        from models.audit import everything

        rows = asked(everything)
        with file.open("w", encoding="utf-8") as out:
            for row in rows:
                out.write(json.dumps(row.model_dump(mode="json"), ensure_ascii=False) + "\n")
        print(f"{len(rows)} entries")

    return audit


def _head(given: str | None) -> tuple[int | None, str]:
    if given is None:
        return None, ""
    found = HEAD.fullmatch(given.strip())
    if found is None:
        raise typer.BadParameter("it looks like 1234:9f86d081…, as an earlier verify printed it", param_hint="--head")
    return int(found[1]), found[2]


async def _hash(session: Any, place: int) -> str | None:
    from models.audit import head_at

    return await head_at(session, place)
