"""What messages say: own words at their page, checked, weighed and sent by the worker that is running; and taken back."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import httpx2
import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from activities.blanks import BLANKS, given
from activities.examples import LATER, Examples
from activities.facts import NOT_SAID, Notice, Place, Recipient
from activities.say import Renderer
from models.audit import Audit
from models.texts import MessageExample
from rules.terms import NoticeKind
from rules.texts import Part
from tests.web.desk_town import plain, well_formed
from tests.web.test_account import browser_of
from tests.web.window import Window
from web.admin.blanks import MEANINGS
from web.admin.texts import begun, wrong

PAGE = "/admin/texts/consumer/acknowledged/en"
WORKER = Renderer(Place("https://power.example", ZoneInfo("Asia/Kolkata")))
DATA = {"standard_due": "2026-11-25T12:00:00+00:00", "category": "no-supply", "stop": "y" * 22}


async def administrator(window: Window) -> httpx2.AsyncClient:
    """Signed in, with the examples of a running worker there."""
    await Examples(window.sessions, WORKER).step()
    return await browser_of(window, "vimla")


async def sms(window: Window, **data: object) -> str:
    """What the running worker says to a consumer now."""
    async with window.sessions() as session:
        names = await WORKER.names(session)
    notice = Notice(NoticeKind.ACKNOWLEDGED, Recipient.CONSUMER, "234567895", "en", {**DATA, **data})
    return WORKER.message(notice, "sms", names).text


async def test_own_words_are_weighed_sent_by_the_running_worker_and_taken_back(window: Window) -> None:
    vimla = await administrator(window)
    well_formed((await vimla.get("/admin/texts")).text)
    assert "1 part" in plain(well_formed((await vimla.get(PAGE)).text)) or "2 parts" in plain(
        (await vimla.get(PAGE)).text
    )
    original = await sms(window)
    own = {"sms": "We know of it: {number}.\nReady by {limit}.\nThe promise is {promised}"}
    looked = await vimla.post(PAGE, data={**own, "do": "look"})
    assert "We know of it: 234567895. Ready by" in plain(well_formed(looked.text))
    assert await sms(window) == original
    saved = await vimla.post(PAGE, data=own)
    assert saved.status_code == 303, plain(saved.text)
    now = await sms(window)
    assert now.startswith("We know of it: 234567895. Ready by ")
    assert "https://power.example/track/234567895" in now
    assert "Ready by" not in await sms(window, standard_due=None), "a line with nothing to fill in is left out"
    assert "We know of it" not in await sms(window, confidential=True), "own words do not know what must not be said"
    assert (await vimla.post(PAGE, data={"do": "back"})).status_code == 303
    assert await sms(window) == original
    async with window.sessions() as session:
        rows = (await session.exec(select(Audit).where(Audit.what == "texts").order_by(col(Audit.id)))).all()
    assert [(row.subject, list(row.before), list(row.after)) for row in rows] == [
        ("consumer/acknowledged", [], ["texts.sms-en"]), ("consumer/acknowledged", ["texts.sms-en"], []),
    ]  # fmt: skip
    assert "Text message, English" in plain(well_formed((await vimla.get("/admin/audit?what=texts")).text))


@pytest.mark.parametrize(
    ("kind", "field", "typed", "said"),
    [
        ("acknowledged", "sms", "Dear {name}, {{ 7 * 7 }}", "Nothing can be filled in for {name}, {"),
        ("acknowledged", "text", "{% for x in y %}", "Nothing can be filled in for"),
        ("acknowledged", "sms", "ض" * 500, "parts; 6 at most"),
        ("acknowledged", "subject", "x" * 121, "Write at most 120 characters"),
        ("code", "sms", "Here is your code.", "This message is sent for {code}"),
    ],
)
async def test_what_a_message_cannot_say_is_refused_and_stays_typed(
    window: Window, kind: str, field: str, typed: str, said: str
) -> None:
    vimla = await administrator(window)
    answer = await vimla.post(f"/admin/texts/consumer/{kind}/en", data={field: typed})
    assert answer.status_code == 422
    page = plain(well_formed(answer.text))
    assert said in page
    assert typed[:20] in page
    assert (await vimla.post("/admin/texts/consumer/danger/en", data={})).status_code == 404


async def test_a_worker_that_starts_again_leaves_its_processor_to_what_waited(window: Window) -> None:
    worker = Examples(window.sessions, WORKER)
    async with window.sessions.begin() as session:
        await session.exec(delete(MessageExample))
    assert await worker.patience() == 0, "an administrator of a new installation sees them at once"
    await worker.step()
    assert await Examples(window.sessions, WORKER).patience() == LATER


async def test_every_message_can_be_begun_from_its_original_and_every_place_means_something(window: Window) -> None:
    await Examples(window.sessions, WORKER).step()
    async with window.sessions() as session:
        rows = (await session.exec(select(MessageExample))).all()
    pairs = {(to, kind) for to in Recipient for kind in NoticeKind} - NOT_SAID
    assert {(row.recipient, row.kind) for row in rows} == pairs
    assert set(BLANKS) == set(MEANINGS)
    assert set().union(*(given(to, kind) for to, kind in pairs)) == set(BLANKS), "no place is idle"
    for row in rows:
        original = begun(row)
        assert wrong(row, original) == {}, (row.recipient, row.kind, row.language)
        assert all(original[part] for part in Part)
    empty = {name for row in rows for name, value in row.filled["mail"].items() if not value}
    filled = {name for row in rows for name, value in row.filled["mail"].items() if value}
    assert filled == set(BLANKS), empty
