"""A connection request at the counter: filed on behalf, papers scanned or brought, money taken, a date chosen, a complaint attached."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import httpx2
import pytest
from PIL import Image
from sqlmodel import select

from models import papers
from models.outbox import Notification
from models.requests import Task, Words
from rules.case import Case
from rules.messages import Look
from rules.terms import Codes
from tests.web.counter_hall import Agent, agent, by_phone, events, hidden
from tests.web.stages_at_hand import AtHand
from tests.web.window import Window, checked, words
from web.security import LARGEST

PHONES = itertools.count(9_833_100_001)


@pytest.fixture
async def at_work(window: Window, tmp_path: object) -> Agent:
    """The call centre's Tara, with a place for files."""
    from models.storage import Folder

    window.parts.uploads.storage = Folder(tmp_path)  # type: ignore[arg-type]
    return await agent(window)


def picture() -> tuple[str, bytes, str]:
    """A photograph of a sheet."""
    out = BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "JPEG")
    return "sheet.jpg", out.getvalue(), "image/jpeg"


def photograph() -> tuple[str, bytes, str]:
    """A photograph as a telephone makes one: larger than any form without files may be."""
    out = BytesIO()
    Image.effect_noise((1200, 900), 80).save(out, "JPEG")
    assert len(out.getvalue()) > 4 * LARGEST
    return "sheet.jpg", out.getvalue(), "image/jpeg"


async def apply(
    at_work: Agent,
    scans: tuple[str, ...] = ("photo", "identity", "ownership"),
    scan: Callable[[], tuple[str, bytes, str]] = picture,
    **fields: str,
) -> httpx2.Response:
    """Fill in the one-page application and send it, each of `scans` as `scan` makes it."""
    blank = await at_work.page("/counter/applications/new?procedure=new-connection")
    typed = {
        "token": hidden(blank.text, "token"), "procedure": "new-connection", "applicant": "owner", "load": "3",
        "locality": "Gizri", "language": "en", "channel": "counter", "name": "Rubina", "phone": str(next(PHONES)),
        **fields,
    }  # fmt: skip
    files = {f"scan-{code}": scan() for code in scans}
    return await at_work.browser.post("/counter/applications", data=typed, files=files or {"none": ("", b"", "")})


async def applied(at_work: Agent, **fields: str) -> str:
    """An application filed and opened; its number."""
    answer = await apply(at_work, **fields)
    assert answer.status_code == 303, words(answer)
    reference = answer.headers["location"].split("/")[3].partition("?")[0]
    await at_work.window.record.look(Look(reference, at_work.window.now))
    return reference


async def task(window: Window, reference: str, stage: str) -> Task:
    """The newest task of a stage."""
    return await AtHand(window, reference).task(stage)


async def case(window: Window, reference: str) -> Case:
    """What a request gathered."""
    return await AtHand(window, reference).case()


async def acknowledged(window: Window, reference: str) -> Codes:
    """What the applicant's first message rests on."""
    async with window.sessions() as session:
        told = select(Notification.data).where(Notification.reference == reference, Notification.kind == "acknowledged")
        return (await session.exec(told)).one()


async def test_an_application_with_all_its_scans_is_complete_at_once(window: Window, at_work: Agent) -> None:
    reference = await applied(at_work)
    row = await window.row(reference)
    assert (row.kind, row.category, row.application["load"], row.filed_by) == (
        "new_connection", "new-connection", "3", at_work.id,
    )  # fmt: skip
    assert row.complete_at == row.registered_at
    assert "faults" not in await acknowledged(window, reference)
    page = await at_work.page(f"/counter/requests/{reference}?told=filed")
    assert "It is filed" in words(page)
    assert "New connection" in words(page)


async def test_scans_are_taken_as_large_as_a_telephone_makes_them(window: Window, at_work: Agent) -> None:
    answer = checked(await apply(at_work, scan=photograph, load=""))
    assert answer.status_code == 422
    assert 'value="Rubina"' in answer.text
    assert "That is too much at once" not in words(answer)


