"""What a consumer says by word of mouth: taken by the call centre, never by who does the work; slips and call-backs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from models.audit import Audit
from models.people import Fill, SlipCode, Staff
from models.requests import Task
from rules.messages import Look
from rules.terms import Act
from tests.web.counter_hall import Agent, agent, events, hidden, sits_on
from tests.web.window import PHONE, Window, checked, words


async def slip_of(at_work: Agent, reference: str) -> str:
    """Print a slip; the code on it."""
    paper = checked(await at_work.browser.post(f"/counter/requests/{reference}/slip"))
    assert paper.status_code == 200
    found = re.search(r'class="code">([0-9A-Z]{4}-[0-9A-Z]{4})<', paper.text)
    assert found
    return found[1]


async def written_down(at_work: Agent, **fields: str) -> str:
    """A complaint of somebody at the counter who has no telephone and speaks Urdu; its number."""
    filed = await at_work.files(channel="counter", language="ur", **fields)
    reference = filed.headers["location"].split("/")[3].partition("?")[0]
    await at_work.window.record.look(Look(reference, at_work.window.now))
    return reference


async def test_not_repaired_is_taken_with_who_took_it(window: Window) -> None:
    reference = await window.filed()
    await window.resolved(reference)
    at_work = await agent(window)
    assert "No, it is not put right" in words(await at_work.page(f"/counter/requests/{reference}"))
    taken = await at_work.says(reference, "not_repaired")
    assert taken.headers["location"] == f"/counter/requests/{reference}?told=not_repaired"
    row = await window.row(reference)
    said = next(event for event in await events(window, reference) if event.kind == "not_repaired")
    assert (row.state, said.actor, said.post, said.person) == ("in_progress", "officer", "call-centre-1", at_work.id)


async def test_who_does_the_work_never_answers_for_the_consumer(window: Window) -> None:
    reference = await window.filed()
    await window.resolved(reference)
    async with window.sessions() as session:
        handler = (await session.exec(select(Task.handler).where(Task.reference == reference))).one()
        person = (await session.exec(select(Fill.person).where(Fill.post == handler))).first()
    assert person is not None
    async with window.sessions() as session:
        username = (await session.exec(select(Staff.username).where(Staff.id == person))).one()
    await sits_on(window, person, "call-centre-2")
    himself = await agent(window, username)
    refused = await himself.says(reference, "confirm")
    assert refused.status_code == 409
    assert "It is your own work" in words(checked(refused))
    slip = await himself.browser.post(f"/counter/requests/{reference}/slip")
    assert slip.status_code == 409
    assert (await window.row(reference)).state == "resolved"


@pytest.mark.parametrize(
    ("act", "fields", "kind"),
    [
        ("supply_back", {}, "closed"),
        ("withdraw", {"reason": "filed-twice", "words": "Twice"}, "withdrawn"),
        ("add", {"words": "The dog is loose"}, "added"),
        ("change_phone", {"phone": "98333 00009"}, "phone_changed"),
        ("raise", {"category": "sparks"}, "raised"),
    ],
)
async def test_each_answer_is_taken(window: Window, act: str, fields: dict[str, str], kind: str) -> None:
    reference = await window.filed()
    taken = await (await agent(window)).says(reference, act, **fields)
    assert taken.status_code == 303, words(taken)
    assert kind in [event.kind for event in await events(window, reference)]


@pytest.mark.parametrize(("category", "offers"), [("no-supply", True), ("wire-down", False), ("wrong-bill", False)])
async def test_that_the_supply_is_back_is_taken_where_it_ends_something(
    window: Window, category: str, offers: bool
) -> None:
    reference = await window.filed(category)
    at_work = await agent(window)
    shown = (await at_work.page(f"/counter/requests/{reference}")).text
    assert (f"/counter/requests/{reference}/supply_back" in shown) is offers
    assert (await at_work.says(reference, "supply_back")).status_code == (303 if offers else 409)
    assert (await window.row(reference)).state == ("closed" if offers else "assigned")


@pytest.mark.parametrize(
    ("act", "fields", "field"),
    [
        ("withdraw", {"reason": "because"}, "withdraw-reason"),
        ("add", {}, "add-words"),
        ("change_phone", {"phone": "98100 1234"}, "change_phone-phone"),
        ("add", {"words": "x" * 2001}, "add-words"),
    ],
)
async def test_what_cannot_be_taken_is_said_and_kept(
    window: Window, act: str, fields: dict[str, str], field: str
) -> None:
    reference = await window.filed()
    number = (await window.row(reference)).number
    wrong = await (await agent(window)).says(reference, act, **fields)
    assert wrong.status_code == 422
    page = checked(wrong)
    assert f'href="#{field}"' in page.text
    assert fields.get("words", fields.get("phone", "")) in page.text
    assert (await window.row(reference)).number == number


async def test_a_wait_ends_with_was_there_or_done(window: Window) -> None:
    for claim in ("was_there", "done"):
        reference = await window.filed()
        assert (
            await window.officer(reference, Act.HOLD, data={"reason": "premises-locked", "limit": None})
        ).refused is None
        at_work = await agent(window)
        assert "I was there" in words(await at_work.page(f"/counter/requests/{reference}"))
        assert (await at_work.says(reference, "present", claim=claim)).status_code == 303
        row = await window.row(reference)
        assert (row.state, bool(row.proposal)) == ("in_progress", claim == "was_there")
        assert (await at_work.says(await window.filed(), "present", claim="asleep")).status_code == 422


async def test_up_only_after_the_standard_lapsed(window: Window) -> None:
    reference = await window.filed()
    await window.officer(reference, Act.ACCEPT)
    at_work = await agent(window)
    assert f"/counter/requests/{reference}/escalate" not in (await at_work.page(f"/counter/requests/{reference}")).text
    early = await at_work.says(reference, "escalate")
    assert early.status_code == 409
    assert "too early" in words(checked(early))
    await window.resolved(reference)
    standard = (await window.row(reference)).standard_due
    assert standard is not None
    window.now = standard - timedelta(minutes=10)
    at_work = await agent(window)
    assert (await at_work.says(reference, "not_repaired")).status_code == 303
    window.now = standard
    assert f"/counter/requests/{reference}/escalate" in (await at_work.page(f"/counter/requests/{reference}")).text
    assert (await at_work.says(reference, "escalate")).status_code == 303
    last = (await events(window, reference))[-1]
    assert (last.kind, last.actor, last.post) == ("escalated", "officer", "call-centre-1")


async def test_an_act_nobody_may_take_here_is_not_here(window: Window) -> None:
    reference = await window.filed()
    at_work = await agent(window)
    for act in ("resolve", "reject", "accept", "nonsense"):
        assert (await at_work.says(reference, act)).status_code == 404
    stale = await at_work.browser.post(f"/counter/requests/{reference}/add", data={"token": "x", "words": "y"})
    assert stale.status_code == 409


async def test_while_nothing_answers_it_is_received_and_said_so(window: Window) -> None:
    reference = await window.filed()
    at_work = await agent(window)
    window.door.away = True
    waiting = await at_work.says(reference, "add", words="The gate is open")
    page = await at_work.page(waiting.headers["location"])
    assert "Received, not yet done" in words(page)


async def test_a_confidential_one_takes_nothing_but_more_words(window: Window) -> None:
    reference = await window.filed("conduct", phone=None, name=None)
    at_work = await agent(window)
    page = await at_work.page(f"/counter/requests/{reference}")
    assert re.findall(rf"/counter/requests/{reference}/(\w+)", page.text) == ["add"]
    assert (await at_work.says(reference, "add", words="It happened again")).status_code == 303
    assert (await at_work.says(reference, "withdraw", reason="filed-twice")).status_code == 403
    assert (await at_work.browser.post(f"/counter/requests/{reference}/slip")).status_code == 409


async def test_a_slip_stands_in_for_the_phone(window: Window) -> None:
    at_work = await agent(window)
    reference = await written_down(at_work)
    code = await slip_of(at_work, reference)
    async with window.sessions() as session:
        kept = await session.get(SlipCode, reference)
        seen = (await session.exec(select(Audit).where(Audit.what == "slip", Audit.subject == reference))).one()
    assert kept is not None
    assert code.replace("-", "") not in kept.code_hash
    assert seen.person == at_work.id
    async with window.visitor() as visitor:
        assert "code on your slip" in words(checked(await visitor.get(f"/track/{reference}/code")))
        wrong = await visitor.post(f"/track/{reference}/slip", data={"slip": "AAAA-2222"})
        assert wrong.status_code == 422
        assert "not the code of the newest slip" in words(checked(wrong))
        assert (await visitor.post(f"/track/{reference}/slip", data={"slip": "0OIL"})).status_code == 422
        entered = await visitor.post(f"/track/{reference}/slip", data={"slip": code.lower().replace("-", " ")})
        assert entered.headers["location"] == f"/track/{reference}"
        assert "Add something" in words(await visitor.get(f"/track/{reference}"))


async def test_a_newer_slip_voids_the_older_and_guessing_tires(window: Window) -> None:
    reference = await window.filed(phone=None)
    at_work = await agent(window)
    old, new = await slip_of(at_work, reference), await slip_of(at_work, reference)
    async with window.visitor() as visitor:
        assert (await visitor.post(f"/track/{reference}/slip", data={"slip": old})).status_code == 422
        for _ in range(20):
            await visitor.post(f"/track/{reference}/slip", data={"slip": "AAAA-2222"})
        assert (await visitor.post(f"/track/{reference}/slip", data={"slip": new})).status_code == 422


async def test_the_slip_is_in_the_consumers_language_for_the_printer(window: Window) -> None:
    at_work = await agent(window)
    reference = await written_down(at_work)
    paper = await at_work.browser.post(f"/counter/requests/{reference}/slip")
    inside = paper.text.partition('<article class="paper"')[2]
    assert inside.startswith(' lang="ur" dir="rtl"')
    assert "<svg" in inside
    assert f"{reference[:4]}-{reference[4:8]}-{reference[8]}" in inside
    assert f"http://localhost:8000/track/{reference}" in inside


async def test_who_wrote_a_report_down_prints_its_slip_and_nobody_else(window: Window) -> None:
    at_work = await agent(window)
    reference = await written_down(at_work, category="theft-report", words="A hook")
    assert await slip_of(at_work, reference)
    other = await agent(window, "usman")
    assert (await other.browser.post(f"/counter/requests/{reference}/slip")).status_code == 409


async def test_call_backs_are_rung_twice_at_different_hours(window: Window) -> None:
    reference = await window.filed(phone=PHONE, name="Gita Example")
    await window.resolved(reference)
    await window.passes(timedelta(days=3), reference)
    assert (await window.row(reference)).call_back_at is not None
    at_work = await agent(window)
    page = await at_work.page("/counter/call-backs")
    assert f'href="tel:{PHONE}"' in page.text
    assert "Rung 0 of 2 times" in words(page)

    async def nobody() -> str:
        own = (await at_work.page("/counter/call-backs")).text.partition(f"/counter/requests/{reference}/called")[2]
        data = {"token": hidden(own, "token"), "seen": hidden(own, "seen"), "back": "call-backs"}
        answer = await at_work.browser.post(f"/counter/requests/{reference}/called", data=data)
        return words(checked(await at_work.browser.get(answer.headers["location"])))

    assert "Done: Rang, nobody answered" in await nobody()
    shown = await at_work.page("/counter/call-backs")
    assert "Next try" in words(shown)
    assert f"/counter/requests/{reference}/called" not in shown.text
    soon = await at_work.says(reference, "called")
    assert soon.status_code == 409
    assert "rung a short while ago" in words(checked(soon))
    await window.passes(timedelta(hours=3), reference)
    at_work = await agent(window)
    assert reference not in await nobody()
    assert (await window.row(reference)).closing == "unreached"


async def test_a_call_back_that_reaches_him_takes_his_word(window: Window) -> None:
    reference = await window.filed(phone=PHONE)
    await window.resolved(reference)
    await window.passes(timedelta(days=3), reference)
    taken = await (await agent(window)).says(reference, "confirm", back="call-backs")
    assert taken.headers["location"] == f"/counter/call-backs?reference={reference}&told=confirm"
    row = await window.row(reference)
    assert (row.state, row.closing) == ("closed", "word")


async def test_reopened_and_objected_by_word_of_mouth(window: Window) -> None:
    reference = await window.filed()
    await window.resolved(reference)
    at_work = await agent(window)
    await at_work.says(reference, "confirm")
    assert (await at_work.says(reference, "reopen", words="Dark again")).status_code == 303
    assert (await window.row(reference)).reopened == 1


async def test_one_whose_number_was_anothers_waits_for_a_call_until_a_number_is_known(window: Window) -> None:
    reference = await window.filed(phone=PHONE)
    await window.consumer(reference, Act.NOT_MINE)
    at_work = await agent(window)
    listed = await at_work.page("/counter/call-backs")
    assert reference in listed.text
    assert f"/counter/requests/{reference}/called" not in listed.text
    await at_work.says(reference, "change_phone", phone="98000 00096")
    assert reference not in (await at_work.page("/counter/call-backs")).text


async def test_what_was_taken_down_for_one_that_ended_meanwhile_is_shown_again(window: Window) -> None:
    reference, at_work = await window.filed(), await agent(window)
    opened = await at_work.page(f"/counter/requests/{reference}")
    await window.resolved(reference)
    assert (await window.consumer(reference, Act.CONFIRM)).refused is None
    data = {
        "token": hidden(opened.text, "token"),
        "seen": hidden(opened.text, "seen"),
        "words": "The lamp burns <blue>.",
    }
    answer = checked(await at_work.browser.post(f"/counter/requests/{reference}/add", data=data))
    assert answer.status_code == 409
    assert "The lamp burns <blue>." in words(answer)
    assert "What you typed is still in the form." not in words(answer)
