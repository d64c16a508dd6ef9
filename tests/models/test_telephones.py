"""Telephone numbers as people write them: any spelling is read, a digit too few or too many is no number."""

from __future__ import annotations

import pytest

from models.telephones import MOBILE_OR_LANDLINE, telephone


@pytest.mark.parametrize(
    ("typed", "country", "read"),
    [
        ("98100 00005", "IN", "+919810000005"),
        ("098100-00005", "IN", "+919810000005"),
        ("+91 98100 00005", "PK", "+919810000005"),
        ("0300 1234567", "PK", "+923001234567"),
        ("+971 50 123 4567", "IN", "+971501234567"),
        ("98100 0005", "IN", None),
        ("+91 98100 0005", "IN", None),
        ("98100 000055", "IN", None),
        ("0300 123456", "PK", None),
        ("none", "IN", None),
    ],
)
def test_a_mobile_number_has_all_its_digits(typed: str, country: str, read: str | None) -> None:
    assert telephone(typed, country) == read


@pytest.mark.parametrize(("typed", "country"), [("011 2345 6789", "IN"), ("042 345 6789", "PK")])
def test_a_landline_is_taken_where_one_may_stand(typed: str, country: str) -> None:
    assert telephone(typed, country, MOBILE_OR_LANDLINE) is not None
    assert telephone("98100 0005", "IN", MOBILE_OR_LANDLINE) is None
