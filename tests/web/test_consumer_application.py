"""Following an application: by number alone, and by the applicant who sends papers, chooses a date, pays and says yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from models import papers
from models.intake import New, register
from models.policy_versions import current
from models.storage import Folder, Nowhere
from models.tray import put
from rules.case import NoteState
from rules.messages import Take
from rules.procedure import Does
from rules.terms import Act, Actor, Channel, State
from tests.sweeping import swept
from tests.web.applicant import IDS, PAPERS, Applied, an_account, applied, handed_in, sent, standing
from tests.web.window import PHONE, Window, checked, words

FIRST_VIEW = 30_000
TOP = 3
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(window: Window, tmp_path: Path) -> Iterator[Folder]:
    """Documents are kept in a folder of the test's own."""
    window.parts.uploads.storage = Folder(tmp_path / "documents")
    yield window.parts.uploads.storage
    window.parts.uploads.storage = Nowhere()


async def shown(visitor: httpx2.AsyncClient, request: Applied) -> str:
    """The words of the page that follows it, direction marks taken out."""
    await request.window.parts.hub.look()
    page = checked(await visitor.get(f"/track/{request.reference}"))
    return words(page).translate({0x2066: None, 0x2067: None, 0x2069: None})


async def pressed(visitor: httpx2.AsyncClient, request: Applied, act: str, **fields: str) -> httpx2.Response:
    """A button of the page as it stands."""
    seen = str((await request.window.row(request.reference)).number)
    return await visitor.post(f"/track/{request.reference}/acts/{act}", data={"seen": seen, **fields})


async def with_papers(window: Window) -> Applied:
    """He applied through the pages, and every paper is there."""

    async def walk() -> str:
        async with window.visitor() as visitor:
            return (await sent(window, visitor, *PAPERS)).reference

    return await standing(window, await window.brought_to("the papers", walk))


async def to_the_visit(window: Window) -> Applied:
    """Every paper is good, and dates are offered."""

    async def walk() -> str:
        request = await with_papers(window)
        await request.finish("documents")
        return request.reference

    return await standing(window, await window.brought_to("the visit", walk))


async def to_the_payment(window: Window, visitor: httpx2.AsyncClient) -> Applied:
    """The place was visited, it can be done, and the demand note is out."""

    async def walk() -> str:
        request = await to_the_visit(window)
        async with window.visitor() as applicant:
            await window.proves(applicant, request.reference)
            slot = (await request.task("visit")).data["slots"][0]["key"]
            assert (await pressed(applicant, request, "slot", slot=slot)).status_code == 303
        await request.visited()
        await request.finish("feasibility", outcome="feasible")
        await request.finish("note")
        return request.reference

    request = await standing(window, await window.brought_to("the payment", walk))
    await window.proves(visitor, request.reference)
    return request


async def to_the_meter(window: Window, visitor: httpx2.AsyncClient) -> Applied:
    """It is paid, and the material is there."""

    async def walk() -> str:
        async with window.visitor() as applicant:
            request = await to_the_payment(window, applicant)
        await request.paid()
        for stage in ("agreement", "material"):
            await request.finish(stage)
        return request.reference

    request = await standing(window, await window.brought_to("the meter", walk))
    await window.proves(visitor, request.reference)
    return request


async def test_by_number_alone_nothing_personal_is_shown(window: Window) -> None:
    async with window.visitor() as visitor, window.visitor() as stranger:
        request = await to_the_payment(window, visitor)
        await request.paid(50_000)
        own = await shown(visitor, request)
        page = await shown(stranger, request)
    for personal in ("Rs", "Landlord", "Asha", "0017", "12, Lane 3", "Tenant", "3 kW"):
        assert personal in own or personal == "0017", personal
        assert personal not in page, personal
    assert "Your demand note is ready." in page
    assert "Money was received." in page
    assert "Received: " in page
    assert "Papers complete: " in page
    assert "Check of the papers" in page
    assert "Fitting the meter" in page
    assert "New line to the place" not in page


