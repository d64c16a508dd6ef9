"""How a message travels: what a channel is handed, what it answers, and the one protocol all channels share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class Channel(Protocol):
    """A way to send. `send` answers an outcome for each letter by its attempt, never raises for a letter, and ends in time."""

    name: str

    async def send(self, letters: Sequence[Letter]) -> Mapping[int, Outcome]:
        """Try to send all of `letters`; those missing from the answer count as unclear."""
        ...
