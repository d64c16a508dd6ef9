"""The public board: ages, and what is left out of a split so that it cannot be worked out either."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.board import CONFIDENTIAL, FEW, Counts, Figure, Shown, age, split, whole
from tests.drawn import drawn

NOW = datetime(2027, 5, 10, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "figure"),
    [
        (0, "age_0_1"),
        (47, "age_0_1"),
        (48, "age_2_3"),
        (95, "age_2_3"),
        (96, "age_4_7"),
        (8 * 24 - 1, "age_4_7"),
        (8 * 24, "age_8_15"),
        (16 * 24, "age_16_30"),
        (31 * 24 - 1, "age_16_30"),
        (31 * 24, "age_over_30"),
        (900 * 24, "age_over_30"),
    ],
)
def test_age(hours: int, figure: str) -> None:
    assert age(NOW - timedelta(hours=hours), NOW) == figure


RECEIVED = {
    "none is few": ({"a": 9, "b": 0, "c": 7}, {"a": 9, "b": 0, "c": 7}),
    "few, with the smallest of the others": ({"a": 3, "b": 6, "c": 20}, {"a": None, "b": None, "c": 20}),
    "two that are together enough": ({"a": 3, "b": 4, "c": 20}, {"a": None, "b": None, "c": 20}),
    "two that are together few": ({"a": 1, "b": 1, "c": 20, "d": 8}, {"a": None, "b": None, "c": 20, "d": None}),
    "one beside nothing at all": ({"a": 3, "b": 0}, {"a": None, "b": None}),
    "confidential, with another": ({CONFIDENTIAL: 50, "b": 6, "c": 20}, {"b": None, "c": 20}),
}


@pytest.mark.parametrize(("counts", "shown"), RECEIVED.values(), ids=list(RECEIVED))
def test_few_are_left_out_and_so_is_what_would_tell_them(
    counts: Mapping[str, int], shown: Mapping[str, int | None]
) -> None:
    found = split({row: {Figure.RECEIVED: count} for row, count in counts.items()})
    assert {row: figures[Figure.RECEIVED] for row, figures in found.rows.items()} == shown


def test_whoever_is_late_is_not_told_by_how_many_are_within() -> None:
    """20 judged and 18 within would say that two are late."""
    rows = {row: {Figure.JUDGED: 20 + n, Figure.WITHIN: 18, Figure.LATE: 2 + n} for n, row in enumerate(("a", "b"))}
    for row in split(rows).rows.values():
        assert row[Figure.LATE] is None
        assert row[Figure.WITHIN] is None or row[Figure.JUDGED] is None


def test_days_go_with_how_many_were_held() -> None:
    rows = {row: {Figure.HELD: n, Figure.DAYS_HELD: 30} for row, n in (("a", 2), ("b", 9), ("c", 30))}
    found = split(rows).rows
    assert [found[row][Figure.DAYS_HELD] for row in "abc"] == [None, None, 30]


ROWS = st.dictionaries(
    st.sampled_from(["a", "b", CONFIDENTIAL]),
    st.tuples(st.integers(0, 6), st.integers(0, 6)),
    min_size=2,
)


@drawn(40)
@given(ROWS)
def test_no_small_count_follows_from_what_is_shown(rows: Mapping[str, tuple[int, int]]) -> None:
    """Of all tables that agree with everything shown, some have another number where a few were left out."""
    counts = {
        row: {Figure.WITHIN: a, Figure.LATE: b, Figure.JUDGED: a + b, Figure.PENDING: 0} for row, (a, b) in rows.items()
    }
    shown = split(counts).rows
    sums = whole(counts)
    for row, (n, part) in itertools.product(shown, enumerate(PARTS)):
        if 0 < counts[row][part] < FEW:
            assert shown[row][part] is None
            known = {pair[n] for pair in _possible(row, counts, shown, sums)}
            assert len(known) > 1 or sums[part] < FEW or sums[Figure.JUDGED] < FEW


PARTS = (Figure.WITHIN, Figure.LATE)
Pair = tuple[int, int]


def _possible(
    row: str,
    counts: Mapping[str, Counts],
    shown: Mapping[str, Shown],
    sums: Counts,
) -> set[Pair]:
    """What a row may be, so that the others can make up the sums."""
    others = {(0, 0)}
    for other in set(counts) - {row}:
        others = {(a + c, b + d) for a, b in others for c, d in _pairs(shown.get(other), sums)}
    return {(a, b) for a, b in _pairs(shown[row], sums) if (sums[PARTS[0]] - a, sums[PARTS[1]] - b) in others}


def _pairs(row: Shown | None, sums: Counts) -> set[Pair]:
    """Every pair a row may be, by what is shown of it; None: nothing."""
    pairs = itertools.product(range(sums[PARTS[0]] + 1), range(sums[PARTS[1]] + 1))
    if row is None:
        return set(pairs)
    told = (row[Figure.WITHIN], row[Figure.LATE], row[Figure.JUDGED])
    return {(a, b) for a, b in pairs if all(t is None or t == n for t, n in zip(told, (a, b, a + b), strict=True))}