async def test_what_was_brought_and_not_scanned_is_written_down(window: Window, at_work: Agent) -> None:
    answer = await apply(at_work, scans=("photo",), **{"brought-identity": "yes"})
    reference = answer.headers["location"].split("/")[3].partition("?")[0]
    row = await window.row(reference)
    async with window.sessions() as session:
        said = await session.get_one(Words, row.words_id)
    assert "still to be scanned: Proof of who you are" in said.body
    assert row.complete_at is None
    assert (await acknowledged(window, reference))["faults"] == {"ownership": "missing"}, (
        "neither what was scanned nor what was handed over"
    )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"load": "3.3"}, "load"),
        ({"load": "900"}, "load"),
        ({"applicant": "king"}, "applicant"),
        ({"procedure": "magic"}, "procedure"),
        ({"procedure": "load-change"}, "account"),
        ({"locality": "Nowhere at all"}, "locality"),
        ({"phone": "98100 1234"}, "phone"),
    ],
)
async def test_what_cannot_be_filed_is_said_and_stays(
    window: Window, at_work: Agent, fields: dict[str, str], field: str
) -> None:
    answer = await apply(at_work, scans=(), **fields)
    assert answer.status_code == 422
    assert f'href="#{field}"' in checked(answer).text
    assert 'value="Rubina"' in answer.text


async def test_a_scan_that_is_none_is_said_beside_its_paper_and_the_others_are_kept(
    window: Window, at_work: Agent
) -> None:
    blank = await at_work.page("/counter/applications/new?procedure=new-connection")
    token = hidden(blank.text, "token")
    typed = {
        "token": token, "procedure": "new-connection", "applicant": "owner", "load": "3", "locality": "Gizri",
        "language": "en", "channel": "counter", "phone": str(next(PHONES)),
    }  # fmt: skip
    files = {"scan-photo": picture(), "scan-identity": ("a.txt", b"hello", "text/plain")}
    answer = await at_work.browser.post("/counter/applications", data=typed, files=files)
    assert answer.status_code == 422
    assert 'href="#scan-identity"' in checked(answer).text
    assert "Scanned" in words(answer)
    files = {"scan-identity": picture(), "scan-ownership": picture()}
    answer = await at_work.browser.post("/counter/applications", data=typed, files=files)
    assert answer.status_code == 303
    reference = answer.headers["location"].split("/")[3].partition("?")[0]
    async with window.sessions() as session:
        assert {row.paper for row in await papers.of_request(session, reference)} == {"photo", "identity", "ownership"}


async def test_the_papers_asked_for_are_those_of_the_sort_of_applicant(at_work: Agent) -> None:
    asks = "/counter/applications/asks?procedure=new-connection"
    assert "scan-" not in (await at_work.browser.get(asks)).text
    assert 'name="scan-landlord-consent"' in (await at_work.browser.get(f"{asks}&applicant=tenant")).text
    assert "landlord" not in (await at_work.browser.get(f"{asks}&applicant=owner")).text


async def test_one_that_is_open_already_is_shown_with_the_way_to_complain(window: Window, at_work: Agent) -> None:
    phone = str(next(PHONES))
    reference = await applied(at_work, phone=phone)
    again = await apply(at_work, scans=(), phone=phone)
    assert "This is open already" in words(again)
    assert f"/counter/requests/{reference}?open=complain" in again.text
    anyway = await apply(at_work, scans=(), phone=phone, anyway="yes")
    assert anyway.status_code == 303
    assert len(await by_phone(window, f"+91{phone}")) == 2


async def test_connection_is_late_is_attached_and_the_next_tier_answers(window: Window, at_work: Agent) -> None:
    phone = str(next(PHONES))
    reference = await applied(at_work, phone=phone)
    found = await at_work.look_up(phone)
    assert f"/counter/requests/{reference}?open=complain" in found.text
    assert "called_again" not in found.text
    before = (await task(window, reference, "documents")).tier
    missing = await at_work.says(reference, "complain")
    assert missing.status_code == 422
    taken = await at_work.says(reference, "complain", words="The connection is late")
    assert taken.status_code == 303, words(taken)
    assert (await task(window, reference, "documents")).tier == before + 1
    assert "complained" in [event.kind for event in await events(window, reference)]


