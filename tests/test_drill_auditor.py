"""The count after a drill finds what is lost, doubled or broken: each kind is made on purpose, in real tables."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import pytest
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.claimed import Claimed
from activities.notice import Place
from activities.record import Record
from activities.say import Renderer
from drills.auditor import Promised, audit, settled
from drills.everything_killed import Watched, as_late_as_away, same_instants
from drills.lane import DRILLS, End, Lane, lanes, seconds, tally
from drills.messages import by_sender, caught_in, in_silence, twice, unexplained
from drills.people import Answer, fate, sheets
from drills.stack import Chosen, Kill
from drills.truth import Said
from drills.written import MAY_WRITE_NOTHING, WRITES
from embedded.message_store import Caught, stamp
from models.database import Sessions
from models.events import Event, Submission
from models.intake import New, register
from models.outbox import Attempt, Notification
from models.requests import Lapse, ServiceRequest
from models.tray import put
from rules.messages import ItIsTime, Look, Take
from rules.terms import Act, Actor, Channel, EventKind, Kind
from tests.activities.mailroom import gateway
from tests.sweeping import swept


@dataclass
class Drilled:
    """A complaint with an action taken and two tiers climbed, every message of it arrived; all as promised."""

    sessions: Sessions
    promised: Promised
    caught: list[Caught] = field(default_factory=list)

    @property
    def reference(self) -> str:
        """Its number."""
        return self.promised.numbers["key"]

    async def change(self, change: Callable[[AsyncSession, str], Awaitable[object]]) -> None:
        """Do something to the tables that the product never would."""
        async with self.sessions.begin() as session:
            await change(session, self.reference)

    async def broken(self) -> set[str]:
        """The promises that the count finds broken."""
        async with self.sessions() as session:
            found = await audit(session, self.promised, lambda: self.caught)
        return {finding.what for finding in found if not finding.good}


@pytest.fixture
async def drilled(sessions: Sessions) -> Drilled:
    """Made by the real pen, a moment ago."""
    since, record = datetime.now(UTC), Record(sessions)
    new = New(
        Kind.COMPLAINT, "no-supply", Channel.WEB, "en", "Dark", f"form-{since.timestamp()}", since,
        locality="gizri", phone="+915550000001",
    )  # fmt: skip
    async with sessions.begin() as session:
        reference = (await register(session, new)).reference
    standing, id = await record.look(Look(reference, since)), f"desk-1-note-{reference}"
    async with sessions.begin() as session:
        await put(
            session, id=id, reference=reference, act=Act.NOTE, actor=Actor.OFFICER, at=since, words="On the way",
            post=standing.tasks[0].handler,
        )  # fmt: skip
    taken = await record.take(Take(reference, id, Act.NOTE))
    for hours in (1, 2, 3):
        await record.it_is_time(ItIsTime(reference, since + timedelta(hours=hours)))
    made = Drilled(sessions, Promised(since, {"key": reference}, {id: "refused" if taken.refused else "done"}))
    await made.change(_send)
    renderer = Renderer(Place("http://localhost:8000", ZoneInfo("Asia/Kolkata")))
    async with sessions() as session:
        names = await renderer.names(session)
        asked = select(Notification, Attempt.sender_id).join(Attempt).where(Notification.reference == reference)
        for row, sender in (await session.exec(asked.order_by(col(Notification.id)))).all():
            said = renderer.message(Claimed(row, None, None, None).notice(), "sms", names)
            made.caught.append(Caught(sender or "", "sms", "+915550000001", said.text, stamp(since)))
    return made


async def _send(session: AsyncSession, reference: str) -> None:
    for row in (await session.exec(select(Notification).where(Notification.reference == reference))).all():
        assert row.id is not None
        row.state = "done"
        session.add(Attempt(notification_id=row.id, channel="sms", state="sent", at=row.queued, sender_id=f"s{row.id}"))


async def _first(session: AsyncSession, reference: str, kind: EventKind) -> Event:
    asked = select(Event).where(Event.reference == reference, Event.kind == kind).order_by(col(Event.number))
    found = (await session.exec(asked)).first()
    assert found is not None
    return found


async def _once_more(session: AsyncSession, reference: str, kind: EventKind) -> None:
    first = await _first(session, reference, kind)
    row = await session.get(ServiceRequest, reference)
    assert row is not None
    row.number += 1
    session.add(Event(**{**first.model_dump(), "number": row.number, "recorded": datetime.now(UTC)}))


async def _rewritten(session: AsyncSession, reference: str) -> None:
    await session.exec(update(Event).where(col(Event.reference) == reference, col(Event.number) == 2).values(post="x"))


async def _gone(session: AsyncSession, reference: str) -> None:
    await session.exec(update(ServiceRequest).where(col(ServiceRequest.reference) == reference).values(number=99))


async def _escalated_twice(session: AsyncSession, reference: str) -> None:
    await _once_more(session, reference, EventKind.ESCALATED)


async def _done_twice(session: AsyncSession, reference: str) -> None:
    await _once_more(session, reference, EventKind.NOTED)


async def _lapsed_twice(session: AsyncSession, reference: str) -> None:
    lapse = (await session.exec(select(Lapse).where(Lapse.reference == reference))).first()
    assert lapse is not None
    session.add(Lapse(**{**lapse.model_dump(), "id": None}))


async def _unanswered(session: AsyncSession, reference: str) -> None:
    await session.exec(update(Submission).where(col(Submission.reference) == reference).values(answered=None))


async def _other_outcome(session: AsyncSession, reference: str) -> None:
    await session.exec(update(Submission).where(col(Submission.reference) == reference).values(refused="stale"))


async def _never_queued(session: AsyncSession, reference: str) -> None:
    rows = select(Notification.id).where(Notification.reference == reference, Notification.kind == "escalated")
    ids = list((await session.exec(rows)).all())
    await session.exec(delete(Attempt).where(col(Attempt.notification_id).in_(ids)))
    await session.exec(delete(Notification).where(col(Notification.id).in_(ids)))


async def _still_waiting(session: AsyncSession, reference: str) -> None:
    await session.exec(update(Notification).where(col(Notification.reference) == reference).values(state="waiting"))


async def _nothing_written(session: AsyncSession, reference: str) -> None:
    """A note that is answered as done and stands nowhere; one that was refused need not."""
    done = (await session.exec(select(Submission).where(Submission.reference == reference))).one()
    session.add(Submission(**{**done.model_dump(), "id": "desk-1-note-no-line"}))
    session.add(Submission(**{**done.model_dump(), "id": "desk-1-note-refused", "refused": "stale"}))


async def test_what_is_whole_is_found_whole(drilled: Drilled) -> None:
    assert await drilled.broken() == set()


OTHERS = "each other kind of loss, doubling and untruth"
UNTRUE = "notices that told what was not so"
CHAIN = "histories with a gap or a broken chain"


@pytest.mark.parametrize(
    ("change", "broken"),
    swept(
        OTHERS,
        (_rewritten, {CHAIN}),
        (_gone, {CHAIN}),
        (_escalated_twice, {CHAIN, "timers fired twice", "tiers climbed twice", "notices never queued", UNTRUE}),
        (_done_twice, {CHAIN, "submissions done twice"}),
        (_lapsed_twice, {"lapses kept twice"}),
        (_unanswered, {"submissions without an outcome"}),
        (_other_outcome, {"outcomes other than told"}),
        (_never_queued, {"notices never queued", "messages nobody sent"}),
        (_still_waiting, {"notices not done"}),
        (_nothing_written, {"acts done that wrote nothing"}),
    ),
)
async def test_what_is_broken_on_purpose_is_found(
    drilled: Drilled, change: Callable[[AsyncSession, str], Awaitable[None]], broken: set[str]
) -> None:
    await drilled.change(change)
    assert await drilled.broken() == broken


@pytest.mark.parametrize(
    "told",
    swept(
        OTHERS,
        {"post": "zone-head-east"},
        {"tier": 3},
        {"fell_due": "2027-05-14T10:00:00+00:00"},
        {"due": "2027-05-14T10:00:00+00:00"},
        {"state": "closed"},
    ),
)
async def test_a_notice_that_names_what_was_not_so_is_found(drilled: Drilled, told: dict[str, object]) -> None:
    async with drilled.sessions.begin() as session:
        of = Notification.reference == drilled.reference, Notification.kind == "escalated"
        rows = select(Notification).where(*of, col(Notification.consumer_id).is_not(None))
        row = (await session.exec(rows.order_by(col(Notification.id)))).first()
        assert row is not None
        row.data = {**row.data, **told}
    assert UNTRUE in await drilled.broken()


async def test_a_notice_without_its_line_is_found(drilled: Drilled) -> None:
    await drilled.change(_of_another_kind)
    assert UNTRUE in await drilled.broken()


async def _of_another_kind(session: AsyncSession, reference: str) -> None:
    of = col(Notification.reference) == reference, col(Notification.kind) == "escalated"
    await session.exec(update(Notification).where(*of).values(kind="withdrawn"))


@pytest.mark.parametrize(
    "change",
    swept(
        OTHERS,
        lambda text: text.replace("-", "").translate(str.maketrans("0123456789", "9876543210")),
        lambda text: f"{text} It ends at 4:44 in the morning.",
        lambda text: text.replace("ervice manager", "erviette manager"),
    ),
)
async def test_a_message_that_says_what_its_notice_does_not_is_found(
    drilled: Drilled, change: Callable[[str], str]
) -> None:
    drilled.caught = [replace(one, text=change(one.text)) for one in drilled.caught]
    assert await drilled.broken() == {"messages that say what their notice does not"}


async def test_a_digest_may_be_about_requests_of_the_turn_before_too(drilled: Drilled) -> None:
    first = drilled.caught[0]
    drilled.caught[0] = replace(first, text="2 complaints are waiting for you.")
    assert await drilled.broken() == {"messages that say what their notice does not"}

    async def told_with_it(session: AsyncSession, reference: str) -> None:
        of = select(Notification).join(Attempt).where(Attempt.sender_id == first.id)
        row = (await session.exec(of)).one()
        other = Notification(**{**row.model_dump(), "id": None, "reference": "482719360", "key": "another"})
        session.add(other)
        await session.flush()
        assert other.id is not None
        session.add(Attempt(notification_id=other.id, channel="sms", state="sent", at=row.queued, sender_id=first.id))

    await drilled.change(told_with_it)
    assert await drilled.broken() == set()


async def test_what_was_promised_outside_and_is_not_there_is_found(drilled: Drilled) -> None:
    drilled.promised.numbers |= {"other key": "482719360", "third key": drilled.reference}
    drilled.promised.told["desk-1-note-nowhere"] = "done"
    drilled.caught.pop()
    assert await drilled.broken() == {
        "numbers given and lost", "numbers given twice", "actions taken and lost", "messages that never came",
    }  # fmt: skip


def test_of_every_act_it_is_said_what_it_writes_or_that_it_may_write_nothing() -> None:
    assert set(Act) == {*map(Act, WRITES), *MAY_WRITE_NOTHING}
    assert not set(WRITES) & set(MAY_WRITE_NOTHING)


async def test_a_message_that_came_twice_is_forgiven_only_after_a_kill_that_can_double_it(drilled: Drilled) -> None:
    drilled.caught.append(drilled.caught[0])
    drilled.promised.kills += [Kill(drilled.promised.since, "web"), Kill(drilled.promised.since, "temporal")]
    assert await drilled.broken() == {"messages come twice without a kill"}
    drilled.promised.kills.append(Kill(drilled.promised.since, "worker"))
    assert await drilled.broken() == set()


async def test_a_text_message_handed_over_twice_is_counted_though_its_reader_has_it_once(
    drilled: Drilled, tmp_path: Path
) -> None:
    async with gateway(tmp_path) as (url, store), httpx2.AsyncClient() as client:
        for one in (*drilled.caught, drilled.caught[0]):
            await client.post(url, json={"to": one.to, "text": one.text, "id": one.id})
        drilled.caught = caught_in(store.path)
    assert await drilled.broken() == {"text messages handed over twice without a kill"}
    drilled.promised.kills.append(Kill(datetime.fromisoformat(drilled.caught[0].at), "messages"))
    assert await drilled.broken() == set()


async def test_a_notice_that_went_out_under_two_ids_by_one_channel_is_doubled(drilled: Drilled) -> None:
    async def begin_anew(session: AsyncSession, reference: str) -> None:
        first = (await session.exec(select(Attempt).where(Attempt.sender_id == drilled.caught[-1].id))).one()
        session.add(Attempt(**{**first.model_dump(), "id": None, "sender_id": "another"}))

    await drilled.change(begin_anew)
    drilled.caught.append(replace(drilled.caught[-1], id="another"))
    assert await drilled.broken() == {"notices begun anew under another id"}


async def test_what_is_to_be_told_together_is_lost_once_its_time_has_come_or_it_was_tried(drilled: Drilled) -> None:
    never_came, now = drilled.caught.pop().id, datetime.now(UTC)

    async def waits(session: AsyncSession, reference: str) -> None:
        of = select(Attempt.notification_id).where(Attempt.sender_id == never_came).scalar_subquery()
        later = {"state": "waiting", "together": True, "next_at": now + timedelta(minutes=5)}
        await session.exec(update(Notification).where(col(Notification.id) == of).values(**later))

    async def never_tried(session: AsyncSession, reference: str) -> None:
        await session.exec(delete(Attempt).where(col(Attempt.sender_id) == never_came))

    def comes(at: datetime) -> Callable[[AsyncSession, str], Awaitable[None]]:
        async def change(session: AsyncSession, reference: str) -> None:
            of = col(Notification.reference) == reference, col(Notification.state) == "waiting"
            await session.exec(update(Notification).where(*of).values(next_at=at))

        return change

    found = [await _notices_waiting(drilled)]
    for change, lost in (
        (waits, {"notices not done", "messages that never came"}),
        (never_tried, set()),
        (comes(now - timedelta(seconds=1)), {"notices not done"}),
        (comes(now + timedelta(days=1)), {"notices not done"}),
    ):
        await drilled.change(change)
        assert await drilled.broken() == lost
        found.append(await _notices_waiting(drilled))
    assert [one - found[0] for one in found[1:]] == [1, 0, 1, 1]


async def _notices_waiting(drilled: Drilled) -> int:
    async with drilled.sessions() as session:
        return (await settled(session)).get("notices waiting", 0)


def test_a_kill_explains_only_what_came_again_after_it() -> None:
    at = datetime(2027, 5, 14, tzinfo=UTC)
    times = {"a": [at, at + timedelta(seconds=20)]}
    assert unexplained(times, [Kill(at + timedelta(seconds=10), "all")]) == []
    around = [Kill(at - timedelta(seconds=10), "all"), Kill(at + timedelta(seconds=30), "all")]
    assert unexplained(times, around) == ["a"]


def test_a_mail_that_left_before_the_kill_is_explained_by_it_however_late_the_catcher_noted_it() -> None:
    at = datetime(2027, 5, 14, tzinfo=UTC)
    left, noted, again = at, at + timedelta(seconds=6), at + timedelta(seconds=30)
    mails = [
        Caught(id, "email", "", "", stamp(came), message_id="<notice.1.234567895@x>", dated=stamp(written))
        for id, came, written in (("a", noted, left), ("b", again, again))
    ]
    assert unexplained(by_sender(mails), [Kill(at + timedelta(seconds=2), "worker")]) == []
    assert unexplained(by_sender(mails), [Kill(at - timedelta(seconds=10), "worker")]) == ["notice.1.234567895"]


def test_a_mail_taken_without_a_word_for_as_long_as_one_is_waited_for_explains_that_it_came_again() -> None:
    at = datetime(2027, 5, 14, tzinfo=UTC)

    def broken(noted: float) -> list[str]:
        mails = [
            Caught(id, "email", "", "", stamp(came), message_id="<notice.1.234567895@x>", dated=stamp(written))
            for id, came, written in (
                ("a", at + timedelta(seconds=noted), at), ("b", at + timedelta(seconds=26), at + timedelta(seconds=26))
            )
        ]  # fmt: skip
        return [one.what for one in twice("messages come", by_sender(mails), [], in_silence(mails)) if not one.good]

    assert broken(11) == []
    assert broken(6) == ["messages come twice without a kill"]


def test_what_an_officer_sent_up_before_its_time_has_kept_its_word() -> None:
    at = datetime(2027, 5, 14, tzinfo=UTC)
    told, above = at + timedelta(hours=1), at + timedelta(hours=3)

    def line(number: int, kind: EventKind, due: datetime | None) -> Event:
        return Event(reference="1", number=number, kind=kind, actor="system", at=at, recorded=at, task_id="1", due=due)

    first, last = line(2, EventKind.ESCALATED, at), line(4, EventKind.BEYOND, above)
    notice = Notification(reference="1", number=2, kind="escalated", data={"due": told.isoformat()})

    def untrue(*then: Event) -> list[str]:
        return list(Said(notice, [first], [first, *then]).untrue())

    assert untrue(line(3, EventKind.ESCALATED, None), last) == []
    assert untrue(line(3, EventKind.ESCALATED, told), last) == []
    assert untrue(line(3, EventKind.ESCALATED, above), last) == [f"due {told.isoformat()}"]
    untaken = line(3, EventKind.ESCALATED, above)
    untaken.data = {"cause": "not_taken_up"}
    assert untrue(untaken, last) == [], "nobody took it up"


async def test_what_is_still_to_be_done_is_named(drilled: Drilled) -> None:
    async with drilled.sessions() as session:
        before = await settled(session)
        year = await settled(session, timedelta(days=366))
    assert "timers due" not in before
    assert "timers due" in year


async def test_a_turn_counts_what_was_written_in_it_on_old_requests_too(drilled: Drilled) -> None:
    await drilled.change(_escalated_twice)
    drilled.promised = Promised(datetime.now(UTC), drilled.promised.numbers)
    assert await drilled.broken() == set()
    await drilled.change(_done_twice)
    assert {"submissions done twice", "tiers climbed twice"} <= await drilled.broken()


def test_drills_side_by_side_share_the_work_and_keep_to_their_stacks() -> None:
    found = lanes(DRILLS, 3)
    assert sorted(name for lane in found for name in lane) == sorted(DRILLS)
    assert max(map(seconds, found)) < 1.3 * min(map(seconds, found))
    for lane in found:
        kinds = [DRILLS[name].stack for name in lane]
        changes = 1 + sum(one is not other for one, other in pairwise(kinds))
        assert changes == len(set(kinds)), "a stack was left and begun again"
        assert all(
            DRILLS[after].last or not DRILLS[name].last
            for name, after in pairwise(lane)
            if DRILLS[after].stack is DRILLS[name].stack
        )


async def test_a_drill_that_cannot_be_carried_out_here_is_not_told_as_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mount = tmp_path / "mount"
    mount.write_text("#!/bin/sh\necho 'must be superuser' >&2\nexit 1\n")
    mount.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    ends = await Lane(Chosen()).run(["disk-full"], range(7, 9))
    assert ends == {End.NOT_CARRIED_OUT: 2}
    assert tally(ends) == "0 of 2 turns kept, 2 not carried out"
    assert "disk-full, seed 7: not carried out, must be superuser" in capsys.readouterr().out


def test_a_form_of_the_desk_is_read_as_a_browser_would() -> None:
    page = (
        '<form method="post" action="/desk/requests/482719360/hold"><input type="hidden" name="token" value="t-1">'
        '<input type="hidden" name="seen" value="4"><input type="radio" name="reason" value="premises-locked" required>'
        '<select name="post"><option value="">Choose</option><option value="zone-head-south">Zone head</option></select>'
        "</form>"
    )
    [sheet] = sheets(page)
    assert (sheet.address, sheet.fields) == ("/desk/requests/482719360/hold", {"token": "t-1", "seen": "4"})
    assert (sheet.reasons, sheet.choices) == (["premises-locked"], ["zone-head-south"])


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(303, 0, leads_to="/desk/requests/1?done=note&seen=4"), "done"),
        (Answer(303, 0, leads_to="/desk/requests/1?sent=desk-1-note-t"), "received"),
        (Answer(303, 0, leads_to="/sign-in?next=x"), None),
        (Answer(409, 0), "refused"),
        (Answer(503, 0), None),
        (Answer(0, 0), None),
    ],
)
def test_what_an_answer_tells(answer: Answer, told: str | None) -> None:
    assert fate(answer) == told


def test_another_request_whose_due_instant_changed_or_that_vanished_is_found() -> None:
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    then, later = now + timedelta(hours=1), now + timedelta(hours=2)
    before = {
        "same": then,
        "moved": then,
        "vanished": then,
        "stood still and closed": None,
        "went up by its clock": now,
    }
    after = {"same": then, "moved": later, "new": later, "went up by its clock": later}
    broken = {
        one.what: one.figure
        for one in same_instants(Watched("worker", now, now, now, before, after, {}), ())
        if not one.good
    }
    assert broken == {
        "worker: next_due of other requests changed": "1 of 5: moved",
        "worker: other requests no longer open": "1 of 5: vanished",
    }


def test_lateness_is_held_against_the_time_away_but_for_what_went_up_before_the_kill() -> None:
    killed = datetime(2026, 11, 26, 12, tzinfo=UTC)
    back = killed + timedelta(seconds=20)

    def late(**recorded: tuple[datetime, datetime]) -> list[str]:
        lines = {
            name: [Event(reference=name, number=4, kind="escalated", actor="system", at=at, recorded=at, due=due)]
            for name, (due, at) in recorded.items()
        }
        watched = Watched("worker", killed, back, back, {}, {}, lines)
        return [one.figure for one in as_late_as_away(watched) if not one.good]

    due, before = killed + timedelta(seconds=1), killed - timedelta(seconds=3)
    in_time = (due, back + timedelta(seconds=1))
    assert late(one=in_time) == []
    assert late(one=in_time, slow=(due, back + timedelta(seconds=19))) == ["19.00 s (limit 15 s)"]
    assert late(one=in_time, earlier=(before, killed - timedelta(seconds=1))) == []
    assert late(earlier=(before, killed - timedelta(seconds=1))) == ["never (limit 15 s)"], "nothing was measured"
