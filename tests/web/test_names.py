"""The utility's names at their page: changed at once everywhere, in the audit with before and after, bad input kept."""

from __future__ import annotations

import httpx2
import pytest
from sqlmodel import col, select

from models import naming
from models.audit import Audit
from models.policy import Names
from tests.web.desk_town import plain, well_formed
from tests.web.test_account import browser_of
from tests.web.window import Window
from web.admin.names import read, wrong

NO_SUPPLY = "/admin/names/category/no-supply"


async def form_of(window: Window, kind: str, code: str) -> dict[str, str]:
    """The form of a row as a browser sends it back untouched."""
    async with window.sessions() as session:
        row = await session.get(Names, (kind, code))
    assert row is not None
    typed = naming.written(row)
    boxes = {f"cause-{cause}": "1" for cause in typed.pop("causes", "").split(",") if cause}
    return {**typed, **boxes, "seen": naming.fingerprint(row)}


async def entries(window: Window, above: int = 0) -> list[Audit]:
    """The entries about names above this id."""
    asked = select(Audit).where(Audit.what == "names", col(Audit.id) > above).order_by(col(Audit.id))
    async with window.sessions() as session:
        return list((await session.exec(asked)).all())


async def last(window: Window) -> int:
    return max((entry.id or 0 for entry in await entries(window)), default=0)


async def changed(window: Window, browser: httpx2.AsyncClient, **typed: str) -> httpx2.Response:
    return await browser.post(NO_SUPPLY, data={**await form_of(window, "category", "no-supply"), **typed})


async def test_a_category_is_renamed_and_every_page_says_it_at_once(window: Window) -> None:
    reference = await window.filed()
    anybody, before = window.visitor(), await last(window)
    assert "Nothing works here" not in (await anybody.get(f"/track/{reference}")).text
    vimla = await browser_of(window, "vimla")
    well_formed((await vimla.get("/admin/names")).text)
    page = well_formed((await vimla.get(NO_SUPPLY)).text)
    assert "Place among the pictures" in plain(page)
    done = await changed(window, vimla, **{"label-en": "Nothing works here", "icon": "bell"})
    assert done.status_code == 303, plain(done.text)
    for path in (f"/track/{reference}", "/"):
        assert "Nothing works here" in plain((await anybody.get(path)).text), path
    (entry,) = await entries(window, before)
    assert entry.subject == "category/no-supply"
    assert set(entry.after) == {"names.label-en", "names.icon"}
    assert entry.after["names.label-en"] == "Nothing works here"
    assert entry.before["names.label-en"] not in ("", "Nothing works here")
    told = plain(well_formed((await vimla.get("/admin/audit?what=names")).text))
    assert "Name, English" in told


async def test_untouched_it_is_no_change_and_no_entry(window: Window) -> None:
    vimla, before = await browser_of(window, "vimla"), await last(window)
    for kind, code in (
        ("utility", "forum"),
        ("utility", "head_office"),
        ("utility", "phone"),
        ("role", "service_manager"),
        ("paper", "photo"),
    ):
        answer = await vimla.post(f"/admin/names/{kind}/{code}", data=await form_of(window, kind, code))
        assert answer.status_code == 303, plain(answer.text)
    assert await entries(window, before) == []


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("label-ur", "", "Write it in اردو too."),
        ("label-en", "x" * 81, "Write at most 80 characters"),
        ("icon", "nothing", "Choose a picture."),
        ("place", "first", "Write a number from 0 to 999."),
        ("message-en", "Stay away.", "Write it in हिन्दी too."),
    ],
)
async def test_what_cannot_be_said_is_refused_and_stays_typed(
    window: Window, field: str, typed: str, said: str
) -> None:
    vimla, before = await browser_of(window, "vimla"), await last(window)
    answer = await changed(window, vimla, **{"descriptions-en": "Typed a moment ago", field: typed})
    assert answer.status_code == 422
    page = plain(well_formed(answer.text))
    assert said in page
    assert "Typed a moment ago" in page
    assert await entries(window, before) == []


async def test_of_two_who_change_the_same_the_second_is_told(window: Window) -> None:
    vimla, before = await browser_of(window, "vimla"), await last(window)
    theirs = await form_of(window, "category", "no-supply")
    assert (await changed(window, vimla, **{"label-en": "First"})).status_code == 303
    answer = await vimla.post(NO_SUPPLY, data={**theirs, "label-en": "Second"})
    assert answer.status_code == 409
    assert "Somebody changed this meanwhile" in plain(answer.text)
    assert 'value="Second"' in well_formed(answer.text)
    assert [entry.after["names.label-en"] for entry in await entries(window, before)] == ["First"]


async def test_a_cause_is_added_and_offered_to_officers(window: Window) -> None:
    vimla = await browser_of(window, "vimla")
    texts = {"label-en": "Monkey on the line", "label-hi": "तार पर बंदर", "label-ur": "تار پر بندر"}
    assert (await vimla.post("/admin/names/cause/new", data=texts)).status_code == 303
    code = next(row.code for row in window.parts.book.all("cause") if row.labels["en"] == "Monkey on the line")
    assert (await changed(window, vimla, **{f"cause-{code}": "1"})).status_code == 303
    row = window.parts.book.row("category", "no-supply")
    assert row is not None
    assert code in row.data["causes"]
    assert (await vimla.get("/admin/names/stage/new")).status_code == 404


async def test_every_shipped_name_is_one_its_form_would_take(window: Window) -> None:
    async with window.sessions() as session:
        await window.parts.book.refresh(session)
    book = window.parts.book
    rows = [row for kind in naming.KINDS for row in book.all(kind) if naming.sheet(kind, row.code)]
    assert len(rows) > 50
    for row in rows:
        typed = await form_of(window, row.kind, row.code)
        assert wrong(read(typed, row, window.parts), row, window.parts) == {}, (row.kind, row.code)
