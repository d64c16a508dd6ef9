"""`onewindow policy apply | lists | steer | undo`: the timings in force given to open requests, watched, steered and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

Rate = typer.Option(min=10, max=30_000, help="requests a minute")
Number = Annotated[int, typer.Argument(min=1, help="as `policy lists` shows it")]


PROPOSED = 3


def waits(number: int) -> str:
    """That a proposal was made, and nothing else."""
    return (
        f"Not in force: a time becomes longer, or a last officer comes too late. Proposal no. {number} waits for a second "
        f"administrator at /admin/proposals/{number}."
    )


class To(StrEnum):
    """What can be done with a list that goes on, and the state it has then."""

    PAUSE = "paused"
    RESUME = "running"
    STOP = "stopped"


def add_to(policy: typer.Typer, asked: Callable[..., Any]) -> None:
    """Add them; `asked` runs a question on the database."""
    _apply(policy, asked)
    _watch(policy, asked)
    _steer(policy, asked)


def _apply(policy: typer.Typer, asked: Callable[..., Any]) -> None:
    @policy.command("apply")
    def apply(
        tier: Annotated[int | None, typer.Option(help="only requests that are not above this tier")] = None,
        category: Annotated[str | None, typer.Option(help="only this category, or sort of application")] = None,
        zone: Annotated[str | None, typer.Option(help="only this zone")] = None,
        rate: Annotated[int, Rate] = 600,
    ) -> None:
        """Apply the timings in force to open requests; `policy lists` and /admin/retimings show how far it is."""
        from models.policy_proposals import waiting
        from models.policy_versions import newest
        from models.retiming import AlreadyRunning, Choice, NoSuchChoice, begin

        async def begun(session: Any) -> tuple[int, int, list[int]]:
            version = (await newest(session)).number
            choice = Choice(tier, category, zone)
            number = await begin(session, version, choice, None, datetime.now(UTC), rate)
            return version, number, await waiting(session)

        version, number, proposed = asked(begun, AlreadyRunning, NoSuchChoice)
        print(f"Timings no. {version} are being applied: /admin/retimings/{number}")
        for one in proposed:
            print(
                f"Proposal no. {one} is not among them: it waits for a second administrator at /admin/proposals/{one}."
            )


def _watch(policy: typer.Typer, asked: Callable[..., Any]) -> None:
    @policy.command("lists")
    def lists() -> None:
        """Show the lists of open requests that timings were applied to, the newest first: number, state, how far, speed."""
        from models.retiming import latest, named_by, takes_back
        from models.runs import progress

        async def read(session: Any) -> list[tuple[Any, Any]]:
            return [(row, await progress(session, row.id or 0)) for row in await latest(session)]

        found = asked(read)
        for row, far in found:
            what = f"{'back from' if takes_back(row) else 'to'} timings no. {named_by(row)}"
            counts = ", ".join(f"{many} {outcome}" for outcome, many in sorted(far.counts.items()))
            print(f"{row.id}  {row.state}  {far.done} of {far.total}  {what}  {row.rate} a minute  {counts}".rstrip())
        if not found:
            print("none yet")


def _steer(policy: typer.Typer, asked: Callable[..., Any]) -> None:
    @policy.command("steer")
    def steer(
        number: Number,
        pause: Annotated[bool, typer.Option("--pause")] = False,
        resume: Annotated[bool, typer.Option("--resume")] = False,
        stop: Annotated[bool, typer.Option("--stop")] = False,
        rate: Annotated[int | None, Rate] = None,
    ) -> None:
        """Pause, resume or stop a list that goes on, or set its speed. Ends with 2 where it does not go on."""
        from models import retiming
        from models.runs import Stage

        said = [to for to, so in ((To.PAUSE, pause), (To.RESUME, resume), (To.STOP, stop)) if so]
        if len(said) > 1 or not (said or rate):
            raise typer.BadParameter("say one of --pause, --resume and --stop, or --rate")
        to = Stage(said[0].value) if said else None
        if not asked(lambda session: retiming.steer(session, number, None, datetime.now(UTC), to=to, rate=rate)):
            raise typer.BadParameter(f"list {number} does not go on", param_hint="NUMBER")

    @policy.command("undo")
    def undo(number: Number) -> None:
        """Give each request of a list that ended the timings it had before; the version stays in force for new ones."""
        from models import retiming

        async def begun(session: Any) -> int:
            return await retiming.undo(session, number, None, datetime.now(UTC))

        back = asked(begun, retiming.AlreadyRunning, retiming.CannotUndo)
        print(f"List {number} is being taken back: /admin/retimings/{back}")

    @policy.command("take-back")
    def take_back(
        version: Annotated[int, typer.Argument(min=1)],
        note: Annotated[str, typer.Option(help="why; kept with the version")],
    ) -> None:
        """Take what version VERSION changed out of the timings in force, and give open requests what they had before it.

        Ends with 0: it is taken back, 2: it cannot be, 3: it waits for a second administrator, because a time becomes longer.
        """
        from models.policy_proposals import NeedsSecond
        from models.policy_versions import NoteMissing, NothingChanged
        from models.retiming import AlreadyRunning, propose_taking_back, take_back
        from rules.holidays import ChangedSince

        async def begun(session: Any) -> tuple[int, bool]:
            now = datetime.now(UTC)
            try:
                return await take_back(session, version, None, now, note), True
            except NeedsSecond:
                return await propose_taking_back(session, version, None, now, note), False

        number, done = asked(begun, AlreadyRunning, ChangedSince, LookupError, NoteMissing, NothingChanged)
        if not done:
            print(waits(number))
            raise typer.Exit(PROPOSED)
        print(f"Version {version} is being taken back: /admin/retimings/{number}")
