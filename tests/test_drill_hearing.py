"""The count after a drill finds each notice that was never queued, and asks for none that was rightly not: read from real histories."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select, update

from drills.auditor import histories, notices
from drills.hearing import Reading, Want, changes
from drills.reach import Reach
from drills.telling import RESTS_ON_NO_LINE, SAYS_NOTHING, TELLS
from drills.truth import ON_ANY, OTHERWISE
from models import handing_on, moving
from models.events import Event
from models.outbox import Notification
from models.people import Fill, Leave
from models.requests import ServiceRequest
from rules.terms import Act, EventKind, NoticeKind
from tests.by_the_pen import town_by_the_pen
from tests.stories.applying import apply
from tests.stories.conftest import THE_BEGINNING
from tests.stories.test_an_office_merged import administrator, office_of, offices
from tests.stories.test_retiming import fan_of, finished
from tests.timeline import Timeline


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Timeline]:
    """A town whose requests are brought on by the pen."""
    async with town_by_the_pen(database_url, THE_BEGINNING) as made:
        yield made


async def unmissed(town: Timeline, reference: str, line: int | None = None) -> set[str]:
    """The kinds of notice about this request, or about one line, of which the count would not find that they were never queued."""
    found, about = set(), [col(Notification.reference) == reference]
    about += [] if line is None else [col(Notification.number) == line]
    async with town.sessions() as session:
        row = await session.get_one(ServiceRequest, reference)
        events = await histories(session, [reference])

        async def lacks() -> bool:
            return not (await notices(session, [row], events))[0].good

        assert not await lacks()
        kinds = select(Notification.kind).where(*about).distinct()
        for kind in (await session.exec(kinds)).all():
            taken = await session.begin_nested()
            await session.exec(update(Notification).where(*about, col(Notification.kind) == kind).values(reference=""))
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


async def test_who_proposed_hears_that_it_was_declined_and_each_telephone_what_is_said_to_it(town: Timeline) -> None:
    complaint = await town.file("wrong-bill")
    handler = (await town.task(complaint)).handler
    await town.officer(complaint, Act.REJECT, handler, reason="own-wiring", words="Only his own wiring.")
    await town.officer(complaint, Act.DISAGREE, (await town.task(complaint)).answerable, words="It is ours.")
    await town.officer(
        complaint, Act.RESOLVE, handler, put_right=town.now, cause="sum-wrong", words="The bill was put right."
    )
    await town.consumer(complaint, Act.CHANGE_PHONE, words="+919810000002")
    assert {"declined", "phone_changed", "question"} <= {one.kind for one in await town.notices(complaint)}
    assert await unmissed(town, complaint) == set()
    assert await unmissed(town, complaint, line=(await town.row(complaint)).number) == set()
    assert not await goes_to_the_other_number(town, complaint, "phone_changed")
    assert not await goes_to_the_other_number(town, complaint, "acknowledged")
    assert not await goes_to_the_other_number(town, complaint, "question")


async def test_a_consumer_who_was_told_of_a_longer_date_hears_that_it_was_declined(town: Timeline) -> None:
    complaint = await town.file("no-supply")
    handler = (await town.task(complaint)).handler
    await town.officer(complaint, Act.CORRECT, handler, category="voltage", words="There is light, but little.")
    by = (await town.row(complaint)).proposal["post"]
    assert (await town.officer(complaint, Act.DISAGREE, by, words="It is dark there.")).refused is None
    row = await town.row(complaint)
    told = {one.post or CONSUMER: one.data for one in await town.notices(complaint, "declined")}
    assert set(told) == {CONSUMER, handler}
    assert row.standard_due is not None
    assert told[CONSUMER]["standard_due"] == row.standard_due.isoformat()
    assert await unmissed(town, complaint) == set()


async def goes_to_the_other_number(town: Timeline, reference: str, kind: str) -> bool:
    """Whether nobody would find that the newest notice of a kind went to the consumer under the other telephone."""
    async with town.sessions() as session:
        row = await session.get_one(ServiceRequest, reference)
        of = select(Notification).where(Notification.reference == reference, Notification.kind == kind)
        wrong = (await session.exec(of.order_by(col(Notification.number).desc()))).first()
        others = select(Notification.consumer_id).where(Notification.reference == reference).distinct()
        assert wrong is not None
        [other] = set((await session.exec(others)).all()) - {None, wrong.consumer_id}
        wrong.consumer_id = other
        events = await histories(session, [reference])
        return (await notices(session, [row], events))[0].good


@pytest.mark.sweep("another application, each kind of its notices taken away")
async def test_papers_that_come_and_money_that_goes_back_are_told(town: Timeline) -> None:
    application = await apply(town, "new-connection")
    await application.officer("documents", Act.FAULT, faults={})
    await application.hand_in()
    assert "resumed" in {one.kind for one in await town.notices(application.reference)}
    await application.walk(until="payment")
    await application.pay(10_000)
    await town.consumer(application.reference, Act.WITHDRAW)
    await application.officer("refund", Act.FINISH, words="Sent back to the account.")
    last = await town.row(application.reference)
    assert await unmissed(town, application.reference) == set()
    assert await unmissed(town, application.reference, line=last.number) == set(), "that the money went back"


async def test_whoever_has_to_do_with_it_hears_that_it_came_to_his_post(town: Timeline) -> None:
    complaint = await town.file("no-supply", locality="gizri")
    had = (await town.task(complaint)).handler
    async with town.sessions.begin() as session:
        number = await handing_on.end_post(session, had, await administrator(town), town.now)
    await finished(town, number, fan_of(town))
    assert (await town.task(complaint)).handler != had
    assert await unmissed(town, complaint, line=(await town.row(complaint)).number) == set()


@pytest.mark.sweep("a merge of two offices, with a complaint that climbed and waits for a word")
async def test_whoever_answers_for_it_or_must_agree_hears_that_it_came_to_his_office(town: Timeline) -> None:
    complaint = await town.file("wrong-bill", locality="gizri")
    handler = (await town.task(complaint)).handler
    await town.officer(complaint, Act.REJECT, handler, reason="own-wiring", words="Only his own wiring.")
    of = await office_of(town, "gizri")
    other = next(code for code in await offices(town) if code != of)
    async with town.sessions.begin() as session:
        number = await moving.move(session, of, other, await administrator(town), town.now)
    await finished(town, number, fan_of(town))
    task, row = await town.task(complaint), await town.row(complaint)
    told = {(one.kind, one.post) for one in await town.notices(complaint) if one.number == row.number}
    assert told == {("assigned", task.handler), ("assigned", task.answerable), ("proposed", task.answerable)}
    assert await unmissed(town, complaint, line=row.number) == set()


async def test_whoever_gets_another_stage_than_the_first_hears_of_it_as_well(town: Timeline) -> None:
    application = await apply(town, "new-connection")
    await application.walk(until="agreement")
    assert await application.open_stages() == ["agreement", "material"]
    hands = {"agreement": "relationship-officer-gizri-1", "material": "relationship-officer-gizri-2"}
    for stage, officer in hands.items():
        if (await application.task(stage)).handler != officer:
            await application.officer(stage, Act.GIVE, to=officer)
    await application.officer("material", Act.ESCALATE, words="There is none left.")
    of = await office_of(town, "gizri")
    other = next(code for code in await offices(town) if code != of)
    async with town.sessions.begin() as session:
        number = await moving.move(session, of, other, await administrator(town), town.now)
    await finished(town, number, fan_of(town))
    line = (await town.row(application.reference)).number
    agreement, material = [await application.task(stage) for stage in hands]
    given = {(one.post, one.data["stage"]) for one in await town.notices(application.reference) if one.number == line}
    assert given == {
        (agreement.handler, "agreement"), (material.handler, "material"), (material.answerable, "material"),
    }  # fmt: skip
    assert await unmissed(town, application.reference, line=line) == set()
    async with town.sessions() as session:
        row = await session.get_one(ServiceRequest, application.reference)
        [of_the_line] = (await histories(session, [application.reference]))[application.reference][-1:]
    asked = {want.whom for want in Reading(row, [None]).wants([of_the_line])}
    assert asked == {agreement.handler, material.handler, material.answerable}


CONSUMER = 1
AT = datetime(2027, 5, 14, 9, tzinfo=UTC)


def line(number: int, kind: EventKind, *, hours: int = 0, **data: object) -> Event:
    """A line of a complaint's history; what is written in the same hour is one transition."""
    at = AT + timedelta(hours=hours)
    return Event(reference="1", number=number, kind=kind, actor="system", at=at, recorded=at, task_id="1", data=data)


