"""An officer's Thursday: sixty open, a direction while she types, leave from half past five, and every clock as the oracle counts it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

import pytest
from sqlmodel import select

from models.ground import Policies
from models.record import record_of
from models.requests import Hold, Words
from rules.calendar import Calendar
from rules.due import Pause
from rules.durations import Duration, Unit, parse
from rules.policy import Policy, timing_of
from rules.share import Mark
from rules.terms import Act, EventKind, Refused, State
from tests.rules.oracle import Oracle
from tests.stories.test_absences import leave, number
from tests.stories.test_the_ladder import at, nearest
from tests.timeline import Timeline

THURSDAY, FRIDAY = 6, 7
ASHA, BILAL, MANAGER = "relationship-officer-gizri-1", "relationship-officer-gizri-2", "service-manager-gizri"
DEFENCE, ZONE_HEAD = "relationship-officer-defence", "zone-head-south"
KINDS = ("payment-not-posted", "voltage", "wrong-bill", "streetlight")
MINUTE = timedelta(minutes=1)


@cache
def oracle(calendar: Calendar) -> Oracle:
    """The calendar counted minute by minute from Thursday's midnight in London on."""
    return Oracle(calendar, at("05:30", THURSDAY))


def clock(time: Duration, entered: datetime, pauses: Sequence[Pause], calendar: Calendar) -> datetime | None:
    """When a time runs out, counted by the oracle alone."""
    counted, always = oracle(calendar), oracle(Calendar.round_the_clock(calendar.zone))
    if time.unit not in (Unit.DAYS, Unit.WORKING_DAYS):
        return counted.runs_out(entered, time.timedelta // MINUTE, pauses)
    days = time.unit is Unit.DAYS
    nth = counted.end_of_nth_calendar_day if days else counted.close_of_nth_day
    ends, counting = nth(entered, time.amount), always if days else counted
    back = counting.held(counted.opening(entered), ends, pauses)
    return counting.runs_out(ends, back, pauses) if back else ends


async def judged_by_the_oracle(town: Timeline, reference: str, policy: Policy) -> None:
    """Both clocks of an open request, and each lapse it has, are what the oracle counts from its history and holds."""
    row, task = await town.row(reference), await town.task(reference)
    timing = timing_of(policy, row.category, row.area_class)
    async with town.sessions() as session:
        holds = (await session.exec(select(Hold).where(Hold.task_id == task.id))).all()
    pauses = [(Pause(nearest(hold.start) or hold.start, nearest(hold.end)), hold) for hold in holds]
    stood = [pause for pause, _hold in pauses]
    events = await town.events(reference)
    entered = [row.registered_at, *(event.at for event in events if event.kind == EventKind.ESCALATED)]
    assert task.entered == entered[-1]
    calendar = policy.calendars[timing.calendar]
    for tier, since in enumerate(entered[: task.tier], 1):
        due = clock(timing.tiers[tier - 1], nearest(since) or since, stood, calendar)
        lapse = next((one for one in await town.lapses(reference) if one.tier == tier), None)
        assert lapse is None or nearest(lapse.due) == due, (row.category, tier)
        assert tier < task.tier or nearest(task.due) == due, (row.category, tier, task.due, due)
    ours = [pause for pause, hold in pauses if hold.stops_standard]
    standard = clock(parse(row.standard or ""), row.registered_at, ours, policy.calendars[row.standard_calendar or ""])
    assert nearest(row.standard_due) == standard, row.category


async def sixty(town: Timeline) -> dict[str, list[str]]:
    """Sixty complaints in the hour before her office opens and after, one a minute; what needs to be taken up is."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for minute in range(60):
        await town.until(at(f"09:{minute:02}", THURSDAY))
        kind = KINDS[minute % len(KINDS)]
        found[kind].append(await town.file(kind))
        if kind == "voltage":
            assert (await town.officer(found[kind][-1], Act.ACCEPT, ASHA)).refused is None
    return found


@pytest.mark.sweep("sixty complaints through two days; what each meets has a test of its own")
async def test_an_officers_thursday(town: Timeline) -> None:
    town.now = at("08:30", THURSDAY)
    await leave(town, "bilal", town.now, at("10:00", THURSDAY))
    await leave(town, "bilal", at("08:00", FRIDAY), at("20:00", FRIDAY))
    found = await sixty(town)
    open_ones = [reference for some in found.values() for reference in some]
    assert await town.loads("relationship_officer", "gizri") == [60, 0]

    # a direction arrives while she types
    directed = found["wrong-bill"][0]
    await town.until(at("10:20", THURSDAY))
    assert (await town.officer(directed, Act.ESCALATE, ASHA, words="The meter office must say.")).refused is None
    seen = (await town.row(directed)).number
    await town.until(at("10:30", THURSDAY))
    assert (await town.officer(directed, Act.DIRECT, MANAGER, words="Read the meter again first.")).refused is None
    typed = "I wrote a new bill and told the consumer on the telephone."
    late = await town.officer(
        directed, Act.RESOLVE, ASHA, words=typed, seen=seen, cause="reading-wrong", put_right=town.now
    )
    assert late.refused is Refused.STALE
    async with town.sessions() as session:
        kept = (await session.exec(select(Words.body).where(Words.reference == directed))).all()
    assert typed in kept, "what she typed is not lost"

    # work of hers is put right, closed by word, and reopened in the afternoon
    reopened = found["streetlight"][0]
    await town.until(at("10:40", THURSDAY))
    put_right = {"words": "A new lamp.", "cause": "lamp-failed", "put_right": town.now}
    assert (await town.officer(reopened, Act.RESOLVE, ASHA, **put_right)).refused is None
    await town.until(at("10:50", THURSDAY))
    assert (await town.consumer(reopened, Act.CONFIRM)).refused is None

    # a hold that the consumer contests, and one that runs
    contested, waiting = found["payment-not-posted"][3], found["payment-not-posted"][4]
    await town.until(at("11:00", THURSDAY))
    for reference in (contested, waiting):
        assert (await town.officer(reference, Act.HOLD, ASHA, reason="document-wanted")).refused is None
    await town.until(at("11:40", THURSDAY))
    assert (await town.consumer(contested, Act.PRESENT, claim="was_there")).refused is None
    assert (await town.consumer(waiting, Act.PRESENT, claim="done")).refused is None
    await town.until(at("12:00", THURSDAY))
    assert (await town.officer(contested, Act.DISAGREE, MANAGER)).refused is None

    # a transfer that bounces: sent there, sent back, then decided above both
    bounced = found["voltage"][5]
    before = await town.task(bounced)
    await town.until(at("14:10", THURSDAY))
    assert (await town.officer(bounced, Act.TRANSFER, ASHA, office="defence", words="Their feeder.")).refused is None
    await town.until(at("14:30", THURSDAY))
    assert (await town.officer(bounced, Act.TRANSFER, DEFENCE, office="gizri", words="No, yours.")).refused is None
    back = (await town.task(bounced)).handler
    await town.until(at("14:40", THURSDAY))
    assert (await town.officer(bounced, Act.ACCEPT, back)).refused is None
    assert (await town.officer(bounced, Act.TRANSFER, back, office="defence", words="No, theirs.")).refused is None
    assert (await town.row(bounced)).proposal["post"] == ZONE_HEAD
    assert (await town.officer(bounced, Act.DISAGREE, ZONE_HEAD)).refused is None
    after = await town.task(bounced)
    assert (after.tier, after.entered, after.due) == (before.tier, before.entered, before.due)

    await town.until(at("15:00", THURSDAY))
    assert (await town.consumer(reopened, Act.REOPEN)).refused is None
    assert (await town.task(reopened)).answerable == MANAGER

    # leave from half past five; who stands in is away on Friday
    await town.until(at("17:20", THURSDAY))
    await leave(town, "asha", at("17:30", THURSDAY), at("09:00", FRIDAY + 3), stand_in="bilal")
    dumped = found["payment-not-posted"][0]
    await town.until(at("17:25", THURSDAY))
    assert (await town.officer(dumped, Act.GIVE, ASHA, to=BILAL)).refused is None

    await town.until(at("18:00", THURSDAY))
    evening = await town.file("no-supply")
    async with town.sessions() as session:
        policy = await Policies().of(session, 1)
    assert (await town.task(evening)).tier == 1, "the one in charge is there tonight"
    await town.until(at("10:00", FRIDAY))
    morning = await town.file("voltage")
    (given,) = [event for event in await town.events(morning) if event.kind == EventKind.ASSIGNED]
    assert (given.data["tier"], given.data["answerable"]) == (2, MANAGER)
    assert [(one["tier"], one["why"]) for one in given.data["skipped"]] == [(1, "on_leave")]

    await town.until(at("12:00", FRIDAY))
    still = [reference for reference in open_ones if (await town.row(reference)).state != State.CLOSED]
    assert len(still) == 60
    for reference in still:
        await judged_by_the_oracle(town, reference, policy)
    stood = [event.at for event in await town.events(contested) if event.kind == EventKind.ESCALATED]
    assert [nearest(one) for one in stood] == [
        clock(parse("7h"), (await town.row(contested)).registered_at, (), policy.calendars["office"])
    ]

    async with town.sessions() as session:
        record = await record_of(session, Policies(), at("08:00", THURSDAY), town.now)
    by_mark = {mark: [one for one in record if one.marked.mark is mark] for mark in Mark}
    (lapse,) = [one.marked for one in by_mark[Mark.LAPSE] if one.reference == dumped]
    asha, bilal = await number(town, "asha"), await number(town, "bilal")
    shares = {(share.post, share.person): round(share.worked / MINUTE) for share in lapse.shares}
    assert shares == {(ASHA, asha): 415, (BILAL, bilal): 5}
    assert [one.reference for one in by_mark[Mark.REOPENED]] == [reopened]
    assert [one.reference for one in by_mark[Mark.HOLD_CONTESTED]] == [contested]