async def test_what_is_his_alone_asks_for_the_code(window: Window) -> None:
    async with window.visitor() as visitor:
        request = await sent(window, visitor)
        for path in ("papers/photo", "note", "acts/slot", "acts/complain", "documents/x"):
            ask = visitor.post if path.startswith("acts") else visitor.get
            answer = await ask(
                f"/track/{request.reference}/{path}", **({"data": {"slot": "other"}} if path.startswith("acts") else {})
            )
            assert answer.headers["location"] == f"/track/{request.reference}/code", path


async def test_a_missing_paper_is_asked_for_and_the_time_begins_with_the_last(window: Window) -> None:
    async with window.visitor() as visitor:
        request = await sent(window, visitor, *PAPERS[:3])
        await window.proves(visitor, request.reference)
        page = await shown(visitor, request)
        assert "Please send the papers that are missing." in page
        assert "Papers complete: not yet. Our time does not count yet." in page
        address = f"/track/{request.reference}/papers/landlord-consent"
        answer = await handed_in(visitor, address)
        assert answer.headers["location"].startswith(f"/track/{request.reference}?seen=")
        page = await shown(visitor, request)
        assert "At the latest:" in page
        assert (await window.row(request.reference)).complete_at == window.now
        assert "takes its place" in words(await visitor.get(address))


async def test_a_faulted_paper_is_named_with_what_to_do_and_only_that_is_sent_anew(window: Window) -> None:
    async with window.visitor() as visitor:
        request = await with_papers(window)
        await request.officer("documents", Act.FAULT, faults={"lease": "unreadable"})
        await window.proves(visitor, request.reference)
        page = await shown(visitor, request)
        assert "Please send: Rent agreement (cannot be read)." in page
        assert "There is a problem: cannot be read." in page
        assert "Photograph it again in good light, the whole sheet." in page
        assert page.count("Accepted") == 3
        assert "Waiting for you" in page
        refused = await visitor.get(f"/track/{request.reference}/papers/photo")
        assert 'type="file"' not in refused.text
        await handed_in(visitor, f"/track/{request.reference}/papers/lease")
        assert "Please send" not in await shown(visitor, request)


async def test_a_date_is_chosen_once_and_other_dates_can_be_asked_for(window: Window) -> None:
    async with window.visitor() as visitor:
        request = await to_the_visit(window)
        await window.proves(visitor, request.reference)
        page = checked(await visitor.get(f"/track/{request.reference}"))
        offered = re.findall(r'name="slot" value="([^"]+)"', page.text)
        assert len(offered) == 4
        assert offered[-1] == "other"
        await pressed(visitor, request, "slot", slot="other")
        later = [slot["key"] for slot in (await request.task("visit")).data["slots"]]
        assert not set(later) & set(offered)
        await pressed(visitor, request, "slot", slot=later[0])
        assert "We will come for a visit:" in await shown(visitor, request)
        gone = await pressed(visitor, request, "slot", slot=later[1])
        assert gone.status_code == 409
        assert "Choose a date" not in await shown(visitor, request)


async def test_nobody_came_and_then_he_was_not_there(window: Window) -> None:
    async with window.visitor() as visitor:
        request = await to_the_visit(window)
        await window.proves(visitor, request.reference)
        await pressed(visitor, request, "slot", slot=(await request.task("visit")).data["slots"][0]["key"])
        assert (await pressed(visitor, request, "missed")).status_code == 409
        window.now += timedelta(days=1)
        await window.passes(timedelta(hours=8), request.reference)
        assert "Nobody came" in await shown(visitor, request)
        assert (await pressed(visitor, request, "missed")).status_code == 303
        page = await shown(visitor, request)
        assert "Nobody came for the visit. We are sorry." in page
        await pressed(visitor, request, "slot", slot=(await request.task("visit")).data["slots"][0]["key"])
        window.now += timedelta(days=2)
        await window.passes(timedelta(hours=1), request.reference)
        await request.officer("visit", Act.MISSED)
        page = await shown(visitor, request)
        assert "We came, and nobody was there." in page
        assert "I was there" in page
        task = (await request.task("visit")).id
        answer = await pressed(visitor, request, "present", claim="was_there", task=task)
        assert answer.status_code == 303