def wanted(*lines: Event, reached: bool = True, **row: object) -> set[tuple[int, str, str | None]]:
    """What must have been told of these lines: number, kind, post."""
    request = ServiceRequest.model_construct(
        **{"kind": "complaint", "contact_refused": False, "brought_at": None, "safety": False, **row}
    )
    told = CONSUMER if reached else None
    wants = Reading(request, [told] * (changes(lines) + 1)).wants(lines)
    return {(*want.ways[0], None if want.whom == CONSUMER else str(want.whom)) for want in wants}


GIVEN = line(2, EventKind.ASSIGNED, post="officer", answerable="officer", tier=1)


def test_whoever_has_it_by_then_is_told() -> None:
    given = line(3, EventKind.GIVEN, hours=1, post="colleague", from_post="officer")
    risen = line(4, EventKind.ESCALATED, hours=2, post="manager", tier=2)
    lapsed = line(5, EventKind.STANDARD_LAPSED, hours=3)
    found = wanted(GIVEN, given, risen, lapsed)
    assert {post for number, _, post in found if number == 2} == {"officer"}
    assert {post for number, _, post in found if number == 3} == {"colleague"}
    assert {post for number, _, post in found if number in (4, 5)} == {None, "colleague", "manager"}


@pytest.mark.parametrize("kind", [EventKind.NOT_REPAIRED, EventKind.REOPENED])
def test_who_answers_at_the_top_must_hear_of_a_no(kind: EventKind) -> None:
    risen = line(3, EventKind.ESCALATED, hours=1, post="manager", tier=2)
    again = line(5, EventKind.ESCALATED, hours=2, post="head", tier=3)
    top = {post for number, _, post in wanted(GIVEN, risen, line(4, kind, hours=2)) if number == 4}
    below = {post for number, _, post in wanted(GIVEN, risen, line(4, kind, hours=2), again) if number == 4}
    assert (top, below) == ({"officer", "manager"}, {"officer"})


