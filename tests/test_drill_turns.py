"""What single drills look for is found where it is broken: a worker's work that stands still after a kill, officers told too much or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel import col, select, update
from temporalio.api.enums.v1 import EventType, TimeoutType
from temporalio.api.history.v1 import HistoryEvent

from activities.record import Record
from drills.findings import Finding
from drills.flood import alarmed, deluged, heard
from drills.hands import given_up
from drills.many import registered
from drills.many_due import after_the_kill
from drills.truth import Said
from embedded.message_store import Caught, stamp
from models.database import Sessions
from models.events import Event
from models.outbox import Attempt, Notification
from rules.digest import PAUSE
from rules.messages import Look

KILLED = datetime(2027, 5, 10, 4, 30, tzinfo=UTC)
AGAIN = KILLED + timedelta(seconds=9)


def ended(*seconds: float) -> dict[str, datetime]:
    """Tiers by number, ended so many seconds after the kill."""
    return {f"{number}": KILLED + timedelta(seconds=at) for number, at in enumerate(seconds)}


def bad(found: list[Finding]) -> list[str]:
    """What is found broken, in its first words."""
    return [one.what.partition(" worker")[0] for one in found if not one.good]


def test_a_kill_explains_fifteen_seconds_for_what_was_in_hand_and_little_for_anything_else() -> None:
    on_and_on = [at / 2 for at in range(-4, 20)]
    assert bad(after_the_kill(ended(*on_and_on), {}, KILLED)) == []
    assert bad(after_the_kill(ended(*on_and_on, 14.5), {"24": AGAIN}, KILLED)) == []
    assert bad(after_the_kill(ended(*on_and_on, 31), {"24": AGAIN}, KILLED)) == [
        "in the killed one's hand and not ended in time"
    ]
    assert bad(after_the_kill(ended(*on_and_on, 31), {}, KILLED)) == ["the other"], "nobody's hand explains it"
    assert bad(after_the_kill(ended(*on_and_on, 14.5), {"24": AGAIN + timedelta(seconds=7)}, KILLED)) == [
        "what was in the killed one's hand, given up for others after"
    ]
    assert bad(after_the_kill(ended(-2, -1), {}, KILLED)) == ["ended before the kill, and left to the other"]


def test_a_long_line_explains_that_what_was_in_hand_comes_with_the_last_of_it() -> None:
    line = [at / 2 for at in range(-4, 80)]
    assert bad(after_the_kill(ended(*line, 41), {"84": AGAIN}, KILLED)) == []
    assert bad(after_the_kill(ended(*line, 60), {"84": AGAIN}, KILLED)) == [
        "in the killed one's hand and not ended in time"
    ]


def test_what_was_in_hand_is_what_was_given_out_before_the_kill_and_never_answered() -> None:
    def event(kind: int, seconds: float, who: str = "") -> HistoryEvent:
        one = HistoryEvent(event_type=kind)  # type: ignore[arg-type]
        one.event_time.FromDatetime(KILLED + timedelta(seconds=seconds))
        if kind == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
            one.workflow_task_started_event_attributes.identity = who
        return one

    def held(*events: HistoryEvent) -> bool:
        return given_up(events, "/17", KILLED) is not None

    given = event(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED, -1, "worker@here/17")
    other = event(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED, -1, "worker@here/18")
    late = event(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED, 1, "worker@here/17")
    gone = event(EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT, 9)
    done = event(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, -0.5)
    assert given_up([given, gone], "/17", KILLED) == AGAIN
    assert not held(given, done, gone)
    assert not held(other, gone)
    assert not held(late, gone)
    assert not held(gone)
    asked = event(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, -2)
    again = event(EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED, 9)
    assert not held(asked, again)
    before = again.activity_task_started_event_attributes.last_failure.timeout_failure_info
    before.timeout_type = TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE
    assert held(asked, again)


async def test_officers_who_are_told_too_often_are_found_by_either_channel(sessions: Sessions) -> None:
    at = stamp(datetime.now(UTC))
    texts = [Caught(f"s{one}", "sms", "+915550000101", "", at) for one in range(6)]
    mails = [Caught(f"m{one}", "email", "asha@demo.example", "", at) for one in range(6)]
    async with sessions() as session:
        found = [await deluged(session, came, datetime.now(UTC)) for came in (texts[:5] + mails[:5], texts, mails)]
    assert [[one.good for one in few] for few in found] == [[True, True], [False, True], [True, False]]
    assert found[0][0].figure == "0 of 1 (asha 5)"


async def test_who_is_told_nothing_of_what_is_his_is_found_but_not_whom_a_digest_waits_for(sessions: Sessions) -> None:
    now, record = datetime.now(UTC), Record(sessions)
    numbers = await registered(sessions, 2, "no-supply", now, f"his-{now.timestamp()}")
    [danger] = await registered(sessions, 1, "sparks", now, f"danger-{now.timestamp()}")
    for number in (*numbers, danger):
        await record.look(Look(number, now))

    async def silent(came: list[Caught]) -> tuple[str, str]:
        async with sessions() as session:
            return (await heard(session, numbers, came)).figure, (await alarmed(session, danger, came)).figure

    assert [figure[:6] for figure in await silent([])] == ["4 of 2", "6 of 6"]
    came = list[Caught]()
    async with sessions.begin() as session:
        for row in (await session.exec(select(Notification).where(col(Notification.post).is_not(None)))).all():
            for channel in row.channels:
                sender = f"{channel}-{row.id}"
                session.add(
                    Attempt(notification_id=row.id or 0, channel=channel, state="sent", at=now, sender_id=sender)
                )
                came.append(Caught(sender, channel, "", "", stamp(now)))
    assert [figure[:6] for figure in await silent(came)] == ["0 of 2", "0 of 6"]
    async with sessions.begin() as session:
        kept = update(Notification).where(col(Notification.reference).in_(numbers))
        await session.exec(kept.values(together=True, next_at=now + PAUSE))
    assert (await silent([]))[0] == "0 of 2 (0 told, 4 kept for a digest)"


def test_a_message_about_another_office_is_held_to_who_does_the_work_there() -> None:
    data = {"from_office": "gizri", "office": "rehri", "post": "relationship-officer-rehri-1"}
    line = Event(reference="1", number=2, kind="transferred", actor="officer", at=KILLED, recorded=KILLED, data=data)

    def untrue(handler: str) -> list[str]:
        told = {"office": "rehri", "post": "service-manager-rehri", "handler": handler}
        return list(Said(Notification(reference="1", number=2, kind="transferred", data=told), [line], [line]).untrue())

    assert untrue("relationship-officer-rehri-1") == []
    assert untrue("relationship-officer-gizri-1") == ["post relationship-officer-gizri-1"]


def test_who_must_decide_on_a_proposal_is_told_whose_time_runs_meanwhile() -> None:
    data = {"post": "zone-head-south", "what": "correct"}
    line = Event(reference="1", number=2, kind="proposed", actor="officer", at=KILLED, recorded=KILLED, data=data)
    told = {"post": "service-manager-gizri", "what": "correct"}

    def untrue(to: str | None) -> list[str]:
        notice = Notification(reference="1", number=2, kind="proposed", post=to, data=told)
        return list(Said(notice, [line], [line]).untrue())

    assert untrue("zone-head-south") == []
    assert untrue(None) == [], "the consumer is told that the next officer above decides"
    assert untrue("zone-head-north") == ["post zone-head-north"]
