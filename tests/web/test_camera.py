"""What an officer photographs where he works: with what he put right, with a note, at a visit; and who may look at it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from io import BytesIO
from pathlib import Path

import httpx2
import pytest
from PIL import Image
from sqlmodel import select

from models import papers
from models.events import Event, Submission
from models.intake import New, register
from models.papers import Document
from models.storage import Folder, Nowhere
from rules.messages import Look, Take
from rules.papers import LARGEST
from rules.policy import Timing
from rules.procedure import PHOTOGRAPHED_STAGES, Does, Stage
from rules.terms import Act, Channel, Kind
from tests.web.desk_town import hidden, plain
from tests.web.files import pdf, photograph
from tests.web.test_letters import handler_of, staff
from tests.web.window import PHONE, Window
from tests.wellformed import well_formed
from web.desk.camera import takes_photos

DONE = "New fuse at the pole."


@pytest.fixture
async def storage(window: Window, tmp_path: Path) -> AsyncIterator[Folder]:
    folder = Folder(tmp_path / "documents")
    window.parts.uploads.storage = folder
    yield folder
    window.parts.uploads.storage, window.door.away = Nowhere(), False


async def sent(
    browser: httpx2.AsyncClient, reference: str, act: str, data: bytes | None, page: str = "", **fields: str
) -> httpx2.Response:
    """Open the page and send one of its forms, with a photo where there is one."""
    address = f"/desk/requests/{reference}"
    page = page or well_formed((await browser.get(address)).text)
    assert f'action="{address}/{act}/documents" enctype="multipart/form-data"' in page
    typed = {"token": hidden(page, "token"), "seen": hidden(page, "seen"), **fields}
    file = {f"{act}-photo": ("pole.jpg", data, "image/jpeg") if data else ("", b"", "application/octet-stream")}
    return await browser.post(f"{address}/{act}/documents", data=typed, files=file)


def put_right(window: Window) -> dict[str, str]:
    """The form of what was put right just now."""
    local = window.now.astimezone(window.parts.zone)
    return {"cause": "fuse-blown", "words": DONE, "put_right": local.strftime("%Y-%m-%dT%H:%M")}


async def kept(window: Window, reference: str) -> list[Document]:
    return list(await window.parts.database.read(papers.of_request, reference))


async def lines(window: Window, reference: str) -> dict[str, str]:
    """The lines that have a photo, by kind."""
    async with window.sessions() as session:
        rows = (await session.exec(select(Event).where(Event.reference == reference))).all()
    return {row.kind: str(row.data["document"]) for row in rows if "document" in row.data}


def files(storage: Folder) -> list[str]:
    return [path.name for path in storage.folder.rglob("*") if path.is_file()]


async def test_what_was_put_right_is_seen_by_its_consumer_and_a_notes_photo_by_officers_alone(
    window: Window, storage: Folder
) -> None:
    reference = await window.filed()
    own, stranger = window.visitor(), window.visitor()
    async with (
        aclosing(await staff(window, await handler_of(window, reference))) as desk,
        aclosing(await staff(window, "kabir")) as elsewhere,
        own,
        stranger,
    ):
        page = well_formed((await desk.get(f"/desk/requests/{reference}")).text)
        for _ in range(2):  # the same form twice is one photo
            answer = await sent(desk, reference, "note", photograph(), page, words="The pole leans.")
            assert "done=note" in answer.headers["location"], plain(answer.text)
        assert (await sent(desk, reference, "resolve", photograph(), **put_right(window))).status_code == 303
        found = await lines(window, reference)
        assert set(found) == {"noted", "resolved"}
        assert {row.id for row in await kept(window, reference)} == set(found.values())
        picture = await desk.get(f"/desk/documents/{found['resolved']}")
        assert not Image.open(BytesIO(picture.content)).getexif(), "made anew, without where it was taken"
        timeline = (await desk.get(f"/desk/requests/{reference}")).text
        assert all(f"/desk/documents/{id}" in timeline for id in found.values())
        assert (await elsewhere.get(f"/desk/documents/{found['noted']}")).status_code == 403
        for id in found.values():
            assert (await stranger.get(f"/track/{reference}/documents/{id}")).status_code == 303
            assert id not in (await stranger.get(f"/track/{reference}")).text
        await window.proves(own, reference)
        thread = plain(mine := well_formed((await own.get(f"/track/{reference}")).text))
        assert "This is how we left it." in thread
        assert DONE not in thread
        assert re.findall(r"/documents/(\w+)", mine) == [found["resolved"]]
        assert (await own.get(f"/track/{reference}/documents/{found['resolved']}")).content == picture.content
        assert (await own.get(f"/track/{reference}/documents/{found['noted']}")).status_code == 404


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (pdf(), 422, "This is no picture."),
        (photograph()[:200], 422, "We could not read this photo."),
        (b"\xff\xd8\xff" + bytes(2 * LARGEST), 413, "larger than 10 MB"),
    ],
    ids=["no picture", "damaged", "too large"],
)
async def test_a_photo_that_cannot_be_kept_stops_the_act_and_leaves_what_was_typed(
    window: Window, storage: Folder, data: bytes, status: int, said: str
) -> None:
    reference = await window.filed()
    async with aclosing(await staff(window, await handler_of(window, reference))) as desk:
        answer = await sent(desk, reference, "resolve", data, **put_right(window))
        assert answer.status_code in (status, 422)
        page = well_formed(answer.text)
        assert said in plain(page)
        assert DONE in page
        assert 'href="#resolve-photo"' in page
        assert (await sent(desk, reference, "resolve", None, **put_right(window))).status_code == 303
    assert (await window.row(reference)).state == "resolved"
    assert (await kept(window, reference), files(storage)) == ([], [])


async def test_a_photo_goes_when_its_act_is_refused_at_once_or_later(window: Window, storage: Folder) -> None:
    reference = await window.filed()
    async with aclosing(await staff(window, await handler_of(window, reference))) as desk:
        page = well_formed((await desk.get(f"/desk/requests/{reference}")).text)
        await window.officer(
            reference, Act.RESOLVE, words="Done.", data={"cause": "fuse-blown", "put_right": window.now.isoformat()}
        )
        answer = await sent(desk, reference, "resolve", photograph(), page, **put_right(window))
        assert answer.status_code == 409
        assert (await kept(window, reference), files(storage)) == ([], [])
    reference = await window.filed()
    async with aclosing(await staff(window, await handler_of(window, reference))) as desk:
        page = well_formed((await desk.get(f"/desk/requests/{reference}")).text)
        window.door.away = True
        waits = await sent(desk, reference, "resolve", photograph(), page, **put_right(window))
        assert "sent=desk-" in waits.headers["location"]
        window.door.away = False
    (row,) = await kept(window, reference)
    await window.officer(
        reference, Act.RESOLVE, words="Done.", data={"cause": "fuse-blown", "put_right": window.now.isoformat()}
    )
    async with window.sessions() as session:
        waiting = (
            await session.exec(select(Submission).where(Submission.data["document"].as_string() == row.id))
        ).one()  # type: ignore[index]
    assert (await window.record.take(Take(reference, waiting.id, Act.RESOLVE))).refused is not None
    found = await window.parts.database.read(papers.find, row.id)
    assert found is not None
    assert found.reference is None, "nobody's: it goes with those of forms never sent"


async def test_nothing_photographed_for_a_confidential_report_reaches_whoever_filed_it(
    window: Window, storage: Folder
) -> None:
    new = New(
        Kind.COMPLAINT, "theft-report", Channel.WEB, "en", "A hook on the wire.", "camera-report", window.now,
        locality="gizri", phone=PHONE,
    )  # fmt: skip
    async with window.sessions.begin() as session:
        reference = (await register(session, new)).reference
    await window.record.look(Look(reference, window.now))
    own = window.visitor()
    async with aclosing(await staff(window, "omar")) as desk, aclosing(await staff(window, "chitra")) as office, own:
        fields = {**put_right(window), "cause": "theft-found"}
        answer = await sent(desk, reference, "resolve", photograph(), **fields)
        assert answer.status_code == 303, plain(answer.text)
        (row,) = await kept(window, reference)
        assert (await desk.get(f"/desk/documents/{row.id}")).status_code == 200
        assert (await office.get(f"/desk/documents/{row.id}")).status_code == 403
        await window.proves(own, reference)
        assert row.id not in (await own.get(f"/track/{reference}")).text
        assert (await own.get(f"/track/{reference}/documents/{row.id}")).status_code in (303, 404)


def test_a_stage_is_photographed_where_somebody_stands_at_the_place() -> None:
    timing = Timing("supply", (), "office", "office")
    stages = {does: Stage(does.value, does, timing) for does in Does}
    assert {does for does, stage in stages.items() if takes_photos(Act.FINISH, stage)} == PHOTOGRAPHED_STAGES
    assert takes_photos(Act.NOTE, None)
    assert not takes_photos(Act.FINISH, None)
    assert not takes_photos(Act.GIVE, stages[Does.VISIT])
