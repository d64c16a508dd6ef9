"""The thread with the consumer: an officer writes from a saved reply, it goes by the outbox, and the answer comes back to him."""

from __future__ import annotations

import re
from contextlib import aclosing
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import pytest
from sqlmodel import col, select, update

from activities.facts import Notice, Place, Recipient
from activities.named import Named
from activities.say import Renderer
from languages.catalog import use
from models.audit import Audit
from models.casefile import case_file
from models.events import Event
from models.names import everything
from models.onlookers import BELIEVED, Onlooker
from models.outbox import Notification
from models.people import Fill, Staff
from models.requests import ServiceRequest, Task
from models.storage import Folder
from rules.terms import Act, NoticeKind
from tests.passwords import PASSWORD, let_in
from tests.sweeping import swept
from tests.web.desk_town import hidden, plain
from tests.web.files import photograph
from tests.web.window import Window
from tests.wellformed import well_formed
from web.desk.letter import weighed


async def staff(window: Window, username: str) -> httpx2.AsyncClient:
    """The browser of one of the staff, signed in."""
    async with window.sessions.begin() as session:
        await let_in(session, username)
    browser = window.visitor()
    assert (await browser.post("/sign-in", data={"username": username, "password": PASSWORD})).status_code == 303
    browser.cookies.set("language", "en", domain="localhost.local")
    return browser


async def filed_in(window: Window, language: str, category: str = "no-supply") -> str:
    """A request of a consumer who speaks this language."""
    reference = await window.filed(category)
    async with window.sessions.begin() as session:
        mine = col(ServiceRequest.reference) == reference
        await session.exec(update(ServiceRequest).where(mine).values(language=language))
    return reference


async def handler_of(window: Window, reference: str) -> str:
    """The user name of whoever does the work."""
    async with window.sessions() as session:
        found = await session.exec(
            select(Staff.username)
            .join(Fill, col(Fill.person) == col(Staff.id))
            .join(Task, col(Task.handler) == col(Fill.post))
            .where(Task.reference == reference)
        )
        return str(found.first())


async def letters(window: Window, reference: str) -> list[Notification]:
    async with window.sessions() as session:
        asked = select(Notification).where(Notification.reference == reference, Notification.kind == "message")
        return list((await session.exec(asked)).all())


async def sent(browser: httpx2.AsyncClient, reference: str, act: str, **fields: str) -> httpx2.Response:
    """Open the page and send one of its forms."""
    address = f"/desk/requests/{reference}"
    page = well_formed((await browser.get(address)).text)
    data = {"token": hidden(page, "token"), "seen": hidden(page, "seen"), **fields}
    return await browser.post(f"{address}/{act}", data=data)


def typed(page: str) -> str:
    """What stands in the form of the message."""
    found = re.search(r'<textarea id="message-words"[^>]*>\n?(.*?)</textarea>', page, re.S)
    assert found
    return found[1]


async def test_a_saved_reply_is_put_in_in_the_consumers_language_and_its_blanks_are_checked(window: Window) -> None:
    reference = await filed_in(window, "hi")
    async with aclosing(await staff(window, await handler_of(window, reference))) as desk:
        begun = await sent(desk, reference, "message/draft", reply="crew-coming", use="1", words="नमस्ते")
        page = well_formed(begun.text)
        assert typed(page).startswith("नमस्ते\nहमारी टीम रास्ते में है।")
        assert "{expected}" in typed(page)
        assert "{office_phone}" not in typed(page)
        refused = await sent(desk, reference, "message", words="Ring {office_phone} by {expected}, {nobody}")
        assert refused.status_code == 422
        assert "Nothing can be filled in here" in refused.text
        assert typed(refused.text) == "Ring {office_phone} by {expected}, {nobody}"
        assert (await sent(desk, reference, "message", words="x" * 1100)).status_code == 422
        assert await letters(window, reference) == []
        taken = await sent(desk, reference, "message", words="फ़ोन: {office_phone}")
        assert taken.status_code == 303, plain(taken.text)
    (row,) = await letters(window, reference)
    assert (row.language, row.channels, row.data.get("words")) == ("hi", ["sms"], None)
    async with window.sessions() as session:
        event = (await session.exec(select(Event).where(Event.kind == "messaged"))).one()
    assert (event.public, "words" in event.data) == (True, False)


