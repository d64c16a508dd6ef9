"""What is broken, when a mail is due about it, and which bounds may be set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rules.alarms import Bounds, News, OutOfBounds, Watched, bounds_of, broken, news, read, settings
from rules.durations import BadDuration, Duration, Unit

NOW = datetime(2027, 5, 14, 12, tzinfo=UTC)
APART = timedelta(minutes=15)
OLD, WORKERS = Watched.OUTBOX, Watched.WORKERS


def which(*names: Watched) -> frozenset[Watched]:
    return frozenset(names)


@pytest.mark.parametrize(
    ("what", "value", "bad"),
    [
        (OLD, None, False), (OLD, 300.0, False), (OLD, 300.1, True), (WORKERS, 1, False), (WORKERS, 0, True),
        (Watched.HEALED, 0, False), (Watched.HEALED, 1, True), (Watched.LATENESS, 60.5, True),
    ],
)  # fmt: skip
def test_a_bound_is_broken_beyond_it_and_not_at_it(what: Watched, value: float | None, bad: bool) -> None:
    assert broken({what: value}, Bounds()) == (which(what) if bad else which())


@pytest.mark.parametrize(
    ("told", "now", "since", "said"),
    [
        pytest.param(which(), which(), None, None, id="all is well and was"),
        pytest.param(which(), which(OLD), None, News(which(OLD), which(), which()), id="the first that ever broke"),
        pytest.param(which(OLD), which(OLD), timedelta(days=9), None, id="it stays broken, however long"),
        pytest.param(which(OLD), which(), APART, News(which(), which(OLD), which()), id="well again"),
        pytest.param(which(OLD), which(), APART - timedelta(seconds=1), None, id="well again, too soon to say"),
        pytest.param(which(), which(OLD), timedelta(minutes=1), None, id="broken again, too soon to say"),
        pytest.param(which(OLD), which(OLD, WORKERS), APART, News(which(WORKERS), which(), which(OLD)), id="another one too"),
    ],
)  # fmt: skip
def test_a_mail_is_due_for_what_differs_and_never_too_often(
    told: frozenset[Watched], now: frozenset[Watched], since: timedelta | None, said: News | None
) -> None:
    last = None if since is None else NOW - since
    assert news(told, now, last, NOW, APART) == said


def test_every_bound_takes_its_own_ends_and_nothing_beyond_them() -> None:
    for setting in settings():
        for end in ("at_least", "at_most"):
            assert read(setting, str(setting.metadata[end])) == setting.metadata[end]
    fields = {setting.name: setting for setting in settings()}
    for name, text in (
        ("outbox", "29s"),
        ("outbox", "25h"),
        ("outbox", "1 day"),
        ("workers", "0"),
        ("workers", "-1"),
        ("healed", "many"),
    ):
        with pytest.raises(OutOfBounds):
            read(fields[name], text)
    with pytest.raises(BadDuration):
        read(fields["outbox"], "soon")


def test_what_was_kept_is_read_again_and_what_is_no_longer_allowed_has_its_default() -> None:
    assert bounds_of({}) == Bounds()
    kept = bounds_of({"outbox": "90s", "workers": "3", "healed": "no number", "of another version": "5"})
    assert kept == Bounds(outbox=Duration(90, Unit.SECONDS), workers=3)
    assert kept.limit(OLD) == 90
