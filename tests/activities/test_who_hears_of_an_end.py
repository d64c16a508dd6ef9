"""Who hears that a request ended, and who that its consumer objected: acts through the pen, read from the rows of the outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from embedded.postgres import Postgres
from models.requests import Task
from rules.procedure import Lapse
from rules.terms import Act, EventKind, NoticeKind, State
from tests.by_the_pen import town_by_the_pen
from tests.servers import database_of
from tests.stories.applying import Application, apply
from tests.stories.conftest import THE_BEGINNING
from tests.stories.test_another_shape import with_a_pole
from tests.timeline import Timeline
from tests.world import load

OFFICER, COLLEAGUE = "relationship-officer-gizri-1", "relationship-officer-gizri-2"
MANAGER, HEAD = "service-manager-gizri", "zone-head-south"
CONSUMER = None
"""The one among those told who has no post."""
Told = set[tuple[str, str | None]]


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Timeline]:
    """A town whose requests are brought on by the pen."""
    async with town_by_the_pen(database_url, THE_BEGINNING) as made:
        yield made


@pytest.fixture(scope="module")
async def poles_url(postgres: Postgres) -> AsyncIterator[str]:
    """A database of a utility in which a note is paid while somebody surveys, and an application lapses with it."""
    poles = with_a_pole()
    procedure = poles.policy.procedures["pole-shift"]
    payment = replace(procedure.stages["payment"], after=("note",), lapse=Lapse.LAPSED)
    procedure = replace(procedure, stages={**procedure.stages, "payment": payment})
    policy = replace(poles.policy, procedures={**poles.policy.procedures, "pole-shift": procedure})
    async with database_of(postgres, "template0") as url:
        await load(url, replace(poles, policy=policy))
        yield url


@pytest.fixture
async def poles(poles_url: str) -> AsyncIterator[Timeline]:
    """A town of that utility."""
    async with town_by_the_pen(poles_url, THE_BEGINNING) as made:
        yield made


async def surveyed(town: Timeline) -> Application:
    """An application at two stages at once: its note is to be written, and somebody surveys."""
    application = await apply(town, "pole-shift", "neighbour")
    await application.do("documents")
    return application


async def line_of(town: Timeline, task: Task) -> int:
    """The line by which a task was given out."""
    lines = await town.events(task.reference)
    return max(line.number for line in lines if (line.kind, line.task_id) == (EventKind.ASSIGNED, task.id))


async def told(town: Timeline, reference: str, kind: EventKind) -> Told:
    """What was queued in the newest transition with such a line: each notice with the post it is for."""
    lines = await town.events(reference)
    at = max(line.recorded for line in lines if line.kind == kind)
    numbers = {line.number for line in lines if line.recorded == at}
    rows = [row for row in await town.notices(reference) if row.number in numbers]
    assert all((row.consumer_id is None) == (row.staff_id is not None) == (row.post is not None) for row in rows)
    return {(row.kind, row.post) for row in rows}


def each(kind: NoticeKind, *posts: str | None) -> Told:
    """That each of these is told so."""
    return {(kind.value, post) for post in posts}


async def proposed(town: Timeline, category: str = "wrong-bill") -> tuple[str, str]:
    """A complaint that its handler proposes to reject: its number, and his post."""
    complaint = await town.file(category)
    officer = (await town.task(complaint)).handler
    asked = await town.officer(complaint, Act.REJECT, officer, reason="own-wiring", words="Only his own wiring.")
    assert asked.refused is None
    return complaint, officer


async def agreed(town: Timeline, complaint: str) -> None:
    """Who answers agrees."""
    by = (await town.task(complaint)).answerable
    assert (await town.officer(complaint, Act.AGREE, by)).standing.state is State.REJECTED


async def test_the_consumer_and_who_did_the_work_hear_that_a_complaint_is_rejected(town: Timeline) -> None:
    complaint, officer = await proposed(town)
    await agreed(town, complaint)
    assert await told(town, complaint, EventKind.REJECTED) == each(NoticeKind.REJECTED, CONSUMER, officer)
    for row in await town.notices(complaint, "rejected"):
        assert (row.data["reason"], row.data["state"]) == ("own-wiring", "rejected")


async def test_an_objection_goes_a_tier_up_and_all_it_concerns_hear_of_that(town: Timeline) -> None:
    complaint, officer = await proposed(town)
    await agreed(town, complaint)
    assert (await town.consumer(complaint, Act.OBJECT, words="It is your line.")).refused is None
    assert (await town.task(complaint)).answerable == HEAD
    assert await told(town, complaint, EventKind.OBJECTED) == each(NoticeKind.ESCALATED, CONSUMER, officer, HEAD)


async def nobody_decides(town: Timeline, complaint: str) -> None:
    """The time of whoever answers runs out."""
    due = (await town.task(complaint)).due
    assert due is not None
    await town.until(due)


async def test_an_objection_at_the_last_tier_is_told_with_where_to_go_next(town: Timeline) -> None:
    complaint, officer = await proposed(town)
    await nobody_decides(town, complaint)
    await agreed(town, complaint)
    assert (await town.consumer(complaint, Act.OBJECT, words="It is your line.")).refused is None
    assert await told(town, complaint, EventKind.OBJECTED) == each(NoticeKind.BEYOND, CONSUMER, officer, HEAD)


async def test_an_objection_past_the_last_tier_is_told_to_whoever_has_it_again(town: Timeline) -> None:
    complaint, officer = await proposed(town)
    await nobody_decides(town, complaint)
    await nobody_decides(town, complaint)
    assert (await town.task(complaint)).beyond_at is not None
    await agreed(town, complaint)
    assert (await town.consumer(complaint, Act.OBJECT, words="It is your line.")).refused is None
    assert await told(town, complaint, EventKind.OBJECTED) == each(NoticeKind.REOPENED, officer, HEAD)
    for row in await town.notices(complaint, "reopened"):
        assert (row.data["state"], row.data["tier"]) == ("in_progress", 3)


async def two_hands(application: Application, *stages: str) -> None:
    """Let an officer each do these two stages."""
    for stage, officer in zip(stages, (OFFICER, COLLEAGUE), strict=True):
        if (await application.task(stage)).handler != officer:
            assert (await application.officer(stage, Act.GIVE, to=officer)).refused is None


async def rejected_at(application: Application, stage: str) -> None:
    """The handler of a stage proposes to reject it, and who answers agrees."""
    words = "It is before a court."
    proposal = await application.officer(stage, Act.REJECT, reason="before-a-court", words=words)
    task = await application.task(stage)
    assert proposal.refused is None
    agreed = await application.town.officer(application.reference, Act.AGREE, task.answerable, task=task.id)
    assert agreed.standing.state is State.REJECTED


async def test_the_applicant_and_everybody_at_work_hear_that_an_application_is_rejected(town: Timeline) -> None:
    application = await apply(town, "new-connection")
    await application.walk(until="agreement")
    await two_hands(application, "agreement", "material")
    await rejected_at(application, "agreement")
    heard = await told(town, application.reference, EventKind.REJECTED)
    assert each(NoticeKind.REJECTED, CONSUMER, OFFICER, COLLEAGUE) == {one for one in heard if one[0] == "rejected"}
    assert ("refund_due", CONSUMER) in heard, "what he paid comes back"
    [back] = await application.open_stages()
    assert ("assigned", (await application.task(back)).handler) in heard


async def test_who_has_an_application_again_after_an_objection_hears_of_each_stage(poles: Timeline) -> None:
    application = await surveyed(poles)
    await rejected_at(application, "survey")
    assert (await poles.consumer(application.reference, Act.OBJECT, words="It can.")).refused is None
    assert await application.open_stages() == ["note", "survey"]
    again = [await application.task(stage) for stage in ("note", "survey")]
    assert [(task.tier, task.answerable) for task in again] == [(3, HEAD)] * 2
    told = await poles.notices(application.reference, "assigned")
    for task in again:
        heard = {row.post for row in told if row.number == await line_of(poles, task)}
        assert heard == {task.handler, HEAD}, task.stage


async def test_the_applicant_and_who_had_his_papers_hear_that_an_application_lapsed(town: Timeline) -> None:
    application = await apply(town, "new-connection")
    await application.officer("documents", Act.FAULT, faults={})
    await town.hours_pass(24 * 40)
    assert (await application.row()).state == State.LAPSED
    officer = (await application.task("documents")).handler
    assert await told(town, application.reference, EventKind.LAPSED) == each(NoticeKind.LAPSED, CONSUMER, officer)
    for row in await town.notices(application.reference, "lapsed"):
        assert (row.data["state"], row.data["stage"]) == ("lapsed", "documents")


async def test_who_works_at_a_stage_beside_the_one_that_ran_out_hears_that_it_lapsed(poles: Timeline) -> None:
    application = await surveyed(poles)
    await application.do("note")
    await two_hands(application, "payment", "survey")
    await poles.hours_pass(24 * 20)
    heard = await told(poles, application.reference, EventKind.LAPSED)
    assert heard == each(NoticeKind.LAPSED, CONSUMER, OFFICER, COLLEAGUE) | each(
        NoticeKind.NOTE_EXPIRED, CONSUMER, OFFICER
    )
