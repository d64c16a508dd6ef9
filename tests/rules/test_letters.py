"""Writing to and fro, and the blanks of saved replies, by the rules alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rules.replies import blanks, filled, unknown
from rules.terms import Act, EventKind, NoticeKind, Refused
from tests.rules.desk import MANAGER, NOON, assigned


def test_a_message_is_a_line_for_the_consumer_and_moves_no_clock() -> None:
    desk = assigned()
    due = desk.task.due
    assert desk.officer(Act.MESSAGE) is None
    assert (desk.last(EventKind.MESSAGED).public, desk.last(EventKind.MESSAGED).words) == (True, True)
    assert desk.told(NoticeKind.MESSAGE) == {"consumer"}
    assert desk.task.due == due
    assert desk.task.accepted_at == NOON


def test_nothing_is_written_without_words_nor_to_one_who_stopped_messages() -> None:
    desk = assigned()
    assert desk.officer(Act.MESSAGE, words=False) is Refused.OUT_OF_RANGE
    desk.consumer(Act.NOT_MINE)
    assert desk.officer(Act.MESSAGE) is Refused.MESSAGES_STOPPED
    assert EventKind.MESSAGED not in desk.kinds


@pytest.mark.parametrize(("act", "who"), [(Act.NOTE, None), (Act.MESSAGE, None), (Act.DIRECT, MANAGER)])
def test_what_he_wrote_waits_from_his_first_word_until_somebody_acts(act: Act, who: str | None) -> None:
    desk = assigned()
    desk.officer(Act.ESCALATE)
    desk.consumer(Act.ADD, words=True)
    desk.at += timedelta(minutes=5)
    desk.consumer(Act.DOCUMENT, document="d1", paper="photo")
    assert desk.request.wrote_at == NOON
    assert desk.last(EventKind.ADDED).data == {"document": "d1"}
    assert desk.officer(act, *([who] if who else [])) is None
    assert desk.request.wrote_at is None


def test_what_he_wrote_waits_for_the_next_one_when_work_is_only_passed_on() -> None:
    desk = assigned()
    desk.consumer(Act.ADD, words=True)
    assert desk.officer(Act.ESCALATE) is None
    assert desk.officer(Act.REASSIGN, MANAGER) is None
    assert desk.request.wrote_at == NOON


def test_a_photo_is_the_only_document_of_a_complaint() -> None:
    assert assigned().consumer(Act.DOCUMENT, document="d1", paper="lease") is Refused.ILLEGAL


def test_blanks_are_filled_where_something_is_known_and_stay_to_be_seen_where_not() -> None:
    text = "No. {number}, { office }: by {expected}. {number} {name}"
    assert blanks(text) == ["number", "office", "expected", "name"]
    assert unknown(text) == ["name"]
    assert filled(text, {"number": "1", "office": "Gizri", "expected": ""}) == "No. 1, Gizri: by {expected}. 1 {name}"
