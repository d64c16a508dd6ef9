"""One thing to be said: to whom, in which language, from which codes; and the pairs of these that are never said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from rules.terms import Codes, NoticeKind


class Recipient(StrEnum):
    """Who is told; each has texts of its own."""

    CONSUMER = "consumer"
    STAFF = "staff"


NOT_SAID: frozenset[tuple[Recipient, NoticeKind]] = frozenset(
    {
        (Recipient.CONSUMER, NoticeKind.REMINDER),
        (Recipient.CONSUMER, NoticeKind.DIRECTED),
        (Recipient.STAFF, NoticeKind.CODE),
        (Recipient.STAFF, NoticeKind.ACKNOWLEDGED),
        (Recipient.CONSUMER, NoticeKind.DANGER),
        (Recipient.CONSUMER, NoticeKind.CALL_BACK),
        (Recipient.STAFF, NoticeKind.TRANSFERRED),
        (Recipient.STAFF, NoticeKind.PHONE_CHANGED),
        (Recipient.STAFF, NoticeKind.COMPLETE),
        (Recipient.STAFF, NoticeKind.DEFICIENT),
        (Recipient.STAFF, NoticeKind.SLOTS),
        (Recipient.STAFF, NoticeKind.TURN_REMINDER),
        (Recipient.STAFF, NoticeKind.NOTE_ISSUED),
        (Recipient.STAFF, NoticeKind.PAID),
        (Recipient.STAFF, NoticeKind.REFUND_DUE),
        (Recipient.STAFF, NoticeKind.STAGE_DONE),
        (Recipient.CONSUMER, NoticeKind.COMPLAINED),
        (Recipient.STAFF, NoticeKind.RECOVERY_HELD),
        (Recipient.STAFF, NoticeKind.MESSAGE),
        (Recipient.CONSUMER, NoticeKind.ALARM),
        (Recipient.STAFF, NoticeKind.ALARM),
    }
)
"""Messages nobody is ever sent; every other pair has its template."""


@dataclass(frozen=True)
class Notice:
    """One thing to be said. `post` is the staff recipient's; `words` is free text somebody wrote for them (a direction)."""

    kind: NoticeKind
    to: Recipient
    reference: str
    language: str
    data: Codes
    post: str | None = None
    words: str | None = None


@dataclass(frozen=True)
class Place:
    """Where this installation stands: its public address without a slash at the end, and the utility's time zone."""

    public_url: str
    zone: tzinfo
