"""What a category may wait for the consumer for: a version of the timings, which every officer's form of a new request follows."""

from __future__ import annotations

import re

import httpx2

from models import policy_versions
from rules.terms import Act, Refused
from tests.web.desk_town import plain
from tests.web.test_account import browser_of
from tests.web.window import Window
from tests.wellformed import well_formed

PAGE = "/admin/waits"
STAGE = "new-connection/visit"


async def form(browser: httpx2.AsyncClient) -> dict[str, str]:
    """The table as a browser sends it back untouched."""
    page = well_formed((await browser.get(PAGE)).text)
    ticked = re.findall(r'type="checkbox" name="([^"]+)" value="1"[^>]* checked', page)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    times = re.findall(r'name="(hold-[\w-]+)"[^>]* value="([^"]*)"', page)
    return dict.fromkeys(ticked, "1") | dict(hidden) | dict(times)


async def test_a_category_waits_for_what_was_ticked_and_as_long_as_was_said(window: Window) -> None:
    vimla, before = await browser_of(window, "vimla"), await window.filed()
    old = await form(vimla)
    nothing = await vimla.post(PAGE, data=old | {"note": "Nothing"})
    assert nothing.status_code == 422
    assert "Nothing is different" in plain(nothing.text)
    assert "line-wire-down" not in old, "danger waits for nobody"
    wrong = await vimla.post(PAGE, data=old | {"hold-premises-locked": "90 days", "note": ""})
    assert wrong.status_code == 422
    assert 'href="#hold-premises-locked"' in well_formed(wrong.text)
    assert 'href="#note"' in wrong.text
    assert 'value="90 days"' in wrong.text
    kept = [
        name for name in old if not name.startswith("waits-no-supply.") or name == "waits-no-supply.premises-locked"
    ]
    other = next(name.partition(".")[2] for name in old if name.startswith("waits-no-supply.") and "locked" not in name)
    never = [name for name in kept if not name.startswith("waits-voltage.") and name != f"waits-{STAGE}.{other}"]
    new = {name: old[name] for name in never} | {"hold-premises-locked": "5h", "note": "Nobody else is waited for"}
    saved = await vimla.post(PAGE, data=new)
    assert saved.status_code == 303, plain(saved.text)
    policy = await window.parts.database.read(policy_versions.current)
    assert (policy.timings["no-supply"].holdable, policy.timings["no-supply"].hold_reasons) == (
        True,
        ("premises-locked",),
    )
    assert not policy.timings["voltage"].holdable
    assert policy.timings["wrong-bill"].hold_reasons == ()
    stages = policy.procedures["new-connection"].stages
    assert other not in stages["visit"].timing.hold_reasons != ()
    assert {stage.timing.hold_reasons for code, stage in stages.items() if code != "visit"} == {()}
    assert str(policy.holds["premises-locked"]) == "5h"
    assert (await form(vimla)) == {name: text for name, text in new.items() if name != "note"} | {
        "base": str(policy.version)
    }
    told = plain(well_formed((await vimla.get(f"/admin/versions/{policy.version}")).text))
    assert "What it may wait for" in told
    assert "('" not in told, "named, not as kept"

    after, dark = await window.filed(), await window.filed("voltage")
    for reference, reason, answer in (
        (before, other, None),
        (after, other, Refused.UNKNOWN_CODE),
        (after, "premises-locked", None),
        (dark, "premises-locked", Refused.NOT_HOLDABLE),
    ):
        assert (await window.officer(reference, Act.HOLD, data={"reason": reason})).refused == answer, (
            reference,
            reason,
        )