async def with_a_note(window: Window, at_work: Agent) -> str:
    """An application whose demand note waits to be paid; its date was chosen at the counter."""
    reference = await applied(at_work)
    at_hand = AtHand(window, reference)
    await at_hand.finish("documents")
    offered = (await task(window, reference, "visit")).data["slots"]
    page = await at_work.page(f"/counter/requests/{reference}")
    assert "Which date suits the applicant?" in words(page)
    nothing = await at_work.says(reference, "slot")
    assert nothing.status_code == 422
    taken = await at_work.says(reference, "slot", slot=offered[1]["key"])
    assert taken.status_code == 303, words(taken)
    visit = await task(window, reference, "visit")
    assert visit.data["slot"]["key"] == offered[1]["key"]
    window.now = datetime.fromisoformat(visit.data["slot"]["start"]) + timedelta(minutes=5)
    fresh = await agent(window)
    at_work.browser = fresh.browser
    await at_hand.finish("visit")
    await at_hand.finish("feasibility", outcome="feasible")
    await at_hand.finish("note")
    return reference


async def test_money_at_the_counter_in_part_twice_sent_and_too_much_is_said_plainly_with_a_receipt(
    window: Window, at_work: Agent
) -> None:
    reference = await with_a_note(window, at_work)
    note = (await case(window, reference)).note
    assert note is not None
    wrong = await at_work.says(reference, "pay", note=note.number, amount="a lot")
    assert wrong.status_code == 422
    assert 'value="a lot"' in checked(wrong).text
    blank = await at_work.page(f"/counter/requests/{reference}")
    data = {
        "token": hidden(blank.text, "token"),
        "seen": hidden(blank.text, "seen"),
        "note": hidden(blank.text, "note"),
    }
    twice = [
        await at_work.browser.post(f"/counter/requests/{reference}/pay", data=data | {"amount": "500.50"}) for _ in "12"
    ]
    part = twice[0]
    assert part.status_code == 303, words(part)
    assert part.headers["location"] == twice[1].headers["location"], "the same payment sent twice is one"
    page = await at_work.page(part.headers["location"])
    assert "Receipt number" in words(page)
    assert f"{note.number}/" in page.text
    assert "This is a part" in words(page)
    assert (await case(window, reference)).balance == 50_050
    more = note.total - 50_050 + 10_000
    rest = await at_work.says(reference, "pay", note=note.number, amount=str(more / 100))
    page = await at_work.page(rest.headers["location"])
    assert re.search(r"more than was asked for\. Rs .?100.? is to be given back", words(page))
    assert [paid.by for paid in (await case(window, reference)).payments] == ["counter", "counter"]


async def test_a_paper_is_handed_in_for_him(window: Window, at_work: Agent) -> None:
    answer = await apply(at_work, scans=("photo", "identity"))
    reference = answer.headers["location"].split("/")[3].partition("?")[0]
    await window.record.look(Look(reference, window.now))
    page = await at_work.page(f"/counter/requests/{reference}")
    data = {"token": hidden(page.text, "token"), "seen": hidden(page.text, "seen"), "paper": "ownership"}
    nothing = await at_work.browser.post(f"/counter/requests/{reference}/documents", data=data)
    assert nothing.status_code == 422
    handed = await at_work.browser.post(
        f"/counter/requests/{reference}/documents", data=data, files={"file": photograph()}
    )
    assert handed.status_code == 303, words(handed)
    assert (await window.row(reference)).complete_at is not None


async def test_a_slip_is_printed_for_an_application(window: Window, at_work: Agent) -> None:
    reference = await applied(at_work)
    paper = checked(await at_work.browser.post(f"/counter/requests/{reference}/slip"))
    assert paper.status_code == 200
    assert "Your application number" in words(paper)
    assert 'class="code"' in paper.text


async def test_who_takes_no_calls_files_nothing(window: Window) -> None:
    officer = await agent(window, "asha")
    assert (await officer.browser.get("/counter/applications/new")).status_code == 403
