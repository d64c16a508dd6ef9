"""An example of every message with made-up data, so that an administrator sees what is said and what it weighs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from activities.blanks import given, values
from activities.facts import NOT_SAID, Facts, Notice, Recipient
from activities.named import Named
from activities.say import Renderer
from languages.catalog import LANGUAGES, use
from models.database import Sessions
from models.names import newest_edition
from models.texts import MessageExample, kinds, write_examples
from rules.terms import NoticeKind
from rules.texts import Part

REFERENCE = "234567895"
EVERY = 5.0
"""Seconds between two looks whether the names changed."""
LATER = 60.0
"""Seconds a worker waits that finds examples there: they cost seconds of its processor, and requests may have waited for it."""
APPLICATIONS = frozenset(
    {
        NoticeKind.COMPLETE, NoticeKind.DEFICIENT, NoticeKind.SLOTS, NoticeKind.SLOT_CHOSEN, NoticeKind.VISIT_MISSED,
        NoticeKind.TURN_REMINDER, NoticeKind.NOTE_ISSUED, NoticeKind.NOTE_EXPIRED, NoticeKind.PAID, NoticeKind.REFUND_DUE,
        NoticeKind.STAGE_DONE, NoticeKind.LAPSED, NoticeKind.COMPLAINED,
    }
)  # fmt: skip
"""Messages only a connection request has."""
SLOTS = [
    {"key": "a", "start": "2026-11-23T04:30:00+00:00", "end": "2026-11-23T07:30:00+00:00"},
    {"key": "b", "start": "2026-11-24T08:30:00+00:00", "end": "2026-11-24T11:30:00+00:00"},
]
MADE_UP: dict[str, Any] = {
    "tier": 2, "cause": "timer", "closing": "word", "code": "482913", "token": "x" * 22, "stop": "y" * 22,
    "due": "2026-11-24T12:00:00+00:00", "standard_due": "2026-11-25T12:00:00+00:00", "what": "correct",
    "expected_at": "2026-11-24T11:00:00+00:00", "limit": "2026-11-26T12:00:00+00:00", "by": "2026-11-24T10:00:00+00:00",
    "put_right_at": "2026-11-24T09:15:00+00:00", "confirm_by": "2026-11-25T09:15:00+00:00",
    "standard_then": "2026-12-02T12:00:00+00:00", "standard_was": "2026-11-24T12:00:00+00:00",
    "reopen_until": "2026-12-01T09:15:00+00:00", "send_up": True,
}  # fmt: skip
APPLIED: dict[str, Any] = {
    "kind": "new_connection", "slots": SLOTS, "slot": SLOTS[0], "note": f"{REFERENCE}-1", "total": 12_500_000,
    "to_pay": 50_000, "amount": 12_450_000, "expires_at": "2026-12-04T18:30:00+00:00", "complete_at": "2026-11-20T06:30:00+00:00",
}  # fmt: skip
REASONS = {NoticeKind.HELD: "hold_reason", NoticeKind.EXPECTED: "expected_reason", NoticeKind.REJECTED: "reject_reason"}


def notice(to: Recipient, kind: NoticeKind, language: str, names: Named) -> Notice:
    """One message about something that could be, with names of this utility."""
    there = names.everything
    first = {code: next((row.code for row in rows), "") for code, rows in there.by_kind.items()}
    posts = sorted(there.posts.values(), key=lambda post: (post.office is None, post.code))
    handler = next((post.code for post in posts if post.rights == "handle"), "")
    above = next((post.code for post in posts if post.rights == "answerable"), handler)
    place = next(iter(there.localities.values()), None)
    data = MADE_UP | {
        "category": first.get("category"),
        "post": above,
        "handler": handler,
        "locality": place and place.code,
    }
    data |= {"office": place and place.office, "proposed_category": first.get("category")}
    if kind in APPLICATIONS:
        papers = [row.code for row in there.by_kind.get("paper", ())][:2]
        data |= APPLIED | {
            "category": first.get("procedure"),
            "stage": first.get("stage"),
            "outcome": first.get("outcome"),
        }
        data |= {"faults": dict.fromkeys(papers, "unreadable"), "reason": "payment"}
    elif kind in REASONS:
        data |= {"reason": first.get(REASONS[kind])}
    words = "Please send the meter's photo." if kind is NoticeKind.MESSAGE else "Send the second crew to feeder 2."
    return Notice(kind, to, REFERENCE, language, data, above if to is Recipient.STAFF else None, words)


def examples(renderer: Renderer, names: Named) -> Iterator[MessageExample]:
    """Every message in every language in its original words."""
    for to in Recipient:
        for kind in NoticeKind:
            if (to, kind) in NOT_SAID:
                continue
            for language in LANGUAGES:
                yield _example(renderer, names, notice(to, kind, language, names))


def _example(renderer: Renderer, names: Named, of: Notice) -> MessageExample:
    with use(of.language):
        facts = Facts(of, names, renderer.place)
        blocks = renderer.originals(of, facts)
        said = {part.value: blocks(part) for part in Part}
        said[Part.SMS] = " ".join(said[Part.SMS].splitlines())
        told = {way: values(facts, sms=way == "sms") for way in ("sms", "mail")}
        around = renderer.sms("{said}", facts)
    names_of = given(of.to, of.kind)
    return MessageExample(
        recipient=of.to, kind=of.kind, language=of.language, edition=names.everything.edition, said=said,
        filled={way: {name: by.get(name, "") for name in names_of} for way, by in told.items()}, around=around,
    )  # fmt: skip


class Examples:
    """Writes the examples anew whenever the names changed."""

    def __init__(self, sessions: Sessions, renderer: Renderer) -> None:
        self.sessions = sessions
        self.renderer = renderer
        self.edition = 0

    async def step(self) -> bool:
        """Write them if the edition rose; whether it did."""
        async with self.sessions() as session:
            if await newest_edition(session) == self.edition:
                return False
            names = await self.renderer.names(session)
        rows = await asyncio.to_thread(lambda: list(examples(self.renderer, names)))
        async with self.sessions.begin() as session:
            await write_examples(session, rows)
        self.edition = names.everything.edition
        return True

    async def patience(self) -> float:
        """Seconds until the first look: none where nobody ever wrote an example, or where that cannot be known."""
        with suppress(SQLAlchemyError, OSError):
            async with self.sessions() as session:
                return LATER if await kinds(session) else 0
        return 0

    async def run(self) -> None:
        """Look now and then; an example that cannot be written is nothing to stop for."""
        await asyncio.sleep(await self.patience())
        while True:
            try:
                await self.step()
            except Exception as failed:
                structlog.get_logger(__name__).warning("examples not written", error=repr(failed))
            await asyncio.sleep(EVERY)
