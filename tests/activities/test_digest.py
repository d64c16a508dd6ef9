"""Officers are told together what waited for them: one message, every notification marked, none lost, none twice."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from activities import outbox
from activities.channels import Outcome
from activities.claimed import Claimed
from activities.outbox_rows import claim, settle
from models.outbox import Notification
from models.receipts import record_receipt
from rules.digest import PAUSE
from rules.messages import Take
from rules.terms import NoticeKind
from tests.activities.outbox_room import Room

DUE = "2027-05-10T10:35:00+00:00"
LATER = "2027-05-10T11:00:00+00:00"
NO_SUPPLY: dict[str, Any] = {
    "category": "no-supply",
    "feeder": "gizri-2",
    "office": "gizri",
    "state": "assigned",
    "due": DUE,
}


async def now_is_later(room: Room, ids: list[int]) -> None:
    """Let the time of those that wait come."""
    async with room.sessions.begin() as session:
        waits = update(Notification).where(col(Notification.id).in_(ids), col(Notification.state) == "waiting")
        await session.exec(waits.values(next_at=func.now()))


async def test_of_a_storm_the_first_goes_at_once_and_the_rest_in_one_message(room: Room) -> None:
    person = await room.officer("storm")
    ids = [await room.queue_for(person, **NO_SUPPLY) for _ in range(12)]
    await room.outbox.step()
    assert len(room.mail.mails) == 1
    assert await room.states(ids[0]) == ("done", {"sms": "sent", "email": "sent"})
    waits = (await room.row(ids[5])).next_at - datetime.now(UTC)
    assert PAUSE - timedelta(seconds=30) < waits <= PAUSE
    assert await room.outbox.step() == 0
    await now_is_later(room, ids)
    assert await room.outbox.step() == 11
    assert [len(room.mail.mails), len(room.store.messages)] == [2, 2]
    assert "11 complaints are waiting for you" in room.mail.mails[1]["Subject"]
    assert "No supply, Gizri 2: 11 complaints since" in room.store.newest("sms")[0].text
    senders = {(await room.attempts(id))["sms"].sender_id for id in ids[1:]}
    assert senders == {room.store.newest("sms")[0].id}
    for id in ids:
        assert await room.states(id) == ("done", {"sms": "sent", "email": "sent"})


async def test_three_are_no_storm_and_danger_is_never_part_of_one(room: Room) -> None:
    few, many = await room.officer("few"), await room.officer("many")
    for _ in range(3):
        await room.queue_for(few, **NO_SUPPLY)
    for _ in range(6):
        await room.queue_for(many, NoticeKind.DANGER, **NO_SUPPLY)
        await room.queue_for(many, **NO_SUPPLY, safety=True)
    await room.outbox.step()
    assert len(room.mail.mails) == 15


async def test_workers_side_by_side_send_one_digest_and_one_first_message(room: Room) -> None:
    person = await room.officer("busy")
    ids = [await room.queue_for(person, **NO_SUPPLY) for _ in range(120)]
    boxes = [room.outbox for _ in range(3)]
    for _ in range(2):
        await asyncio.gather(*(box.step() for box in boxes))
    assert len(room.mail.mails) == 1
    await now_is_later(room, ids)
    steps = await asyncio.gather(*(box.step() for box in boxes))
    assert sorted(steps) == [0, 0, 119]
    assert len(room.mail.mails) == 2


async def test_what_a_killed_worker_had_in_hand_comes_again_as_the_same_message(room: Room) -> None:
    person = await room.officer("night")
    ids = [await room.queue_for(person, **NO_SUPPLY, together=True) for _ in range(4)]
    box = room.outbox
    async with room.sessions.begin() as session:
        claimed = await claim(session, 10)
    letters, _ = await box.letters(claimed)
    assert {name: len(group) for name, group in letters.items()} == {"sms": 1, "email": 1}
    for name, group in letters.items():
        await box.send(name, group)
    newer = [await room.queue_for(person, **NO_SUPPLY, together=True) for _ in range(2)]
    await now_is_later(room, ids)
    assert await box.step() == 6
    assert [mail["Message-ID"] for mail in room.mail.mails].count(room.mail.mails[0]["Message-ID"]) == 2
    assert len(room.store.messages) == 2
    for id in [*ids, *newer]:
        assert (await room.row(id)).state == "done"


async def test_a_report_on_the_one_message_counts_for_all_that_were_told_in_it(room: Room) -> None:
    person = await room.officer("reported")
    ids = [await room.queue_for(person, **NO_SUPPLY, together=True) for _ in range(3)]
    await room.outbox.step()
    sender = (await room.attempts(ids[0]))["sms"].sender_id
    async with room.sessions.begin() as session:
        await record_receipt(session, str(sender), "delivered", datetime.now(UTC))
    assert {(await room.attempts(id))["sms"].state for id in ids} == {"delivered"}


async def test_very_many_told_in_one_message_are_marked_some_at_a_time(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await room.officer("very-many")
    ids = [await room.queue_for(person, **NO_SUPPLY, together=True) for _ in range(5)]
    some: list[int] = []

    async def settled(session: AsyncSession, claimed: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> list[Take]:
        some.append(len(claimed))
        return await settle(session, claimed, outcomes)

    monkeypatch.setattr(outbox, "MARKED", 2)
    monkeypatch.setattr(outbox, "settle", settled)
    await room.outbox.step()
    assert some == [2, 2, 1]
    states = [(await room.row(id)).state for id in ids]
    assert states == ["done"] * 5


async def test_one_alone_that_waited_is_told_in_its_own_words(room: Room) -> None:
    person = await room.officer("alone")
    await room.queue_for(person, **NO_SUPPLY, handler="officer", together=True)
    await room.outbox.step()
    assert "This complaint is with you now." in room.store.newest("sms")[0].text


@pytest.mark.parametrize("language", ["en", "hi", "ur"])
async def test_a_digest_counts_a_complaint_once_and_names_no_confidential_one(room: Room, language: str) -> None:
    person = await room.officer(f"digest-{language}")
    more: dict[str, Any] = {"language": language, "together": True}
    await room.queue_for(person, **{**NO_SUPPLY, "due": LATER}, **more)
    for kind in (NoticeKind.ASSIGNED, NoticeKind.REMINDER):
        await room.queue_for(person, kind, "111111111", **NO_SUPPLY, **more)
    await room.queue_for(person, NoticeKind.CLOSED, "222222222", **{**NO_SUPPLY, "state": "closed"}, **more)
    await room.queue_for(
        person, reference="333333333", category="theft-report", office="gizri", confidential=True, **more
    )
    await room.queue_for(person, reference="444444444", category="wrong-bill", office="gizri", due=LATER, **more)
    await room.outbox.step()
    [mail] = room.mail.mails
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "3333-3333-3" in text
    assert "4444-4444-4" in text
    assert "%(" not in text
    assert mail["Content-Language"] == language
    if language == "en":
        assert mail["Subject"] == "4 complaints are waiting for you"
        first, second, third, over, *_ = text.splitlines()
        assert first.startswith("No supply, Gizri 2: 2 complaints since")
        assert first.endswith(", oldest due Monday 10 May, 4:05 in the afternoon.")
        assert second == "Wrong bill, Gizri: 4444-4444-4, due Monday 10 May, 4:30 in the afternoon."
        assert third == "Complaint: 3333-3333-3."
        assert over == "1 complaint is over."
    [sms] = room.store.newest("sms")
    assert sms.text.splitlines()[1].endswith("/desk")
    assert "Theft" not in text + sms.text
