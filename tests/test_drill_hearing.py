"""The count after a drill finds each notice that was never queued, and asks for none that was rightly not: read from real histories."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select, update

from drills.auditor import histories, notices
from drills.hearing import Reading, Want
from drills.reach import Reach
from models.events import Event
from models.outbox import Notification
from models.people import Fill, Leave
from models.requests import ServiceRequest
from rules.terms import Act, EventKind
from tests.by_the_pen import town_by_the_pen
from tests.stories.applying import apply
from tests.stories.conftest import THE_BEGINNING
from tests.timeline import Timeline


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Timeline]:
    """A town whose requests are brought on by the pen."""
    async with town_by_the_pen(database_url, THE_BEGINNING) as made:
        yield made


async def unmissed(town: Timeline, reference: str) -> set[str]:
    """The kinds of notice about this request of which the count would not find that they were never queued."""
    found = set()
    async with town.sessions() as session:
        row = await session.get_one(ServiceRequest, reference)
        events = await histories(session, [reference])

        async def lacks() -> bool:
            return not (await notices(session, [row], events))[0].good

        assert not await lacks()
        kinds = select(Notification.kind).where(Notification.reference == reference).distinct()
        for kind in (await session.exec(kinds)).all():
            ours = col(Notification.reference) == reference, col(Notification.kind) == kind
            taken = await session.begin_nested()
            await session.exec(update(Notification).where(*ours).values(reference=""))
            if not await lacks():
                found.add(kind)
            await taken.rollback()
    return found


async def test_each_notice_of_a_complaint_is_missed_when_it_was_never_queued(town: Timeline) -> None:
    complaint = await town.file("no-supply")
    officer, other = "relationship-officer-gizri-1", "relationship-officer-gizri-2"
    handler = (await town.task(complaint)).handler
    await town.officer(complaint, Act.HOLD, handler, reason="premises-locked")
    await town.officer(complaint, Act.RESUME, handler)
    await town.officer(complaint, Act.GIVE, handler, to=other if handler == officer else officer)
    await town.hours_pass(7)
    handler = (await town.task(complaint)).handler
    await town.officer(
        complaint, Act.RESOLVE, handler, put_right=town.now, cause="loose-joint", words="The joint was tightened."
    )
    await town.consumer(complaint, Act.NOT_REPAIRED)
    await town.consumer(complaint, Act.SUPPLY_BACK)
    assert {"reminder", "escalated", "standard_lapsed", "beyond"} <= {one.kind for one in await town.notices(complaint)}
    assert await unmissed(town, complaint) == set()


@pytest.mark.sweep("three more complaints, each kind of their notices taken away")
async def test_who_works_on_it_hears_that_it_was_taken_back_or_not_accepted(town: Timeline) -> None:
    withdrawn, rejected, danger = [await town.file(category) for category in ("no-supply", "wrong-bill", "wire-down")]
    await town.consumer(withdrawn, Act.WITHDRAW, reason="filed-twice")
    handler = (await town.task(rejected)).handler
    await town.officer(rejected, Act.REJECT, handler, reason="own-wiring", words="Only his own wiring.")
    await town.officer(rejected, Act.AGREE, (await town.task(rejected)).answerable)
    await town.hours_pass(1)
    for one in (withdrawn, rejected, danger):
        assert await unmissed(town, one) == set()


@pytest.mark.sweep("an application worked from stage to stage, each kind of its notices taken away")
async def test_each_notice_of_an_application_is_missed_when_it_was_never_queued(town: Timeline) -> None:
    application = await apply(town, "new-connection")
    await application.walk(until="payment")
    await application.pay(10_000)
    assert await unmissed(town, application.reference) == set()
    await town.consumer(application.reference, Act.WITHDRAW)
    assert await unmissed(town, application.reference) == set()


AT = datetime(2027, 5, 14, 9, tzinfo=UTC)


def line(number: int, kind: EventKind, *, hours: int = 0, **data: object) -> Event:
    """A line of a complaint's history; what is written in the same hour is one transition."""
    at = AT + timedelta(hours=hours)
    return Event(reference="1", number=number, kind=kind, actor="system", at=at, recorded=at, task_id="1", data=data)


