"""A zone added, an office brought to it, a post added and ended, a split taken back: at their pages, with bad input kept."""

from __future__ import annotations

import httpx2
from sqlmodel import select

from activities.fanout import FanOut
from models.audit import Audit
from models.people import Fill, Post, Staff
from tests.web.desk_town import plain
from tests.web.test_account import browser_of
from tests.web.test_places import form_of
from tests.web.window import Window
from tests.wellformed import well_formed


async def brought(window: Window, browser: httpx2.AsyncClient, address: str) -> str:
    """The page of a list once it is done."""
    fan = FanOut(window.sessions, window.door, lambda: window.now)
    while not (await fan.go_on(int(address.rpartition("/")[2]))).over:
        pass
    return well_formed((await browser.get(address)).text)


async def test_a_zone_is_added_gets_a_head_and_an_office_comes_to_it(window: Window) -> None:
    reference, vimla = await window.filed(locality="rehri"), await browser_of(window, "vimla")
    assert (await vimla.post("/admin/places/zone/new", data={"names-en": "West"})).status_code == 422
    names = {f"{key}-{language}": "West" for key in ("names", "addresses") for language in ("en", "hi", "ur")}
    names["phone"] = "1800 000 4813"
    made = await vimla.post("/admin/places/zone/new", data=names)
    assert made.status_code == 303, plain(made.text)
    zone = made.headers["location"].partition("=")[2]
    move = "/admin/moves/zones/rehri"
    assert "To which zone" in plain(well_formed((await vimla.get(move)).text))
    assert (await vimla.post(move, data={"to": "east", "do": "move"})).status_code == 422, "it is there already"
    lacking = await vimla.post(move, data={"to": zone, "do": "move"})
    assert lacking.status_code == 422
    assert "There is no post like this there: Zone head" in plain(well_formed(lacking.text))
    form = await vimla.get(f"/admin/places/post/new?stands=zone&zone={zone}")
    assert 'value="zone_head"' in well_formed(form.text)
    assert 'value="relationship_officer"' not in form.text
    titles = {f"titles-{language}": "Head, West" for language in ("en", "hi", "ur")}
    wrong = await vimla.post(
        "/admin/places/post/new",
        data={**titles, "stands": "zone", "zone": zone, "role": "relationship_officer", "most": "many"},
    )
    assert wrong.status_code == 422
    assert 'value="many"' in well_formed(wrong.text)
    for role in ("zone_head", "hearing_officer"):
        answer = await vimla.post(
            "/admin/places/post/new", data={**titles, "stands": "zone", "zone": zone, "role": role}
        )
        assert answer.status_code == 303, plain(answer.text)
        post = answer.headers["location"].partition("=")[2]
        async with window.sessions.begin() as session:
            row = await session.get_one(Post, post)
            kabir = (await session.exec(select(Staff.id).where(Staff.username == "kabir"))).one()
            session.add(Fill(post=post, person=kabir or 0, since=window.now))
        assert (row.zone, row.office, row.scope) == (zone, None, "zone")
    done = await vimla.post(move, data={"to": zone, "do": "move"})
    assert done.status_code == 303, plain(done.text)
    page = await brought(window, vimla, done.headers["location"])
    assert "Rehri: now in the zone West" in plain(page)
    assert "Take it back" not in page
    assert (await window.row(reference)).zone == zone
    renamed = await form_of(window, "zone", zone)
    assert (await vimla.post(f"/admin/places/zone/{zone}", data={**renamed, "names-en": "Far West"})).status_code == 303
    assert "Far West" in plain(well_formed((await vimla.get("/admin/places")).text))
    auditor = await browser_of(window, "yusuf")
    told = plain(well_formed((await auditor.get(f"/desk/requests/{reference}")).text))
    assert "Its office belongs to the zone Far West now." in told


async def test_a_post_is_added_for_some_work_and_ends_when_others_can_do_it(window: Window) -> None:
    vimla = await browser_of(window, "vimla")
    titles = {f"titles-{language}": "Officer 3, Gizri" for language in ("en", "hi", "ur")}
    new = {**titles, "office": "gizri", "role": "relationship_officer", "able-voltage": "1", "most": "7"}
    made = await vimla.post("/admin/places/post/new", data=new)
    assert made.status_code == 303, plain(made.text)
    code = made.headers["location"].partition("=")[2]
    async with window.sessions() as session:
        row = await session.get_one(Post, code)
        entry = (await session.exec(select(Audit).where(Audit.subject == f"post/{code}"))).one()
    assert (row.able, row.most_tasks, row.zone, row.rights) == (["voltage"], 7, "south", "handle")
    assert entry.after["places.most_tasks"] == "7"
    stays = await vimla.get("/admin/moves/posts/service-manager-gizri")
    assert "The post stays until somebody else can do its work." in plain(well_formed(stays.text))
    refused = await vimla.post("/admin/moves/posts/service-manager-gizri", data={"do": "move"})
    assert refused.status_code == 422
    done = await vimla.post(f"/admin/moves/posts/{code}", data={"do": "move"})
    assert done.status_code == 303, plain(done.text)
    assert "Ended: Officer 3, Gizri" in plain(await brought(window, vimla, done.headers["location"]))
    assert (await vimla.get(f"/admin/moves/posts/{code}")).status_code == 404
    assert "This post has ended." in plain((await vimla.get(f"/admin/places/post/{code}")).text)


async def test_a_split_is_taken_back_on_its_page(window: Window) -> None:
    reference, vimla = await window.filed(), await browser_of(window, "vimla")
    choice = {"to": "defence", "what": "some", "place-gizri": "1", "do": "move"}
    done = await vimla.post("/admin/moves/offices/gizri", data=choice)
    assert done.status_code == 303, plain(done.text)
    address = done.headers["location"]
    assert (await vimla.post(f"{address}/undo")).status_code == 409, "it is still going on"
    assert f'action="{address}/undo"' in await brought(window, vimla, address)
    assert (await window.row(reference)).office == "defence"
    back = await vimla.post(f"{address}/undo")
    assert back.status_code == 303, plain(back.text)
    await brought(window, vimla, back.headers["location"])
    assert (await window.row(reference)).office == "gizri"
    assert "It was taken back" in plain(well_formed((await vimla.get(address)).text))
    again = await vimla.post(f"{address}/undo")
    assert again.status_code == 409
    assert "There is nothing to take back." in plain(again.text)
