"""What single drills look for is found where it is broken: a worker's work that stands still after a kill, officers told too much or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import EventType, TimeoutType
from temporalio.api.history.v1 import HistoryEvent

from drills.findings import Finding
from drills.hands import was_held
from drills.many_due import after_the_kill

KILLED = datetime(2027, 5, 10, 4, 30, tzinfo=UTC)


def ended(*seconds: float) -> dict[str, datetime]:
    """Tiers by number, ended so many seconds after the kill."""
    return {f"{number}": KILLED + timedelta(seconds=at) for number, at in enumerate(seconds)}


def bad(found: list[Finding]) -> list[str]:
    """What is found broken, in its first words."""
    return [one.what.partition(" worker")[0] for one in found if not one.good]


def test_a_kill_explains_fifteen_seconds_for_what_was_in_hand_and_little_for_anything_else() -> None:
    on_and_on = [at / 2 for at in range(-4, 20)]
    assert bad(after_the_kill(ended(*on_and_on), set(), KILLED)) == []
    assert bad(after_the_kill(ended(*on_and_on, 14.5), {"24"}, KILLED)) == []
    assert bad(after_the_kill(ended(*on_and_on, 31), {"24"}, KILLED)) == [
        "in the killed one's hand and not ended in time"
    ]
    assert bad(after_the_kill(ended(*on_and_on, 31), set(), KILLED)) == ["the other"], "nobody's hand explains it"
    assert bad(after_the_kill(ended(-2, -1), set(), KILLED)) == ["ended before the kill, and left to the other"]


def test_a_long_line_explains_that_what_was_in_hand_comes_with_the_last_of_it() -> None:
    line = [at / 2 for at in range(-4, 80)]
    assert bad(after_the_kill(ended(*line, 41), {"84"}, KILLED)) == []
    assert bad(after_the_kill(ended(*line, 60), {"84"}, KILLED)) == ["in the killed one's hand and not ended in time"]


def test_what_was_in_hand_is_what_was_given_out_before_the_kill_and_never_answered() -> None:
    def event(kind: int, seconds: float, who: str = "") -> HistoryEvent:
        one = HistoryEvent(event_type=kind)  # type: ignore[arg-type]
        one.event_time.FromDatetime(KILLED + timedelta(seconds=seconds))
        if kind == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
            one.workflow_task_started_event_attributes.identity = who
        return one

    def held(*events: HistoryEvent) -> bool:
        return was_held(events, "/17", KILLED)

    given = event(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED, -1, "worker@here/17")
    other = event(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED, -1, "worker@here/18")
    late = event(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED, 1, "worker@here/17")
    gone = event(EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT, 9)
    done = event(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, -0.5)
    assert held(given, gone)
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
