"""Whether a name somebody wrote is an officer's."""

from __future__ import annotations

import pytest

from rules.called import Match, fits


@pytest.mark.parametrize(
    ("written", "name", "match"),
    [
        ("Bilal Ahmed", "Bilal Ahmed", Match.WHOLE),
        ("ahmed, BILAL", "Bilal Ahmed", Match.WHOLE),
        ("Mr. Bilaal Ahmad of Gizri", "Bilal Ahmed", Match.PART),
        ("Mr. Bilaal Ahmedd", "Bilal Ahmed", Match.WHOLE),
        ("Bilal", "Bilal Ahmed", Match.PART),
        ("Manish", "Danish Khan", Match.NONE),
        ("श्री अनिल कुमार जी", "अनिल कुमार", Match.WHOLE),
        ("अनिता", "अनिल कुमार", Match.NONE),
        ("جناب بلال", "بلال احمد", Match.PART),
        ("José", "Jose", Match.WHOLE),
        ("Mr.", "Mr Ji", Match.NONE),
        ("", "Bilal", Match.NONE),
    ],
)
def test_a_name_is_known_by_its_words(written: str, name: str, match: Match) -> None:
    assert fits(written, name) is match
