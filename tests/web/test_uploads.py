"""A document from the sender's file to the storage and its row, and back: kept whole, once, or not at all."""

from __future__ import annotations

import asyncio
import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from sqlmodel import func, select
from starlette.datastructures import Headers, UploadFile
from starlette.responses import Response

from models import papers
from models.papers import Document
from models.storage import Folder, Nowhere, StorageAway
from rules.papers import LARGEST, MOST_DOCUMENTS, DocumentState, FileFault
from rules.terms import Actor
from tests.web.files import pdf, photograph, picture, registered
from tests.web.scanner import REAL, VIRUS, Scanner, listening, real_scanner
from tests.web.window import Window
from web.uploads.clamd import Clamd
from web.uploads.faults import Lost, Reused, Unfit
from web.uploads.receive import Handed, Uploads
from web.uploads.serve import served


@pytest.fixture
async def reference(window: Window) -> str:
    return await registered(window)


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(Folder(tmp_path / "documents"))


def upload(data: bytes, name: str = "scan.jpg", content: str = "image/jpeg") -> UploadFile:
    return UploadFile(BytesIO(data), filename=name, headers=Headers({"content-type": content}))


def handed(window: Window, reference: str | None, **more: object) -> Handed:
    return Handed("identity", Actor.CONSUMER, window.now, reference, **more)  # type: ignore[arg-type]


async def kept(window: Window, reference: str) -> list[Document]:
    return list(await window.parts.database.read(papers.of_request, reference))


def files(uploads: Uploads) -> list[Path]:
    assert isinstance(uploads.storage, Folder)
    return [path for path in uploads.storage.folder.rglob("*") if path.is_file()]


async def test_a_photograph_is_kept_anew_with_its_row(window: Window, reference: str, uploads: Uploads) -> None:
    sent = photograph()
    row = await uploads.receive(window.parts.database, upload(sent, "C:\\id\x00.exe"), handed(window, reference))
    data = await uploads.storage.get(row.id)
    assert [row.id] == [one.id for one in await kept(window, reference)]
    assert (row.content, row.state, row.name, row.paper) == ("image/jpeg", "sent", "id.exe", "identity")
    assert (row.pixels_wide, row.pixels_high, row.bytes) == (40, 60, len(data))
    assert (row.sha256, row.received_sha256) == (hashlib.sha256(data).hexdigest(), hashlib.sha256(sent).hexdigest())


@pytest.mark.parametrize(
    ("data", "name", "content", "fault"),
    [
        pytest.param(b"", "empty.jpg", "image/jpeg", FileFault.NOTHING, id="empty"),
        pytest.param(
            b"<html>", "page.jpg", "image/jpeg", FileFault.OTHER_KIND, id="a page that calls itself a picture"
        ),
        pytest.param(b"MZ\x90\x00", "bill.pdf", "application/pdf", FileFault.OTHER_KIND, id="a program"),
        pytest.param(b"\x00\x00\x00\x18ftypheic", "a.heic", "image/heic", FileFault.HEIC, id="HEIC"),
        pytest.param(
            b"\xff\xd8\xff" + bytes(LARGEST), "a.jpg", "image/jpeg", FileFault.TOO_LARGE, id="a byte too large"
        ),
        pytest.param(picture()[:-30], "a.jpg", "image/jpeg", FileFault.BROKEN, id="truncated"),
    ],
)
async def test_what_cannot_be_taken_leaves_nothing(
    window: Window, reference: str, uploads: Uploads, data: bytes, name: str, content: str, fault: FileFault
) -> None:
    with pytest.raises(Unfit) as unfit:
        await uploads.receive(window.parts.database, upload(data, name, content), handed(window, reference))
    assert unfit.value.fault is fault
    assert (await kept(window, reference), files(uploads)) == ([], [])


async def test_an_ending_that_lies_does_not_matter(window: Window, reference: str, uploads: Uploads) -> None:
    lying = upload(pdf(), "photo.jpg", "image/jpeg")
    row = await uploads.receive(window.parts.database, lying, handed(window, reference))
    assert (row.content, row.pages) == ("application/pdf", 2)


async def test_the_same_form_sent_twice_is_one_document(window: Window, reference: str, uploads: Uploads) -> None:
    by = handed(window, reference, token="form-1")
    sent = picture()
    both = await asyncio.gather(*(uploads.receive(window.parts.database, upload(sent), by) for _ in range(2)))
    again = await uploads.receive(window.parts.database, upload(sent), by)
    assert len({row.id for row in (*both, again)}) == len(files(uploads)) == len(await kept(window, reference)) == 1
    with pytest.raises(Reused):
        await uploads.receive(window.parts.database, upload(pdf()), by)


async def test_a_form_half_filled_in_gives_its_documents_to_its_request(
    window: Window, reference: str, uploads: Uploads
) -> None:
    db = window.parts.database
    first, second = [
        await uploads.receive(db, upload(picture()), handed(window, None, draft="draft-1")) for _ in range(2)
    ]
    assert not await db.write(papers.drop, "draft-2", second.id)
    assert await db.write(papers.drop, "draft-1", second.id)
    assert [row.id for row in await db.read(papers.of_draft, "draft-1")] == [first.id]
    assert [row.id for row in await db.read(papers.unclaimed, window.now.max.replace(tzinfo=window.now.tzinfo))]
    await db.write(papers.adopt, "draft-1", reference)
    assert [row.id for row in await kept(window, reference)] == [first.id]
    assert not await db.write(papers.drop, "draft-1", first.id)
    assert not await db.read(papers.of_draft, "draft-1")


