"""Handing in by program, and who may look: the consumer who proved himself, and those of the staff whose request it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import col, select, update
from starlette.datastructures import UploadFile

from models import papers
from models.events import Submission
from models.papers import Document
from models.people import Missed
from models.requests import ServiceRequest
from models.storage import Folder, Nowhere
from rules.messages import Look
from rules.papers import LARGEST, FileFault
from rules.reference import new
from rules.terms import Actor, Kind
from tests.passwords import PASSWORD, let_in
from tests.sweeping import swept
from tests.web.files import moving, pdf, photograph, picture, registered
from tests.web.window import Window, checked, words
from web.api.problems import UNFIT
from web.errors import PROBLEM
from web.uploads.clamd import Clamd
from web.uploads.receive import Handed


@pytest.fixture
async def storage(window: Window, tmp_path: Path) -> AsyncIterator[Folder]:
    folder = Folder(tmp_path / "documents")
    window.parts.uploads.storage = folder
    yield folder
    window.parts.uploads.storage, window.parts.uploads.scanner = Nowhere(), None


@pytest.fixture
async def reference(window: Window, storage: Folder) -> str:
    """An application whose documents wait in the tray."""
    window.door.away = True
    return await registered(window)


async def hand_in(
    window: Window, reference: str, data: bytes, *, paper: str = "identity", key: str = "", **headers: str
) -> httpx2.Response:
    told = {"Accept": "application/json", **({"Idempotency-Key": key} if key else {}), **headers}
    address = f"/api/v1/requests/{reference}/documents"
    file = {"file": ("scan.jpg", data, "image/jpeg")}
    return await window.visitor().post(address, data={"paper": paper}, files=file, headers=told)


async def kept(window: Window, reference: str) -> list[Document]:
    return list(await window.parts.database.read(papers.of_request, reference))


async def in_the_tray(window: Window, reference: str) -> list[dict[str, Any]]:
    async with window.sessions() as session:
        rows = await session.exec(select(Submission.data).where(Submission.reference == reference))
        return list(rows.all())


def problem(answer: httpx2.Response, status: int, kind: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    body: dict[str, Any] = answer.json()
    assert body["type"].rpartition("#")[2] == kind
    return body


def files(storage: Folder) -> list[str]:
    return sorted(path.name for path in storage.folder.rglob("*") if path.is_file())


# By program


async def test_what_is_handed_in_is_kept_and_lies_in_the_tray(window: Window, reference: str, storage: Folder) -> None:
    answer = await hand_in(window, reference, photograph())
    assert answer.status_code == 201
    (row,) = await kept(window, reference)
    assert answer.json() == {"id": row.id, "paper": "identity", "state": "sent"}
    assert (row.actor, row.content) == ("consumer", "image/jpeg")
    assert await in_the_tray(window, reference) == [{"document": row.id, "paper": "identity"}]
    assert files(storage) == [row.id]


async def test_a_key_makes_repetitions_one_document(window: Window, reference: str, storage: Folder) -> None:
    answers = [await hand_in(window, reference, picture(), key="key-1") for _ in range(3)]
    assert len({answer.text for answer in answers}) == len(files(storage)) == 1
    assert len(await in_the_tray(window, reference)) == 1
    problem(await hand_in(window, reference, pdf(), key="key-1"), 422, "idempotency-key-reused")
    problem(await hand_in(window, reference, picture(), key="key-1", paper="lease"), 422, "idempotency-key-reused")
    assert (await hand_in(window, reference, picture(), key="key-2")).json()["id"] != answers[0].json()["id"]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", FileFault.NOTHING),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", FileFault.OTHER_KIND),
        (b"\x00\x00\x00\x18ftypheic", FileFault.HEIC),
        (picture()[:-30], FileFault.BROKEN),
        (moving("PNG"), FileFault.MOVING),
        (pdf(1, password="secret"), FileFault.LOCKED),
        (b"\xff\xd8\xff" + bytes(LARGEST), FileFault.TOO_LARGE),
        (b"\xff\xd8\xff" + bytes(LARGEST + 200_000), FileFault.TOO_LARGE),
    ],
    ids=["empty", "SVG", "HEIC", "broken", "moving", "locked", "a byte too large", "refused before it is read"],
)
async def test_each_fault_of_a_file_is_a_problem_of_its_own(
    window: Window, reference: str, storage: Folder, data: bytes, fault: FileFault
) -> None:
    answer = await hand_in(window, reference, data)
    assert answer.status_code == UNFIT[fault].status
    assert answer.json()["type"] in (UNFIT[fault].type, "about:blank" if len(data) > LARGEST else "")
    assert (await kept(window, reference), files(storage)) == ([], [])


async def test_a_body_of_unknown_length_is_cut_off_at_the_limit(window: Window, reference: str) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n\xff\xd8\xff'
        while sent < 10 * LARGEST:
            sent += 1_000_000
            yield bytes(1_000_000)

    answer = await window.visitor().post(
        f"/api/v1/requests/{reference}/documents",
        content=endless(),
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    problem(answer, 413, "document-too-large")
    assert sent <= LARGEST + 2_000_000


async def test_other_addresses_take_no_more_than_before(window: Window, reference: str) -> None:
    answer = await window.visitor().post("/api/v1/requests", content=bytes(100_000))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"data": {"paper": "identity"}, "files": {"other": ("", b"")}}, "file"),
        ({"data": {"paper": "moon"}, "files": {"file": ("a.jpg", picture())}}, "paper"),
        ({"data": {}, "files": {"file": ("a.jpg", picture())}}, "paper"),
    ],
    ids=["no file", "a paper nobody knows", "no paper"],
)
async def test_a_form_that_says_too_little_is_told_what_is_missing(
    window: Window, reference: str, form: dict[str, Any], field: str
) -> None:
    answer = await window.visitor().post(f"/api/v1/requests/{reference}/documents", **form)
    assert problem(answer, 422, "invalid-fields")["errors"][0]["field"] == field


async def test_a_body_that_is_no_form_is_refused(window: Window, reference: str) -> None:
    address = f"/api/v1/requests/{reference}/documents"
    problem(await window.visitor().post(address, json={"paper": "identity"}), 422, "invalid-fields")
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await window.visitor().post(address, content=b"--y\r\nnothing", headers=broken)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == PROBLEM


async def test_only_requests_that_take_documents_get_any(window: Window, reference: str, storage: Folder) -> None:
    complaint = await registered(window, Kind.COMPLAINT)
    problem(await hand_in(window, complaint, picture()), 409, "document-not-wanted")
    async with window.sessions.begin() as session:
        row = update(ServiceRequest).where(col(ServiceRequest.reference) == reference)
        await session.exec(row.values(over=True))
    problem(await hand_in(window, reference, picture()), 409, "document-not-wanted")
    problem(await hand_in(window, "482719360", picture()), 422, "not-a-reference")
    async with window.sessions() as session:
        before = len((await session.exec(select(Missed.id))).all())
    problem(await hand_in(window, new(31_000_000), picture()), 404, "unknown-reference")
    async with window.sessions() as session:
        assert len((await session.exec(select(Missed.id))).all()) == before + 1
    assert files(storage) == []


async def test_a_request_takes_what_it_wants_and_gives_back_what_it_does_not(
    window: Window, reference: str, storage: Folder
) -> None:
    await window.record.look(Look(reference, window.now))
    window.door.away = False
    answer = await hand_in(window, reference, picture())
    assert (answer.status_code, answer.json()["state"]) == (201, "waiting")
    body = problem(await hand_in(window, reference, pdf(), paper="inheritance"), 409, "document-not-wanted")
    assert body["detail"]
    assert [row.id for row in await kept(window, reference)] == files(storage) == [answer.json()["id"]]


async def test_while_storage_or_scanner_is_away_people_are_told_to_come_again(window: Window, reference: str) -> None:
    window.parts.uploads.scanner = Clamd("tcp://127.0.0.1:9")
    problem(await hand_in(window, reference, picture()), 503, "document-not-scanned")
    window.parts.uploads.storage, window.parts.uploads.scanner = Nowhere(), None
    answer = await hand_in(window, reference, picture())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert (await kept(window, reference), await in_the_tray(window, reference)) == ([], [])


# Who may look


async def handed(window: Window, reference: str | None, data: bytes, **more: Any) -> Document:

    by = Handed("identity", Actor.CONSUMER, window.now, reference, **more)
    return await window.parts.uploads.receive(window.parts.database, UploadFile(BytesIO(data), filename="a"), by)


async def officer(window: Window, username: str) -> httpx2.AsyncClient:
    async with window.sessions.begin() as session:
        await let_in(session, username)
    browser = window.visitor()
    assert (await browser.post("/sign-in", data={"username": username, "password": PASSWORD})).status_code == 303
    return browser


async def test_officers_see_the_documents_of_requests_they_may_open(window: Window, reference: str) -> None:
    row = await handed(window, reference, pdf())
    address = f"/desk/documents/{row.id}"
    answer = await (await officer(window, "asha")).get(address)
    assert (answer.status_code, answer.content) == (200, pdf())
    assert answer.headers["content-disposition"].startswith("attachment;")
    policy = answer.headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert "sandbox" in policy[0]
    for outsider in ("danish", "kabir", "vimla"):
        assert (await (await officer(window, outsider)).get(address)).status_code == 403
    stranger = await window.visitor().get(address)
    assert (stranger.status_code, stranger.headers["location"].split("?")[0]) == (303, "/sign-in")


async def test_a_form_that_was_never_sent_is_nobodys(window: Window, storage: Folder) -> None:
    row = await handed(window, None, picture(), draft="a draft")
    browser = await officer(window, "asha")
    assert (await browser.get(f"/desk/documents/{row.id}")).status_code == 404
    assert (await browser.get("/desk/documents/nothing")).status_code == 404


async def test_the_consumer_sees_his_documents_once_he_proved_himself(window: Window, reference: str) -> None:
    row, other = await handed(window, reference, picture()), await handed(window, await registered(window), picture())
    visitor = window.visitor()
    address = f"/track/{reference}/documents/"
    assert (await visitor.get(address + row.id)).headers["location"] == f"/track/{reference}/code"
    await window.proves(visitor, reference)
    answer = await visitor.get(address + row.id)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert (await visitor.get(address + other.id)).status_code == 404


@pytest.mark.parametrize("language", swept("the other languages", "ur", "en", "hi"))
async def test_a_lost_document_is_told_in_words(window: Window, reference: str, storage: Folder, language: str) -> None:
    row = await handed(window, reference, picture())
    await storage.delete(row.id)
    browser = await officer(window, "asha")
    answer = await browser.get(f"/desk/documents/{row.id}?lang={language}")
    assert answer.status_code == 410
    assert words(checked(answer))
    assert [one.state for one in await kept(window, reference)] == ["lost"]
    window.now += timedelta(hours=1)
