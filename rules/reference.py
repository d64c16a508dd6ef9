"""The public number of a request: eight digits and a check digit; and what a text in the tracking field may be."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal, NamedTuple

FIRST: Final = 10_000_000
LAST: Final = 99_999_999
LONGEST_INPUT: Final = 64

# Damm's totally anti-symmetric quasigroup: finds every single wrong digit and every pair of neighbours exchanged.
DAMM: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
REFERENCE = re.compile(r"[1-9][0-9]{8}")
INDIAN_MOBILE = re.compile(r"(?:(?:\+|00)?91|0)?([6-9][0-9]{9})")
PAKISTANI_MOBILE = re.compile(r"(?:(?:\+|00)?92|0)?(3[0-9]{9})")
ACCOUNT = re.compile(r"[0-9]{6,13}")

Kind = Literal["reference", "check digit", "mobile", "account", "other"]


class Reading(NamedTuple):
    """What a text in the tracking field is.

    The value is plain digits ("check digit": nine digits that are no reference, most likely mistyped), for a mobile
    number with + and country code, for "other" the text without its spaces.
    """

    kind: Kind
    value: str


def new(number: int) -> str:
    """The reference of a drawn number from 10,000,000 to 99,999,999: its digits and a check digit; ValueError outside."""
    if not FIRST <= number <= LAST:
        raise ValueError(f"a reference is made from {FIRST} to {LAST}, not {number}")
    return f"{number}{_check(str(number))}"


def is_well_formed(text: str) -> bool:
    """Whether a text is nine ASCII digits that could be a reference; anything people typed goes through `normalise` first."""
    return REFERENCE.fullmatch(text) is not None and _check(text) == 0


def normalise(text: str) -> str:
    """A typed or pasted number in ASCII digits of any script, without spaces, hyphens, direction marks and the like."""
    return "".join(_plain(character) for character in text)


def shown(reference: str) -> str:
    """A reference as people read it, 4827-1936-0."""
    return f"{reference[:4]}-{reference[4:8]}-{reference[8:]}"


def look(text: str) -> Reading:
    """What a text in the tracking field is: ours, mistyped, a mobile number of India or Pakistan, an account, or other."""
    value = normalise(text[:LONGEST_INPUT])
    if len(value) == 9 and value.isascii() and value.isdigit():
        return Reading("reference" if is_well_formed(value) else "check digit", value)
    if indian := INDIAN_MOBILE.fullmatch(value):
        return Reading("mobile", f"+91{indian[1]}")
    if pakistani := PAKISTANI_MOBILE.fullmatch(value):
        return Reading("mobile", f"+92{pakistani[1]}")
    return Reading("account" if ACCOUNT.fullmatch(value) else "other", value)


def _check(digits: str) -> int:
    """The check digit of a row of digits; 0 for a row that already ends in its own."""
    interim = 0
    for digit in digits:
        interim = int(DAMM[interim][int(digit)])
    return interim


def _plain(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    # Zs spaces, Pd hyphens, Cf direction marks and joiners, Cc tabs and line ends; U+2212 is the minus sign.
    silent = unicodedata.category(character) in {"Zs", "Zl", "Zp", "Pd", "Cf", "Cc"} or character == "\u2212"
    return "" if silent else character
