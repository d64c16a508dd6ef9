"""Money as people say it: rupees, Indian or Pakistani, in lakhs and crores as both countries write them."""

from __future__ import annotations

from languages.catalog import gettext, use
from languages.spoken import isolate

MINOR = 100
"""Paise in a rupee."""


def money(amount: int, language: str | None = None) -> str:
    """A sum in minor units in full: "Rs 4,500", "Rs 1,25,000.50"; what is below zero is said without its sign.

    Written "Rs" and not with the sign of one country: every basic telephone shows it, in a message of single width.
    """
    with use(language):
        return gettext("Rs %(amount)s", amount=isolate(_digits(abs(amount))))


def _digits(amount: int) -> str:
    whole, minor = divmod(amount, MINOR)
    return f"{_grouped(str(whole))}.{minor:02}" if minor else _grouped(str(whole))


def _grouped(digits: str) -> str:
    """The last three digits, and before them always two: 12,34,567."""
    head, tail = digits[:-3], digits[-3:]
    while head:
        head, tail = head[:-2], f"{head[-2:]},{tail}"
    return tail