async def test_a_request_has_room_for_so_many_documents_and_no_more(
    window: Window, reference: str, uploads: Uploads
) -> None:
    db = window.parts.database
    rows = [await uploads.receive(db, upload(pdf()), handed(window, reference)) for _ in range(2)]
    for number in range(MOST_DOCUMENTS - 3):
        made = rows[0].model_dump() | {"id": f"{number:032}", "token": None}
        await db.write(papers.add, Document(**made))
    last = [uploads.receive(db, upload(pdf()), handed(window, reference)) for _ in range(3)]
    results = await asyncio.gather(*last, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Document", "Unfit", "Unfit"]
    assert all(result.fault is FileFault.TOO_MANY for result in results if isinstance(result, Unfit))
    assert len(await kept(window, reference)) == MOST_DOCUMENTS
    assert len(files(uploads)) == 3


async def test_without_storage_no_row_speaks_of_a_file(window: Window, reference: str) -> None:
    with pytest.raises(StorageAway):
        await Uploads(Nowhere()).receive(window.parts.database, upload(picture()), handed(window, reference))
    assert await kept(window, reference) == []


async def test_a_virus_is_refused_and_on_record(
    window: Window, reference: str, uploads: Uploads, tmp_path: Path
) -> None:
    scanner = Scanner()
    async with listening(scanner, tmp_path / "clamd") as url:
        uploads.scanner = Clamd(url)
        clean = await uploads.receive(window.parts.database, upload(picture()), handed(window, reference))
        with pytest.raises(Unfit) as unfit:
            await uploads.receive(window.parts.database, upload(picture() + VIRUS), handed(window, reference))
    assert unfit.value.fault is FileFault.INFECTED
    assert sorted(row.state for row in await kept(window, reference)) == ["infected", "sent"]
    assert [path.name for path in files(uploads)] == [clean.id]
    assert scanner.seen == [picture(), picture() + VIRUS]


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: perhaps\0"])
async def test_no_verdict_is_not_a_clean_one(
    window: Window, reference: str, uploads: Uploads, tmp_path: Path, says: bytes
) -> None:
    async with listening(Scanner(says), tmp_path / "clamd") as url:
        uploads.scanner = Clamd(url)
        with pytest.raises(Unfit) as unfit:
            await uploads.receive(window.parts.database, upload(picture()), handed(window, reference))
    assert unfit.value.fault is FileFault.NOT_SCANNED
    assert (await kept(window, reference), files(uploads)) == ([], [])


async def test_while_the_scanner_is_away_nothing_is_taken(window: Window, reference: str, uploads: Uploads) -> None:
    for uploads.scanner in (Clamd("tcp://127.0.0.1:9"), Clamd("unix:///nowhere/clamd.ctl")):
        with pytest.raises(Unfit) as unfit:
            await uploads.receive(window.parts.database, upload(picture()), handed(window, reference))
        assert unfit.value.fault is FileFault.NOT_SCANNED


@pytest.mark.skipif(REAL is None, reason="clamd is not installed")
async def test_the_real_scanner_is_understood(tmp_path: Path) -> None:
    async with real_scanner(tmp_path) as url:
        assert await Clamd(url).found(VIRUS) in ("Onewindow.Test", "Onewindow.Test.UNOFFICIAL")
        assert await Clamd(url).found(picture() * 1000) is None


async def got(window: Window, uploads: Uploads, id: str) -> Response:
    row = await window.parts.database.read(papers.find, id)
    assert row is not None
    return await served(window.parts.database, uploads, row)


@pytest.mark.parametrize(
    ("data", "how", "ending"), [(picture("PNG"), "inline", "jpg"), (pdf(), "attachment", "pdf")], ids=["picture", "PDF"]
)
async def test_a_document_is_given_back_in_a_box(
    window: Window, reference: str, uploads: Uploads, data: bytes, how: str, ending: str
) -> None:
    sent = upload(data, 'x"; filename=evil.html')
    row = await uploads.receive(window.parts.database, sent, handed(window, reference))
    answer = await got(window, uploads, row.id)
    assert bytes(answer.body) == await uploads.storage.get(row.id)
    assert answer.headers["content-type"] == row.content
    assert answer.headers["content-disposition"] == f'{how}; filename="identity-{reference}-{row.id[:6]}.{ending}"'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize("harm", ["deleted", "changed", "cut"])
async def test_a_file_that_came_to_harm_is_lost_and_its_row_says_so(
    window: Window, reference: str, uploads: Uploads, harm: str
) -> None:
    row = await uploads.receive(window.parts.database, upload(pdf()), handed(window, reference))
    data = await uploads.storage.get(row.id)
    await uploads.storage.delete(row.id)
    if harm != "deleted":
        await uploads.storage.put(row.id, data[:-1] if harm == "cut" else data[:-1] + b"!")
    for _ in range(2):
        with pytest.raises(Lost):
            await got(window, uploads, row.id)
    assert [one.state for one in await kept(window, reference)] == [DocumentState.LOST.value]


async def test_while_the_storage_is_away_nothing_is_lost(window: Window, reference: str, uploads: Uploads) -> None:
    row = await uploads.receive(window.parts.database, upload(pdf()), handed(window, reference))
    with pytest.raises(StorageAway):
        await got(window, Uploads(Nowhere()), row.id)
    async with window.sessions() as session:
        lost = select(func.count()).where(Document.id == row.id, Document.state == DocumentState.LOST.value)
        assert (await session.exec(lost)).one() == 0
