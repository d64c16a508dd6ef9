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
from rules.terms import Act, Actor, Channel, Closing, EventKind, Kind, NoticeKind, Proposal, Refused, Skip, State, Wake

LABELS: list[tuple[Callable[[Any], str], Iterable[Any]]] = [
    (labels.state_label, State),
    (lambda state: labels.state_label(state, Reader.OFFICER), State),
    (labels.act_label, Act),
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


def test_the_vocabulary_page_has_the_words_of_every_state() -> None:
    page = (Path(__file__).parents[2] / "docs" / "vocabulary.md").read_text("utf-8")
    for state in State:
        words = []
        for language in LANGUAGES:
            with use(language):
                words.append(labels.state_label(state))
        assert f"| {state.value.replace('_', ' ')} | {' | '.join(words)} |" in page
