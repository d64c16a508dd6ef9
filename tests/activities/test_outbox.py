"""The outbox sends at least once, twice only after a crash, and says what could not be sent."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from activities import outbox
from activities.channels.sms import Sms
from activities.claimed import Claimed
from activities.outbox_rows import claim, settle
from models.database import Sessions
from models.receipts import record_receipt
from rules.terms import Act, NoticeKind
from tests.activities.mailroom import MailServer, gateway
from tests.activities.outbox_room import EMAIL, PHONE, Room


async def test_both_channels_are_used_and_both_speak_the_recipients_language(room: Room) -> None:
    id = await room.queue(language="hi")
    assert await room.outbox.step() == 1
    assert await room.states(id) == ("done", {"sms": "sent", "email": "sent"})
    [mail] = room.mail.mails
    assert mail["To"] == EMAIL
    assert mail["From"].addresses[0].addr_spec == "no-reply@power.example"
    assert mail["Content-Language"] == "hi"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<notice.{id}.234567895@power.example>"
    assert mail["References"] == "<request.234567895@power.example>"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    [text] = room.store.newest("sms")
    assert text.to == PHONE
    assert "234567895" in text.text
    assert await room.outbox.step() == 0


async def test_workers_side_by_side_send_each_message_once_and_many_over_few_connections(room: Room) -> None:
    ids = [await room.queue() for _ in range(60)]
    boxes = [room.outbox for _ in range(3)]
    assert sum(await asyncio.gather(*(box.step() for box in boxes))) == 60
    connections = room.mail.connections
    while waiting := [id for id in ids if (await room.row(id)).state != "done"]:  # what a slow machine left for later
        for id in waiting:
            await room.hasten(id)
        await asyncio.gather(*(box.step() for box in boxes))
    assert len(room.mail.mails) == 60
    assert len({mail["Message-ID"] for mail in room.mail.mails}) == 60
    assert len(room.store.messages) == 60
    assert connections <= 12


async def test_a_code_goes_before_everything_else(room: Room) -> None:
    for _ in range(3):
        await room.queue(channels=("sms",))
    await room.queue(NoticeKind.CODE, ("sms",), code="482913")
    async with room.sessions.begin() as session:
        [first] = await claim(session, 1)
    assert first.row.kind == NoticeKind.CODE


async def test_what_a_killed_worker_had_claimed_goes_out_after_its_lease(room: Room) -> None:
    id = await room.queue()
    async with room.sessions.begin() as session:
        await claim(session, 10)
    assert await room.outbox.step() == 0
    row = await room.row(id)
    assert timedelta(seconds=25) < row.next_at - datetime.now(UTC) <= timedelta(seconds=31)
    await room.hasten(id)
    assert await room.outbox.step() == 1
    assert await room.states(id) == ("done", {"sms": "sent", "email": "sent"})


async def test_a_worker_that_comes_back_late_overwrites_nothing(room: Room) -> None:
    id = await room.queue(channels=("email",), email="gone@example.org")
    async with room.sessions.begin() as session:
        late = await claim(session, 10)
    await room.hasten(id)
    await room.outbox.step()
    assert await room.states(id) == ("failed", {"email": "refused"})
    async with room.sessions.begin() as session:
        assert await settle(session, late, {}) == []
    assert await room.states(id) == ("failed", {"email": "refused"})


async def test_a_mail_cut_short_comes_again_with_the_same_message_id(room: Room) -> None:
    id = await room.queue(channels=("email",))
    await killed_after_sending(room)
    await room.hasten(id)
    await room.outbox.step()
    assert [mail["Message-ID"] for mail in room.mail.mails] == [f"<notice.{id}.234567895@power.example>"] * 2
    assert await room.states(id) == ("done", {"email": "sent"})


async def test_a_text_message_cut_short_is_asked_for_and_not_repeated(room: Room) -> None:
    id = await room.queue(channels=("sms",))
    await killed_after_sending(room)
    [sent] = room.store.newest("sms")
    await room.hasten(id)
    await room.outbox.step()
    attempt = (await room.attempts(id))["sms"]
    assert (attempt.sender_id, attempt.tries) == (sent.id, 2)
    assert attempt.state in {"sent", "delivered"}
    assert len(room.store.messages) == 1


async def test_a_text_message_the_gateway_never_had_is_sent_after_all(room: Room) -> None:
    id = await room.queue(channels=("sms",))
    async with room.sessions.begin() as session:
        await claim(session, 10)
    await room.hasten(id)
    await room.outbox.step()
    assert len(room.store.messages) == 1
    assert await room.states(id) == ("done", {"sms": "sent"})


async def test_a_gateway_that_cannot_be_asked_gets_it_once_and_the_message_is_unknown(room: Room) -> None:
    id = await room.queue(channels=("sms",))
    box = room.outbox
    box.channels = {"sms": Sms(f'POST {room.sms_url} {{"to":"{{to}}","text":"{{text}}","id":"{{id}}"}}', "")}
    async with room.sessions.begin() as session:
        claimed = await claim(session, 10)
    letters, _ = await box.letters(claimed)
    await box.send("sms", letters["sms"])
    await room.hasten(id)
    await box.step()
    assert len(room.store.messages) == 1
    assert await room.states(id) == ("done", {"sms": "unknown"})


async def test_with_the_mail_server_away_it_is_tried_later_and_later_and_then_goes(
    sessions: Sessions, tmp_path: Path
) -> None:
    mail = MailServer()
    async with gateway(tmp_path) as (url, store):
        room = Room(sessions, mail, url, store)
        async with mail.open():
            pass
        id = await room.queue()
        for seconds in (10, 20, 40):
            await room.outbox.step()
            row = await room.row(id)
            assert await room.states(id) == ("waiting", {"sms": "sent", "email": "failed"})
            wait = (row.next_at - datetime.now(UTC)).total_seconds()
            assert seconds - 5 < wait <= seconds
            await room.hasten(id)
        async with mail.open():
            await room.outbox.step()
        assert await room.states(id) == ("done", {"sms": "sent", "email": "sent"})
        assert len(store.messages) == 1


async def test_a_refused_address_is_final_and_does_not_hold_up_the_others(room: Room) -> None:
    gone = await room.queue(email="gone@example.org", channels=("email",))
    later = await room.queue(email="later@example.org", channels=("email",))
    good = await room.queue(channels=("email",))
    await room.outbox.step()
    assert await room.states(gone) == ("failed", {"email": "refused"})
    assert "550" in str((await room.attempts(gone))["email"].error)
    assert await room.states(later) == ("waiting", {"email": "failed"})
    assert await room.states(good) == ("done", {"email": "sent"})
    assert room.mail.connections == 1


async def test_a_number_the_gateway_refuses_and_a_recipient_without_address_are_final(room: Room) -> None:
    refused = await room.queue(phone="abc", channels=("sms",))
    nowhere = await room.queue(phone=None, channels=("sms",))
    await room.outbox.step()
    assert await room.states(refused) == ("failed", {"sms": "refused"})
    assert "not a telephone number" in str((await room.attempts(refused))["sms"].error)
    assert await room.states(nowhere) == ("failed", {"sms": "refused"})


async def test_after_two_days_it_is_given_up(room: Room) -> None:
    id = await room.queue(email="later@example.org", channels=("email",))
    await room.hasten(id, age=timedelta(days=2))
    await room.outbox.step()
    assert await room.states(id) == ("failed", {"email": "refused"})
    assert "451" in str((await room.attempts(id))["email"].error)


async def test_a_message_that_cannot_be_written_waits_and_the_others_go(room: Room) -> None:
    broken = await room.queue(NoticeKind.CODE, ("sms",))
    good = await room.queue(channels=("sms",))
    await room.outbox.step()
    assert await room.states(broken) == ("waiting", {"sms": "failed"})
    assert "not written" in str((await room.attempts(broken))["sms"].error)
    assert (await room.row(good)).state == "done"


async def test_a_question_by_mail_counts_as_delivered_when_it_was_not_refused(room: Room) -> None:
    id = await room.queue(NoticeKind.QUESTION, ("email",), token="abc")
    box = room.outbox
    await box.step()
    await asyncio.gather(*box.telling)
    [receipt] = await room.receipts()
    assert (receipt.act, receipt.reference) == (Act.RECEIPT, "234567895")
    assert (receipt.data["notification"], receipt.data["state"]) == (id, "delivered")
    assert [take.submission for take in room.told] == [receipt.id]


async def test_a_question_by_text_message_counts_as_delivered_by_its_report_alone(room: Room) -> None:
    id = await room.queue(NoticeKind.QUESTION, ("sms",), token="abc")
    await room.outbox.step()
    assert await room.receipts() == []
    sender = (await room.attempts(id))["sms"].sender_id
    for _ in range(2):
        await reported(room, sender, "delivered")
    await reported(room, sender, "failed")
    [receipt] = await room.receipts()
    assert receipt.data["state"] == "delivered"
    assert await room.states(id) == ("done", {"sms": "delivered"})


async def test_a_question_that_reached_nobody_says_so(room: Room) -> None:
    id = await room.queue(NoticeKind.QUESTION, ("sms", "email"), email="gone@example.org", token="abc")
    await room.outbox.step()
    await reported(room, (await room.attempts(id))["sms"].sender_id, "failed")
    assert [receipt.data["state"] for receipt in await room.receipts()] == ["failed", "failed"]
    assert await room.states(id) == ("failed", {"sms": "refused", "email": "refused"})


async def test_a_report_that_comes_before_our_own_mark_is_kept(room: Room) -> None:
    id = await room.queue(channels=("sms",))
    box = room.outbox
    async with room.sessions.begin() as session:
        claimed = await claim(session, 10)
    letters, outcomes = await box.letters(claimed)
    outcomes |= await box.send("sms", letters["sms"])
    await reported(room, letters["sms"][0].id, "delivered")
    async with room.sessions.begin() as session:
        await settle(session, claimed, outcomes)
    assert await room.states(id) == ("done", {"sms": "delivered"})


async def test_a_report_about_nothing_of_ours_is_an_error(room: Room) -> None:
    with pytest.raises(LookupError):
        await reported(room, "guessed", "delivered")


async def test_the_loop_sends_what_comes_and_stops_when_told(room: Room) -> None:
    stop, box = asyncio.Event(), room.outbox
    running = asyncio.create_task(box.run(stop))
    id = await room.queue(NoticeKind.QUESTION, ("email",), token="abc")
    box.hint.set()
    async with asyncio.timeout(20):
        await room.heard.wait()
    assert (await room.row(id)).state == "done"
    stop.set()
    async with asyncio.timeout(5):
        await running


async def test_however_many_hints_come_looking_takes_no_more_than_a_fifth_of_the_time(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = await looks(room, monkeypatch, took=0.05, many=4)
    assert min(after - before for before, after in pairwise(began)) >= 4 * 0.05


async def test_a_look_that_took_long_does_not_put_off_the_next_one_as_much_longer(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "CALMEST", 0.05)
    first, second = await looks(room, monkeypatch, took=0.5, many=2)
    assert second - first < 4 * 0.5


async def looks(room: Room, monkeypatch: pytest.MonkeyPatch, *, took: float, many: int) -> list[float]:
    """When the loop, hinted without end, looked at an outbox that is empty and slow to say so."""
    began, stop, box = list[float](), asyncio.Event(), room.outbox

    async def slow(session: AsyncSession, batch: int) -> list[Claimed]:
        began.append(monotonic())
        await asyncio.sleep(took)
        return []

    monkeypatch.setattr(outbox, "claim", slow)
    running = asyncio.create_task(box.run(stop))
    while len(began) < many:
        box.hint.set()
        await asyncio.sleep(0.005)
    stop.set()
    await running
    return began


async def killed_after_sending(room: Room) -> None:
    """A worker that claims and sends, and dies before it could write that down."""
    box = room.outbox
    async with room.sessions.begin() as session:
        claimed = await claim(session, 10)
    letters, _ = await box.letters(claimed)
    for name, group in letters.items():
        await box.send(name, group)


async def reported(room: Room, sender: str | None, state: str) -> None:
    """A delivery report, as the web writes it."""
    async with room.sessions.begin() as session:
        await record_receipt(session, str(sender), state, datetime.now(UTC))  # type: ignore[arg-type]
