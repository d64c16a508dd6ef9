"""Applying without script: one question a page, papers as a list, nothing typed is lost, sent once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from sqlmodel import func, select

from models import papers
from models.requests import Consumer, Draft, ServiceRequest
from models.storage import Folder, Nowhere
from tests.sweeping import swept
from tests.web.applicant import ANSWERS, PAPERS, YOU, an_account, answered, begun, handed_in, sent
from tests.web.files import moving, pdf
from tests.web.window import Window, checked, words

IN_ORDER = ["owner", "co-owner", "heir", "tenant", "settlement", "company"]
"""The sorts of applicants of a new connection, in the order of the profile."""


@pytest.fixture(autouse=True)
def folder(window: Window, tmp_path: Path) -> Iterator[Folder]:
    """Documents are kept in a folder of the test's own."""
    window.parts.uploads.storage = Folder(tmp_path / "documents")
    yield window.parts.uploads.storage
    window.parts.uploads.storage = Nowhere()


async def test_from_the_tile_to_the_number(window: Window) -> None:
    async with window.visitor() as visitor:
        assert 'href="/apply?procedure=new-connection"' in checked(await visitor.get("/")).text
        first = checked(await visitor.get("/apply?procedure=new-connection"))
        assert 'value="new-connection" checked' in first.text
        assert "Question 1 " in words(first)
        assert "Question 1 of" not in words(first), "how many there are, what is applied for decides"
        form = await begun(visitor)
        applicants = checked(await visitor.get(f"{form}/applicant"))
        assert re.findall(r'name="applicant" value="([^"]*)"', applicants.text) == IN_ORDER
        assert "Question 3 of 7" in words(applicants)
        await answered(visitor, form)
        listed = words(checked(await visitor.get(f"{form}/papers")))
        assert listed.count("Not yet started") == len(PAPERS)
        assert "Landlord's consent" in listed
        for paper in PAPERS[:3]:
            assert (await handed_in(visitor, f"{form}/papers/{paper}")).headers["location"] == f"{form}/papers"
        listed = words(checked(await visitor.get(f"{form}/papers")))
        assert (listed.count("Completed"), listed.count("Not yet started")) == (3, 1)
        check = words(checked(await visitor.get(f"{form}/check")))
        for shown in ("New connection", "Gizri", "Tenant", "3 kW", "Asha Demo", "3 of 4 are here"):
            assert shown in check
        answer = await visitor.post(f"{form}/check")
        assert answer.headers["location"] == f"{form}/sent"
        done = words(checked(await visitor.get(f"{form}/sent")))
    assert "We have your application" in done
    assert "1 paper is still wanted" in done
    assert "Our time begins when all papers are here" in done
    async with window.sessions() as session:
        row = (await session.exec(select(ServiceRequest).where(ServiceRequest.token == form.rpartition("/")[2]))).one()
        consumer = await session.get(Consumer, row.consumer_id)
        kept = await papers.of_request(session, row.reference)
    assert (row.kind, row.category, row.application) == (
        "new_connection",
        "new-connection",
        {"applicant": "tenant", "load": "3"},
    )
    assert consumer is not None
    assert (consumer.name, consumer.address) == ("Asha Demo", "12, Lane 3")
    assert {one.paper for one in kept} == set(PAPERS[:3])


