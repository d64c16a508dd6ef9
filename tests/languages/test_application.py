"""The story of a connection request, in every state, at every wait and in every language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from languages.application import question, sentence, true_until
from languages.applied import Application, OpenStage
from languages.catalog import LANGUAGES, use
from languages.dealings import Lacking, Visit
from languages.stage_line import complete_line, received_line, stage_line
from languages.views import Reader
from rules.case import Fault, Wait
from rules.states import CONNECTION_LEADS_TO
from rules.terms import Cause, Closing, Kind, State
from tests.languages.test_story import TITLES, well_said

ZONE = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
LATER, PAST = NOW + timedelta(days=14), NOW - timedelta(hours=1)
DATES = (
    Visit(datetime(2026, 11, 23, 4, 30, tzinfo=UTC), datetime(2026, 11, 23, 7, 30, tzinfo=UTC), "a"),
    Visit(datetime(2026, 11, 24, 8, 30, tzinfo=UTC), datetime(2026, 11, 24, 11, 30, tzinfo=UTC), "b"),
)
STAGE = OpenStage("Visit to the place", worker="Junior engineer", answers="Service manager", due=LATER)


def application(state: State = State.COMPLETE, *stages: OpenStage, **known: Any) -> Application:
    """A new connection whose papers were complete an hour ago."""
    whole = Application(
        Kind.NEW_CONNECTION,
        state,
        ZONE,
        name="New connection",
        stages=stages,
        registered_at=PAST,
        complete_at=PAST if state is not State.RECEIVED else None,
        standard_due=LATER if state is not State.RECEIVED else None,
    )
    return replace(whole, **known)


def waiting(wait: Wait, **known: Any) -> OpenStage:
    return replace(STAGE, wait=wait, due=None, **known)


def told(*stages: OpenStage, state: State = State.COMPLETE, **known: Any) -> tuple[str, str, str]:
    said = sentence(application(state, *stages, **known), NOW)
    return said.happening, said.by_when, said.to_do


AT_THE_LATEST = "At the latest: Friday 4 December, 12 noon."


def test_papers_are_wanted_and_our_time_has_not_begun() -> None:
    lacking = (Lacking("Landlord's consent", Fault.MISSING), Lacking("Photo", Fault.UNREADABLE))
    assert told(waiting(Wait.PAPERS, lacking=lacking, until=LATER, lapses=True), state=State.RECEIVED) == (
        "We need papers from you.",
        "You have time until Friday 4 December, 12 noon. Then the application ends. Our time begins when all papers are here.",
        "Please send: Landlord's consent (not here yet), Photo (cannot be read).",
    )


def test_a_date_is_to_be_chosen() -> None:
    assert told(waiting(Wait.SLOT, dates=DATES)) == (
        "We want to come for a visit.",
        AT_THE_LATEST,
        "Choose a date: Monday 23 November, 10 in the morning to 1 in the afternoon; "
        "Tuesday 24 November, 2 in the afternoon to 5 in the evening.",
    )


def test_a_visit_is_awaited_and_then_asked_for() -> None:
    visit = waiting(Wait.VISIT, visit=DATES[0])
    assert told(visit) == (
        "We will come for a visit: Monday 23 November, 10 in the morning to 1 in the afternoon.",
        AT_THE_LATEST,
        "Please be there, or send somebody.",
    )
    after = sentence(application(State.COMPLETE, visit), DATES[0].end)
    assert after.happening.startswith("The visit was planned: today, Monday, 10 in the morning")
    assert after.to_do == "Did nobody come? Tell us."


def test_one_who_was_not_there_chooses_anew_or_says_that_he_was() -> None:
    happening, _, to_do = told(waiting(Wait.NO_ACCESS, dates=DATES[:1]))
    assert happening == "We came, and nobody was there."
    assert to_do.endswith("1 in the afternoon. Were you there? Press “I was there / I have done it”.")


@pytest.mark.parametrize(
    ("to_pay", "happening", "to_do"),
    [
        pytest.param(450_000, "Your demand note is ready: Rs 4,500.", "Please pay Rs 4,500.", id="all of it"),
        pytest.param(
            50_000, "Part of your demand note is paid. Rs 500 is missing.", "Please pay Rs 500.", id="the rest of it"
        ),
    ],
)
def test_a_demand_note_is_to_be_paid(to_pay: int, happening: str, to_do: str) -> None:
    said = told(waiting(Wait.PAYMENT, of_note=450_000, to_pay=to_pay, until=LATER, lapses=True))
    assert said[0] == happening
    assert said[1].startswith("You have time until Friday 4 December, 12 noon. Then the application ends.")
    assert said[2] == to_do


def test_an_expired_demand_note_is_not_to_be_paid() -> None:
    assert told(replace(STAGE, expired=True)) == (
        "The demand note was not paid in time. It is no longer valid.",
        AT_THE_LATEST,
        "Do not pay it now. Wait for a new one.",
    )


@pytest.mark.parametrize(
    ("whose", "happening"),
    [
        pytest.param("The road department", "We wait for permission: The road department.", id="named"),
        pytest.param("", "We wait for permission from somebody else.", id="not named"),
    ],
)
def test_the_permission_of_a_third_party_is_awaited(whose: str, happening: str) -> None:
    assert told(waiting(Wait.PERMISSION, whose=whose)) == (happening, AT_THE_LATEST, "You need to do nothing.")


def test_who_works_on_what_is_said() -> None:
    assert told(STAGE) == (
        "The junior engineer is working on: “Visit to the place”.",
        AT_THE_LATEST,
        "You need to do nothing.",
    )
    both = told(STAGE, replace(STAGE, name="Agreement"))
    assert both[0] == "We are working on: “Visit to the place”, “Agreement”."


def test_of_several_open_stages_what_the_applicant_must_do_comes_first() -> None:
    paying = waiting(Wait.PAYMENT, of_note=450_000, to_pay=450_000)
    happening, _, to_do = told(STAGE, waiting(Wait.PERMISSION), paying, waiting(Wait.PAPERS))
    assert happening == (
        "We need papers from you. Your demand note is ready: Rs 4,500. Meanwhile we work on: “Visit to the place”. "
        "We wait for permission from somebody else."
    )
    assert to_do == "Please send the papers that are missing. Please pay Rs 4,500."


def test_a_visit_is_named_beside_the_work_of_another_stage_and_lateness_is_not_hidden() -> None:
    visit = waiting(Wait.VISIT, visit=DATES[0])
    assert told(visit, STAGE)[0] == (
        "We will come for a visit: Monday 23 November, 10 in the morning to 1 in the afternoon. "
        "Meanwhile we work on: “Visit to the place”."
    )
    assert told(visit, replace(STAGE, tier=2))[0].endswith("We are late. The service manager must act now.")


def test_lists_have_the_comma_of_their_language() -> None:
    with use("ur"):
        assert "“a”، “b”" in told(replace(STAGE, name="a"), replace(STAGE, name="b"))[0]


@pytest.mark.parametrize(
    ("moved", "opening"),
    [
        pytest.param(Cause.TIMER, "We are late.", id="by time"),
        pytest.param(Cause.COMPLAINT, "You complained about it.", id="by a complaint"),
        pytest.param(Cause.NOT_REPAIRED, "You said it is not done.", id="by a no"),
    ],
)
def test_why_it_went_up_is_said(moved: Cause, opening: str) -> None:
    climbed = replace(STAGE, tier=2, moved=moved)
    assert told(STAGE, climbed)[0] == f"{opening} The service manager must act now."


@pytest.mark.parametrize(
    ("kept", "opening"),
    [(False, "It was proposed not to accept it."), (True, "It is not turned down. The work goes on.")],
    ids=["proposed", "not agreed to"],
)
def test_what_was_not_agreed_to_is_no_longer_said_to_be_proposed(kept: bool, opening: str) -> None:
    climbed = replace(STAGE, tier=2, moved=Cause.REJECTION, kept=kept)
    assert told(STAGE, climbed)[0] == f"{opening} The service manager must act now."


def test_past_the_last_officer_the_forum_is_shown() -> None:
    happening, _, to_do = told(replace(STAGE, tier=3, beyond=True), forum="Grievance forum")
    assert happening == "We are late. It is with our last officer, the service manager."
    assert to_do == "You can now go to: Grievance forum."


def test_a_promise_that_was_not_kept_is_admitted() -> None:
    by_when = told(STAGE, standard_due=PAST)[1]
    assert by_when == "We promised today, Friday, 11 in the morning. We did not keep it."


def test_it_is_done_and_the_applicant_is_asked() -> None:
    assert told(state=State.DONE, put_right_at=PAST, confirm_by=LATER) == (
        "It is done: today, Friday, 11 in the morning.",
        "Please answer by Friday 4 December, 12 noon.",
        "Is there light? Answer yes or no.",
    )
    assert question(Kind.NAME_CHANGE) == "Is it done?"


def test_after_a_lapse_he_is_told_what_now_and_where_his_money_is() -> None:
    assert told(state=State.LAPSED, lapsed="Payment", kept=400_000) == (
        "The time for “Payment” ran out. The application has ended.",
        "You have Rs 4,000 with us. Ask us for it.",
        "Do you still want it? Apply again.",
    )


def test_after_a_withdrawal_money_comes_back() -> None:
    assert told(state=State.WITHDRAWN, refund=450_000) == (
        "You took this application back.",
        "We give Rs 4,500 back to you.",
        "You need to do nothing.",
    )


def test_a_refusal_says_why_what_to_do_and_where_to_go() -> None:
    refused: dict[str, Any] = {
        "reject_reason": "old dues at this place",
        "advice": "Pay the old bills. Then apply again.",
        "forum": "Grievance forum",
        "reopen_until": LATER,
    }
    assert told(state=State.REJECTED, **refused) == (
        "This application was not accepted: old dues at this place.",
        "You can disagree until Friday 4 December, 12 noon.",
        "Pay the old bills. Then apply again. Not right? Press “I do not agree”. You can now go to: Grievance forum.",
    )
    again = told(state=State.REJECTED, **refused, objected=True)
    assert (again[1], "I do not agree" in again[2]) == ("", False)


def test_received_and_complete_are_two_instants() -> None:
    early = application(State.RECEIVED)
    assert received_line(early, NOW) == "Received: today, Friday, 11 in the morning."
    assert complete_line(early, NOW) == "Papers complete: not yet. Our time does not count yet."
    assert complete_line(application(), NOW) == "Papers complete: today, Friday, 11 in the morning."


def test_what_was_said_stays_true_until_its_next_instant_or_midnight() -> None:
    assert true_until(application(), NOW) == datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    soon = NOW + timedelta(minutes=5)
    assert true_until(application(State.COMPLETE, replace(STAGE, until=soon)), NOW) == soon


STAGES: dict[str, tuple[OpenStage, ...]] = {
    "nothing open": (),
    "at work": (STAGE,),
    "side by side": (STAGE, replace(STAGE, name="1")),
    "climbed": (replace(STAGE, tier=2),),
    "past the last": (replace(STAGE, tier=3, beyond=True),),
    "expired": (replace(STAGE, expired=True),),
    "held by an officer": (replace(STAGE, held="1"),),
    "visit over": (waiting(Wait.VISIT, visit=Visit(PAST, PAST)),),
    **{f"bare {wait}": (waiting(wait),) for wait in Wait},
    **{
        f"full {wait}": (
            waiting(
                wait,
                lacking=tuple(Lacking("1", fault) for fault in Fault),
                dates=DATES,
                visit=DATES[0],
                of_note=450_000,
                to_pay=50_000,
                until=LATER,
                lapses=True,
                whose="1",
            ),
            STAGE,
        )
        for wait in Wait
    },
}
KNOWN: dict[str, dict[str, Any]] = {
    "nothing": {},
    "all": {
        "put_right_at": PAST, "confirm_by": LATER, "reopen_until": LATER, "reject_reason": "1", "advice": "1", "forum": "1",
        "lapsed": "1", "refund": 100, "expected_at": LATER, "expected_reason": "1", "standard_lapsed": True,
    },
    "kept": {"kept": 100, "call_back": True, "objected": True, "expected_at": LATER},
}  # fmt: skip


def named(stage: OpenStage, language: str) -> OpenStage:
    return replace(stage, name=TITLES[language], worker=TITLES[language], answers=TITLES[language])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", CONNECTION_LEADS_TO)
def test_every_state_and_wait_is_told(state: State, language: str) -> None:
    with use(language):
        for (waits, stages), (known, facts) in product(STAGES.items(), KNOWN.items()):
            open_now = tuple(named(stage, language) for stage in stages)
            said = sentence(application(state, *open_now, **facts), NOW)
            lines = [stage_line(stage, ZONE, NOW, to) for stage in open_now for to in Reader]
            assert well_said(said.happening, language), (waits, known, said)
            assert well_said(said.to_do, language), (waits, known, said)
            assert not said.by_when or well_said(said.by_when, language), (waits, known, said)
            assert all(well_said(line, language) for line in lines), (waits, known, lines)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("closing", Closing)
def test_every_closing_is_told(closing: Closing, language: str) -> None:
    with use(language):
        assert well_said(sentence(application(State.CLOSED, closing=closing), NOW).happening, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", Cause)
def test_every_move_is_told(cause: Cause, language: str) -> None:
    climbed = replace(named(STAGE, language), tier=2, moved=cause)
    with use(language):
        assert well_said(sentence(application(State.COMPLETE, climbed), NOW).happening, language)
