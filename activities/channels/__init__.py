"""How a message travels: what a channel is handed, what it answers, and the one protocol all channels share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Result(StrEnum):
    """What became of one letter.

    sent: the next server has it. delivered: it says so itself. refused: it will never go. failed: try again later.
    unclear: it may have gone; ask before trying again. unknown: it may have gone and nobody can be asked.
    """

    SENT = "sent"
    DELIVERED = "delivered"
    REFUSED = "refused"
    FAILED = "failed"
    UNCLEAR = "unclear"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Message:
    """What is said, ready to send. A text message has `text` alone; `code` is its language."""

    language: str
    text: str
    subject: str = ""
    html: str = ""
    sender_name: str = ""


@dataclass(frozen=True)
class Letter:
    """One message for one address. `id` stays the same over all tries; `again`: a try was begun and its end is not known."""

    attempt: int
    id: str
    to: str
    reference: str
    message: Message
    again: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a letter, and the other side's words where it did not go."""

    result: Result
    error: str = ""


MayBegin = Callable[[], bool]


def always() -> bool:
    """Any letter may be begun."""
    return True


def for_seconds(seconds: float, may_begin: MayBegin) -> MayBegin:
    """`may_begin`, and no longer than so many seconds from now: a slow server is handed the rest with a later call."""
    clock = asyncio.get_running_loop().time
    last = clock() + seconds
    return lambda: clock() < last and may_begin()


def not_begun(letter: Letter) -> Outcome:
    """What is known of a letter that is left for later: no more than before."""
    return Outcome(Result.UNCLEAR if letter.again else Result.FAILED, "not begun")


class Channel(Protocol):
    """A way to send. `send` answers an outcome for each letter by its attempt and never raises for a letter.

    `may_begin` is asked before each letter; after a no the rest is answered as not begun. A letter that was begun is waited
    for to its end, each answer for a bounded time: a yes that nobody hears is a message that comes twice.
    """

    name: str

    async def send(self, letters: Sequence[Letter], may_begin: MayBegin = always) -> Mapping[int, Outcome]:
        """Try to send all of `letters`; those missing from the answer count as unclear."""
        ...
