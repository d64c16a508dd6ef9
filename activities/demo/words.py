"""The words the demo's people write, by language; read from the file beside this one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from rules.terms import Act

FILE = Path(__file__).with_suffix(".toml")
LANGUAGES = ("en", "hi", "ur")
FALLBACK = "en"
ANY_CATEGORY = "no-supply"
"""Whose words are taken for a category that the file does not know."""

WITH_WORDS = frozenset({Act.NOTE, Act.DIRECT, Act.ESCALATE, Act.ADD, Act.NOT_REPAIRED, Act.REOPEN})
"""Acts that come with words of their own, by the kind of work."""


class Work(StrEnum):
    """Where the work is done; decides what is said about it."""

    FIELD = "field"
    DESK = "desk"
    CONFIDENTIAL = "confidential"


@cache
def written() -> Mapping[str, Any]:
    """The whole file."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def in_language(texts: Mapping[str, Any], language: str) -> Any:
    """The texts of this language, English where there are none."""
    return texts.get(language) or texts[FALLBACK]


def description(category: str, language: str, dice: Random) -> str:
    """What a consumer writes when he files."""
    filed = written()["filed"]
    return _one_of(in_language(filed.get(category) or filed[ANY_CATEGORY], language), dice)


def words_for(act: Act, category: str, work: Work, language: str, dice: Random) -> str | None:
    """What somebody writes with an act; None where he writes nothing."""
    if act is Act.RESOLVE:
        done = written()["done"]
        return _one_of(in_language(done.get(category) or done[ANY_CATEGORY], language), dice)
    if act not in WITH_WORDS:
        return None
    said = written()[work]
    return _one_of(in_language(said.get(act) or written()[Work.FIELD][act], language), dice)


def stage_words(language: str, dice: Random) -> str:
    """What an officer writes where a stage asks him for words."""
    return _one_of(in_language(written()["stage"], language), dice)


def name(language: str, dice: Random) -> str:
    """A name that says it is made up."""
    first, last = in_language(written()["names"], language), in_language(written()["surnames"], language)
    return f"{_one_of(first, dice)} {_one_of(last, dice)}"


def address(language: str, dice: Random) -> str:
    """A house and a lane."""
    pattern: str = in_language(written()["addresses"], language)
    return pattern.format(house=dice.randint(1, 240), lane=dice.randint(1, 18))


def _one_of(texts: Sequence[str], dice: Random) -> str:
    return dice.choice(texts)
