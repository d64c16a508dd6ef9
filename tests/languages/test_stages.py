"""The lines of history of a connection request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from languages.catalog import LANGUAGES, use
from languages.events import StoryEvent, event_of
from languages.history import log_line, why_moved
from languages.stages import LINES
from languages.views import Reader
from rules.case import Fault, Wait
from tests.languages.test_story import TITLES, well_said

ZONE = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
SLOT = {"key": "gizri/1", "start": "2026-11-23T04:30:00+00:00", "end": "2026-11-23T07:30:00+00:00"}
LATER = "2026-12-04T12:30:00+00:00"
NAMES = {
    ("stage", "visit"): "Visit to the place",
    ("stage", "payment"): "Payment",
    ("outcome", "feasible"): "Can be done now",
    ("paper", "photo"): "Photo",
    ("paper", "lease"): "Rent agreement",
    ("refuse_reason", "old-dues"): "Old dues at this place",
}


def line(kind: str, data: dict[str, Any], to: Reader = Reader.CONSUMER) -> str:
    event = event_of(3, kind, NOW, "system", None, data, lambda of, code: NAMES.get((of, code), ""), application=True)
    return log_line(event, ZONE, NOW, to)


SAID = [
    ("stage_done", {"stage": "visit", "outcome": "feasible"}, "Done: “Visit to the place”. Result: Can be done now."),
    ("paper", {"paper": "photo"}, "You sent: Photo."),
    (
        "deficient",
        {"faults": {"lease": "missing", "photo": "unreadable"}},
        "Papers are wanted: Rent agreement (not here yet), Photo (cannot be read).",
    ),
    (
        "complete",
        {"standard_due": LATER},
        "All papers are here. It must be done by Friday 4 December, 6 in the evening.",
    ),
    ("complete", {}, "All papers are here. Our time counts from now on."),
    (
        "slots_offered",
        {"slots": [SLOT]},
        "Dates for the visit were offered: Monday 23 November, 10 in the morning to 1 in the afternoon.",
    ),
    ("slots_offered", {"slots": []}, "No date for a visit is free at the moment."),
    ("slot_chosen", {"slot": SLOT}, "The visit is on Monday 23 November, 10 in the morning to 1 in the afternoon."),
    ("visit_missed", {"by": "applicant", "times": 1}, "We came, and nobody was there."),
    ("visit_missed", {"by": "office", "times": 1}, "Nobody came for the visit. We are sorry."),
    (
        "note_issued",
        {"note": "2-1", "total": 450_000, "to_pay": 450_000, "expires_at": LATER},
        "The demand note was issued: Rs 4,500. It is to be paid until Friday 4 December, 6 in the evening.",
    ),
    (
        "note_issued",
        {"note": "2-2", "total": 450_000, "to_pay": 0, "expires_at": LATER},
        "The demand note was issued: Rs 4,500. Nothing is left to be paid.",
    ),
    ("paid", {"amount": 400_000, "to_pay": 50_000}, "Rs 4,000 was received. Rs 500 is still to be paid."),
    (
        "paid",
        {"amount": 50_000, "to_pay": 50_000, "late": True},
        "Rs 500 was received. The demand note was no longer valid.",
    ),
    ("refund_due", {"amount": 50_000}, "Rs 500 is to be given back."),
    ("lapsed", {"stage": "payment"}, "The time for “Payment” ran out. The application has ended."),
    ("undone", {"taken": ["slot", "note"]}, "What was kept for it is free again: date of the visit, demand note."),
    ("held", {"reason": "papers"}, "We wait for papers from you."),
    (
        "held",
        {"reason": "payment", "limit": LATER},
        "We wait for your payment. Time until Friday 4 December, 6 in the evening.",
    ),
    ("held", {"reason": "permission"}, "We wait for permission from somebody else."),
    ("rejected", {"reason": "old-dues"}, "It was not accepted: Old dues at this place."),
    ("not_repaired", {}, "You said it is not done."),
    ("closed", {"closing": "word"}, "You said it is done. It was closed."),
]


@pytest.mark.parametrize(("kind", "data", "said"), SAID)
def test_what_happened_is_said_to_the_consumer(kind: str, data: dict[str, Any], said: str) -> None:
    assert line(kind, data) == said


def test_the_meter_is_for_officers() -> None:
    data = {"stage": "visit", "meter": "M-77", "seal": "S-1", "reading": 4}
    assert line("stage_done", data, Reader.OFFICER) == "Done: “Visit to the place”. Meter M-77. Seal S-1. Reading 4."
    assert line("stage_done", data) == "Done: “Visit to the place”."


def test_it_moved_because_of_a_complaint_or_a_second_missed_visit() -> None:
    told = [event_of(1, "escalated", NOW, "system", None, {"cause": cause}, lambda of, code: "") for cause in CAUSES]
    assert [why_moved(event, ZONE) for event in told] == [
        "You complained about it.",
        "The visit did not happen a second time.",
    ]


CAUSES = ("complaint", "missed")
FULL: dict[str, Any] = {
    "stage": "visit", "outcome": "feasible", "paper": "photo", "faults": {code: code for code in Fault}, "slots": [SLOT, SLOT],
    "slot": SLOT, "by": "office", "times": 2, "note": "2-1", "total": 450_000, "to_pay": 50_000, "amount": 400_000,
    "expires_at": LATER, "taken": ["slot", "meter", "note"], "meter": "77", "seal": "1", "reading": 4,
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("to", Reader)
def test_every_line_is_told_in_every_language(to: Reader, language: str) -> None:
    with use(language):
        for kind in LINES:
            full = event_of(1, kind, NOW, "system", None, FULL, lambda of, code: TITLES[language], application=True)
            lines = [log_line(event, ZONE, NOW, to) for event in (full, StoryEvent(1, kind, NOW, application=True))]
            assert all(well_said(one, language) for one in lines), (kind, lines)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("to", Reader)
def test_every_wait_is_told(to: Reader, language: str) -> None:
    with use(language):
        for wait in Wait:
            event = event_of(1, "held", NOW, "system", None, {"reason": wait, "limit": LATER}, lambda of, code: "")
            assert well_said(log_line(event, ZONE, NOW, to), language), wait