@pytest.mark.parametrize("language", swept("the other languages", "ur", "en", "hi"))
@pytest.mark.parametrize("category", ["no-supply", "theft-report"])
async def test_what_is_counted_is_what_is_sent(window: Window, language: str, category: str) -> None:
    reference = await filed_in(window, language, category)
    async with window.sessions() as session:
        file = await case_file(session, reference)
        names = Named(await everything(session), {})
    assert file is not None
    for words in ("Come.", "Come to the office. " * 6):
        confidential = {"confidential": True} if category == "theft-report" else {}
        data = {"kind": "complaint", "stop": "s" * 16, **confidential}
        notice = Notice(NoticeKind.MESSAGE, Recipient.CONSUMER, reference, language, data, words=words)
        renderer = Renderer(Place(window.parts.public_url, ZoneInfo("Asia/Kolkata")))
        message = renderer.message(notice, "sms", names).text
        with use("en"):
            weight = weighed(words, file, window.parts)
        assert weight.text == message.replace("s" * 16, "…")
        assert ("office" in message) == (category == "no-supply" and len(words) > 9)


async def test_what_exactly_is_waited_for_is_read_after_the_code_alone(window: Window) -> None:
    reference = await window.filed()
    stranger, own = window.visitor(), window.visitor()
    wait = {"reason": "document-wanted", "words": "The copy of the rent paper"}
    async with aclosing(await staff(window, await handler_of(window, reference))) as desk, stranger, own:
        assert (await sent(desk, reference, "hold", **wait)).status_code == 303
        assert "rent paper" in plain((await desk.get(f"/desk/requests/{reference}?show=letters")).text)
        await window.parts.hub.look()
        public = (await stranger.get(f"/track/{reference}")).text
        assert public.count("Read it") == 2, "under what is happening, and in the log"
        assert "We wrote more about it." in public
        assert "rent paper" not in public
        await window.proves(own, reference)
        assert "The copy of the rent paper" in well_formed((await own.get(f"/track/{reference}")).text)
        assert (await sent(desk, reference, "resume")).status_code == 303
        await window.parts.hub.look()
        assert "We wrote more about it." not in (await stranger.get(f"/track/{reference}")).text
    async with window.sessions() as session:
        asked = select(Notification).where(Notification.reference == reference, Notification.kind == "held")
        (row,) = (await session.exec(asked)).all()
    message = Notice(NoticeKind.HELD, Recipient.CONSUMER, reference, "en", row.data)
    async with window.sessions() as session:
        names = Named(await everything(session), {})
    said = Renderer(Place(window.parts.public_url, ZoneInfo("Asia/Kolkata"))).message(message, "sms", names).text
    assert "We wrote more about it." in said
    assert "rent paper" not in said


async def test_the_thread_goes_back_and_forth_and_the_queue_says_that_he_wrote(window: Window) -> None:
    reference = await window.filed()
    stranger, own = window.visitor(), window.visitor()
    async with aclosing(await staff(window, await handler_of(window, reference))) as desk, stranger, own:
        assert (await sent(desk, reference, "message", words="Is your neighbour dark too?")).status_code == 303
        assert "Is your neighbour dark too?" in plain((await desk.get(f"/desk/requests/{reference}?show=letters")).text)
        await window.parts.hub.look()
        public = (await stranger.get(f"/track/{reference}")).text
        assert "We wrote to you." in public
        assert "neighbour" not in public
        await window.proves(own, reference)
        page = well_formed((await own.get(f"/track/{reference}")).text)
        assert "Is your neighbour dark too?" in page
        token = re.search(
            r'action="/track/\d+/acts/add"[^>]*>\s*<input type="hidden" name="token" value="([^"]+)"', page
        )
        assert token
        data = {"words": "Yes, the whole lane.", "token": token[1]}
        answered = await own.post(f"/track/{reference}/acts/add", data=data)
        assert answered.status_code == 303
        assert "Yes, the whole lane." in (await own.get(f"/track/{reference}")).text
        assert (await window.row(reference)).wrote_at == window.now
        assert "The consumer wrote" in plain((await desk.get("/desk")).text)
        assert "Not shown to the consumer" not in plain(
            (await desk.get(f"/desk/requests/{reference}?show=letters")).text
        )
        await sent(desk, reference, "note", words="A feeder, then.")
        assert (await window.row(reference)).wrote_at is None
        assert "The consumer wrote" not in plain((await desk.get("/desk")).text)