async def test_an_applicant_is_told_first_that_more_was_written_about_what_is_waited_for(window: Window) -> None:
    more = "We wrote more about it."
    request = await with_papers(window)
    async with window.visitor() as visitor:
        await request.officer("documents", Act.HOLD, reason="document-wanted")
        assert more not in await shown(visitor, request)
        await request.officer("documents", Act.RESUME)
    other = await with_papers(window)
    async with window.visitor() as visitor:
        await other.officer("documents", Act.HOLD, reason="document-wanted", words="The paper of the rent, page two.")
        page = await shown(visitor, other)
        assert page.count("Read it") == 2, "under what is happening, and in the log"
        assert more in page
        assert "page two" not in page
        await other.officer("documents", Act.RESUME)
        assert more not in await shown(visitor, other)


async def test_the_demand_note_is_shown_paid_in_parts_and_in_full(window: Window) -> None:
    async with window.visitor() as visitor, window.visitor() as son:
        request = await to_the_payment(window, visitor)
        page = await shown(visitor, request)
        assert "Your demand note is ready: Rs 5,700." in page
        assert "Time until" in page
        address = (await visitor.get(f"/track/{request.reference}/note")).headers["location"]
        note = checked(await son.get(address))
        assert "Total Rs 5,700" in words(note).translate({0x2066: None, 0x2069: None})
        assert "<svg" in note.text
        assert "Pay now at the bank" not in note.text
        sheet = await son.get(f"{address}/sheet")
        assert sheet.content.startswith(b"%PDF")
        assert (await son.get(address[:-1] + ("0" if address[-1] != "0" else "1"))).status_code == 404
        await request.paid(500_000)
        assert "Part of your demand note is paid. Rs 700 is missing." in await shown(visitor, request)
        await request.paid()
        page = await shown(visitor, request)
        assert "Rs 700 was received. Nothing is left to be paid." in page
        assert "It is paid." in words(await son.get(address))
    note_now = (await request.case()).note
    assert note_now is not None
    assert note_now.state is NoteState.PAID


async def test_the_bank_is_offered_where_the_utility_has_one(window: Window) -> None:
    window.parts.payment_url = "https://bank.example/pay?note={note}&amount={amount}&back={back}"
    try:
        async with window.visitor() as visitor:
            request = await to_the_payment(window, visitor)
            address = (await visitor.get(f"/track/{request.reference}/note")).headers["location"]
            page = checked(await visitor.get(address))
    finally:
        window.parts.payment_url = None
    assert f"https://bank.example/pay?note={request.reference}-1&amp;amount=570000&amp;" in page.text


async def test_from_the_payment_to_the_light_and_its_answer(window: Window) -> None:
    async with window.visitor() as visitor:
        request = await to_the_meter(window, visitor)
        await request.finish("meter")
        await request.finish("handover")
        page = await shown(visitor, request)
        assert "Is there light?" in page
        assert re.search(r"Meter M\d+, seal S-1, first reading 1\.", page)
        assert (await pressed(visitor, request, "not_repaired")).status_code == 303
        assert "You said it is not done." in await shown(visitor, request)
        await request.finish("meter")
        await request.finish("handover")
        assert (await pressed(visitor, request, "confirm")).status_code == 303
        assert "You said it is done. The application is closed." in await shown(visitor, request)
    assert (await window.row(request.reference)).state == State.CLOSED


async def test_a_complaint_about_it_goes_with_it_to_the_next_tier(window: Window) -> None:
    async with window.visitor() as visitor:
        request = await with_papers(window)
        await window.proves(visitor, request.reference)
        form = checked(await visitor.get(f"/track/{request.reference}/acts/complain"))
        token = re.search(r'name="token" value="([^"]+)"', form.text)
        assert token is not None
        address = f"/track/{request.reference}/acts/complain"
        assert (await visitor.post(address, data={"token": token[1], "words": ""})).status_code == 422
        for _ in range(2):
            answer = await visitor.post(address, data={"token": token[1], "words": "It takes too long."})
            assert answer.status_code == 303
        page = await shown(visitor, request)
    assert "You complained about it. The" in page
    row = await window.row(request.reference)
    assert (row.repeats, (await request.task("documents")).tier) == (1, 2)


