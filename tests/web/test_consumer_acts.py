"""Proving that a request is one's own, and what its consumer can do with it."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest
from sqlmodel import col, func, select, update

from models.events import Event, Submission
from models.outbox import Notification
from models.people import AnswerLink, OneTimeCode
from models.requests import Task
from rules.terms import Act
from tests.web.window import PHONE, Window, checked, words

HOUR = timedelta(hours=1)


async def kinds(window: Window, reference: str) -> list[str]:
    async with window.sessions() as session:
        question = select(Event.kind).where(Event.reference == reference).order_by(col(Event.number))
        return list((await session.exec(question)).all())


async def codes_sent(window: Window, reference: str) -> int:
    async with window.sessions() as session:
        question = select(func.count()).where(Notification.reference == reference, Notification.kind == "code")
        return (await session.exec(question)).one()


async def sent_long_ago(window: Window, reference: str) -> None:
    """As though the last code had been sent two minutes earlier."""
    earlier = OneTimeCode.sent_at - timedelta(minutes=2)  # type: ignore[operator]
    async with window.sessions.begin() as session:
        await session.exec(update(OneTimeCode).where(col(OneTimeCode.reference) == reference).values(sent_at=earlier))


async def test_the_code_opens_what_is_personal_and_finishing_closes_it(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        checked(await visitor.get(f"/track/{reference}/code"))
        await window.proves(visitor, reference)
        page = checked(await visitor.get(f"/track/{reference}"))
        for personal in (PHONE, "Asha Demo", "12, Lane 3", "No light in the lane"):
            assert personal in page.text
        assert page.headers["cache-control"] == "no-store"
        assert "My supply is back" in words(page)
        await visitor.post(f"/track/{reference}/leave")
        assert PHONE not in (await visitor.get(f"/track/{reference}")).text


async def test_a_session_is_for_one_request_alone(window: Window) -> None:
    reference, other = await window.filed(), await window.filed()
    async with window.visitor() as visitor:
        await window.proves(visitor, reference)
        token = visitor.cookies["consumer"]
        page = await visitor.get(f"/track/{other}", headers={"Cookie": f"consumer={token}"})
        assert PHONE not in page.text
        answer = await visitor.post(f"/track/{other}/acts/withdraw", headers={"Cookie": f"consumer={token}"})
        assert answer.headers["location"] == f"/track/{other}/code"


async def test_the_answer_is_the_same_whether_the_digits_are_right_or_not(window: Window) -> None:
    reference, without = await window.filed(), await window.filed(phone=None)
    async with window.visitor() as visitor:
        right = await visitor.post(f"/track/{reference}/code", data={"last_four": PHONE[-4:]})
        wrong = await visitor.post(f"/track/{reference}/code", data={"last_four": "1234"})
        nobody = await visitor.post(f"/track/{without}/code", data={"last_four": "1234"})
        shown = [(answer.status_code, answer.headers["location"][-15:]) for answer in (right, wrong, nobody)]
    assert shown == [(303, "/code?step=code")] * 3
    assert await codes_sent(window, reference) == 1
    assert await codes_sent(window, without) == 0


async def test_codes_are_a_minute_apart_and_six_an_hour(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        for _ in range(2):
            await visitor.post(f"/track/{reference}/code", data={"last_four": PHONE[-4:]})
        assert await codes_sent(window, reference) == 1
        for _ in range(9):
            await sent_long_ago(window, reference)
            await visitor.post(f"/track/{reference}/code", data={"last_four": PHONE[-4:]})
    assert await codes_sent(window, reference) == 6


async def test_five_wrong_codes_make_it_void(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        await visitor.post(f"/track/{reference}/code", data={"last_four": PHONE[-4:]})
        code = str((await window.newest_notice(reference, "code")).data["code"])
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        said = [words(await visitor.post(f"/track/{reference}/session", data={"code": wrong})) for _ in range(5)]
        assert all("This is not the code we sent" in text for text in said)
        last = await visitor.post(f"/track/{reference}/session", data={"code": code})
    assert last.status_code == 422
    assert "can no longer be used" in words(last)


async def test_a_code_serves_once_and_ten_minutes(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        await window.proves(visitor, reference)
        code = (await window.newest_notice(reference, "code")).data["code"]
        again = await visitor.post(f"/track/{reference}/session", data={"code": code})
        assert "can no longer be used" in words(again)
    other = await window.filed()
    async with window.visitor() as visitor:
        await visitor.post(f"/track/{other}/code", data={"last_four": PHONE[-4:]})
        async with window.sessions.begin() as session:
            before = OneTimeCode.expires - timedelta(minutes=10)  # type: ignore[operator]
            await session.exec(update(OneTimeCode).where(col(OneTimeCode.reference) == other).values(expires=before))
        code = (await window.newest_notice(other, "code")).data["code"]
        late = await visitor.post(f"/track/{other}/session", data={"code": code})
    assert "can no longer be used" in words(late)


@pytest.mark.parametrize("typed", ["", "12", "12345", "four"])
async def test_digits_that_are_none_are_said_so(window: Window, typed: str) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        answer = checked(await visitor.post(f"/track/{reference}/code", data={"last_four": typed}))
    assert answer.status_code == 422


async def own_page(window: Window, visitor: httpx2.AsyncClient, reference: str) -> str:
    """The page of the consumer's own request."""
    await window.proves(visitor, reference)
    return (await visitor.get(f"/track/{reference}")).text


