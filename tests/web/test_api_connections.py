"""Connection requests by program: applied for, followed stage by stage, refused with what would be allowed."""

from __future__ import annotations

from typing import Any

import pytest

from rules.terms import State
from tests.web.connecting import applied
from tests.web.test_api import REQUESTS, fields, follow
from tests.web.window import Window

APPLICATION: dict[str, Any] = {
    "kind": "new_connection",
    "category": "new-connection",
    "applicant": "owner",
    "load": "3",
    "locality": "gizri",
    "consumer": {"name": "Rubina Example", "phone": "98100 00001"},
}


async def test_a_connection_is_applied_for(window: Window) -> None:
    answer = await window.visitor().post(REQUESTS, json=APPLICATION)
    assert answer.status_code == 201, answer.text
    row = await window.row(answer.json()["reference"])
    assert (row.kind, row.category, row.application) == (
        "new_connection",
        "new-connection",
        {"applicant": "owner", "load": "3"},
    )
    assert (row.standard_due, row.complete_at) == (None, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"load": "0.3"}, "load"),
        ({"load": "151"}, "load"),
        ({"load": "2.25"}, "load"),
        ({"load": None}, "load"),
        ({"load": "much"}, "load"),
        ({"applicant": "stranger"}, "applicant"),
        ({"applicant": None}, "applicant"),
        ({"category": "no-supply"}, "category"),
        ({"kind": "complaint"}, "category"),
        ({"kind": "load_change", "category": "load-change"}, "account"),
    ],
)
async def test_what_cannot_be_applied_for_is_named(window: Window, change: dict[str, Any], field: str) -> None:
    assert fields(await window.visitor().post(REQUESTS, json={**APPLICATION, **change})) == [field]


async def test_a_load_out_of_range_is_told_what_may_be_asked_for(window: Window) -> None:
    answer = await window.visitor().post(REQUESTS, json={**APPLICATION, "load": "151"})
    assert "0.5" in answer.json()["errors"][0]["message"]


async def test_the_stages_are_followed_from_coming_to_done(window: Window) -> None:
    request = await applied(window)
    body = (await follow(window, request.reference)).json()
    assert body["stages"][0]["stage"] == "documents"
    assert {stage["state"] for stage in body["stages"][1:]} == {"coming"}
    await request.walk(until="payment")
    body = (await follow(window, request.reference)).json()
    stages = {stage["stage"]: stage for stage in body["stages"]}
    assert (stages["documents"]["state"], stages["payment"]["state"]) == ("done", "waiting")
    assert (stages["payment"]["waits_for"], body["complete_at"] is not None) == ("payment", True)
    assert "extension" not in stages
    assert "refund" not in stages
    await request.walk()
    body = (await follow(window, request.reference)).json()
    assert (body["state"], {stage["state"] for stage in body["stages"]}) == (State.DONE, {"done"})
    assert "Asha" not in str(body)


async def test_the_catalog_says_what_may_be_applied_for(window: Window) -> None:
    body = (await window.visitor().get("/api/v1/catalog")).json()
    offered = {procedure["code"]: procedure for procedure in body["procedures"]}
    assert set(offered) == {"new-connection", "load-change", "disconnection", "name-change", "meter-shift"}
    assert offered["new-connection"]["loads"] == {"least": "0.5", "most": "150", "step": "0.5"}
    assert "landlord-consent" in offered["new-connection"]["papers"]["tenant"]
    assert offered["disconnection"]["account"] is True
