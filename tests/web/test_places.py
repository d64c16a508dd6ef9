"""Offices and places at their pages: added, renamed, not yet live, merged; bad input kept, each change on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from activities.fanout import FanOut
from models import places
from models.audit import Audit
from models.people import Fill, Locality, Office, Post
from models.posts import WORKS
from models.requests import ServiceRequest
from models.runs import Run
from tests.sweeping import widened
from tests.web.desk_town import plain, well_formed
from tests.web.test_account import browser_of
from tests.web.window import MONDAY, Window

FEW = 4


async def form_of(window: Window, kind: str, code: str) -> dict[str, str]:
    """The form of a row as a browser sends it back untouched."""
    async with window.sessions() as session:
        row = await places.one(session, kind, code)
    assert row is not None
    typed = places.written(row)
    boxes = {f"near-{place}": "1" for place in typed.pop("localities", "").split(",") if place}
    return {**typed, **boxes, "seen": places.fingerprint(row)}


async def test_an_office_has_another_telephone_and_every_page_says_it(window: Window) -> None:
    reference = await window.filed()
    vimla = await browser_of(window, "vimla")
    well_formed((await vimla.get("/admin/places")).text)
    well_formed((await vimla.get("/admin/places/office/gizri")).text)
    form = await form_of(window, "office", "gizri")
    wrong = await vimla.post("/admin/places/office/gizri", data={**form, "phone": "ring us", "names-en": "Gizri Town"})
    assert wrong.status_code == 422
    assert 'value="Gizri Town"' in well_formed(wrong.text)
    done = await vimla.post("/admin/places/office/gizri", data={**form, "phone": "1800 77 88 99"})
    assert done.status_code == 303, plain(done.text)
    assert "1800 77 88 99" in plain((await window.visitor().get(f"/track/{reference}")).text)
    assert (await vimla.post("/admin/places/office/gizri", data=form)).status_code == 409, "it was changed meanwhile"
    async with window.sessions() as session:
        entry = (await session.exec(select(Audit).where(Audit.what == "places").order_by(col(Audit.id).desc()))).first()
    assert entry is not None
    assert entry.after == {"places.phone": "1800 77 88 99"}
    assert "Telephone number" in plain(well_formed((await vimla.get("/admin/audit?what=places")).text))


@pytest.mark.parametrize("every", widened("every place and post there is", False, True))
async def test_whatever_there_is_can_be_saved_untouched(window: Window, every: bool) -> None:
    vimla = await browser_of(window, "vimla")
    async with window.sessions() as session:
        there = await places.everywhere(session)
    for rows in (there.offices, there.localities, there.feeders, there.posts):
        for row in rows if every else rows[:: max(1, len(rows) // FEW)]:
            kind = places.kind_of(row)
            page = await vimla.get(f"/admin/places/{kind}/{row.code}")
            assert page.status_code == 200, (kind, row.code)
            answer = await vimla.post(f"/admin/places/{kind}/{row.code}", data=await form_of(window, kind, row.code))
            assert answer.status_code == 303, (kind, row.code, plain(answer.text))


async def test_a_place_not_yet_live_says_from_when_and_whom_to_ring(window: Window) -> None:
    vimla = await browser_of(window, "vimla")
    names = {"names-en": "Seaview", "names-hi": "सीव्यू", "names-ur": "سی ویو", "office": "gizri", "pin": "110099"}
    later = (MONDAY + timedelta(days=20)).astimezone(window.parts.zone).strftime("%Y-%m-%dT%H:%M")
    alone = await vimla.post("/admin/places/locality/new", data={**names, "live_from": later})
    assert alone.status_code == 422
    assert "Write whom to ring until then." in plain(well_formed(alone.text))
    done = await vimla.post("/admin/places/locality/new", data={**names, "live_from": later, "ring": "1912 00"})
    assert done.status_code == 303, plain(done.text)
    code = done.headers["location"].partition("=")[2]
    body = {
        "kind": "complaint",
        "category": "no-supply",
        "locality": code,
        "description": "Dark",
        "consumer": {"phone": "9800000017"},
    }
    early = await window.visitor().post("/api/v1/requests", json=body)
    assert early.status_code == 422
    assert "Until then ring" in early.text
    assert "1912 00" in early.text
    window.now = MONDAY + timedelta(days=21)
    assert (await window.visitor().post("/api/v1/requests", json=body)).status_code == 201


async def test_a_new_office_gets_posts_and_people_and_then_the_places_of_another(window: Window) -> None:
    vimla = await browser_of(window, "vimla")
    texts = {
        f"{key}-{language}": "Clifton" for key in ("names", "addresses", "hours") for language in ("en", "hi", "ur")
    }
    wrong = plain((await vimla.post("/admin/places/office/new", data={**texts, "names-hi": ""})).text)
    assert "Name, हिन्दी: Write it in हिन्दी too." in wrong
    assert "Zone: Choose one." in wrong
    answer = await vimla.post(
        "/admin/places/office/new", data={**texts, "phone": "1800 11", "zone": "south", "area_class": "urban"}
    )
    assert answer.status_code == 303, plain(answer.text)
    new = answer.headers["location"].partition("=")[2]
    reference = await window.filed()
    move = "/admin/moves/offices/gizri"
    well_formed((await vimla.get(move)).text)
    assert (await vimla.post(move, data={"what": "some"})).status_code == 422
    choice = {"to": new, "what": "all"}
    refused = await vimla.post(move, data={**choice, "do": "move"})
    assert refused.status_code == 422
    assert "There is no post like this there" in plain(well_formed(refused.text))
    async with window.sessions() as session:
        found = (await session.exec(select(Post).where(Post.office == "gizri", col(Post.rights).in_(WORKS)))).all()
        roles = {post.role for post in found}
        asha = (await session.exec(select(Fill.person).where(Fill.post == "relationship-officer-gizri-1"))).first()
    for role in sorted(roles):
        titles = {f"titles-{language}": f"{role}, Clifton" for language in ("en", "hi", "ur")}
        made = await vimla.post("/admin/places/post/new", data={**titles, "office": new, "role": role})
        assert made.status_code == 303, plain(made.text)
    vacant = await vimla.post(move, data={**choice, "do": "look"})
    assert "Nobody is in this post there" in plain(well_formed(vacant.text))
    async with window.sessions.begin() as session:
        for post in (await session.exec(select(Post.code).where(Post.office == new))).all():
            session.add(Fill(post=post, person=asha or 0, since=window.now))
    seen = await vimla.post(move, data={**choice, "do": "look"})
    assert "open request" in plain(well_formed(seen.text))
    assert "These have no post then" in plain(seen.text)
    done = await vimla.post(move, data={**choice, "do": "move"})
    assert done.status_code == 303, plain(done.text)
    number = int(done.headers["location"].rpartition("/")[2])
    fan = FanOut(window.sessions, window.door, lambda: window.now)
    while not (await fan.go_on(number)).over:
        pass
    page = plain(well_formed((await vimla.get(done.headers["location"])).text))
    assert "All are there. No time of any of them moved." in page
    assert (await window.row(reference)).office == new
    async with window.sessions() as session:
        left = (
            await session.exec(
                select(ServiceRequest).where(ServiceRequest.office == "gizri", ~col(ServiceRequest.over))
            )
        ).all()
        assert (await session.exec(select(Locality).where(Locality.office == "gizri"))).all() == []
        gizri, run = await session.get(Office, "gizri"), await session.get(Run, number)
    assert not left
    assert gizri is not None
    assert gizri.successor == new
    assert run is not None
    assert run.state == "done"
    assert "now part of" in plain(well_formed((await vimla.get("/admin/places")).text))
    assert (await vimla.get(move)).status_code == 404, "it ended"
