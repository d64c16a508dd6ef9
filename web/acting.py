"""An act of a person: put into the tray, committed, then through the door; done, refused, or received and not yet done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

from models.tray import More, put
from rules.messages import Take
from rules.terms import Act, Actor, Refused
from web.errors import Stale
from web.onewindow import Onewindow
from workflows.client import NoSuchRequest, NotYet


@dataclass(frozen=True)
class Outcome:
    """What became of an act: `refused` says why not, `waiting` that it is received and not yet done."""

    number: int = 0
    refused: Refused | None = None
    waiting: bool = False


async def act(
    parts: Onewindow,
    id: str,
    reference: str,
    what: Act,
    actor: Actor,
    **more: Unpack[More],
) -> Outcome:
    """Do `what`; a repeated `id` gives the first one's outcome. DatabaseAway when not even the tray took it."""
    at = parts.clock()
    await parts.database.write(put, id=id, reference=reference, act=what, actor=actor, at=at, **more)
    return await through(parts, Take(reference, id, what))


async def through(parts: Onewindow, take: Take) -> Outcome:
    """Take what already lies in the tray through the door; Stale when it was sent for another request."""
    try:
        taken = await parts.door.act(take)
    except NotYet:
        return Outcome(waiting=True)
    except NoSuchRequest:
        raise Stale from None
    return Outcome(taken.number or taken.standing.number, taken.refused)