@pytest.mark.parametrize(
    ("what", "public", "told"),
    [("correct", True, True), ("lower", True, True), ("correct", False, False), ("reject", True, False)],
)
def test_only_who_heard_that_it_was_proposed_hears_that_it_was_declined(what: str, public: bool, told: bool) -> None:
    asked = line(3, EventKind.PROPOSED, hours=1, what=what, post="manager")
    declined = line(4, EventKind.DECLINED, hours=2, what=what)
    asked.public = declined.public = public
    asked.post = "officer"
    found = wanted(GIVEN, asked, declined)
    assert (4, "declined", "officer") in found
    assert ((3, "proposed", None) in found) == ((4, "declined", None) in found) == told


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
    assert not want.among({("1", 2, "assigned", "officer"), ("1", 3, "assigned", 1), ("1", 3, "closed", "officer")})


def test_of_every_line_it_is_said_whom_it_tells_or_why_nobody() -> None:
    assert {*TELLS, *SAYS_NOTHING} == set(EventKind)
    assert not set(TELLS) & set(SAYS_NOTHING)


def test_every_notice_is_asked_for_by_some_line_or_it_is_said_why_by_none() -> None:
    asked_for = {kind for said in TELLS.values() for kind in said}
    assert asked_for | set(RESTS_ON_NO_LINE) == set(NoticeKind)
    assert not asked_for & set(RESTS_ON_NO_LINE)


def test_what_is_asked_for_of_a_line_may_rest_on_it() -> None:
    for line, said in TELLS.items():
        for kind in set(said) - ON_ANY:
            assert line in OTHERWISE.get(kind, {kind}), f"{kind} on {line}"


def test_danger_rings_through_the_whole_ladder_as_long_as_it_is_danger() -> None:
    risen = line(3, EventKind.ESCALATED, hours=1, post="manager", tier=2, cause="not_taken_up")
    lowered = line(4, EventKind.CORRECTED, hours=2, post="officer")
    rings = (3, "danger", "officer"), (3, "danger", "manager")
    assert wanted(GIVEN, risen, safety=True).issuperset(rings)
    assert wanted(GIVEN, risen, lowered, safety=True).isdisjoint(rings)
    assert wanted(GIVEN, risen).isdisjoint(rings)


def test_an_objection_past_the_top_is_told_to_whoever_has_it_again() -> None:
    rejected, objected = line(3, EventKind.REJECTED, hours=1), line(4, EventKind.OBJECTED, hours=2)
    again = (4, "reopened", "officer")
    assert again in wanted(GIVEN, rejected, objected)
    risen = line(5, EventKind.ESCALATED, hours=2, post="manager", tier=2)
    assert again not in wanted(GIVEN, rejected, objected, risen)


def test_everybody_whose_work_ends_hears_of_it() -> None:
    other = line(3, EventKind.ASSIGNED, hours=1, post="other", answerable="other", tier=1)
    other.task_id = "2"
    for number, kind in enumerate((EventKind.REJECTED, EventKind.LAPSED, EventKind.CLOSED), 4):
        ended = line(number, kind, hours=2)
        assert {(number, kind, "officer"), (number, kind, "other")} <= wanted(GIVEN, other, ended), kind