async def test_my_supply_is_back_closes_it_and_the_page_thanks(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        await own_page(window, visitor, reference)
        seen = (await window.row(reference)).number
        answer = await visitor.post(f"/track/{reference}/acts/supply_back", data={"seen": str(seen)})
        page = words(await visitor.get(answer.headers["location"]))
    assert "Thank you. It is done." in page
    assert "You said it is put right. The complaint is closed." in page
    assert (await window.row(reference)).closing == "word"


async def test_a_second_tap_of_the_same_button_is_the_same_act(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        await own_page(window, visitor, reference)
        seen = str((await window.row(reference)).number)
        taps = [await visitor.post(f"/track/{reference}/acts/supply_back", data={"seen": seen}) for _ in range(2)]
    assert taps[0].headers["location"] == taps[1].headers["location"]
    assert (await kinds(window, reference)).count("closed") == 1


async def test_sending_it_up_is_refused_before_the_promise_lapsed_and_taken_at_that_second(window: Window) -> None:
    reference = await window.filed()
    await window.officer(reference, Act.ACCEPT)
    async with window.visitor() as visitor:
        page = await own_page(window, visitor, reference)
        assert "/acts/escalate" not in page
        assert "You can ask the officer above to act from" in page
        await window.resolved(reference)
        standard = (await window.row(reference)).standard_due
        assert standard is not None
        window.now = standard - timedelta(minutes=10)
        seen = {"seen": str((await window.row(reference)).number)}
        await visitor.post(f"/track/{reference}/acts/not_repaired", data=seen)
        window.now = standard - timedelta(seconds=1)
        seen = {"seen": str((await window.row(reference)).number)}
        early = await visitor.post(f"/track/{reference}/acts/escalate", data=seen)
        assert early.status_code == 409
        assert "once our promised time is over" in words(early)
        window.now = standard
        assert f"/track/{reference}/acts/escalate" in (await visitor.get(f"/track/{reference}")).text
        taken = await visitor.post(f"/track/{reference}/acts/escalate", data=seen)
        assert taken.status_code == 303
    assert (await kinds(window, reference))[-2:] == ["standard_lapsed", "escalated"]


async def test_withdrawing_needs_a_reason_and_keeps_what_was_typed(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        await window.proves(visitor, reference)
        checked(await visitor.get(f"/track/{reference}/acts/withdraw"))
        typed = {"words": "my own wire was loose", "token": "t1"}
        refused = checked(await visitor.post(f"/track/{reference}/acts/withdraw", data=typed))
        assert refused.status_code == 422
        assert "my own wire was loose" in refused.text
        reason = window.parts.book.all("withdraw_reason")[0].code
        answer = await visitor.post(f"/track/{reference}/acts/withdraw", data={**typed, "reason": reason})
        assert answer.status_code == 303
        page = words(await visitor.get(f"/track/{reference}"))
    assert "You took this complaint back." in page
    assert (await window.row(reference)).state == "withdrawn"


async def test_what_is_added_is_kept_and_empty_additions_are_not(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        await window.proves(visitor, reference)
        empty = await visitor.post(f"/track/{reference}/acts/add", data={"words": "  ", "token": "t"})
        long = await visitor.post(f"/track/{reference}/acts/add", data={"words": "x" * 2001, "token": "t"})
        added = await visitor.post(f"/track/{reference}/acts/add", data={"words": "The pole smokes", "token": "t"})
    assert [answer.status_code for answer in (empty, long, added)] == [422, 422, 303]
    assert (await kinds(window, reference)).count("added") == 1


async def test_reopening_brings_it_back_under_the_same_number(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        await window.proves(visitor, reference)
        await visitor.post(f"/track/{reference}/acts/supply_back", data={"seen": "2"})
        window.now += HOUR
        assert f"/track/{reference}/acts/reopen" in (await visitor.get(f"/track/{reference}")).text
        answer = await visitor.post(f"/track/{reference}/acts/reopen", data={"words": "Gone again", "token": "t"})
        assert answer.status_code == 303
    assert (await window.row(reference)).state == "in_progress"


async def test_with_the_workflows_away_it_is_received_and_not_yet_done(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        await window.proves(visitor, reference)
        window.door.away = True
        answer = await visitor.post(f"/track/{reference}/acts/supply_back", data={"seen": "2"})
        page = words(await visitor.get(answer.headers["location"]))
    assert "It is not done yet" in page
    async with window.sessions() as session:
        question = select(Submission.act).where(Submission.reference == reference, col(Submission.answered).is_(None))
        waiting = (await session.exec(question)).all()
    assert waiting == ["supply_back"]


@pytest.mark.parametrize(("tier", "promised"), [(1, True), (3, False)])
async def test_that_he_can_ask_the_officer_above_is_promised_where_one_is(
    window: Window, tier: int, promised: bool
) -> None:
    reference = await window.filed()
    async with window.sessions.begin() as session:
        await session.exec(update(Task).where(col(Task.reference) == reference).values(tier=tier))
    async with window.visitor() as visitor:
        await window.proves(visitor, reference)
        page = words(await visitor.get(f"/track/{reference}"))
    assert ("You can ask the officer above to act from" in page) is promised


@pytest.mark.parametrize(
    ("category", "said"), [("wire-down", "There may still be danger"), ("wrong-bill", "This is not about the supply")]
)
async def test_my_supply_is_back_is_neither_offered_nor_taken_where_it_ends_nothing(
    window: Window, category: str, said: str
) -> None:
    reference = await window.filed(category)
    async with window.visitor() as visitor:
        await window.proves(visitor, reference)
        shown = (await visitor.get(f"/track/{reference}")).text
        assert f"/track/{reference}/acts/withdraw" in shown
        assert "supply_back" not in shown
        answer = await visitor.post(f"/track/{reference}/acts/supply_back", data={"seen": "2"})
        assert answer.status_code == 409
        assert said in words(answer)
    assert (await window.row(reference)).state == "assigned"


async def test_no_act_without_the_proof(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        for act in ("supply_back", "withdraw", "add"):
            answer = await visitor.post(f"/track/{reference}/acts/{act}", data={"words": "x", "token": "t"})
            assert answer.headers["location"] == f"/track/{reference}/code"
        assert (await visitor.post(f"/track/{reference}/acts/take_over")).status_code == 404
    assert await kinds(window, reference) == ["registered", "assigned"]


async def token_of(window: Window, reference: str) -> str:
    """The token of the newest question's link."""
    return str((await window.newest_notice(reference, "question")).data["token"])


@pytest.mark.parametrize(("button", "event"), [("confirm", "closed"), ("not_repaired", "not_repaired")])
async def test_opening_the_link_changes_nothing_and_the_tap_answers(window: Window, button: str, event: str) -> None:
    reference = await window.filed()
    await window.resolved(reference)
    token = await token_of(window, reference)
    async with window.visitor() as visitor:
        before = await kinds(window, reference)
        for _ in range(3):
            checked(await visitor.get(f"/answer/{token}"))
        assert await kinds(window, reference) == before
        first = await visitor.post(f"/answer/{token}", data={"answer": button})
        assert first.headers["location"] == f"/answer/{token}"
        other = "confirm" if button == "not_repaired" else "not_repaired"
        await visitor.post(f"/answer/{token}", data={"answer": other})
        page = words(checked(await visitor.get(f"/answer/{token}")))
    assert "You answered:" in page
    assert "<form" not in page
    assert (await kinds(window, reference)).count(event) == 1
    assert (await window.row(reference)).state == ("closed" if button == "confirm" else "in_progress")


async def test_an_older_question_can_no_longer_be_answered(window: Window) -> None:
    reference = await window.filed()
    await window.resolved(reference)
    first = await token_of(window, reference)
    async with window.visitor() as visitor:
        await visitor.post(f"/answer/{first}", data={"answer": "not_repaired"})
        await window.resolved(reference)
        second = await token_of(window, reference)
        async with window.sessions.begin() as session:
            await session.exec(update(AnswerLink).values(used_at=None).where(col(AnswerLink.reference) == reference))
        assert "This question is over" not in words(await visitor.get(f"/answer/{second}"))
        assert (await visitor.get(f"/answer/{first}")).status_code == 200
    assert (await window.row(reference)).state == "resolved"


async def test_a_link_that_never_was_and_a_tap_without_an_answer(window: Window) -> None:
    reference = await window.filed()
    await window.resolved(reference)
    token = await token_of(window, reference)
    async with window.visitor() as visitor:
        assert (await visitor.get("/answer/not-a-token-at-all")).status_code == 404
        assert (await visitor.get("/answer/../etc")).status_code == 404
        answer = checked(await visitor.post(f"/answer/{token}", data={"answer": "perhaps"}))
    assert answer.status_code == 422
    assert (await window.row(reference)).state == "resolved"