async def test_taken_back_after_paying_the_money_is_on_its_way(window: Window) -> None:
    async with window.visitor() as visitor, window.visitor() as stranger:
        request = await to_the_payment(window, visitor)
        await request.paid(100_000)
        form = checked(await visitor.get(f"/track/{request.reference}/acts/withdraw"))
        assert "Take the application back" in words(form)
        await visitor.post(f"/track/{request.reference}/acts/withdraw", data={"token": "a-token-of-mine"})
        page = await shown(visitor, request)
        assert "You took this application back." in page
        assert "We give Rs 1,000 back to you." in page
        assert "Rs" not in await shown(stranger, request)
        await request.finish("refund")
        assert "We give" not in await shown(visitor, request)


async def test_what_was_paid_before_it_ran_out_is_asked_for_with_one_button(window: Window) -> None:
    async with window.visitor() as visitor, window.visitor() as stranger:
        request = await to_the_payment(window, visitor)
        await request.paid(100_000)
        await window.passes(timedelta(days=25), request.reference)
        assert "See more or act" in await shown(stranger, request)
        page = await shown(visitor, request)
        assert "You have Rs 1,000 with us." in page
        assert "Ask for the money back" in page
        assert (await pressed(visitor, request, "claim")).status_code == 303
        page = await shown(visitor, request)
        assert "We give Rs 1,000 back to you." in page
        assert "Ask for the money back" not in page
        assert await request.open_stages() == ["refund"]


async def test_once_our_time_is_over_he_can_send_it_up(window: Window) -> None:
    async with window.visitor() as visitor:
        request = await with_papers(window)
        await window.proves(visitor, request.reference)
        assert "Send it to the next officer above" not in await shown(visitor, request)
        standard = (await window.row(request.reference)).standard_due
        assert standard is not None
        await request.finish("documents")
        await pressed(visitor, request, "slot", slot=(await request.task("visit")).data["slots"][0]["key"])
        await request.visited()
        standard = (await window.row(request.reference)).standard_due
        assert standard is not None
        await window.passes(standard - window.now + timedelta(minutes=1), request.reference)
        page = await shown(visitor, request)
        assert "We did not keep it." in page
        tier = (await request.task("feasibility")).tier
        assert ("Send it to the next officer above" in page) == (tier < TOP)


async def test_the_first_view_is_small_and_changes_are_live(window: Window) -> None:
    async with window.visitor() as visitor:
        request = await to_the_payment(window, visitor)
        page = await visitor.get(f"/track/{request.reference}")
        packed = window.parts.assets.files
        assets = sum(len(packed[name].packed) for name in ("onewindow.css", "onewindow.js", "icons.svg"))
        assert int(page.headers["content-length"]) + assets < FIRST_VIEW
        block = await visitor.get(f"/track/{request.reference}/progress")
        assert block.text.lstrip().startswith('<section id="progress"')
        assert "Rs" in block.text
    async with window.visitor() as stranger:
        assert "Rs" not in (await stranger.get(f"/track/{request.reference}/progress")).text


async def filed(window: Window, category: str) -> Applied:
    """Somebody applied with every paper, by the form's own road behind its pages."""
    async with window.sessions.begin() as session:
        procedure = (await current(session)).procedures[category]
        token, who = f"all-papers-{next(IDS)}", next(iter(procedure.papers))
        for code in procedure.papers[who]:
            await papers.add(session, paper_of(token, code, window))
    account = await an_account(window, f"66{next(IDS):08}") if procedure.account else None
    new = New(
        procedure.kind, category, Channel.WEB, "en", "", token, window.now, phone=PHONE, name="Asha Demo",
        locality=None if account else "gizri", account=account,
        application={"applicant": who, "load": "3" if procedure.loads else None},
    )  # fmt: skip
    async with window.sessions.begin() as session:
        row = await register(session, new)
    return await applied(window, row.reference)