def wanted(*lines: Event, reached: bool = True, **row: object) -> set[tuple[int, str, str | None]]:
    """What must have been told of these lines: number, kind, post."""
    request = ServiceRequest.model_construct(
        **{"kind": "complaint", "contact_refused": False, "brought_at": None, **row}
    )
    wants = Reading(request, reached).wants(lines)
    return {(*want.ways[0], want.post) for want in wants}


GIVEN = line(2, EventKind.ASSIGNED, post="officer", answerable="officer", tier=1)


def test_whoever_has_it_by_then_is_told() -> None:
    given = line(3, EventKind.GIVEN, hours=1, post="colleague", from_post="officer")
    risen = line(4, EventKind.ESCALATED, hours=2, post="manager", tier=2)
    lapsed = line(5, EventKind.STANDARD_LAPSED, hours=3)
    found = wanted(GIVEN, given, risen, lapsed)
    assert {post for number, _, post in found if number == 2} == {"officer"}
    assert {post for number, _, post in found if number == 3} == {"colleague"}
    assert {post for number, _, post in found if number in (4, 5)} == {None, "colleague", "manager"}


def test_nobody_is_told_what_is_no_longer_so() -> None:
    reminded = line(3, EventKind.REMINDED, hours=1, post="officer", due_at="")
    risen = line(4, EventKind.ESCALATED, hours=1, post="manager", tier=2)
    resolved, closed = line(5, EventKind.RESOLVED, hours=2), line(6, EventKind.CLOSED, hours=2)
    kinds = {kind for _, kind, _ in wanted(GIVEN, reminded, risen, resolved, closed)}
    assert kinds == {"assigned", "escalated", "closed"}


def test_a_consumer_who_stopped_messages_or_has_no_address_is_told_nothing() -> None:
    expected, refused = line(3, EventKind.EXPECTED, hours=1), line(4, EventKind.CONTACT_REFUSED, hours=1)
    late = line(5, EventKind.EXPECTED, hours=2)
    assert (5, "expected", None) in wanted(GIVEN, late)
    assert wanted(GIVEN, expected, refused, late) == wanted(GIVEN, late, reached=False) == wanted(GIVEN)
    changed = line(6, EventKind.PHONE_CHANGED, hours=3)
    assert (7, "expected", None) in wanted(GIVEN, refused, changed, line(7, EventKind.EXPECTED, hours=4))


def test_a_post_is_asked_about_only_where_somebody_sat_in_it_who_can_be_told() -> None:
    def sits(person: int, **more: object) -> Fill:
        return Fill(**{"post": "officer", "person": person, "since": AT, **more})

    def told(*fills: Fill, away: Leave | None = None) -> bool:
        leave = {1: [away] if away else [], 2: []}
        return Reach(frozenset(), frozenset({1}), {"officer": fills}, leave, "Asia/Kolkata").post("officer", AT)

    assert told(sits(1))
    assert not told()
    assert not told(sits(1, since=AT + timedelta(seconds=1)))
    assert not told(sits(1, until=AT))
    assert told(sits(1, roster={"fri": ["14:30-15:30"]}), sits(2, roster={"fri": ["15:30-17:00"]}))
    assert not told(sits(1, roster={"mon": ["09:00-17:00"]}))
    assert not told(sits(1), sits(2)), "the other has no address"
    assert not told(sits(1), away=Leave(person=1, since=AT))


def test_a_notice_under_another_number_or_to_another_post_is_none() -> None:
    want = Want("1", ((3, "assigned"), (3, "danger")), "officer", AT)
    assert want.among({("1", 3, "danger", "officer")})
    assert not want.among({("1", 2, "assigned", "officer"), ("1", 3, "assigned", None), ("1", 3, "closed", "officer")})
