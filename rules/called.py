"""Whether a name somebody wrote is an officer's: by its words, however they are spelled, ordered, or preceded by a title."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from enum import IntEnum

BEFORE = frozenset({
    "mr", "mrs", "ms", "dr", "er", "eng", "engr", "sir", "madam", "shri", "sri", "smt", "ji", "sahab", "sahib", "saheb", "janab",
    "श्री", "श्रीमती", "जी", "साहब", "जनाब", "صاحب", "جناب", "محترمہ",
})  # fmt: skip
"""What is put before or after a name."""
ALIKE = 0.85
"""From this likeness on two words of some length are one, spelled in two ways."""
LONG = 4


class Match(IntEnum):
    """How well a name fits: not at all, in one of its words, in all of them."""

    NONE = 0
    PART = 1
    WHOLE = 2


def words_of(name: str) -> list[str]:
    """The words of a name, without case, accents, points and titles."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " " for letter in plain)
    return [word for word in kept.split() if word not in BEFORE]


def fits(written: str, name: str) -> Match:
    """How well what was written fits an officer's `name`."""
    said, own = words_of(written), words_of(name)
    known = [word for word in own if any(_alike(word, other) for other in said)]
    if own and len(known) == len(own):
        return Match.WHOLE
    return Match.PART if any(len(word) > 2 for word in known) else Match.NONE


def _alike(one: str, other: str) -> bool:
    if one == other or min(len(one), len(other)) < LONG:
        return one == other
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
