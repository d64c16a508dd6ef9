"""The no-dues certificate: issued at the end of a disconnection, shown to the one whose it was."""

from __future__ import annotations

from rules.terms import Act
from tests.web.connecting import Beside, applied
from tests.web.window import Window


async def test_the_certificate_is_there_once_issued_and_for_its_owner_alone(window: Window) -> None:
    request = await applied(window, "disconnection")
    address = f"/track/{request.reference}/certificate"
    stranger, owner = window.visitor(), window.visitor()
    await window.proves(owner, request.reference)
    assert (await owner.get(address)).status_code == 404
    await request.walk()
    await window.parts.hub.look()
    refused = await stranger.get(address)
    assert (refused.status_code, refused.headers["location"]) == (303, f"/track/{request.reference}/code")
    assert address not in (await stranger.get(f"/track/{request.reference}")).text
    assert address in (await owner.get(f"/track/{request.reference}")).text
    sheet = await owner.get(address)
    assert (sheet.status_code, sheet.content[:5]) == (200, b"%PDF-")
    assert "attachment" in sheet.headers["content-disposition"]


async def test_a_complaint_has_none(window: Window) -> None:
    reference = await window.filed()
    visitor = window.visitor()
    await window.proves(visitor, reference)
    assert (await visitor.get(f"/track/{reference}/certificate")).status_code == 404
    taken = await Beside(window).consumer(reference, Act.WITHDRAW)
    assert taken.refused is None