def paper_of(token: str, code: str, window: Window) -> papers.Document:
    return papers.Document(
        id=papers.new_id(), draft=token, paper=code, content="image/jpeg", bytes=1, sha256="0", received_sha256="0",
        uploaded_at=window.now, actor="consumer",
    )  # fmt: skip


async def goes_on(request: Applied, stage: str, visitor: httpx2.AsyncClient) -> None:
    """Whoever's turn it is does what ends this stage."""
    does = request.procedure.stages[stage].does
    if does is Does.VISIT:
        slot = (await request.task(stage)).data["slots"][0]["key"]
        assert (await pressed(visitor, request, "slot", slot=slot)).status_code == 303
        await request.visited()
    elif does is Does.PAYMENT:
        assert (await request.paid()).refused is None
    else:
        await request.finish(stage)


@pytest.mark.parametrize(
    "category",
    swept("the other procedures", "new-connection", "load-change", "disconnection", "name-change", "meter-shift"),
)
async def test_every_procedure_has_a_page_at_every_stage(window: Window, category: str) -> None:
    async with window.visitor() as visitor, window.visitor("ur") as stranger:
        request = await filed(window, category)
        await window.proves(visitor, request.reference)
        while stages := await request.open_stages():
            page = await shown(visitor, request)
            for stage in stages:
                assert window.parts.book.label("stage", stage) in page
            strange = await shown(stranger, request)
            assert not [word for word in strange.split() if word.isascii() and word.isalpha() and word != "Rs"], strange
            await goes_on(request, stages[0], visitor)
        assert "Done " in await shown(visitor, request)


async def test_one_that_cannot_be_done_says_why_and_where_to_go(window: Window) -> None:
    async with window.visitor() as visitor:
        request = await to_the_visit(window)
        await window.proves(visitor, request.reference)
        await pressed(visitor, request, "slot", slot=(await request.task("visit")).data["slots"][0]["key"])
        await request.visited()
        reason = window.parts.book.all("refuse_reason")[0].code
        await request.finish("feasibility", outcome="refused", reason=reason)
        above = (await request.task("feasibility")).answerable
        async with window.sessions.begin() as session:
            await put(
                session, id="agreed-above", reference=request.reference, act=Act.AGREE, actor=Actor.OFFICER, at=window.now,
                post=above,
            )  # fmt: skip
        assert (await window.record.take(Take(request.reference, "agreed-above", Act.AGREE))).refused is None
        page = await shown(visitor, request)
        assert f"This application was not accepted: {window.parts.book.label('refuse_reason', reason)}" in page
        assert "Consumer Grievance Forum" in page
        assert "I do not agree" in page


async def test_a_note_that_was_not_paid_in_time_is_not_to_be_paid(window: Window) -> None:
    async with window.visitor() as visitor:
        request = await to_the_payment(window, visitor)
        address = (await visitor.get(f"/track/{request.reference}/note")).headers["location"]
        await window.passes(timedelta(days=25), request.reference)
        page = await shown(visitor, request)
        assert "The time for “Payment” ran out. The application has ended." in page
        assert "Do you still want it? Apply again." in page
        note = words(checked(await visitor.get(address)))
        assert "To pay now" not in note
        assert "Pay now" not in note


async def test_the_link_of_the_question_asks_what_was_applied_for(window: Window) -> None:
    async with window.visitor() as visitor:
        request = await to_the_meter(window, visitor)
        await request.finish("meter")
        await request.finish("handover")
        token = (await window.newest_notice(request.reference, "question")).data["token"]
        page = checked(await visitor.get(f"/answer/{token}"))
        for asked in ("Is there light?", "Yes, it is done", "New connection"):
            assert asked in words(page)
        await visitor.post(f"/answer/{token}", data={"answer": "confirm"})
    assert (await window.row(request.reference)).state == State.CLOSED
