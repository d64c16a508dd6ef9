"""What was given with a submission, taken apart: each is what it should be, or the submission is refused."""

from __future__ import annotations

from datetime import datetime

from rules.request import Sent
from rules.terms import Refused
from rules.turn import Refusal

LONGEST = 40
MOST = 10**12


def need(allowed: bool, code: Refused = Refused.ILLEGAL) -> None:
    """Refuse with `code` unless `allowed`."""
    if not allowed:
        raise Refusal(code)


def known(code: object, codes: frozenset[str]) -> str:
    """`code` if it is one of `codes`; Refusal(UNKNOWN_CODE) otherwise."""
    if not isinstance(code, str) or code not in codes:
        raise Refusal(Refused.UNKNOWN_CODE)
    return code


def instant(sent: Sent, key: str) -> datetime | None:
    """The aware instant under `key` of what was sent, None if there is none; Refusal(OUT_OF_RANGE) if it is no instant."""
    written = sent.data.get(key)
    if not written:
        return None
    try:
        at = datetime.fromisoformat(str(written))
    except ValueError:
        raise Refusal(Refused.OUT_OF_RANGE) from None
    if at.tzinfo is None:
        raise Refusal(Refused.OUT_OF_RANGE)
    return at


def whole(sent: Sent, key: str) -> int | None:
    """The whole number from 0 on under `key` (money in minor units, a meter's reading); None if there is none."""
    written = sent.data.get(key)
    if written is None:
        return None
    need(isinstance(written, int) and not isinstance(written, bool) and 0 <= written < MOST, Refused.OUT_OF_RANGE)
    return int(written)


def short(sent: Sent, key: str) -> str:
    """The short text under `key`, without spaces around it; "" if there is none."""
    written = str(sent.data.get(key) or "").strip()
    need(len(written) <= LONGEST, Refused.OUT_OF_RANGE)
    return written
