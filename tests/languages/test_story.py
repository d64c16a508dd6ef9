"""The story of a request, in every state and every language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from languages.catalog import LANGUAGES, use
from languages.story import (
    Hold,
    Longer,
    Reader,
    Rung,
    RungState,
    Skipped,
    Story,
    StoryEvent,
    event_of,
    ladder_line,
    log_line,
    next_step,
    sentence,
    true_until,
    why_and_next,
    why_moved,
)
from rules.ladder import Skip
from rules.states import LEADS_TO
from rules.terms import Actor, Cause, Closing, EventKind, Proposal, State

ZONE = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
SOON, LATER = NOW + timedelta(hours=2), NOW + timedelta(hours=4)
TITLES = {"en": "Zone head", "hi": "ज़ोन प्रमुख", "ur": "زون ہیڈ"}
LATIN = re.compile(r"[A-Za-z]")
STRANGE = re.compile(r"%\(|\bNone\b|\(\)|  | [.।۔]")


def story(state: State = State.IN_PROGRESS, language: str = "en", **known: object) -> Story:
    """A request with everything known, named in `language`."""
    title = TITLES[language]
    whole = Story(
        state,
        ZONE,
        category=title,
        office_name=title,
        role_title=title,
        next_title=title,
        handler_title=title,
        due=SOON,
        standard_due=LATER,
        hold=Hold(title, LATER),
        put_right_at=NOW - timedelta(hours=1),
        confirm_by=LATER,
        closed_at=NOW,
        reopen_until=NOW + timedelta(days=7),
        forum=title,
    )
    return replace(whole, **known)  # type: ignore[arg-type]


def escalated(cause: Cause = Cause.TIMER, language: str = "en", **known: object) -> StoryEvent:
    title = TITLES[language]
    event = StoryEvent(5, EventKind.ESCALATED, NOW, due=NOW, title=title, from_title=title, cause=cause, reason=title)
    return replace(event, **known)  # type: ignore[arg-type]


def well_said(text: str, language: str) -> bool:
    """Something was said, in the right script, with nothing left unfilled."""
    return bool(text) and not STRANGE.search(text) and (language == "en" or not LATIN.search(text))


CASES: dict[str, dict[str, object]] = {
    "as it should be": {},
    "late and climbed": {"tier": 3, "standard_lapsed": True},
    "late on the first tier": {"standard_lapsed": True},
    "past the last": {"tier": 3, "beyond": True, "standard_lapsed": True, "next_title": ""},
    "with an expected time": {"expected_at": SOON, "expected_reason": "1"},
    "expected time gone by": {"expected_at": NOW - timedelta(hours=1)},
    "with nothing known": {
        "due": None,
        "standard_due": None,
        "hold": None,
        "put_right_at": None,
        "confirm_by": None,
        "reopen_until": None,
        "next_title": "",
    },
    "confidential": {"confidential": True},
    "in danger": {"safety": True},
    "with a longer category proposed": {"longer": Longer("1", LATER), "decider_title": "2"},
    "with a category without a date proposed": {"longer": Longer("1")},
    "turned down": {"reject_reason": "1"},
    "turned down again": {"objected": True},
    "waiting to be rung": {"call_back": True},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", LEADS_TO)
def test_every_state_says_what_is_happening_and_what_to_do(state: State, language: str) -> None:
    with use(language):
        for case, known in CASES.items():
            told = story(state, language, events=[escalated(language=language)], **known)
            said, after = sentence(told, NOW), why_and_next(told, NOW)
            assert well_said(said.happening, language), (case, said)
            assert well_said(said.to_do, language), (case, said)
            assert all(not text or well_said(text, language) for text in (said.by_when, after)), (case, said, after)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", Proposal)
def test_every_proposal_and_its_end_are_told(what: Proposal, language: str) -> None:
    title = TITLES[language]
    with use(language):
        for kind, to in product((EventKind.PROPOSED, EventKind.DECLINED), Reader):
            bare = StoryEvent(1, kind, NOW, what=what)
            full = replace(bare, title=title, category=title, office=title, reason=title)
            lines = [log_line(event, ZONE, NOW, to) for event in (full, bare)]
            assert all(well_said(line, language) for line in lines), (kind, to, lines)


def test_a_longer_date_is_told_beside_the_one_that_holds_and_who_decides() -> None:
    said = sentence(story(longer=Longer("Low voltage", NOW + timedelta(days=3)), decider_title="Service manager"), NOW)
    assert said.by_when == (
        "At the latest: today, Friday, 4 in the afternoon. An officer says it is another matter: Low voltage. "
        "Then the latest would be: Monday 23 November, 12 noon. The service manager has not decided yet."
    )


def test_another_office_is_named_until_it_comes_into_other_hands() -> None:
    events = [StoryEvent(3, EventKind.TRANSFERRED, NOW, office="Rehri")]
    assert sentence(story(office_name="Rehri", events=events), NOW).happening == (
        "It belongs to another office. The office Rehri has it now."
    )
    events.append(StoryEvent(4, EventKind.ACCEPTED, NOW))
    assert sentence(story(office_name="Rehri", events=events), NOW).happening == (
        "The zone head is working on your complaint."
    )


def test_danger_says_who_was_told_and_to_keep_away() -> None:
    said = sentence(story(State.ASSIGNED, safety=True, handler_title="Control room"), NOW)
    assert said.happening == "This is dangerous. The control room was told at once."
    assert said.to_do == "Keep away from it, and keep others away."


def test_one_whose_complaint_was_turned_down_may_disagree_once_and_in_time() -> None:
    first = sentence(story(State.REJECTED, reject_reason="own wiring"), NOW)
    assert first.happening == "This complaint was not accepted: own wiring."
    assert first.by_when == "You can disagree until Friday 27 November, 12 noon."
    assert first.to_do == "Not right? Press “I do not agree”."
    for past in ({"objected": True}, {"reopen_until": NOW}):
        again = sentence(story(State.REJECTED, **past), NOW)
        assert (again.by_when, again.to_do) == ("", "You can now go to: Zone head.")


def test_one_whom_the_question_did_not_reach_is_told_that_we_ring() -> None:
    asked = story(State.RESOLVED, call_back=True, confirm_by=None)
    assert sentence(asked, NOW).by_when == "We have no answer from you. We will ring you."
    assert next_step(asked, NOW) == "It does not move: the consumer must be rung."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("closing", Closing)
def test_every_closing_is_told(closing: Closing, language: str) -> None:
    with use(language):
        said = sentence(story(State.CLOSED, language, closing=closing), NOW)
    assert well_said(said.happening, language)
    assert well_said(said.by_when, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("to", Reader)
def test_every_line_of_history_is_told(to: Reader, language: str) -> None:
    title = TITLES[language]
    with use(language):
        for kind in EventKind:
            full = escalated(language=language, kind=kind, until=SOON, skipped=(Skipped(title, Skip.VACANT),))
            bare = StoryEvent(1, kind, NOW, cause=Cause.TIMER)
            lines = [log_line(event, ZONE, NOW, to) for event in (full, bare)]
            assert all(well_said(line, language) for line in lines), (kind, lines)


@pytest.mark.parametrize("to", Reader)
def test_every_closing_has_a_line(to: Reader) -> None:
    for closing in Closing:
        assert log_line(StoryEvent(1, EventKind.CLOSED, NOW, closing=closing), ZONE, NOW, to), closing


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("to", Reader)
def test_every_move_says_why_and_who_was_passed_over(to: Reader, language: str) -> None:
    skipped = tuple(Skipped(TITLES[language], why) for why in Skip)
    with use(language):
        for cause in Cause:
            said = why_moved(escalated(cause, language, skipped=skipped), ZONE, NOW, to)
            opening = sentence(story(language=language, tier=2, events=[escalated(cause, language)]), NOW).happening
            assert well_said(said, language), (cause, said)
            assert well_said(opening, language), (cause, opening)
            assert said.casefold().count(TITLES[language].casefold()) >= 1 + len(Skip), (cause, said)


def test_friday_the_manager_is_away_and_the_officer_himself_stands_in() -> None:
    event = escalated(from_title="Relationship officer", skipped=(Skipped("Service manager", Skip.SAME_PERSON),))
    assert why_moved(event, ZONE) == (
        "It went to the zone head. The time of the relationship officer was over: "
        "Friday 20 November, 12 noon. "
        "Service manager was passed over: held by the same person who already had to act."
    )


def test_a_promise_that_was_not_kept_is_admitted() -> None:
    said = sentence(
        story(tier=2, standard_lapsed=True, standard_due=NOW - timedelta(hours=1), events=[escalated()]), NOW
    )
    assert said.happening == "We are late. The zone head must act now."
    assert said.by_when == (
        "We promised today, Friday, 11 in the morning. We did not keep it. "
        "The zone head must act by today, Friday, 2 in the afternoon."
    )
    assert said.to_do == "You can now ask the zone head to act."


def test_the_promise_is_admitted_from_its_second_even_before_it_is_written_down() -> None:
    assert "We did not keep it" not in sentence(story(standard_due=NOW + timedelta(seconds=1)), NOW).by_when
    assert "We did not keep it" in sentence(story(standard_due=NOW), NOW).by_when


def test_the_newest_move_opens_the_story() -> None:
    events = [escalated(Cause.NOT_REPAIRED, number=9), escalated(Cause.TIMER, number=4)]
    assert sentence(story(tier=3, events=events), NOW).happening.startswith("You said it is not put right.")


def test_a_confidential_matter_tells_nobody_what_it_is() -> None:
    said = {state: sentence(story(state, confidential=True), NOW) for state in LEADS_TO}
    assert {one.happening for one in said.values()} == {
        "We have your report.",
        "Your report is being looked into.",
        "The matter is closed.",
    }
    assert {one.by_when for one in said.values()} == {""}


def test_what_is_next_and_why_not() -> None:
    assert next_step(story(next_title="Service manager"), NOW) == (
        "Next: the service manager, if it is not done by today, Friday, 2 in the afternoon."
    )
    assert next_step(story(State.ON_HOLD, hold=Hold("premises locked")), NOW) == (
        "It does not move: we wait for the consumer (premises locked)."
    )
    assert (
        next_step(story(State.COMPLETE, hold=Hold("papers are wanted")), NOW) == "It does not move: papers are wanted."
    )
    assert next_step(story(State.COMPLETE, hold=None), NOW).startswith("Next: the zone head")
    assert next_step(story(State.DONE), NOW).startswith("It does not move: the consumer is being asked.")
    assert next_step(story(State.LAPSED), NOW) == ""
    assert next_step(story(State.WITHDRAWN), NOW) == ""
    assert next_step(story(State.CLOSED, reopen_until=NOW), NOW) == ""


def test_one_that_waits_in_line_says_so_and_for_whom() -> None:
    waiting = story(tier=1, due=NOW, next_title="Service manager", put_off=SOON)
    assert sentence(waiting, NOW).happening == "We are late. It waits in line for the service manager."
    assert next_step(waiting, NOW).startswith(
        "Next: the service manager, in its turn: today, Friday, 2 in the afternoon."
    )


def test_what_was_said_stays_true_until_its_next_instant_or_midnight() -> None:
    assert true_until(story(), NOW) == SOON
    assert true_until(story(expected_at=NOW + timedelta(minutes=5)), NOW) == NOW + timedelta(minutes=5)
    assert true_until(Story(State.RECEIVED, ZONE), NOW) == datetime(2026, 11, 20, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "rung",
    [
        Rung("", RungState.PAST, due=NOW, lapsed=True),
        Rung("", RungState.PAST),
        Rung("", RungState.NOW, due=SOON),
        Rung("", RungState.NOW, due=NOW, lapsed=True),
        Rung("", RungState.NOW),
        Rung("", RungState.COMING, entered=SOON),
        Rung("", RungState.COMING),
        *(Rung("", RungState.SKIPPED, why=why) for why in (None, *Skip)),
    ],
)
def test_every_rung_of_the_ladder_has_a_line(rung: Rung, language: str) -> None:
    with use(language):
        assert well_said(ladder_line(rung, ZONE, NOW), language)


def test_an_event_is_read_from_its_row() -> None:
    data = {
        "from_tier": 1,
        "from_post": "ro-gizri",
        "tier": 3,
        "post": "zh-south",
        "role": "zone_head",
        "cause": "timer",
        "skipped": [{"tier": 2, "post": "", "role": "service_manager", "why": "vacant"}],
    }
    names = {("post", "ro-gizri"): "Officer", ("post", "zh-south"): "Head", ("role", "service_manager"): "Manager"}
    event = event_of(7, "escalated", NOW, "system", NOW, data, lambda kind, code: names.get((kind, code), ""))
    assert event == StoryEvent(
        7,
        EventKind.ESCALATED,
        NOW,
        Actor.SYSTEM,
        due=NOW,
        title="Head",
        from_title="Officer",
        cause=Cause.TIMER,
        skipped=(Skipped("Manager", Skip.VACANT),),
    )


def test_what_was_proposed_is_read_from_its_row() -> None:
    data = {"what": "reject", "post": "sm", "reason": "own-wiring", "category": "voltage", "from_category": "no-supply"}
    event = event_of(4, "proposed", NOW, "officer", None, data, lambda kind, code: f"{kind}:{code}")
    assert (event.what, event.title, event.reason) == (Proposal.REJECT, "post:sm", "reject_reason:own-wiring")
    assert (event.category, event.from_category) == ("category:voltage", "category:no-supply")
    moved = event_of(
        5, "escalated", NOW, "officer", None, {"cause": "rejection", "reason": "x"}, lambda k, c: f"{k}:{c}"
    )
    assert moved.reason == "reject_reason:x"


def test_reasons_and_instants_are_read_from_the_data() -> None:
    label = {("hold_reason", "locked"): "premises locked", ("cause", "timer"): "a timer burnt"}.get
    held = event_of(
        2, "held", NOW, "officer", None, {"reason": "locked", "limit": SOON.isoformat()}, lambda k, c: label((k, c), "")
    )
    assert (held.reason, held.until) == ("premises locked", SOON)
    resolved = event_of(
        3, "resolved", NOW, "officer", None, {"cause": "timer"}, lambda k, c: label((k, c), ""), post="x"
    )
    assert (resolved.reason, resolved.title) == ("a timer burnt", "")
