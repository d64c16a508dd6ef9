"""Every code has its word in every language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from languages import labels
from languages.catalog import LANGUAGES, use
from languages.story import Reader, RungState
from rules.case import Fault, NoteState, Wait
from rules.ladder import Skip
from rules.procedure import Does, Lapse, Whose
from rules.terms import Act, Actor, Channel, Closing, EventKind, Kind, NoticeKind, Proposal, Refused, State, Wake

LABELS: list[tuple[Callable[[Any], str], Iterable[Any]]] = [
    (labels.state_label, State),
    (lambda state: labels.state_label(state, Reader.OFFICER), State),
    (labels.act_label, Act),
    (lambda act: labels.act_label(act, application=True), Act),
    (labels.wait_label, Wait),
    (labels.fault_label, Fault),
    (labels.fault_advice, Fault),
    (labels.note_label, NoteState),
    (labels.does_label, Does),
    (labels.whose_label, Whose),
    (labels.lapse_label, Lapse),
    (labels.taking_label, ("slot", "meter", "note")),
    (labels.payment_label, ("bank", "counter", "security", "refund")),
    (labels.closing_label, Closing),
    (labels.proposal_label, Proposal),
    (labels.wake_label, Wake),
    (labels.channel_label, Channel),
    (labels.actor_label, Actor),
    (labels.event_label, EventKind),
    (labels.notice_label, NoticeKind),
    (labels.skip_label, Skip),
    (labels.rung_label, RungState),
    (labels.kind_label, Kind),
    (labels.refusal, Refused),
    (lambda code: labels.refusal(code, Reader.OFFICER), Refused),
    (labels.delivery_label, ("waiting", "sending", "sent", "delivered", "failed", "refused", "unknown", "done")),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("label", "codes"), LABELS)
def test_every_code_has_a_word(label: Callable[[Any], str], codes: Iterable[Any], language: str) -> None:
    with use(language):
        said = [label(code) for code in codes]
    assert all(said)
    assert language == "en" or not any(re.search("[A-Za-z]", word) for word in said)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("label", "codes"), [(labels.state_label, State), (labels.act_label, Act), (labels.closing_label, Closing)]
)
def test_no_two_codes_share_a_word(label: Callable[[Any], str], codes: Iterable[Any], language: str) -> None:
    with use(language):
        said = [label(code) for code in codes]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wait_and_a_line_of_a_note_are_named_without_the_profile(language: str) -> None:
    with use(language):
        assert all(labels.own_label("hold_reason", why) for why in Wait)
        assert labels.own_label("fee", "estimate")
    assert labels.own_label("hold_reason", "premises-locked") == labels.own_label("stage", "papers") == ""


def test_the_vocabulary_page_has_the_words_of_every_state() -> None:
    page = (Path(__file__).parents[2] / "docs" / "vocabulary.md").read_text("utf-8")
    for state in State:
        words = []
        for language in LANGUAGES:
            with use(language):
                words.append(labels.state_label(state))
        assert f"| {state.value.replace('_', ' ')} | {' | '.join(words)} |" in page
