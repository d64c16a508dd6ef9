"""How a turn ends: once nothing is left to do, all that was promised is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from drills.auditor import audit
from drills.findings import Finding, none_of, within
from drills.flows import flows
from drills.messages import caught_in
from drills.people import Officer
from drills.seen_pages import held_to_their_events
from drills.turn import Turn
from drills.waiting import waited
from embedded.message_store import Caught

A_MOMENT = 1.0


async def counted(
    turn: Turn,
    seconds: float,
    officers: Iterable[Officer] = (),
    quiet: timedelta = timedelta(0),
    arrived: Callable[[], Sequence[Caught]] | None = None,
) -> list[Finding]:
    """Wait at most so long until all is done and nothing falls due for `quiet`; then the kills, what officers were told, the audit, what was seen on pages, the flows.

    `arrived` has the messages that came; None: what the stack's own catcher and gateway kept.
    """
    left, took, seen = await waited(turn.sessions, seconds, quiet)
    turn.did("waiting until all was done")
    for officer in officers:
        turn.promised.told |= officer.told
    turn.promised.kills += turn.stack.kills
    async with turn.sessions() as session:
        found = await audit(session, turn.promised, arrived or (lambda: caught_in(turn.stack.messages)))
        if turn.sights is not None:
            found += await held_to_their_events(session, tuple(turn.sights))
    found += await flows(turn.stack)
    turn.did("counting")
    done = within("all done after", None if left else took, seconds)
    last = ", ".join(f"{what} {after:.0f} s" for what, after in seen.items() if after > A_MOMENT)
    return [none_of("left undone", left, 4), replace(done, figure=f"{done.figure} {last}".strip()), *found]
