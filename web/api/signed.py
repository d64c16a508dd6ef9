"""Calls that are signed: `Onewindow-Signature: t=SECONDS,v1=HEX`, an HMAC of "SECONDS." and the body under a shared secret."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

HEADER = "Onewindow-Signature"
TOLERATED = timedelta(minutes=5)
"""How far the instant in a signature may lie from ours: an old call cannot be sent again later."""
SHAPE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def signature(secret: str, body: bytes, at: datetime) -> str:
    """The header's value for this body, signed at `at`."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(secret, seconds, body)}"


def is_signed(secret: str, body: bytes, header: str | None, now: datetime) -> bool:
    """Whether the header is a signature of this body under this secret, made lately."""
    found = SHAPE.fullmatch(header or "")
    if found is None:
        return False
    seconds = int(found[1])
    lately = abs(now - datetime.fromtimestamp(seconds, UTC)) <= TOLERATED
    return hmac.compare_digest(_digest(secret, seconds, body), found[2]) and lately


def _digest(secret: str, seconds: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
