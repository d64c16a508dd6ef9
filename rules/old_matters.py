"""Matters of long ago: filed and looked into like any other, but the forum may find them too old."""

from __future__ import annotations

from rules.danger_words import split

HEARD_FOR = 2
"""Years: broadly, what is older than this from its cause a forum does not hear."""
FIRST = 1990


def old_year(text: str, this_year: int) -> int | None:
    """The oldest year a text names, in digits of any script, if it is longer ago than a forum hears; else None."""
    years = [int(word) for word in split(text) if len(word) == 4 and word.isdecimal()]
    old = [year for year in years if FIRST <= year < this_year - HEARD_FOR]
    return min(old, default=None)
