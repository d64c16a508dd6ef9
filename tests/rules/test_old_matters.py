"""A bill of long ago is known by its year, in any digits."""

from __future__ import annotations

import pytest

from rules.old_matters import old_year


@pytest.mark.parametrize(
    ("text", "year"),
    [
        pytest.param("The bill of March 2019 was never right", 2019, id="longer than a forum hears"),
        pytest.param("मार्च २०१९ का बिल, और 2018 का भी", 2018, id="the oldest, in any digits"),
        pytest.param("since 2025", None, id="within the time"),
        pytest.param("meter 1234, house 2019a, Rs 20190", None, id="no year"),
    ],
)
def test_old_year(text: str, year: int | None) -> None:
    assert old_year(text, 2027) == year
