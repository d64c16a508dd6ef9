"""Rubina, tenant in Karachi, wants a connection of 3 kW; nothing goes smoothly, and nothing is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.record import Record
from embedded.postgres import Postgres
from models.holidays import public_holidays
from rules.case import NoteState
from rules.profile import Profile
from rules.profile_toml import load as read
from rules.terms import Act, Refused, State
from tests.servers import database_of
from tests.stories.applying import Application, apply
from tests.stories.conftest import town_on
from tests.stories.test_the_ladder import nearest
from tests.timeline import Timeline
from tests.world import ROOT, load

KARACHI = ROOT / "profiles" / "kelectric.toml"
DAY = timedelta(days=1)
RS_500 = 50_000


def k_electric() -> Profile:
    """K-Electric as shipped."""
    return read(KARACHI.read_text(encoding="utf-8"), str(KARACHI), public_holidays)


@pytest.fixture
async def karachi(postgres: Postgres, temporal: WorkflowEnvironment, pen: Record) -> AsyncIterator[Timeline]:
    """A town of K-Electric's."""
    profile = k_electric()
    async with database_of(postgres, "template0") as url:
        await load(url, profile)
        async with town_on(url, temporal, pen) as town:
            yield town


async def test_rubina_gets_her_connection(karachi: Timeline) -> None:
    rubina = await apply(karachi, "new-connection", "tenant", phone="+923005550017", language="ur")
    await the_consent_is_missing(rubina)
    await the_premises_were_locked(rubina)
    await the_note_is_short_paid_and_expires(rubina)
    await the_meter_is_fitted_elsewhere(rubina)
    await there_is_no_light(rubina)
    await karachi.post()
    assert karachi.said_to("+923005550017")
    assert all(letter.to.endswith("@kelectric.example") for letter in karachi.email.letters), (
        "officers have mail, she has none"
    )


async def the_consent_is_missing(rubina: Application) -> None:
    """The notice names it alone; the regulated clock begins the second it comes, twelve days later."""
    town = rubina.town
    papers = [code for code in rubina.procedure.papers["tenant"] if code != "landlord-consent"]
    await rubina.hand_in(*papers)
    assert (await rubina.officer("documents", Act.FAULT, faults={})).refused is None
    [notice] = [event for event in await town.events(rubina.reference) if event.kind == "deficient"]
    row = await rubina.row()
    assert notice.data["faults"] == {"landlord-consent": "missing"}
    assert (row.complete_at, row.standard_due, row.state) == (None, None, State.RECEIVED)
    await town.until(town.now + 12 * DAY)
    await rubina.hand_in("landlord-consent")
    row = await rubina.row()
    assert nearest(row.complete_at) == town.now
    assert row.standard_due is not None
    assert 30 * DAY <= row.standard_due - town.now <= 31 * DAY
    await rubina.officer("documents", Act.FINISH)


async def the_premises_were_locked(rubina: Application) -> None:
    """She was there: the next tier believes her, and the time of that wait is given back."""
    town = rubina.town
    await visited(rubina)
    promised = (await rubina.row()).standard_due
    assert (await rubina.officer("visit", Act.MISSED)).refused is None
    await town.hours_pass(5)
    assert (await town.consumer(rubina.reference, Act.PRESENT, claim="was_there")).refused is None
    proposal = (await rubina.row()).proposal
    answer = await town.officer(rubina.reference, Act.DISAGREE, proposal["post"])
    assert answer.refused is None
    assert promised is not None
    late = (await rubina.row()).standard_due
    assert late is not None
    assert late - promised < timedelta(minutes=1)
    await visited(rubina)
    done = await rubina.officer("visit", Act.FINISH, checks=list(rubina.procedure.stages["visit"].checklist))
    assert done.refused is None
    await rubina.walk(until="payment")


async def visited(rubina: Application) -> None:
    """She chooses the first date that is still to come, and it comes."""
    slots = (await rubina.task("visit")).data["slots"]
    which = next(n for n, slot in enumerate(slots) if datetime.fromisoformat(slot["start"]) > rubina.town.now)
    assert (await rubina.choose(which)).refused is None
    await rubina.town.until(datetime.fromisoformat(slots[which]["start"]) + timedelta(minutes=5))


async def the_note_is_short_paid_and_expires(rubina: Application) -> None:
    """Rs 500 too little on day 14, the rest on day 16: the note lapses once, and the new one counts what was paid."""
    town = rubina.town
    case = await rubina.case()
    assert case.note is not None
    note, issued = case.note, town.now
    await town.until(issued + 14 * DAY)
    assert (await rubina.pay(note.total - RS_500)).refused is None
    assert (await rubina.case()).to_pay == RS_500
    await town.until(issued + 16 * DAY)
    assert (await rubina.pay(RS_500, note=note.number)).refused is None
    kinds = await town.kinds(rubina.reference)
    assert kinds.count("note_expired") == 1
    assert (await rubina.row()).state == State.COMPLETE
    assert len(await town.notices(rubina.reference, "note_expired")) >= 1
    assert (await rubina.officer("payment", Act.REISSUE)).refused is None
    case = await rubina.case()
    assert case.note is not None
    assert (case.note.state, case.to_pay, case.surplus) == (NoteState.PAID, 0, 0)
    assert "payment" not in await rubina.open_stages()


async def the_meter_is_fitted_elsewhere(rubina: Application) -> None:
    """Its number is refused; one from stock is taken. Meanwhile her son complains by telephone, which goes to her request."""
    town = rubina.town
    neighbour = await apply(town, "new-connection", "owner")
    await neighbour.walk()
    await rubina.walk(until="meter")
    before = await rubina.task("meter")
    said = await town.consumer(rubina.reference, Act.COMPLAIN, words="My mother's connection is late.")
    assert said.refused is None
    assert ((await rubina.row()).repeats, (await rubina.task("meter")).tier) == (1, before.tier + 1)
    given: dict[str, Any] = {"seal": "S-9", "reading": 0, "checks": list(rubina.procedure.stages["meter"].checklist)}
    refused = await rubina.officer("meter", Act.FINISH, meter=neighbour.meters[0], **given)
    assert refused.refused is Refused.METER_TAKEN
    await rubina.walk()
    assert (await rubina.row()).state == State.DONE


async def there_is_no_light(rubina: Application) -> None:
    """Back to the meter, at the next tier; in the end there is light."""
    town = rubina.town
    tier = (await rubina.task("handover")).tier
    assert (await town.consumer(rubina.reference, Act.NOT_REPAIRED)).refused is None
    assert await rubina.open_stages() == ["meter"]
    assert (await rubina.task("meter")).tier == tier + 1
    await rubina.walk()
    assert (await town.consumer(rubina.reference, Act.CONFIRM)).standing.state == State.CLOSED
    assert len([taking for taking in (await rubina.case()).held if taking.what == "meter"]) == 1
