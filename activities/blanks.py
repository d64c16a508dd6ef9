"""The places of an administrator's own words: what fills each, and which of them a message has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from activities.facts import Facts, Recipient
from rules.terms import NoticeKind

MESSAGES = Path(__file__).parent / "messages"
REASONS = {NoticeKind.HELD: "hold_reason", NoticeKind.EXPECTED: "expected_reason", NoticeKind.REJECTED: "reject_reason"}


@dataclass(frozen=True)
class Blank:
    """`told` fills it, differently in a text message; a message has it where its template names one of `used`, or always."""

    told: Callable[[Facts, bool], str]
    used: tuple[str, ...] = ()


def _at(key: str, *others: str) -> Blank:
    return Blank(lambda f, sms: f.at(key, *others), (f'at("{key}"', f'day("{key}"'))


def _fact(name: str) -> Blank:
    return Blank(lambda f, sms: str(getattr(f, name)), (f"f.{name}",))


BLANKS: Mapping[str, Blank] = {
    "promised": _fact("promised"),
    "why": Blank(lambda f, sms: f.short_why if sms else f.why, ("f.short_why", "f.why")),
    "words": Blank(lambda f, sms: f.notice.words or "", ("f.written", "f.notice.words")),
    "code": Blank(lambda f, sms: str(f.data.get("code", "")), ('f.data["code"]',)),
    "number": Blank(lambda f, sms: f.ref if sms else f.number),
    "category": Blank(lambda f, sms: f.category),
    "what": Blank(lambda f, sms: f.what),
    "thing": Blank(lambda f, sms: f.thing),
    "office": Blank(lambda f, sms: f.office),
    "phone": Blank(lambda f, sms: f.phone),
    "utility": Blank(lambda f, sms: f.utility),
    "office_phone": _fact("office_phone"),
    "locality": _fact("locality"),
    "due": Blank(lambda f, sms: f.at("due"), ("f.due", 'day("due"')),
    "limit": Blank(lambda f, sms: f.promise, ("f.promise", "f.limit", 'at("standard_due"')),
    "answers": Blank(lambda f, sms: f.who if sms else f.answers, ("f.who", "f.answers")),
    "worker": Blank(lambda f, sms: f.worker if sms else f.handler, ("f.worker", "f.handler")),
    "reason": Blank(lambda f, sms: f.reason(REASONS.get(f.notice.kind, "")), ("f.reason(",)),
    "expected": _at("expected_at", "until"),
    "until": _at("limit", "until"),
    "put_right": _at("put_right_at"),
    "confirm_by": _at("confirm_by"),
    "reopen_until": Blank(lambda f, sms: f.day("reopen_until"), ('"reopen_until"',)),
    "question": _fact("question"),
    "forum": _fact("forum"),
    "papers": Blank(lambda f, sms: f.few_papers if sms else f.papers, ("f.few_papers", "f.papers", "lines_of_papers")),
    "dates": Blank(lambda f, sms: f.few_dates, ("f.few_dates", "f.dates")),
    "visit": _fact("visit"),
    "total": Blank(lambda f, sms: f.money("total"), ('money("total")',)),
    "amount": Blank(lambda f, sms: f.money("amount"), ('money("amount")',)),
    "note": _fact("note"),
    "expires": Blank(lambda f, sms: f.day("expires_at"), ('"expires_at"',)),
}  # fmt: skip
"""By name. An earlier one stands for a value that two of them share."""


@cache
def given(to: Recipient, kind: NoticeKind) -> tuple[str, ...]:
    """The places of one message: what its template says, and what every message knows."""
    source = (MESSAGES / to / f"{kind}.j2").read_text()
    return tuple(name for name, blank in BLANKS.items() if not blank.used or any(used in source for used in blank.used))


def values(facts: Facts, *, sms: bool) -> dict[str, str]:
    """What fills the places of this message now, in one line each; one for which there is nothing is left out."""
    names = given(facts.notice.to, facts.notice.kind)
    found = {name: " ".join(BLANKS[name].told(facts, sms).split()) for name in names}
    return {name: value for name, value in found.items() if value}
