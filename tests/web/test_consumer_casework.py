"""What a consumer sees and does when it is not plain sailing: waited for, turned down, sent elsewhere, not his at all."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest
from sqlmodel import col, func, select

from models.events import Event, Submission
from models.outbox import Notification
from models.people import ConsumerSession, Missed
from models.requests import Consumer, Task
from models.tray import put
from rules.messages import Take, Taken
from rules.reference import new
from rules.terms import Act, Actor
from tests.web.window import PHONE, Window, checked, words

HOUR = timedelta(hours=1)
STRANGERS = [new(45_000_000 + number) for number in range(40)]
"""Well-formed numbers that nobody was given."""


async def kinds(window: Window, reference: str) -> list[str]:
    async with window.sessions() as session:
        question = select(Event.kind).where(Event.reference == reference).order_by(col(Event.number))
        return list((await session.exec(question)).all())


async def post_acts(window: Window, reference: str, act: Act, post: str, **more: object) -> Taken:
    """An officer of a given post does something."""
    async with window.sessions.begin() as session:
        task = (await session.exec(select(Task).where(Task.reference == reference))).one()
        id = f"{post}-{act}-{reference}-{window.now.timestamp()}"
        await put(
            session, id=id, reference=reference, act=act, actor=Actor.OFFICER, at=window.now, post=post, task_id=task.id,
            **more,  # type: ignore[arg-type]
        )  # fmt: skip
    return await window.record.take(Take(reference, id, act))


async def refused_by_us(window: Window, **more: object) -> str:
    """A complaint that was not accepted; its number."""
    reference = await window.filed("wrong-bill", **more)
    await window.officer(reference, Act.REJECT, data={"reason": "own-wiring"}, words="Only inside the house.")
    taken = await post_acts(window, reference, Act.AGREE, "service-manager-gizri")
    assert taken.refused is None
    return reference


async def page_of(window: Window, reference: str, language: str = "en") -> str:
    await window.parts.hub.look()
    async with window.visitor(language) as visitor:
        return words(checked(await visitor.get(f"/track/{reference}")))


@pytest.mark.parametrize(("claim", "judged"), [("was_there", True), ("done", False)])
async def test_two_buttons_come_first_while_we_wait_for_the_consumer(window: Window, claim: str, judged: bool) -> None:
    reference = await window.filed()
    await window.officer(reference, Act.HOLD, data={"reason": "premises-locked"})
    shown = await page_of(window, reference)
    assert shown.index("I was there") < shown.index("I have done it") < shown.index("We wait until")
    async with window.visitor() as visitor:
        await window.proves(visitor, reference)
        page = checked(await visitor.get(f"/track/{reference}"))
        assert page.text.count(f'action="/track/{reference}/acts/present"') == 2
        seen = str((await window.row(reference)).number)
        answer = await visitor.post(f"/track/{reference}/acts/present", data={"seen": seen, "claim": claim})
        assert answer.status_code == 303
    row = await window.row(reference)
    assert row.state != "on_hold"
    assert bool(row.proposal) is judged


async def test_where_it_is_not_turned_down_after_all_the_page_no_longer_says_that_it_is_proposed(
    window: Window,
) -> None:
    reference = await window.filed("wrong-bill")
    await window.officer(reference, Act.REJECT, data={"reason": "own-wiring"}, words="Only inside the house.")
    assert "It was proposed not to accept it. The service manager, Gizri must act now." in await page_of(
        window, reference
    )
    assert (await post_acts(window, reference, Act.DISAGREE, "service-manager-gizri")).refused is None
    shown = await page_of(window, reference)
    assert "It is not turned down. The work goes on. The service manager, Gizri must act now." in shown
    assert "It was proposed not to accept it. The service manager, Gizri must act now." not in shown


async def test_one_who_was_turned_down_reads_why_and_until_when_and_objects_once(window: Window) -> None:
    reference = await refused_by_us(window)
    shown = await page_of(window, reference)
    assert "Only the wiring inside the premises" in shown
    assert "You can disagree until" in shown
    async with window.visitor() as visitor:
        await window.proves(visitor, reference)
        assert f"/track/{reference}/acts/object" in (await visitor.get(f"/track/{reference}")).text
        form = checked(await visitor.get(f"/track/{reference}/acts/object"))
        assert "Why do you not agree?" in words(form)
        said = {"words": "It is your line", "token": "one"}
        taps = [await visitor.post(f"/track/{reference}/acts/object", data=said) for _ in range(2)]
        assert [tap.status_code for tap in taps] == [303, 303]
        again = await visitor.post(f"/track/{reference}/acts/object", data={**said, "token": "two"})
    assert again.status_code == 409
    assert (await kinds(window, reference)).count("objected") == 1
    assert (await window.row(reference)).state == "in_progress"


async def test_past_its_time_the_only_way_is_a_new_complaint_that_names_the_old_one(window: Window) -> None:
    reference = await refused_by_us(window)
    number = f"{reference[:4]}-{reference[4:8]}-{reference[8]}"
    window.now += timedelta(days=8)
    async with window.visitor() as visitor:
        page = checked(await visitor.get(f"/track/{reference}"))
        assert f"/track/{reference}/acts/object" not in page.text
        begun = await visitor.post(f"/track/{reference}/again")
        form = begun.headers["location"].rpartition("/")[0]
        checked(await visitor.get(begun.headers["location"]))
        where = await visitor.post(f"{form}/danger", data={"danger": "no"})
        assert where.headers["location"] == f"{form}/where"
        assert 'value="Gizri"' not in (await visitor.get(f"{form}/where")).text
        assert f"About complaint {number}:" in (await visitor.get(f"{form}/words")).text
        await visitor.post(f"{form}/where", data={"locality": "Gizri"})
        await visitor.post(f"{form}/you", data={"language": "en"})
        assert "Wrong bill" in words(checked(await visitor.get(f"{form}/check")))


async def test_the_consumer_himself_need_not_say_again_where_it_is(window: Window) -> None:
    reference = await window.filed("no-supply")
    async with window.visitor() as visitor:
        await window.proves(visitor, reference)
        await visitor.post(f"/track/{reference}/acts/supply_back", data={"seen": "2"})
        assert "/again" not in (await visitor.get(f"/track/{reference}")).text
        assert (await visitor.post(f"/track/{reference}/again")).headers["location"] == f"/track/{reference}"
        window.now += timedelta(days=8)
        form = (await visitor.post(f"/track/{reference}/again")).headers["location"].rpartition("/")[0]
        assert 'value="Gizri"' in (await visitor.get(f"{form}/where")).text


async def test_told_again_a_confidential_report_gives_away_nothing(window: Window) -> None:
    reference = await window.filed("theft-report")
    await window.officer(
        reference, Act.RESOLVE, data={"cause": "theft-found", "put_right": window.now.isoformat()}, words="Seen."
    )
    assert (await window.row(reference)).state == "closed"
    window.now += timedelta(days=8)
    async with window.visitor() as visitor:
        form = (await visitor.post(f"/track/{reference}/again")).headers["location"].rpartition("/")[0]
        after = await visitor.post(f"{form}/danger", data={"danger": "no"})
    assert after.headers["location"] == f"{form}/what"


async def test_a_longer_standard_that_is_proposed_is_told_with_both_dates(window: Window) -> None:
    reference = await window.filed()
    taken = await window.officer(reference, Act.CORRECT, data={"category": "voltage"})
    assert taken.refused is None
    shown = await page_of(window, reference)
    assert "At the latest: today, Monday, 2 in the afternoon." in shown
    assert "An officer says it is another matter: Low or high voltage." in shown
    assert "Then the latest would be: Thursday 20 May" in shown


@pytest.mark.parametrize(("before", "after"), [("wrong-bill", "theft-report"), ("theft-report", "wrong-bill")])
async def test_a_confidential_category_that_is_proposed_or_left_is_not_named(
    window: Window, before: str, after: str
) -> None:
    reference = await window.filed(before)
    taken = await window.officer(reference, Act.CORRECT, data={"category": after})
    assert taken.refused is None
    if before == "theft-report":
        agreed = await post_acts(window, reference, Act.AGREE, (await window.row(reference)).proposal["post"])
        assert (agreed.refused, (await window.row(reference)).confidential) == (None, False)
        assert "Wrong bill" in await page_of(window, reference)
    for language, vigilance in (("en", "igilance"), ("hi", "सतर्कता")):
        shown = await page_of(window, reference, language)
        named = window.parts.book.row("category", "theft-report")
        assert named is not None
        assert named.labels[language] not in shown
        assert vigilance not in shown


async def test_which_office_has_it_now_is_said(window: Window) -> None:
    reference = await window.filed()
    taken = await window.officer(reference, Act.TRANSFER, data={"office": "rehri"})
    assert taken.refused is None
    assert "The office Rehri has it now." in await page_of(window, reference)


async def test_one_whom_no_question_reached_is_told_that_we_ring_him(window: Window) -> None:
    reference = await window.filed()
    await window.resolved(reference)
    await window.passes(timedelta(days=2), reference)
    assert (await window.row(reference)).call_back_at is not None
    assert "We have no answer from you. We will ring you." in await page_of(window, reference)


async def test_a_hearing_is_spoken_of_by_its_day(window: Window) -> None:
    reference = await window.filed("billing-old-dues")
    shown = await page_of(window, reference)
    assert "Your hearing is on" in shown
    first = shown.partition("What happened")[0]
    assert "in the afternoon" not in first
    assert "in the evening" not in first


async def stop_token(window: Window, reference: str) -> str:
    """The token of the link in the newest message to the consumer."""
    async with window.sessions() as session:
        question = select(Notification.data).where(
            Notification.reference == reference, col(Notification.consumer_id).is_not(None)
        )
        return str((await session.exec(question.order_by(col(Notification.id).desc()))).first()["stop"])  # type: ignore[index]


async def test_not_my_complaint_stops_messages_takes_the_sessions_and_voids_the_question(window: Window) -> None:
    reference = await window.filed()
    await window.resolved(reference)
    stop, answer = (
        await stop_token(window, reference),
        (await window.newest_notice(reference, "question")).data["token"],
    )
    async with window.visitor() as visitor:
        await window.proves(visitor, reference)
        before = await kinds(window, reference)
        for _ in range(2):
            assert reference[:4] in words(checked(await visitor.get(f"/not-mine/{stop}")))
        assert await kinds(window, reference) == before
        assert PHONE in (await visitor.get(f"/track/{reference}")).text
        for _ in range(2):
            assert (await visitor.post(f"/not-mine/{stop}")).headers["location"] == f"/not-mine/{stop}"
        assert "We stopped the messages" in words(checked(await visitor.get(f"/not-mine/{stop}")))
        assert PHONE not in (await visitor.get(f"/track/{reference}")).text
        assert "This question is over" in words(await visitor.get(f"/answer/{answer}"))
        await visitor.post(f"/answer/{answer}", data={"answer": "confirm"})
        await visitor.post(f"/track/{reference}/code", data={"last_four": PHONE[-4:]})
    row = await window.row(reference)
    assert (row.state, row.contact_refused, row.call_back_at is not None) == ("resolved", True, True)
    assert (await kinds(window, reference)).count("contact_refused") == 1
    async with window.sessions() as session:
        held = select(func.count()).select_from(ConsumerSession).where(ConsumerSession.reference == reference)
        codes = select(func.count()).where(Notification.reference == reference, Notification.kind == "code")
        assert (await session.exec(held)).one() == 0
        assert (await session.exec(codes)).one() == 1


async def test_a_link_that_stops_nothing_is_no_link(window: Window) -> None:
    async with window.visitor() as visitor:
        assert (await visitor.get("/not-mine/never-given-to-anybody")).status_code == 404
        assert (await visitor.post("/not-mine/never-given-to-anybody")).status_code == 404


async def test_another_number_gets_the_messages_and_the_old_ones_link_stops_nothing_of_it(window: Window) -> None:
    reference = await window.filed()
    old = await stop_token(window, reference)
    async with window.visitor() as visitor:
        await window.proves(visitor, reference)
        address = f"/track/{reference}/acts/change_phone"
        assert address in (await visitor.get(f"/track/{reference}")).text
        checked(await visitor.get(address))
        wrong = checked(await visitor.post(address, data={"phone": "12", "token": "one"}))
        assert wrong.status_code == 422
        assert 'value="12"' in wrong.text
        assert (await visitor.post(address, data={"phone": "98000 00099", "token": "one"})).status_code == 303
        assert "+919800000099" in (await visitor.get(f"/track/{reference}")).text
    async with window.visitor() as other:
        await other.post(f"/not-mine/{old}")
        assert "We stopped the messages" in words(await other.get(f"/not-mine/{old}"))
    row = await window.row(reference)
    assert row.contact_refused is False
    async with window.sessions() as session:
        assert (
            await session.exec(select(Consumer.phone).where(Consumer.id == row.consumer_id))
        ).one() == "+919800000099"
        held = select(func.count()).select_from(ConsumerSession).where(ConsumerSession.reference == reference)
        assert (await session.exec(held)).one() == 1


async def test_a_used_link_played_again_and_a_scanners_look_change_nothing(window: Window) -> None:
    reference = await window.filed()
    await window.resolved(reference)
    token = (await window.newest_notice(reference, "question")).data["token"]
    scanner = {"User-Agent": "MailScanner", "Sec-Fetch-Site": "none", "Accept-Language": ""}
    async with window.visitor(**scanner) as visitor:
        for method in ("GET", "HEAD", "OPTIONS"):
            await visitor.request(method, f"/answer/{token}")
            await visitor.request(method, f"/not-mine/{await stop_token(window, reference)}")
    assert (await window.row(reference)).state == "resolved"
    async with window.visitor() as visitor:
        await visitor.post(f"/answer/{token}", data={"answer": "not_repaired"})
        await window.resolved(reference)
        for said in ("confirm", "not_repaired"):
            replayed = await visitor.post(f"/answer/{token}", data={"answer": said})
            assert replayed.status_code == 303
    assert (await window.row(reference)).state == "resolved"
    assert (await kinds(window, reference)).count("not_repaired") == 1
    async with window.sessions() as session:
        sent = select(func.count()).where(Submission.reference == reference, col(Submission.id).startswith("answer/"))
        assert (await session.exec(sent)).one() == 1


def at_address(window: Window, host: str) -> httpx2.AsyncClient:
    """A browser behind a network address of its own."""
    transport = httpx2.ASGITransport(app=window.app, raise_app_exceptions=False, client=(host, 4827))
    return httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000", headers={"Accept": "text/html"})


async def test_guessing_numbers_from_four_addresses_is_slowed_at_each_and_found_numbers_never(window: Window) -> None:
    reference = await window.filed()
    for host in ("192.0.2.1", "192.0.2.2", "198.51.100.3", "2001:db8::4"):
        async with at_address(window, host) as guesser:
            answers = [(await guesser.get(f"/track/{number}")).status_code for number in STRANGERS[:32]]
            assert answers == [404] * 30 + [429] * 2
            for path in ("", "/live", "/progress", "/again"):
                ask = guesser.post if path == "/again" else guesser.get
                assert (
                    await ask(f"/track/{STRANGERS[33]}{path}", headers={"Sec-Fetch-Site": "same-origin"})
                ).status_code == 429
            often = 40 if host == "192.0.2.1" else 1
            assert {(await guesser.get(f"/track/{reference}")).status_code for _ in range(often)} == {200}
    async with window.sessions.begin() as session:
        await session.exec(Missed.__table__.delete())  # type: ignore[attr-defined]


async def test_a_guess_cannot_be_told_from_a_hit_where_the_code_is_asked_for(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        pages = [words(await visitor.get(f"/track/{number}/code")) for number in (reference, STRANGERS[0])]
        sent = [
            await visitor.post(f"/track/{number}/code", data={"last_four": "9999"})
            for number in (reference, STRANGERS[0])
        ]
    shown = [
        page.replace(f"{number[:4]}-{number[4:8]}-{number[8]}", "")
        for page, number in zip(pages, (reference, STRANGERS[0]), strict=True)
    ]
    assert shown[0] == shown[1]
    assert [answer.status_code for answer in sent] == [303, 303]


async def test_a_question_that_went_to_the_old_number_is_asked_anew_at_the_new_one(window: Window) -> None:
    reference = await window.filed()
    await window.resolved(reference)
    old = (await window.newest_notice(reference, "question")).data["token"]
    async with window.visitor() as visitor:
        await window.proves(visitor, reference)
        changed = await visitor.post(
            f"/track/{reference}/acts/change_phone", data={"phone": "98000 00098", "token": "changed"}
        )
        assert changed.status_code == 303
    newest = await window.newest_notice(reference, "question")
    async with window.sessions() as session:
        told = await session.get(Consumer, (await window.newest_notice(reference, "phone_changed")).consumer_id)
        asked = await session.get(Consumer, newest.consumer_id)
    assert told is not None
    assert asked is not None
    assert (told.phone, asked.phone) == (PHONE, "+919800000098")
    async with window.visitor() as thief:
        shown = words(checked(await thief.get(f"/answer/{old}")))
        assert "No, it is not put right" not in shown
        for said in ("confirm", "not_repaired"):
            await thief.post(f"/answer/{old}", data={"answer": said})
    assert (await window.row(reference)).state == "resolved"
    async with window.visitor() as himself:
        await himself.post(f"/answer/{newest.data['token']}", data={"answer": "confirm"})
    assert (await window.row(reference)).closing == "word"


async def test_a_code_that_went_to_the_old_number_opens_nothing_after_the_change(window: Window) -> None:
    reference = await window.filed()
    async with window.visitor() as old:
        await old.post(f"/track/{reference}/code", data={"last_four": PHONE[-4:]})
        code = (await window.newest_notice(reference, "code")).data["code"]
        await window.consumer(reference, Act.CHANGE_PHONE, words="+919800000097")
        answer = await old.post(f"/track/{reference}/session", data={"code": code})
        assert answer.status_code == 422
