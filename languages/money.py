"""Sums of money as people write them: the currency's own sign and grouping, Latin digits."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_currency

WRITTEN_AS = {"INR": "en_IN", "PKR": "en_PK"}
"""Where the currency is at home: 1,00,000 in India, 100,000 in Pakistan."""


def money(minor: int, currency: str) -> str:
    """A sum in minor units (paise): "₹1,23,456.50", "Rs 500.00". Wrap it in `bdi` or `isolate`."""
    written = format_currency(Decimal(minor) / 100, currency, locale=WRITTEN_AS.get(currency, "en"))
    sign = written.lstrip("-")
    letters = len(sign) - len(sign.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
    return written.replace(sign[:letters], f"{sign[:letters]}\u00a0", 1) if letters else written
