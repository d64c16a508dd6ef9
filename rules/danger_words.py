"""Words that speak of danger: where a text has one, the question of danger is asked once more."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence


def speaks_of_danger(text: str, words: Mapping[str, Iterable[str]]) -> bool:
    """Whether a text has one of the words of any language.

    A single word counts as it stands ("fire", not "fired"); of a phrase the last word may go on ("wire burn" in
    "wire burning").
    """
    said = split(text)
    return any(_has(said, split(word)) for listed in words.values() for word in listed)


def split(text: str) -> list[str]:
    """The words of a text in lower case; whatever is no letter, mark or digit parts them."""
    plain = unicodedata.normalize("NFC", text).lower()
    return "".join(letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in plain).split()


def _has(said: Sequence[str], word: Sequence[str]) -> bool:
    count = len(word)
    return any(_same(said[place : place + count], word) for place in range(len(said) - count + 1)) if word else False


def _same(said: Sequence[str], word: Sequence[str]) -> bool:
    if len(word) == 1:
        return said[0] == word[0]
    return said[:-1] == word[:-1] and said[-1].startswith(word[-1])
