"""When what could not be sent is tried again, and when no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rules.retry import gives_up, next_try
from rules.terms import NoticeKind

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tries", "seconds"), [(1, 10), (2, 20), (3, 40), (8, 1280), (9, 2560), (10, 3600), (11, 3600), (500, 3600)]
)
def test_each_wait_is_twice_the_last_up_to_an_hour(tries: int, seconds: int) -> None:
    assert next_try(NOW, tries) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("kind", "age", "given_up"),
    [
        (NoticeKind.CLOSED, timedelta(hours=24), False),
        (NoticeKind.CLOSED, timedelta(hours=48), True),
        (NoticeKind.CODE, timedelta(minutes=9), False),
        (NoticeKind.CODE, timedelta(minutes=10), True),
    ],
)
def test_a_day_is_waited_and_a_code_ten_minutes(kind: NoticeKind, age: timedelta, given_up: bool) -> None:
    assert gives_up(kind, age) is given_up