async def test_nobody_writes_to_one_who_stopped_messages(window: Window) -> None:
    reference = await window.filed()
    await window.consumer(reference, Act.NOT_MINE)
    async with aclosing(await staff(window, await handler_of(window, reference))) as desk:
        page = plain((await desk.get(f"/desk/requests/{reference}")).text)
        assert "Messages are stopped: somebody said that it is not theirs." in page
        refused = await sent(desk, reference, "message", words="Hello?")
        assert refused.status_code == 409
        assert "Nothing was sent." in plain(refused.text)
    assert await letters(window, reference) == []


async def test_an_administrator_keeps_the_saved_replies_and_the_audit_says_what_was(window: Window) -> None:
    async with aclosing(await staff(window, "vimla")) as admin, aclosing(await staff(window, "asha")) as officer:
        assert (await officer.get("/admin/replies")).status_code == 403
        fields = {f"{part}-{code}": f"{part} {code}" for part in ("title", "text") for code in ("en", "hi", "ur")}
        wrong = await admin.post("/admin/replies/new", data={**fields, "use": "message", "text-en": "Dear {name}"})
        assert wrong.status_code == 422
        assert "Nothing can be filled in for {name}." in plain(well_formed(wrong.text))
        saved = await admin.post("/admin/replies/new", data={**fields, "use": "note"})
        assert saved.status_code == 303
        page = well_formed((await admin.get(saved.headers["location"])).text)
        code = re.search(r"/admin/replies/(reply-\w+)", page)
        assert code
        await admin.post(f"/admin/replies/{code[1]}", data={**fields, "use": "note", "text-en": "Other words"})
        assert "Other words" in (await admin.get(f"/admin/replies/{code[1]}")).text
        assert (await admin.post(f"/admin/replies/{code[1]}/away")).status_code == 303
        assert (await admin.get(f"/admin/replies/{code[1]}")).status_code == 404
        assert "Other words" in (await admin.get("/admin/audit")).text
    async with window.sessions() as session:
        rows = (await session.exec(select(Audit).where(Audit.what == "reply").order_by(col(Audit.id)))).all()
    assert [row.before.get("reply.text en") for row in rows] == [None, "text en", "Other words"]
    assert rows[1].after == {"reply.text en": "Other words"}


async def test_a_photo_of_what_is_broken_reaches_the_officer(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.parts.uploads, "storage", Folder(tmp_path))
    reference = await window.filed()
    own = window.visitor()
    async with (
        aclosing(await staff(window, await handler_of(window, reference))) as desk,
        aclosing(await staff(window, "kabir")) as else_,
        own,
    ):
        assert (await own.get(f"/track/{reference}/photo")).status_code == 303
        await window.proves(own, reference)
        page = well_formed((await own.get(f"/track/{reference}/photo")).text)
        data, file = {"fresh": hidden(page, "fresh")}, {"file": ("pole.jpg", photograph(), "image/jpeg")}
        address = f"/track/{reference}/photo/documents"
        assert (await own.post(address, data=data)).status_code == 422
        for _ in range(2):
            assert (await own.post(address, data=data, files=file)).status_code == 303
        seen = well_formed((await desk.get(f"/desk/requests/{reference}")).text)
        (id,) = set(re.findall(r"/desk/documents/(\w+)", seen))
        assert (await desk.get(f"/desk/documents/{id}")).headers["content-type"] == "image/jpeg"
        assert (await else_.get(f"/desk/documents/{id}")).status_code == 403
        assert (await own.get(f"/track/{reference}/documents/{id}")).status_code == 200
        assert (await window.row(reference)).wrote_at == window.now


async def test_who_else_has_it_open_is_told_and_forgotten(window: Window) -> None:
    reference = await window.filed()
    async with (
        aclosing(await staff(window, await handler_of(window, reference))) as desk,
        aclosing(await staff(window, "chitra")) as above,
    ):
        assert "Also open at" not in (await above.get(f"/desk/requests/{reference}")).text
        page = (await desk.get(f"/desk/requests/{reference}")).text
        assert "Also open at: Chitra Example" in page
        async with window.sessions.begin() as session:
            long_ago = col(Onlooker.seen_at) - BELIEVED
            await session.exec(update(Onlooker).where(Onlooker.reference == reference).values(seen_at=long_ago))
        assert "Also open at" not in (await desk.get(f"/desk/requests/{reference}")).text
        await above.get(f"/desk/requests/{await window.filed()}")
    async with window.sessions() as session:
        assert len((await session.exec(select(Onlooker).where(Onlooker.reference == reference))).all()) == 1
