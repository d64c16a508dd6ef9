"""Categories come and go, and settings change: versions of the policy that leave what is open as it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import policy_versions
from rules.policy import Policy
from tests.web.desk_town import plain, well_formed
from tests.web.test_account import browser_of
from tests.web.window import MONDAY, Window

NAMES = {
    f"{key}-{language}": text
    for key, text in (("label", "Street light out"), ("descriptions", "A lamp in the street is dark."))
    for language in ("en", "hi", "ur")
}
NEW = {
    **NAMES,
    "icon": "zap",
    "place": "5",
    "cause-fuse-blown": "1",
    "sibling": "voltage",
    "note": "The town asked for it",
}


async def in_force(window: Window) -> Policy:
    async with window.sessions() as session:
        return await policy_versions.current(session)


async def test_a_category_is_added_with_the_times_of_a_sibling_and_filed_at_once(window: Window) -> None:
    vimla = await browser_of(window, "vimla")
    well_formed((await vimla.get("/admin/categories")).text)
    well_formed((await vimla.get("/admin/categories/new")).text)
    base = {"base": str((await in_force(window)).version)}
    wrong = await vimla.post("/admin/categories/new", data={**NEW, **base, "sibling": "nothing", "note": ""})
    assert wrong.status_code == 422
    assert "Street light out" in well_formed(wrong.text)
    assert (await in_force(window)).version == int(base["base"])
    done = await vimla.post("/admin/categories/new", data={**NEW, **base})
    assert done.status_code == 303, plain(done.text)
    policy = await in_force(window)
    code = next(row.code for row in window.parts.book.categories() if row.labels["en"] == "Street light out")
    assert policy.timings[code] == policy.timings["voltage"]
    assert policy.areas.get((code, "rural")) == policy.areas.get(("voltage", "rural"))
    assert "Street light out" in plain((await window.visitor().get("/")).text)
    assert (await window.row(await window.filed(code))).category == code


async def test_a_retired_category_takes_nothing_new_and_its_open_requests_go_on_by_their_own_times(
    window: Window,
) -> None:
    reference = await window.filed("voltage")
    before = await window.row(reference)
    vimla = await browser_of(window, "vimla")
    retire = "/admin/categories/voltage/retirement"
    base = {"base": str((await in_force(window)).version)}
    silent = await vimla.post(retire, data=base)
    assert silent.status_code == 422
    assert "Say in at most 500 characters why it changes." in plain(well_formed(silent.text))
    done = await vimla.post(retire, data={**base, "note": "It is part of another now"})
    assert done.status_code == 303, plain(done.text)
    anybody = window.visitor()
    label = window.parts.book.label("category", "voltage")
    assert label not in plain((await anybody.get("/")).text)
    assert "voltage" not in [one["code"] for one in (await anybody.get("/api/v1/catalog")).json()["categories"]]
    body = {"kind": "complaint", "category": "voltage", "locality": "gizri", "description": "Low", "consumer": {}}
    assert (await anybody.post("/api/v1/requests", json=body)).status_code == 422
    for page in (f"/track/{reference}", "/board"):
        assert (await anybody.get(page)).status_code == 200, page
    assert label in plain((await anybody.get(f"/track/{reference}")).text)
    due = before.wake_at
    assert due is not None
    await window.passes(timedelta(days=2), reference)
    after = await window.row(reference)
    assert after.policy_version == before.policy_version
    assert after.standard_due == before.standard_due
    assert after.number > before.number, "its clock went on"
    window.now, again = MONDAY, str((await in_force(window)).version)
    back = await vimla.post("/admin/categories/voltage/return", data={"base": again, "note": "Needed after all"})
    assert back.headers["location"] == "/admin/categories?done=return", plain(back.text)
    assert window.parts.book.offers("voltage")


async def test_the_last_danger_is_not_retired(window: Window) -> None:
    vimla = await browser_of(window, "vimla")
    dangers = [code for code, timing in (await in_force(window)).timings.items() if timing.safety]
    answers = []
    for code in dangers:
        base = str((await in_force(window)).version)
        answers.append(await vimla.post(f"/admin/categories/{code}/retirement", data={"base": base, "note": "Away"}))
    assert [answer.status_code for answer in answers] == [303] * (len(dangers) - 1) + [422]
    assert "it is the last of its sort" in plain(well_formed(answers[-1].text))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("code_tries", "0", "Write a number from 2 to 20."),
        ("code_lifetime", "soon", "Write a length of time like"),
        ("hold_total", "400 days", "Write a length of time from"),
        ("reminder_share", "2", "Write a number from 1/20 to 19/20."),
        ("note", "", "Say in at most 500 characters"),
    ],
)
async def test_a_setting_out_of_bounds_is_refused_and_stays_typed(
    window: Window, field: str, typed: str, said: str
) -> None:
    vimla = await browser_of(window, "vimla")
    before = (await in_force(window)).version
    form = {"base": str(before), "note": "Tuned", "codes_per_hour": "7", field: typed}
    answer = await vimla.post("/admin/settings", data=form)
    assert answer.status_code == 422
    assert said in plain(well_formed(answer.text))
    assert 'value="7"' in answer.text
    assert (await in_force(window)).version == before


async def test_settings_are_a_new_version_and_of_two_who_save_the_second_is_told(window: Window) -> None:
    vimla = await browser_of(window, "vimla")
    well_formed((await vimla.get("/admin/settings")).text)
    before = await in_force(window)
    form = {"base": str(before.version), "note": "Tuned", "code_tries": "4", "reminder_share": "1/3"}
    assert (await vimla.post("/admin/settings", data=form)).status_code == 303
    after = await in_force(window)
    assert (after.version, after.limits.code_tries, str(after.limits.reminder_share)) == (before.version + 1, 4, "1/3")
    second = await vimla.post("/admin/settings", data={**form, "code_tries": "5", "filings_per_hour": "30"})
    assert second.status_code == 409
    assert "Somebody saved other timings meanwhile." in plain(well_formed(second.text))
    assert 'value="30"' in second.text
    assert 'name="base" value="' + str(after.version) in second.text
    assert (await in_force(window)).version == after.version
