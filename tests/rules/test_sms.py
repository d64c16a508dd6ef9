"""What a text message weighs."""

from __future__ import annotations

import pytest

from rules.sms import is_gsm, parts, places


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a" * 160, 1, id="one full part"),
        pytest.param("a" * 161, 2, id="one more needs joining"),
        pytest.param("a" * 306, 2, id="two full parts"),
        pytest.param("a" * 307, 3, id="three"),
        pytest.param("€" * 80, 1, id="extended characters take two places"),
        pytest.param("€" * 81, 2, id="extended characters, one more"),
        pytest.param("ब" * 70, 1, id="another script, one part"),
        pytest.param("ب" * 71, 2, id="another script, one more"),
        pytest.param("ब" * 134, 2, id="another script, two parts"),
        pytest.param("a" * 134 + "ब", 3, id="one letter of another script makes all of it wide"),
        pytest.param("😀" * 35, 1, id="two units each"),
        pytest.param("", 1, id="nothing"),
    ],
)
def test_parts(text: str, expected: int) -> None:
    assert parts(text) == expected


def test_an_apostrophe_of_typographers_is_not_in_the_alphabet() -> None:
    assert is_gsm("consumer's")
    assert not is_gsm("consumer’s")
    assert places("[x]") == 5
