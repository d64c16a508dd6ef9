"""A notification in our hand, and what of it goes as one message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from activities.notice import Notice, Recipient
from models.outbox import Attempt, Notification
from models.people import Staff
from models.requests import Consumer
from rules.terms import NoticeKind


@dataclass
class Claimed:
    """A notification in our hand, with whom it is for and the attempts to make; `again` are those cut short before."""

    row: Notification
    consumer: Consumer | None
    staff: Staff | None
    words: str | None
    attempts: list[Attempt] = field(default_factory=list)
    again: set[int] = field(default_factory=set)

    def address(self, channel: str) -> str | None:
        """Where this recipient is reached by `channel`; None when nowhere."""
        if self.row.address is not None:
            return self.row.address if channel == "email" else None
        who = self.consumer or self.staff
        if who is None:
            return None
        return who.phone if channel == "sms" else who.email

    def notice(self) -> Notice:
        """What is to be said to this recipient."""
        row = self.row
        return Notice(
            kind=NoticeKind(row.kind),
            to=Recipient.CONSUMER if row.staff_id is None else Recipient.STAFF,
            reference=row.reference,
            language=row.language,
            data=row.data,
            post=row.post,
            words=self.words,
        )


def bundles(claimed: Iterable[Claimed]) -> list[list[Claimed]]:
    """What goes as one message: those one officer is told together, if their earlier tries were one message too."""
    found: dict[tuple[object, ...], list[Claimed]] = defaultdict(list)
    for item in claimed:
        tried = sorted((attempt.channel, attempt.sender_id or "") for attempt in item.attempts)
        one = ("together", item.row.staff_id, *tried) if item.row.together else (item.row.id,)
        found[one].append(item)
    return list(found.values())


def side_by_side(bundle: Sequence[Claimed]) -> list[tuple[Attempt, ...]]:
    """The attempts of a bundle by channel, the first one's first."""
    return list(zip(*(sorted(item.attempts, key=lambda it: it.channel) for item in bundle), strict=True))
