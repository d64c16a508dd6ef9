"""`onewindow policy …`: the timings as a file, written and read, what a file changes and would do; and to whom they are applied."""

from __future__ import annotations

import asyncio
import json
import sys
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

import cli_retiming
from cli_retiming import PROPOSED, waits

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]


def commands(asked: Callable[..., Any], address: Callable[[], str]) -> typer.Typer:
    """All of them; `asked` runs a question on the database, `address` is where that is."""
    policy = typer.Typer(no_args_is_help=True, help="Timings, ladders and calendars as one file.")
    _files(policy, asked)
    _ahead(policy, asked, address)
    cli_retiming.add_to(policy, asked)
    return policy


def _files(policy: typer.Typer, asked: Callable[..., Any]) -> None:
    @policy.command("export")
    def export(file: Annotated[Path | None, typer.Argument(help="left out: the screen")] = None) -> None:
        """Write the timings in force as TOML."""
        from models.policy_versions import NoPolicy, export_toml

        text = asked(export_toml, NoPolicy)
        if file is None:
            print(text, end="")
        else:
            file.write_text(text, encoding="utf-8")

    @policy.command("import")
    def import_(file: File, note: Annotated[str, typer.Option(help="why; kept with the version")]) -> None:
        """Save the timings in FILE as a new version, used by new requests.

        What FILE leaves out stays; where it says `whole = true`, as an exported one does, it goes back to what it is unsaid.
        Its line `version` names the timings it was made from: where others are in force by now, nothing is saved.

        Ends with 0: FILE is in force, 2: it is refused, 3: it waits for a second administrator, because a time becomes
        longer; nothing of it is in force then.
        """
        from models.policy_proposals import OtherBase, import_toml
        from models.policy_versions import NoPolicy, NoteMissing, Outdated
        from rules.policy import BadPolicy

        text, now = _text(file), datetime.now(UTC)
        refusals = (BadPolicy, NoteMissing, NoPolicy, OtherBase, Outdated)
        number, proposed = asked(lambda session: import_toml(session, text, note, None, now), *refusals)
        if proposed is not None:
            print(f"{waits(proposed)} Until then timings no. {number} stay as they are.")
            raise typer.Exit(PROPOSED)
        print(f"Timings no. {number} are in force for new requests.")
        if tomllib.loads(text).get("version", number) != number:
            print(f"Write `version = {number}` in {file.name}, or export it again, before it is changed next.")

    @policy.command("diff")
    def diff(file: File) -> None:
        """Say what FILE would change of the timings in force; nothing is saved. Ends with 0: nothing, 1: something, 2: FILE is wrong."""
        from models.policy_proposals import OtherBase
        from models.policy_versions import NoPolicy, current, differences, read_toml
        from rules.policy import BadPolicy

        text = _text(file)

        async def changes(session: Any) -> tuple[list[Any], int, int]:
            now, then = await current(session), await read_toml(session, text)
            return differences(now, then), then.version, now.version

        found, of, newest = asked(changes, BadPolicy, NoPolicy)
        for one in found:
            print(f"{'.'.join(one.path)}: {one.before or '-'} -> {one.after or '-'}")
        if found and of != newest:
            print(str(OtherBase(of, newest)), file=sys.stderr)
        raise typer.Exit(1 if found else 0)


def _ahead(policy: typer.Typer, asked: Callable[..., Any], address: Callable[[], str]) -> None:
    @policy.command("what-if")
    def what_if(
        file: File,
        as_json: Annotated[
            bool, typer.Option("--json", help="everything, with the requests behind every number")
        ] = False,
    ) -> None:
        """Say what the timings in FILE would do to open requests if nobody acted; nothing is saved."""
        from models.foretelling import NotForetold, foretold
        from models.policy_versions import NoPolicy, read_toml
        from models.staff import staff_names
        from rules.policy import BadPolicy

        text = _text(file)
        unsaved = asked(lambda session: read_toml(session, text), BadPolicy, NoPolicy)
        try:
            result = asyncio.run(foretold(address(), unsaved, datetime.now(UTC)))
        except NotForetold:
            print("This could not be worked out in time. Try again when less is going on.", file=sys.stderr)
            raise typer.Exit(2) from None
        print(json.dumps(result) if as_json else "\n".join(told(result, asked(staff_names))))


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def told(result: dict[str, Any], people: dict[int | None, str]) -> list[str]:
    """The tables of the page, by their codes."""
    from rules.foreseen import tables

    total, by_each = tables(result)
    lines = [f"{result['open']} open requests, if nobody acts and no charge changes. They go to a higher officer:"]
    lines += _table(
        "as it is > with the new timings", ["at once", "in an hour", "in a day", "in a week"], [("all", total)]
    )
    for by, found in by_each.items():
        named = [(people.get(int(one.key), "nobody") if by == "officer" else one.key, one) for one in found]
        lines += _table(f"by {by}", ["at once", "in an hour", "in a day", "in a week"], named)
    lines += [*_carried(result), *_closed(result)]
    if unfit := result["then"]["unfit"]:
        lines.append(f"The new timings do not fit {len(unfit)} open requests; they keep their own.")
    return lines


def _table(what: str, heads: list[str], rows: list[tuple[str, Any]]) -> list[str]:
    def cells(one: Any) -> list[str]:
        return [f"{now} > {then}" for now, then in zip(one.counts["now"], one.counts["then"], strict=True)]

    return _lines(what, heads, [(name, cells(one)) for name, one in rows])


def _lines(what: str, heads: list[str], rows: list[tuple[str, list[str]]]) -> list[str]:
    """A table with a line for each row; nothing where there is none."""
    wide = max([len(what), *(len(name) for name, _ in rows)])
    written = [f"  {name:<{wide}}" + "".join(f"{cell:>16}" for cell in cells) for name, cells in [(what, heads), *rows]]
    return ["", *written] if rows else []


def _carried(result: dict[str, Any]) -> list[str]:
    from rules.foreseen import loads

    heads = ["now", "at once", "a week, as is", "a week, new"]
    rows = [
        (one.post, [str(many) for many in (one.present, one.at_once, one.week, one.week_then)]) for one in loads(result)
    ]
    return _lines("tasks each post answers for", heads, rows)


def _closed(result: dict[str, Any]) -> list[str]:
    if not result["judged"]:
        return []
    within, then = result["within"], result["within_then"]
    said = f"Closed in 90 days and judged: {result['judged']}; within the limit {within}, within the new one {then}."
    ran_out = f"The first officer's time ran out for {len(result['up'])}, and would have for {len(result['up_then'])}."
    return ["", said, ran_out]
