"""Words of danger in three languages: found where they are meant, and not inside other words."""

from __future__ import annotations

import pytest

from rules.danger_words import speaks_of_danger
from tests.world import demo_profile


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("There are SPARKS, at the pole!", True),
        ("a wire fell on the road", True),
        ("Wire-down near the school", True),
        ("बिजली का तार टूटा पड़ा है", True),
        ("घर में आग लगी", True),
        ("تار گرا ہوا ہے", True),
        ("آگ لگ گئی", True),
        ("No light since morning", False),
        ("He was fired from the office", False),
        ("स्कूल से आगे अँधेरा है", False),
        ("مسجد سے آگے اندھیرا ہے", False),
        ("the wire", False),
        ("", False),
    ],
)
def test_danger_words(text: str, danger: bool) -> None:
    assert speaks_of_danger(text, demo_profile().danger_words) is danger


def test_an_empty_word_is_in_no_text() -> None:
    assert not speaks_of_danger("anything", {"en": ["", " - "]})
