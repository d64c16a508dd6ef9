"""Instants, spans and numbers as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from languages import spoken
from languages.catalog import LANGUAGES, use
from rules.durations import Duration, Unit
from tests.drawn import drawn

ZONE = ZoneInfo("Asia/Kolkata")


def local(text: str) -> datetime:
    """An instant from local wall-clock time, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "en", "hi", "ur"),
    [
        pytest.param(
            "2027-11-23 17:30",
            "Tuesday 23 November, 5:30 in the evening",
            "मंगलवार, 23 नवंबर, शाम 5:30 बजे",
            "منگل، 23 نومبر، شام 5:30 بجے",
            id="evening",
        ),
        pytest.param(
            "2026-11-20 09:05",
            "Friday 20 November, 9:05 in the morning",
            "शुक्रवार, 20 नवंबर, सुबह 9:05 बजे",
            "جمعہ، 20 نومبر، صبح 9:05 بجے",
            id="morning",
        ),
        pytest.param(
            "2026-11-20 16:00",
            "Friday 20 November, 4 in the afternoon",
            "शुक्रवार, 20 नवंबर, शाम 4 बजे",
            "جمعہ، 20 نومبر، شام 4 بجے",
            id="four o'clock is evening in Hindi and Urdu",
        ),
        pytest.param(
            "2026-11-20 12:00",
            "Friday 20 November, 12 noon",
            "शुक्रवार, 20 नवंबर, दोपहर 12 बजे",
            "جمعہ، 20 نومبر، دوپہر 12 بجے",
            id="noon",
        ),
        pytest.param(
            "2026-11-20 23:59",
            "Friday 20 November, 11:59 at night",
            "शुक्रवार, 20 नवंबर, रात 11:59 बजे",
            "جمعہ، 20 نومبر، رات 11:59 بجے",
            id="night",
        ),
        pytest.param(
            "2026-11-21 00:00",
            "Friday 20 November, 12 midnight",
            "शुक्रवार, 20 नवंबर, रात 12 बजे",
            "جمعہ، 20 نومبر، رات 12 بجے",
            id="midnight belongs to the day it ends",
        ),
        pytest.param(
            "2026-11-21 00:30",
            "Saturday 21 November, 12:30 after midnight",
            "शनिवार, 21 नवंबर, आधी रात के बाद 12:30 बजे",
            "ہفتہ، 21 نومبر، آدھی رات کے بعد 12:30 بجے",
            id="after midnight",
        ),
    ],
)
def test_when(at: str, en: str, hi: str, ur: str) -> None:
    assert [spoken.when(local(at), ZONE, language) for language in LANGUAGES] == [en, hi, ur]


NOW = local("2026-11-20 10:00")


@pytest.mark.parametrize(
    ("at", "en", "hi", "ur"),
    [
        pytest.param("2026-11-20 17:30", "today, Friday", "आज, शुक्रवार", "آج، جمعہ", id="today"),
        pytest.param("2026-11-21 00:00", "today, Friday", "आज, शुक्रवार", "آج، جمعہ", id="today's midnight"),
        pytest.param("2026-11-21 09:00", "tomorrow, Saturday", "कल, शनिवार", "کل، ہفتہ", id="tomorrow"),
        pytest.param(
            "2026-11-19 09:00",
            "yesterday, Thursday",
            "गुरुवार, 19 नवंबर",
            "جمعرات، 19 نومبر",
            id="one word for tomorrow and yesterday, so the date is said",
        ),
        pytest.param(
            "2027-01-04 09:00", "Monday 4 January 2027", "सोमवार, 4 जनवरी 2027", "پیر، 4 جنوری 2027", id="year"
        ),
    ],
)
def test_day_seen_from_now(at: str, en: str, hi: str, ur: str) -> None:
    assert [spoken.day(local(at), ZONE, language, NOW) for language in LANGUAGES] == [en, hi, ur]


