"""Numbers as people type them, digits of any script with the marks between thousands; and as our own pages send them."""

from __future__ import annotations

import re

MONEY = re.compile(r"(\d{1,10})(?:\.(\d{1,2}))?")
WHOLE = re.compile(r"\d{1,10}")
BEFORE = re.compile(r"^\s*(?:rs\.?|inr|pkr|₹|₨)\s*", re.IGNORECASE)


def minor_units(typed: str) -> int | None:
    """Rupees as paise: "4,500", "Rs 4500.50"; None for what is no amount."""
    found = MONEY.fullmatch(_plain(BEFORE.sub("", typed)))
    return None if found is None else int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def rupees(amount: int) -> str:
    """Minor units as they are typed: "4500", "4500.50"."""
    whole, minor = divmod(amount, 100)
    return f"{whole}.{minor:02}" if minor else str(whole)


def whole_number(typed: str) -> int | None:
    """A whole number from 0 on; None for anything else."""
    plain = _plain(typed)
    return int(plain) if WHOLE.fullmatch(plain) else None


def own_number(text: str) -> int | None:
    """A number as our own pages put it into forms and addresses: at most eight of 0 to 9; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def nothing_since(seen: str, number: int) -> bool:
    """Whether a request stands as its reader left it: `seen` is the event number in the address, which may be no number."""
    return number <= (own_number(seen) or number)


def _plain(typed: str) -> str:
    """Digits of any script as 0 to 9, without commas and blanks."""
    return "".join(
        str(int(letter)) if letter.isdecimal() else letter for letter in typed if letter not in ", \u066c\u00a0"
    ).replace("\u066b", ".")