async def test_a_second_tap_gives_the_same_number_and_no_draft_remains(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        await answered(visitor, form)
        await visitor.post(f"{form}/check")
        first = await visitor.get(f"{form}/sent")
        again = await visitor.post(f"{form}/check")
        assert again.headers["location"] == f"{form}/sent"
        assert words(await visitor.get(f"{form}/sent")) == words(first)
        assert (await visitor.get(form)).headers["location"] == f"{form}/sent"
    token = form.rpartition("/")[2]
    async with window.sessions() as session:
        count = select(func.count()).select_from(ServiceRequest).where(ServiceRequest.token == token)
        assert (await session.exec(count)).one() == 1
        assert await session.get(Draft, token) is None


@pytest.mark.parametrize("load", ["0.3", "3.2", "151", "-3", "much", "", "1e2", "NaN"])
async def test_a_load_that_cannot_be_is_refused_with_what_can_and_kept(window: Window, load: str) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        answer = checked(await visitor.post(f"{form}/load", data={"load": load}))
        assert answer.status_code == 422
        assert "0.5 to 150 kW, in steps of 0.5 kW" in words(answer).translate({0x2066: None, 0x2069: None})
        assert f'name="load" type="text" value="{load}"' in answer.text


@pytest.mark.parametrize(("typed", "kept"), [("४.५", "4.5"), ("۲", "2"), ("2,5", "2.5"), ("10 kW", "10"), ("3.0", "3")])
async def test_a_load_is_read_in_any_script(window: Window, typed: str, kept: str) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        assert (await visitor.post(f"{form}/load", data={"load": typed})).status_code == 303
        async with window.sessions() as session:
            row = await session.get(Draft, form.rpartition("/")[2])
    assert row is not None
    assert row.answers["load"] == kept


async def test_a_connection_that_exists_is_named_by_its_account(window: Window) -> None:
    account = await an_account(window, "5500112233")
    async with window.visitor() as visitor:
        form = await begun(visitor, "disconnection")
        unknown = checked(await visitor.post(f"{form}/account", data={"account": "999"}))
        assert unknown.status_code == 422
        assert 'value="999"' in unknown.text
        answer = await visitor.post(f"{form}/account", data={"account": "5500 1122 33"})
        assert answer.headers["location"] == f"{form}/applicant"
        await visitor.post(f"{form}/applicant", data={"applicant": "consumer"})
        await visitor.post(f"{form}/you", data={**YOU, "address": ""})
        await visitor.post(f"{form}/check")
        checked(await visitor.get(f"{form}/sent"))
    async with window.sessions() as session:
        row = (await session.exec(select(ServiceRequest).where(ServiceRequest.token == form.rpartition("/")[2]))).one()
        consumer = await session.get(Consumer, row.consumer_id)
    assert consumer is not None
    assert (row.locality, consumer.account, row.application) == ("gizri", account, {"applicant": "consumer"})


async def test_change_returns_to_the_check_page_and_another_procedure_asks_anew(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        await answered(visitor, form)
        page = checked(await visitor.get(f"{form}/load?change=1"))
        assert 'name="change"' in page.text
        back = await visitor.post(f"{form}/load", data={"load": "5", "change": "1"})
        assert back.headers["location"] == f"{form}/check"
        other = await visitor.post(f"{form}/what", data={"procedure": "name-change", "change": "1"})
        assert other.headers["location"] == f"{form}/account"


async def test_the_resume_link_goes_on_where_it_was_left(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        await visitor.post(f"{form}/where", data=dict(ANSWERS["where"]))
        page = checked(await visitor.get(f"{form}/applicant"))
        assert f"http://localhost:8000{form}" in page.text
    async with window.visitor() as elsewhere:
        assert (await elsewhere.get(form)).headers["location"] == f"{form}/applicant"
        assert (await elsewhere.get(f"{form}/check")).headers["location"] == f"{form}/applicant"


async def test_who_you_are_is_asked_for_with_what_was_typed_kept(window: Window) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        wrong = {"name": "", "phone": "98100 0005", "email": "asha", "address": "", "language": "xx"}
        answer = checked(await visitor.post(f"{form}/you", data=wrong))
    assert answer.status_code == 422
    assert "Error:" in answer.text.partition("</title>")[0]
    for field in ("name", "phone", "email", "address", "language"):
        assert f'href="#{field}"' in answer.text
    assert 'value="asha"' in answer.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(moving("PNG"), "This picture moves", id="moving"),
        pytest.param(b"MZ", "We cannot read this kind of file", id="a program"),
        pytest.param(pdf(password="x"), "locked with a password", id="locked"),
    ],
)
async def test_a_file_that_cannot_be_taken_is_said_at_its_field(window: Window, data: bytes, said: str) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        await answered(visitor, form)
        answer = checked(await handed_in(visitor, f"{form}/papers/photo", data))
        assert answer.status_code == 422
        assert said in words(answer)
        assert words(await visitor.get(f"{form}/papers")).count("Not yet started") == len(PAPERS)
        nothing = await visitor.post(f"{form}/papers/photo/documents", data={"fresh": "a"}, files={"file": ("", b"")})
        assert nothing.status_code == 422
        assert (await visitor.get(f"{form}/papers/last-bill")).status_code == 404


async def test_a_paper_photographed_again_takes_the_place_of_the_first(window: Window, folder: Folder) -> None:
    async with window.visitor() as visitor:
        form = await begun(visitor)
        await answered(visitor, form)
        await handed_in(visitor, f"{form}/papers/photo")
        assert "takes its place" in words(await visitor.get(f"{form}/papers/photo"))
        await handed_in(visitor, f"{form}/papers/photo", pdf())
    async with window.sessions() as session:
        kept = await papers.of_draft(session, form.rpartition("/")[2])
    assert [one.content for one in kept] == ["application/pdf"]
    assert len([path for path in folder.folder.rglob("*") if path.is_file()]) == 1


async def test_what_was_typed_survives_a_database_that_is_away(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    from web.database import Bounded, DatabaseAway

    async with window.visitor() as visitor:
        form = await begun(visitor)
        with monkeypatch.context() as away:

            async def gone(*_: object, **__: object) -> None:
                raise DatabaseAway

            away.setattr(Bounded, "read", gone)
            answer: httpx2.Response = await visitor.post(f"{form}/you", data=YOU)
        assert answer.status_code == 503
        assert "What you typed is still here" in words(answer)
        assert 'value="Asha Demo"' in answer.text


@pytest.mark.parametrize("language", swept("the other language", "ur", "hi"))
async def test_every_page_is_well_formed_in_other_languages(window: Window, language: str) -> None:
    async with window.visitor(language) as visitor:
        checked(await visitor.get("/apply"))
        request = await sent(window, visitor, "photo")
        checked(await visitor.get(f"/track/{request.reference}"))
