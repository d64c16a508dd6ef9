"""What a request's one timer is set for."""

from __future__ import annotations

from enum import StrEnum


class Wake(StrEnum):
    """What a request's one timer is set for."""

    ACCEPT = "accept"
    REMINDER = "reminder"
    DUE = "due"
    STORM = "storm"
    HOLD = "hold"
    HOLD_REMINDER = "hold_reminder"
    EXPECTED = "expected"
    STANDARD = "standard"
    CONFIRMATION = "confirmation"
    TOP = "top"
    REOPENING = "reopening"
    CALL_BACK = "call_back"
