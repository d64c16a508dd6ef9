"""What a role may do, changed at its page: from the next click on, within what the ladders need, and never one's own last access."""

from __future__ import annotations

import re

import httpx2
from sqlmodel import col, select

from models.audit import Audit
from models.people import Post
from tests.web.desk_town import plain
from tests.web.test_account import browser_of
from tests.web.window import Window
from tests.wellformed import well_formed

PAGE = "/admin/rights"


async def form(browser: httpx2.AsyncClient) -> dict[str, str]:
    """The table as a browser sends it back untouched."""
    page = well_formed((await browser.get(PAGE)).text)
    picked = re.findall(r'name="(rights-\w+)" value="(\w+)"[^>]* checked', page)
    hidden = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page)
    menus = re.findall(r'<select name="(scope-\w+)".*?<option value="(\w+)" selected', page)
    return dict(picked) | dict(hidden) | dict(menus)


async def test_a_role_reads_all_from_the_next_click_on_and_no_longer_when_it_is_taken_away(window: Window) -> None:
    vimla, tara = await browser_of(window, "vimla"), await browser_of(window, "tara")
    before = await form(vimla)
    assert before["rights-call_centre"] == "take_calls"
    assert (await tara.get("/admin/audit")).status_code == 403
    assert (await vimla.post(PAGE, data=before | {"rights-call_centre": "audit"})).status_code == 303
    assert (await tara.get("/admin/audit")).status_code == 200
    assert (await tara.get("/counter")).status_code == 403
    assert (await tara.post(PAGE, data=before)).status_code == 403
    stale = await vimla.post(PAGE, data=before | {"rights-auditor": "wall"})
    assert stale.status_code == 409
    assert re.search(r'name="rights-auditor" value="wall"[^>]* checked', well_formed(stale.text)), (
        "what was typed is kept"
    )
    assert (await vimla.post(PAGE, data=await form(vimla) | {"rights-call_centre": "take_calls"})).status_code == 303
    assert (await tara.get("/admin/audit")).status_code == 403
    async with window.sessions() as session:
        rows = (await session.exec(select(Audit).where(Audit.what == "rights").order_by(col(Audit.id)))).all()
    assert [(one.subject, one.before, one.after) for one in rows] == [
        ("call_centre", {"rights.rights": "take_calls"}, {"rights.rights": "audit"}),
        ("call_centre", {"rights.rights": "audit"}, {"rights.rights": "take_calls"}),
    ]
    assert "What it may do Takes calls Audit" in plain((await vimla.get("/admin/audit?what=rights")).text)


async def test_what_the_rules_need_of_a_role_and_ones_own_last_access_stay(window: Window) -> None:
    vimla = await browser_of(window, "vimla")
    before = await form(vimla)
    wrong = {
        "rights-relationship_officer": "answerable",
        "rights-zone_head": "audit",
        "rights-vigilance_head": "answerable",
        "scope-vigilance_head": "office",
        "rights-auditor": "everything",
    }
    refused = await vimla.post(PAGE, data=before | wrong)
    assert refused.status_code == 422
    page = well_formed(refused.text)
    for role in ("relationship_officer", "zone_head", "vigilance_head", "auditor"):
        assert f'href="#role-{role}"' in page
    assert "It has to do the work." in plain(page)
    assert "It has to reach as far as they do." in plain(page)
    own = await vimla.post(PAGE, data=before | {"rights-administrator": "audit"})
    assert own.status_code == 422
    assert "You would lose your own access by it." in plain(own.text)
    assert await form(vimla) == before, "nothing was saved"
    wider = await vimla.post(PAGE, data=before | {"scope-service_manager": "zone"})
    assert wider.status_code == 303, plain(wider.text)
    async with window.sessions() as session:
        scopes = (await session.exec(select(Post.scope).where(Post.role == "service_manager"))).all()
    assert set(scopes) == {"zone"}