@drawn(60)
@given(st.integers(0, 24 * 60 - 1), st.sampled_from(LANGUAGES))
def test_only_latin_digits_and_the_minutes_of_the_clock(minute: int, language: str) -> None:
    at = NOW + timedelta(minutes=minute)
    said = spoken.clock(at, ZONE, language)
    there = at.astimezone(ZONE)
    digits = "".join(sign for sign in said if sign.isdigit())
    assert digits.isascii()
    assert digits == f"{(there.hour - 1) % 12 + 1}" + (f"{there.minute:02}" if there.minute else "")


def test_today_stops_being_true_at_local_midnight() -> None:
    assert spoken.end_of_day(NOW, ZONE) == local("2026-11-21 00:00")
    assert spoken.end_of_day(local("2026-11-21 00:00"), ZONE) == local("2026-11-22 00:00")


@pytest.mark.parametrize(
    ("length", "short", "en", "hi"),
    [
        (timedelta(seconds=1), False, "1 second", "1 सेकंड"),
        (timedelta(minutes=40), True, "40 min", "40 मिनट"),
        (timedelta(hours=2, minutes=5), False, "2 hours 5 minutes", "2 घंटे 5 मिनट"),
        (timedelta(hours=-2, minutes=-5), True, "2 h 5 min", "2 घं. 5 मिनट"),
        (timedelta(days=1), False, "1 day", "1 दिन"),
        (timedelta(days=3, hours=1, minutes=59), False, "3 days 1 hour", "3 दिन 1 घंटा"),
    ],
)
def test_span(length: timedelta, short: bool, en: str, hi: str) -> None:
    assert (spoken.span(length, "en", short=short), spoken.span(length, "hi", short=short)) == (en, hi)


@pytest.mark.parametrize(
    ("allowed", "en", "ur"),
    [
        (Duration(5, Unit.SECONDS), "5 seconds", "5 سیکنڈ"),
        (Duration(90, Unit.MINUTES), "90 minutes", "90 منٹ"),
        (Duration(1, Unit.HOURS), "1 hour", "1 گھنٹہ"),
        (Duration(30, Unit.DAYS), "30 days", "30 دن"),
        (Duration(2, Unit.WORKING_DAYS), "2 working days", "2 کام کے دن"),
    ],
)
def test_duration(allowed: Duration, en: str, ur: str) -> None:
    assert (spoken.duration(allowed, "en"), spoken.duration(allowed, "ur")) == (en, ur)


def test_how_a_due_instant_stands() -> None:
    assert spoken.due_in(NOW + timedelta(minutes=40), NOW) == "Due in 40 min"
    assert spoken.due_in(NOW - timedelta(hours=2), NOW) == "Overdue by 2 h"
    assert spoken.due_in(NOW, NOW, "hi") == "0 सेकंड की देरी"


def test_how_long_ago() -> None:
    assert spoken.ago(NOW - timedelta(seconds=59), NOW) == "just now"
    assert spoken.ago(NOW - timedelta(minutes=5), NOW, "ur") == "5 منٹ پہلے"


def test_numbers_are_kept_from_turning_round() -> None:
    assert spoken.reference("482719360") == "4827-1936-0"
    assert spoken.reference("4827") == "4827"
    assert spoken.isolate("4827-1936-0", "ur") == "\u20664827-1936-0\u2069"
    assert spoken.isolate("4827-1936-0", "hi") == "4827-1936-0"
    assert spoken.bdi("<4827>") == '<bdi dir="ltr">&lt;4827&gt;</bdi>'


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Service manager", "service manager"),
        ("Relationship officer, Gizri", "relationship officer, Gizri"),
        ("SDO, Clifton", "SDO, Clifton"),
        ("Sub-Divisional Officer", "Sub-Divisional Officer"),
        ("", ""),
    ],
)
def test_a_title_inside_a_sentence(title: str, said: str) -> None:
    assert spoken.inside(title) == said
    with use("hi"):
        assert spoken.inside(title) == title
