"""Money as it is said."""

from __future__ import annotations

import pytest

from languages.money import money


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        pytest.param(0, "Rs 0", id="nothing"),
        pytest.param(50, "Rs 0.50", id="paise alone"),
        pytest.param(45_000, "Rs 450", id="below a thousand"),
        pytest.param(450_000, "Rs 4,500", id="thousands"),
        pytest.param(12_500_005, "Rs 1,25,000.05", id="a lakh and paise"),
        pytest.param(1_234_567_800, "Rs 1,23,45,678", id="a crore"),
        pytest.param(-50_000, "Rs 500", id="money that goes back"),
    ],
)
def test_money_is_grouped_as_in_india_and_pakistan(amount: int, said: str) -> None:
    assert money(amount) == said


def test_money_does_not_turn_round_in_urdu() -> None:
    assert money(12_500_000, "ur") == "\u20661,25,000\u2069 روپے"
    assert money(12_500_000, "hi") == "1,25,000 रुपये"
